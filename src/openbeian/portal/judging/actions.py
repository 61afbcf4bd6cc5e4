"""Making a sample, judging an item, taking a verdict back, and handing the verdicts on."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from openbeian.assessment.inspection import Standing, settle
from openbeian.core.errors import BadInputError, NotNowError
from openbeian.core.retest_rights import check_judges_for
from openbeian.portal.accounts.models import Organisation, User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.audit.actions import record
from openbeian.portal.judging.models import ItemVerdict, JudgingItem, JudgingTask
from openbeian.portal.judging.reading import KIND_LABELS, Readable, labels_of, purpose_of, said_of
from openbeian.portal.retests.actions import take_verdicts
from openbeian.portal.retests.keyring import seal
from openbeian.portal.retests.models import RetestRun
from openbeian.trust.keys import Signer

__all__ = ["AlreadyJudgedError", "create_task", "give_verdict", "note_export", "take_back", "take_over"]

_TWO = 2
_LONGEST_NOTE = 500


class AlreadyJudgedError(NotNowError):
    """Somebody else was faster, or the person said something else before."""

    code = "already_judged"


@transaction.atomic
def create_task(
    organisation: Organisation,
    *,
    title: str,
    kind: str,
    items: Sequence[Readable],
    by: User,
    at: datetime,
    run: RetestRun | None = None,
) -> JudgingTask:
    """Make a sample of these items for people of an organisation.

    Raises:
        NotAllowedError: `by` judges nothing there.
        BadInputError: It has no title or no items, or is of no known kind.
    """
    check_judges_for(actor_of(by), str(organisation.pk))
    if not title.strip() or not items or kind not in KIND_LABELS:
        raise BadInputError(
            "请写明名称与类型，并给出至少一条内容。", "Give a title, a kind, and at least one item."
        )
    task = JudgingTask.objects.create(
        organisation=organisation,
        title=title.strip()[:120],
        kind=kind,
        run=run,
        items_count=len(items),
        created_by=by,
        created_at=at,
    )
    made = [JudgingItem(task=task, number=number) for number in range(1, len(items) + 1)]
    for item, readable in zip(made, items, strict=True):
        item.key_id, item.box = seal(readable.as_bytes(), purpose_of(item))
    JudgingItem.objects.bulk_create(made, batch_size=500)
    _note("created", task, by=by, at=at, items=len(made), run=run.pk if run else None)
    return task


@transaction.atomic
def give_verdict(item: JudgingItem, *, value: str, note: str = "", by: User, at: datetime) -> ItemVerdict:
    """Say what one thinks of an item; saying the same again changes nothing.

    Raises:
        NotAllowedError: `by` doesn't judge this sample.
        BadInputError: There is no such verdict.
        AlreadyJudgedError: Two others have judged it, or `by` said something else; that can be taken back.
        NotNowError: The sample's verdicts were handed on.
    """
    locked = _open_item(item, by)
    if value not in labels_of(locked.task.kind):
        raise BadInputError(
            f"「{value}」不是可选的结论。", f"“{value}” is none of the verdicts there are; choose one."
        )
    given = list(locked.verdicts.filter(undone_at=None).order_by("place"))
    own = next((one for one in given if one.by_id == by.pk), None)
    if own is not None and own.value == value:
        return own
    if own is not None or locked.standing == Standing.SETTLED:
        raise AlreadyJudgedError(
            "此条已由两人研判，或您先前给出了另一结论；可先撤销再改。",
            "Two people have judged this, or you said something else before; take that back first.",
        )
    verdict = ItemVerdict.objects.create(
        item=locked,
        by=by,
        place=_free_place([one.place for one in given], locked.standing),
        value=value,
        note=note.strip()[:_LONGEST_NOTE],
        at=at,
    )
    _settle(locked)
    return verdict


@transaction.atomic
def take_back(item: JudgingItem, *, by: User, at: datetime) -> JudgingItem:
    """Take one's own verdict back, to give another; that it was given stays on record.

    Raises:
        NotAllowedError: `by` doesn't judge this sample.
        NotNowError: There is none, a third person has decided since, or the verdicts were handed on.
    """
    locked = _open_item(item, by)
    given = list(locked.verdicts.filter(undone_at=None))
    own = next((one for one in given if one.by_id == by.pk), None)
    if own is None or (len(given) > _TWO and own.place <= _TWO):
        raise NotNowError(
            "没有可撤销的研判，或第三人已经裁定。",
            "There is nothing of yours to take back, or a third person has decided since.",
        )
    own.undone_at = at
    own.save(update_fields=["undone_at"])
    _settle(locked)
    return locked


@transaction.atomic
def note_export(task: JudgingTask, *, by: User, at: datetime) -> None:
    """Write down that the verdicts leave the portal as a file."""
    check_judges_for(actor_of(by), str(task.organisation_id))
    _note("exported", task, by=by, at=at)


@transaction.atomic
def take_over(task: JudgingTask, *, signer: Signer, by: User, at: datetime) -> JudgingTask:
    """Put the verdicts on the answers of a re-test into its evidence; from then on they stand.

    Args:
        task: A sample of a re-test's answers, every item settled: figures rest on all of it, not on what
            people found easy.
        signer: Signs the head of the evidence.
        by: A tester in charge of the re-test.
        at: The moment.

    Raises:
        NotAllowedError: `by` is no tester in charge.
        NotNowError: The items are not all settled, the verdicts stand there already, or the re-test's result
            is recorded.
        BadInputError: The sample is not of a re-test.
        CouldNotRunError: The evidence can't be opened.
    """
    locked = JudgingTask.objects.select_for_update().get(pk=task.pk)
    check_judges_for(actor_of(by), str(locked.organisation_id))
    if locked.run is None:
        raise BadInputError(
            "这批内容不是复测的回答；请下载结论，自行使用。",
            "These items are no answers of a re-test; download the verdicts and use them yourself.",
        )
    _check_can_be_taken(locked)
    judged = take_verdicts(locked.run, said_of(locked), signer=signer, by=by, at=at)
    locked.taken_over_at = at
    locked.save(update_fields=["taken_over_at"])
    _note("taken_over", locked, by=by, at=at, run=locked.run.pk, added=judged.added)
    return locked


def _check_can_be_taken(task: JudgingTask) -> None:
    if task.taken_over_at is not None:
        raise NotNowError(
            "这批研判已写入复测证据，无须再写。",
            "These verdicts stand in the evidence of the re-test already.",
        )
    open_items = task.items.exclude(standing=Standing.SETTLED.value).count()
    if open_items:
        raise NotNowError(
            f"还有 {open_items} 条没有定论；请先研判完，由第三人裁定不一致的。",
            f"{open_items} items are not settled; judge them first, a third person where two disagree.",
        )


def _open_item(item: JudgingItem, by: User) -> JudgingItem:
    locked = JudgingItem.objects.select_for_update().get(pk=item.pk)
    check_judges_for(actor_of(by), str(locked.task.organisation_id))
    if locked.task.taken_over_at is not None:
        raise NotNowError(
            "这批研判已写入复测证据，不能再改。",
            "These verdicts stand in the evidence of the re-test and can't be changed.",
        )
    return locked


def _free_place(taken: Sequence[int], standing: str) -> int:
    """Return the place of the next verdict: the first two are independent, the third decides."""
    if standing == Standing.DISAGREED:
        return 3
    return 1 if 1 not in taken else 2


def _settle(item: JudgingItem) -> None:
    given = item.verdicts.filter(undone_at=None).order_by("place").values_list("value", flat=True)
    standing = settle(tuple(given))
    item.standing, item.value = standing.standing.value, standing.value or ""
    item.save(update_fields=["standing", "value"])


def _note(kind: str, task: JudgingTask, *, by: User, at: datetime, **detail: object) -> None:
    record(f"judging.{kind}", task, by=by, at=at, organisation_id=str(task.organisation_id), **detail)
