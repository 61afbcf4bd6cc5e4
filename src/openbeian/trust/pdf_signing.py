"""The signature a PDF reader shows (PAdES), with a time from a timestamp service where one is named.

It is made with an X.509 key that PDF readers know how to trust, apart from the Ed25519 key of the certificate
itself: losing the one does not touch the other. Without a timestamp service the time is this machine's.
"""

import asyncio
import io
import urllib.request
from pathlib import Path

from asn1crypto import tsp  # type: ignore[import-untyped]
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError

from openbeian.core.errors import BadInputError, CouldNotRunError

__all__ = ["load_pdf_key", "sign_pdf"]

_FIELD = "Issuer"
_DIGEST = "sha256"
_MAX_REPLY_BYTES = 1 << 20


class _TimestampService(TimeStamper):
    """An RFC 3161 service over HTTP."""

    def __init__(self, address: str, timeout_s: float) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        if not address.startswith(("http://", "https://")):
            raise BadInputError(
                f"时间戳服务的地址 {address} 应以 http:// 或 https:// 开头。",
                f"The address of a timestamp service begins with http:// or https://, not as {address} does.",
            )
        self._address = address
        self._timeout_s = timeout_s

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Ask for the time."""
        return tsp.TimeStampResp.load(await asyncio.to_thread(self._post, req.dump()))

    def _post(self, asked: bytes) -> bytes:
        headers = {"Content-Type": "application/timestamp-query"}
        request = urllib.request.Request(self._address, data=asked, headers=headers)  # noqa: S310  checked above
        with urllib.request.urlopen(request, timeout=self._timeout_s) as reply:  # noqa: S310  # nosec B310
            return bytes(reply.read(_MAX_REPLY_BYTES))


def load_pdf_key(path: Path, password: bytes | None = None) -> SimpleSigner:
    """Read the X.509 certificate and its key from a PKCS #12 file.

    Raises:
        BadInputError: It is not one, or the password is wrong.
        CouldNotRunError: The file cannot be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CouldNotRunError(
            f"无法读取 PDF 签名证书 {path}；请检查路径与权限。",
            f"The PDF signing certificate {path} cannot be read ({error}); check path and permissions.",
        ) from error
    try:
        signer = SimpleSigner.load_pkcs12_data(data, other_certs=[], passphrase=password)
        assert isinstance(signer, SimpleSigner), "what is loaded can sign"
    except (ValueError, AttributeError) as error:  # the second where the file holds a certificate but no key
        raise BadInputError(
            f"{path} 不是可用的 PKCS #12 文件，或口令不对；请检查文件与口令。",
            f"{path} is not a usable PKCS #12 file, or the password is wrong; check both.",
        ) from error
    return signer


def sign_pdf(
    pdf: bytes, key: SimpleSigner, *, timestamps: str | None = None, timeout_s: float = 10.0
) -> bytes:
    """Return `pdf` with a PAdES signature appended; what was there stays byte for byte.

    Args:
        pdf: The file.
        key: Who signs.
        timestamps: The http(s) address of a timestamp service (RFC 3161); None for none.
        timeout_s: How long the service is waited for.

    Raises:
        BadInputError: The file cannot be signed.
        CouldNotRunError: The timestamp service gave no time.
    """
    stamper = None if timestamps is None else _TimestampService(timestamps, timeout_s)
    settings = PdfSignatureMetadata(
        field_name=_FIELD,
        md_algorithm=_DIGEST,
        subfilter=SigSeedSubFilter.PADES,
        reason="备案证书 Certificate",
    )
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        signed = PdfSigner(settings, signer=key, timestamper=stamper).sign_pdf(writer)
    except PdfReadError as error:
        raise BadInputError(
            "该文件不是可以签名的 PDF；请重新生成证书。",
            f"The file is not a PDF that can be signed ({error}); make the certificate anew.",
        ) from error
    except (TimestampRequestError, OSError, ValueError) as error:
        raise CouldNotRunError(
            f"时间戳服务 {timestamps} 没有给出时间；请检查地址，或稍后重试。",
            f"The timestamp service {timestamps} gave no time ({error}); check its address or try later.",
        ) from error
    return bytes(signed.getbuffer())
