"""The tags of the statistics pages."""
