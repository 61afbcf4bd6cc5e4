"""The signing half of the trust formats: keys, certificates, the log, snapshots, statements.

The formats themselves, and everything that reads and checks them, are in `openbeian_gate.verify`. Nothing
here knows Django, the portal or the assessment.
"""
