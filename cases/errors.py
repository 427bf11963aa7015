"""Everything that can go wrong, drawn once.

::

    AmendsError
    ├── ConfigError              config.toml or a secret is wrong
    ├── ModelError               the classifier's file can't be used
    ├── PackError                a language folder is wrong
    ├── ExtraMissing             an optional library is not installed
    ├── StoreError               the store can't be used
    │   ├── StoreBusy            another process holds it too long
    │   ├── StoreFull            no space left to write
    │   ├── StoreTooNew          made by a newer Amends
    │   └── AlreadyRunning       another daemon owns it
    ├── CaseError                a person asked for what can't be done
    │   ├── NotFound             no such case, mention or draft
    │   ├── MoveRefused          the lifecycle has no such move
    │   ├── Overtaken            somebody else moved it first
    │   ├── TextChanged          the approved text is no longer the draft's
    │   └── NotAllowed           a rule stands in the way (two people, checker, …)
    ├── MailError                the digest could not be handed over
    │   └── UnclearMail          the line dropped; it may have been taken
    └── PlatformError            a network said no, or said nothing
        ├── RateLimited          wait as long as told, then ask again
        ├── Unavailable          5xx, refused connection, time-out, nonsense: try later
        ├── Unclear              a write that may or may not have happened
        ├── BudgetSpent          today's money for this network is used up
        ├── SignInFailed         the credentials are refused (permanent)
        ├── Gone                 the post is not there any more (permanent)
        └── Refused              the network will not take this (permanent)

Each message names the thing and the way out. Causes are chained.
"""

from datetime import datetime


class AmendsError(Exception):
    """Base of all errors that Amends raises on purpose; its text is fit to be shown to a person."""


class ConfigError(AmendsError):
    """config.toml, or a secret that it needs, is missing or wrong; the text lists every fault found."""


class ModelError(AmendsError):
    """The classifier's file is missing, truncated, too new, or holds types that are not allowed."""


class PackError(AmendsError):
    """A language pack lacks something or can't be parsed."""


class ExtraMissing(AmendsError):
    """What was asked for needs a library that only an extra installs; the text has the command that does."""


class StoreError(AmendsError):
    """The store can't be opened, read or written."""


class StoreBusy(StoreError):
    """Another process kept the store locked for longer than we wait."""


class StoreFull(StoreError):
    """The disk or quota under the store has no room; nothing was written."""


class StoreTooNew(StoreError):
    """The store's schema was made by a newer Amends."""


class AlreadyRunning(StoreError):
    """Another daemon runs on this SQLite file."""


class CaseError(AmendsError):
    """A decision that can't be carried out; nothing was changed."""


class NotFound(CaseError):
    """No case, mention or draft of that name."""


class MoveRefused(CaseError):
    """`TRANSITIONS` has no such move."""


class Overtaken(CaseError):
    """The case was no longer in the state that the decision was made for."""


class TextChanged(CaseError):
    """The text to approve is not the text that was shown."""


class NotAllowed(CaseError):
    """A rule stands in the way; the text says which, and who can lift it."""


class MailError(AmendsError):
    """The mail server did not take the digest."""


class UnclearMail(MailError):
    """The line dropped while the digest was handed over: it may have been taken, so it is not mailed again."""


class PlatformError(AmendsError):
    """A network could not do what was asked.

    `permanent` says whether asking again unchanged can help; it never does for a permanent one.
    """

    permanent = False


class RateLimited(PlatformError):
    """The network told us to wait.

    `until` is when it may be asked again (aware), or None where the network did not say.
    On a write it proves nothing: some libraries try again below us before they give up.
    """

    def __init__(self, message: str, until: datetime | None = None) -> None:
        super().__init__(message)
        self.until = until


class Unavailable(PlatformError):
    """Nothing usable came back from a read: 5xx, no connection, a time-out, or an answer that makes no sense."""


class Unclear(PlatformError):
    """A write ended without a clear answer: it may have been carried out. Never to be repeated blindly."""


class BudgetSpent(PlatformError):
    """The day's money for this network is used up; polling goes on at `until` (aware)."""

    def __init__(self, message: str, until: datetime) -> None:
        super().__init__(message)
        self.until = until


class SignInFailed(PlatformError):
    """The network refuses our credentials."""

    permanent = True


class Gone(PlatformError):
    """The post or account is deleted, or hidden from us."""

    permanent = True


class Refused(PlatformError):
    """The network understood and said no: too long, closed to replies, blocked, not permitted. Nothing was posted."""

    permanent = True
