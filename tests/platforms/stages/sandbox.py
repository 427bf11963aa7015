"""The sandbox without a script: its people are the test's, its faults those that a shared file can have."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock
from platforms.stage import WATCH, Fault
from pydantic import BaseModel

from cases.platform import Platform
from cases.posts import Mention
from monitor.platforms.sandbox import Sandbox
from monitor.sandbox_network import Network, PublicPost

BRAND = "parcelo"


class FlakyNetwork(Network):
    """Fails at the file's edge, as told."""

    def __init__(self, file: Path) -> None:
        super().__init__(file, (), account=BRAND, patience=0.1)
        self.read_faults: list[Fault] = []
        self.write_faults: list[Fault] = []
        self._fault: Fault | None = None

    def posts(self, now: datetime) -> dict[str, PublicPost]:
        """A read, which may meet a fault."""
        with self._suffering(self.read_faults):
            return super().posts(now)

    def say(self, author: str, text: str, now: datetime, *, parent: str | None = None, key: str = "") -> PublicPost:
        """A write, which may meet a fault."""
        with self._suffering(self.write_faults):
            return super().say(author, text, now, parent=parent, key=key)

    @contextmanager
    def _suffering(self, faults: list[Fault]) -> Iterator[None]:
        self._fault = faults.pop(0) if faults else None
        try:
            if self._fault is Fault.SLOW:
                with FileLock(f"{self.file}.lock"):
                    yield
            else:
                yield
        finally:
            self._fault = None

    def _read(self) -> bytes:
        if self._fault is Fault.CUT:
            raise OSError(errno.EIO, "the disk went away")
        return b"\x00\xffnonsense\n\n{}\n" if self._fault is Fault.NONSENSE else super()._read()

    def _append(self, record: BaseModel) -> None:
        super()._append(record)
        if self._fault is Fault.ACCEPTED_THEN_CUT:
            raise OSError(errno.EIO, "the disk went away")


class SandboxStage:
    """People write to the network by a second handle on its file, past the platform."""

    edits = True
    faults = frozenset({Fault.SLOW, Fault.CUT, Fault.NONSENSE, Fault.ACCEPTED_THEN_CUT})

    def __init__(self, file: Path) -> None:
        self._flaky = FlakyNetwork(file)
        self._people = Network(file, (), account=BRAND)
        self.platform: Platform = Sandbox(self._flaky, WATCH)

    def says(self, author: str, text: str) -> str:
        """The author mentions the account."""
        return self.mumbles(author, f"@{BRAND} {text}")

    def mumbles(self, author: str, text: str) -> str:
        """The author posts."""
        return self._people.say(author, text, datetime.now(UTC)).id

    def retorts(self, author: str, to: str, text: str) -> str:
        """The author answers a post."""
        return self._people.say(author, text, datetime.now(UTC), parent=to).id

    def edit(self, post_id: str, text: str) -> None:
        """The author changes a post, and keeps the mention if there was one."""
        now = datetime.now(UTC)
        naming = f"@{BRAND} " if self._people.posts(now)[post_id].text.startswith(f"@{BRAND} ") else ""
        self._people.edit(post_id, naming + text, now)

    def delete(self, post_id: str) -> None:
        """The author takes a post back."""
        self._people.delete(post_id, datetime.now(UTC))

    def replies_to(self, mention: Mention) -> list[str]:
        """Our replies under a post."""
        posts = self._people.posts(datetime.now(UTC)).values()
        return [post.text for post in posts if (post.author, post.parent) == (BRAND, mention.post_id)]

    def break_reads(self, fault: Fault, times: int = 1) -> None:
        """The next reads meet this fault."""
        self._flaky.read_faults += [fault] * times

    def break_writes(self, fault: Fault, times: int = 1) -> None:
        """The next writes meet this fault."""
        self._flaky.write_faults += [fault] * times

    def heal(self) -> None:
        """No more faults."""
        self._flaky.read_faults.clear()
        self._flaky.write_faults.clear()


@contextmanager
def open_stage(folder: Path) -> Iterator[SandboxStage]:
    """A network in the folder."""
    yield SandboxStage(folder / "sandbox.jsonl")
