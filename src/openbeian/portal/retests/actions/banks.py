"""Bringing in, reading and retiring hidden banks; each leaves its trace in the audit trail."""

from datetime import datetime

from django.db import transaction

from openbeian.assessment import QuestionBank
from openbeian.core.errors import BadInputError, NotNowError
from openbeian.core.retest_rights import check_keeps_banks
from openbeian.portal.accounts.models import Organisation, User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.audit.actions import Person, record
from openbeian.portal.retests.banks import KEYWORDS, purpose_of, read_upload
from openbeian.portal.retests.journal import Journal
from openbeian.portal.retests.keyring import Sealed, open_box, seal, sealing_key
from openbeian.portal.retests.models import HiddenBank, RetestRun

__all__ = ["add_bank", "note_bank_read", "reseal", "retire_bank"]


@transaction.atomic
def add_bank(
    office: Organisation, *, file_name: str, data: bytes, kind: str, by: User, at: datetime
) -> HiddenBank:
    """Bring in a hidden bank, checked and sealed.

    Raises:
        NotAllowedError: `by` is no tester of the office.
        BadInputError: The file is no such bank, or the office has it already.
        CouldNotRunError: There is no key to seal it with.
    """
    check_keeps_banks(actor_of(by), str(office.pk))
    bank = read_upload(file_name, data, kind)
    if HiddenBank.objects.filter(office=office, sha256=bank.seal.sha256).exists():
        raise BadInputError(
            "本单位已有同一题库；无须再次上传。",
            "Your office has this very bank already; there is no need to bring it in again.",
        )
    sealed = seal(bank.canonical, purpose_of(bank.seal.sha256))
    kept = HiddenBank.objects.create(
        office=office,
        kind=bank.kind.value if isinstance(bank, QuestionBank) else KEYWORDS,
        name=bank.name[:120],
        version=bank.version[:60],
        language=bank.language if isinstance(bank, QuestionBank) else "",
        items=bank.seal.items,
        sha256=bank.seal.sha256,
        key_id=sealed.key_id,
        box=sealed.box,
        added_by=by,
        added_at=at,
    )
    _note("added", kept, by=by, at=at, items=kept.items)
    return kept


@transaction.atomic
def note_bank_read(bank: HiddenBank, *, by: User, at: datetime) -> None:
    """Write down that somebody reads the questions of a hidden bank; call it before they are shown.

    Raises:
        NotAllowedError: `by` is no tester of the office.
    """
    check_keeps_banks(actor_of(by), str(bank.office_id))
    _note("read", bank, by=by, at=at)


@transaction.atomic
def retire_bank(bank: HiddenBank, *, by: User, at: datetime) -> HiddenBank:
    """Offer a hidden bank for no further re-test; what was asked of it stays as it is.

    Raises:
        NotAllowedError: `by` is no tester of the office.
        NotNowError: It was retired before.
    """
    check_keeps_banks(actor_of(by), str(bank.office_id))
    locked = HiddenBank.objects.select_for_update().get(pk=bank.pk)
    if locked.retired_at is not None:
        raise NotNowError("该题库已经停用。", "This bank was retired before.")
    locked.retired_by, locked.retired_at = by, at
    locked.save(update_fields=["retired_by", "retired_at"])
    _note("retired", locked, by=by, at=at)
    return locked


def reseal(*, by: Person, at: datetime) -> int:
    """Seal everything anew that another key sealed than the first; return how much that was.

    Raises:
        CouldNotRunError: A key is missing.
    """
    count, key_id = 0, sealing_key().id
    for bank in HiddenBank.objects.exclude(key_id=key_id):
        with transaction.atomic():
            purpose = purpose_of(bank.sha256)
            bank.key_id, bank.box = seal(open_box(Sealed(bank.key_id, bank.box), purpose), purpose)
            bank.save(update_fields=["key_id", "box"])
            _note("resealed", bank, by=by, at=at, key=key_id)
        count += 1
    for run in RetestRun.objects.exclude(key_box=None).exclude(key_id=key_id):
        purpose = f"channel:{run.order_id}"
        run.key_id, run.key_box = seal(open_box(Sealed(run.key_id, run.key_box or b""), purpose), purpose)
        run.save(update_fields=["key_id", "key_box"])
        count += 1
    for pk in RetestRun.objects.filter(worker="").values_list("pk", flat=True):
        Journal(pk).rewrite()
    return count


def _note(kind: str, bank: HiddenBank, *, by: Person, at: datetime, **detail: object) -> None:
    record(f"hidden_bank.{kind}", bank, by=by, at=at, organisation_id=str(bank.office_id), **detail)
