"""Template tags of sightings."""
