"""Reads the environment into typed values; only the settings call it, once, as the process starts.

A value that can't be read stops the process with a sentence that names the variable.
"""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

__all__ = [
    "env_bool",
    "env_int",
    "env_list",
    "env_path",
    "env_secret",
    "env_switched_off",
    "env_text",
    "openid_origins",
    "openid_providers",
]

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"", "0", "false", "no", "off"})


def env_text(name: str, default: str = "") -> str:
    """Return the variable `name`, or the content of the file that `name`_FILE points to."""
    file = os.environ.get(f"{name}_FILE")
    if file is None:
        return os.environ.get(name, default)
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name}_FILE: the file {file} can't be read ({error})") from error


def env_bool(name: str, *, default: bool = False) -> bool:
    """Return a switch: 1, true, yes, on; or 0, false, no, off."""
    written = os.environ.get(name)
    if written is None:
        return default
    if written.strip().lower() in _TRUE:
        return True
    if written.strip().lower() in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={written!r} is no switch; write 1 or 0")


def env_switched_off(name: str, *, production: bool) -> bool:
    """Say whether a protection is switched off by `name`; a `production` portal doesn't start without it."""
    is_off = env_bool(name)
    if is_off and production:
        raise ImproperlyConfigured(
            f"{name} is set, which a production portal refuses; take it out of the environment"
        )
    return is_off


def env_int(name: str, default: int, *, minimum: int = 0) -> int:
    """Return a whole number of at least `minimum`."""
    written = os.environ.get(name, str(default))
    try:
        number = int(written)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={written!r} is no whole number") from error
    if number < minimum:
        raise ImproperlyConfigured(f"{name}={number} is too small; the least is {minimum}")
    return number


def env_list(name: str, default: str = "") -> list[str]:
    """Return a list written with commas."""
    return [part.strip() for part in env_text(name, default).split(",") if part.strip()]


def env_path(name: str, default: str) -> Path:
    """Return a path, made absolute."""
    return Path(os.environ.get(name) or default).expanduser().resolve()


def env_secret(name: str, kept_in: Path, *, required: bool) -> str:
    """Return a secret: from the environment, or else made once and kept in a file only its owner can read.

    Where it is `required`, the environment has to give it: several machines must share one.
    """
    given = env_text(name)
    if given:
        return given
    if required:
        raise ImproperlyConfigured(f"{name} is not set; a production portal needs it (or {name}_FILE)")
    kept_in.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = secrets.token_urlsafe(48)
    try:
        descriptor = os.open(kept_in, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return kept_in.read_text(encoding="ascii")
    with open(descriptor, "w", encoding="ascii") as file:  # noqa: PTH123  a descriptor, not a path
        file.write(made)
    return made


def openid_providers(
    server: str, *, client: str, secret: str, name: str, production: bool
) -> dict[str, dict[str, Any]]:
    """Return allauth's setting for one OpenID Connect provider; nothing where no `server` is named."""
    if not server:
        return {}
    if not (client and secret):
        raise ImproperlyConfigured(
            "BEIAN_OIDC_SERVER is set without BEIAN_OIDC_CLIENT and BEIAN_OIDC_SECRET; set all three, or none"
        )
    if production and not server.startswith("https://"):
        raise ImproperlyConfigured(f"BEIAN_OIDC_SERVER={server!r}: a production portal asks for https://")
    app = {
        "provider_id": "sso",
        "name": name or urlsplit(server).hostname or server,
        "client_id": client,
        "secret": secret,
        "settings": {"server_url": server, "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [app]}}


def openid_origins(providers: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the origins of the providers' servers, for the content security policy."""
    servers = [urlsplit(app["settings"]["server_url"]) for one in providers.values() for app in one["APPS"]]
    return [f"{server.scheme}://{server.netloc}" for server in servers]
