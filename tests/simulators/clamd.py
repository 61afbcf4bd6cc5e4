"""A malware scanner that speaks ClamAV's INSTREAM: it finds `THREAT`, and nothing in anything else."""

import socketserver
import struct
import threading
from types import TracebackType
from typing import Self

__all__ = ["THREAT", "ClamdSimulator"]

THREAT = b"BEIAN-THREAT-FOR-TESTS"
_NAME = "Beian.Test.Threat"


class _Handler(socketserver.StreamRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        if self.rfile.read(10) != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        data = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            data += self.rfile.read(size)
            if self.server.limit and len(data) > self.server.limit:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.server.scanned.append(data)
        self.wfile.write(f"stream: {_NAME} FOUND\0".encode() if THREAT in data else b"stream: OK\0")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    limit = 0

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.scanned: list[bytes] = []


class ClamdSimulator:
    """The scanner, on a port of the loopback; `address` is what the portal is told."""

    def __enter__(self) -> Self:
        self._server = _Server()
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        host, port = self._server.server_address[:2]
        return f"{host!s}:{port}"

    @property
    def scanned(self) -> list[bytes]:
        return self._server.scanned

    def refuse_more_than(self, octets: int) -> None:
        self._server.limit = octets
