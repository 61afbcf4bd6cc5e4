"""A synthetic register: the same entries at every run, from word lists of our own."""
