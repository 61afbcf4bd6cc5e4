"""Applications: what a provider hands in, version by version, and the corrections asked for."""
