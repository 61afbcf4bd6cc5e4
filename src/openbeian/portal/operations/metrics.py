"""What Prometheus asks for: requests by route, and how much waits. Counted over all web processes together.

Web processes share their counts through files in the folder that PROMETHEUS_MULTIPROC_DIR names; what waits
is counted in the database when somebody asks.
"""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Min, QuerySet
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from openbeian.portal.applications.models import Application
from openbeian.portal.log.models import Entry
from openbeian.portal.notices.models import Delivery, Endpoint, Notice
from openbeian.portal.operations.health import unpublished_for

__all__ = ["note_request", "write_metrics"]

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_own: Final = CollectorRegistry()
_REQUESTS: Final = Counter(
    "beian_requests", "Answered requests", ["route", "method", "status"], registry=_own
)
_DURATIONS: Final = Histogram(
    "beian_request_seconds",
    "How long requests took",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=_own,
)


def note_request(*, route: str, method: str, status: int, took_s: float) -> None:
    """Count an answered request. `route` is the pattern of its address, never the address itself."""
    _REQUESTS.labels(route, method if method in _METHODS else "OTHER", str(status)).inc()
    _DURATIONS.labels(route).observe(took_s)


def write_metrics(*, at: datetime) -> bytes:
    """Return everything in Prometheus' text format."""
    gauges = CollectorRegistry()
    gauges.register(_Waiting(at))
    requests = _own
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        requests = CollectorRegistry()
        MultiProcessCollector(requests)  # type: ignore[no-untyped-call]  # the library's own
    return generate_latest(requests) + generate_latest(gauges)


class _Waiting(Collector):
    """What waits, as the database has it."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Count."""
        yield _gauge("beian_log_unpublished_entries", "Entries that wait for the log", _unpublished())
        lag = unpublished_for(at=self._at)
        yield _gauge("beian_log_lag_seconds", "How long the oldest of them has waited", _seconds(lag))
        yield _gauge("beian_notices_waiting", "Notices in the outbox", _in_outbox())
        yield _gauge("beian_deliveries_waiting", "Deliveries that are not done", _deliveries().count())
        yield _gauge(
            "beian_outbox_age_seconds", "How long the oldest delivery has waited", self._outbox_age()
        )
        yield _gauge("beian_webhooks_off", "Webhooks switched off because they failed", _switched_off())
        yield _by_status()

    def _outbox_age(self) -> float:
        oldest = _deliveries().aggregate(oldest=Min("made_at"))["oldest"]
        return 0.0 if oldest is None else _seconds(self._at - oldest)


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value)


def _by_status() -> GaugeMetricFamily:
    family = GaugeMetricFamily("beian_applications", "Applications by status", labels=["status"])
    for row in Application.objects.order_by().values("status").annotate(number=Count("pk")):
        family.add_metric([row["status"]], row["number"])
    return family


def _unpublished() -> int:
    return Entry.objects.filter(index=None).count()


def _in_outbox() -> int:
    return Notice.objects.filter(expanded_at=None).count()


def _deliveries() -> QuerySet[Delivery]:
    return Delivery.objects.filter(state="waiting").order_by()


def _switched_off() -> int:
    return Endpoint.objects.filter(off_at__isnull=False, removed_at=None).count()


def _seconds(span: timedelta) -> float:
    return max(0.0, span.total_seconds())
