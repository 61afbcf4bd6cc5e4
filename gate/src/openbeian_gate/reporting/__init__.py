"""What a gate tells of its decisions: to a file of its own, and to the register. Off unless asked for."""

from openbeian_gate.reporting.reporter import Reporter, Reporting

__all__ = ["Reporter", "Reporting"]
