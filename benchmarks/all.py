"""All figures that the documents report, in one run and one table: `make bench`. Takes about five minutes.

Figures are of this machine at this moment: close what else is busy on it.
"""

import contextlib
import io
import os
import platform
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parent.parent))  # run as a file, as `make bench` does

from benchmarks import bench_classify, bench_daemon, bench_desk, bench_draft, bench_lint, bench_pipeline, checker
from benchmarks.figures import Figure, table

_Result = TypeVar("_Result")
_CHECKED = {"en": "≥ .88", "fa": "≥ .82", "ar": "≥ .82"}


def run() -> list[Figure]:
    """Each file's figures, each from a process of its own: what one has loaded or cached must not help the next."""
    figures = _alone(bench_daemon.run)
    figures += _alone(bench_pipeline.run)
    figures += _alone(bench_classify.run)
    figures += bench_desk.run()  # its desk is a process of its own already
    drafts = _alone(bench_draft.run)
    figures += [
        Figure("one draft, the wording alone", drafts.drafting_ms, "ms", "≤ 3"),
        Figure("one draft with the checker's reading", drafts.with_checker_ms, "ms", "≤ 3"),
    ]
    lints = _alone(_lint)
    figures += [Figure(f"one lint of 500 characters, {tag}", taken, "ms", "≤ 5") for tag, taken in lints.items()]
    for tag, agreement in _alone(checker.run).items():
        figures += [
            Figure(
                f"checker on held-back replies, {tag}: components", agreement.components, "F1", _CHECKED.get(tag, "")
            ),
            Figure(f"checker on held-back replies, {tag}: faults", agreement.faults, "F1", "≥ .75"),
            Figure(f"checker stops a good reply, {tag}", agreement.stopped_share * 100, "%", "≤ 3"),
        ]
    return figures


def _alone(work: Callable[[], _Result]) -> _Result:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
        return fresh.submit(work).result()


def _lint() -> dict[str, float]:
    with contextlib.redirect_stdout(io.StringIO()):  # its longer table is for when it runs alone
        return bench_lint.run()


if __name__ == "__main__":
    print(table(run()))
    print(f"\n{platform.system()} on {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"load of the last minute at the end: {os.getloadavg()[0]:.1f}")
