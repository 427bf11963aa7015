"""How things are shown in a terminal: safely, in the brand's time, with the command as it can be typed."""

import json
import os
import shlex
import sys
import unicodedata
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import regex
from rich.console import Console
from rich.text import Text

_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_CLUSTER = regex.compile(r"\X")
_MOST_MARKS = 4
_LINE_ENDS = {ord(char): f"\\u{ord(char):04x}" for char in "\u0085\u2028\u2029"}
"""Characters that JSON may hold as they are, and that many a reader takes for the end of a line."""

out = Console(highlight=False, soft_wrap=True)
"""Answers; colours only where a terminal is."""
err = Console(stderr=True, highlight=False, soft_wrap=True)
"""Logs, progress, errors."""


def harmless(text: str, *, lines: bool = False, alone: bool = False) -> str:
    """A text from outside, fit for a terminal.

    Control characters and marks that turn the direction of writing go, as do piles of combining marks; the rest stands
    in an isolate, so that right-to-left words don't reorder what is around them. Without `lines` it becomes one line.
    What stands `alone` on its lines needs no isolate, and is copied as it is.
    """
    kept = "".join(
        char if char == "\n" or not unicodedata.category(char).startswith(("Cc", "Cs", "Co")) else " "
        for char in text.translate(_TURNING)
    )
    kept = "".join(cluster[: 1 + _MOST_MARKS] for cluster in _CLUSTER.findall(kept))
    if not lines:
        kept = " ".join(kept.split())
    return kept if alone else "\n".join(_isolated(line) for line in kept.split("\n"))


def _isolated(line: str) -> str:
    """A line that can't turn its surroundings; what holds no right-to-left letter can't anyway, and stays to copy."""
    if any(unicodedata.bidirectional(char) in _RIGHT_TO_LEFT for char in line):
        return f"{_FIRST_STRONG_ISOLATE}{line}{_POP_ISOLATE}"
    return line


def shorten(text: str, width: int) -> str:
    """The beginning of a text in at most `width` user-perceived characters, with … where something was cut."""
    clusters = _CLUSTER.findall(text)
    return text if len(clusters) <= width else "".join(clusters[: width - 1]).rstrip() + "…"


def one_line(text: str, width: int) -> str:
    """A post's beginning, harmless and on one line."""
    return harmless(shorten(" ".join(text.split()), width))


def local(moment: datetime, zone: ZoneInfo, now: datetime | None = None) -> str:
    """A moment in the brand's time zone: the time alone if it is today there, else with its date."""
    there = moment.astimezone(zone)
    if now is not None and there.date() == now.astimezone(zone).date():
        return f"{there:%H:%M}"
    return f"{there:%Y-%m-%d %H:%M}"


def command(config: Path | None = None) -> str:
    """`amends` as it can be typed where the person stands, with `--config` where it would not be found without.

    `.venv/bin/amends`, or plain `amends` where the PATH has it.
    """
    called = shlex.quote(_program())
    if config is None or config.resolve() == Path(os.environ.get("AMENDS_CONFIG", "config.toml")).resolve():
        return called
    return f"{called} --config {shlex.quote(str(config))}"


def _program() -> str:
    started = Path(sys.argv[0])
    if started.name != "amends":
        return "amends"
    started = started.absolute()
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        if folder and Path(folder).absolute() == started.parent:
            return "amends"
    try:
        return str(started.relative_to(Path.cwd()))
    except ValueError:
        return str(started)


def emit(fields: dict[str, object]) -> None:
    """Print one JSON object on a line of standard output."""
    sys.stdout.write(json.dumps(fields, ensure_ascii=False).translate(_LINE_ENDS) + "\n")
    sys.stdout.flush()


def say(text: str | Text, *, style: str = "") -> None:
    """Print a line of an answer; never read as markup."""
    out.print(text if isinstance(text, Text) else Text(text, style=style))


def warn(text: str | Text, *, style: str = "") -> None:
    """Print a line to standard error; never read as markup."""
    err.print(text if isinstance(text, Text) else Text(text, style=style))
