"""The offices' side of the demonstration: the portal's own actions, each by the person who may take it.

Imported only after Django is set up.
"""

from collections.abc import Mapping
from datetime import timedelta

from django.utils import timezone

from openbeian.clock import now
from openbeian.core.lifecycle import ApplicationStatus
from openbeian.core.roles import Role
from openbeian.core.text import Text
from openbeian.demo.cast import Cast, DemoService
from openbeian.portal.accounts import actions as accounts
from openbeian.portal.accounts.models import Organisation, User
from openbeian.portal.applications import actions as applications
from openbeian.portal.applications.models import Application
from openbeian.portal.bulletins import actions as bulletins
from openbeian.portal.filings import actions as filings
from openbeian.portal.filings.models import Filing, Round
from openbeian.portal.review import actions as review
from openbeian.portal.signing import load_signer

__all__ = ["Offices"]


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

    def send_back(self, service: DemoService, reference: str) -> list[str]:
        """Let the reviewer turn what the validator would have corrected into items; return them."""
        application = _application(reference)
        if application.state is ApplicationStatus.CORRECTION:
            return []
        version = application.versions.get(number=application.version)
        items = [
            (str(finding["subject"]), _sentence(finding))
            for finding in version.findings
            if finding["severity"] == "warning"
        ]
        if items:
            reviewer = self._person(Role.REVIEWER, service.office)
            applications.return_for_correction(application, items=items, by=reviewer, at=now())
        return [item for item, _ in items]

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
        """Recommend, decide in the province and in the nation, by four people; return their names."""
        reviewer = self._person(Role.REVIEWER, service.office)
        applications.recommend(_application(reference), by=reviewer, at=now())
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

    def announce(self, round_: Round) -> str:
        """Publish the round's bulletin; return where on the portal it can be read."""
        publisher = self._person(Role.PUBLISHER, _national(self._cast))
        drafted = bulletins.draft(round_=round_, by=publisher, at=now())
        published = bulletins.publish(drafted, signer=load_signer(), by=publisher, at=now())
        return f"/bulletins/{published.slug}/"

    def suspend(self, filing: Filing, cause: str) -> None:
        """Suspend the filing, by two people."""
        national = _national(self._cast)
        measure = filings.propose_measure(
            filing, kind="suspend", cause=cause, by=self._person(Role.DECIDER, national), at=now()
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


def _sentence(finding: Mapping[str, Mapping[str, str]]) -> str:
    found, mend = (Text(**finding[part]) for part in ("found", "mend"))
    return f"{found.zh}。{mend.zh}。（{found.en}. {mend.en}.）"
