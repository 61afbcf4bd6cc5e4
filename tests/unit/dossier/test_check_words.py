"""What counts as a secret, a claim, a place left empty, another name: found, and no false alarm."""

import pytest

from openbeian.dossier.checks import CHECKS
from openbeian.dossier.checks.labelled import company_names, labelled_values, says
from openbeian.dossier.checks.listing import list_folder
from openbeian.dossier.checks.phrases import find_claims, find_placeholders, stray_text
from openbeian.dossier.checks.requirements import Automation, load_requirements
from openbeian.dossier.checks.secrecy import secrets_in
from openbeian.dossier.reading import label_of, read_bytes

RANDOM = "aB3dE5gH7jK9mN1pQ3sT5vX7"


@pytest.mark.parametrize(
    "text",
    [
        "sk-" + RANDOM,
        "api_key = " + RANDOM,
        "密钥\t" + RANDOM,
        "Authorization: Bearer " + RANDOM,
        "密码：Beian2026!ok",
        "账号：tester，密码：pass",
        "https://user:pa55word@example.com/",
        "-----BEGIN " + "EC PRIVATE KEY-----",
    ],
)
def test_secrets_are_found(text):
    assert secrets_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer {{env:KEY}}",
        "api_key=your-api-key-goes-here-please",
        "密钥不写入材料，由联系人当面提供。",
        "SHA-256：" + "0123456789abcdef" * 4,
        "token: " + "0123456789abcdef" * 4,
        "密码策略：不少于十位",
        "密码：******",
        "访问令牌每季度更换一次",
        "key: https://example.com/docs/how-to-get-a-key",
        "-----BEGIN PUBLIC KEY-----",
    ],
)
def test_what_only_speaks_of_secrets_is_none(text):
    assert secrets_in(text) == []


def test_quiet_files_are_searched_for_the_sure_forms_alone():
    assert secrets_in("密码：Beian2026!ok", everywhere_only=True) == []
    assert secrets_in("sk-" + RANDOM, everywhere_only=True)


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("本系统完全自主可控。", ["full_autonomy"]),
        ("适用于 所有 场景", ["all_uses"]),
        ("任何系统都不能做到绝对安全。", []),
        ("不声称百分之百准确", []),
        ("不得宣传。绝对安全", ["absolute_safety"]),
        ("合格率 100%，样本 62 题。", []),
        ("Absolutely safe and the world's first.", ["absolute_safety", "superlative"]),
    ],
)
def test_claims_are_found_unless_they_are_denied(text, claims):
    assert [one.claim.id for one in find_claims(text)] == claims


def test_places_left_empty_are_found_and_lines_to_sign_on_are_none():
    lines = ["【待填写：日期】", "签字：＿＿＿＿", "TODO later", "TODOIST 应用", "{{name}}", "某某公司"]
    assert list(find_placeholders(lines)) == ["【待填写：日期】", "TODO", "{{name}}", "某某公司"]


def test_values_stand_beside_their_labels():
    text = (
        "# 协议\n1. 服务名称：小舟（以下简称本服务）\n| 服务名称 | 小船 |\n|服务名称|＿＿|\n说明：服务名称是"
    )
    content = read_bytes(text.encode(), "a.md")
    values = list(labelled_values(content, frozenset([label_of("服务名称")])))
    assert sorted(values) == sorted(["小舟（以下简称本服务）", "小船"])
    assert says("小舟（以下简称本服务）", "小舟")
    assert not says("小舟通", "小舟")


def test_companies_that_are_almost_the_one_are_found():
    ours = "广州行舟智能科技有限公司"
    text = "广州行舟智能技术有限公司与广州行舟智能科技有限公司、北京某某网络有限公司"
    assert list(company_names(text, ours)) == ["广州行舟智能技术有限公司"]
    assert list(company_names(text, "")) == []


def test_helper_files_are_known_by_their_names():
    assert stray_text("~$报告.docx")
    assert stray_text("报告.docx") is None


def test_a_folder_of_too_many_files_is_cut(tmp_path, monkeypatch):
    monkeypatch.setattr("openbeian.dossier.checks.listing.MOST_FILES", 2)
    for name in "abc":
        (tmp_path / name).write_text(name)
    listing = list_folder(tmp_path)
    assert [name for name, _ in listing.files] == ["a", "b"]
    assert listing.is_cut


def test_every_requirement_has_checks_that_exist_and_every_check_a_requirement():
    requirements = load_requirements()
    assert [one.id for one in requirements] == [f"A{number:02}" for number in range(1, 40)]
    assert set(CHECKS) == {check for one in requirements for check in one.checks}
    assert all(one.checks for one in requirements)
    assert all(one.person for one in requirements if one.automation is not Automation.AUTO)


def test_a_name_that_goes_on_behind_the_word_for_company_is_the_same_name():
    ours = "广州行舟智能科技有限公司（有限合伙）"
    assert list(company_names(f"提供者：{ours}。承诺人：{ours}", ours)) == []
    assert list(company_names("提供者：广州行舟智能科技有限公司。", ours)) == ["广州行舟智能科技有限公司"]
