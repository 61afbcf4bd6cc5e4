"""What an enemy of the register may send a gate, and whoever verifies: snapshots, logs, certificates, clocks.

One attack, one test. Attacks by callers are in test_gate_attacks_by_callers.py; those on single formats stand
with their parsers. `pytest -m attack` runs all of them, docs/reference/gate-attacks.md lists them.
"""

import base64
import hashlib
import json
import time
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from openbeian_gate import clock
from openbeian_gate.cli import main
from openbeian_gate.client import ClientLimits, SnapshotClient
from openbeian_gate.errors import GateError
from openbeian_gate.refusals import NotFiledError, RefusalError, RegistryUnavailableError
from openbeian_gate.verify.envelope import build_envelope, signed_bytes
from openbeian_gate.verify.index import FilingRow, Status, StatusIndex
from openbeian_gate.verify.keys import ED25519, Signature, key_id_of

attack = pytest.mark.attack
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
VICTIM = "svc-001"
"""On file in version 7 of the snapshot, revoked in version 8."""


def key(name: str) -> Ed25519PrivateKey:
    """The golden files' keys, which anybody can make again: see scripts/write_gate_vectors.py."""
    return Ed25519PrivateKey.from_private_bytes(
        hashlib.sha256(f"openbeian test key: {name}".encode()).digest()
    )


def signed(snapshot: dict, by: str = "register", *, as_kind: str = "openbeian.snapshot/1") -> bytes:
    """Return a snapshot signed anew."""
    private = key(by)
    value = private.sign(signed_bytes(as_kind, snapshot))
    signature = Signature(key_id_of(private.public_key().public_bytes_raw()), ED25519, value)
    return build_envelope("snapshot", snapshot, [signature])


def parts(data: bytes) -> tuple[dict, list]:
    whole = json.loads(data)
    return whole["snapshot"], whole["signatures"]


def joined(snapshot: dict, signatures: list) -> bytes:
    return json.dumps({"snapshot": snapshot, "signatures": signatures}).encode()


def packed(column: bytes) -> str:
    return base64.b64encode(zlib.compress(column, 1)).decode()


@pytest.fixture
def refused(register, vector, keys, at) -> Callable[[bytes], GateError]:
    """Let a gate that knows of the revocation be offered bytes; it must refuse them, and go on refusing."""
    register.content = vector("snapshot-8.json")
    client = SnapshotClient(register.url, keys)
    assert client.refresh(at)

    def refused(offered: bytes) -> GateError:
        register.content = offered
        started = time.process_time()
        assert not client.refresh(at)
        assert time.process_time() - started < 2
        assert client.snapshot.version == 8
        with pytest.raises(RefusalError):
            client.decide(VICTIM, at)
        return client.error

    return refused


# --- whoever serves the snapshot, or stands between ------------------------------------------------


@attack("伪造：内容被改动", "forged: the content was changed")
def test_a_forged_snapshot_is_refused_and_the_last_good_one_stays(refused, vector):
    snapshot, signatures = parts(vector("snapshot-7.json"))
    assert refused(joined(snapshot | {"version": 9}, signatures)).code == "bad_signature"


@attack("伪造：没有签名", "forged: without signatures")
def test_an_unsigned_snapshot_is_refused(refused, vector):
    snapshot, _ = parts(vector("snapshot-7.json"))
    assert refused(joined(snapshot | {"version": 9}, [])).code == "untrusted_key"


@attack("伪造：由不受信任的密钥签名", "wrong key: signed by a key nobody trusts")
def test_a_snapshot_by_the_wrong_key_is_refused(refused, vector):
    snapshot, _ = parts(vector("snapshot-7.json"))
    assert refused(signed(snapshot | {"version": 9}, "stranger")).code == "untrusted_key"


@attack("错用密钥：日志的密钥签了快照", "wrong key: the log's key signs a snapshot")
def test_a_key_of_the_register_signs_only_what_it_is_trusted_for(refused, vector):
    snapshot, _ = parts(vector("snapshot-7.json"))
    assert refused(signed(snapshot | {"version": 9}, "log")).code == "untrusted_key"


@attack("混用：他种文件的签名", "mixed: a signature for another kind of document")
def test_a_signature_for_a_certificate_is_none_for_a_snapshot(refused, vector):
    snapshot, _ = parts(vector("snapshot-7.json"))
    borrowed = signed(snapshot | {"version": 9}, as_kind="openbeian.certificate/1")
    assert refused(borrowed).code == "bad_signature"


@attack("重放：再次提供旧快照", "replayed: an older snapshot is served again")
def test_a_replayed_snapshot_is_refused(refused, vector):
    assert refused(vector("snapshot-7.json")).code == "rollback"


@attack("回滚：以旧版本号新签", "rolled back: an old version, signed anew")
def test_a_rolled_back_snapshot_is_refused_though_its_signature_is_new(refused, vector, at):
    snapshot, _ = parts(vector("snapshot-7.json"))
    fresh = {"issued_at": "2026-11-23T02:10:00Z", "expires_at": "2027-11-23T02:10:00Z"}
    assert refused(signed(snapshot | fresh)).code == "rollback"


@attack("两面：同一版本两份快照", "two faces: another snapshot of the same version")
def test_another_snapshot_of_the_same_version_is_refused(refused, vector):
    snapshot, _ = parts(vector("snapshot-7.json"))
    assert refused(signed(snapshot | {"version": 8})).code == "rollback"


@attack("混搭：新快照配旧内容", "mixed: the entries of one snapshot in the frame of another")
def test_parts_of_two_snapshots_make_none(refused, vector):
    (old, _), (new, signatures) = parts(vector("snapshot-7.json")), parts(vector("snapshot-8.json"))
    mixed = new | {"version": 9, "entries": old["entries"]}
    assert refused(joined(mixed, signatures)).code == "bad_signature"


@attack("截断", "truncated")
@pytest.mark.parametrize("kept", [0, 1, 100, -1, -3])
def test_a_truncated_snapshot_is_refused(refused, vector, kept):
    assert refused(vector("snapshot-7.json").rstrip()[:kept]).code == "malformed"


@attack("过大", "oversized")
def test_an_oversized_snapshot_is_not_read_on(register, vector, keys, at):
    client = SnapshotClient(register.url, keys, limits=ClientLimits(max_bytes=4000))
    register.content = vector("snapshot-7.json") + b" " * 4000
    assert not client.refresh(at)
    assert "4000 bytes" in str(client.error)


@attack("压缩炸弹：未签名", "compressed bomb: unsigned")
def test_an_unsigned_bomb_is_refused_before_it_is_unpacked(refused, vector):
    snapshot, signatures = parts(vector("snapshot-7.json"))
    entries = snapshot["entries"] | {"count": 4_000_000, "numbers": packed(b"\n" * 50_000_000)}
    assert refused(joined(snapshot | {"version": 9, "entries": entries}, signatures)).code == "bad_signature"


@attack("压缩炸弹：密钥失窃后签名", "compressed bomb: signed with a stolen key")
@pytest.mark.parametrize("column", [b"\n" * 20_000_000, b"N" * 20_000_000])
def test_a_signed_bomb_costs_no_more_than_it_may(refused, vector, column):
    snapshot, _ = parts(vector("snapshot-7.json"))
    entries = snapshot["entries"] | {"count": 400_000, "numbers": packed(column)}
    assert refused(signed(snapshot | {"version": 9, "entries": entries})).code == "malformed"


@attack("百万空项", "a million empty items")
def test_a_snapshot_of_a_million_empty_lists_is_refused_before_it_is_read(refused, vector):
    snapshot, signatures = parts(vector("snapshot-7.json"))
    crowded = joined(snapshot | {"version": 9, "more": "MANY"}, signatures)
    assert refused(crowded.replace(b'"MANY"', b"[" + b"[]," * 1_000_000 + b"[]]")).code == "malformed"


@attack("嵌套过深", "nested too deeply")
def test_a_snapshot_nested_without_end_is_refused(refused):
    assert refused(b'{"snapshot":' * 50_000).code == "malformed"


@attack("改动本机保存的副本", "the copy kept on this machine is changed")
def test_a_kept_copy_that_was_changed_is_not_started_from(vector, keys, at, tmp_path):
    keep = tmp_path / "last.json"
    keep.write_bytes(vector("snapshot-7.json").replace(b'"version":7', b'"version":9'))
    client = SnapshotClient(tmp_path / "away", keys, keep=keep)
    with pytest.raises(RegistryUnavailableError):
        client.decide(VICTIM, at)


@attack("回滚：趁网关重启", "rolled back while the gate restarts")
def test_a_restart_does_not_make_a_gate_forget_what_it_has_seen(register, vector, keys, at, tmp_path):
    register.content = vector("snapshot-8.json")
    assert SnapshotClient(register.url, keys, keep=tmp_path / "last.json").refresh(at)
    register.content = vector("snapshot-7.json")
    restarted = SnapshotClient(register.url, keys, keep=tmp_path / "last.json")
    assert not restarted.refresh(at)
    assert restarted.error.code == "rollback"


# --- whoever keeps the gate from news ----------------------------------------------------------------


def answers(client: SnapshotClient, at: datetime) -> dict[str, str]:
    """Say what becomes of a service on file, a revoked one, and one never heard of."""

    def answer(subject: str) -> str:
        try:
            return client.decide(subject, at).freshness
        except RefusalError as refusal:
            return refusal.code

    return {subject: answer(subject) for subject in (VICTIM, "svc-003", "svc-999")}


@attack("冻结：只提供同一快照", "frozen: the same snapshot is served for ever")
def test_a_frozen_register_is_believed_no_longer_than_its_snapshot_says(register, keys, at):
    client, seen = SnapshotClient(register.url, keys), []
    for age in (timedelta(0), 15 * MINUTE, 16 * MINUTE, 24 * HOUR, 24 * HOUR + MINUTE):
        assert client.refresh(at + age)
        seen.append(tuple(answers(client, at + age).values()))
    away = "registry_unavailable"
    assert seen == [
        ("fresh", "revoked", "not_filed"),
        ("fresh", "revoked", "not_filed"),
        ("stale", "revoked", away),
        ("stale", "revoked", away),
        (away, away, away),
    ]


@attack("过时：宽限期内", "stale, within the grace")
def test_within_the_grace_what_is_known_goes_on_and_nothing_new_gets_in(register, keys, at):
    client = SnapshotClient(register.url, keys)
    client.refresh(at)
    register.status, register.content = 500, b""
    later = at + 23 * HOUR
    assert not client.refresh(later)
    assert answers(client, later) == {
        VICTIM: "stale",
        "svc-003": "revoked",
        "svc-999": "registry_unavailable",
    }


@attack("过时：超出宽限期", "stale, past the grace")
def test_past_the_grace_nothing_gets_through(register, keys, at):
    client = SnapshotClient(register.url, keys)
    client.refresh(at)
    register.status, register.content = 500, b""
    assert not client.refresh(at + 25 * HOUR)
    assert set(answers(client, at + 25 * HOUR).values()) == {"registry_unavailable"}


@attack("首次启动即无快照", "first start without a snapshot")
def test_a_first_start_without_a_snapshot_lets_nothing_through(register, keys, at):
    register.status = 500
    client = SnapshotClient(register.url, keys)
    with pytest.raises(RegistryUnavailableError):
        client.admit(VICTIM, at)


@attack("本机时钟过慢", "this machine's clock is far behind")
def test_a_clock_far_behind_does_not_keep_a_snapshot_for_ever(register, keys, at):
    client = SnapshotClient(register.url, keys)
    for behind in (6 * MINUTE, 365 * 24 * HOUR):
        assert client.refresh(at - behind)
        assert set(answers(client, at - behind).values()) == {"registry_unavailable"}


@attack("本机时钟过快", "this machine's clock is far ahead")
def test_a_clock_far_ahead_lets_nothing_through(register, keys, at):
    client = SnapshotClient(register.url, keys)
    assert client.refresh(at + 400 * 24 * HOUR)
    assert set(answers(client, at + 400 * 24 * HOUR).values()) == {"registry_unavailable"}


@attack("快照自授期限", "a snapshot grants itself years")
@pytest.mark.parametrize(
    "member", [{"grace_s": 10**9}, {"ttl_s": 90_000}, {"expires_at": "2026-11-23T01:00:00Z"}]
)
def test_a_snapshot_of_impossible_times_is_refused_though_signed(refused, vector, member):
    snapshot, _ = parts(vector("snapshot-7.json"))
    assert refused(signed(snapshot | {"version": 9} | member)).code == "malformed"


@attack("一号两用：行号交错的索引", "an index whose rows point elsewhere")
def test_an_index_that_leads_a_service_to_a_row_that_is_not_there_is_refused(refused, vector):
    snapshot, _ = parts(vector("snapshot-7.json"))
    index = StatusIndex.build([FilingRow(VICTIM, "GD-1", Status.VALID)]).to_json()
    entries = index | {"rows": packed(b"\0\0\0\x01")}
    assert refused(signed(snapshot | {"version": 9, "entries": entries})).code == "malformed"


# --- whoever shows a certificate ---------------------------------------------------------------------


@pytest.fixture
def verify(vectors, tmp_path, capsys, at_issue) -> Callable[..., tuple[int, str]]:
    """Run `beian-gate verify` over what somebody shows; give exit code and the name of the fault."""

    def verify(shown: bytes, *arguments: str, keys: str = "keys.json") -> tuple[int, str]:
        (tmp_path / "shown").write_bytes(shown)
        command = ["verify", str(tmp_path / "shown"), "--keys", str(vectors / keys), "--json", *arguments]
        code = main(command)
        return code, json.loads(capsys.readouterr().out).get("error", "none")

    return verify


@attack("改动的证书", "an altered certificate")
@pytest.mark.parametrize(
    ("genuine", "altered"),
    [("svc-001", "svc-002"), ("问山", "望海"), ("2029-11-22", "2099-11-22"), ("0001", "0002")],
)
def test_an_altered_certificate_does_not_verify(verify, vector, genuine, altered):
    forged = vector("certificate.json").replace(genuine.encode(), altered.encode())
    assert forged != vector("certificate.json")
    assert verify(forged) == (1, "bad_signature")


@attack("他人签发的证书", "a certificate by a key nobody trusts")
def test_a_certificate_by_another_issuer_does_not_verify(verify, vector):
    assert verify(vector("certificate.json"), keys="stranger.json") == (1, "untrusted_key")


@attack("他服务的证书", "the certificate of another service")
def test_a_certificate_says_which_service_it_is_for(vectors, capsys, at_issue):
    command = ["verify", str(vectors / "certificate.json"), "--keys", str(vectors / "keys.json"), "--json"]
    assert main(command) == 0
    shown = json.loads(capsys.readouterr().out)["certificate"]
    # Whoever shows it for another service is found out by the reader, who is told the name and the id.
    assert (shown["service"]["id"], shown["service"]["name"]) == (VICTIM, "问山")


@attack("他条目的证明", "the proof of another entry")
def test_the_proof_of_another_entry_proves_nothing(verify, vector, vectors):
    other = str(vectors / "other-entry.tlog-proof")
    assert verify(vector("certificate.json"), "--proof", other) == (1, "bad_proof")


@attack("他日志的证明", "a proof from another log")
def test_a_proof_from_another_log_proves_nothing(verify, vector, vectors):
    arguments = ("--proof", str(vectors / "certificate.tlog-proof"), "--origin", "log.example/other")
    assert verify(vector("certificate.json"), *arguments) == (1, "untrusted_key")


@attack("无人见证的日志", "a log that nobody has witnessed")
def test_a_log_that_nobody_has_witnessed_is_told(verify, vector, vectors):
    arguments = ("--proof", str(vectors / "certificate.tlog-proof"), "--witnesses", "1")
    assert verify(vector("certificate.json"), *arguments) == (1, "not_witnessed")


@attack("过期的证书", "a certificate past its term")
def test_a_certificate_past_its_term_does_not_verify(vectors, capsys, monkeypatch, at):
    monkeypatch.setattr(clock, "now", lambda: at + timedelta(days=2))
    command = [
        "verify",
        str(vectors / "certificate-ended.json"),
        "--keys",
        str(vectors / "keys.json"),
        "--json",
    ]
    assert main(command) == 1
    assert json.loads(capsys.readouterr().out)["code"] == "expired"


@attack("已撤销而证书犹真", "a true certificate of a filing revoked since")
def test_a_certificate_outlives_its_filing_and_the_snapshot_has_the_last_word(register, vector, keys, at):
    register.content = vector("snapshot-8.json")
    client = SnapshotClient(register.url, keys)
    assert client.refresh(at)
    for named in (VICTIM, "GD-20261123-0001"):
        with pytest.raises(RefusalError) as refusal:
            client.decide(named, at)
        assert refusal.value.code == "revoked"
    with pytest.raises(NotFiledError):
        client.decide("GD-20261123-0001\n", at)
