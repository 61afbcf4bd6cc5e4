"""Two machines sign for the register: the second works out for itself what it signs."""

from datetime import timedelta

import pytest
from tests.unit.trust.repository_made import SIGNER, Register, held

from openbeian.trust.keys import Ed25519Signer
from openbeian.trust.repository.online import OnlineKeys
from openbeian.trust.repository.publisher import NotEnoughSignaturesError, Publisher
from openbeian.trust.repository.second_signer import RecomputedDifferentlyError, SecondSigner
from openbeian.trust.snapshots import FilingRow, Permit, SnapshotRows, Status, service_hash


class TwoMachines(Register):
    """The second machine has its own copy of the rows."""

    def __init__(self, folder, ceremony) -> None:
        super().__init__(folder, ceremony)
        self.seen_by_second = self.rows
        self.permits_seen_by_second: list[Permit] = []
        self.second = SecondSigner([self.key("register-2")], self._recompute, self.folder.read_target)

    def _recompute(self, _at):
        seen = self.seen_by_second.items()
        return SnapshotRows(
            [FilingRow(service, f"GD-{service}", status) for service, status in seen],
            self.permits_seen_by_second,
        )

    @property
    def publisher(self) -> Publisher:
        return Publisher(self.folder, OnlineKeys.load(self.home / "online"), second=self.second)

    def publish(self, at=None, **rows):
        self.at = at or self.at
        self.rows = self.rows | {name.replace("_", "-"): status for name, status in rows.items()}
        return self.publisher.publish(self.snapshot(), [SIGNER], at=self.at)


@pytest.fixture(scope="module")
def ceremony(tmp_path_factory):
    return held(tmp_path_factory.mktemp("ceremony") / "held", register_signers=2)


@pytest.fixture
def register(tmp_path, ceremony) -> TwoMachines:
    register = TwoMachines(tmp_path, ceremony)
    register.publish()
    return register


def test_what_both_find_is_published_and_followed(register):
    register.seen_by_second = register.rows | {"svc-001": Status.REVOKED}
    register.publish(svc_001=Status.REVOKED)
    gate = register.gate()
    assert gate.refresh(register.at), gate.error
    assert len(register.folder.current().register.signatures) == 2
    register.seen_by_second = register.rows | {"svc-001": Status.VALID}
    register.publish(svc_001=Status.VALID)
    assert gate.refresh(register.at)
    assert gate.decide("svc-001", register.at)


def test_a_register_that_the_second_does_not_find_is_not_published(register):
    before = register.folder.current().timestamp.signed.version
    for change in ({"svc_001": Status.SUSPENDED}, {"svc_666": Status.VALID}):
        with pytest.raises(RecomputedDifferentlyError, match="stand otherwise"):
            register.publish(**change)
        register.rows = register.seen_by_second
    assert register.folder.current().timestamp.signed.version == before


def test_a_permit_that_the_second_does_not_find_is_not_published(register):
    register.permits = [
        Permit(
            number="GD-S-1",
            service=service_hash("svc-777"),
            begins_at=register.at,
            ends_at=register.at + timedelta(days=9),
            is_ended=False,
            uses=frozenset({"trial"}),
            salt=bytes(16),
            testers=frozenset(),
            trial_users=5,
            gates=1,
        )
    ]
    with pytest.raises(RecomputedDifferentlyError, match="permits stand otherwise"):
        register.publish()
    register.permits_seen_by_second = register.permits
    register.publish()
    gate = register.gate()
    assert gate.refresh(register.at), gate.error
    assert gate.snapshot.permits.find("svc-777", register.at).trial_users == 5


def test_an_older_register_is_not_signed_again(register):
    register.seen_by_second = register.rows | {"svc-001": Status.REVOKED}
    register.publish(svc_001=Status.REVOKED)
    register.seen_by_second = register.rows | {"svc-001": Status.VALID}
    register.version = 0
    with pytest.raises(RecomputedDifferentlyError, match="older"):
        register.publish(svc_001=Status.VALID)


def test_files_that_are_not_those_named_are_not_signed(register):
    class Swapping:
        def countersign(self, metadata, files, *, at):
            swapped = files._replace(new={name: data + b" " for name, data in files.new.items()})
            return register.second.countersign(metadata, swapped, at=at)

    publisher = Publisher(register.folder, OnlineKeys.load(register.home / "online"), second=Swapping())
    register.rows = register.seen_by_second = register.rows | {"svc-009": Status.VALID}
    with pytest.raises(RecomputedDifferentlyError, match="do not hold"):
        publisher.publish(register.snapshot(), [SIGNER], at=register.at)


def test_one_machine_alone_publishes_nothing(register):
    alone = Publisher(register.folder, OnlineKeys.load(register.home / "online"))
    register.rows = register.rows | {"svc-001": Status.REVOKED}
    with pytest.raises(NotEnoughSignaturesError, match="register"):
        alone.publish(register.snapshot(), [SIGNER], at=register.at)
    stranger = SecondSigner([Ed25519Signer.generate()], register._recompute, register.folder.read_target)
    register.seen_by_second = register.rows
    with pytest.raises(NotEnoughSignaturesError, match="register"):
        Publisher(register.folder, OnlineKeys.load(register.home / "online"), second=stranger).publish(
            register.snapshot(), [SIGNER], at=register.at
        )


def test_the_second_signs_anew_what_has_not_changed_when_it_runs_out(register):
    published = register.publisher.renew(at=register.at + timedelta(days=4))
    assert published.register == 2
