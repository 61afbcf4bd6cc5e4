"""Follows a register's repository: signed metadata with thresholds, expiry and rotation (TUF 1.0).

The only part of the gate, with `source`, that reaches the network. What it hands on is verified.
"""
