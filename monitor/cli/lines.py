"""Posts and replies on standard input: a JSON object a line, or the text itself."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BufferedReader
from typing import cast

from cases.posts import Post

_CHUNK = 1 << 16
"""Bytes that are read at the most before they are answered: some hundred posts, judged together."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of input: a post, with what only some commands use; or why it can't be read."""

    post: Post
    signature: str | None = None
    account: str | None = None
    error: str | None = None


def read_batches() -> Iterator[list[Line]]:
    """Standard input to its end, in batches: what is there is answered, without waiting for more.

    A blank line is an empty text: each line of input has one of output.
    """
    stream, rest = cast("BufferedReader", sys.stdin.buffer), b""
    while chunk := stream.read1(_CHUNK):
        *lines, rest = (rest + chunk).split(b"\n")
        yield [read_line(line) for line in lines]
    if rest:
        yield [read_line(rest)]


def read_line(raw: bytes) -> Line:
    """One line; never raises: what can't be read says so in `error`."""
    try:
        text = raw.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError as error:
        return _unread(f"the line is not UTF-8: {error.reason} at byte {error.start + 1}")
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        return Line(Post(text=text))
    except (ValueError, RecursionError) as error:
        # Too deep, or a figure too long: an object that can't be read, or a text that begins like a list.
        return _unread(f"the line can't be read: {error}") if text.lstrip().startswith("{") else Line(Post(text=text))
    if not isinstance(value, dict):
        return Line(Post(text=text))
    try:
        return _from_object(value)
    except ValueError as error:
        return _unread(str(error))


def _unread(why: str) -> Line:
    return Line(Post(text=""), error=why)


def _from_object(value: dict[str, object]) -> Line:
    text = value.get("text")
    if not isinstance(text, str):
        message = "text is needed and must be a string"
        raise ValueError(message)  # noqa: TRY004 - all that is wrong with a line is told the same way
    return Line(
        Post(
            text=_writable(text),
            platform=(_string(value, "platform") or "").lower() or None,
            language=_string(value, "language"),
            author=_string(value, "author"),
            followers=_count(value),
            posted_at=_moment(value),
            brand=_string(value, "brand"),
        ),
        signature=_string(value, "signature"),
        account=_string(value, "account"),
    )


def _string(value: dict[str, object], name: str) -> str | None:
    found = value.get(name)
    if found is None or isinstance(found, str):
        return _writable(found) if found else None
    message = f"{name} must be a string"
    raise ValueError(message)


def _writable(text: str) -> str:
    """A text without lone surrogates: they can be written in JSON and nowhere else, and must not stop the output."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _count(value: dict[str, object]) -> int | None:
    found = value.get("followers")
    if found is None or (isinstance(found, int) and not isinstance(found, bool) and found >= 0):
        return found
    message = "followers must be a whole number"
    raise ValueError(message)


def _moment(value: dict[str, object]) -> datetime | None:
    found = _string(value, "posted_at")
    if found is None:
        return None
    try:
        moment = datetime.fromisoformat(found)
    except ValueError as error:
        message = "posted_at must be a time in ISO 8601, for example 2026-11-23T08:00:00Z"
        raise ValueError(message) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
