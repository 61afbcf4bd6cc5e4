"""Rounds, filings and the measures taken against them."""
