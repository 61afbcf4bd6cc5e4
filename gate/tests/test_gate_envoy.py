"""The example for Envoy, held against what our check server really answers. Envoy itself is not run here.

The fields of Envoy's API that the example uses stand below as Envoy documents them, in
envoy.extensions.filters.http.ext_authz.v3 and envoy.config.bootstrap.v3; a misspelt or misplaced one is
noticed.
"""

from pathlib import Path

import pytest
from test_gate_server import ask, serving

from openbeian_gate.client import SnapshotClient
from openbeian_gate.server import check_server

yaml = pytest.importorskip("yaml", reason="needs PyYAML")
EXAMPLE = Path(__file__).parents[2] / "deploy" / "gate" / "envoy.yaml"
LEAF = object()
ADDRESS = {"socket_address": {"address": LEAF, "port_value": LEAF}}
PATTERNS = {"patterns": [{"exact": LEAF}]}
EXT_AUTHZ = {
    "@type": LEAF,
    "failure_mode_allow": LEAF,
    "status_on_error": {"code": LEAF},
    "http_service": {
        "server_uri": {"uri": LEAF, "cluster": LEAF, "timeout": LEAF},
        "path_prefix": LEAF,
        "authorization_response": {
            "allowed_client_headers": PATTERNS,
            "allowed_client_headers_on_success": PATTERNS,
        },
    },
}
ROUTE = {"match": {"prefix": LEAF}, "route": {"cluster": LEAF, "timeout": LEAF}}
MANAGER = {
    "@type": LEAF,
    "stat_prefix": LEAF,
    "route_config": {"virtual_hosts": [{"name": LEAF, "domains": [LEAF], "routes": [ROUTE]}]},
    "http_filters": [{"name": LEAF, "typed_config": EXT_AUTHZ}],
}
CLUSTER = {
    "name": LEAF,
    "connect_timeout": LEAF,
    "load_assignment": {
        "cluster_name": LEAF,
        "endpoints": [{"lb_endpoints": [{"endpoint": {"address": ADDRESS}}]}],
    },
}
BOOTSTRAP = {
    "static_resources": {
        "listeners": [
            {
                "name": LEAF,
                "address": ADDRESS,
                "filter_chains": [{"filters": [{"name": LEAF, "typed_config": MANAGER}]}],
            }
        ],
        "clusters": [CLUSTER],
    }
}


def misplaced(value: object, known: object, where: str = "") -> list[str]:
    """Name every member of `value` that is not in `known`, and every leaf that is not plain."""
    match known, value:
        case {**members}, {**given}:
            strange = [f"{where}.{name}" for name in given if name not in members]
            return strange + [
                fault
                for name in given.keys() & members.keys()
                for fault in misplaced(given[name], members[name], name)
            ]
        case [item], [*items]:
            return [fault for each in items for fault in misplaced(each, item, where)]
        case _:
            return [] if known is LEAF and isinstance(value, str | int | bool) else [where]


@pytest.fixture(scope="module")
def example() -> dict:
    return yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def filters(example) -> list[dict]:
    (listener,) = example["static_resources"]["listeners"]
    (manager,) = listener["filter_chains"][0]["filters"]
    return manager["typed_config"]["http_filters"]


def test_the_example_has_only_fields_that_envoy_documents_where_it_documents_them(example):
    assert misplaced(example, BOOTSTRAP) == []
    assert misplaced({"static_resources": {"listener": []}}, BOOTSTRAP) == ["static_resources.listener"]


def test_the_check_comes_before_the_router_and_fails_closed(filters):
    assert [one["name"] for one in filters] == ["envoy.filters.http.ext_authz", "envoy.filters.http.router"]
    config = filters[0]["typed_config"]
    assert config["failure_mode_allow"] is False
    assert config["status_on_error"] == {"code": "ServiceUnavailable"}
    assert config["@type"] == "type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz"


def test_every_cluster_that_is_named_is_there(example, filters):
    clusters = {one["name"]: one for one in example["static_resources"]["clusters"]}
    service = filters[0]["typed_config"]["http_service"]["server_uri"]
    assert {service["cluster"], "service_behind"} == clusters.keys()
    assert all(name == one["load_assignment"]["cluster_name"] for name, one in clusters.items())
    (endpoint,) = clusters[service["cluster"]]["load_assignment"]["endpoints"][0]["lb_endpoints"]
    at = endpoint["endpoint"]["address"]["socket_address"]
    assert service["uri"] == f"http://{at['address']}:{at['port_value']}"


@pytest.mark.attack("Envoy：路径、参数、方法、请求头", "Envoy: the caller's path, query, method and headers")
def test_what_envoy_would_ask_is_answered_as_the_example_expects(filters, vectors, keys, at_issue):
    service = filters[0]["typed_config"]["http_service"]
    prefix, passed = service["path_prefix"], service["authorization_response"]
    (on_success,) = passed["allowed_client_headers_on_success"]["patterns"]
    to_client = {one["exact"] for one in passed["allowed_client_headers"]["patterns"]}
    client = SnapshotClient(vectors / "snapshot-7.json", keys)
    client.refresh(at_issue)
    forged = {"X-Openbeian-Service": "svc-001", "Content-Length": "0"}
    with serving(check_server(client)) as port:
        for method in ("GET", "POST", "PUT"):
            for path in ("/v1/chat?service=svc-003", "/", "/../svc-003/x"):
                # Envoy takes 200 and nothing else for a yes, and shows the caller the headers named.
                status, headers, _ = ask(port, prefix + path, method=method, headers=forged)
                assert (status, headers[on_success["exact"]]) == (200, "GD-20261123-0001")
                refused = prefix.replace("svc-001", "svc-003")
                status, headers, body = ask(port, refused + path, method=method, headers=forged)
                assert (status, b'"revoked"' in body) == (403, True)
                assert to_client <= headers.keys()
        # A target without a path would be appended to the service's name, and then names none.
        assert ask(port, prefix + "*", method="OPTIONS")[0] == 403
