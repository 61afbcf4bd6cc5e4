"""Petitions: what providers ask about something decided, decided in turn by two people of one office."""
