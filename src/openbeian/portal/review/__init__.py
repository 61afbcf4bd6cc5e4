"""Decisions on applications, each taken by two people."""
