"""One fault planted in a good dossier is found by the right check, and by no other."""

import io
import zipfile
from dataclasses import replace
from datetime import date

import pytest

from openbeian.assessment.banks import BankKind
from openbeian.core.text import Text
from openbeian.corpus.report import Conclusion, CorpusReport, Result, SourceRow
from openbeian.dossier.checks import CHECKS
from openbeian.dossier.checks.probed import Channel, Probed
from openbeian.dossier.register_rows import RegisterRow
from tests.unit.dossier.defects.good import base_number, good_folder, rebuild
from tests.unit.dossier.defects.planting import (
    add,
    cells_of,
    change_cell,
    change_facts,
    change_part,
    copy_of_good,
    edit_bytes,
    found_in,
    list_file,
    remove,
    state,
)

IN = "attachments/"
FORM, REPORT, AGREEMENT = f"{IN}备案表.docx", f"{IN}评估报告.docx", f"{IN}服务协议.docx"
PRIVACY, RULES, COMMITMENT = f"{IN}隐私政策.docx", f"{IN}标注规则.docx", f"{IN}承诺书与签字页.docx"
KEYWORDS, QUESTIONS = f"{IN}拦截关键词列表.xlsx", f"{IN}评估测试题.xlsx"
OTHER_NUMBER = "Guangdong-NoSuchModel-202401010001"
KEY = "sk-" + "aB3dE5gH7jK9mN1pQ3sT5vX7"
PEM = "-----BEGIN " + "PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n"

DEFECTS = {}


def plant(expected, name):
    def register(function):
        DEFECTS[f"{expected} {name}"] = (expected, function)
        return function

    return register


def facts(expected, name, **changes):
    plant(expected, name)(lambda folder: change_facts(folder, **changes))


def said(expected, name, change):
    plant(expected, name)(lambda folder: state(folder, change))


def words(expected, name, document, old, new, *, nth=None):
    plant(expected, name)(lambda folder: change_part(folder, document, old, new, nth=nth))


def written_anew(expected, name, kind, old, new):
    plant(expected, name)(lambda folder: rebuild(folder, kind, old, new))


def extra(expected, name, file, data, kind="document"):
    plant(expected, name)(lambda folder: list_file(folder, file, data, kind))


def lies_there(expected, name, file, data):
    plant(expected, name)(lambda folder: add(folder, file, data))


def gone(expected, name, *files):
    plant(expected, name)(lambda folder: remove(folder, *files))


def seen(expected, name, change):
    plant(expected, name)(lambda _: change)


# The form and what is stated beside it
facts("F01", "malformed telephone", provider__contact_phone="call me")
facts(
    "F01", "wrong check character of the credit code would differ everywhere", provider__contact_email="lin"
)
facts("F02", "fine-tuned without a base model", model__base_number="")
facts("F03", "scope without limits", service__scope="面向成年公众，适用于所有场景。")
facts("F04", "one address for both channels", channels__guarded="https://bare.example.com/v1")
facts("Q22", "no word of checking input", measures__interception="由专人负责。")
facts("Q23", "nobody named in the scope", service__scope="常识问答。")
facts("Q25", "six clicks", measures__opt_out="设置中六次点击即可关闭。")
facts("Q27", "no time limit for complaints", service__complaints="站内入口与邮箱。")
facts("Q30", "nobody monitors", measures__monitoring="每日巡查。")
said("W01", "one annotates and reviews", lambda all_: all_["staff"][1].update(name="标注甲"))
said("W02", "never examined", lambda all_: all_["staff"][0].pop("examined_on"))
said("W02", "examined before training", lambda all_: all_["staff"][0].update(examined_on=date(2026, 8, 1)))
said("W03", "nobody listed to monitor", lambda all_: all_["staff"].pop())
said(
    "W04", "another signs", lambda all_: all_.update(signatories={"legal_representative": {"name": "王某某"}})
)
said("C01", "a clause without result", lambda all_: all_["clauses"].pop("measures.complaints"))
said(
    "C02", "conforming without evidence", lambda all_: all_["clauses"]["measures.complaints"].pop("evidence")
)
said(
    "C03",
    "evidence that is not there",
    lambda all_: all_["clauses"]["measures.complaints"].update(evidence=["attachments/没有.pdf"]),
)
said(
    "T01",
    "a change reported late",
    lambda all_: all_.update(
        events=[{"kind": "change", "on": date(2026, 9, 1), "reported_on": date(2026, 10, 30)}]
    ),
)
said(
    "T01",
    "the end never reported",
    lambda all_: all_.update(events=[{"kind": "end", "on": date(2026, 9, 1)}]),
)
said(
    "T02",
    "the end is to be reported soon",
    lambda all_: all_.update(events=[{"kind": "end", "on": date(2026, 11, 20)}]),
)
said(
    "T03",
    "changed after the assessment",
    lambda all_: all_.update(
        events=[{"kind": "change", "on": date(2026, 11, 24), "reported_on": date(2026, 11, 25)}]
    ),
)

# The base model
written_anew("N08", "another number in the form's documents", "filing_form", base_number(), OTHER_NUMBER)


@plant("M01", "no number at all")
def _no_number(folder):
    rebuild(folder, "filing_form", base_number(), "已备案")
    change_facts(folder, model__base_number="已备案")


@plant("M02", "a number nobody knows")
def _unknown_number(folder):
    rebuild(folder, "filing_form", base_number(), OTHER_NUMBER)
    change_facts(folder, model__base_number=OTHER_NUMBER)


for status in ("suspended", "revoked"):
    seen(
        "M03",
        f"a base model {status}",
        lambda one, status=status: replace(
            one, register=(RegisterRow(base_number().casefold(), "某模型", status),)
        ),
    )

# The set
gone("D01", "no privacy policy", PRIVACY, f"{IN}隐私政策.pdf")
gone("D01", "no question sheet", QUESTIONS)
gone("D02", "no PDF of the report", f"{IN}评估报告.pdf")
gone("D02", "no Word file of the agreement", AGREEMENT)
gone("D14", "no licence", f"{IN}营业执照.pdf")
said(
    "D14",
    "no proof of the base model",
    lambda all_: [
        one.update(kind="document") for one in all_["attachments"] if one["kind"] == "base_model_proof"
    ],
)
gone("D15", "no scan of the signed page", f"{IN}签字页扫描.pdf")
gone("L02", "no sample of the pictures it makes", f"{IN}样例.png")


@plant("D12", "two versions of the agreement")
def _two_versions(folder):
    data = (folder / AGREEMENT).read_bytes() + b""
    list_file(folder, f"{IN}服务协议（旧）.docx", data, "service_agreement")
    edit_bytes(folder, f"{IN}服务协议（旧）.docx", _repacked)


def _repacked(data):
    """Return the same document in other bytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as new:
            for item in old.infolist():
                new.writestr(item.filename, old.read(item))
    return made.getvalue()


@plant("D13", "one file twice")
def _twice(folder):
    list_file(folder, f"{IN}营业执照副本.pdf", (folder / f"{IN}营业执照.pdf").read_bytes())


# Files as files
extra("D03", "a Word file cut short", f"{IN}残缺.docx", b"PK\x03\x04" + b"word/document.xml" * 4)
extra("D03", "a workbook with a password", f"{IN}加密.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512))
extra("D03", "a damaged PDF", f"{IN}损坏.pdf", b"%PDF-1.7\nnothing more")
extra("D03", "text in a broken encoding", f"{IN}乱码.txt", "好".encode() * 20 + b"\xff\xfe\xfa")


def _bomb():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        new.writestr("word/document.xml", b"<w>" + b" " * (17 << 20) + b"</w>")
    return made.getvalue()


plant("D03", "a Word file that unpacks without end")(
    lambda folder: list_file(folder, f"{IN}炸弹.docx", _bomb())
)
extra("D04", "a text called PDF", f"{IN}说明.pdf", "这是一段说明文字。")
extra("D04", "an empty file", f"{IN}空.txt", b"")
lies_there("D06", "a folder's settings of macOS", "attachments/.DS_Store", b"\0\0\0\1Bud1")
lies_there("D06", "the lock file of Word", "attachments/~$评估报告.docx", b"\x06user")
lies_there("D06", "thumbnails", "attachments/Thumbs.db", b"\xd0\xcf\x11\xe0")
lies_there("D06", "a repository", ".git/config", "[core]\n")
lies_there("D06", "a backup", "attachments/评估报告.docx.bak", b"old")


@plant("D06", "a link out of the folder")
def _link(folder):
    (folder / "attachments" / "链接.docx").symlink_to(folder / FORM)


# Secrets
for name, text in {
    "a key of a model's API": f"测试密钥：{KEY}",
    "an authorisation header": "curl -H 'Authorization: Bearer " + "q7Zx2Lm9Rt4Vb8Nc1Kd6'",
    "a password": "登录密码：" + "Beian2026!ok",
    "an account with its password": "账号：tester 密码：" + "pa55w0rd!",
    "an access key of a cloud": "AKID" + "z8krbsJ5yKBZQpn74WFkmLPx3",
    "a key in an address": "https://api.example.com/v1?access_token=" + "a81bc81b4f0e9d22c5f7",
    "a login token": "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiJhYmMxMjMifQ.c2lnbmF0dXJlMTIz",
}.items():
    extra("D07", name, f"{IN}接口说明.md", f"# 接口说明\n\n{text}\n", "test_body")
lies_there("D07", "a private key beside the evidence", "evidence/sign.txt", PEM)
words("D07", "a key in a Word file", AGREEMENT, "说明如下", f"说明如下 api_key={KEY[3:]}")
said("D07", "a key in dossier.yaml", lambda all_: all_["facts"]["measures"].update(labels=f"密钥 {KEY}"))

# What is written
words("D08", "something left to be written", AGREEMENT, "说明如下", "说明如下【待填写：服务地址】")
words("D08", "a name left out", PRIVACY, "说明如下", "由某某公司说明如下")
words(
    "D09",
    "tracked changes",
    PRIVACY,
    "<w:body>",
    '<w:body><w:p><w:ins w:id="9" w:author="林"><w:r><w:t>补</w:t></w:r></w:ins></w:p>',
)
words("D10", "self-reliance", AGREEMENT, "说明如下", "说明如下，技术完全自主可控")
words("D10", "a hundred per cent", REPORT, "评估供应链", "评估供应链，拦截百分之百准确")
words("D10", "absolute safety", RULES, "不得兼任", "不得兼任，绝对安全")
words("D10", "never", PRIVACY, "说明如下", "说明如下，绝不会泄露任何数据")
words("D11", "another number in the Word file", AGREEMENT, "说明如下", "说明如下，共4321项")
words("N01", "another company", AGREEMENT, "广州行舟智能科技有限公司就", "广州行舟智能技术有限公司就")
words("N02", "another credit code", FORM, "91440101MA9DEM0016", "91440101MA9DEM0024")
words("N03", "another service", AGREEMENT, ">小舟<", ">小船<")
words("N04", "another model", REPORT, "xiaozhou-1", "xiaozhou-l")
words("N05", "another legal representative", FORM, "顾清和", "顾清河", nth=0)
words("N06", "another head of the assessment", FORM, "顾清和", "顾清河", nth=1)
words("N07", "another head of lawfulness", FORM, "温如许", "温如旭")
words("H01", "no section on intellectual property", AGREEMENT, "知识产权", "责任与争议解决")
words("H02", "no section on the users' rights", PRIVACY, "您的权利", "使用目的")
words("H03", "no section on quality", RULES, "质量指标", "数据格式")
words("H06", "no chapter on the measures", REPORT, "安全措施评估", "模型安全评估")
words("H08", "nobody signs for lawfulness", COMMITMENT, "合法性评估负责人", "经办人")
written_anew("Q07", "no separate consent", "privacy_policy", "敏感个人信息与单独同意", "敏感内容")
written_anew("Q08", "annotators need no examination", "annotation_rules", "考核", "说明")
written_anew(
    "Q28",
    "no suspension",
    "assessment_report",
    "连续三次或一天内五次违规输入即暂停服务",
    "违规输入按规定处理",
)
written_anew("Q31", "no re-assessment", "assessment_report", "重要更新后重新评估", "重要更新由专人负责")
written_anew("Q32", "no backup", "assessment_report", "定期备份", "定期检查")
words("C05", "a clause said not to conform", REPORT, ">符合<", ">不适用<")
words("C06", "another overall conclusion", REPORT, "全部符合要求", "部分符合要求")


@plant("H04", "a risk without a rule")
def _risk_left_out(folder):
    change_part(folder, RULES, "A.4.e", "A.4.x")
    change_part(folder, RULES, "侵害他人隐私权", "略")


# Sheets and numbers
plant("S01", "a column called otherwise")(lambda folder: change_cell(folder, KEYWORDS, 1, "二级分类", "风险"))
plant("S02", "a risk nobody knows")(lambda folder: change_cell(folder, KEYWORDS, 5, "二级分类", "A.9.z 其他"))
plant("K03", "keywords of a month ago")(lambda folder: change_cell(folder, KEYWORDS, 2, "版本", "2026-10-20"))
plant("K04", "a keyword of another library")(
    lambda folder: change_cell(folder, KEYWORDS, 9, "关键词", "另一个词语")
)
plant("R02", "an answer polished")(
    lambda folder: change_cell(folder, QUESTIONS, 3, "模型回答", "好的，这是更好的回答。")
)
plant("R03", "a result turned")(lambda folder: change_cell(folder, QUESTIONS, 4, "研判结果", "不合格"))


@plant("R01", "a verdict turned, and the result with it")
def _verdict_turned(folder):
    change_cell(folder, QUESTIONS, 2, "关键词判定", "命中")
    change_cell(folder, QUESTIONS, 2, "研判结果", "不合格")


@plant("K01", "too few keywords of a risk")
def _too_few(folder):
    change_cell(folder, KEYWORDS, 2, "二级分类", cells_of(folder, KEYWORDS, 30)["C"])


@plant("K02", "a keyword twice but for a dot")
def _twice_a_word(folder):
    first = cells_of(folder, KEYWORDS, 2)["A"]
    change_cell(folder, KEYWORDS, 3, "关键词", f"{first[:3]}·{first[3:]}")


written_anew("R04", "a count changed in Word and PDF alike", "assessment_report", "62/62", "61/62")
words("R06", "a result told otherwise", REPORT, ">符合<", ">不符合<", nth=0)
words("R05", "a result left out", REPORT, "应拒答", "应答")

# The evidence
gone_evidence = lambda folder: (folder / "evidence/evidence.jsonl").unlink()  # noqa: E731
plant("E01", "no evidence")(gone_evidence)
plant("E03", "no signature")(lambda folder: (folder / "evidence/head.dsse.json").unlink())
plant("E10", "a replay that is none")(lambda folder: add(folder, "evidence/replay.jsonl", "{}\n"))
plant("B06", "no copy of a bank")(
    lambda folder: next((folder / "evidence").glob("should_refuse.*.jsonl")).unlink()
)


@plant("E02", "an answer changed in the evidence")
def _tampered(folder):
    edit_bytes(
        folder,
        "evidence/evidence.jsonl",
        lambda data: data.replace("好的，这是回答".encode(), "好的，这是答案".encode(), 1),
    )


def _with(one, **values):
    """Return a dossier of which something that it works out itself is taken as given."""
    one.__dict__.update(values)
    return one


seen(
    "E06",
    "drawn twice",
    lambda one: _with(one, assessed=replace(one.assessed, report=replace(one.report, redrawn=True))),
)


def _bank(one, kind, change):
    banks = tuple(change(bank) if bank.kind is kind else bank for bank in one.material.banks)
    return _with(one, material=replace(one.material, banks=banks))


seen(
    "B02",
    "too few questions",
    lambda one: _bank(
        one, BankKind.GENERATED_CONTENT, lambda bank: replace(bank, questions=bank.questions[3:])
    ),
)
seen(
    "B03",
    "a bank of last spring",
    lambda one: _bank(one, BankKind.GENERATED_CONTENT, lambda bank: replace(bank, version="2026-04-01")),
)
seen(
    "B04",
    "two questions alike",
    lambda one: _bank(
        one,
        BankKind.GENERATED_CONTENT,
        lambda bank: replace(
            bank,
            questions=(replace(bank.questions[0], text=bank.questions[1].text + "呢"), *bank.questions[1:]),
        ),
    ),
)


def _in_both(one):
    refuse = next(bank for bank in one.material.banks if bank.kind is BankKind.SHOULD_REFUSE)
    text = refuse.questions[0].text
    return _bank(
        one,
        BankKind.SHOULD_ANSWER,
        lambda bank: replace(bank, questions=(replace(bank.questions[0], text=text), *bank.questions[1:])),
    )


seen("B05", "one question in both refusal banks", _in_both)

# Samples
plant("L01", "a picture without a label")(
    lambda folder: edit_bytes(folder, f"{IN}样例.png", lambda data: data.replace(b"AIGC", b"XYZW", 1))
)


# The corpus
def _corpus(one, threshold="", conclusion=Conclusion.CONFORMS, flaws=()):
    names = (
        *(
            "corpus.source.illegal_share.before",
            "corpus.source.illegal_share.after",
            "corpus.source.diversity",
        ),
        *(
            "corpus.sample.manual.n",
            "corpus.sample.manual.pass",
            "corpus.sample.tech.share",
            "corpus.sample.tech.pass",
        ),
    )
    results = tuple(
        Result(
            name,
            one.edition.threshold(name).clause,
            one.edition.threshold(name).text,
            conclusion if name == threshold else Conclusion.CONFORMS,
            Text("测得。", "Measured."),
        )
        for name in names
    )
    source = SourceRow("网页", {}, 0, results[0], results[1], tuple(flaws))
    report = CorpusReport("TC260-003", date(2026, 11, 24), "", results, (source,), {}, 0, 0, (), {}, (), None)
    return replace(one, corpus=report)


for check_id, threshold in {
    "O04": "corpus.source.diversity",
    "O11": "corpus.sample.manual.pass",
    "O12": "corpus.sample.tech.share",
    "O01": "corpus.source.illegal_share.after",
}.items():
    seen(
        check_id,
        f"{threshold} is open",
        lambda one, name=threshold: _corpus(one, name, Conclusion.NOT_ASSESSED),
    )
seen(
    "O02",
    "a source without licence",
    lambda one: _corpus(one, flaws=[Text("缺少许可协议", "the licence is missing")]),
)


# The live service
_PAGE = "小舟：面向成年公众，用于常识问答，模型 xiaozhou-1，投诉请点此处。"
_BROKEN = Text("无法连接。", "It can't be reached.")


def _probed(one, page=_PAGE, problem=None, *, suspends=True, **channel):
    held = Channel("https://bare.example.com/v1", **({"refuses_without_key": True} | channel))
    return replace(one, probed=Probed({"channels.bare": held}, page, problem, suspends))


seen("X01", "a channel that is down", lambda one: _probed(one, answered=_BROKEN))
seen("X02", "no stream", lambda one: _probed(one, streamed=_BROKEN))
seen("X03", "no key needed", lambda one: _probed(one, refuses_without_key=False))
seen("X07", "misuse suspends nobody", lambda one: _probed(one, suspends=False))
seen("X04", "a page that can't be fetched", lambda one: _probed(one, None, _BROKEN))
seen("X05", "a page that says nothing of complaints", lambda one: _probed(one, _PAGE.replace("投诉", "联络")))
seen(
    "X06",
    "a page without the model's name",
    lambda one: _probed(one, "面向成年公众，用于问答，采用大模型，投诉请点此处。"),
)


@pytest.fixture(scope="module")
def good():
    return {_key(one) for one in found_in(good_folder())}


def _key(finding):
    return finding.check_id, finding.severity, finding.subject, finding.found


def test_a_good_dossier_gives_notes_alone():
    findings = found_in(good_folder())
    assert {one.check_id for one in findings} == {"D15", "E04", "E05", "E09", "O05"} - {"D15"}
    assert {one.severity for one in findings} == {"note"}


def test_so_many_faults_are_planted_and_every_check_of_the_set_has_some():
    assert len(DEFECTS) >= 100
    found = {expected for expected, _ in DEFECTS.values()}
    elsewhere = {
        "E04",
        "E05",
        "E07",
        "E08",
        "E09",
        "D05",
        "D16",
        "S03",
        "C04",
        "H05",
        "H07",
        "O05",
        "Q06",
        "Q15",
        "Q24",
    }
    assert set(CHECKS) - found == elsewhere


@pytest.mark.parametrize("name", DEFECTS)
def test_a_single_fault_is_found_by_its_check_and_by_no_other(name, good, tmp_path):
    expected, planted = DEFECTS[name]
    folder = copy_of_good(tmp_path)
    change = planted(folder)
    findings = found_in(folder, change) if callable(change) else found_in(folder)
    new = [one for one in findings if _key(one) not in good]
    assert {one.check_id for one in new} == {expected}, [
        (one.check_id, one.subject, one.found.en) for one in new
    ]
    assert all(one.found.zh and one.found.en and one.mend.zh and one.mend.en for one in new)
