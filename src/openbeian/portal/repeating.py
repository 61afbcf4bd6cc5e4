"""What a process of its own does again and again, until it is told to stop."""

import signal
import threading
from collections.abc import Callable
from types import FrameType

from django.db import close_old_connections

__all__ = ["repeat"]


def repeat(look: Callable[[threading.Event], None], *, interval: float) -> None:
    """Call `look` every `interval` seconds until SIGTERM or SIGINT; it is given what tells that one came."""
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    while not stop.is_set():
        close_old_connections()
        look(stop)
        stop.wait(interval)
