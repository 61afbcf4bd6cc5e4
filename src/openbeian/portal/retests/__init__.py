"""An office re-tests a service with a hidden bank, and holds the result against the provider's own."""
