# ruff: noqa: INP001  a file beside a configuration, in no package
"""The guardrail that config.yaml names. LiteLLM loads it from the folder of its configuration."""

from litellm.integrations.custom_guardrail import CustomGuardrail

from openbeian_gate.litellm_hook import FilingHook

__all__ = ["OpenBeianGuardrail"]


class OpenBeianGuardrail(FilingHook, CustomGuardrail):
    """Refuses calls of models whose service is not on file."""
