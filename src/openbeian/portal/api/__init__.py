"""The JSON API for providers and the public."""
