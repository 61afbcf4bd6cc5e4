"""Asking: a provider draws a petition up, hands it in, completes it, or drops it."""

from datetime import date, datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from openbeian.core.errors import BadInputError, NotNowError
from openbeian.core.facts import PetitionFacts
from openbeian.core.lifecycle import PETITION_STEPS, PetitionStatus
from openbeian.core.permissions import check_may_take
from openbeian.core.petitions import Level, PetitionKind, check_may_be_asked, levels_of
from openbeian.core.terms import due_on
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.applications.models import Application
from openbeian.portal.applications.serials import take_serial
from openbeian.portal.filings.models import Filing
from openbeian.portal.petitions.checking import check_whole, examined_of
from openbeian.portal.petitions.editing import open_petition
from openbeian.portal.petitions.models import Petition
from openbeian.portal.petitions.queries import decided_against
from openbeian.portal.petitions.steps import begin, move, note
from openbeian.standards import load_terms

__all__ = ["draw_up", "drop", "hand_in", "save_grounds"]

_HAND_IN: Final = PETITION_STEPS["hand_in"]
_AGAIN: Final = PETITION_STEPS["hand_in_again"]
_DROP: Final = PETITION_STEPS["drop"]
_LONGEST: Final = 8000
_AGAINST: Final = frozenset({PetitionKind.RECONSIDERATION, PetitionKind.APPEAL})


@transaction.atomic
def draw_up(
    application: Application, *, kind: PetitionKind, grounds: str = "", by: User, at: datetime
) -> Petition:
    """Begin a petition about an application, or about the filing it led to.

    Raises:
        NotAllowedError: `by` is no preparer of the provider.
        NotNowError: It can't be asked in the present status, or such a petition is open already.
        BadInputError: The grounds are too long.
    """
    filing = Filing.objects.filter(application=application).first()
    decided = decided_against(application, filing) if kind in _AGAINST else None
    level: Level = "provincial" if decided is None or decided.level == "provincial" else "national"
    levels = levels_of(kind, route=application.route, decided_at=level)
    check_may_take(actor_of(by), _HAND_IN, _about_to_be(application, levels, by))
    check_may_be_asked(kind, application.state if filing is None else filing.state)
    year = timezone.localdate(at).year
    petition = Petition(
        reference=f"P-{year}-{take_serial(f'petition:{year}'):06d}",
        kind=kind.value,
        provider=application.provider,
        application=application,
        filing=filing,
        jurisdiction=application.jurisdiction,
        levels=list(levels),
        status_since=at,
        grounds=_checked(grounds),
        happened_on=None if decided is None else timezone.localdate(decided.at),
        asked_by=by,
        created_at=at,
    )
    _insert(petition)
    note(petition, "drawn_up", by=by, at=at, step=_HAND_IN, asked=kind.value)
    return petition


def _about_to_be(application: Application, levels: tuple[str, ...], by: User) -> PetitionFacts:
    return PetitionFacts(
        id="",
        status=PetitionStatus.DRAWN_UP,
        jurisdiction=application.jurisdiction,
        provider_id=str(application.provider_id),
        levels=levels,
        prepared_by=by.audit_id,
    )


def _insert(petition: Petition) -> None:
    try:
        with transaction.atomic():
            petition.save(force_insert=True)
    except IntegrityError as error:
        label = petition.rule.label
        raise NotNowError(
            f"已有一件「{label.zh}」在办；请在该件中补充，或先撤回。",
            f"A petition “{label.en}” is open already; complete that one, or drop it first.",
        ) from error


def _checked(grounds: str) -> str:
    if len(grounds) > _LONGEST:
        raise BadInputError(
            f"理由超过 {_LONGEST} 字；请缩短，细节放入附件。",
            f"The grounds are longer than {_LONGEST} characters; put details into a file.",
        )
    return grounds.strip()


@transaction.atomic
def save_grounds(
    petition: Petition, *, grounds: str, happened_on: date | None = None, by: User, at: datetime
) -> Petition:
    """Keep why it is asked and, for a change or an end, the day it happened.

    Raises:
        NotAllowedError: `by` is no preparer of the provider.
        NotNowError: The petition is not in the provider's hands.
        BadInputError: The grounds are too long, or the day lies ahead.
    """
    locked = open_petition(petition, by=by)
    locked.grounds = _checked(grounds)
    if locked.asked not in _AGAINST:
        if happened_on is not None and happened_on > timezone.localdate(at):
            raise BadInputError(
                "变化发生之日不能在今天之后；请更正日期。",
                "The day of the change can't lie ahead; correct it.",
            )
        locked.happened_on = happened_on
    locked.save(update_fields=["grounds", "happened_on"])
    note(locked, "grounds_saved", by=by, at=at, step=_HAND_IN)
    return locked


def hand_in(petition: Petition, *, by: User, at: datetime) -> Petition:
    """Hand a petition in, the first time or completed.

    Raises:
        NotAllowedError: `by` is no preparer of the provider.
        NotNowError: It is with the office or over, can't be asked any more, or is too late.
        BadInputError: Something is missing or wrong.
    """
    # Looked at before the lock is taken: reading new evidence may take long, and nobody else should wait.
    fresh = Petition.objects.select_related("application", "filing").get(pk=petition.pk)
    examined = examined_of(fresh)
    with transaction.atomic():
        step = _AGAIN if fresh.state is PetitionStatus.RETURNED else _HAND_IN
        locked = begin(fresh, step, by=by)
        check_may_be_asked(locked.asked, locked.subject_status)
        check_whole(locked, examined)
        _set_term(locked, at)
        locked.before = {name: locked.application.facts.get(name, "") for name in locked.changes}
        locked.findings, locked.report = list(examined.findings), examined.report
        move(locked, step, by=by, at=at, ask_by=str(locked.ask_by or ""))
    return locked


def _set_term(petition: Petition, at: datetime) -> None:
    term = load_terms().get(petition.rule.ask_within)
    petition.ask_by = None
    if term is None or petition.happened_on is None:
        return
    petition.ask_by = due_on(term, petition.happened_on).on
    if (
        petition.asked in _AGAINST
        and petition.handed_in_on is None
        and timezone.localdate(at) > petition.ask_by
    ):
        raise NotNowError(
            f"已超过 {petition.ask_by} 的期限（{term.basis.zh}），不能再提；可以重新申请。",
            f"The term ended on {petition.ask_by} ({term.basis.en}): too late to ask; apply anew.",
        )


@transaction.atomic
def drop(petition: Petition, *, by: User, at: datetime) -> Petition:
    """Take a petition back for good.

    Raises:
        NotAllowedError: `by` is no preparer of the provider.
        NotNowError: It is being decided, or is over.
    """
    locked = begin(petition, _DROP, by=by)
    move(locked, _DROP, by=by, at=at)
    return locked
