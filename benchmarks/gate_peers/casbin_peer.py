"""The same decision by Casbin: may this service be served? One policy a service on file, looked up by its id.

Run by the environment that has casbin: python casbin_peer.py FILINGS [plain]
"""

import json
import random
import resource
import statistics
import sys
import time
from importlib.metadata import version

import casbin
from casbin.model import FastModel, Model

MODEL = """
[request_definition]
r = sub, act
[policy_definition]
p = sub, act
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.sub == p.sub && r.act == p.act
"""


def enforcer(count: int, *, plain: bool) -> casbin.Enforcer:
    """Return an enforcer with `count` policies; the fast one keeps them by subject."""
    model = Model() if plain else FastModel([0])
    model.load_model_from_text(MODEL)
    made = casbin.Enforcer(model) if plain else casbin.FastEnforcer(model, cache_key_order=[0])
    policy = made.model["p"]["p"].policy
    for n in range(count):  # as an adapter loads them; add_policies would look for each among the others
        policy.append([f"svc-{n:08d}", "serve"])
    return made


def main() -> None:
    """Measure and print, as JSON."""
    count, plain = int(sys.argv[1]), "plain" in sys.argv[2:]
    started = time.perf_counter()
    made = enforcer(count, plain=plain)
    loaded = time.perf_counter() - started
    chance = random.Random(7)  # noqa: S311  the same subjects at every run
    took = []
    for _ in range(25 if plain else 20_000):
        subject = f"svc-{chance.randrange(count):08d}"
        started = time.perf_counter()
        admitted = made.enforce(subject, "serve")
        took.append(time.perf_counter() - started)
        assert admitted
    assert not made.enforce("unknown", "serve")
    cuts = statistics.quantiles(took, n=100)
    print(
        json.dumps(
            {
                "version": version("casbin"),
                "filings": count,
                "p50_us": cuts[49] * 1e6,
                "p99_us": cuts[98] * 1e6,
                "load_s": loaded,
                "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
            }
        )
    )


if __name__ == "__main__":
    main()
