"""How many there are of everything that is counted, kept up to date by the database itself."""
