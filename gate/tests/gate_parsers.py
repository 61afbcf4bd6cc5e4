"""Every parser of the gate by name, for whoever throws bytes at them: the tests, and scripts/fuzz_gate.py.

Each takes any bytes and gives a value or a `MalformedError`. Beside it are files for fuzzing to start from.
"""

import base64
import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from openbeian_gate.bulk import check_table
from openbeian_gate.errors import BadSignatureError, MalformedError, PageDiffersError
from openbeian_gate.policy import Admission
from openbeian_gate.refusals import NotFiledError
from openbeian_gate.verify.canonical import canonical, decode_base64, parse_json
from openbeian_gate.verify.certificate import parse_certificate
from openbeian_gate.verify.checkpoint import parse_checkpoint
from openbeian_gate.verify.cosignatures import verify_cosignatures
from openbeian_gate.verify.dsse import PAYLOAD_TYPE, Envelope, pae, parse_dsse, verify_dsse
from openbeian_gate.verify.fields import Fields, parse_instant
from openbeian_gate.verify.index import StatusIndex
from openbeian_gate.verify.keys import ED25519, PublicKey, PublicKeySet, Signature, load_keys, parse_keys
from openbeian_gate.verify.log_entry import parse_log_entry
from openbeian_gate.verify.merkle import HASH_BYTES
from openbeian_gate.verify.note import parse_note, parse_signature_lines
from openbeian_gate.verify.pdf import check_printed, read_attached
from openbeian_gate.verify.proof import parse_proof, verify_certificate_logged
from openbeian_gate.verify.report import GateDay, GateReport, parse_report
from openbeian_gate.verify.sd_jwt import parse_sd_jwt, verify_sd_jwt
from openbeian_gate.verify.snapshot import SignedSnapshot, parse_snapshot, verify_snapshot
from openbeian_gate.verify.tiles import pack_entries, split_entries, split_hashes
from openbeian_gate.witness.requests import parse_add_checkpoint

VECTORS: Final = Path(__file__).parent / "vectors"
FOUND: Final = Path(__file__).parent / "found"
"""Bytes that once made a parser fail or take too long, in a folder for each parser; all are tried again."""
_KEYS: Final = load_keys(VECTORS / "keys.json")
_PRIVATE: Final = Ed25519PrivateKey.from_private_bytes(bytes(32))
_RAW: Final = _PRIVATE.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
_OWN_KEY: Final = PublicKey(_RAW)
_COLUMNS_CUT: Final = b"\x02\x0a\x01\x20GD-1\nGD-2\n\x04" + bytes(range(32)) + bytes(7) + b"\x01"
_COLUMNS: Final = ("numbers", "statuses", "services", "rows")


class Parser(NamedTuple):
    """A parser, and where the files are that it reads."""

    parse: Callable[[bytes], object]
    seeds: tuple[str, ...] = ()
    """Globs below the vectors."""
    made: Callable[[], Sequence[bytes]] = tuple
    """Makes what no file of the vectors holds."""


def starting_points(parser: str) -> Iterator[bytes]:
    """Yield genuine files of one kind, and what was found before."""
    for pattern in PARSERS[parser].seeds:
        for path in VECTORS.glob(pattern):
            yield path.read_bytes()
    yield from PARSERS[parser].made()
    for path in sorted((FOUND / parser).glob("*")):
        yield path.read_bytes()


def _vector(name: str) -> bytes:
    return (VECTORS / name).read_bytes()


def _statement(payload: bytes) -> object:
    """Read a payload that a trusted key has signed: hostile all the same, should a key be lost."""
    signature = Signature(_OWN_KEY.key_id, ED25519, _PRIVATE.sign(pae(PAYLOAD_TYPE, payload)))
    return verify_dsse(Envelope(payload, (signature,)), PublicKeySet((_OWN_KEY,)))


def _snapshot(data: bytes) -> object:
    """Read a snapshot as if a trusted key had signed it."""
    claimed = parse_snapshot(data).envelope
    signature = Signature(_OWN_KEY.key_id, ED25519, _PRIVATE.sign(claimed.message))
    return verify_snapshot(
        SignedSnapshot(replace(claimed, signatures=(signature,))), PublicKeySet((_OWN_KEY,))
    )


def _index(data: bytes) -> object:
    """Read an index whose columns are cut out of `data`: the count, and the columns' lengths."""
    count, *lengths = data[:4].ljust(4, b"\0")
    rest, columns = data[4:], []
    for length in (*lengths, len(data)):
        columns.append(rest[:length])
        rest = rest[length:]
    packed = [
        column if name == "services" else zlib.compress(column, 1)
        for name, column in zip(_COLUMNS, columns, strict=True)
    ]
    texts = {name: base64.b64encode(column).decode() for name, column in zip(_COLUMNS, packed, strict=True)}
    index = StatusIndex.parse(Fields({"count": count, **texts}, "entries"))
    for subject in ("", "svc-001", "GD-1\nGD-2", *columns[0].decode("utf-8", "replace").split("\n")[:5]):
        index.find(subject)
    return index


def _canonical(data: bytes) -> object:
    """Write what was read; it must read back as the same value, in the same bytes."""
    written = canonical(parse_json(data))
    # The largest doubles are written as integers beyond 2**53, which no reader here takes.
    with suppress(MalformedError):
        assert canonical(parse_json(written)) == written
    return written


def _cosignatures(data: bytes) -> object:
    signed = parse_checkpoint(data)
    return verify_cosignatures(signed, PublicKeySet((PublicKey(_RAW, frozenset({"witness"})),)))


def _logged(data: bytes) -> object:
    proof = parse_proof(data)
    certificate = parse_certificate(_vector("certificate.json"))
    try:
        return verify_certificate_logged(certificate, proof, _KEYS)
    except MalformedError:
        raise
    except Exception as error:
        if type(error).__module__ == "openbeian_gate.errors":
            return error  # it was read, and does not hold
        raise


def _bulk(data: bytes) -> object:
    def decide(subject: str) -> Admission:
        raise NotFiledError(subject)

    result = check_table(data, decide)
    # What was written is a table again, of as many rows.
    again = check_table(result.table, decide)
    assert sum(again[1:]) == sum(result[1:])
    return result


def _credential(data: bytes) -> object:
    signed = parse_sd_jwt(data)
    try:
        return verify_sd_jwt(signed, _KEYS)
    except BadSignatureError as error:
        return error  # it was read, and does not hold


def _report() -> bytes:
    at = datetime(2026, 11, 23, 2, tzinfo=UTC)
    day = GateDay(at.date(), {"not_filed": 2}, {"ab" * 16: 2}, 0)
    report = GateReport("ab" * 16, "store-1", at, [day], {"P": 1}, decisions=[], left_out=0, sampled=100)
    return report.to_bytes()


def _printed(data: bytes) -> object:
    certificate = parse_certificate(_vector("certificate.json")).claims
    try:
        return check_printed(data, certificate)
    except PageDiffersError as error:
        return error


def pdf_that_says(text: str, *attached: tuple[str, bytes]) -> bytes:
    """Return a PDF whose one page says `text`, in a font whose letters are numbered as in Unicode."""
    from pypdf import PdfReader, PdfWriter

    shown = b"BT /F 9 Tf 20 20 Td <%b> Tj ET" % text.encode("utf-16-be").hex().encode()
    cmap = (
        b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <FFFF> "
        b"endcodespacerange %d beginbfchar %b endbfchar endcmap end"
    )
    codes = [letter.encode("utf-16-be").hex().encode() for letter in sorted(set(text))]
    cmap %= (len(codes), b" ".join(b"<%b> <%b>" % (code, code) for code in codes))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(shown), shown),
        b"<</Type/Font/Subtype/Type0/BaseFont/F/Encoding/Identity-H/DescendantFonts[6 0 R]/ToUnicode 7 0 R>>",
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/F/CIDSystemInfo<<>>/DW 1000>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(cmap), cmap),
    ]
    written, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj%b endobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    written += b"xref\n0 8\n0000000000 65535 f \n%btrailer<</Size 8/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        table,
        len(written),
    )
    writer, whole = PdfWriter(clone_from=PdfReader(io.BytesIO(written))), io.BytesIO()
    for name, content in attached:
        writer.add_attachment(name, content)
    writer.write(whole)
    return whole.getvalue()


def _small_pdf() -> bytes:
    from pypdf import PdfWriter

    writer, written = PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    writer.add_attachment("certificate.json", b'{"certificate":{}}')
    writer.add_attachment("certificate.tlog-proof", b"c2sp.org/tlog-proof@v1\n")
    writer.write(written)
    return written.getvalue()


PARSERS: Final[dict[str, Parser]] = {
    "json": Parser(parse_json, ("*.json",)),
    "canonical": Parser(_canonical, ("*.json",)),
    "base64": Parser(
        lambda data: decode_base64(data.decode("latin-1"), "text"), made=lambda: [base64.b64encode(bytes(20))]
    ),
    "instant": Parser(
        lambda data: parse_instant(data.decode("latin-1")), made=lambda: [b"2026-11-23T02:00:00.000001Z"]
    ),
    "keys": Parser(parse_keys, ("keys.json", "stranger.json")),
    "certificate": Parser(parse_certificate, ("certificate*.json",)),
    "snapshot": Parser(_snapshot, ("snapshot-*.json",)),
    "index": Parser(_index, made=lambda: [_COLUMNS_CUT]),
    "envelope": Parser(parse_dsse, ("head.dsse.json",)),
    "statement": Parser(_statement, made=lambda: [parse_dsse(_vector("head.dsse.json")).payload]),
    "note": Parser(parse_note, ("checkpoint-100", "log/checkpoint")),
    "signature lines": Parser(
        lambda data: parse_signature_lines(data.decode("utf-8", "replace")),
        made=lambda: [_vector("checkpoint-100").partition(b"\n\n")[2]],
    ),
    "checkpoint": Parser(parse_checkpoint, ("checkpoint-100", "log/checkpoint")),
    "cosignatures": Parser(_cosignatures, ("checkpoint-100", "log/checkpoint")),
    "proof": Parser(parse_proof, ("*.tlog-proof",)),
    "logged certificate": Parser(_logged, ("*.tlog-proof",)),
    "log entry": Parser(
        parse_log_entry, made=lambda: [parse_proof(_vector("certificate.tlog-proof")).leaf or b""]
    ),
    "bundle": Parser(
        lambda data: split_entries(data, 3), made=lambda: [pack_entries([b"one", b"", b"three"])]
    ),
    "tile": Parser(lambda data: split_hashes(data, 3), made=lambda: [bytes(3 * HASH_BYTES)]),
    "witness request": Parser(parse_add_checkpoint, made=lambda: [b"old 0\n\n" + _vector("checkpoint-100")]),
    "sd-jwt": Parser(_credential, ("certificate.sd-jwt",)),
    "report": Parser(parse_report, made=lambda: [_report()]),
    "bulk": Parser(_bulk, made=lambda: ["service,name\r\nsvc-001,问山\r\n".encode()]),
    "pdf": Parser(read_attached, made=lambda: [_small_pdf()]),
    "printed page": Parser(_printed, made=lambda: [pdf_that_says("GD-20261123-0001 问山")]),
}
