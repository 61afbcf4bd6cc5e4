"""The guardrail for LiteLLM: its contract as we know it, and LiteLLM's own class where it is installed."""

import asyncio
import importlib.util
from pathlib import Path

import pytest

from openbeian_gate.litellm_hook import FilingHook, ServiceRefusedError

SHIPPED = Path(__file__).parents[2] / "deploy" / "gate" / "litellm" / "openbeian_guardrail.py"


class Base:
    """Stands where LiteLLM's class stands: takes its own settings and nothing else."""

    def __init__(self, guardrail_name: str, *, default_on: bool) -> None:
        self.settings = (guardrail_name, default_on)


class Guardrail(FilingHook, Base):
    pass


@pytest.fixture
def settings(vectors, tmp_path, at_issue) -> dict[str, object]:
    return {
        "snapshot": str(vectors / "snapshot-7.json"),
        "keys": str(vectors / "keys.json"),
        "keep": str(tmp_path / "last.json"),
        "services": {"wenshan": "svc-001", "old": "svc-003"},
    }


def call(guardrail: FilingHook, data: dict) -> dict:
    return asyncio.run(guardrail.async_pre_call_hook(object(), object(), data, "completion"))


@pytest.fixture
def guardrail(settings):
    made = Guardrail(guardrail_name="openbeian", default_on=True, **settings)
    yield made
    made._gate.stop()


def test_a_model_on_file_is_called_with_its_data_unchanged(guardrail):
    data = {"model": "wenshan", "messages": [{"role": "user", "content": "你好"}]}
    assert call(guardrail, data) is data
    assert call(guardrail, {"model": "svc-001"})
    assert guardrail.settings == ("openbeian", True)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"model": "old"}, "revoked"),
        ({"model": "unheard-of"}, "not_filed"),
        ({"model": ["wenshan"]}, "not_filed"),
        ({}, "not_filed"),
        ({"model": "old", "guardrails": [], "disable_global_guardrails": True}, "revoked"),
        ({"model": "wenshan,old"}, "not_filed"),
    ],
)
def test_every_other_model_is_refused_in_the_words_litellm_reads(guardrail, data, code):
    with pytest.raises(ServiceRefusedError) as refused:
        call(guardrail, data)
    assert (refused.value.status_code, refused.value.code) == (403, code)
    assert refused.value.detail["code"] == code
    assert "备案" in refused.value.message


@pytest.mark.attack("LiteLLM：借备用模型绕行", "around LiteLLM's guardrail by way of a model to fall back on")
@pytest.mark.parametrize("key", ["fallbacks", "context_window_fallbacks", "content_policy_fallbacks"])
@pytest.mark.parametrize(
    ("fallbacks", "code"),
    [
        (["old"], "revoked"),
        (["wenshan", "unheard-of"], "not_filed"),
        ([{"wenshan": ["old"]}], "revoked"),
        ([{"model": "old", "messages": []}], "revoked"),
        ([{"model": "wenshan", "api_base": "http://elsewhere"}], "not_filed"),
        ("old", "revoked"),
        ([7], "not_filed"),
    ],
)
def test_a_model_to_fall_back_on_must_be_on_file_too(guardrail, key, fallbacks, code):
    for data in ({key: fallbacks}, {"router_settings_override": {key: fallbacks}}):
        with pytest.raises(ServiceRefusedError) as refused:
            call(guardrail, {"model": "wenshan", **data})
        assert refused.value.code == code
    assert call(guardrail, {"model": "wenshan", key: ["svc-001", {"model": "wenshan", "messages": []}]})
    assert call(guardrail, {"model": "wenshan", key: None})


@pytest.mark.attack("LiteLLM：自带路由", "around LiteLLM's guardrail by a router of one's own")
def test_a_call_that_brings_its_own_router_is_refused(guardrail):
    with pytest.raises(ServiceRefusedError):
        call(guardrail, {"model": "wenshan", "user_config": {"model_list": []}})


def test_without_a_snapshot_nothing_is_called(settings, tmp_path):
    made = FilingHook(**(settings | {"snapshot": str(tmp_path / "none"), "keep": None, "services": None}))
    with pytest.raises(ServiceRefusedError) as refused:
        call(made, {"model": "svc-001"})
    made._gate.stop()
    assert refused.value.status_code == 503


def test_the_shipped_guardrail_is_what_litellm_wants(settings):
    litellm = pytest.importorskip("litellm.integrations.custom_guardrail", reason="needs litellm[proxy]")
    spec = importlib.util.spec_from_file_location("openbeian_guardrail", SHIPPED)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made = module.OpenBeianGuardrail(
        guardrail_name="openbeian", event_hook="pre_call", default_on=True, **settings
    )
    assert isinstance(made, litellm.CustomGuardrail)
    assert call(made, {"model": "wenshan"}) == {"model": "wenshan"}
    with pytest.raises(ServiceRefusedError):
        call(made, {"model": "old"})
    made._gate.stop()
