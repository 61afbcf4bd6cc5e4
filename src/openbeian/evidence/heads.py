"""The signature over a chain's last line, seen from here: a file beside it, and somebody who checks it."""

from collections.abc import Callable, Iterator
from pathlib import Path

from openbeian.core.errors import DomainError
from openbeian.core.text import Text
from openbeian.evidence.verification import Finding

__all__ = ["VerifyHead", "check_head"]

VerifyHead = Callable[[bytes, str], None]
"""Takes the bytes of `head.dsse.json` and the last line's hash; raises a `DomainError` on a mismatch."""


def check_head(path: Path, head: str, verify_head: VerifyHead | None) -> Iterator[Finding]:
    """Yield what is to be said of the signature in a file, which may be missing; None leaves it unchecked."""
    if not path.is_file():
        yield Finding(
            "unsigned",
            "note",
            Text(
                "证据没有签名：无法确认它在运行结束后未被整体改写。",
                "The evidence is not signed: nothing shows that it was not rewritten as a whole afterwards.",
            ),
        )
    elif verify_head is not None:
        try:
            verify_head(path.read_bytes(), head)
        except DomainError as error:
            yield Finding("bad_signature", "error", error.text)
