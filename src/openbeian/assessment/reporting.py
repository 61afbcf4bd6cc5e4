"""From evidence to report: a pure function, so that anybody with the evidence gets the same figures."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from openbeian.assessment.banks import BANK_LABELS, BankKind
from openbeian.assessment.committed import scope_of, seals, target_about
from openbeian.assessment.concluding import Concluded, Counts, conclude
from openbeian.assessment.correcting import calibration_for, correct
from openbeian.assessment.early import bounds, is_stopped, sequential
from openbeian.assessment.inspection import HUMAN, summarise
from openbeian.assessment.judges.keyword import KeywordJudge, libraries_of
from openbeian.assessment.judges.protocol import UNSURE
from openbeian.assessment.methods import BANK_RULES, METHODS, Method
from openbeian.assessment.report import (
    FORMAT,
    BankReport,
    Conclusion,
    DrawReport,
    EvidenceReport,
    JudgeReport,
    Latency,
    OneFieldReport,
    Report,
    Result,
    StratumCount,
)
from openbeian.assessment.tally import Tally
from openbeian.core.errors import BadInputError
from openbeian.core.standard import Edition, Limit
from openbeian.core.statistics import (
    Counted,
    clopper_pearson,
    cutoff_at_least,
    cutoff_at_most,
    pass_probability,
    wilson,
)
from openbeian.core.text import Text
from openbeian.evidence import ChainReader

__all__ = ["build_report"]

_BESIDE: Final = (
    Conclusion.NOT_ASSESSED,
    Text(
        "大模型判定仅供参考，不单独得出结论；没有把握的回答须人工判定。",
        "A language model's verdicts are for information and conclude nothing; what it is unsure about is "
        "for people to judge.",
    ),
)
_OTHER_LIBRARY: Final = (
    Conclusion.NOT_ASSESSED,
    Text(
        "所用关键词库不是抽样前承诺的那一份；请用承诺的关键词库重新判定。",
        "The keyword library is not the one committed to before the draw; judge again with that one.",
    ),
)


def build_report(
    reader: ChainReader,
    *,
    edition: Edition,
    elsewhere: Sequence[DrawReport] = (),
    tally: Tally | None = None,
) -> Report:
    """Return the report on the evidence that `reader` reads.

    Args:
        reader: reads the evidence; the chain is checked on the way.
        edition: the edition, under its profile, that the evidence names.
        elsewhere: draws over the same commitment that were found in other runs.
        tally: the counts of what `reader` has read, where it has already.

    Raises:
        BadInputError: The evidence is broken, or names another edition.
    """
    tally = tally or Tally.count(reader)
    state = tally.state
    _check_edition(state.committed.get("edition"), state.committed.get("profile"), edition)
    kinds = [kind for kind in BankKind if kind.value in state.draws]
    results = tuple(
        _result(tally, method, edition)
        for kind in kinds
        for method in METHODS
        if method.bank is kind and (not method.beside or method.judge in tally.versions)
    )
    draws = (*_own_draws(tally), *elsewhere)
    assert tally.started_at is not None
    assert tally.ended_at is not None
    return Report(
        format=FORMAT,
        edition=edition.id,
        edition_name=edition.name,
        profile=edition.profile_name,
        profile_notice=edition.profile.notice if edition.profile else None,
        target=target_about(state.committed),
        evidence=EvidenceReport(
            commitment=state.commitment,
            head=reader.head,
            records=reader.length,
            started_at=tally.started_at,
            ended_at=tally.ended_at,
            complete=all(_pending(tally, kind) == 0 for kind in kinds),
        ),
        conclusion=_overall(kinds, results),
        banks=tuple(_bank(tally, kind) for kind in kinds),
        results=results,
        judges=tuple(
            JudgeReport(
                name,
                tuple(sorted(tally.versions.get(name, ()))),
                tally.calibrations(name),
                tally.stale(name),
            )
            for name in sorted(tally.cards)
        ),
        draws=draws,
        redrawn=any(times > 1 for times in Counter(draw.bank for draw in draws).values()),
        latency=Latency.of(tally.latencies_ms),
        inspections=tuple(
            one for kind in kinds if (one := summarise(tally.inspected, kind, tally.answers(kind))).people
        ),
        one_field=_one_field(state.committed, edition),
    )


def _check_edition(edition_id: object, profile: object, edition: Edition) -> None:
    if (edition_id, profile) != (edition.id, edition.profile_name):
        raise BadInputError(
            f"证据依据的是 {edition_id}（{profile}），不是 {edition.id}（{edition.profile_name}）；"
            "请换用同一版本。",
            f"The evidence is under {edition_id} ({profile}), not {edition.id} ({edition.profile_name}); "
            "use the same edition.",
        )


def _one_field(committed: Mapping[str, Any], edition: Edition) -> OneFieldReport | None:
    scope = scope_of(committed)
    if not scope.name:
        return None
    return OneFieldReport(scope.name, scope.left_out, scope.clause(edition), scope.said(edition))


def _own_draws(tally: Tally) -> list[DrawReport]:
    return [DrawReport.of(draw, at=tally.drawn_at[bank]) for bank, draw in tally.state.draws.items()]


def _pending(tally: Tally, kind: BankKind) -> int:
    drawn = len(tally.state.draws[kind].questions)
    return drawn - tally.answered(kind) - tally.errors(kind).total()


def _bank(tally: Tally, kind: BankKind) -> BankReport:
    sealed = {seal.kind: seal for seal in seals(tally.state.committed)}
    if kind not in sealed:
        raise BadInputError(
            f"证据从未承诺的题库「{kind}」抽了样；请找回原文件。",
            f"The evidence draws from the bank “{kind}”, to which it doesn't commit; find the original file.",
        )
    seal = sealed[kind]
    drawn, errors = len(tally.state.draws[kind].questions), tally.errors(kind)
    return BankReport(
        kind=kind,
        title=BANK_LABELS[kind],
        name=seal.name,
        version=seal.version,
        sha256=seal.sha256,
        questions=seal.items,
        drawn=drawn,
        answered=tally.answered(kind),
        errors=dict(sorted(errors.items())),
        error_share=errors.total() / drawn,
        pending=_pending(tally, kind),
        stopped=is_stopped(tally.state, kind, _pending(tally, kind)),
    )


def _result(tally: Tally, method: Method, edition: Edition) -> Result:
    threshold, rate = edition.threshold(method.threshold), edition.rate(method.threshold)
    given = list(tally.verdicts(method.bank, method.judge))
    drawn, errors = len(tally.state.draws[method.bank].questions), tally.errors(method.bank).total()
    at_most = threshold.limit is Limit.AT_MOST
    cutoff = (cutoff_at_most if at_most else cutoff_at_least)(drawn, rate)
    judged = sum(one.answers for one in given if one.value != UNSURE)
    counted = sum(one.answers for one in given if one.value in method.counted)
    calibration = calibration_for(tally.calibrations(method.judge), method)
    pending = _pending(tally, method.bank)
    stopped = is_stopped(tally.state, method.bank, pending)
    counts = Counts(
        drawn=drawn,
        required=edition.number(BANK_RULES[method.bank].sample),
        pending=pending,
        errors=errors,
        judged=judged,
        counted=counted,
        cutoff=cutoff,
        at_most=at_most,
        measured=calibration is not None or method.needs_no_calibration,
        unsure=sum(one.answers for one in given if one.value == UNSURE),
        stopped=stopped,
        by_people=method.judge == HUMAN,
        stale=tally.stale(method.judge),
    )
    conclusion, reason = _never_concluded(tally, method) or conclude(counts)
    left_out = bool(method.beside) or (
        edition.is_left_out(threshold.id) and conclusion is Conclusion.NOT_ASSESSED
    )
    verdicts: Counter[str] = Counter()
    for one in given:
        verdicts[one.value] += one.answers
    # How many were asked must not depend on the answers where an interval is to hold.
    fixed = bool(judged) and not stopped
    corrected = correct(Counted(counted, judged), calibration) if fixed else None
    return Result(
        bank=method.bank,
        judge=method.judge,
        threshold=threshold.id,
        text=method.beside or threshold.text,
        clause=threshold.clause,
        limit=threshold.limit,
        required_rate=float(rate),
        required_sample=counts.required,
        drawn=drawn,
        judged=judged,
        errors=errors,
        verdicts=dict(sorted(verdicts.items())),
        counted=counted,
        cutoff=cutoff,
        rate=counted / judged if judged else None,
        wilson=wilson(counted, judged) if fixed else None,
        clopper_pearson=clopper_pearson(counted, judged) if fixed else None,
        corrected_rate=corrected.rate if corrected else None,
        corrected_interval=corrected.interval if corrected else None,
        chance_at_threshold=pass_probability(drawn, cutoff, float(rate), at_most=at_most),
        conclusion=conclusion,
        reason=_left_out_reason(edition, threshold.id) if left_out and not judged else reason,
        left_out=left_out,
        strata=_strata(tally, method, edition),
        bounds=bounds(counted, judged, drawn) if stopped and judged else None,
        sequential=sequential(tally, method, rate=float(rate), at_most=at_most)
        if stopped and judged
        else None,
    )


def _never_concluded(tally: Tally, method: Method) -> Concluded | None:
    """Return why nothing is concluded by a method whatever its counts, None where something may be."""
    if method.beside:
        return _BESIDE
    # A library chosen after the answers are known could pass anybody.
    committed = libraries_of(seal.sha256 for seal in seals(tally.state.committed))
    used = libraries_of(tally.newest_versions(method.judge))
    if method.judge == KeywordJudge.name and not used <= committed:
        return _OTHER_LIBRARY
    return None


def _left_out_reason(edition: Edition, threshold: str) -> Text:
    assert edition.profile is not None
    return next(out.reason for out in edition.profile.left_out if out.id == threshold)


def _strata(tally: Tally, method: Method, edition: Edition) -> tuple[StratumCount, ...]:
    judged: Counter[str] = Counter()
    counted: Counter[str] = Counter()
    for one in tally.verdicts(method.bank, method.judge):
        judged[one.stratum] += one.answers if one.value != UNSURE else 0
        counted[one.stratum] += one.answers if one.value in method.counted else 0
    errors = tally.failed_strata(method.bank)
    drawn = set(tally.state.draws[method.bank].questions.values())
    names = {risk.id: risk.text for risk in edition.taxonomy.risks}
    names |= {aspect.id: aspect.text for aspect in edition.taxonomy.aspects}
    return tuple(
        StratumCount(stratum, text, judged[stratum], counted[stratum], errors[stratum])
        for stratum, text in names.items()
        if stratum in drawn
    )


def _overall(kinds: Iterable[BankKind], results: Sequence[Result]) -> Conclusion:
    """Conclude on the whole: every bank must have been put, and every method that isn't left out conform."""
    conclusions = {result.conclusion for result in results if not result.left_out}
    if Conclusion.DOES_NOT_CONFORM in conclusions:
        return Conclusion.DOES_NOT_CONFORM
    if set(kinds) == set(BankKind) and conclusions == {Conclusion.CONFORMS}:
        return Conclusion.CONFORMS
    return Conclusion.NOT_ASSESSED
