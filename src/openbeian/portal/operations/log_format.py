"""Log lines as JSON, one object a line, which nothing typed by anybody can break out of."""

import json
import logging
from datetime import UTC, datetime
from typing import Any, Final

from openbeian.portal.operations.request_ids import current_request_id

__all__ = ["JSONFormatter"]

_TOLD: Final = ("route", "method", "status", "took_ms")
"""What a line about an answered request says beside its message."""


class JSONFormatter(logging.Formatter):
    """Writes time, level, logger, message, the request's id, and a traceback where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line; line breaks and control characters are escaped by JSON itself."""
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := current_request_id.get():
            told["request_id"] = request_id
        told |= {name: getattr(record, name) for name in _TOLD if hasattr(record, name)}
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told)
