"""A network on loopback with people on it: what the contract suite needs to play its scenes.

Each file in `stages/` offers `open_stage(folder)`, a context manager that starts the real server (or the stand-in),
connects the platform as the brand "Parcelo", and tears all down. Doubles stand at the network's edge only: the client
library is always the real one.
"""

from contextlib import AbstractContextManager
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from cases.platform import Platform
from cases.posts import Mention, Watch

WATCH = Watch(keywords=("parcelo",), not_keywords=("parcelo island",))
"""What every stage's platform watches for."""


class Fault(StrEnum):
    """What a network can do to a request."""

    RATE_LIMITED = "rate_limited"
    """429 that says when to come back."""
    RATE_LIMITED_BARE = "rate_limited_bare"
    """429 that says nothing."""
    SERVER_ERROR = "server_error"
    SLOW = "slow"
    """No answer within our time-out, and nothing carried out."""
    CUT = "cut"
    """The line drops before the request is carried out."""
    NONSENSE = "nonsense"
    """200 with a body that is not what was asked for; nothing carried out."""
    ACCEPTED_THEN_CUT = "accepted_then_cut"
    """Carried out, and the line drops before the answer."""


class Stage(Protocol):
    """One network and the people on it."""

    platform: Platform
    edits: bool
    """The network lets people edit posts."""
    faults: frozenset[Fault]
    """The faults that it can be told to have."""

    def says(self, author: str, text: str) -> str:
        """The author mentions the account; the post's id."""
        ...

    def mumbles(self, author: str, text: str) -> str:
        """The author posts without mentioning the account (a keyword hit, if the text holds "parcelo")."""
        ...

    def retorts(self, author: str, to: str, text: str) -> str:
        """The author answers a post (by id), for example our reply."""
        ...

    def edit(self, post_id: str, text: str) -> None:
        """The author changes a post."""
        ...

    def delete(self, post_id: str) -> None:
        """The author takes a post back."""
        ...

    def replies_to(self, mention: Mention) -> list[str]:
        """The texts of our replies that the public sees under a post, read past the client library."""
        ...

    def break_reads(self, fault: Fault, times: int = 1) -> None:
        """The next reads meet this fault."""
        ...

    def break_writes(self, fault: Fault, times: int = 1) -> None:
        """The next writes meet this fault."""
        ...

    def heal(self) -> None:
        """No more faults."""
        ...


class OpenStage(Protocol):
    """What each file in `stages/` offers as `open_stage`."""

    def __call__(self, folder: Path) -> AbstractContextManager[Stage]:
        """Start the network in a scratch folder."""
        ...
