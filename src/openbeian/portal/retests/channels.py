"""The test channels that a provider declared in what was handed in."""

from typing import Final, NamedTuple

from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.portal.applications.models import Application
from openbeian.portal.applications.steps import current_version

__all__ = ["CHANNEL_LABELS", "Channel", "channel_named", "channels_of"]

CHANNEL_LABELS: Final = {
    "guarded": Text("加装安全策略的通道", "Channel with the safety strategy"),
    "bare": Text("未加安全策略的通道", "Channel without the safety strategy"),
}


class Channel(NamedTuple):
    """A declared channel."""

    name: str
    address: str


def channels_of(application: Application) -> list[Channel]:
    """Return the channels in the version handed in last."""
    version = current_version(application)
    facts = version.facts if version else {}
    declared = ((name, str(facts.get(f"channels.{name}", ""))) for name in CHANNEL_LABELS)
    return [Channel(name, address) for name, address in declared if address]


def channel_named(application: Application, name: str) -> Channel:
    """Return a declared channel.

    Raises:
        BadInputError: The provider declared none of this name.
    """
    for channel in channels_of(application):
        if channel.name == name:
            return channel
    raise BadInputError(
        "申报内容中没有这个测试通道；请从列表中选择，或要求提供者补正。",
        "What was handed in names no such channel; choose one of the list, or have the provider correct it.",
    )
