"""What `matching_recall.py` hides and plants: made without the tables of what is measured."""
