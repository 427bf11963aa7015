"""`amends …` as a process of its own that goes on, and what it says."""

import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from typed import PROGRAM

SOON = 60.0
"""Seconds for what takes two on an idle machine."""


@contextmanager
def running(folder: Path, *words: str) -> "Iterator[subprocess.Popen[bytes]]":
    """`amends …` as a process of its own, what it says in `out` and `err` beside the folder."""
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with (folder.parent / "out").open("wb") as out, (folder.parent / "err").open("wb") as err:
        process = subprocess.Popen([PROGRAM, *words], cwd=folder, env=environment, stdout=out, stderr=err)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def told(folder: Path, pattern: str, stream: str = "out") -> str:
    """What it says, once it says so."""
    until = time.monotonic() + SOON
    while time.monotonic() < until:
        said = (folder.parent / stream).read_text(encoding="utf-8")
        if found := re.search(pattern, said):
            return found[0]
        time.sleep(0.1)
    message = f"never said {pattern}: {said}"
    raise AssertionError(message)
