"""Classes of entries: what the rules aren't sure of goes to people, and what people decide stands."""

import csv
import io
from datetime import date

import pytest

from openbeian.core.errors import BadInputError, NotAllowedError
from openbeian.industries import Industry, ServiceType
from openbeian.industries.measuring import LabelledName
from openbeian.portal.accounts.actions import SYSTEM
from openbeian.portal.audit.models import AuditEvent
from openbeian.portal.filings.models import ClassDecision, RegisterEntry
from openbeian.portal.register.actions import take_over
from openbeian.portal.register.class_actions import classify_again, set_classes
from openbeian.portal.register.classes import (
    agreement,
    correction_rows,
    proposals,
    said_of,
    to_be_classified,
)
from openbeian.published import Place, PublishedRow, Reading, Series, Source
from tests.portal.factories import AT, Cast, filing_at

SOURCE = Source("名单.csv", "0" * 64, Place("名单.csv", 2))


def published(*named: tuple[str, str, str]) -> list[RegisterEntry]:
    """Take over services, each with its provider and province."""
    rows = [
        PublishedRow(Series.FILING, name, SOURCE, provider, jurisdiction=place, filed_on=date(2026, 1, 1 + n))
        for n, (name, provider, place) in enumerate(named)
    ]
    take_over(Reading(tuple(rows)), name="名单.csv", by=SYSTEM, at=AT)
    return list(RegisterEntry.objects.order_by("pk"))


@pytest.fixture
def unsure(cast: Cast) -> list[RegisterEntry]:
    return published(
        ("青鸟", "深圳青鸟科技有限公司", "GD"),
        ("银行助手", "某商业银行股份有限公司", "GD"),
        ("云雀", "杭州云雀科技有限公司", "ZJ"),
    )


def test_what_the_rules_are_not_sure_of_waits_for_the_office_in_charge(cast: Cast, unsure):
    assert [one.industry for one in unsure] == ["", "finance", ""]
    assert list(to_be_classified(cast.publisher)) == [unsure[2], unsure[0]]
    assert list(to_be_classified(cast.gd_decider)) == [unsure[0]]
    assert list(to_be_classified(cast.gd_preparer)) == []
    nothing, finance = proposals(unsure[:2])
    assert (nothing.industry, nothing.industries, nothing.service_type) == ("", (), "")
    assert finance.industry == "finance"
    assert finance.service_type == "assistant"
    assert any("银行" in reason.zh for reason in finance.reasons)


def test_an_office_sets_classes_and_the_rules_never_overwrite_it(cast: Cast, unsure):
    values = {"industry": "education", "service_type": "assistant", "reason": "用于课堂。"}
    decision = set_classes(unsure[0], **values, by=cast.gd_reviewer, at=AT)
    assert (decision.office, decision.ruled_industry) == (cast.organisations["gd_office"], "other")
    set_classes(unsure[1], **values, by=cast.publisher, at=AT)
    unsure[0].refresh_from_db()
    assert (unsure[0].industry, unsure[0].service_type) == ("education", "assistant")
    RegisterEntry.objects.filter(pk=unsure[2].pk).update(industry="legal")
    assert classify_again(by=SYSTEM, at=AT) == 1
    assert list(RegisterEntry.objects.order_by("pk").values_list("industry", flat=True)) == [
        *("education", "education", "")
    ]
    event = AuditEvent.objects.get(kind="register.classes_set", subject_id=str(unsure[1].pk))
    assert (event.detail["was"][0], event.detail["now"]) == ("finance", ["education", "assistant"])
    assert AuditEvent.objects.get(kind="register.classified_again").detail["was"][0] == "legal"
    assert classify_again(by=cast.publisher, at=AT) == 0
    assert agreement() == (2, 0, 1)


def test_a_decision_can_be_corrected_and_comes_out_as_labelled_names(cast: Cast, unsure):
    for industry, reason in (("legal", "误"), ("education", "=更正")):
        set_classes(
            unsure[0], industry=industry, service_type="agent", reason=reason, by=cast.publisher, at=AT
        )
    assert str(ClassDecision.objects.get()).endswith("education · agent")
    (row,) = csv.DictReader(
        io.StringIO("\n".join(",".join(map(str, line)) for line in correction_rows(cast.publisher)))
    )
    labelled = LabelledName(
        row["service_name"],
        row["provider_name"],
        Industry(row["industry"]),
        ServiceType(row["service_type"]),
        row["source"],
    )
    assert labelled == LabelledName(
        "青鸟", "深圳青鸟科技有限公司", Industry.EDUCATION, ServiceType.AGENT, "office"
    )
    assert list(correction_rows(cast.zj_reviewer))[1:] == []


@pytest.mark.parametrize(
    "wrong",
    [{"industry": "nope"}, {"service_type": "nope"}, {"reason": " "}],
    ids=lambda one: next(iter(one)),
)
def test_a_class_that_is_none_and_a_missing_reason_are_refused(cast: Cast, unsure, wrong):
    values = {"industry": "legal", "service_type": "agent", "reason": "x"} | wrong
    with pytest.raises(BadInputError):
        set_classes(unsure[0], **values, by=cast.publisher, at=AT)


def test_other_provinces_and_other_roles_set_nothing(cast: Cast, unsure):
    for who in ("zj_reviewer", "gd_decider", "national_decider", "gd_preparer", "auditor"):
        with pytest.raises(NotAllowedError):
            set_classes(
                unsure[0],
                industry="legal",
                service_type="agent",
                reason="x",
                by=cast.people[who],
                at=AT,
            )
    with pytest.raises(NotAllowedError):
        classify_again(by=cast.gd_reviewer, at=AT)


def test_the_public_is_told_who_or_what_decided(cast: Cast, unsure, client):
    def told(entry: RegisterEntry) -> str:
        return client.get(f"/register/{entry.key}/?lang=en").content.decode()

    assert "an office will decide" in told(unsure[0])
    assert "Classified by rules" in told(unsure[1])
    set_classes(unsure[0], industry="legal", service_type="agent", reason="x", by=cast.gd_reviewer, at=AT)
    assert "Set by gd_office on" in told(unsure[0])
    RegisterEntry.objects.filter(pk=unsure[2].pk).update(industry="legal")
    assert "Classified by earlier rules" in told(unsure[2])


def test_a_filing_made_here_is_classified_by_its_scope_too(cast: Cast):
    entry = filing_at(cast, service__scope="面向医院医生的病历书写").register_entry
    assert any("所述用途" in reason.zh for reason in said_of(entry).reasons)
    set_classes(entry, industry="health", service_type="writing", reason="x", by=cast.publisher, at=AT)
    assert said_of(entry).reasons == ()
