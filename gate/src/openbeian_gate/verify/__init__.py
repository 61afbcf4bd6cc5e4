"""The published formats: read strictly, believed only after their checks.

`parse_x` takes bytes and returns what they claim (`SignedX`) or raises `MalformedError`; `verify_x` takes
that and the trusted keys and returns the value that may be used. No network, no clock.
"""
