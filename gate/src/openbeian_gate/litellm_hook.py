"""The gate inside a LiteLLM proxy: a model that stands for a service not on file is not called.

LiteLLM loads a guardrail from a file beside its configuration, as a subclass of its own class:

    from litellm.integrations.custom_guardrail import CustomGuardrail
    from openbeian_gate.litellm_hook import FilingHook

    class OpenBeianGuardrail(FilingHook, CustomGuardrail):
        pass

Nothing here imports LiteLLM, whose releases come by the dozen a month. A model no service is named for is
looked up under its own name, so what nobody thought of is refused.
"""

from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

from openbeian_gate.asgi import admit
from openbeian_gate.client import SnapshotClient
from openbeian_gate.errors import RefusalError
from openbeian_gate.verify.keys import load_keys

__all__ = ["FilingHook", "ServiceRefusedError"]


class ServiceRefusedError(Exception):
    """What LiteLLM turns into its answer: it reads `status_code`, `message` and `type`."""

    def __init__(self, refusal: RefusalError) -> None:
        """Refuse, for the reason given."""
        super().__init__(refusal.text.en)
        self.status_code = refusal.status
        self.code = refusal.code
        self.type = f"urn:openbeian:refusal:{refusal.code}"
        self.message = f"{refusal.text.en} {refusal.text.zh}"
        self.detail = refusal.problem()


class FilingHook:
    """The part of a guardrail that decides."""

    def __init__(
        self,
        *,
        snapshot: str,
        keys: str,
        services: Mapping[str, str] | None = None,
        keep: str | None = None,
        **settings: Any,  # noqa: ANN401  LiteLLM's own, passed on as they are
    ) -> None:
        """Follow `snapshot`, trusting `keys`.

        Args:
            snapshot: The address or path of the snapshot.
            keys: The file of trusted keys.
            services: By model name, the service id or filing number it stands for.
            keep: Where to keep the last good snapshot.
            settings: What LiteLLM gives every guardrail.

        Raises:
            MalformedError: The key file is not one.
            OSError: The key file cannot be read.
        """
        super().__init__(**settings)
        kept = None if keep is None else Path(keep)
        self._gate = SnapshotClient(snapshot, load_keys(Path(keys)), keep=kept)
        self._services = dict(services or {})

    async def async_pre_call_hook(
        self,
        user_api_key_dict: object,
        cache: object,
        data: MutableMapping[str, Any],
        call_type: str,
    ) -> MutableMapping[str, Any]:
        """Let the call through as it is, or refuse it.

        Raises:
            ServiceRefusedError: The service is not let through.
        """
        del user_api_key_dict, cache, call_type  # whoever calls, and however, the service is the same
        model = data.get("model")
        name = model if isinstance(model, str) else ""
        try:
            await admit(self._gate, self._services.get(name, name))
        except RefusalError as refusal:
            raise ServiceRefusedError(refusal) from refusal
        return data
