"""Counters of the running program, for a monitor to fetch (`ground.server.metrics`).

Labels are endpoints, statuses and codes of the program, of which there is a fixed number; none of them tells
of a person, a village or an address.
"""

from prometheus_client import CollectorRegistry, Counter, Histogram

REGISTRY = CollectorRegistry()

# Seconds. What people wait for is below the first three; beyond the last they have gone.
STEPS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS = Counter(
    "aixin_requests", "Requests that were answered.", ("endpoint", "status"), registry=REGISTRY
)
SECONDS = Histogram(
    "aixin_request_seconds",
    "How long an answer took.",
    ("endpoint",),
    buckets=STEPS,
    registry=REGISTRY,
)
REFUSALS = Counter("aixin_refusals", "Refusals that somebody was told.", ("code",), registry=REGISTRY)
WAITS = Histogram(
    "aixin_database_wait_seconds",
    "How long a write waited: to begin, or for the lock of a row.",
    ("what",),
    buckets=STEPS,
    registry=REGISTRY,
)
