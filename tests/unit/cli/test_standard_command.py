"""`beian standard show`: both editions, as tables and whole as JSON."""

import json

import pytest


@pytest.mark.parametrize("edition", ["tc260-003", "gbt-45654-2025"])
def test_an_edition_is_printed_whole_as_json(beian, edition):
    entry = json.loads(beian("standard", "show", "--edition", edition, "--json").stdout)
    assert entry["id"] == edition
    assert len(entry["thresholds"]) == 48
    assert len(entry["taxonomy"]["risks"]) == 31
    assert len(entry["taxonomy"]["aspects"]) == 13
    assert all("unverified" in threshold for threshold in entry["thresholds"])
    assert any(threshold["unverified"] for threshold in entry["thresholds"])


def test_what_was_not_read_in_the_original_is_shown_as_unverified(beian):
    assert "unverified" in beian("standard", "show", "--edition", "gbt-45654-2025").stdout


def test_a_profile_is_shown_as_what_it_is(beian):
    shown = beian("standard", "show", "--edition", "tc260-003", "--profile", "demo").stdout
    assert "for demonstration only" in " ".join(shown.split())


@pytest.mark.parametrize("arguments", [("--edition", "tc999"), ("--edition", "tc260-003", "--profile", "x")])
def test_an_unknown_edition_or_profile_is_refused_with_the_known_ones(beian, arguments):
    done = beian("standard", "show", *arguments)
    assert done.exit_code == 2
    assert "tc260-003" in done.stderr or "demo" in done.stderr
