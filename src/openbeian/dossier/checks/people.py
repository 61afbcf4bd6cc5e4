"""Who annotates does not review, both are trained and examined, and somebody monitors."""

from collections import defaultdict
from collections.abc import Iterator

from openbeian.core.text import Text
from openbeian.dossier.checks.registry import Dossier, Finding, Report, check, in_folder

__all__: list[str] = []

_TRAINED = ("annotator", "reviewer")


@check(
    "W01",
    clause="5.3 a)",
    severity="error",
    title=Text("同一任务的标注与审核不由同一人担任", "Nobody annotates and reviews the same task"),
    applies=in_folder,
)
def _apart(dossier: Dossier, report: Report) -> Iterator[Finding]:
    duties: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for one in dossier.stated.staff:
        for task in one.tasks or ("",):
            duties[one.name, task].add(one.duty)
    for (name, task), held in duties.items():
        if held >= set(_TRAINED):
            yield report(
                "staff",
                Text(
                    f"{name} 在「{task or '未注明的任务'}」中既标注又审核",
                    f"{name} both annotates and reviews in “{task or 'a task that is not named'}”",
                ),
                Text("换一人审核", "Let somebody else review"),
            )


@check(
    "W02",
    clause="5.3 a)",
    severity="warning",
    title=Text("标注与审核人员都经过培训和考核", "Annotators and reviewers are trained and examined"),
    applies=in_folder,
)
def _trained(dossier: Dossier, report: Report) -> Iterator[Finding]:
    for one in dossier.stated.staff:
        if one.duty not in _TRAINED:
            continue
        if one.trained_on is None or one.examined_on is None:
            found = Text(
                f"{one.name} 没有培训或考核日期", f"{one.name} has no day of training or examination"
            )
        elif one.examined_on < one.trained_on or (dossier.on and one.examined_on > dossier.on):
            found = Text(
                f"{one.name} 的考核日期不对", f"{one.name}: the day of the examination can't be right"
            )
        else:
            continue
        yield report("staff", found, Text("补上或改正日期", "Add the days, or correct them"))


@check(
    "W03",
    clause="7 g) 3)",
    severity="warning",
    title=Text("列出监看人员", "Monitoring staff are listed"),
    applies=lambda dossier: in_folder(dossier) and bool(dossier.stated.staff),
)
def _monitored(dossier: Dossier, report: Report) -> Iterator[Finding]:
    if not any(one.duty == "monitor" for one in dossier.stated.staff):
        yield report(
            "staff",
            Text("名单中没有监看人员", "Nobody in the list monitors"),
            Text("在 staff 中列出监看人员", "List the monitoring staff under staff"),
        )


@check(
    "W04",
    clause="9.1 e)",
    severity="error",
    title=Text("签署人与表中一致", "Who signs is whom the form names"),
    applies=in_folder,
)
def _signatories(dossier: Dossier, report: Report) -> Iterator[Finding]:
    for one in dossier.stated.signatories:
        fact = dossier.fact(f"provider.{one.post}")
        if fact and one.name and one.name != fact:
            yield report(
                f"provider.{one.post}",
                Text(
                    f"签署人写作「{one.name}」，表中为「{fact}」",
                    f"The signatory is “{one.name}”, the form says “{fact}”",
                ),
                Text("统一姓名", "Write the same name"),
            )
