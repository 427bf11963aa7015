"""A small network of its own in one file: a script of posts that arrive by time, and a journal of what was added.

It stands where other platforms have a server on the internet, so that everything can be tried without an account. The
journal (JSON Lines) is only ever appended to, under a lock that all processes share, and flushed to disk before a post
counts as posted.
"""

import os
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from filelock import FileLock, Timeout
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from cases.verdicts import Category, Risk
from templates import folder


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Answer(_Frozen):
    """What an author says once the brand's reply stands; `after` in seconds."""

    after: float = Field(gt=0)
    text: str


class Truth(_Frozen):
    """What a careful reader would say about a post; the network itself never looks at it."""

    complaint: bool
    severity: int = Field(default=0, ge=0, le=4)
    heat: int = Field(default=0, ge=0, le=3)
    category: Category | None = None
    risks: frozenset[Risk] = frozenset()
    about: str = ""
    relevant: bool = True


class ScriptedPost(_Frozen):
    """One post of the script. Times are seconds from the network's start."""

    id: str
    author: str
    name: str = ""
    language: str
    followers: int | None = None
    at: float = Field(ge=0)
    text: str
    parent: str | None = None
    repost: bool = False
    closed: bool = False
    """Its author lets no one answer it."""
    deleted_at: float | None = None
    edited_at: float | None = None
    edited_text: str = ""
    answers: tuple[Answer, ...] = ()
    truth: Truth


class _Script(_Frozen):
    posts: tuple[ScriptedPost, ...]


@cache
def shipped_script(account: str = "parcelo") -> tuple[ScriptedPost, ...]:
    """The posts in `templates/sandbox/posts.toml`, spoken to this account."""
    source = folder("sandbox").joinpath("posts.toml").read_text(encoding="utf-8")
    return _Script.model_validate(tomllib.loads(source.replace("@parcelo", f"@{account}"))).posts


class _Started(_Frozen):
    do: Literal["start"] = "start"
    at: AwareDatetime
    speed: float


class _Said(_Frozen):
    do: Literal["say"] = "say"
    at: AwareDatetime
    id: str
    author: str
    text: str
    name: str = ""
    language: str | None = None
    followers: int | None = None
    parent: str | None = None
    repost: bool = False
    closed: bool = False
    key: str = ""


class _Edited(_Frozen):
    do: Literal["edit"] = "edit"
    at: AwareDatetime
    id: str
    text: str


class _Deleted(_Frozen):
    do: Literal["delete"] = "delete"
    at: AwareDatetime
    id: str


_AS_WRITTEN = _Said.model_fields.keys() & ScriptedPost.model_fields.keys() - {"at"}

_Event = _Said | _Edited | _Deleted
_RECORD: TypeAdapter[_Started | _Event] = TypeAdapter(
    Annotated[_Started | _Said | _Edited | _Deleted, Field(discriminator="do")]
)


class PublicPost(_Frozen):
    """A post as anybody sees it at one moment. `key` is what its writer named the write, to recognise it by."""

    id: str
    thread: str
    author: str
    text: str
    at: AwareDatetime
    name: str = ""
    language: str | None = None
    followers: int | None = None
    parent: str | None = None
    repost: bool = False
    closed: bool = False
    key: str = ""
    edited_at: AwareDatetime | None = None


class Network:
    """The network in `file`, started by whoever looks at it first.

    `account` is the brand's: authors of the script answer its replies. `speed` counts when the network starts and is
    kept in the journal, so that a post never changes its time. `patience` is how many seconds to wait for the lock.
    Every method raises `OSError` where the file can't be used, `TimeoutError` among them where another holds it.
    """

    def __init__(
        self, file: Path, script: Iterable[ScriptedPost], *, account: str, speed: float = 1.0, patience: float = 5.0
    ) -> None:
        self.file = file
        self.account = account
        self._script = {post.id: post for post in script}
        self._speed = speed
        self._lock = FileLock(f"{file}.lock", timeout=patience)

    def posts(self, now: datetime) -> dict[str, PublicPost]:
        """All posts that stand at that moment, by id, oldest first."""
        with self._alone():
            return self._posts(now)

    def say(self, author: str, text: str, now: datetime, *, parent: str | None = None, key: str = "") -> PublicPost:
        """Post something. The same author's second write with one key makes no second post: the first is returned."""
        with self._alone():
            for post in self._posts(now).values():
                if key and (post.author, post.key) == (author, key):
                    return post
            place = self.file.stat().st_size  # only ever grows, so it names one post
            said = _Said(at=now, id=f"post-{place}", author=author, text=text, parent=parent, key=key)
            self._append(said)
            return self._posts(now)[said.id]

    def edit(self, post_id: str, text: str, now: datetime) -> None:
        """Change a post's text."""
        with self._alone():
            self._append(_Edited(at=now, id=post_id, text=text))

    def delete(self, post_id: str, now: datetime) -> None:
        """Take a post back."""
        with self._alone():
            self._append(_Deleted(at=now, id=post_id))

    def _posts(self, now: datetime) -> dict[str, PublicPost]:
        start, journal = self._journal(now)
        moment = max([now, *(event.at for event in journal)])  # what is written has happened, whatever a clock says
        standing: dict[str, PublicPost] = {}
        threads: dict[str, str] = {}
        events = [*self._scripted(start), *journal, *self._answers(start, journal)]
        for event in sorted(events, key=lambda event: event.at):
            if event.at > moment:
                break
            match event:
                case _Said():
                    threads[event.id] = thread = threads.get(event.parent or "", event.id)
                    standing[event.id] = PublicPost(thread=thread, **event.model_dump(exclude={"do"}))
                case _Edited():
                    if post := standing.get(event.id):
                        standing[event.id] = post.model_copy(update={"text": event.text, "edited_at": event.at})
                case _Deleted():
                    standing.pop(event.id, None)
        return standing

    def _scripted(self, start: _Started) -> Iterator[_Event]:
        for post in self._script.values():
            shown = post.model_dump(include=_AS_WRITTEN)
            yield _Said(at=_later(start, post.at), **shown)
            if post.edited_at is not None:
                yield _Edited(at=_later(start, post.edited_at), id=post.id, text=post.edited_text)
            if post.deleted_at is not None:
                yield _Deleted(at=_later(start, post.deleted_at), id=post.id)

    def _answers(self, start: _Started, journal: Iterable[_Event]) -> Iterator[_Event]:
        """What the authors of the script say to the brand's first reply to each."""
        silent = {post.id: post for post in self._script.values() if post.answers}
        for event in journal:
            if isinstance(event, _Said) and event.author == self.account and event.parent in silent:
                post = silent.pop(event.parent)
                for number, answer in enumerate(post.answers, start=1):
                    yield _Said(
                        at=event.at + timedelta(seconds=answer.after / start.speed),
                        id=f"{post.id}-answer-{number}",
                        author=post.author,
                        name=post.name,
                        text=answer.text,
                        language=post.language,
                        followers=post.followers,
                        parent=event.id,
                    )

    def _journal(self, now: datetime) -> tuple[_Started, list[_Event]]:
        """What the file holds; without a start the network starts now."""
        content = self._read()
        records = [record for line in content.splitlines() if (record := _parse(line)) is not None]
        if not records and b"\n" not in content:
            start = _Started(at=now, speed=self._speed)
            self._append(start)
            return start, []
        if not records or not isinstance(records[0], _Started):
            message = f"{self.file} is no journal of the sandbox; move it away, and a new one begins"
            raise OSError(message)
        return records[0], [record for record in records if not isinstance(record, _Started)]

    def _read(self) -> bytes:
        try:
            return self.file.read_bytes()
        except FileNotFoundError:
            return b""

    def _append(self, record: BaseModel) -> None:
        line = record.model_dump_json(exclude_none=True).encode() + b"\n"
        descriptor = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "rb+", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            if size and os.pread(descriptor, 1, size - 1) != b"\n":
                line = b"\n" + line  # a line was torn by a crash; it must not swallow this one
            file.write(line)
            os.fsync(descriptor)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            with self._lock:
                yield
        except Timeout as error:
            message = f"{self.file} is locked by another process; try again when that is done"
            raise TimeoutError(message) from error


def _later(start: _Started, seconds: float) -> datetime:
    return start.at + timedelta(seconds=seconds / start.speed)


def _parse(line: bytes) -> _Started | _Event | None:
    """One line; None for one that a crash tore: it never counted as posted."""
    try:
        return _RECORD.validate_json(line)
    except ValidationError:
        return None
