"""The tags of the register."""
