"""Seats of a round: picked beforehand, put in order, then certified exactly as they stand or not at all."""

import csv
import io
from datetime import date

import pytest
from django.http import QueryDict
from openpyxl import load_workbook

from openbeian.core.errors import BadInputError, NotAllowedError, NotNowError
from openbeian.core.lifecycle import ApplicationStatus
from openbeian.portal.audit.models import AuditEvent
from openbeian.portal.filings import actions, forms
from openbeian.portal.filings.models import Filing, Round, Seat
from openbeian.portal.filings.queries import unseated_applications
from openbeian.portal.filings.seat_lists import seats_as_csv, seats_as_xlsx
from openbeian.portal.signing import load_signer
from tests.portal.factories import AT, Cast, application_at

S = ApplicationStatus


@pytest.fixture
def planned(cast: Cast) -> Round:
    return actions.plan_round(series=1, name="第一批", held_on=date(2026, 11, 23), by=cast.publisher, at=AT)


@pytest.fixture
def chosen(cast: Cast):
    return [
        application_at(S.CONFIRMED, cast),
        application_at(S.CONFIRMED, cast, place="zj"),
        application_at(S.CONFIRMED, cast, service__latin_name="Second"),
    ]


def _certify(planned: Round, cast: Cast, **more):
    return actions.certify_round(planned, signer=load_signer(), by=cast.publisher, at=AT, **more)


def test_what_is_seated_is_certified_in_the_order_of_the_seats(cast: Cast, planned: Round, chosen):
    who = {"by": cast.publisher, "at": AT}
    seats = actions.add_seats(planned, applications=chosen, **who)
    assert not unseated_applications().exists()
    actions.arrange_seats(planned, seats=[seats[2], seats[1], seats[0]], **who)
    actions.remove_seat(Seat.objects.get(application=chosen[1]), **who)
    assert list(planned.seats.values_list("place", "application")) == [(1, chosen[2].pk), (2, chosen[0].pk)]
    assert list(unseated_applications()) == [chosen[1]]
    with pytest.raises(NotNowError, match="not those you saw"):
        _certify(planned, cast, applications=chosen)
    filings = _certify(planned, cast)
    assert [one.number for one in filings] == [
        "Guangdong-Second-202611230001",
        "Guangdong-XiaoZhou-202611230002",
    ]
    chosen[1].refresh_from_db()
    assert chosen[1].state is S.CONFIRMED
    kinds = AuditEvent.objects.filter(subject_type="round").order_by("id").values_list("kind", flat=True)
    assert list(kinds)[1:] == [
        *("round.seats_added", "round.seats_arranged", "round.seat_removed", "round.published")
    ]
    listed = list(csv.reader(io.StringIO(seats_as_csv(planned).removeprefix("\ufeff"))))
    assert [row[0] for row in listed] == ["次序 Place", "1", "2"]
    assert listed[1][4:] == [chosen[2].reference, "Guangdong-Second-202611230001"]
    sheet = load_workbook(io.BytesIO(seats_as_xlsx(planned))).active
    assert [cell.value for cell in sheet[4]] == [
        *(2, "广东", chosen[0].provider.name, "小舟", chosen[0].reference),
        "Guangdong-XiaoZhou-202611230002",
    ]


def test_an_application_sits_in_one_round_only(cast: Cast, planned: Round):
    one = application_at(S.CONFIRMED, cast)
    other = actions.plan_round(series=2, name="第二批", held_on=date(2026, 12, 1), by=cast.publisher, at=AT)
    actions.add_seats(other, applications=[one], by=cast.publisher, at=AT)
    for act in (
        lambda: actions.add_seats(planned, applications=[one], by=cast.publisher, at=AT),
        lambda: _certify(planned, cast, applications=[one]),
    ):
        with pytest.raises(NotNowError, match="has a seat in “第二批”"):
            act()
    assert not planned.seats.exists()


def test_only_what_is_confirmed_gets_a_seat_and_only_a_publisher_gives_it(cast: Cast, planned: Round):
    not_yet = application_at(S.NATIONAL_DECISION, cast)
    with pytest.raises(NotNowError):
        actions.add_seats(planned, applications=[not_yet], by=cast.publisher, at=AT)
    with pytest.raises(NotAllowedError):
        actions.add_seats(planned, applications=[not_yet], by=cast.national_decider, at=AT)
    with pytest.raises(BadInputError, match="at least one"):
        actions.add_seats(planned, applications=[], by=cast.publisher, at=AT)
    with pytest.raises(BadInputError, match="at least one"):
        _certify(planned, cast)


def test_of_many_that_wait_the_form_offers_those_that_wait_longest_and_takes_any(
    chosen, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(forms, "_MOST_OFFERED", 1)
    first, last = unseated_applications()[0], unseated_applications().reverse()[0]
    offered = forms.SeatsForm()
    assert [one.pk for one in offered.waiting] == [first.pk]
    assert offered.fields["applications"].help_text
    assert first.reference in str(offered)
    assert last.reference not in str(offered)
    assert forms.SeatsForm(QueryDict(f"applications={last.pk}")).is_valid()


def test_the_seats_of_a_published_round_stay(cast: Cast, planned: Round):
    _certify(planned, cast, applications=[application_at(S.CONFIRMED, cast)])
    seat = planned.seats.get()
    assert str(seat).startswith("第一批 · 1 · ")
    for act in (
        lambda: actions.remove_seat(seat, by=cast.publisher, at=AT),
        lambda: actions.arrange_seats(planned, seats=[seat], by=cast.publisher, at=AT),
    ):
        with pytest.raises(NotNowError, match="published"):
            act()


def test_an_order_of_other_seats_is_refused(cast: Cast, planned: Round):
    actions.add_seats(planned, applications=[application_at(S.CONFIRMED, cast)], by=cast.publisher, at=AT)
    with pytest.raises(NotNowError, match="have changed"):
        actions.arrange_seats(planned, seats=[], by=cast.publisher, at=AT)


def test_one_seat_that_can_not_be_certified_stops_all(cast: Cast, planned: Round):
    good = application_at(S.CONFIRMED, cast)
    bad = application_at(S.CONFIRMED, cast)
    bad.jurisdiction, bad.service_latin = "HL", "x" * 40
    bad.save()
    actions.add_seats(planned, applications=[good, bad], by=cast.publisher, at=AT)
    with pytest.raises(BadInputError, match="shorter Latin name"):
        _certify(planned, cast)
    planned.refresh_from_db()
    assert planned.published_at is None
    assert planned.seats.count() == 2
    assert not Filing.objects.exists()
