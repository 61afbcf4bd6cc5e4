"""`beian register classify`."""

import json


def test_the_classes_and_every_reason_are_printed(beian):
    done = beian("register", "classify", "--name", "妙想金融大模型", "--provider", "东方财富信息股份有限公司")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0].startswith("Industry: finance  (confidence 0.")
    assert lines[1].startswith("Service type: model  (confidence 0.")
    assert "  “金融” in the service's name: finance +6" in lines
    assert "  the provider “东方财富” is known for it: finance +3" in lines


def test_the_same_as_json_with_both_languages(beian):
    done = beian("register", "classify", "--name", "小明", "--scope", "帮助律师审查合同", "--json")
    entry = json.loads(done.stdout)
    assert entry["industry"] == {"id": "legal", "zh": "法律", "en": "legal"}
    assert entry["reasons"][0] == {
        "kind": "industry",
        "speaks_for": "legal",
        "word": "律师",
        "place": "scope",
        "weight": 4,
        "zh": "所述用途含「律师」：法律 +4",
        "en": "“律师” in the stated scope: legal +4",
    }


def test_nothing_to_go_by_is_said(beian):
    done = beian("register", "classify", "--name", "朱雀")
    assert "Industry: other  (confidence 0.00)" in done.stdout
    assert "nothing in the names or the scope to go by" in done.stdout


def test_an_empty_name_is_wrong_use(beian):
    done = beian("register", "classify", "--name", " ")
    assert done.exit_code == 2
    assert "--name is empty; give the name of the service, or --all." in done.stderr
