"""What a petition would change: entries of the form, and the files that go with it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from openbeian.core.errors import BadInputError
from openbeian.core.lifecycle import PETITION_STEPS
from openbeian.dossier.form import FIELDS
from openbeian.portal.accounts.models import User
from openbeian.portal.applications.actions import ATTACHMENT_KINDS
from openbeian.portal.applications.storage import clean_name, store
from openbeian.portal.petitions.editing import check_may_edit, open_petition
from openbeian.portal.petitions.models import Petition, PetitionFile
from openbeian.portal.petitions.steps import note

__all__ = ["attach", "change_entries", "detach", "keep_entry"]

_HAND_IN: Final = PETITION_STEPS["hand_in"]
_LONGEST: Final = 20_000
_FIXED: Final = frozenset({"service.latin_name", "provider.uscc"})
"""What a number is made of, or who the provider is: another one is another filing."""


@transaction.atomic
def change_entries(
    petition: Petition, changes: Mapping[str, str | Sequence[str]], *, by: User, at: datetime
) -> Petition:
    """Name entries that become others; what is the same as on file is taken out again.

    Raises:
        NotAllowedError: `by` is no preparer of the provider.
        NotNowError: The petition is not in the provider's hands.
        BadInputError: This petition changes nothing, or an entry can't be changed.
    """
    locked = open_petition(petition, by=by)
    if not locked.rule.changes_facts:
        raise BadInputError(
            "此类事项不改变备案内容；变更请另提「变更备案信息」。",
            "A petition of this kind changes no entry; ask for an amendment instead.",
        )
    for name, value in changes.items():
        _check(name, value)
    on_file = locked.application.facts
    merged = {**locked.changes, **changes}
    locked.changes = {name: value for name, value in merged.items() if value != on_file.get(name, "")}
    locked.save(update_fields=["changes"])
    note(locked, "entries_changed", by=by, at=at, step=_HAND_IN, entries=sorted(changes))
    return locked


@transaction.atomic
def keep_entry(petition: Petition, name: str, *, by: User, at: datetime) -> Petition:
    """Leave an entry as it is on file after all.

    Raises:
        NotAllowedError: `by` is no preparer of the provider.
        NotNowError: The petition is not in the provider's hands.
    """
    locked = open_petition(petition, by=by)
    locked.changes = {key: value for key, value in locked.changes.items() if key != name}
    locked.save(update_fields=["changes"])
    note(locked, "entries_changed", by=by, at=at, step=_HAND_IN, entries=[name])
    return locked


def _check(name: str, value: str | Sequence[str]) -> None:
    if name not in FIELDS:
        raise BadInputError(
            f"表中没有「{name}」这一项；请使用表中的名称，如 service.scope。",
            f"The form has no entry “{name}”; use the names of the form, such as service.scope.",
        )
    if name in _FIXED:
        label = FIELDS[name].label
        raise BadInputError(
            f"「{label.zh}」不能变更：它是编号或主体的一部分；请另行申请备案。",
            f"“{label.en}” can't be changed: the number or the provider would be another; apply anew.",
        )
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
        raise BadInputError(
            f"「{name}」须是文字或文字的列表。", f"“{name}” has to be a text or a list of texts."
        )
    if sum(map(len, texts)) > _LONGEST or any("\0" in text for text in texts):
        raise BadInputError(
            f"「{name}」过长或含有不可用的字符；上限 {_LONGEST} 字。",
            f"“{name}” is too long (limit: {_LONGEST} characters) or holds characters that can't be kept.",
        )


def attach(
    petition: Petition, *, kind: str, name: str, chunks: Iterable[bytes], by: User, at: datetime
) -> PetitionFile:
    """Add a file; a present file of the same name gives way to it.

    Raises:
        NotAllowedError: `by` is no preparer of the provider.
        NotNowError: The petition is not in the provider's hands.
        BadInputError: The kind is unknown, or the file empty, too large or without a usable name.
        CouldNotRunError: The disk refused.
    """
    if kind not in ATTACHMENT_KINDS:
        raise BadInputError(
            f"没有「{kind}」这一类附件；可选：{'、'.join(ATTACHMENT_KINDS)}。",
            f"There is no kind of attachment “{kind}”; choose from: {', '.join(ATTACHMENT_KINDS)}.",
        )
    kept_name = clean_name(name)
    check_may_edit(petition, by=by)
    stored = store(chunks)
    with transaction.atomic():
        locked = open_petition(petition, by=by)
        locked.files.filter(name=kept_name, removed_at=None).update(removed_at=at)
        added = PetitionFile.objects.create(
            petition=locked,
            kind=kind,
            name=kept_name,
            sha256=stored.sha256,
            size=stored.size,
            added_by=by,
            added_at=at,
        )
        note(locked, "file_attached", by=by, at=at, step=_HAND_IN, file=kept_name, sha256=stored.sha256)
    return added


@transaction.atomic
def detach(file: PetitionFile, *, by: User, at: datetime) -> None:
    """Take a file out again.

    Raises:
        NotAllowedError: `by` is no preparer of the provider.
        NotNowError: The petition is not in the provider's hands.
    """
    locked = open_petition(file.petition, by=by)
    if locked.files.filter(pk=file.pk, removed_at=None).update(removed_at=at):
        note(locked, "file_detached", by=by, at=at, step=_HAND_IN, file=file.name)
