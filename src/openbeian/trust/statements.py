"""Signed statements about files: in-toto Statements in DSSE envelopes, such as over the head of evidence."""

from collections.abc import Mapping
from typing import Final

from openbeian.trust.keys import Signer, sign_with
from openbeian_gate.verify.canonical import JSONValue
from openbeian_gate.verify.dsse import PAYLOAD_TYPE, Statement, build_dsse, pae

__all__ = ["EVIDENCE_HEAD", "Statement", "sign_evidence_head", "sign_statement"]

EVIDENCE_HEAD: Final = "urn:openbeian:evidence-head:1"
"""The predicate type of a statement over the last line of an evidence file."""
_EVIDENCE_FILE: Final = "evidence.jsonl"


def sign_statement(statement: Statement, *signers: Signer) -> bytes:
    """Return the envelope file of `statement`, signed by every signer."""
    payload = statement.to_bytes()
    return build_dsse(payload, sign_with(signers, pae(PAYLOAD_TYPE, payload)))


def sign_evidence_head(
    head: str, predicate: Mapping[str, JSONValue], *signers: Signer, file: str = _EVIDENCE_FILE
) -> bytes:
    """Return `head.dsse.json`: the statement that an evidence file ends with the line of SHA-256 `head`."""
    return sign_statement(Statement({file: head}, EVIDENCE_HEAD, predicate), *signers)
