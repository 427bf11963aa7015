"""Commands as a person types them: within this process, or where it matters as a process of their own."""

import contextlib
import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from monitor.cli.app import run

PROGRAM = Path(sys.executable).with_name("amends")
"""The installed command; every way of setting Amends up makes it."""

SANDBOX = """\
[brand]
name = "Parcelo"
keywords = ["parcelo"]
not_keywords = ["parcelo di sotto", "fc parcelo"]
signature = "Ana"
[promise]
undo = "{undo}"
[desk]
port = 0
[platforms.sandbox]
every = "1s"
speed = {speed}
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from one command."""

    status: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """Standard output as JSON Lines; fails on anything else that stands there."""
        return [json.loads(line) for line in self.out.split("\n")[:-1]]


def sandbox_folder(folder: Path, *, undo: str = "0s", speed: float = 1000) -> Path:
    """A folder with a config that switches on the sandbox, its two minutes told in an instant."""
    (folder / "config.toml").write_text(SANDBOX.format(undo=undo, speed=speed), encoding="utf-8")
    return folder


def typed(folder: Path, *words: str, stdin: str | bytes = b"") -> Answer:
    """Type `amends …` in a folder."""
    given = stdin.encode() if isinstance(stdin, str) else stdin
    out, err = _stream(), _stream()
    with contextlib.chdir(folder), _standing(words, _stream(given), out, err):
        status = run()
    return Answer(status, _text(out), _text(err))


def started(
    folder: Path, *words: str, stdin: str | bytes = b"", environment: dict[str, str] | None = None, wait: float = 60
) -> Answer:
    """The same as a process of its own."""
    given = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        [PROGRAM, *words],
        cwd=folder,
        input=given,
        env=os.environ | (environment or {}),
        capture_output=True,
        timeout=wait,
        check=False,
    )
    return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())


def _stream(content: bytes = b"") -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", write_through=True)


def _text(stream: io.TextIOWrapper) -> str:
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode("utf-8")


@contextlib.contextmanager
def _standing(
    words: tuple[str, ...], stdin: io.TextIOWrapper, out: io.TextIOWrapper, err: io.TextIOWrapper
) -> Iterator[None]:
    """The process as a command finds it, and afterwards as it was."""
    before = sys.argv, sys.stdin, sys.excepthook
    handlers = list(logging.getLogger().handlers)
    sys.argv, sys.stdin = [str(PROGRAM), *words], stdin
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            yield
    finally:
        sys.argv, sys.stdin, sys.excepthook = before
        logging.getLogger().handlers[:] = handlers
        structlog.reset_defaults()
