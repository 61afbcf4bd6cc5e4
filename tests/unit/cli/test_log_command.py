"""`beian log verify`: a log checked from a folder and over HTTP; damage is told to the file and the entry."""

import json
import shutil
import threading
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.trust.keys import Ed25519Signer, public_key_set
from openbeian.trust.log import TileLog
from openbeian.trust.log_reading import HTTPLog
from openbeian.trust.notes import verifier_key
from openbeian_gate.verify.checkpoint import parse_checkpoint
from openbeian_gate.verify.keys import PublicKeySet
from openbeian_gate.verify.log_entry import LogEntry
from openbeian_gate.witness.key import WitnessKey

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
ORIGIN = "log.example/test"
SIGNER = Ed25519Signer.from_seed(bytes(32))
KEY = verifier_key(SIGNER, ORIGIN)


def leaves(start, end):
    return [LogEntry("test.happened", AT, f"s-{n}", {"n": n}).leaf() for n in range(start, end)]


@pytest.fixture(scope="module")
def public(tmp_path_factory):
    """A public folder: a log of 300 then 700 entries, its keys, and the older checkpoint."""
    folder = tmp_path_factory.mktemp("public")
    log = TileLog(folder / "log", SIGNER, origin=ORIGIN)
    (folder / "older.checkpoint").write_text(log.append(leaves(0, 300), at=AT).note)
    checkpoint = log.append(leaves(300, 700), at=AT)
    (folder / "keys.json").write_bytes(public_key_set(SIGNER).to_bytes())
    witness = WitnessKey.load_or_create("witness.example/w", folder / "witness.pem")
    line = witness.cosign(parse_checkpoint(checkpoint.note.encode()).note.text, AT)
    log.add_cosignatures([line], over=checkpoint)
    (folder / "witness.key").write_text(witness.verifier_key)
    (folder / "witnesses.json").write_bytes(PublicKeySet((witness.public_key,)).to_bytes())
    return folder


@pytest.fixture
def damaged(public, tmp_path):
    """A copy to be damaged."""
    return shutil.copytree(public, tmp_path / "damaged")


@pytest.fixture
def served(public):
    """The public folder over HTTP/1.1, as a web server gives it."""

    class Handler(SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            if "/broken/" in self.path:
                self.send_response(503)
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                super().do_GET()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(public)))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def answer(done):
    return json.loads(done.stdout)


def test_a_log_that_holds_is_said_to_with_everything_that_was_seen(beian, public, tmp_path):
    seen = tmp_path / "seen"
    done = beian(
        *("log", "verify", public / "log", "--keys", KEY, "--from", public / "older.checkpoint"),
        *("--witness-keys", public / "witness.key", "--witnesses", 1, "--save", seen, "--json"),
    )
    assert done.exit_code == 0, done.output
    said = answer(done)
    assert (said["holds"], said["size"], said["continues"], said["checked_from"]) == (True, 700, 300, 0)
    assert said["witnesses"] == [{"name": "witness.example/w", "at": "2026-11-23T02:00:00+00:00"}]
    assert said["key_is_from_the_log"] is False
    assert seen.read_bytes() == (public / "log" / "checkpoint").read_bytes()
    again = beian("log", "verify", public / "log", "--keys", KEY, "--from", seen, "--only-new", "--json")
    assert answer(again)["checked_from"] == 700


def test_people_are_told_in_sentences_and_warned_of_a_key_from_the_same_place(beian, public):
    done = beian("log", "verify", public / "log", "--from", public / "older.checkpoint", "--quiet")
    assert done.exit_code == 0
    assert "All 700 entries of log.example/test hold" in done.stdout
    assert "continues the log of size 300" in done.stdout
    assert "witnesses: 0 (—)" in done.stdout
    assert "whether it is the register's is not shown" in done.stderr


def test_a_log_is_verified_over_http_and_the_key_is_found_beside_it(beian, served, public):
    done = beian("log", "verify", f"{served}/log/", "--witness-keys", public / "witnesses.json", "--json")
    assert done.exit_code == 0, done.output
    said = answer(done)
    assert (said["size"], said["key_is_from_the_log"], len(said["witnesses"])) == (700, True, 1)


@pytest.mark.parametrize(
    ("file", "position", "entry"),
    [("tile/0/001", 44 * 32, 300), ("tile/entries/002.p/188", 2, 512), ("tile/1/000.p/2", 3, None)],
)
def test_damage_ends_with_1_and_the_exact_place(beian, damaged, file, position, entry):
    path = damaged / "log" / file
    content = bytearray(path.read_bytes())
    content[position] ^= 1
    path.write_bytes(content)
    done = beian("log", "verify", damaged / "log", "--keys", KEY, "--json")
    assert done.exit_code == 1
    said = answer(done)
    assert (said["holds"], said["error"], said["file"], said["entry"]) == (False, "log_damaged", file, entry)


def test_a_rewritten_log_a_false_signature_and_missing_witnesses_do_not_hold(
    beian, public, damaged, tmp_path
):
    other = TileLog(tmp_path / "other", SIGNER, origin=ORIGIN)
    other.append(leaves(0, 200), at=AT)
    forked = tmp_path / "forked"
    forked.write_text(other.append(leaves(1, 101), at=AT).note)
    rewritten = beian("log", "verify", public / "log", "--keys", KEY, "--from", forked)
    assert (rewritten.exit_code, "history was rewritten" in rewritten.stderr) == (1, True)
    unseen = beian("log", "verify", public / "log", "--keys", KEY, "--witnesses", 1, "--json")
    assert (unseen.exit_code, answer(unseen)["error"]) == (1, "not_witnessed")
    assert "file" not in answer(unseen)
    checkpoint = damaged / "log" / "checkpoint"
    checkpoint.write_text(checkpoint.read_text().replace("\n700\n", "\n701\n"))
    forged = beian("log", "verify", damaged / "log", "--keys", KEY, "--json")
    assert (forged.exit_code, answer(forged)["file"]) == (1, "checkpoint")
    assert not (tmp_path / "seen").exists()


def test_wrong_use_is_told_from_a_log_that_does_not_hold(beian, public, tmp_path):
    log = public / "log"
    empty = tmp_path / "empty"
    (empty / "log").mkdir(parents=True)
    strange = tmp_path / "strange.json"
    strange.write_bytes(PublicKeySet(()).to_bytes())
    for arguments, said in (
        ((log, "--only-new"), "needs --from"),
        ((tmp_path / "nowhere",), "neither a directory nor"),
        ((empty / "log",), "no keys.json"),
        ((empty / "log", "--keys", KEY), "no `checkpoint` here"),
        ((log, "--keys", KEY, "--from", tmp_path / "none"), "cannot be read"),
        ((log, "--keys", strange), "no key of a log"),
        ((log, "--keys", public / "witness.key"), "no valid verifier key"),
        ((log, "--witness-keys", KEY), "no key of a witness"),
        ((log, "--witness-keys", KEY.replace("log", "gol")), "no valid verifier key"),
        ((log, "--witness-keys", tmp_path / "none"), "neither a verifier key"),
        (("http://:80x/log",), "no usable address"),
    ):
        done = beian("log", "verify", *arguments)
        assert (done.exit_code, said in done.stderr) == (2, True), done.output


def test_what_cannot_be_read_or_kept_is_no_verdict(beian, served, public, damaged, tmp_path):
    for arguments in (
        (f"{served}/broken/log", "--keys", KEY),
        (public / "log", "--keys", KEY, "--save", tmp_path / "no" / "folder"),
    ):
        assert beian("log", "verify", *arguments).exit_code == 3
    bundle = damaged / "log" / "tile" / "entries" / "001"
    bundle.unlink()
    bundle.mkdir()
    assert beian("log", "verify", damaged / "log", "--keys", KEY, "--quiet").exit_code == 3


def test_a_file_longer_than_it_may_be_is_not_read_to_its_end(served, public):
    with HTTPLog(f"{served}/log") as log:
        assert len(log.read("tile/0/000", 100)) == 101
        assert log.read("tile/0/000", 8192) == (public / "log" / "tile" / "0" / "000").read_bytes()
        with pytest.raises(FileNotFoundError):
            log.read("tile/9/000", 1)
    with pytest.raises(CouldNotRunError, match="check address"), HTTPLog("http://127.0.0.1:1/log") as away:
        away.beside("keys.json", 1)
    with pytest.raises(BadInputError, match="no usable address"):
        HTTPLog("http:///log")
