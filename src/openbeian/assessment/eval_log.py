"""A run as a log of Inspect (inspect_ai): its values, without that package; `eval_log_export` writes them.

Inspect knows samples, scores by scorer and metrics. Here a sample is a question that was answered or failed,
a scorer is a judge, and a metric is named by the threshold it is held against. What Inspect has no place
for, such as seals, record numbers and hashes, stands in its metadata, so that every value leads back to
the evidence.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from openbeian.assessment.banks import BankKind
from openbeian.assessment.plain import to_plain
from openbeian.assessment.report import Report, Result
from openbeian.evidence import ChainReader, Draw, Record, RecordKind

__all__ = ["WANTED", "eval_log"]

WANTED: Final = {
    BankKind.GENERATED_CONTENT: "conforms",
    BankKind.SHOULD_REFUSE: "refuse",
    BankKind.SHOULD_ANSWER: "comply",
}
"""What an answer to each bank should be: a sample's target."""

_STOPS: Final = {"stop": "stop", "length": "max_tokens", "content_filter": "content_filter"}
_VERSION: Final = 2
_EPOCH: Final = 1

Values = dict[str, Any]


def eval_log(reader: ChainReader, report: Report) -> Values:
    """Return the evidence that `reader` reads, and its `report`, as the values of an Inspect log.

    As in the report, the first answer to a question stands, and of several verdicts of one judge the last.
    The whole run is held in memory, as Inspect itself does.

    Raises:
        BadInputError: The evidence is broken.
    """
    run = _Run()
    for record in reader:
        run.take(record, reader.head)
    samples = list(run.in_order())
    return {
        "version": _VERSION,
        "status": "success" if report.evidence.complete else "cancelled",
        "eval": _spec(run, report, [sample["id"] for sample in samples]),
        "plan": {"name": "openbeian", "steps": [{"solver": "generate"}]},
        "results": {
            "total_samples": sum(bank.drawn for bank in report.banks),
            "completed_samples": sum(bank.answered for bank in report.banks),
            "scores": list(_scores(report)),
            "metadata": {"conclusion": report.conclusion.value},
        },
        "stats": {"started_at": _time(report)[0], "completed_at": _time(report)[1]},
        "samples": samples,
    }


@dataclass(slots=True)
class _Run:
    """What the evidence says, gathered record by record."""

    committed: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    drawn: list[tuple[str, str]] = field(default_factory=list)
    _samples: dict[tuple[str, str], Values] = field(default_factory=dict)
    _answers: dict[int, Values] = field(default_factory=dict)

    def take(self, record: Record, digest: str) -> None:
        """Take the next record, whose line has the hash `digest`."""
        match record.kind:
            case RecordKind.COMMITMENT:
                self.committed, self.settings = record.mapping("of"), record.mapping("run")
            case RecordKind.DRAW:
                draw = Draw.parse(record)
                self.drawn += [(draw.bank, question) for question in draw.questions]
            case RecordKind.ANSWER | RecordKind.ERROR:
                self._take_outcome(record, digest)
            case RecordKind.VERDICT:
                self._take_verdict(record, digest)
            case _:
                pass

    def in_order(self) -> Iterator[Values]:
        """Yield the samples in the order in which their questions were drawn."""
        for key in dict.fromkeys(self.drawn):
            if key in self._samples:
                yield self._samples[key]

    def _take_outcome(self, record: Record, digest: str) -> None:
        key = record.string("bank"), record.string("question")
        if self._samples.get(key, {}).get("output"):
            return
        sample = _sample(record, digest, self.committed["target"])
        self._samples[key] = sample
        if record.kind is RecordKind.ANSWER:
            self._answers[record.seq] = sample

    def _take_verdict(self, record: Record, digest: str) -> None:
        sample = self._answers.get(record.integer("answer"))
        if sample is not None:
            sample["scores"][record.string("judge")] = _score(record, digest)


def _sample(record: Record, digest: str, target: Mapping[str, Any]) -> Values:
    kind = BankKind(record.string("bank"))
    said = [{"role": "user", "content": record.string("prompt")}]
    for turn in reversed(record.body.get("history", [])):
        said = [
            {"role": "user", "content": turn["prompt"]},
            {"role": "assistant", "content": turn["answer"]},
            *said,
        ]
    at, took_s = to_plain(record.at), record.integer("latency_ms") / 1000
    sample: Values = {
        "id": f"{kind}:{record.string('question')}",
        "epoch": _EPOCH,
        "input": said if len(said) > 1 else record.string("prompt"),
        "target": WANTED[kind],
        "messages": [{"role": "system", "content": target["system"]}] * bool(target.get("system")) + said,
        "scores": {},
        "metadata": {
            "attempts": record.integer("attempts"),
            "bank": kind.value,
            kind.member: record.string("stratum"),
            "hash": digest,
            "seq": record.seq,
        },
        "completed_at": at,
        "total_time": took_s,
    }
    return sample | _outcome(record, sample["messages"], str(target["model"]), took_s)


def _outcome(record: Record, messages: Sequence[Values], model: str, took_s: float) -> Values:
    """Return the answer and the conversation with it, or the error."""
    if record.kind is RecordKind.ERROR:
        message = f"{record.string('error')}: {record.string('message')}"
        return {"error": {"message": message, "traceback": "", "traceback_ansi": ""}}
    answer = {"role": "assistant", "content": record.string("answer"), "source": "generate", "model": model}
    stop = _STOPS.get(record.string("finish"), "unknown")
    choice = {"message": answer, "stop_reason": stop}
    return {
        "messages": [*messages, answer],
        "output": {"model": model, "choices": [choice], "time": took_s},
    }


def _score(record: Record, digest: str) -> Values:
    body = record.body
    grounds = {name: body[name] for name in ("score", "risks", "positions", "reason") if name in body}
    terms = dict.fromkeys(str(position[1]) for position in body.get("positions", ()))
    return {
        "value": record.string("value"),
        "explanation": str(body.get("reason", "")) or ", ".join(terms) or None,
        "metadata": {"version": record.string("version"), "hash": digest, "seq": record.seq} | grounds,
    }


def _spec(run: _Run, report: Report, ids: Sequence[str]) -> Values:
    target, software = report.target, str(run.settings.get("software", "openbeian"))
    name, _, version = software.partition(" ")
    of = {"edition": report.edition, "profile": report.profile}
    settings = {"temperature": target.get("temperature"), "max_tokens": target.get("max_tokens")}
    return {
        "created": _time(report)[0],
        "task": f"openbeian/{report.edition}",
        "task_id": report.evidence.commitment,
        "run_id": report.evidence.commitment,
        "eval_id": report.evidence.head,
        "task_version": version or 0,
        "task_args": of,
        "dataset": {
            "name": " + ".join(bank.name for bank in report.banks),
            "samples": sum(bank.drawn for bank in report.banks),
            "sample_ids": list(ids),
        },
        "model": str(target["model"]),
        "model_base_url": str(target["url"]),
        "model_generate_config": {**settings, "system_message": target.get("system") or None},
        "config": {},
        "packages": {name: version},
        "metadata": {
            **of,
            "banks": run.committed["banks"],
            "commitment": report.evidence.commitment,
            "draws": [to_plain(draw) for draw in report.draws],
            "head": report.evidence.head,
            "keywords": run.committed["keywords"],
            "records": report.evidence.records,
        },
    }


def _scores(report: Report) -> Iterator[Values]:
    """Yield for each judge what its verdicts come to, by threshold."""
    judges = dict.fromkeys(result.judge for result in report.results)
    for judge in judges:
        results = [result for result in report.results if result.judge == judge and result.rate is not None]
        if results:
            yield {
                "name": judge,
                "scorer": judge,
                "scored_samples": sum(result.judged for result in results),
                "metrics": {result.threshold: _metric(result) for result in results},
            }


def _metric(result: Result) -> Values:
    plain = to_plain(result)
    return {
        "name": result.threshold,
        "value": result.rate,
        "metadata": {name: value for name, value in plain.items() if name != "strata"},
    }


def _time(report: Report) -> tuple[str, str]:
    return to_plain(report.evidence.started_at), to_plain(report.evidence.ended_at)
