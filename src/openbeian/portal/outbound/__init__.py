"""Calls to addresses that others name: only public ones are called, and those an office allows."""

from openbeian.portal.outbound.guard import (
    AddressRefusedError,
    allowed_networks,
    check_address,
    guarded_connector,
)

__all__ = ["AddressRefusedError", "allowed_networks", "check_address", "guarded_connector"]
