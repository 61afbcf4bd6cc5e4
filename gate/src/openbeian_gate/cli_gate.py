"""What the commands decide with: the gate that their options describe."""

import argparse
from datetime import timedelta
from pathlib import Path

from openbeian_gate.choosing import WRONG_USE, CannotRunError, chosen_client
from openbeian_gate.client import SnapshotClient
from openbeian_gate.gate import Gate, Watcher
from openbeian_gate.reporting import Reporter, Reporting
from openbeian_gate.text import Text
from openbeian_gate.trial_users import TrialUsers

__all__ = [
    "build_gate",
    "build_reporting_gate",
    "cannot_write",
    "read_file",
]


def build_gate(options: argparse.Namespace, client: SnapshotClient, *watchers: Watcher) -> Gate:
    try:
        return Gate(client, trials=TrialUsers(options.data), watchers=watchers)
    except OSError as error:
        raise cannot_write(options.data) from error


def build_reporting_gate(options: argparse.Namespace) -> Gate:
    """Return the gate, with a reporter where there is something to tell."""
    client = chosen_client(options)
    gate = build_gate(options, client)
    if not options.report_to and options.decision_log is None:
        return gate
    key = (
        "" if options.report_key is None else read_file(options.report_key).decode("utf-8", "replace").strip()
    )
    reporting = Reporting(
        to=options.report_to,
        key=key,
        gate=options.gate_name,
        folder=options.data,
        log=options.decision_log,
        every_for=timedelta(seconds=options.report_every),
        sample_every=options.sample_every,
        with_decisions=options.report_decisions,
    )
    try:
        reporter = Reporter(reporting, trial_users=gate.trials.counts)
    except OSError as error:
        raise cannot_write(options.data) from error
    except ValueError as error:
        raise CannotRunError(
            Text(
                f"“{options.report_to}”不是 http(s) 网址；请检查 --report-to。",
                f"{options.report_to} is not an http(s) address; check --report-to.",
            ),
            WRONG_USE,
        ) from error
    return Gate(client, trials=gate.trials, watchers=(reporter,))


def read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CannotRunError(
            Text(f"无法读取 {path}；请检查路径。", f"{path} cannot be read ({error}); check the path.")
        ) from error


def cannot_write(path: Path) -> CannotRunError:
    return CannotRunError(
        Text(f"无法写入 {path}；请检查路径与权限。", f"{path} cannot be written; check path and permissions.")
    )
