"""Private keys: kept to their owner, and read back only as what they are."""

import stat

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.trust.keys import Ed25519Signer, public_key_set, sign_with
from openbeian_gate.verify.keys import parse_keys


def test_a_key_is_saved_for_its_owner_only_and_read_back(tmp_path):
    signer, path = Ed25519Signer.generate(), tmp_path / "key.pem"
    signer.save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Ed25519Signer.load(path).key_id == signer.key_id


def test_a_key_with_a_password_needs_it(tmp_path):
    signer, path = Ed25519Signer.generate(), tmp_path / "key.pem"
    signer.save(path, b"open sesame")
    assert Ed25519Signer.load(path, b"open sesame").key_id == signer.key_id
    for password in (None, b"wrong"):
        with pytest.raises(BadInputError, match="password"):
            Ed25519Signer.load(path, password)


def test_a_key_is_never_overwritten(tmp_path):
    path = tmp_path / "key.pem"
    Ed25519Signer.generate().save(path)
    kept = path.read_bytes()
    with pytest.raises(CouldNotRunError, match="never overwritten"):
        Ed25519Signer.generate().save(path)
    assert path.read_bytes() == kept


def test_what_is_not_an_ed25519_key_is_not_loaded(tmp_path):
    path = tmp_path / "key.pem"
    other = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for content in (b"not a key", other):
        path.write_bytes(content)
        with pytest.raises(BadInputError, match="not a usable Ed25519"):
            Ed25519Signer.load(path)
    with pytest.raises(CouldNotRunError, match="cannot be read"):
        Ed25519Signer.load(tmp_path / "none.pem")


def test_the_public_key_set_verifies_what_the_key_signs(signer):
    other = Ed25519Signer.generate()
    keys = parse_keys(public_key_set(signer.public_key(["certificate"]), other).to_bytes())
    keys.check_signed(sign_with([signer], b"message"), b"message", "certificate")
    assert [key.key_id for key in keys.for_use("log")] == [other.key_id]
    assert signer.algorithm == "Ed25519"
    assert len(signer.key_id) == 16
