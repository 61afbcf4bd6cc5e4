"""The people and services of the demonstration fit the rules they are meant to show."""

import pytest

from openbeian.core.numbering import check_uscc
from openbeian.core.roles import ROLES_OF, OrganisationKind, Role
from openbeian.demo.cast import load_cast
from openbeian.dossier.form import check_facts

CAST = load_cast()


def test_every_role_is_one_that_the_organisation_has():
    for person in CAST.people:
        assert person.roles <= ROLES_OF[CAST.company(person.company).kind], person.id


def test_every_office_decides_with_two_different_people():
    for company in CAST.companies:
        if company.kind in {OrganisationKind.PROVINCIAL, OrganisationKind.NATIONAL}:
            decider = CAST.person(Role.DECIDER, company.id)
            assert decider != CAST.person(Role.COUNTERSIGNER, company.id)


def test_every_provider_has_a_right_credit_code_and_says_it_is_a_demonstration():
    providers = [company for company in CAST.companies if company.kind is OrganisationKind.PROVIDER]
    assert len(providers) == 2
    for company in providers:
        check_uscc(company.uscc)
        assert "演示" in company.name


@pytest.mark.parametrize("service", CAST.services, ids=lambda service: service.id)
def test_the_forms_are_complete_once_the_channels_are_known(service):
    facts = {
        **service.facts,
        "channels.bare": "http://127.0.0.1:1/v1",
        "channels.guarded": "http://127.0.0.1:2/v1",
    }
    assert list(check_facts(facts)) == []
