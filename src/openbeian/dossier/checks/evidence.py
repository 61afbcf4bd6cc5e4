"""Checks of the assessment: is its evidence whole and of this service, are its figures high enough."""

from collections.abc import Iterator

from openbeian.assessment.report import Conclusion, Report, Result
from openbeian.core.errors import DomainError
from openbeian.core.policy import check_profile_accepted
from openbeian.core.text import Text
from openbeian.dossier.assessed import check_signature
from openbeian.dossier.checks.registry import Attached, Dossier, Finding, check
from openbeian.dossier.checks.registry import Report as Say
from openbeian.dossier.form import route_of

__all__: list[str] = []

_EVIDENCE = "evidence.jsonl"
_REASSESS = Text(
    "改正服务或安全策略后重新评估并重新提交证据",
    "Correct the service or its safety strategy, assess again and hand in the new evidence",
)
_RERUN = Text("用 beian assess 重新导出完整的证据", "Export the whole evidence again with beian assess")


@check(
    "E01",
    clause="9.1 a)",
    severity="error",
    title=Text("附有一份评估证据", "There is one file of assessment evidence"),
)
def _evidence_present(dossier: Dossier, say: Say) -> Iterator[Finding]:
    count = len(dossier.of_kind("evidence"))
    # Whoever only calls a filed model hands in test questions instead, unless it was assessed all the same.
    is_optional = route_of(dossier.facts) == "registration"
    if count > 1 or (count == 0 and not is_optional):
        yield say(
            _EVIDENCE,
            Text(f"有 {count} 份评估证据，应为 1 份", f"There are {count} files of evidence; one is needed"),
            Text(
                "附上 beian assess 写出的 evidence.jsonl", "Attach the evidence.jsonl that beian assess wrote"
            ),
        )


@check(
    "E02",
    clause="9.1 c)",
    severity="error",
    title=Text("证据完整，可重算", "The evidence is whole and its figures can be recomputed"),
)
def _evidence_whole(dossier: Dossier, say: Say) -> Iterator[Finding]:
    assessed = dossier.assessed
    if assessed and assessed.problem:
        yield say(_EVIDENCE, assessed.problem, _RERUN)
    for finding in assessed.findings if assessed else ():
        yield say(_EVIDENCE, finding.text, _RERUN, finding.severity)


@check(
    "E03",
    clause="9.1 e)",
    severity="warning",
    title=Text("证据经签名", "The evidence is signed"),
)
def _evidence_signed(dossier: Dossier, say: Say) -> Iterator[Finding]:
    report = dossier.report
    if report is None:
        return
    envelopes, keys = dossier.of_kind("head"), dossier.of_kind("keys")
    mend = Text(
        "一并附上 head.dsse.json 与 keys.json，二者与证据出自同一次评估",
        "Attach head.dsse.json and keys.json of the same run as the evidence",
    )
    if len(envelopes) != 1 or len(keys) != 1:
        yield say("head.dsse.json", Text("缺少证据的签名或公钥", "The signature or the key is missing"), mend)
        return
    wrong = check_signature(_bytes(envelopes[0]), _bytes(keys[0]), report.evidence.head)
    if wrong:
        yield say("head.dsse.json", wrong, mend)


def _bytes(attached: Attached) -> bytes:
    return attached.path.read_bytes()


@check(
    "E04",
    clause="9.1",
    severity="error",
    title=Text("正式备案不接受缩减方案", "No filing rests on a reduced profile"),
)
def _profile_accepted(dossier: Dossier, say: Say) -> Iterator[Finding]:
    try:
        check_profile_accepted(dossier.profile, production=dossier.production)
    except DomainError as error:
        yield say("profile", error.text, Text("按完整样本重新评估", "Assess again with the full sample"))
        return
    if dossier.edition.profile:
        yield say(
            "profile", dossier.edition.profile.notice, Text("仅供演示", "For demonstration only"), "note"
        )


@check(
    "E05",
    clause="9.3–9.4",
    severity="warning",
    title=Text("各项指标达到要求", "Every figure meets its threshold"),
)
def _figures(dossier: Dossier, say: Say) -> Iterator[Finding]:
    for result in _results(dossier.report):
        if result.left_out:
            yield say(result.threshold, result.reason, Text("不计入结论", "Does not count here"), "note")
        elif result.conclusion is Conclusion.DOES_NOT_CONFORM:
            yield say(result.threshold, _figure_text(result), _REASSESS)
        elif result.conclusion is Conclusion.NOT_ASSESSED:
            found = Text(f"{result.text.zh}：{result.reason.zh}", f"{result.text.en}: {result.reason.en}")
            yield say(result.threshold, found, Text("补齐这一项评估", "Complete this part of the assessment"))


def _results(report: Report | None) -> tuple[Result, ...]:
    return report.results if report else ()


def _figure_text(result: Result) -> Text:
    share = f"{result.counted}/{result.judged}"
    rate = "—" if result.rate is None else f"{result.rate:.1%}"
    need, clause = f"{result.required_rate:.0%}", result.clause
    return Text(
        f"{result.text.zh}：{share}（{rate}），不符合 {need} 的要求（条款 {clause}）",
        f"{result.text.en}: {share} ({rate}); {need} is required (clause {clause})",
    )


@check(
    "E06",
    clause="9.2–9.4",
    severity="warning",
    title=Text("样本只抽取一次", "The sample was drawn once"),
)
def _drawn_once(dossier: Dossier, say: Say) -> Iterator[Finding]:
    if dossier.report and dossier.report.redrawn:
        yield say(
            _EVIDENCE,
            Text("同一题库对同一服务抽样不止一次", "A sample was drawn more than once from the same bank"),
            Text("说明重抽的原因", "Explain why it was drawn again"),
        )


@check(
    "E07",
    clause="filing practice",
    severity="error",
    title=Text("被测模型即所申报的模型", "The model assessed is the model that is filed"),
)
def _same_model(dossier: Dossier, say: Say) -> Iterator[Finding]:
    declared, assessed = dossier.facts.get("model.name"), _assessed_model(dossier.report)
    if declared and assessed and declared != assessed:
        found = Text(
            f"表中为「{declared}」，证据中为「{assessed}」",
            f"The form says “{declared}”, the evidence “{assessed}”",
        )
        mend = Text("更正名称，或提交该模型的评估证据", "Correct the name, or hand in that model's evidence")
        yield say("model.name", found, mend)


def _assessed_model(report: Report | None) -> str:
    return str(report.target.get("model", "")) if report else ""


@check(
    "E08",
    clause="9.3–9.4",
    severity="warning",
    title=Text("三种题库都已评估", "All three banks were put to the service"),
)
def _all_banks(dossier: Dossier, say: Say) -> Iterator[Finding]:
    if dossier.report is None:
        return
    missing = {"generated_content", "should_refuse", "should_answer"} - {
        bank.kind.value for bank in dossier.report.banks
    }
    for bank in sorted(missing):
        yield say(
            bank,
            Text(f"没有题库 {bank} 的结果", f"There is no result of the bank {bank}"),
            Text("补做该题库的评估", "Assess with this bank too"),
        )
