"""Where an application stands, in words: who has it, since when, and what comes next."""

from datetime import date, datetime
from typing import Final, NamedTuple

from openbeian.core.lifecycle import OWNERS, ApplicationStatus, Step, steps_from
from openbeian.core.permissions import may_take
from openbeian.core.roles import ORGANISATION_LABELS, OrganisationKind
from openbeian.core.terms import Term
from openbeian.core.text import Text
from openbeian.core.workdays import is_provisional, workdays_left
from openbeian.portal.accounts.models import Organisation, User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.applications.models import Application
from openbeian.portal.applications.queries import waiting_for
from openbeian.portal.applications.steps import facts_of
from openbeian.standards import load_jurisdictions, load_terms

__all__ = ["Due", "Standing", "Station", "build_standing", "steps_open_to", "who_has_it"]

_S = ApplicationStatus


class Station(NamedTuple):
    """One stop on the way, and whether the application is before it, at it or past it."""

    label: Text
    place: str
    """`done`, `now` or `ahead`, as the stylesheet calls them."""


class Due(NamedTuple):
    """By when whoever has the application has to act, and what that rests on."""

    on: date
    left: int
    """Working days left at the end of the day asked for; below 0 it is overdue."""
    term: Term
    provisional: bool
    """Whether a later notice of holidays may still move it."""

    @property
    def over(self) -> int:
        """By how many working days it is overdue."""
        return max(0, -self.left)


class Standing(NamedTuple):
    """Where the application is."""

    owner: Text | None
    since: datetime
    workdays: int
    next_step: Text
    due: Due | None
    stations: tuple[Station, ...]


_STATIONS: Final[tuple[tuple[Text, frozenset[ApplicationStatus]], ...]] = (
    (Text("填写", "Prepare"), frozenset({_S.DRAFT})),
    (Text("受理", "Intake"), frozenset({_S.SUBMITTED})),
    (Text("审查与补正", "Review"), frozenset({_S.IN_REVIEW, _S.RETEST, _S.CORRECTION})),
    (Text("省级决定", "Province decides"), frozenset({_S.PROVINCIAL_DECISION})),
    (Text("国家确认", "Nation confirms"), frozenset({_S.NATIONAL_DECISION})),
    (Text("发证", "Certificate"), frozenset({_S.CONFIRMED, _S.CERTIFIED})),
)
_REGISTRATION_STATIONS: Final = (
    *_STATIONS[:4],
    (Text("编号上线", "Entry in the register"), frozenset({_S.GRANTED, _S.CERTIFIED})),
)

_REGISTRATION_DECIDED: Final = Text(
    "由两名省级人员先后独立决定；一致准予后由省级编号上线，不经国家确认。",
    "Two provincial officers decide, each unseen by the other; if both grant it, the province numbers it; "
    "the nation takes no part.",
)
_NEXT: Final = {
    _S.DRAFT: Text("填完各部分后检查并提交。", "Fill in every part, then check and submit."),
    _S.SUBMITTED: Text(
        "受理员核对材料是否齐全，然后进入审查，或退回补正。",
        "The intake officer checks that all is there; then it is reviewed, or returned for correction.",
    ),
    _S.IN_REVIEW: Text(
        "审查员逐项核对材料和评估数字，可能退回补正或安排复测，然后提请决定。",
        "A reviewer checks documents and figures item by item, may ask for corrections or a re-test, "
        "then puts it up for decision.",
    ),
    _S.RETEST: Text(
        "省级网信办用自己的题库复测，结果出来后继续审查。",
        "The office tests the service with its own bank; the review goes on with the result.",
    ),
    _S.CORRECTION: Text(
        "请逐项补正并答复，然后重新提交。", "Correct and answer item by item, then submit again."
    ),
    _S.PROVINCIAL_DECISION: Text(
        "由两名省级人员先后独立决定，一致通过后报国家网信办。",
        "Two provincial officers decide, each unseen by the other; if they agree, it goes to the nation.",
    ),
    _S.NATIONAL_DECISION: Text(
        "由两名国家网信办人员先后独立决定，一致确认后列入下一批次。",
        "Two national officers decide, each unseen by the other; if they agree, it joins the next round.",
    ),
    _S.CONFIRMED: Text("等待下一批次统一发证。", "Certificates are issued together in the next round."),
    _S.GRANTED: Text(
        "省级发布员编号并公布，即可上线。",
        "A provincial publisher gives it its number and enters it in the register.",
    ),
    _S.CERTIFIED: Text("已发证并公布。", "The certificate is issued and the entry is public."),
    _S.REFUSED: Text("程序已结束；可以重新申请。", "The procedure has ended; you may apply anew."),
    _S.WITHDRAWN: Text("程序已结束；可以重新申请。", "The procedure has ended; you may apply anew."),
}


def build_standing(application: Application, *, on: date) -> Standing:
    """Say where `application` stands on a day."""
    return Standing(
        owner=who_has_it(OWNERS[application.state], application.provider, application.jurisdiction),
        since=application.status_since,
        workdays=waiting_for(application, on=on),
        next_step=_next(application),
        due=_due(application, on),
        stations=_stations(application),
    )


def steps_open_to(user: User, application: Application) -> list[Step]:
    """Return the provider's steps that `user` may take now."""
    actor, facts = actor_of(user), facts_of(application)
    steps = steps_from(application.state, route=application.route)
    ours = [step for step in steps if step.office is OrganisationKind.PROVIDER]
    return [step for step in ours if may_take(actor, step, facts)]


def who_has_it(kind: OrganisationKind | None, provider: Organisation, jurisdiction: str) -> Text | None:
    """Return the name of whoever is to act: the provider, or the office in charge; None where nobody is."""
    match kind:
        case None:
            return None
        case OrganisationKind.PROVIDER:
            return Text(provider.name, provider.name_en or provider.name)
        case OrganisationKind.PROVINCIAL:
            place = load_jurisdictions()[jurisdiction]
            office = ORGANISATION_LABELS[kind]
            return Text(f"{office.zh}（{place.zh_short}）", f"{office.en}, {place.text.en}")
        case _:
            return ORGANISATION_LABELS[kind]


def _due(application: Application, on: date) -> Due | None:
    """Return when the office's term ends; None where nobody's clock runs: in a draft, during corrections."""
    clock = getattr(application, "clock", None)
    if clock is None or not clock.term or clock.due_on is None:
        return None
    return Due(
        clock.due_on, workdays_left(clock.due_on, on), load_terms()[clock.term], is_provisional(clock.due_on)
    )


def _next(application: Application) -> Text:
    if application.route == "registration" and application.state is _S.PROVINCIAL_DECISION:
        return _REGISTRATION_DECIDED
    return _NEXT[application.state]


def _stations(application: Application) -> tuple[Station, ...]:
    status = application.state
    way = _REGISTRATION_STATIONS if application.route == "registration" else _STATIONS
    here = next((i for i, (_label, statuses) in enumerate(way) if status in statuses), None)
    if here is None:
        return ()
    done = len(way) if status is _S.CERTIFIED else here
    places = ("done" if i < done else "now" if i == here else "" for i in range(len(way)))
    return tuple(Station(label, place) for (label, _), place in zip(way, places, strict=True))
