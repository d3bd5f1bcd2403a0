"""Figures for a monitor (Prometheus), at an address of their own on this computer.

What is counted while the program runs stands in `ground.watch.counters`; what stands in the database is asked
when the monitor comes, and is each package's to say. Several processes have a port each, counting up, as each
counts for itself.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from prometheus_client import start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from ground.computer.addresses import host_in, is_loopback
from ground.contributions import Slot
from ground.db import Base, db
from ground.watch.counters import REGISTRY

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Figure:
    """A number out of the database: its name and words for the monitor, and how it is counted."""

    name: str
    help_text: str
    count: Callable[[], int]


FIGURES: Slot[Figure] = Slot()


def rows_of(model: type[Base]) -> Callable[[], int]:
    """A count of all rows of a table."""
    return lambda: db.session.scalar(select(func.count()).select_from(model)) or 0


class DatabaseFigures(Collector):
    """The figures out of the databases of these applications; none of one that does not answer.

    Of a tenant each bears its code as `county`.
    """

    def __init__(self, apps: Callable[[], Iterable[Flask]]) -> None:
        self._apps = apps

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """No metrics are described beforehand: the database is asked only when the monitor comes."""
        return iter(())

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Ask for each of the figures."""
        gauges = dict[str, GaugeMetricFamily]()
        for app in self._apps():
            with app.app_context():
                try:
                    _ask(gauges, app.config.get("TENANT"))
                except SQLAlchemyError:
                    log.exception("the database does not answer a monitor")
        yield from gauges.values()


def _ask(gauges: dict[str, GaugeMetricFamily], tenant: str | None) -> None:
    for figure in FIGURES.items():
        if figure.name not in gauges:
            labels = [] if tenant is None else ["county"]
            gauges[figure.name] = GaugeMetricFamily(figure.name, figure.help_text, labels=labels)
        gauges[figure.name].add_metric([] if tenant is None else [tenant], figure.count())


def place(setting: str) -> tuple[str, int]:
    """Host and port of AIXIN_METRICS, like 127.0.0.1:9100. ValueError unless it is on this computer."""
    host, port = host_in(f"//{setting}"), setting.rpartition(":")[2]
    if not is_loopback(host) or not port.isdecimal():
        raise ValueError(setting)
    return host, int(port)


def serve(apps: Callable[[], Iterable[Flask]], setting: str, process: int = 0) -> tuple[Any, Any] | None:
    """Serve the figures from a thread of this process, by its number among the others.

    Returns the server and its thread; None without a setting.
    """
    if not setting:
        return None
    host, port = place(setting)
    REGISTRY.register(DatabaseFigures(apps))
    return start_http_server(port + process, host, REGISTRY)
