"""Boxes open with their own key and purpose only; keys are exchanged without losing anything."""

import base64
import io
import os
import stat

import pytest
from django.core.management import call_command

from openbeian.core.errors import CouldNotRunError
from openbeian.portal.accounts.actions import SYSTEM
from openbeian.portal.audit.models import AuditEvent
from openbeian.portal.retests import actions
from openbeian.portal.retests.banks import open_bank, private_root
from openbeian.portal.retests.journal import Journal
from openbeian.portal.retests.keyring import Sealed, load_keys, open_box, seal
from openbeian.portal.retests.models import HiddenBank
from tests.portal.factories import AT


def _line(name: str) -> str:
    return f"{name}:{base64.b64encode(os.urandom(32)).decode()}\n"


def test_a_box_opens_for_its_purpose_only_and_not_when_it_was_changed(home):
    sealed = seal(b"secret", "bank:1")
    assert open_box(sealed, "bank:1") == b"secret"
    assert sealed.box != seal(b"secret", "bank:1").box
    changed = bytes([sealed.box[0] ^ 1]) + bytes(sealed.box[1:])
    for box, purpose in ((sealed.box, "bank:2"), (changed, "bank:1"), (b"", "bank:1")):
        with pytest.raises(CouldNotRunError, match="does not open this"):
            open_box(Sealed(sealed.key_id, box), purpose)
    with pytest.raises(CouldNotRunError, match="holds no “other”"):
        open_box(Sealed("other", sealed.box), "bank:1")


def test_the_key_is_made_once_outside_production_and_must_be_given_there(home, settings):
    keys = load_keys()
    path = home / "keys" / "banks"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_keys() == keys
    path.unlink()
    settings.BEIAN_PRODUCTION = True
    with pytest.raises(CouldNotRunError, match="can't be read"):
        load_keys()
    for written, words in (
        ("", "is empty"),
        ("a:b", "can't be read"),
        (":" + "A" * 43 + "=", "can't be read"),
    ):
        path.write_text(written)
        with pytest.raises(CouldNotRunError, match=words):
            load_keys()


def test_with_a_new_key_first_everything_is_sealed_anew_and_the_old_one_can_go(retest, home, settings):
    run = retest.ask(key="channel-secret")
    journal = Journal(run.pk)
    journal.read()
    journal.append(b"one\n")
    journal.append(b"two\n")
    journal.append(b"")
    old = (home / "keys" / "banks").read_text()
    settings.BEIAN_BANK_KEYS = str(home / "new-keys")
    new = _line("second")
    (home / "new-keys").write_text(new + old)
    said = io.StringIO()
    call_command("reseal", stdout=said)
    assert said.getvalue() == "resealed: 3\n"
    assert actions.reseal(by=SYSTEM, at=AT) == 0
    (home / "new-keys").write_text(new)
    assert Journal(run.pk).read() == b"one\ntwo\n"
    assert Journal(run.pk).path.read_bytes().startswith(b"openbeian-sealed/1 second\n")
    for bank in HiddenBank.objects.all():
        assert open_bank(bank).seal.sha256 == bank.sha256
    run.refresh_from_db()
    assert open_box(Sealed(run.key_id, run.key_box), f"channel:{run.order_id}") == b"channel-secret"
    assert AuditEvent.objects.filter(kind="hidden_bank.resealed").count() == 2


def test_private_files_lie_in_memory_where_that_is_possible(settings, monkeypatch, home):
    settings.BEIAN_PRIVATE_WORK = ""
    assert private_root().name in {f"openbeian-{os.getuid()}", "work"}
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert private_root() == home / "retests" / "work"
