"""Asking the configured witnesses to cosign each checkpoint, and noting what they answered.

The log is published first and witnesses are asked then, so that one that is away holds nothing up: it is
asked again, later each time. One that has seen another history of this log is reported as an error each time,
and the fact stays on record: either it is broken, or the log was rewritten.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from openbeian.core.errors import BadInputError
from openbeian.portal.log.models import WitnessState
from openbeian.trust.files import replace_file
from openbeian.trust.log import TileLog
from openbeian.trust.witnesses import Outcome, Witness, WitnessAnswer, gather_cosignatures
from openbeian_gate.errors import GateError
from openbeian_gate.verify.keys import PublicKeySet
from openbeian_gate.verify.note import COSIGNATURE_KIND
from openbeian_gate.verify.verifier_key import VerifierKey

__all__ = ["WITNESS_KEYS_NAME", "configured_witnesses", "cosign", "enter_witnesses"]

_log: Final = logging.getLogger(__name__)
WITNESS_KEYS_NAME: Final = "witnesses.json"
"""The file of the public folder with the keys of the witnesses that are asked."""
_TIMEOUT_S: Final = 3.0
"""How long a witness is waited for: publishing goes on afterwards."""
_LONGEST_PAUSE_S: Final = 300
_LONGEST_DOUBLING: Final = 9


def configured_witnesses() -> tuple[Witness, ...]:
    """Return the witnesses that BEIAN_WITNESSES names: an address and a verifier key each.

    Raises:
        BadInputError: One is written otherwise, or named twice.
    """
    found = tuple(_witness(written) for written in settings.BEIAN_WITNESSES)
    if len({one.name for one in found}) != len(found):
        raise BadInputError(
            "BEIAN_WITNESSES 中有同名的见证；请为每位见证只写一次。",
            "BEIAN_WITNESSES names a witness twice; name each once.",
        )
    return found


def _witness(written: str) -> Witness:
    address, _, key = written.partition(" ")
    try:
        parsed = VerifierKey.parse(key.strip())
    except GateError as error:
        raise _miswritten(written) from error
    if parsed.kind != COSIGNATURE_KIND or not address.startswith(("http://", "https://")):
        raise _miswritten(written)
    return Witness(parsed.name, parsed.key, address)


def _miswritten(written: str) -> BadInputError:
    return BadInputError(
        f"BEIAN_WITNESSES 的“{written[:120]}”不对；应为“网址 名称+哈希+密钥”，"
        "密钥由 beian-gate witness 启动时显示。",
        f'"{written[:120]}" in BEIAN_WITNESSES should be an address and a verifier key, '
        '"https://witness.example name+hash+key"; beian-gate witness prints the key as it starts.',
    )


@transaction.atomic
def enter_witnesses() -> tuple[Witness, ...]:
    """Enter the configured witnesses, keep what is known of them, and publish their keys.

    Raises:
        BadInputError: They are miswritten.
        OSError: The file of keys cannot be written.
    """
    witnesses = configured_witnesses()
    WitnessState.objects.exclude(verifier_key__in=[_key_of(one) for one in witnesses]).update(is_asked=False)
    for one in witnesses:
        WitnessState.objects.update_or_create(
            verifier_key=_key_of(one), defaults={"name": one.name, "address": one.address, "is_asked": True}
        )
    public = settings.BEIAN_HOME / "public"
    public.mkdir(parents=True, exist_ok=True)
    replace_file(public / WITNESS_KEYS_NAME, PublicKeySet(tuple(one.key for one in witnesses)).to_bytes())
    return witnesses


def cosign(log: TileLog, witnesses: Sequence[Witness], *, at: datetime) -> int:
    """Ask the witnesses who have not cosigned this checkpoint and whose pause is over; return how many did.

    Raises:
        NotNowError: Another sequencer has moved the log on; the next call asks for the new checkpoint.
        CouldNotRunError: The log's files are damaged, or the disk refused.
    """
    if not witnesses or log.checkpoint is None:
        return 0
    waiting = WitnessState.objects.exclude(cosigned_size=log.size)
    due = set(
        waiting.filter(Q(ask_at=None) | Q(ask_at__lte=at), is_asked=True).values_list(
            "verifier_key", flat=True
        )
    )
    asked = [one for one in witnesses if _key_of(one) in due]
    if not asked:
        return 0
    size = log.size
    answers = gather_cosignatures(log, asked, timeout_s=_TIMEOUT_S)
    for answer in answers:
        _note(answer, size, at)
    return sum(answer.outcome is Outcome.COSIGNED for answer in answers)


def _note(answer: WitnessAnswer, size: int, at: datetime) -> None:
    state = WitnessState.objects.get(verifier_key=_key_of(answer.witness))
    state.outcome, state.asked_at = answer.outcome.value, at
    state.detail_zh, state.detail_en = answer.detail.zh[:500], answer.detail.en[:500]
    if answer.outcome is Outcome.COSIGNED:
        if state.failures:
            _log.warning("witness %s cosigns again, size %d", state.name, size)
        state.cosigned_size, state.cosigned_at = size, at
        state.failures, state.ask_at = 0, None
    else:
        state.failures += 1
        doubled = 1 << min(state.failures, _LONGEST_DOUBLING)
        state.ask_at = at + timedelta(seconds=min(doubled, _LONGEST_PAUSE_S))
        _report(state, answer, size)
    if answer.outcome is Outcome.CONTRADICTED:
        state.contradicted_at, state.contradicted_size = at, size
    state.save()


def _report(state: WitnessState, answer: WitnessAnswer, size: int) -> None:
    if answer.outcome is Outcome.CONTRADICTED:
        _log.error(
            "EQUIVOCATION: %s. The log shows size %d. Stop publishing, keep a copy of the log, "
            "and ask the witness for the checkpoint it holds.",
            answer.detail.en,
            size,
        )
    elif state.failures == 1 or state.failures % 10 == 0:
        _log.warning("no cosignature for size %d (try %d): %s", size, state.failures, answer.detail.en)


def _key_of(witness: Witness) -> str:
    return str(VerifierKey(witness.name, COSIGNATURE_KIND, witness.key))
