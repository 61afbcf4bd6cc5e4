"""Refuses to serve what is not on file: verifies, decides, guards. Needs no network to decide.

`verify` holds the formats (bytes in, a value or a `MalformedError` out, and what must hold for the value
to be believed), `policy` the decision, `client` the snapshot kept up to date, `asgi`, `wsgi`, `server` and
`proxy` the places to stand. The package never imports `openbeian`: whoever audits a gate reads this only.
"""

__all__ = ["__version__"]

__version__ = "0.1.0"
