"""People judge samples: two each, unseen by one another, and a third where they disagree."""
