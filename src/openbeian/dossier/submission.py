"""Handing a dossier in over the portal's API, as a provider's own machine does."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

from openbeian.core.errors import BadInputError, CouldNotRunError, DomainError
from openbeian.core.text import Text
from openbeian.dossier.built import sha256_of
from openbeian.dossier.form import Facts
from openbeian.dossier.kinds import RUN_FILES

__all__ = ["PortalClient", "PortalRefusedError", "run_files"]

_PIECE = 8 << 20
"""How many bytes are sent at once; a portal takes up to 16 MiB."""
_TIMEOUT = aiohttp.ClientTimeout(total=300)


class PortalRefusedError(BadInputError):
    """The portal said no; its own sentence says why, and `reason` is the code of the problem."""

    code = "portal_refused"

    def __init__(self, zh: str, en: str, *, reason: str = "") -> None:
        """Say what the portal said."""
        super().__init__(zh, en)
        self.reason = reason


def run_files(directory: Path) -> dict[str, Path]:
    """Return the files of a run that a dossier carries, by the kind of attachment they are."""
    return {kind: directory / name for name, kind in RUN_FILES.items() if (directory / name).is_file()}


class PortalClient:
    """The providers' half of the portal's API, with a key."""

    def __init__(self, portal: str, key: str) -> None:
        """Talk to the portal at `portal`, such as `https://beian.example.org`."""
        self._portal = f"{portal.rstrip('/')}/api/v1"
        self._base = f"{self._portal}/applications"
        self._headers = {"Authorization": f"Bearer {key}"}

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(headers=self._headers, timeout=_TIMEOUT)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def create(self, *, edition: str, profile: str, facts: Facts) -> dict[str, Any]:
        """Begin an application."""
        payload = {"edition": edition, "profile": profile, "facts": _plain(facts)}
        return await self._call("POST", "", json=payload)

    async def attach(self, reference: str, kind: str, path: Path) -> dict[str, Any]:
        """Add a file; a present one of the same name gives way to it."""
        with path.open("rb") as file:
            form = aiohttp.FormData()
            form.add_field("kind", kind)
            form.add_field("file", file, filename=path.name)
            return await self._call("POST", f"/{reference}/attachments", data=form)

    async def upload(self, reference: str, archive: Path, told: Callable[[int, int], None]) -> dict[str, Any]:
        """Send a packed dossier in pieces, from where an earlier try broke off, and have it taken in.

        `told` is told how many bytes have arrived, and of how many.
        """
        said = _announced(archive)
        size = int(said["size"])
        begun = await self._call("POST", f"/{reference}/uploads", json=said)
        address, offset = f"/{reference}/uploads/{begun['id']}", int(begun["offset"])
        told(offset, size)
        with archive.open("rb") as file:
            while offset < size:
                file.seek(offset)
                piece = file.read(_PIECE)
                headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
                kept = await self._call("PATCH", address, data=piece, headers=headers)
                offset = int(kept["offset"])
                told(offset, size)
        return await self._call("POST", f"{address}/completion")

    async def dry_run(self, archive: Path) -> dict[str, Any]:
        """Return what the office's checks find in a packed dossier; nothing of it is kept."""
        with archive.open("rb") as file:
            form = aiohttp.FormData()
            form.add_field("file", file, filename=archive.name)
            return await self._call("POST", "", base=f"{self._portal}/dry-runs/dossier", data=form)

    async def withdraw(self, reference: str) -> dict[str, Any]:
        """Take the application back for good."""
        return await self._call("POST", f"/{reference}/withdraw")

    async def validate(self, reference: str) -> dict[str, Any]:
        """Return what the office's checks find now; leaves no trace."""
        return await self._call("GET", f"/{reference}/validation")

    async def reply(self, reference: str, correction: int, text: str) -> dict[str, Any]:
        """Say how an item was corrected."""
        return await self._call("PUT", f"/{reference}/corrections/{correction}/reply", json={"text": text})

    async def submit(self, reference: str) -> dict[str, Any]:
        """Hand the application in, the first time or after correction."""
        return await self._call("POST", f"/{reference}/submit")

    async def status(self, reference: str) -> dict[str, Any]:
        """Return where the application stands."""
        return await self._call("GET", f"/{reference}")

    async def _call(
        self,
        method: str,
        path: str,
        *,
        base: str = "",
        **arguments: Any,  # noqa: ANN401  aiohttp's own
    ) -> dict[str, Any]:
        try:
            async with self._session.request(method, (base or self._base) + path, **arguments) as answer:
                body = await answer.json(content_type=None)
                if answer.ok and isinstance(body, dict):
                    return body
                raise _refusal(answer.status, body)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise CouldNotRunError(
                f"无法与门户 {self._base} 通信（{error}）；请检查地址与网络。",
                f"The portal at {self._base} can't be reached ({error}); check the address and the network.",
            ) from error


def _announced(archive: Path) -> dict[str, str | int]:
    size = archive.stat().st_size
    return {"kind": "dossier", "name": archive.name, "size": size, "sha256": sha256_of(archive)}


def _plain(facts: Facts) -> Mapping[str, Any]:
    return {name: value if isinstance(value, str) else list(value) for name, value in facts.items()}


def _refusal(status: int, body: object) -> DomainError:
    said = _sentence(body)
    reason = str(body.get("code", "")) if isinstance(body, dict) else ""
    return PortalRefusedError(
        f"门户答复 {status}：{said.zh}", f"The portal answered {status}: {said.en}", reason=reason
    )


def _sentence(body: object) -> Text:
    if not isinstance(body, dict):
        return Text("没有说明", "no explanation")
    sentence = str(body.get("detail") or body.get("title") or body)
    return Text(str(body.get("detail_zh") or sentence), sentence)
