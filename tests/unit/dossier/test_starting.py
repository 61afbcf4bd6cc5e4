"""Whatever people enter is read from `dossier.yaml` as they entered it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbeian.core.errors import CouldNotRunError
from openbeian.dossier import starting
from openbeian.dossier.folder import read_folder
from openbeian.dossier.starting import save_facts, start_folder

_TEXTS = st.one_of(
    st.sampled_from(["no", "012", "null", "~", "2026-11-27", "1e3", "# x", "a: b", "'", "甲\n乙", " x "]),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30),
)


@settings(max_examples=25, deadline=None)
@given(name=_TEXTS, scope=_TEXTS, types=st.lists(_TEXTS, min_size=1, max_size=3))
def test_facts_are_read_as_they_were_written(tmp_path_factory, name, scope, types):
    folder = tmp_path_factory.mktemp("dossier")
    first = {"service.name": name, "service.functions": types}
    start_folder(folder, edition="tc260-003", facts=first)
    assert read_folder(folder).facts == first
    second = {**first, "service.scope": scope, "own.entry": name}
    save_facts(folder, second)
    assert read_folder(folder).facts == second


def test_facts_that_can_not_be_kept_are_said_to_be_so(tmp_path, monkeypatch):
    start_folder(tmp_path, edition="tc260-003")

    def full(path, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(starting, "replace_file", full)
    with pytest.raises(CouldNotRunError, match="No space left"):
        save_facts(tmp_path, {"service.name": "小舟"})
