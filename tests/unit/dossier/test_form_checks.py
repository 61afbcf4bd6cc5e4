"""One planted fault in the form, one finding by the right check and no other."""

import pytest

from openbeian.core.text import Text
from openbeian.dossier.checks.registry import CHECKS, Dossier, check, run_checks
from tests.unit.dossier.facts import good_facts


def form_findings(**changes):
    dossier = Dossier(good_facts(**changes), "tc260-003")
    return [(f.check_id, f.subject, f.severity) for f in run_checks(dossier) if f.check_id.startswith("F")]


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"provider__name": ""}, ("F01", "provider.name", "error")),
        ({"model__origin": "fine_tuned"}, ("F02", "model.base_number", "error")),
        ({"service__scope": "适用于所有场景。"}, ("F03", "service.scope", "warning")),
        ({"channels__guarded": "https://bare.example.com/v1"}, ("F04", "channels.guarded", "warning")),
    ],
)
def test_each_fault_of_the_form_is_found_by_its_check(changes, finding):
    assert form_findings(**changes) == [finding]


def test_a_good_form_gives_no_finding_of_the_form():
    assert form_findings() == []


def test_a_fine_tuned_model_with_a_filed_base_is_fine():
    assert form_findings(model__origin="fine_tuned", model__base_number="Beijing-X-20230821") == []


def test_errors_come_before_warnings():
    severities = [s for _, _, s in form_findings(provider__name="", service__scope="全场景")]
    assert severities == ["error", "warning"]


def test_every_check_names_its_clause_and_speaks_both_languages():
    for one in CHECKS.values():
        assert one.clause
        assert all(one.title)


def test_a_check_can_not_be_registered_twice():
    with pytest.raises(AssertionError, match="F01"):
        check("F01", clause="x", severity="note", title=Text("甲", "a"))(lambda dossier, report: [])


def test_a_finding_travels_as_json():
    (finding,) = (
        f for f in run_checks(Dossier(good_facts(provider__name=""), "tc260-003")) if f.check_id == "F01"
    )
    assert finding.as_json() == {
        "check": "F01",
        "severity": "error",
        "clause": "filing practice",
        "subject": "provider.name",
        "found": {"zh": "「单位全称」未填写", "en": "“Full name of the company” is empty"},
        "mend": {"zh": "填写该项", "en": "Fill it in"},
    }
