"""The small safety strategy that a service can put before its model: keywords and a local classifier.

`decisions` says what is intercepted, as a pure function of the text; `chat` reads and writes the bodies of
the OpenAI-compatible API; `app` is the ASGI proxy in front of the model; `serve` builds and runs it:

    python -m openbeian.interception.serve --upstream http://127.0.0.1:8080 --port 8090
"""

from openbeian.interception.app import InterceptionApp
from openbeian.interception.decisions import Decision, Policy, Strategy

__all__ = ["Decision", "InterceptionApp", "Policy", "Strategy"]
