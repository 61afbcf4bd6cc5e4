"""Checking what a seed comes from: has the log signed the checkpoint?

The note stands whole in the evidence, and beside it the key it was checked with, if it was.
"""

from collections.abc import Callable, Iterator

from openbeian.core.errors import DomainError
from openbeian.core.text import Text
from openbeian.evidence.draws import SeedSource
from openbeian.evidence.verification import Finding

__all__ = ["VerifyCheckpoint", "check_seed_source"]

VerifyCheckpoint = Callable[[str, str], bool]
"""Takes a checkpoint's note and the verifier key recorded with it, empty where it was not checked.

Raises a `DomainError` where the signature does not hold, and says whether it was checked with the log's key
as the verifier has it, and not only with the recorded one.
"""


def check_seed_source(
    source: SeedSource, verify_checkpoint: VerifyCheckpoint | None, *, unchecked: Text
) -> Iterator[Finding]:
    """Yield what is to be said of a checkpoint that a seed comes from; `unchecked` where nobody looked."""
    if source.kind != "checkpoint":
        return
    try:
        is_known = verify_checkpoint is not None and verify_checkpoint(source.value, source.checked_with)
    except DomainError as error:
        yield Finding("bad_checkpoint_signature", "error", error.text)
        return
    if is_known:
        return
    if not source.checked_with:
        yield Finding("checkpoint_unchecked", "warning", unchecked)
        return
    key = source.checked_with
    yield Finding(
        "checkpoint_key_unconfirmed",
        "note",
        Text(
            f"检查点的签名是按证据中所记的公钥 {key} 核验的；请用 --log-key 给出日志自己公布的公钥。",
            f"The checkpoint was checked with the key recorded in the evidence, {key}; give the key that the "
            "log itself publishes with --log-key.",
        ),
    )
