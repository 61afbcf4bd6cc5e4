"""The offices' side of the demonstration: the portal's own actions, each by the person who may take it.

Imported only after Django is set up.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from django.utils import timezone

from openbeian.clock import now
from openbeian.core.confirming import SIGNATORIES
from openbeian.core.lifecycle import ApplicationStatus
from openbeian.core.roles import Role
from openbeian.core.standard import Conclusion
from openbeian.core.text import Text
from openbeian.demo.cast import Cast, DemoService
from openbeian.portal.accounts import actions as accounts
from openbeian.portal.accounts.models import Organisation, User
from openbeian.portal.applications import actions as applications
from openbeian.portal.applications.models import Application
from openbeian.portal.bulletins import actions as bulletins
from openbeian.portal.filings import actions as filings
from openbeian.portal.filings.models import Filing
from openbeian.portal.review import actions as review
from openbeian.portal.review.defects import draft_items
from openbeian.portal.review.requirements import look_through
from openbeian.portal.review.suggesting import suggestions
from openbeian.portal.signing import load_signer

__all__ = ["Offices"]

_OUTSIDE: Final = Text(
    "演示未提交此项材料，未作审查。", "The demonstration hands nothing in for this; it was not reviewed."
)
_FOUND: Final = Text("见检查发现。", "See what the checks found.")


class Offices:
    """Everybody entered in the portal, and what they do there."""

    def __init__(self, cast: Cast, password: str) -> None:
        """Enter the organisations and people of the cast."""
        self._cast = cast
        self._organisations: dict[str, Organisation] = {}
        self._users: dict[str, User] = {}
        for company in cast.companies:
            self._organisations[company.id] = accounts.create_organisation(
                kind=company.kind,
                name=company.name,
                name_en=company.name_en,
                uscc=company.uscc,
                jurisdiction=company.jurisdiction,
                by=accounts.SYSTEM,
                at=now(),
            )
        for person in cast.people:
            self._users[person.id] = accounts.add_member(
                self._organisations[person.company],
                email=person.email,
                name=person.name,
                roles=person.roles,
                password=password,
                by=accounts.SYSTEM,
                at=now(),
            )

    def api_key(self, service: DemoService) -> str:
        """Give the service's preparer a key for the API."""
        _, secret = accounts.issue_api_key(
            self._organisations[service.provider],
            name="demo",
            scopes=["read", "write"],
            valid_for=timedelta(days=1),
            by=self._users[service.preparer],
            at=now(),
        )
        return secret

    def confirm(self, service: DemoService, reference: str) -> list[str]:
        """Let the provider's three signatories confirm what is about to be handed in; return their names."""
        people = {post: self._person(post, service.provider) for post in SIGNATORIES}
        for post, person in people.items():
            applications.confirm(_application(reference), post=post, by=person, at=now())
        return list(dict.fromkeys(str(person) for person in people.values()))

    def send_back(self, service: DemoService, reference: str) -> list[str]:
        """Let the reviewer turn what the validator finds in the assessment into items; return them.

        The documents are drafts with places left open, as `beian dossier build` writes them: what the
        validator says of those is kept beside the application, and not sent back in the demonstration.
        """
        application = _application(reference)
        if application.state is ApplicationStatus.CORRECTION:
            return []
        version = application.versions.get(number=application.version)
        warned = [
            one for one in version.findings if one["severity"] == "warning" and one["check"].startswith("E")
        ]
        items = [
            applications.CorrectionItem(one.subject, _both(one.text), one.reason_code, one.check_id)
            for one in draft_items(warned)
        ]
        if items:
            reviewer = self._person(Role.REVIEWER, service.office)
            applications.return_for_correction(application, items=items, by=reviewer, at=now())
        return [one.item for one in items]

    def accept(self, service: DemoService, reference: str) -> None:
        """Take the application in."""
        officer = self._person(Role.INTAKE_OFFICER, service.office)
        applications.accept(_application(reference), by=officer, at=now())

    def close_corrections(self, service: DemoService, reference: str) -> None:
        """Let the reviewer close every item that the provider has answered."""
        reviewer = self._person(Role.REVIEWER, service.office)
        for correction in _application(reference).corrections.filter(status="answered"):
            applications.close_correction(correction, by=reviewer, at=now())

    def decide(self, service: DemoService, reference: str) -> list[str]:
        """Conclude each requirement, recommend, decide in province and nation by four; return their names."""
        reviewer = self._person(Role.REVIEWER, service.office)
        review.conclude(_application(reference), _conclusions(_application(reference)), by=reviewer, at=now())
        review.recommend(_application(reference), by=reviewer, at=now())
        names = []
        for office, outcome in ((service.office, "approve"), (_national(self._cast), "confirm")):
            decider = self._person(Role.DECIDER, office)
            countersigner = self._person(Role.COUNTERSIGNER, office)
            decision = review.decide(_application(reference), outcome=outcome, by=decider, at=now())
            review.countersign(decision, outcome=outcome, by=countersigner, at=now())
            names += [str(decider), str(countersigner)]
        return names

    def certify(self, references: list[str]) -> Mapping[str, Filing]:
        """Hold the conference: certify all of them at once; return the filings by reference."""
        publisher = self._person(Role.PUBLISHER, _national(self._cast))
        plan = self._cast.round
        round_ = filings.plan_round(
            series=plan.series,
            name=plan.name,
            name_en=plan.name_en,
            place=plan.place,
            held_on=timezone.localdate(now()),
            by=publisher,
            at=now(),
        )
        certified = filings.certify_round(
            round_,
            applications=[_application(reference) for reference in references],
            signer=load_signer(),
            by=publisher,
            at=now(),
        )
        return {filing.application.reference: filing for filing in certified}

    def announce(self, filing: Filing) -> str:
        """Publish the bulletin of the round that certified it; return where on the portal it can be read."""
        publisher = self._person(Role.PUBLISHER, _national(self._cast))
        drafted = bulletins.draft(round_=filing.round, by=publisher, at=now())
        published = bulletins.publish(drafted, signer=load_signer(), by=publisher, at=now())
        return f"/bulletins/{published.slug}/"

    def suspend(self, filing: Filing, cause: str) -> None:
        """Suspend the filing, by two people."""
        national = _national(self._cast)
        measure = filings.propose_measure(
            filing,
            kind="suspend",
            reason_code="model",
            cause=cause,
            by=self._person(Role.DECIDER, national),
            at=now(),
        )
        filings.countersign_measure(
            measure, agree=True, by=self._person(Role.COUNTERSIGNER, national), at=now()
        )

    def _person(self, role: Role, company: str) -> User:
        return self._users[self._cast.person(role, company).id]


def _application(reference: str) -> Application:
    return Application.objects.get(reference=reference)


def _national(cast: Cast) -> str:
    return next(company.id for company in cast.companies if company.kind.value == "national")


def _conclusions(application: Application) -> dict[str, review.Concluded]:
    """Return what the reviewer of the demonstration can honestly say of each requirement.

    What follows from the evidence is taken from there; what the demonstration hands nothing in for is said
    to be outside of it; what a check found fault with does not conform.
    """
    version = application.versions.get(number=application.version)
    reviewed = look_through(application)
    computed = suggestions(reviewed, version, language="zh")
    return {
        state.requirement.id: computed.get(state.requirement.id) or _said(state.worst)
        for state in reviewed.states
        if state.is_open
    }


def _said(worst: str) -> review.Concluded:
    if worst in {"error", "warning"}:
        return review.Concluded(Conclusion.DOES_NOT_CONFORM, _both(_FOUND))
    return review.Concluded(Conclusion.NOT_APPLICABLE, _both(_OUTSIDE))


def _both(text: Text) -> str:
    return f"{text.zh}（{text.en}）"
