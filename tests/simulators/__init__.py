"""Simulators of what we talk to: real servers on 127.0.0.1 that can be told to misbehave."""
