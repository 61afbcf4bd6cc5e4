"""Sandbox permits: asked for, granted by two officers, limited or ended, and listed for everybody."""
