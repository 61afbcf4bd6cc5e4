"""Jurisdictions: who takes in filings, and by which names people call them."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from openbeian.core.clauses import Provenance
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text

__all__ = ["Jurisdiction", "find_jurisdiction"]


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """A province, or another body through which services are filed."""

    code: str
    text: Text
    zh_short: str
    pinyin: str
    """As written in filing numbers: `Guangdong`."""
    provenance: Provenance = Provenance.V2

    @property
    def is_unverified(self) -> bool:
        """Whether the spelling in filing numbers was not seen in a real number or a rule."""
        return self.provenance.is_unverified

    @property
    def short(self) -> Text:
        """What lists and tables call it: `广东`, `Guangdong`."""
        return Text(self.zh_short, self.text.en)

    @property
    def names(self) -> frozenset[str]:
        """Every name it goes by, in small letters."""
        return frozenset(
            name.lower() for name in (self.code, self.text.zh, self.zh_short, self.text.en, self.pinyin)
        )


def find_jurisdiction(jurisdictions: Iterable[Jurisdiction], written: str) -> Jurisdiction:
    """Return the jurisdiction meant by a code, a Chinese or English name or a pinyin spelling.

    Raises:
        BadInputError: None goes by that name.
    """
    wanted = " ".join(unicodedata.normalize("NFKC", written).split()).lower()
    for jurisdiction in jurisdictions:
        if wanted in jurisdiction.names:
            return jurisdiction
    raise BadInputError(
        f"没有名为「{written}」的属地；请用两位代码（如 GD）或全称（如 广东省）。",
        f"No jurisdiction is called “{written}”; use its two-letter code (GD) or its name (Guangdong).",
    )
