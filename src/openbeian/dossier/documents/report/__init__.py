"""The security assessment report, chapter by chapter; `chapters` puts them together."""
