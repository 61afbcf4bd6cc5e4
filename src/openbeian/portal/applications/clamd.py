"""A small client of ClamAV's daemon: `INSTREAM`, over TCP or a Unix socket, and nothing else of it."""

import re
import socket
import struct
from pathlib import Path
from typing import Final, NamedTuple

__all__ = ["NotScannedError", "Verdict", "scan"]

_TIMEOUT_S: Final = 60.0
_BLOCK: Final = 1 << 16
_LONGEST_ANSWER: Final = 4096
_FOUND: Final = re.compile(r"stream: (.+) FOUND")


class NotScannedError(Exception):
    """The daemon could not be asked, or could not say."""


class Verdict(NamedTuple):
    """What the daemon says: nothing in `threat` where the file is clean."""

    threat: str = ""


def scan(path: Path, address: str) -> Verdict:
    """Ask the daemon at `address`, `host:port` or the path of its socket, about a file.

    Raises:
        NotScannedError: It can't be reached, or gives no answer that says clean or found.
    """
    try:
        with _connect(address) as connection, path.open("rb") as file:
            connection.sendall(b"zINSTREAM\0")
            while block := file.read(_BLOCK):
                connection.sendall(struct.pack("!L", len(block)) + block)
            connection.sendall(struct.pack("!L", 0))
            answer = _answer(connection)
    except (OSError, ValueError) as error:
        raise NotScannedError(str(error)) from error
    if answer == "stream: OK":
        return Verdict()
    found = _FOUND.fullmatch(answer)
    if found is None:
        raise NotScannedError(answer or "no answer")
    return Verdict(found[1][:200])


def _connect(address: str) -> socket.socket:
    if address.startswith("/"):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(_TIMEOUT_S)
        try:
            connection.connect(address)
        except OSError:
            connection.close()
            raise
        return connection
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=_TIMEOUT_S)


def _answer(connection: socket.socket) -> str:
    heard = b""
    while not heard.endswith(b"\0") and len(heard) < _LONGEST_ANSWER:
        block = connection.recv(_LONGEST_ANSWER)
        if not block:
            break
        heard += block
    return heard.rstrip(b"\0").decode("utf-8", "replace").strip()
