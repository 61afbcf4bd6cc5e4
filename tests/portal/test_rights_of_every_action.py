"""Every action of the offices' apps stands in a table of who may take it; a new one that doesn't is found."""

import importlib
import inspect
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import transaction

from openbeian.core.errors import DomainError, NotAllowedError
from openbeian.core.lifecycle import ApplicationStatus
from openbeian.core.petitions import PetitionKind
from openbeian.portal.accounts.models import User
from openbeian.portal.judging import actions as judging
from openbeian.portal.judging.reading import parse_items
from openbeian.portal.petitions import actions as petitions
from openbeian.portal.petitions.models import Petition
from openbeian.portal.retests import actions as retests
from openbeian.portal.review import actions as review
from openbeian.portal.signing import load_signer
from tests.portal.factories import AT, Cast, application_at, filing_at
from tests.portal.retests.world import bring_in
from tests.portal.rights_after_filing import AFTER_FILING

APPS = ("bulletins", "duties", "filings", "judging", "petitions", "retests", "review", "sandbox")
HERE = Path(__file__).parent
SHOWN_IN = {
    "test_permissions_through_actions.py": {
        *("review.conclude", "review.recommend", "review.decide", "review.countersign"),
        *("filings.plan_round", "filings.certify_round"),
        *("filings.propose_measure", "filings.countersign_measure"),
    },
    "test_measures.py": {"filings.propose_measure", "filings.countersign_measure"},
    "test_registering.py": {"filings.register"},
    "test_seats.py": {"filings.add_seats", "filings.arrange_seats", "filings.remove_seat"},
    "test_petitions.py": {"filings.lift_suspensions"},
    "retests/test_running_retests.py": {
        f"retests.{one}" for one in ("ask_retest", "stop_run", "go_on", "record_result", "release")
    },
    "retests/test_people_in_the_evidence.py": {"judging.take_over"},
}
"""Where else it is shown who may take an action."""
CALLED_BY_OTHERS = {
    *("retests.note_answers_read", "retests.note_bank_read", "retests.take_verdicts", "retests.reseal"),
    "judging.note_export",
}
"""What another action, a page that has looked already, or the machine's administrator calls."""
_OFFICE = {"gd_tester", "gd_reviewer"}
_REFUSED = {"outcome": "reject", "reason": "r", "reason_code": "other"}


def _drawn_up(cast: Cast) -> Petition:
    made = petitions.draw_up(
        filing_at(cast).application, kind=PetitionKind.AMENDMENT, grounds="g", by=cast.gd_preparer, at=AT
    )
    petitions.change_entries(made, {"service.scope": "新"}, by=cast.gd_preparer, at=AT)
    petitions.save_grounds(made, grounds="g", happened_on=AT.date(), by=cast.gd_preparer, at=AT)
    return made


def _examined(cast: Cast) -> Petition:
    return petitions.hand_in(_drawn_up(cast), by=cast.gd_preparer, at=AT)


def _at_province(cast: Cast) -> Petition:
    return petitions.put_up(_examined(cast), by=cast.gd_reviewer, at=AT)


def _decided(cast: Cast):
    return petitions.decide(_at_province(cast), **_REFUSED, by=cast.gd_decider, at=AT)


def _taken(cast: Cast) -> Petition:
    made = _examined(cast)
    petitions.assign(made, officer=cast.gd_reviewer, by=cast.gd_reviewer, at=AT)
    return made


def _with_file(cast: Cast):
    about = {"kind": "document", "name": "a.txt", "chunks": [b"a"]}
    return petitions.attach(_drawn_up(cast), **about, by=cast.gd_preparer, at=AT)


def _sample(cast: Cast):
    about = {"title": "t", "kind": "corpus", "items": parse_items(b'{"text": "x"}', "corpus")}
    return judging.create_task(cast.organisations["gd_office"], **about, by=cast.gd_tester, at=AT)


def _application(cast: Cast):
    made = application_at(ApplicationStatus.IN_REVIEW, cast)
    review.assign(made, officer=cast.gd_reviewer, by=cast.gd_reviewer, at=AT)
    return made


def _judge(task, by: User) -> None:
    judging.give_verdict(task.items.get(), value="conforms", by=by, at=AT)


def _change_mind(task, by: User) -> None:
    _judge(task, by)
    judging.take_back(task.items.get(), by=by, at=AT)


Act = Callable[[object, User], object]
TABLE: dict[str, tuple[Callable[[Cast], object], Act, set[str]]] = {
    "petitions.draw_up": (
        lambda cast: filing_at(cast).application,
        lambda one, by: petitions.draw_up(one, kind=PetitionKind.AMENDMENT, grounds="g", by=by, at=AT),
        {"gd_preparer"},
    ),
    "petitions.save_grounds": (
        _drawn_up,
        lambda one, by: petitions.save_grounds(one, grounds="h", by=by, at=AT),
        {"gd_preparer"},
    ),
    "petitions.change_entries": (
        _drawn_up,
        lambda one, by: petitions.change_entries(one, {"service.scope": "再"}, by=by, at=AT),
        {"gd_preparer"},
    ),
    "petitions.keep_entry": (
        _drawn_up,
        lambda one, by: petitions.keep_entry(one, "service.scope", by=by, at=AT),
        {"gd_preparer"},
    ),
    "petitions.attach": (
        _drawn_up,
        lambda one, by: petitions.attach(one, kind="document", name="b", chunks=[b"b"], by=by, at=AT),
        {"gd_preparer"},
    ),
    "petitions.detach": (_with_file, lambda one, by: petitions.detach(one, by=by, at=AT), {"gd_preparer"}),
    "petitions.hand_in": (_drawn_up, lambda one, by: petitions.hand_in(one, by=by, at=AT), {"gd_preparer"}),
    "petitions.drop": (_examined, lambda one, by: petitions.drop(one, by=by, at=AT), {"gd_preparer"}),
    "petitions.give_back": (
        _examined,
        lambda one, by: petitions.give_back(one, reason="r", reason_code="other", by=by, at=AT),
        {"gd_intake", "gd_reviewer"},
    ),
    "petitions.put_up": (_examined, lambda one, by: petitions.put_up(one, by=by, at=AT), {"gd_reviewer"}),
    "petitions.decide": (
        _at_province,
        lambda one, by: petitions.decide(one, **_REFUSED, by=by, at=AT),
        {"gd_decider"},
    ),
    "petitions.countersign": (
        _decided,
        lambda one, by: petitions.countersign(one, **_REFUSED, signer=load_signer(), by=by, at=AT),
        {"gd_countersigner"},
    ),
    "petitions.assign": (
        _examined,
        lambda one, by: petitions.assign(one, officer=by, by=by, at=AT),
        {"gd_intake", "gd_reviewer"},
    ),
    "petitions.hand_back": (
        _taken,
        lambda one, by: petitions.hand_back(one, by=by, at=AT),
        {"gd_intake", "gd_reviewer"},
    ),
    "review.assign": (
        _application,
        lambda one, by: review.assign(one, officer=by, by=by, at=AT),
        {"gd_intake", "gd_reviewer"},
    ),
    "review.hand_back": (
        _application,
        lambda one, by: review.hand_back(one, by=by, at=AT),
        {"gd_intake", "gd_reviewer"},
    ),
    "retests.add_bank": (
        lambda cast: cast,
        lambda cast, by: bring_in(Cast(cast.organisations, cast.people | {"gd_tester": by})),
        {"gd_tester"},
    ),
    "retests.retire_bank": (
        bring_in,
        lambda one, by: retests.retire_bank(one, by=by, at=AT),
        {"gd_tester"},
    ),
    "judging.create_task": (
        lambda cast: cast,
        lambda cast, by: _sample(Cast(cast.organisations, cast.people | {"gd_tester": by})),
        _OFFICE,
    ),
    "judging.give_verdict": (_sample, _judge, _OFFICE),
    "judging.take_back": (_sample, _change_mind, _OFFICE),
    **AFTER_FILING,
}


def _actions() -> set[str]:
    found = set()
    for app in APPS:
        module = importlib.import_module(f"openbeian.portal.{app}.actions")
        found |= {f"{app}.{name}" for name in module.__all__ if inspect.isfunction(getattr(module, name))}
    return found


def test_every_action_is_in_a_table_of_who_may_take_it():
    elsewhere = set().union(*SHOWN_IN.values())
    assert _actions() == set(TABLE) | elsewhere | CALLED_BY_OTHERS
    for file, names in SHOWN_IN.items():
        text = (HERE / file).read_text(encoding="utf-8")
        assert {"NotAllowedError", "MissingRoleError"} & set(re.findall(r"\w+Error", text)), file
        assert [name for name in names if name.partition(".")[2] not in text] == [], file


@pytest.mark.parametrize("app", sorted({name.partition(".")[0] for name in TABLE}))
def test_only_the_people_of_the_table_get_through(cast: Cast, app: str):
    for name, (make, act, expected) in TABLE.items():
        if name.startswith(f"{app}."):
            with transaction.atomic():
                assert _who_gets_through(cast, make(cast), act) == expected, name
                transaction.set_rollback(True)


def _who_gets_through(cast: Cast, subject: object, act: Act) -> set[str]:
    allowed = set()
    for name, person in cast.people.items():
        try:
            with transaction.atomic():
                act(subject, person)
                transaction.set_rollback(True)
        except NotAllowedError:
            continue
        except DomainError as error:
            pytest.fail(f"{name} is refused for another reason than who they are: {error}")
        allowed.add(name)
    return allowed
