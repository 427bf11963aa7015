"""What a network must offer to Amends. `monitor/platforms/sandbox.py` is the one to read first.

Every method may raise the `PlatformError` family and nothing else. None of them retries a write.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cases.drafts import ApprovedText
from cases.posts import Mention


@dataclass(frozen=True, slots=True)
class Account:
    """The brand's own account there. `handle` as people type it, without a leading @; `id` as the network counts."""

    id: str
    handle: str
    url: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Some mentions, and the cursor that is true once they are stored: both are committed together (rule 3).

    While a burst is being paged, newest first, every batch but the last carries the cursor that was there before.
    """

    mentions: Sequence[Mention]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply of ours that stands in public."""

    post_id: str
    url: str
    text: str
    posted_at: datetime


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a look for our reply saw. Absence means something only where the look was `complete`."""

    reply: Reply | None
    complete: bool


@dataclass(frozen=True, slots=True)
class Venue:
    """Where a reply will stand, as plain values for the drafting and the checker.

    `measure` counts as the network counts, `limit` in the same unit. `address` begins the text where the author would
    not be notified otherwise ("@ana@host "), and counts. `account` is the exact official handle, with @ or u/ as
    people write it there; `private_link` opens a private message to it, or is "". `link_costs`: leave URLs out.
    """

    platform: str
    limit: int
    measure: Callable[[str], int]
    account: str = ""
    private_link: str = ""
    address: str = ""
    link_costs: bool = False


class Platform(Protocol):
    """One network, connected as the brand's account.

    An instance is used by one thread at a time. Building one must not touch the network: the first call does, so that a
    network that is down at start is an error like any other.
    """

    name: str
    """The module's name: "mastodon", "x", …"""
    limit: int
    """The longest reply, in the unit of `measure`; may become exact with the first call."""
    daily_cap: float | None
    """Dollars that polling may cost a UTC day; None where reading is free."""

    def account(self) -> Account:
        """Who we are there; signs in if need be. Raises `SignInFailed`."""
        ...

    def poll(self, cursor: str | None, now: datetime, allowance: float = float("inf")) -> Iterator[Batch]:
        """All mentions since the cursor, in batches, to the end of a burst.

        Mentions of the account, replies to its posts, and keyword hits. With no cursor: what is recent (a day or a
        page). Overlap is fine; the store knows what it has. `allowance` is what may still be spent today, in dollars;
        raises `BudgetSpent` before going over it.
        """
        ...

    def read(self, mention: Mention) -> Mention | None:
        """The post as it is now, its permissions included; None if it is gone."""
        ...

    def reply(self, mention: Mention, text: ApprovedText, key: str, now: datetime) -> Reply:
        """Post the text in public as an answer to the mention, once, without any retry.

        `key` names this write for good (record key, idempotency key). Raises `Refused`, `Gone` or `SignInFailed` only
        where it is certain that nothing was posted, and `Unclear` or `RateLimited` for any doubt.
        """
        ...

    def find_reply(self, mention: Mention, key: str | None = None, text: str | None = None) -> Sighting:
        """Look for a reply by our account to this mention.

        The one written with this key or of this text; any, where both are None.
        """
        ...

    def measure(self, text: str) -> int:
        """The length of a text by the network's own rule."""
        ...

    def address(self, mention: Mention) -> str:
        """What a reply must begin with so that the mention's author is notified; "" where the network sees to it."""
        ...

    def private_link(self) -> str:
        """A link with which a customer opens a private message to our account; "" where there is none."""
        ...

    def take_cost(self) -> float:
        """Dollars spent since this was last asked; 0.0 where the API is free."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
