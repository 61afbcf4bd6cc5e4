"""An OpenID Connect provider on loopback: discovery, sign-in that needs no typing, token, who it is."""

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

__all__ = ["OpenIdProvider"]

CLIENT, SECRET = "beian", "s3cret"


class OpenIdProvider:
    """Says of everybody who comes that they are the person set here."""

    def __init__(self) -> None:
        self.email = "someone@example.com"
        self.is_verified = True
        self.asked: list[dict[str, list[str]]] = []
        """What was handed to the token endpoint."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def sign_in(self, address: str) -> str:
        """Return where the provider sends a browser back to that was sent to `address`."""
        query = parse_qs(urlsplit(address).query)
        back = urlencode({"code": "one-time", "state": query["state"][0]})
        return f"{query['redirect_uri'][0]}?{back}"

    def person(self) -> dict[str, Any]:
        return {"sub": self.email, "email": self.email, "email_verified": self.is_verified, "name": "x"}

    def answer(self, path: str, form: dict[str, list[str]]) -> Any:
        if path == "/.well-known/openid-configuration":
            ends = ("authorization", "token", "userinfo")
            return {"issuer": self.address, "jwks_uri": f"{self.address}/keys"} | {
                f"{end}_endpoint": f"{self.address}/{end}" for end in ends
            }
        if path == "/token":
            self.asked.append(form)
            return {"access_token": "t", "token_type": "Bearer", "id_token": self._id_token()}
        return self.person()

    def _id_token(self) -> str:
        # Fetched from the provider itself: its signature is not looked at (OpenID Connect Core, 3.1.3.7).
        claims = {"iss": self.address, "aud": CLIENT, "exp": int(time.time()) + 60, **self.person()}
        parts = ({"alg": "HS256", "typ": "JWT"}, claims)
        packed = [base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode() for one in parts]
        return ".".join((*packed, "c2ln"))

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer({})

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                self._answer(parse_qs(self.rfile.read(length).decode()))

            def _answer(self, form: dict[str, list[str]]) -> None:
                body = json.dumps(provider.answer(urlsplit(self.path).path, form)).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        return Handler
