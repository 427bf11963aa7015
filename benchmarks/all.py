"""All figures that the documents report, in one run and one table: `make bench`. Takes about two minutes.

Figures are of this machine at this moment: close what else is busy on it.
"""

import contextlib
import io
import os
import platform
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))  # run as a file, as `make bench` does

from benchmarks import bench_classify, bench_daemon, bench_draft, bench_lint, bench_pipeline
from benchmarks.figures import Figure, table


def run() -> list[Figure]:
    """Each file's figures, the daemon's first, while this process is still small."""
    figures = bench_daemon.run()
    figures += bench_pipeline.run()
    figures += [Figure(f"classification: {name}", value, unit) for name, value, unit in bench_classify.run()]
    drafts = bench_draft.run()
    figures += [
        Figure("one draft, the wording alone", drafts.drafting_ms, "ms"),
        Figure("one draft with the checker's reading", drafts.with_checker_ms, "ms", "≤ 10"),
    ]
    with contextlib.redirect_stdout(io.StringIO()):  # its longer table is for when it runs alone
        lints = bench_lint.run()
    figures += [Figure(f"one lint of 500 characters, {tag}", taken, "ms", "≤ 5") for tag, taken in lints.items()]
    return figures


if __name__ == "__main__":
    print(table(run()))
    print(f"\n{platform.system()} on {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"load of the last minute at the end: {os.getloadavg()[0]:.1f}")
