"""What can go wrong, one class per reason. Reasons to refuse a service are in `refusals`.

Whatever bytes arrive, a parser answers with a value or a `MalformedError`; whatever fails to hold, a check
raises one of the other errors.
"""

from typing import ClassVar

from openbeian_gate.text import Text

__all__ = [
    "BadProofError",
    "BadSignatureError",
    "ExpiredRootError",
    "FrozenError",
    "GateError",
    "MalformedError",
    "MixedError",
    "NotWitnessedError",
    "PageDiffersError",
    "RollbackError",
    "TooBigError",
    "UnreachableError",
    "UnreadablePDFError",
    "UntrustedKeyError",
]


class GateError(Exception):
    """The base of every error the gate raises on purpose."""

    code: ClassVar[str] = "error"

    def __init__(self, zh: str, en: str) -> None:
        """Say what is wrong and where: `zh` in Chinese, `en` in English."""
        super().__init__(en)
        self._text = Text(zh, en)

    @property
    def text(self) -> Text:
        """The sentence in both languages."""
        return self._text


class MalformedError(GateError):
    """The bytes are not what they should be."""

    code = "malformed"

    def __init__(self, zh: str, en: str) -> None:
        """Say what is wrong; how to mend it is the same for every file somebody else published."""
        super().__init__(
            f"{zh}；请从发布处重新获取该文件。", f"{en}; get the file again from where it was published."
        )


class BadSignatureError(GateError):
    """A signature said to be by a trusted key is not."""

    code = "bad_signature"


class UntrustedKeyError(BadSignatureError):
    """No trusted key has signed."""

    code = "untrusted_key"


class BadProofError(GateError):
    """The log does not hold what is claimed, or was rewritten."""

    code = "bad_proof"


class NotWitnessedError(BadProofError):
    """Too few witnesses have cosigned the checkpoint."""

    code = "not_witnessed"


class RollbackError(GateError):
    """A snapshot older than, or contradicting, the one already seen was served."""

    code = "rollback"


class FrozenError(GateError):
    """What was served is no longer current: the register fell silent, or somebody withholds what it says."""

    code = "frozen"


class ExpiredRootError(FrozenError):
    """The root of trust has run out, and no newer one is served."""

    code = "expired_root"


class MixedError(GateError):
    """Files were served that do not belong together."""

    code = "mixed"


class UnreachableError(GateError):
    """The snapshot could not be fetched."""

    code = "unreachable"


class PageDiffersError(GateError):
    """The page of a PDF does not say what the certificate attached to it does."""

    code = "page_differs"


class TooBigError(UnreachableError):
    """More was sent than may be."""

    code = "too_big"


class UnreadablePDFError(GateError):
    """This installation can't read PDF files."""

    code = "unreadable_pdf"
