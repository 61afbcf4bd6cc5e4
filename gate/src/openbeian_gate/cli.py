"""The `beian-gate` command: parses, calls, prints.

Exit codes: 0 fine, 1 refused or does not verify, 2 wrong use, 3 could not run.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from openbeian_gate import clock
from openbeian_gate.asgi import ASGIApp
from openbeian_gate.bulk import check_table
from openbeian_gate.choosing import COULD_NOT_RUN, WRONG_USE, CannotRunError, chosen_client, chosen_keys
from openbeian_gate.cli_gate import build_gate, build_reporting_gate, cannot_write, read_file
from openbeian_gate.errors import GateError, UnreadablePDFError
from openbeian_gate.messages import (
    ADMITTED,
    ADMITTED_BY_PERMIT,
    BULK,
    CLOCK_OFF,
    FRESHNESS,
    PUBLISHED_LATE,
    SYNCED,
    WITNESSING,
)
from openbeian_gate.options import build_parser, language_of
from openbeian_gate.policy import Freshness, Visitor, freshness
from openbeian_gate.refusals import RefusalError, RegistryUnavailableError
from openbeian_gate.skew import SKEW_WARNED_OF
from openbeian_gate.text import Text
from openbeian_gate.verify.keys import PublicKeySet
from openbeian_gate.verify_command import Asked, NoProofError, verify_file

__all__ = ["main"]

_FINE: Final = 0
_REFUSED: Final = 1


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    options = build_parser(language_of(arguments, os.environ)).parse_args(arguments)
    try:
        return _COMMANDS[options.command](options)
    except RefusalError as refusal:
        _print(options, refusal.text, {"admitted": False, **refusal.problem()})
        return COULD_NOT_RUN if isinstance(refusal, RegistryUnavailableError) else _REFUSED
    except GateError as error:
        unable = isinstance(error, UnreadablePDFError)
        return _fail(options, error.code, error.text, COULD_NOT_RUN if unable else _REFUSED)
    except CannotRunError as error:
        return _fail(options, "could_not_run", error.text, error.exit_code)


def _check(options: argparse.Namespace) -> int:
    client = chosen_client(options)
    at = clock.now()
    if not client.refresh(at) and client.error is not None:
        sys.stderr.write(client.error.text.in_(options.lang) + "\n")
    admission = build_gate(options, client).ask(options.subject, at, Visitor(options.user, options.use))
    values = admission._asdict()
    said = ADMITTED_BY_PERMIT if admission.permit else ADMITTED
    state = FRESHNESS[admission.freshness]
    zh, en = (said.in_(tongue).format(**values | {"freshness": state.in_(tongue)}) for tongue in ("zh", "en"))
    _print(options, Text(zh, en), {"admitted": True, **values})
    return _FINE


def _verify(options: argparse.Namespace) -> int:
    proof = None if options.proof is None else read_file(options.proof)
    asked = Asked(chosen_keys(options), proof, options.origin, options.witnesses, clock.now())
    try:
        verified = verify_file(read_file(options.file), asked)
    except NoProofError as error:
        raise CannotRunError(error.text, WRONG_USE) from error
    _print(options, verified.text, verified.values)
    return _FINE


def _bulk(options: argparse.Namespace) -> int:
    client, at = chosen_client(options), clock.now()
    client.refresh(at)
    result = check_table(read_file(options.table), lambda s: client.decide(s, at), column=options.column)
    _write(options.out, result.table)
    counts = result._asdict()
    del counts["table"]
    total = sum(counts.values())
    zh, en = (BULK.in_(tongue).format(**counts, total=total, out=options.out) for tongue in ("zh", "en"))
    _print(options, Text(zh, en), {"total": total, **counts})
    if result.undecided:
        return COULD_NOT_RUN
    return _REFUSED if result.refused else _FINE


def _sync(options: argparse.Namespace) -> int:
    client = chosen_client(options)
    if not client.refresh(clock.now()) and client.error is not None:
        return _fail(options, client.error.code, client.error.text, COULD_NOT_RUN)
    # The client goes on without a copy where the disk is full; whoever asks for the copy wants to know.
    kept, held = chosen_client(options).snapshot, client.snapshot
    if kept is None or held is None or kept.digest != held.digest:
        raise cannot_write(options.keep)
    values = {"version": held.version, "filings": len(held.index), "keep": str(options.keep)}
    _print(options, Text(SYNCED.zh.format(**values), SYNCED.en.format(**values)), values)
    return _FINE


def _status(options: argparse.Namespace) -> int:
    client = chosen_client(options)
    at = clock.now()
    fine = client.refresh(at)
    status = client.status(at)
    if abs(client.clock_skew) > SKEW_WARNED_OF:
        _warn(options, CLOCK_OFF, seconds=client.clock_skew.total_seconds())
    elif fine and freshness(client.snapshot, at) is not Freshness.FRESH:
        _warn(options, PUBLISHED_LATE, seconds=status["age_s"])
    lines = "\n".join(f"{name:16}{value}" for name, value in status.items() if value is not None)
    _print(options, Text(lines, lines), status)
    return _FINE if fine else COULD_NOT_RUN


def _serve(options: argparse.Namespace) -> int:
    from openbeian_gate.server import check_server  # noqa: PLC0415  loaded only where it runs

    return _run(options, check_server(build_reporting_gate(options)))


def _proxy(options: argparse.Namespace) -> int:
    try:
        from openbeian_gate.proxy import guarded_proxy  # noqa: PLC0415  needs the extra `serve`
    except ImportError as error:
        raise _missing_extra() from error
    gate = build_reporting_gate(options)
    app = guarded_proxy(
        options.upstream, gate, service=options.service, user_header=options.user_header, use=options.use
    )
    return _run(options, app)


def _witness(options: argparse.Namespace) -> int:
    from openbeian_gate.witness.key import WitnessKey  # noqa: PLC0415  loaded only where it runs
    from openbeian_gate.witness.record import Witness  # noqa: PLC0415
    from openbeian_gate.witness.server import witness_server  # noqa: PLC0415

    keys = chosen_keys(options)
    try:
        key = WitnessKey.load_or_create(options.name, options.key)
    except OSError as error:
        raise cannot_write(options.key) from error
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


def _missing_extra() -> CannotRunError:
    return CannotRunError(
        Text(
            "缺少运行服务所需的组件；请执行 pip install 'openbeian-gate[serve]'。",
            "What serving needs is not installed; run: pip install 'openbeian-gate[serve]'.",
        )
    )


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise cannot_write(path) from error


def _print(options: argparse.Namespace, text: Text, values: Mapping[str, object]) -> None:
    said = json.dumps(values, ensure_ascii=False) if options.json else text.in_(options.lang)
    sys.stdout.write(said + "\n")


def _warn(options: argparse.Namespace, warning: Text, **values: object) -> None:
    sys.stderr.write(warning.in_(options.lang).format(**values) + "\n")


def _fail(options: argparse.Namespace, code: str, text: Text, exit_code: int) -> int:
    if options.json:
        _print(options, text, {"error": code, "detail": text.en, "detail_zh": text.zh})
    else:
        sys.stderr.write(text.in_(options.lang) + "\n")
    return exit_code
