"""What gates have seen: their reports taken in, services that are not on file, and what came of them."""
