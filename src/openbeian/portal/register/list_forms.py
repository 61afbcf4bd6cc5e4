"""The forms of published lists: one to bring in, one for each conflict."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django import forms
from django.http import QueryDict

from openbeian.core.text import Text
from openbeian.portal.filings.models import RegisterEntry
from openbeian.portal.register.list_actions import Choice
from openbeian.portal.web.words import later, now
from openbeian.published import (
    LIMITS,
    SERIES_LABELS,
    VERDICT_LABELS,
    Conflict,
    PublishedRow,
    Verdict,
    row_digest,
    verdicts_for,
)

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

__all__ = ["ConflictForm", "ListForm"]

_TOO_LARGE: Final = Text(
    "文件超过 {mib} MiB，不像名单。", "The file is larger than {mib} MiB; that is no list."
)
_INTO: Final = Text("以这一行为准，改写「{name}」", "Take this row; it rewrites “{name}”")
_OF_ITSELF: Final = {
    Verdict.KEEP: Text("不取这一行", "Leave this row out"),
    Verdict.OWN: Text("取这一行，新立一条", "Take this row as a new entry"),
}
"""What can become of a row where rows of the list contradict each other and no entry is concerned."""
_SAID: Final = Text("由文件写明", "As the file says")


class ListForm(forms.Form):
    """A published list to bring in."""

    use_required_attribute = False
    file = forms.FileField(
        label=later("名单文件", "The list"),
        help_text=later(
            "XLSX、CSV、保存的网页或有文字的 PDF。先预览，不会立即改动登记册。",
            "XLSX, CSV, a saved web page or PDF with text. It is previewed first; nothing changes yet.",
        ),
    )
    series = forms.ChoiceField(
        label=later("系列", "Series"),
        help_text=later("名单没有写明是备案还是登记时才需指定。", "Only where the list doesn’t say which."),
        required=False,
        choices=[
            ("", later(*_SAID)),
            *((one.value, later(*label)) for one, label in SERIES_LABELS.items()),
        ],
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        """Refuse a file that is too large before it is read."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > LIMITS.file_bytes:
            raise forms.ValidationError(now(_TOO_LARGE.fill(mib=LIMITS.file_bytes >> 20)))
        return file


class _Asked(NamedTuple):
    """A row of a conflict with the field that asks about it."""

    row: PublishedRow
    field: forms.BoundField


class ConflictForm(forms.Form):
    """What becomes of each row of a conflict, and why."""

    use_required_attribute = False

    def __init__(
        self,
        conflict: Conflict,
        entries: Sequence[RegisterEntry],
        data: QueryDict | None = None,
        *,
        before: dict[str, Choice] | None = None,
        reason: str = "",
    ) -> None:
        """Ask about every row; `entries` are those of `conflict.known`, in their order."""
        super().__init__(data)
        self._rows = {row_digest(row): row for row in conflict.rows}
        for number, (digest, row) in enumerate(self._rows.items(), 1):
            chosen = (before or {}).get(digest)
            self.fields[digest] = forms.ChoiceField(
                label=f"{now(_ROW.fill(n=number))} · {row.service}",
                choices=list(_choices(row, zip(conflict.known, entries, strict=True))),
                widget=forms.RadioSelect(),
                initial=None if chosen is None else _value(chosen.verdict, chosen.entry),
            )
        self.fields["reason"] = forms.CharField(
            label=later("理由", "Why"),
            help_text=later(
                "如：与发证机关核对过。与决定一同保存。", "For example: compared with the office. Kept."
            ),
            max_length=2000,
            initial=reason,
            widget=forms.Textarea({"rows": 3}),
        )

    @property
    def asked(self) -> Iterator[_Asked]:
        """Each row with its field."""
        return (_Asked(row, self[digest]) for digest, row in self._rows.items())

    @property
    def choices(self) -> dict[str, Choice]:
        """What was chosen for each row."""
        return {digest: _choice(self.cleaned_data[digest]) for digest in self._rows}


_ROW: Final = Text("名单第 {n} 行", "Row {n} of the list")


def _choices(
    row: PublishedRow, known: Iterable[tuple[PublishedRow, RegisterEntry]]
) -> Iterator[tuple[str, Any]]:
    possible = list(known)
    labels = VERDICT_LABELS if possible else _OF_ITSELF
    yield _value(Verdict.KEEP, None), now(labels[Verdict.KEEP])
    for one, entry in possible:
        if Verdict.TAKE in verdicts_for(row, one):
            named = f"{one.service} · {one.number}" if one.number else one.service
            yield _value(Verdict.TAKE, entry.pk), now(_INTO.fill(name=named))
    yield _value(Verdict.OWN, None), now(labels[Verdict.OWN])


def _value(verdict: Verdict, entry: int | None) -> str:
    return verdict.value if entry is None else f"{verdict.value}:{entry}"


def _choice(value: str) -> Choice:
    verdict, _, entry = value.partition(":")
    return Choice(Verdict(verdict), int(entry) if entry else None)
