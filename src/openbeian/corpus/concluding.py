"""From a scan to its report: which requirement is met, and by what figures."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from openbeian.core.standard import Limit
from openbeian.core.statistics import Counted, cutoff_at_least, cutoff_at_most
from openbeian.core.text import Text
from openbeian.corpus.inspection import judged
from openbeian.corpus.ledger import flaws_of
from openbeian.corpus.library import library_results
from openbeian.corpus.report import Conclusion, CorpusReport, Inputs, Result, SourceRow
from openbeian.corpus.scan import Scanned

__all__ = ["build_report"]


def build_report(scanned: Scanned, inputs: Inputs) -> CorpusReport:
    """Return the report on a scanned corpus."""
    tally = scanned.tally
    sources = tuple(_source(name, scanned, inputs) for name in sorted(tally.sources))
    profile = inputs.edition.profile
    return CorpusReport(
        edition=inputs.edition.name,
        on=inputs.on,
        keywords=inputs.keywords,
        results=(
            _all_sources({row.name: row.before for row in sources}, "before", inputs),
            _all_sources({row.name: row.after for row in sources}, "after", inputs),
            _traceability(sources, inputs),
            _diversity(scanned, inputs),
            _manual_size(scanned, inputs),
            _manual_pass(scanned, inputs),
            _technical_share(scanned, inputs),
            _technical_pass(scanned, inputs),
            *library_results(inputs),
        ),
        sources=sources,
        total=tally.total().as_json(),
        duplicates=scanned.duplicates.total,
        read=tally.read,
        problems=tuple(tally.problems),
        problem_counts=dict(sorted(tally.problem_counts.items())),
        contexts=tuple(
            (name, risk, (one.id, f"{one.path}#{one.offset}", one.before, one.hit, one.after))
            for name, risk in sorted(tally.contexts)
            for one in tally.contexts[name, risk]
        ),
        notice=profile.notice if profile else None,
        near=scanned.near,
        agreement=inputs.agreement,
        origin=inputs.origin,
        risks={risk.id: risk.text for risk in inputs.edition.taxonomy.risks},
    )


def _result(inputs: Inputs, name: str, conclusion: Conclusion, reason: Text, **more: Any) -> Result:  # noqa: ANN401
    threshold = inputs.edition.threshold(name)
    return Result(name, threshold.clause, threshold.text, conclusion, reason, **more)


def _share(inputs: Inputs, name: str, measured: Counted, missing: Text) -> Result:
    """Compare a share with its threshold, exactly; nothing measured is nothing said."""
    rate = inputs.edition.rate(name)
    at_most = inputs.edition.threshold(name).limit is Limit.AT_MOST
    sign = "≤" if at_most else "≥"
    if not measured.n:
        return _result(inputs, name, Conclusion.NOT_ASSESSED, missing, required=_percent(sign, rate))
    cutoff = (cutoff_at_most if at_most else cutoff_at_least)(measured.n, rate)
    holds = measured.k <= cutoff if at_most else measured.k >= cutoff
    reason = Text(
        f"{measured.n} 条中 {measured.k} 条，要求 {sign} {cutoff}",
        f"{measured.k} of {measured.n}, required {sign} {cutoff}",
    )
    conclusion = Conclusion.CONFORMS if holds else Conclusion.DOES_NOT_CONFORM
    return _result(inputs, name, conclusion, reason, measured=measured, required=_percent(sign, rate))


def _percent(sign: str, rate: Fraction) -> Text:
    words = f"{sign} {float(rate) * 100:g}%"
    return Text(words, words)


def _source(name: str, scanned: Scanned, inputs: Inputs) -> SourceRow:
    tally = scanned.tally
    entry = inputs.ledger.get(name)
    before = entry.before if entry and entry.before else Counted(0, 0)
    sample = list(tally.samples[name])
    conforming = judged(sample, inputs.judgements)
    unfinished = _unfinished(len(sample), conforming.n)
    if conforming.n < len(sample):
        conforming = Counted(0, 0)
    counts = tally.sources[name].as_json()
    return SourceRow(
        name=name,
        counts=counts,
        duplicates=scanned.duplicates.by_source.get(name, 0),
        before=_share(
            inputs,
            "corpus.source.illegal_share.before",
            before,
            Text("台账未记采集前评估", "the ledger has no assessment before collection"),
        ),
        after=_share(
            inputs,
            "corpus.source.illegal_share.after",
            Counted(conforming.n - conforming.k, conforming.n),
            unfinished,
        ),
        flaws=tuple(flaws_of(entry, on=inputs.on)),
    )


def _all_sources(each: Mapping[str, Result], when: str, inputs: Inputs) -> Result:
    """Say of all sources what the worst of them says, and name the one with the highest share."""
    name = f"corpus.source.illegal_share.{when}"
    bad = sum(result.conclusion is Conclusion.DOES_NOT_CONFORM for result in each.values())
    unknown = sum(result.conclusion is Conclusion.NOT_ASSESSED for result in each.values())
    shares = {source: result.measured for source, result in each.items() if result.measured}
    highest = max(shares, key=lambda source: (shares[source].k / shares[source].n, source), default=None)
    reason = Text(
        f"{len(each)} 个来源：{bad} 个超过上限，{unknown} 个未评估",
        f"{len(each)} sources: {bad} above the limit, {unknown} not assessed",
    )
    if highest is not None:
        bad_ones, looked_at = shares[highest]
        reason = Text(
            f"{reason.zh}；最高：{highest}，{looked_at} 条中 {bad_ones} 条",
            f"{reason.en}; highest: {highest}, {bad_ones} of {looked_at}",
        )
    if bad:
        conclusion = Conclusion.DOES_NOT_CONFORM
    else:
        conclusion = Conclusion.NOT_ASSESSED if unknown or not each else Conclusion.CONFORMS
    required = _percent("≤", inputs.edition.rate(name))
    measured = shares[highest] if highest is not None else None
    return _result(inputs, name, conclusion, reason, measured=measured, required=required)


def _traceability(sources: tuple[SourceRow, ...], inputs: Inputs) -> Result:
    name = "corpus.traceability"
    if not inputs.ledger:
        reason = Text("未提供来源台账", "no ledger of sources was given")
        return _result(inputs, name, Conclusion.NOT_ASSESSED, reason)
    lacking = sum(bool(row.flaws) for row in sources)
    reason = Text(
        f"{len(sources)} 个来源中 {lacking} 个证明不全", f"{lacking} of {len(sources)} sources lack a proof"
    )
    return _result(inputs, name, Conclusion.DOES_NOT_CONFORM if lacking else Conclusion.CONFORMS, reason)


def _diversity(scanned: Scanned, inputs: Inputs) -> Result:
    """Count the sources that each language mostly comes from."""
    by_language: dict[str, int] = {}
    for source in scanned.tally.sources.values():
        if source.languages:
            main = min(source.languages, key=lambda one: (-source.languages[one], one))
            by_language[main] = by_language.get(main, 0) + 1
    listed = ", ".join(f"{language} {count}" for language, count in sorted(by_language.items()))
    alone = [language for language, count in by_language.items() if count == 1]
    reason = Text(f"各语言来源数：{listed or '无'}", f"sources by language: {listed or 'none'}")
    if not by_language:
        return _result(inputs, "corpus.source.diversity", Conclusion.NOT_ASSESSED, reason)
    conclusion = Conclusion.DOES_NOT_CONFORM if alone else Conclusion.CONFORMS
    return _result(inputs, "corpus.source.diversity", conclusion, reason)


def _manual_size(scanned: Scanned, inputs: Inputs) -> Result:
    name = "corpus.sample.manual.n"
    needed = inputs.edition.number(name)
    counted = judged(scanned.tally.sample, inputs.judgements)
    reason = Text(
        f"抽取 {len(scanned.tally.sample)} 条，人工判定 {counted.n} 条",
        f"{len(scanned.tally.sample)} drawn, {counted.n} judged by people",
    )
    enough = Conclusion.CONFORMS if counted.n >= needed else Conclusion.NOT_ASSESSED
    return _result(inputs, name, enough, reason, required=Text(f"≥ {needed} 条", f"≥ {needed}"))


def _manual_pass(scanned: Scanned, inputs: Inputs) -> Result:
    """Nothing is concluded from a sample that is only partly judged: who judges could stop when it suits."""
    counted = judged(scanned.tally.sample, inputs.judgements)
    complete = counted.n == len(scanned.tally.sample)
    unfinished = _unfinished(len(scanned.tally.sample), counted.n)
    return _share(inputs, "corpus.sample.manual.pass", counted if complete else Counted(0, 0), unfinished)


def _unfinished(drawn: int, done: int) -> Text:
    left = drawn - done
    return Text(f"样本 {drawn} 条中 {left} 条尚未判定", f"{left} of the {drawn} drawn are not judged yet")


def _technical_share(scanned: Scanned, inputs: Inputs) -> Result:
    documents = scanned.tally.total().counts["documents"]
    unread = sum(scanned.tally.problem_counts.values())
    checked = Counted(documents, documents + unread) if inputs.keywords else Counted(0, 0)
    missing = Text("未使用关键词库", "no keyword library was used")
    return _share(inputs, "corpus.sample.tech.share", checked, missing)


def _technical_pass(scanned: Scanned, inputs: Inputs) -> Result:
    total = scanned.tally.total().counts
    checked = total["documents"] if inputs.keywords else 0
    missing = Text("未使用关键词库", "no keyword library was used")
    return _share(
        inputs, "corpus.sample.tech.pass", Counted(checked - total["hit_documents"], checked), missing
    )
