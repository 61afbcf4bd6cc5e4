"""Notices: every step of an application or a filing is told to those it concerns, by e-mail and webhook."""
