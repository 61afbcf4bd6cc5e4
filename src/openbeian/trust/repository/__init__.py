"""The register's repository (TUF 1.0): its keys, its files, who signs what, and how keys are exchanged.

Four eyes sign what rarely changes, a machine what changes by the minute. The reading half is
`openbeian_gate.repository`; any TUF client reads the files too.
"""
