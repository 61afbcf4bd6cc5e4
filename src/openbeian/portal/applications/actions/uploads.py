"""Uploads that can be resumed: announced with size and hash, sent in pieces, then taken in."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from django.conf import settings
from django.db import transaction

from openbeian.core.errors import BadInputError, CouldNotRunError, NotNowError
from openbeian.dossier.file_types import check_name
from openbeian.dossier.kinds import kind_of_name
from openbeian.portal.accounts.models import User
from openbeian.portal.applications.actions.dossiers import Taken, take_dossier
from openbeian.portal.applications.actions.files import ATTACHMENT_KINDS, attach
from openbeian.portal.applications.editing import check_may_edit
from openbeian.portal.applications.models import Application, Attachment, Upload
from openbeian.portal.applications.storage import clean_name

__all__ = [
    "DOSSIER_KIND",
    "MOST_PIECE",
    "ContentDiffersError",
    "OffsetError",
    "Received",
    "cancel_upload",
    "finish_upload",
    "receive_piece",
    "start_upload",
]

DOSSIER_KIND: Final = "dossier"
"""A whole folder as one archive, beside the kinds of attachments."""
MOST_PIECE: Final = 16 << 20
"""The largest piece, in bytes."""
_KEPT_FOR: Final = timedelta(days=7)
_MOST_OPEN: Final = 20
_BLOCK: Final = 1 << 20
_HASH_LENGTH: Final = 64


class OffsetError(NotNowError):
    """A piece does not begin where the last one ended."""

    code = "offset_differs"


class ContentDiffersError(BadInputError):
    """What arrived is not what was announced."""

    code = "content_differs"


class Received(NamedTuple):
    """What a finished upload became: a file, or a whole dossier."""

    attachment: Attachment | None
    taken: Taken | None


def start_upload(
    application: Application, *, kind: str, name: str, size: int, sha256: str, by: User, at: datetime
) -> Upload:
    """Announce a file; the same one announced again goes on where it stopped. No kind: its name tells.

    Raises:
        NotAllowedError: `by` is no preparer of the provider.
        NotNowError: The application is not in the provider's hands, or too much is on its way already.
        BadInputError: The kind, name, size or hash can't be.
    """
    check_may_edit(application, by=by)
    kept_name = clean_name(name)
    kind = kind or kind_of_name(kept_name)
    _check_announced(kind, kept_name, size, sha256)
    _forget_old(application, at)
    with transaction.atomic():
        Application.objects.select_for_update().get(pk=application.pk)
        same = {"application": application, "kind": kind, "name": kept_name, "sha256": sha256}
        known = Upload.objects.filter(**same, size=size).first()
        if known is not None:
            return known
        if application.uploads.count() >= _MOST_OPEN:
            raise NotNowError(
                f"此申请已有 {_MOST_OPEN} 个未完成的上传；请先完成或取消其中一些。",
                f"{_MOST_OPEN} uploads of this application are unfinished; finish or cancel some of them.",
            )
        Upload.objects.filter(**same).delete()
        return Upload.objects.create(
            **same, key=secrets.token_urlsafe(18), size=size, started_by=by, started_at=at, touched_at=at
        )


def receive_piece(upload: Upload, chunks: Iterable[bytes], *, offset: int, by: User, at: datetime) -> Upload:
    """Keep a piece that begins at `offset`; whatever of it arrived stays, also where the rest did not.

    Raises:
        NotAllowedError: `by` is no preparer of the provider.
        NotNowError: The application is not in the provider's hands.
        OffsetError: The piece begins elsewhere.
        BadInputError: The piece is too large, or more than was announced; nothing of it is kept.
        CouldNotRunError: The disk refused.
    """
    check_may_edit(upload.application, by=by)
    piece = _gathered(chunks)
    with transaction.atomic():
        locked = Upload.objects.select_for_update().get(pk=upload.pk)
        if offset != locked.received:
            raise OffsetError(
                f"已收到 {locked.received} 字节，这一段却从 {offset} 开始；请从 {locked.received} 继续。",
                f"{locked.received} bytes have arrived but this piece begins at {offset}; "
                f"go on from {locked.received}.",
            )
        if offset + len(piece) > locked.size:
            raise BadInputError(
                f"这一段超出声明的 {locked.size} 字节；请核对文件后重新开始。",
                f"This piece goes beyond the {locked.size} bytes announced; check the file and begin again.",
            )
        _write(locked, piece)
        locked.received, locked.touched_at = offset + len(piece), at
        locked.save(update_fields=["received", "touched_at"])
    return locked


def finish_upload(upload: Upload, *, by: User, at: datetime) -> Received:
    """Check the hash of what arrived, then attach the file or take the dossier in; the upload is over then.

    Raises:
        NotAllowedError: `by` is no preparer of the provider.
        NotNowError: The application is not in the provider's hands, or not everything has arrived.
        ContentDiffersError: The hash is another; everything has to be sent again.
        BadInputError: See `attach` and `take_dossier`.
        CouldNotRunError: The disk refused.
    """
    check_may_edit(upload.application, by=by)
    fresh = Upload.objects.get(pk=upload.pk)
    if fresh.received < fresh.size:
        raise NotNowError(
            f"只收到 {fresh.received} / {fresh.size} 字节；请继续上传余下部分。",
            f"Only {fresh.received} of {fresh.size} bytes have arrived; send the rest first.",
        )
    path = _place(fresh)
    try:
        _check_hash(fresh, path)
        received = _taken(fresh, path, by=by, at=at)
    except BadInputError:
        _forget(fresh)
        raise
    _forget(fresh)
    return received


def cancel_upload(upload: Upload, *, by: User, at: datetime) -> None:  # noqa: ARG001  as every action
    """Forget an upload and what arrived of it.

    Raises:
        NotAllowedError: `by` is no preparer of the provider.
        NotNowError: The application is not in the provider's hands.
    """
    check_may_edit(upload.application, by=by)
    _forget(upload)


def _check_announced(kind: str, name: str, size: int, sha256: str) -> None:
    kinds = (DOSSIER_KIND, *ATTACHMENT_KINDS)
    if kind not in kinds:
        raise BadInputError(
            f"没有「{kind}」这一类文件；可选：{'、'.join(kinds)}。",
            f"There is no kind of file “{kind}”; choose from: {', '.join(kinds)}.",
        )
    if kind != DOSSIER_KIND:
        check_name(name)
    most = settings.BEIAN_UPLOAD_BYTES
    if not 0 < size <= most:
        raise BadInputError(
            f"文件大小须在 1 字节至 {most >> 20} MiB 之间，现为 {size} 字节；请核对文件。",
            f"A file has 1 byte to {most >> 20} MiB, this one {size} bytes; check the file.",
        )
    if len(sha256) != _HASH_LENGTH or set(sha256) - set("0123456789abcdef"):
        raise BadInputError(
            "sha256 须为 64 位小写十六进制数；请以 SHA-256 计算整个文件的哈希。",
            "sha256 has to be 64 small hexadecimal digits: the SHA-256 of the whole file.",
        )


def _gathered(chunks: Iterable[bytes]) -> bytes:
    piece = bytearray()
    for chunk in chunks:
        piece += chunk
        if len(piece) > MOST_PIECE:
            raise BadInputError(
                f"一段超过 {MOST_PIECE >> 20} MiB 的上限；请分得更小。",
                f"A piece is larger than the limit of {MOST_PIECE >> 20} MiB; send smaller ones.",
            )
    return bytes(piece)


def _write(upload: Upload, piece: bytes) -> None:
    path = _place(upload)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with path.open("r+b" if upload.received else "wb") as file:
            file.seek(upload.received)
            file.write(piece)
            file.truncate()
    except OSError as error:
        raise CouldNotRunError(
            "无法保存上传的部分；请稍后继续，或联系系统管理员检查磁盘。",
            f"The piece can't be kept ({error.strerror}); go on later, or ask the administrator to look at "
            "the disk.",
        ) from error


def _check_hash(upload: Upload, path: Path) -> None:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != upload.sha256:
        raise ContentDiffersError(
            f"「{upload.name}」收到的内容与声明的哈希不符；请重新上传整个文件。",
            f"What arrived of {upload.name} has another hash than was announced; send the whole file again.",
        )


def _taken(upload: Upload, path: Path, *, by: User, at: datetime) -> Received:
    application = upload.application
    if upload.kind == DOSSIER_KIND:
        return Received(None, take_dossier(application, path, by=by, at=at))
    with path.open("rb") as file:
        chunks = iter(lambda: file.read(_BLOCK), b"")
        return Received(
            attach(application, kind=upload.kind, name=upload.name, chunks=chunks, by=by, at=at), None
        )


def _forget_old(application: Application, at: datetime) -> None:
    for old in application.uploads.filter(touched_at__lt=at - _KEPT_FOR):
        _forget(old)


def _forget(upload: Upload) -> None:
    Upload.objects.filter(pk=upload.pk).delete()
    _place(upload).unlink(missing_ok=True)


def _place(upload: Upload) -> Path:
    root: Path = settings.BEIAN_HOME
    return root / "uploads" / "partial" / upload.key
