"""What the API takes and gives.

Answers are plain models: `ninja.Schema` looks every value up in a wrapper of its own, which takes longer
than all the rest of an answer.
"""

from datetime import date, datetime
from typing import Any, Literal

from ninja import Schema
from pydantic import BaseModel, Field

from openbeian.portal.api.problems import TextOut
from openbeian.portal.register.searching import CURSOR

__all__ = [
    "ApplicationIn",
    "ApplicationOut",
    "AttachmentOut",
    "ChangeOut",
    "CorrectionOut",
    "DryRunOut",
    "EntryOut",
    "EntryPage",
    "EntryQuery",
    "FactsIn",
    "FindingOut",
    "ReceivedOut",
    "RefusedOut",
    "ReplyIn",
    "TakenOut",
    "TotalsOut",
    "UploadIn",
    "UploadOut",
    "ValidationOut",
]

FactsIn = dict[str, str | list[str]]


class EntryOut(BaseModel):
    """An entry of the register. Being on file is not an endorsement.

    `origin` says whether the filing was made here; an entry that somebody else published has no certificate,
    no service id and no round here, and names in `sources` where each fact was read.
    """

    key: str
    origin: Literal["filed_here", "published_elsewhere"]
    sources: dict[str, Any]
    number: str
    route: Literal["filing", "registration"]
    status: str
    status_since: datetime | None
    status_until: date | None
    service_id: str
    service_name: str
    model_name: str
    provider_name: str
    provider_name_en: str
    jurisdiction: str
    edition: str
    profile: str
    industry: str
    service_type: str
    base_number: str
    base_name: str
    issued_on: date | None
    valid_until: date | None
    round: int | None


class EntryQuery(Schema):
    """What to list; `base` is the number or name of a model, `provider` a whole name or a credit code."""

    search: str = Field("", max_length=100)
    jurisdiction: str = Field("", max_length=4)
    route: str = Field("", max_length=12)
    status: str = Field("", max_length=12)
    round: str = Field("", max_length=9)
    industry: str = Field("", max_length=24)
    service_type: str = Field("", max_length=24)
    base: str = Field("", max_length=200)
    provider: str = Field("", max_length=200)
    since: date | None = None
    until: date | None = None
    cursor: str | None = Field(None, pattern=CURSOR)
    limit: int = Field(50, ge=1, le=200)


class EntryPage(BaseModel):
    """A page of the register; ask again with `cursor` for the next, which is null on the last.

    The first page says in `count` how many match, up to 1,000, and in `is_more` whether more do.
    """

    items: list[EntryOut]
    cursor: str | None
    count: int | None
    is_more: bool
    notice: TextOut


class ChangeOut(BaseModel):
    """One step in the life of a filing: `log_index` is null until it is in the published log."""

    at: datetime
    kind: str
    subject: str
    """The filing's number, or the application's reference for the steps before."""
    log_index: int | None
    leaf_hash: str


class ColumnOut(BaseModel):
    """A column of a statistic."""

    id: str
    text: TextOut
    is_number: bool


class AsOfOut(BaseModel):
    """At which size and checkpoint (its root in hex) of the public log, and since when, figures are these."""

    log_size: int
    checkpoint: str
    made_at: datetime


class StatisticOut(BaseModel):
    """One statistic: its rows follow its columns; a figure kept back is null, one that isn't there empty."""

    id: str
    as_of: AsOfOut
    title: TextOut
    sentence: TextOut
    definition: TextOut
    columns: list[ColumnOut]
    rows: list[list[TextOut | str | int | float | None]]


class TotalsOut(BaseModel):
    """How many services are on file; filings and registrations are never added up."""

    filings: int
    registrations: int
    by_status: dict[str, int]
    by_jurisdiction: dict[str, int]


class ApplicationIn(Schema):
    """A new application of the organisation whose key or session asks."""

    edition: str = Field(max_length=40)
    profile: str = Field("", max_length=40)
    facts: FactsIn = Field(default_factory=dict)


class CorrectionOut(BaseModel):
    """An item to correct."""

    id: int
    item: str
    text: str
    reason_code: str
    """Why, by code; the codes are in the documentation of the life cycle."""
    status: Literal["open", "answered", "closed"]
    reply: str
    raised_at: datetime


class AttachmentOut(BaseModel):
    """A file of the application."""

    id: int
    kind: str
    name: str
    sha256: str
    size: int


class FindingOut(BaseModel):
    """What one check found, and how to mend it."""

    check: str
    severity: Literal["error", "warning", "note"]
    clause: str
    subject: str
    found: TextOut
    mend: TextOut


class ValidationOut(BaseModel):
    """What the office's own checks find now. Nothing of it is kept."""

    may_be_submitted: bool
    findings: list[FindingOut]


class ApplicationOut(BaseModel):
    """An application, where it stands, and what is to be corrected."""

    reference: str
    status: str
    status_since: datetime
    waiting_for: str | None
    """Who has to act next: provider, provincial, national; null where it is final."""
    next_step: TextOut
    due_on: date | None
    """The last day of the office's term; null while no clock runs, as during corrections."""
    jurisdiction: str
    route: str
    edition: str
    profile: str
    service_id: str
    version: int
    facts: dict[str, Any]
    attachments: list[AttachmentOut]
    corrections: list[CorrectionOut]
    findings: list[FindingOut]
    to_be_confirmed: list[str]
    """The posts whose holders have not confirmed what it holds now; they do it signed in, not by key."""
    number: str | None
    """The filing number, once certified."""


class ReplyIn(Schema):
    """How an item was corrected."""

    text: str = Field(max_length=4000)


class UploadIn(Schema):
    """A file about to be sent: `kind` is `dossier` for a packed folder, else what an attachment may be.

    Where it is left empty, the file's name tells what it is.
    """

    kind: str = Field(default="", max_length=24)
    name: str = Field(max_length=400)
    size: int = Field(ge=1)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class UploadOut(BaseModel):
    """How far an upload is: the next piece begins at `offset`."""

    id: str
    kind: str
    name: str
    size: int
    sha256: str
    offset: int


class RefusedOut(BaseModel):
    """A part that was not kept: a file, or an entry of the form."""

    name: str
    code: str
    why: TextOut


class TakenOut(BaseModel):
    """What came of a packed dossier: the good parts are kept, the others named."""

    kept: list[str]
    entries: list[str]
    refused: list[RefusedOut]


class ReceivedOut(BaseModel):
    """What a finished upload became: a file of the application, or a whole dossier."""

    attachment: AttachmentOut | None
    dossier: TakenOut | None


class DryRunOut(BaseModel):
    """What the office's own checks find, and what would not be kept. Nothing of it is kept."""

    may_be_submitted: bool
    findings: list[FindingOut]
    refused: list[RefusedOut]
