"""Spans of time as people write them in a settings file: 10s, 5m, 2h, 3d."""

import re
from datetime import timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_PART = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)\s*([smhdw])")


def parse_duration(text: str) -> timedelta:
    """Read "90s", "1h30m" or "3d". Raises `ValueError` with an example for anything else."""
    compact = text.strip().lower()
    parts = _PART.findall(compact)
    if not parts or _PART.sub("", compact).strip():
        message = f"{text!r} is no span of time; write for example 10s, 5m, 2h or 3d"
        raise ValueError(message)
    return sum((timedelta(**{_UNITS[unit]: float(figure)}) for figure, unit in parts), timedelta())


def spell_duration(span: timedelta) -> str:
    """The shortest usual writing in at most two units: "45s", "2h 5m", "3d"."""
    seconds = max(0, round(span.total_seconds()))
    parts: list[str] = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts[:2]) or "0s"
