"""Template tags about signing in."""
