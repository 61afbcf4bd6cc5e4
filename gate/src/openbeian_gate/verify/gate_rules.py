"""The rules that the register sets for gates: how long a snapshot serves, and how often to look.

`{"schema":"openbeian.policy/1","ttl_s","grace_s","poll_s"}`, in the canonical form. The file carries no
signature of its own: it is a target of the register's repository, published by several people together.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from openbeian_gate.errors import MalformedError
from openbeian_gate.verify.canonical import canonical, parse_json
from openbeian_gate.verify.fields import Fields

__all__ = ["GATE_RULES_SCHEMA", "GateRules", "parse_gate_rules"]

GATE_RULES_SCHEMA: Final = "openbeian.policy/1"
_YEAR_S: Final = 366 * 24 * 3600


@dataclass(frozen=True, slots=True)
class GateRules:
    """What every gate goes by."""

    ttl_for: timedelta
    """The longest a snapshot is taken for the present."""
    grace_for: timedelta
    """The longest that what it calls valid may be served while no newer one can be had."""
    poll_for: timedelta
    """Between two looks at the register, where the operator has not said otherwise."""

    def to_bytes(self) -> bytes:
        """Return the file."""
        return (
            canonical(
                {
                    "schema": GATE_RULES_SCHEMA,
                    "ttl_s": int(self.ttl_for.total_seconds()),
                    "grace_s": int(self.grace_for.total_seconds()),
                    "poll_s": int(self.poll_for.total_seconds()),
                }
            )
            + b"\n"
        )


def parse_gate_rules(data: bytes) -> GateRules:
    """Read the file.

    Raises:
        MalformedError: It is not one, or its times contradict one another.
    """
    fields = Fields(parse_json(data), "policy")
    fields.choice("schema", [GATE_RULES_SCHEMA])
    ttl_s, grace_s, poll_s = (fields.integer(name, minimum=1) for name in ("ttl_s", "grace_s", "poll_s"))
    if not (ttl_s <= grace_s <= _YEAR_S and poll_s <= grace_s):
        raise MalformedError(
            "闸口规则中的时长自相矛盾", "the times of the rules for gates contradict one another"
        )
    return GateRules(timedelta(seconds=ttl_s), timedelta(seconds=grace_s), timedelta(seconds=poll_s))
