"""Figures for Prometheus, read from the store whenever they are asked for."""

from collections.abc import Iterator
from datetime import timedelta

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from cases.lifecycle import Status
from desk.health.vitals import platforms_health
from desk.office import Office


def metrics_text(office: Office) -> bytes:
    """All figures in the text format of Prometheus. Raises `StoreError`.

    Its registry holds nothing else: what one process of many uses of memory or time would mislead.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Store(office))
    return generate_latest(registry)


class _Store(Collector):
    def __init__(self, office: Office) -> None:
        self._office = office

    def describe(self) -> list[Metric]:
        """Nothing yet: registering must not ask the store."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The figures of now."""
        ledger, now = self._office.ledger, self._office.clock()
        counts, totals = ledger.counts(), ledger.totals()
        cases = GaugeMetricFamily("amends_cases", "Cases by status.", labels=["status"])
        for status in Status:
            cases.add_metric([str(status)], counts.get(status, 0))
        yield cases
        overdue = ledger.reports.overdue_count(now=now)
        yield GaugeMetricFamily("amends_cases_overdue", "Cases that wait longer than promised.", overdue)
        yield CounterMetricFamily("amends_mentions", "Posts that were read.", totals.mentions)
        yield CounterMetricFamily("amends_drafts", "Revisions of replies that were written.", totals.drafts)
        sends = GaugeMetricFamily("amends_sends", "Public messages by what became of them.", labels=["state"])
        for state, count in totals.sends.items():
            sends.add_metric([str(state)], count)
        yield sends
        yield from self._platforms()

    def _platforms(self) -> Iterator[Metric]:
        name = ["platform"]
        lag = GaugeMetricFamily("amends_poll_lag_seconds", "Time since the last poll that went well.", labels=name)
        bad = GaugeMetricFamily("amends_poll_failing", "1 where the last poll failed.", labels=name)
        paused = GaugeMetricFamily("amends_sending_paused", "1 where sending is paused.", labels=name)
        cost = GaugeMetricFamily("amends_reading_cost_today_usd", "Cost of reading on this UTC day.", labels=name)
        for one in platforms_health(self._office):
            labels = [one.state.name]
            if one.lag is not None:
                lag.add_metric(labels, one.lag / timedelta(seconds=1))
            bad.add_metric(labels, one.state.error is not None)
            paused.add_metric(labels, one.state.paused is not None)
            cost.add_metric(labels, one.cost_today)
        yield from (lag, bad, paused, cost)
