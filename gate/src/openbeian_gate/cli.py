"""The `beian-gate` command: parses, calls, prints.

Exit codes: 0 fine, 1 refused or does not verify, 2 wrong use, 3 could not run.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

from openbeian_gate import clock
from openbeian_gate.asgi import ASGIApp
from openbeian_gate.bulk import check_table
from openbeian_gate.client import ClientLimits, SnapshotClient
from openbeian_gate.errors import GateError, RefusalError, RegistryUnavailableError, UnreadablePDFError
from openbeian_gate.messages import ADMITTED, BULK, FRESHNESS, SYNCED, WITNESSING
from openbeian_gate.options import build_parser, language_of
from openbeian_gate.text import Text
from openbeian_gate.verify.keys import PublicKeySet, load_keys
from openbeian_gate.verify_command import Asked, NoProofError, verify_file

__all__ = ["main"]

_FINE: Final = 0
_REFUSED: Final = 1
_WRONG_USE: Final = 2
_COULD_NOT_RUN: Final = 3


class _CannotRunError(Exception):
    """The command ends here, with this sentence and this exit code."""

    def __init__(self, text: Text, exit_code: int = _COULD_NOT_RUN) -> None:
        super().__init__(text.en)
        self.text = text
        self.exit_code = exit_code


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    options = build_parser(language_of(arguments, os.environ)).parse_args(arguments)
    try:
        return _COMMANDS[options.command](options)
    except RefusalError as refusal:
        _print(options, refusal.text, {"admitted": False, **refusal.problem()})
        return _COULD_NOT_RUN if isinstance(refusal, RegistryUnavailableError) else _REFUSED
    except GateError as error:
        unable = isinstance(error, UnreadablePDFError)
        return _fail(options, error.code, error.text, _COULD_NOT_RUN if unable else _REFUSED)
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
    proof = None if options.proof is None else _read(options.proof)
    asked = Asked(_keys(options), proof, options.origin, options.witnesses, clock.now())
    try:
        verified = verify_file(_read(options.file), asked)
    except NoProofError as error:
        raise _CannotRunError(error.text, _WRONG_USE) from error
    _print(options, verified.text, verified.values)
    return _FINE


def _bulk(options: argparse.Namespace) -> int:
    client, at = _client(options), clock.now()
    client.refresh(at)
    result = check_table(_read(options.table), lambda s: client.decide(s, at), column=options.column)
    _write(options.out, result.table)
    counts = result._asdict()
    del counts["table"]
    total = sum(counts.values())
    zh, en = (BULK.in_(tongue).format(**counts, total=total, out=options.out) for tongue in ("zh", "en"))
    _print(options, Text(zh, en), {"total": total, **counts})
    if result.undecided:
        return _COULD_NOT_RUN
    return _REFUSED if result.refused else _FINE


def _sync(options: argparse.Namespace) -> int:
    client = _client(options)
    if not client.refresh(clock.now()) and client.error is not None:
        return _fail(options, client.error.code, client.error.text, _COULD_NOT_RUN)
    # The client goes on without a copy where the disk is full; whoever asks for the copy wants to know.
    kept, held = SnapshotClient(options.snapshot, _keys(options), keep=options.keep).snapshot, client.snapshot
    if kept is None or held is None or kept.digest != held.digest:
        raise _cannot_write(options.keep)
    values = {"version": held.version, "filings": len(held.index), "keep": str(options.keep)}
    _print(options, Text(SYNCED.zh.format(**values), SYNCED.en.format(**values)), values)
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


def _witness(options: argparse.Namespace) -> int:
    from openbeian_gate.witness.key import WitnessKey  # noqa: PLC0415  loaded only where it runs
    from openbeian_gate.witness.record import Witness  # noqa: PLC0415
    from openbeian_gate.witness.server import witness_server  # noqa: PLC0415

    keys = _keys(options)
    try:
        key = WitnessKey.load_or_create(options.name, options.key)
    except OSError as error:
        raise _cannot_write(options.key) from error
    published = PublicKeySet((key.public_key,)).to_bytes().decode().strip()
    said = WITNESSING.in_(options.lang).format(name=options.name, host=options.host, port=options.port)
    sys.stderr.write(f"{said}\n{key.verifier_key}\n{published}\n")
    return _run(options, witness_server(Witness(key, keys, options.log, options.state)))


_COMMANDS: Final[Mapping[str, Callable[[argparse.Namespace], int]]] = {
    "check": _check,
    "verify": _verify,
    "bulk": _bulk,
    "sync": _sync,
    "serve": _serve,
    "proxy": _proxy,
    "status": _status,
    "witness": _witness,
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


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise _cannot_write(path) from error


def _cannot_write(path: Path) -> _CannotRunError:
    return _CannotRunError(
        Text(f"无法写入 {path}；请检查路径与权限。", f"{path} cannot be written; check path and permissions.")
    )


def _print(options: argparse.Namespace, text: Text, values: Mapping[str, object]) -> None:
    said = json.dumps(values, ensure_ascii=False) if options.json else text.in_(options.lang)
    sys.stdout.write(said + "\n")


def _fail(options: argparse.Namespace, code: str, text: Text, exit_code: int) -> int:
    if options.json:
        _print(options, text, {"error": code, "detail": text.en, "detail_zh": text.zh})
    else:
        sys.stderr.write(text.in_(options.lang) + "\n")
    return exit_code
