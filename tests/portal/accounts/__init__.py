"""Accounts: members, signing in, keys."""
