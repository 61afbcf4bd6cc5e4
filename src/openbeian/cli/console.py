"""What every command shares; see `openbeian.terminal.console`."""

from openbeian.terminal.console import (
    error_console,
    guarded,
    language,
    out,
    print_json,
    progress_bars,
    say,
)

__all__ = ["error_console", "guarded", "language", "out", "print_json", "progress_bars", "say"]
