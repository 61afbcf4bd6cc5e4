"""The gate inside a LiteLLM proxy: a model that stands for a service not on file is not called.

LiteLLM loads a guardrail from a file beside its configuration, as a subclass of its own class:

    from litellm.integrations.custom_guardrail import CustomGuardrail
    from openbeian_gate.litellm_hook import FilingHook

    class OpenBeianGuardrail(FilingHook, CustomGuardrail):
        pass

Nothing here imports LiteLLM, whose releases come by the dozen a month. A model no service is named for is
looked up under its own name, so what nobody thought of is refused. A caller may name models to fall back on,
and LiteLLM asks no guardrail before it calls those: so they must all be on file too.
"""

from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any, Final

from openbeian_gate.asgi import admit
from openbeian_gate.choosing import repository_client
from openbeian_gate.client import SnapshotClient
from openbeian_gate.gate import Gate
from openbeian_gate.policy import Visitor
from openbeian_gate.refusals import RefusalError
from openbeian_gate.trial_users import TrialUsers
from openbeian_gate.verify.keys import load_keys

__all__ = ["FilingHook", "ServiceRefusedError"]


_FALLBACKS: Final = ("fallbacks", "context_window_fallbacks", "content_policy_fallbacks")
_ELSEWHERE: Final = frozenset({"api_base", "base_url"})
"""With these a model's name says nothing of what is called."""


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
        snapshot: str = "",
        keys: str = "",
        repository: str = "",
        root: str = "",
        services: Mapping[str, str] | None = None,
        keep: str | None = None,
        folder: str | None = None,
        use: str = "",
        **settings: Any,  # noqa: ANN401  LiteLLM's own, passed on as they are
    ) -> None:
        """Follow `repository`, trusting `root`; or `snapshot`, trusting `keys`.

        Args:
            snapshot: The address or path of one signed snapshot.
            keys: The file of trusted keys.
            repository: The address or path of the register's repository.
            root: The file of its trusted root.
            services: By model name, the service id or filing number it stands for.
            keep: The file to keep the last good snapshot in; of a repository, the folder.
            folder: The folder in which trial users of sandbox permits are counted over restarts.
            use: What services under a sandbox permit are used for here.
            settings: What LiteLLM gives every guardrail.

        Raises:
            CannotRunError: The root file can't be used.
            MalformedError: The key file is not one.
            OSError: The key file cannot be read, or the folder can't be written to.
        """
        super().__init__(**settings)
        kept = None if keep is None else Path(keep)
        if repository:
            client = repository_client(repository, Path(root), kept or Path("openbeian-gate"))
        else:
            client = SnapshotClient(snapshot, load_keys(Path(keys)), keep=kept)
        self._gate = Gate(client, trials=TrialUsers(None if folder is None else Path(folder)))
        self._use = use
        self._services = dict(services or {})

    async def async_pre_call_hook(
        self,
        user_api_key_dict: object,
        cache: object,
        data: MutableMapping[str, Any],
        call_type: str,
    ) -> MutableMapping[str, Any]:
        """Let the call through as it is, or refuse it.

        The user, for sandbox permits, is the one LiteLLM knows by the key; what a caller writes into the
        request's own `user` is not believed.

        Raises:
            ServiceRefusedError: The service is not let through.
        """
        del cache, call_type  # however it is called, the service is the same
        user = getattr(user_api_key_dict, "user_id", None)
        visitor = Visitor(user if isinstance(user, str) else "", self._use)
        try:
            for name in _models(data):
                await admit(self._gate, self._services.get(name, name), visitor)
        except RefusalError as refusal:
            raise ServiceRefusedError(refusal) from refusal
        return data


def _models(data: Mapping[str, Any]) -> list[str]:
    """Return the models that a call may end up at; an empty name for what can't be told."""
    model, settings = data.get("model"), data.get("router_settings_override") or {}
    places = [where[key] for where in (data, settings) for key in _FALLBACKS if where.get(key) is not None]
    fallbacks = [fallback for place in places for fallback in _named(place)]
    own_router = [""] if data.get("user_config") else []
    return [model if isinstance(model, str) else "", *fallbacks, *own_router]


def _named(place: object) -> list[str]:
    """Return the models named in one place: a name, a list, {model: places} or {"model": name, …}."""
    match place:
        case str():
            return [place]
        case list():
            return [model for inner in place for model in _named(inner)]
        case {"model": str(model), **others}:
            return [model if _ELSEWHERE.isdisjoint(others) else ""]
        case {**inner}:
            return [model for each in inner.values() for model in _named(each)]
        case _:
            return [""]
