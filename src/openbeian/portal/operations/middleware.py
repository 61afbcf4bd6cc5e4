"""The outermost layer: answers probes, gives each request an id, and counts and logs its answer."""

import hmac
import json
import logging
import time
from collections.abc import Callable, Mapping
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from openbeian import clock
from openbeian.portal.operations.health import look
from openbeian.portal.operations.request_ids import current_request_id, request_id_for

__all__ = ["ObserveMiddleware"]

_Next = Callable[[HttpRequest], HttpResponse]
_access: Final = logging.getLogger("openbeian.access")
_HERE: Final = frozenset({"127.0.0.1", "::1"})
_FORWARDED: Final = ("X-Forwarded-For", "Forwarded", "X-Real-IP")
_HEADER: Final = "X-Request-ID"


class ObserveMiddleware:
    """Stands before every other layer: probes need no host, no session and no database of their own."""

    def __init__(self, get_response: _Next) -> None:
        """Keep the next layer."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a probe, or pass the request on and note what came of it."""
        probe = _PROBES.get(request.path)
        if probe is not None:
            return probe(request)
        given = request.headers.get(_HEADER, "")
        request_id = request_id_for(given, trusted=settings.SECURE_PROXY_SSL_HEADER is not None)
        token, began = current_request_id.set(request_id), time.perf_counter()
        try:
            response = self._get_response(request)
            response[_HEADER] = request_id
            _note(request, response.status_code, time.perf_counter() - began)
        finally:
            current_request_id.reset(token)
        return response


def _note(request: HttpRequest, status: int, took_s: float) -> None:
    """Count and log an answer by the pattern of its address: no numbers, no names, nothing anybody typed."""
    match = request.resolver_match
    route = "(none)" if match is None else match.route
    if settings.BEIAN_METRICS:
        from openbeian.portal.operations.metrics import note_request  # noqa: PLC0415  loaded where wanted

        note_request(route=route, method=str(request.method), status=status, took_s=took_s)
    told = {"route": route, "method": request.method, "status": status, "took_ms": round(took_s * 1000)}
    _access.info("%(method)s %(route)s %(status)s %(took_ms)s ms", told, extra=told)


def _healthz(_request: HttpRequest) -> HttpResponse:
    """Say that the process answers."""
    return _plain({"status": "ok"}, 200)


def _readyz(_request: HttpRequest) -> HttpResponse:
    """Say whether everything the portal needs is there."""
    findings = look(at=clock.now())
    is_ready = all(one.is_well for one in findings.values())
    told = {name: {"ok": one.is_well, "detail": one.detail} for name, one in findings.items()}
    return _plain({"status": "ok" if is_ready else "unready", "checks": told}, 200 if is_ready else 503)


def _metrics(request: HttpRequest) -> HttpResponse:
    """Hand Prometheus its figures: to who has the token, or, where none is set, to this machine alone."""
    if not settings.BEIAN_METRICS or not _may_measure(request):
        return HttpResponse("Not found\n", status=404, content_type="text/plain")
    from openbeian.portal.operations.metrics import write_metrics  # noqa: PLC0415  loaded where wanted

    return HttpResponse(
        write_metrics(at=clock.now()), content_type="text/plain; version=0.0.4; charset=utf-8"
    )


def _may_measure(request: HttpRequest) -> bool:
    wanted = settings.BEIAN_METRICS_TOKEN
    if wanted:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {wanted}".encode())
    # What a proxy passes on seems to come from this machine, but says that it was passed on.
    is_passed_on = any(name in request.headers for name in _FORWARDED)
    return request.META.get("REMOTE_ADDR") in _HERE and not is_passed_on


def _plain(told: Mapping[str, object], status: int) -> HttpResponse:
    answer = HttpResponse(json.dumps(told), status=status, content_type="application/json")
    answer["Cache-Control"] = "no-store"
    return answer


_PROBES: Final[Mapping[str, _Next]] = {"/healthz": _healthz, "/readyz": _readyz, "/metrics": _metrics}
