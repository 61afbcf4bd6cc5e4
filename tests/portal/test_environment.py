"""Settings from the environment fail loudly."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from openbeian.portal.environment import env_bool, env_int, env_list, env_path, env_secret, env_text


def test_a_text_may_come_from_a_file(monkeypatch, tmp_path):
    (tmp_path / "secret").write_text("s3cret\n")
    monkeypatch.setenv("X_FILE", str(tmp_path / "secret"))
    assert env_text("X") == "s3cret"
    monkeypatch.setenv("X_FILE", str(tmp_path / "nothing"))
    with pytest.raises(ImproperlyConfigured, match="X_FILE"):
        env_text("X")


@pytest.mark.parametrize(("written", "means"), [("1", True), ("Yes", True), ("0", False), ("", False)])
def test_a_switch_is_on_or_off(monkeypatch, written, means):
    monkeypatch.setenv("X", written)
    assert env_bool("X") is means


def test_a_switch_that_is_neither_stops_the_start(monkeypatch):
    assert env_bool("X_UNSET", default=True)
    monkeypatch.setenv("X", "perhaps")
    with pytest.raises(ImproperlyConfigured, match="no switch"):
        env_bool("X")


@pytest.mark.parametrize("written", ["five", "0", "-1", "1.5"])
def test_a_number_that_is_none_stops_the_start(monkeypatch, written):
    assert env_int("X_UNSET", 5) == 5
    monkeypatch.setenv("X", written)
    with pytest.raises(ImproperlyConfigured):
        env_int("X", 5, minimum=1)


def test_lists_and_paths(monkeypatch, tmp_path):
    monkeypatch.setenv("X", " a, ,b ")
    assert env_list("X") == ["a", "b"]
    monkeypatch.setenv("X", str(tmp_path / "x" / ".."))
    assert env_path("X", "var") == tmp_path


def test_a_secret_is_made_once_and_only_its_owner_reads_it(monkeypatch, tmp_path):
    file = tmp_path / "keys" / "cookies"
    first = env_secret("X", file, required=False)
    assert env_secret("X", file, required=False) == first
    assert file.stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv("X", "given")
    assert env_secret("X", file, required=True) == "given"


def test_a_production_portal_does_not_invent_its_secret(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="X_UNSET"):
        env_secret("X_UNSET", tmp_path / "cookies", required=True)
