"""People, the organisations they belong to, and their keys for the API."""
