"""`beian log`: a public log checked from the first entry to the last by whoever wants to."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

from openbeian.cli.console import error_console, guarded, out, print_json, progress_bars, say
from openbeian.cli.options import AsJSON, Quiet, example
from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.core.text import Text
from openbeian.trust.files import replace_file
from openbeian.trust.log_keys import LogKey, load_log_key, load_witness_keys, parse_log_keys
from openbeian.trust.log_reading import PublishedLog, open_published_log
from openbeian_gate.errors import BadSignatureError, GateError, MalformedError
from openbeian_gate.verify.checkpoint import Checkpoint, SignedCheckpoint, parse_checkpoint, verify_checkpoint
from openbeian_gate.verify.cosignatures import Cosignature, check_witnessed
from openbeian_gate.verify.keys import PublicKeySet
from openbeian_gate.verify.log import LogDamagedError, check_log
from openbeian_gate.verify.log_entry import parse_log_entry
from openbeian_gate.verify.note import MAX_NOTE_BYTES
from openbeian_gate.verify.tiles import CHECKPOINT_PATH

__all__ = ["app"]

app = typer.Typer(
    help=say(Text("公开日志：完整核验", "The public log: verify all of it")), no_args_is_help=True
)
_KEYS_NAME: Final = "keys.json"
_MAX_KEYS_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class _Trust:
    """Whose signatures count."""

    log: LogKey
    witnesses: PublicKeySet
    is_from_there: bool
    """Whether the log's own server gave the log's key: that it is the register's is then not shown."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be checked."""

    files: PublishedLog
    signed: SignedCheckpoint
    checkpoint: Checkpoint
    cosignatures: tuple[Cosignature, ...]
    since: Checkpoint | None
    only_new: bool


def _option(zh: str, en: str, metavar: str | None, *names: str) -> object:
    return typer.Option(*names, metavar=metavar, help=say(Text(zh, en)))


@app.command(
    "verify",
    help=say(
        Text(
            "核验整个日志：签名、见证、每个条目、每块瓦片、与先前检查点的一致性；不成立时退出码为 1",
            "Verify a whole log: signature, witnesses, every entry, every tile, and that it continues a "
            "former checkpoint; exits 1 where something does not hold, and says where",
        )
    ),
    epilog=example("beian log verify https://register.example/log --keys keys.json --save seen.checkpoint"),
)
@guarded
def verify(
    location: Annotated[
        str,
        typer.Argument(metavar="URL|DIR", help=say(Text("日志的网址或目录", "The log's address or folder"))),
    ],
    since: Annotated[
        Path | None,
        _option(
            "先前见过的检查点，日志须是它的延续",
            "A checkpoint seen before, to be continued",
            "FILE",
            "--from",
        ),
    ] = None,
    only_new: Annotated[
        bool,
        _option("只核验 --from 之后的条目", "Check only what came after --from", None, "--only-new"),
    ] = False,
    keys: Annotated[
        str,
        _option(
            "受信任的日志公钥：keys.json 或 名称+哈希+密钥；不给则取日志旁的 keys.json，只能说明日志完整",
            "The log's trusted key: a keys.json, or name+hash+key; else the keys.json beside the log, which "
            "shows the log to be whole but not whose it is",
            "FILE|KEY",
            "--keys",
        ),
    ] = "",
    witness_keys: Annotated[
        list[str] | None,
        _option(
            "受信任的见证公钥：文件或 名称+哈希+密钥，可多次给出",
            "A trusted witness's key: a file, or name+hash+key; repeat",
            "FILE|KEY",
            "--witness-keys",
        ),
    ] = None,
    witnesses: Annotated[
        int,
        typer.Option(min=0, help=say(Text("至少须有几位见证会签", "How many witnesses must have cosigned"))),
    ] = 0,
    save: Annotated[
        Path | None,
        _option(
            "成立后把检查点写入此文件，供下次 --from 使用",
            "Where everything holds, keep the checkpoint here for the next --from",
            "FILE",
            "--save",
        ),
    ] = None,
    quiet: Quiet = False,
    as_json: AsJSON = False,
) -> None:
    """Believe nothing but the keys: everything else is computed from the entries and compared."""
    if only_new and since is None:
        raise BadInputError("--only-new 需要同时给出 --from。", "--only-new needs --from; give both.")
    with open_published_log(location) as files:
        trust = _trusted(files, keys, witness_keys or [])
        try:
            plan = _planned(files, trust, _read(since) if since else None, witnesses, only_new=only_new)
            _run(plan, quiet=quiet or as_json)
        except GateError as error:
            _say_damage(error, as_json=as_json)
            raise typer.Exit(1) from None
    if save is not None:
        _keep(save, plan.checkpoint)
    _say_fine(plan, trust, as_json=as_json)


def _trusted(files: PublishedLog, keys: str, witness_keys: list[str]) -> _Trust:
    witnesses = load_witness_keys(witness_keys)
    if keys:
        return _Trust(load_log_key(keys, option="--keys"), witnesses, is_from_there=False)
    try:
        data = files.beside(_KEYS_NAME, _MAX_KEYS_BYTES)
    except OSError as error:
        raise BadInputError(
            "日志旁没有可读的 keys.json；请用 --keys 给出日志公钥。",
            "There is no keys.json to be read beside the log; give the log's key with --keys.",
        ) from error
    return _Trust(parse_log_keys(_KEYS_NAME, data), witnesses, is_from_there=True)


def _planned(
    files: PublishedLog, trust: _Trust, seen: bytes | None, at_least: int, *, only_new: bool
) -> _Plan:
    try:
        data = files.read(CHECKPOINT_PATH, MAX_NOTE_BYTES)
    except FileNotFoundError as error:
        raise BadInputError(
            "此处没有 checkpoint 文件；请给出日志目录本身的位置，如 https://register.example/log。",
            "There is no `checkpoint` here; give the place of the log itself, such as "
            "https://register.example/log.",
        ) from error
    signed = parse_checkpoint(data)
    checkpoint = verify_checkpoint(signed, trust.log.keys, origin=trust.log.origin)
    since = None
    if seen is not None:
        since = verify_checkpoint(parse_checkpoint(seen), trust.log.keys, origin=checkpoint.origin)
    both = PublicKeySet((*trust.log.keys.keys, *trust.witnesses.keys))
    cosignatures = check_witnessed(signed, both, at_least=at_least)
    return _Plan(files, signed, checkpoint, cosignatures, since, only_new)


def _run(plan: _Plan, *, quiet: bool) -> None:
    start = plan.since.size if plan.since is not None and plan.only_new else 0
    try:
        with progress_bars(quiet=quiet) as bars:
            task = bars.add_task(
                say(Text("核验条目", "entries")), total=plan.checkpoint.size, completed=start, note=""
            )
            for done in check_log(
                plan.files,
                plan.checkpoint,
                since=plan.since,
                only_new=plan.only_new,
                check_entry=parse_log_entry,
            ):
                bars.update(task, completed=done)
    except OSError as error:
        raise CouldNotRunError(
            f"无法读取日志文件（{error}）；请检查权限。",
            f"A file of the log cannot be read ({error}); check its permissions.",
        ) from error


def _keep(path: Path, checkpoint: Checkpoint) -> None:
    try:
        replace_file(path, checkpoint.note.encode())
    except OSError as error:
        raise CouldNotRunError(
            f"日志成立，但无法写入 {path}；请检查路径与权限。",
            f"The log holds, but {path} cannot be written ({error}); check path and permissions.",
        ) from error


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_NOTE_BYTES + 1)
    except OSError as error:
        raise BadInputError(
            f"无法读取检查点 {path}；请检查路径。",
            f"The checkpoint {path} cannot be read ({error}); check the path.",
        ) from error


def _say_damage(error: GateError, *, as_json: bool) -> None:
    place: dict[str, object] = {"file": CHECKPOINT_PATH, "entry": None}
    if isinstance(error, LogDamagedError):
        place = {"file": error.file, "entry": error.entry}
    elif not isinstance(error, MalformedError | BadSignatureError):
        place = {}
    if as_json:
        said = {"detail": error.text.en, "detail_zh": error.text.zh}
        print_json({"holds": False, "error": error.code, **place, **said})
        return
    error_console.print(f"[red]{say(Text('不成立', 'Does not hold'))}[/red] ", end="")
    error_console.print(say(Text(*error.text)), markup=False)


def _say_fine(plan: _Plan, trust: _Trust, *, as_json: bool) -> None:
    checkpoint, since = plan.checkpoint, plan.since
    if as_json:
        print_json(
            {
                "holds": True,
                "origin": checkpoint.origin,
                "size": checkpoint.size,
                "root": checkpoint.root.hex(),
                "at": None if checkpoint.at is None else checkpoint.at.isoformat(),
                "continues": None if since is None else since.size,
                "checked_from": since.size if since is not None and plan.only_new else 0,
                "witnesses": [{"name": one.name, "at": one.at.isoformat()} for one in plan.cosignatures],
                "key_is_from_the_log": trust.is_from_there,
            }
        )
        return
    out.print(f"[green]{say(Text('成立', 'Holds'))}[/green] ", end="")
    out.print(say(_FINE.fill(origin=checkpoint.origin, size=checkpoint.size)), markup=False, soft_wrap=True)
    if since is not None:
        out.print(say(_CONTINUES.fill(size=since.size)), markup=False)
    names = ", ".join(f"{one.name} {one.at:%Y-%m-%d %H:%M:%SZ}" for one in plan.cosignatures)
    out.print(
        say(_WITNESSED.fill(n=len(plan.cosignatures), names=names or "—")), markup=False, soft_wrap=True
    )
    if trust.is_from_there:
        error_console.print(say(_UNTRUSTED), style="yellow", markup=False)


_FINE: Final = Text(
    "日志 {origin} 的 {size} 条全部核验：条目、瓦片、根哈希与签名的检查点一致。",
    "All {size} entries of {origin} hold: entries, tiles and root agree with the signed checkpoint.",
)
_CONTINUES: Final = Text(
    "它是先前大小为 {size} 的日志的延续，没有改写。",
    "It continues the log of size {size} seen before; nothing was rewritten.",
)
_WITNESSED: Final = Text("受信任的见证会签：{n}（{names}）", "Cosigned by trusted witnesses: {n} ({names})")
_UNTRUSTED: Final = Text(
    "公钥取自日志所在之处，只能说明日志完整，不能说明它是登记机关的；请从别处取得公钥，用 --keys 给出。",
    "The key came from where the log is: the log is whole, but whether it is the register's is not shown. "
    "Get the key from elsewhere and give it with --keys.",
)
