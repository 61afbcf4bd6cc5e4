"""A witness (C2SP tlog-witness): cosigns a log's checkpoints as long as the log only grows.

Meant to run elsewhere than the register, with a key the register does not hold: a court notary, a
university, another province. `requests` reads what is asked, `record` remembers and decides, `key` signs,
`server` speaks HTTP.
"""
