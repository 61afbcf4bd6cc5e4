"""Duties after filing: what falls due when, what was reported, reminders, and random re-inspections."""
