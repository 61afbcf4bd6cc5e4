"""The small safety strategy that a service can put before its model: keyword library and local classifier.

`decisions` says what is intercepted, as a pure function of the text; `chat` reads and writes the bodies of the
OpenAI-compatible API; `app` is the ASGI proxy in front of the model; `serve` builds and runs it.
"""

from openbeian.interception.app import InterceptionApp
from openbeian.interception.decisions import Decision, Policy, Strategy
from openbeian.interception.serve import Config, create_app

__all__ = ["Config", "Decision", "InterceptionApp", "Policy", "Strategy", "create_app"]
