"""The `beian-gate` command: parses, calls, prints.

Exit codes: 0 fine, 1 refused or does not verify, 2 wrong use, 3 could not run.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Final

from openbeian_gate import clock
from openbeian_gate.asgi import ASGIApp
from openbeian_gate.client import ClientLimits, SnapshotClient
from openbeian_gate.errors import GateError, RefusalError, RegistryUnavailableError
from openbeian_gate.messages import ADMITTED, COMMANDS, EXAMPLES, FRESHNESS, OPTIONS, PROGRAM, VERIFIED
from openbeian_gate.text import Text
from openbeian_gate.verify.certificate import check_in_force, parse_certificate, verify_certificate
from openbeian_gate.verify.keys import PublicKeySet, load_keys
from openbeian_gate.verify.proof import parse_proof, verify_certificate_logged

__all__ = ["main"]

_FINE: Final = 0
_REFUSED: Final = 1
_WRONG_USE: Final = 2
_COULD_NOT_RUN: Final = 3
_BEIJING_FOR: Final = timedelta(hours=8)


class _CannotRunError(Exception):
    """The command ends here, with this sentence and this exit code."""

    def __init__(self, text: Text, exit_code: int = _COULD_NOT_RUN) -> None:
        super().__init__(text.en)
        self.text = text
        self.exit_code = exit_code


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    options = _parser(_language(arguments, os.environ)).parse_args(arguments)
    try:
        return _COMMANDS[options.command](options)
    except RefusalError as refusal:
        _print(options, refusal.text, {"admitted": False, **refusal.problem()})
        return _COULD_NOT_RUN if isinstance(refusal, RegistryUnavailableError) else _REFUSED
    except GateError as error:
        return _fail(options, error.code, error.text, _REFUSED)
    except _CannotRunError as error:
        return _fail(options, "could_not_run", error.text, error.exit_code)


def _check(options: argparse.Namespace) -> int:
    client = _client(options)
    at = clock.now()
    if not client.refresh(at) and client.error is not None:
        sys.stderr.write(client.error.text.in_(options.lang) + "\n")
    admission = client.decide(options.subject, at)
    values = admission._asdict()
    state = FRESHNESS[admission.freshness]
    zh, en = (
        ADMITTED.in_(tongue).format(**values | {"freshness": state.in_(tongue)}) for tongue in ("zh", "en")
    )
    _print(options, Text(zh, en), {"admitted": True, **values})
    return _FINE


def _verify(options: argparse.Namespace) -> int:
    keys = _keys(options)
    signed = parse_certificate(_read(options.file))
    certificate = verify_certificate(signed, keys)
    logged = Text("", "")
    facts: dict[str, int] = {"logged": False}
    if options.proof is not None:
        proof = parse_proof(_read(options.proof))
        _, checkpoint = verify_certificate_logged(signed, proof, keys, origin=options.origin)
        index, size = proof.index, checkpoint.size
        logged = Text(f"日志第 {index} 条已收录（共 {size} 条）。", f"Logged as entry {index} of {size}. ")
        facts = {"logged": True, "log_index": index, "log_size": size}
    # The register's days are days in China.
    check_in_force(certificate, on=(clock.now() + _BEIJING_FOR).date())
    values = {
        "number": certificate.number,
        "service": certificate.service.name,
        "provider": certificate.provider.name,
        "issued_on": certificate.issued_on,
    }
    zh, en = (VERIFIED.in_(tongue).format(**values, logged=logged.in_(tongue)) for tongue in ("zh", "en"))
    _print(options, Text(zh, en), {"verified": True, **facts, "certificate": signed.envelope.document})
    return _FINE


def _status(options: argparse.Namespace) -> int:
    client = _client(options)
    at = clock.now()
    fine = client.refresh(at)
    status = client.status(at)
    lines = "\n".join(f"{name:14}{value}" for name, value in status.items() if value is not None)
    _print(options, Text(lines, lines), status)
    return _FINE if fine else _COULD_NOT_RUN


def _serve(options: argparse.Namespace) -> int:
    from openbeian_gate.server import check_server  # noqa: PLC0415  loaded only where it runs

    return _run(options, check_server(_client(options)))


def _proxy(options: argparse.Namespace) -> int:
    try:
        from openbeian_gate.proxy import guarded_proxy  # noqa: PLC0415  needs the extra `serve`
    except ImportError as error:
        raise _missing_extra() from error
    return _run(options, guarded_proxy(options.upstream, _client(options), service=options.service))


_COMMANDS: Final[Mapping[str, Callable[[argparse.Namespace], int]]] = {
    "check": _check,
    "verify": _verify,
    "serve": _serve,
    "proxy": _proxy,
    "status": _status,
}


def _run(options: argparse.Namespace, app: ASGIApp) -> int:
    try:
        import uvicorn  # noqa: PLC0415  needs the extra `serve`
    except ImportError as error:
        raise _missing_extra() from error
    uvicorn.run(
        app, host=options.host, port=options.port, log_level="warning", server_header=False, date_header=False
    )
    return _FINE


def _missing_extra() -> _CannotRunError:
    return _CannotRunError(
        Text(
            "缺少运行服务所需的组件；请执行 pip install 'openbeian-gate[serve]'。",
            "What serving needs is not installed; run: pip install 'openbeian-gate[serve]'.",
        )
    )


def _client(options: argparse.Namespace) -> SnapshotClient:
    limits = ClientLimits(poll_for=timedelta(seconds=options.poll))
    return SnapshotClient(options.snapshot, _keys(options), limits=limits, keep=options.keep)


def _keys(options: argparse.Namespace) -> PublicKeySet:
    try:
        return load_keys(options.keys)
    except (OSError, GateError) as error:
        raise _CannotRunError(
            Text(
                f"无法使用密钥文件 {options.keys}；请从登记机关重新获取。",
                f"The key file {options.keys} cannot be used ({error}); get it from the register again.",
            ),
            _WRONG_USE,
        ) from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _CannotRunError(
            Text(f"无法读取 {path}；请检查路径。", f"{path} cannot be read ({error}); check the path.")
        ) from error


def _print(options: argparse.Namespace, text: Text, values: Mapping[str, object]) -> None:
    said = json.dumps(values, ensure_ascii=False) if options.json else text.in_(options.lang)
    sys.stdout.write(said + "\n")


def _fail(options: argparse.Namespace, code: str, text: Text, exit_code: int) -> int:
    if options.json:
        _print(options, text, {"error": code, "detail": text.en, "detail_zh": text.zh})
    else:
        sys.stderr.write(text.in_(options.lang) + "\n")
    return exit_code


def _language(arguments: Sequence[str], environ: Mapping[str, str]) -> str:
    """Return the language asked for, looked up before parsing so that the help speaks it too."""
    for argument, following in pairwise([*arguments, ""]):
        if argument == "--lang" and following in ("zh", "en"):
            return following
        if argument in ("--lang=zh", "--lang=en"):
            return argument[-2:]
    return "zh" if environ.get("LANG", "").lower().startswith("zh") else "en"


def _parser(language: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="beian-gate", description=PROGRAM.in_(language))
    commands = parser.add_subparsers(dest="command", required=True)
    for name, help_text in COMMANDS.items():
        command = commands.add_parser(
            name,
            help=help_text.in_(language),
            description=help_text.in_(language),
            epilog=f"{OPTIONS['example'].in_(language)}:\n  {EXAMPLES[name]}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        _add_options(command, name, language)
    return parser


def _add_options(command: argparse.ArgumentParser, name: str, language: str) -> None:
    def add(*flags: str, **settings: object) -> None:
        key = flags[0].removeprefix("--")
        command.add_argument(*flags, help=OPTIONS[key].in_(language), **settings)  # type: ignore[arg-type]

    if name == "check":
        add("subject")
    if name == "verify":
        add("file", type=Path)
        add("--proof", type=Path)
        add("--origin")
    else:
        add("--snapshot", required=True)
        add("--keep", type=Path)
        add("--poll", type=float, default=30.0)
    if name == "proxy":
        add("--upstream", required=True)
        add("--service", required=True)
    if name in ("serve", "proxy"):
        add("--host", default="127.0.0.1")
        add("--port", type=int, default=8095 if name == "serve" else 8096)
    add("--keys", type=Path, required=True)
    add("--json", action="store_true")
    add("--lang", choices=("zh", "en"), default=language)
