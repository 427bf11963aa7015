"""What people say in public: a bare post, and a mention as a network hands it over."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Post:
    """A post as the classifier and the responder need it: words and little else.

    `language` is a BCP 47 tag if somebody said so, `brand` the name that it may be about; with no brand nothing can be
    said about relevance.
    """

    text: str
    platform: str | None = None
    language: str | None = None
    author: str | None = None
    followers: int | None = None
    posted_at: datetime | None = None
    brand: str | None = None


class MentionKind(StrEnum):
    """How a post came to us. What can be answered through an API depends on it."""

    MENTION = "mention"
    """It names or quotes the brand's account."""
    REPLY = "reply"
    """It answers a post of the brand's account."""
    KEYWORD = "keyword"
    """It was found by a word; its author did not write to us."""


@dataclass(frozen=True, slots=True)
class Permissions:
    """What may be done with one mention, by the rules of its network."""

    answerable: bool
    """A reply through the API is accepted."""
    why_not: str = ""
    """Where not answerable: the reason, in words for a person."""
    author_wrote_first: bool = False
    """The author turned to the account themselves."""
    may_train: bool = True
    """The text may be used to fit a model."""
    forget_by: datetime | None = None
    """By then the post must be read again, and be forgotten if it is gone. None: the network sets no date."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One public post about the brand, as its network showed it when it was read.

    `post_id`, `thread_id` and `parent_id` are the network's own identifiers; a post that starts a thread has its own
    identifier as `thread_id`. `author` is the handle as people type it there, without a leading @. `text` is what a
    person sees: no markup. All of it is data from outside and never to be trusted.
    """

    platform: str
    post_id: str
    thread_id: str
    author_id: str
    author: str
    text: str
    url: str
    posted_at: datetime
    kind: MentionKind
    permissions: Permissions
    author_name: str = ""
    parent_id: str | None = None
    language: str | None = None
    followers: int | None = None
    edited_at: datetime | None = None
    own: bool = False
    """Written by the brand's own account."""
    repost: bool = False
    """Somebody passes on another's words unchanged."""
    ref: str = field(default="", repr=False)
    """What the platform needs to answer it later; opaque to everyone else."""

    def __post_init__(self) -> None:
        """Refuse naive times, and drop what no database or terminal can hold: NUL and lone surrogates."""
        for name in ("text", "author", "author_name", "url"):
            value: str = getattr(self, name)
            object.__setattr__(self, name, value.replace("\0", "").encode("utf-8", "replace").decode("utf-8"))
        for moment in (self.posted_at, self.edited_at, self.permissions.forget_by):
            if moment is not None and moment.tzinfo is None:
                message = f"a time without a zone in {self.platform} post {self.post_id}"
                raise ValueError(message)


def as_post(mention: Mention, brand: str) -> Post:
    """A mention as the classifier and the responder see it."""
    return Post(
        text=mention.text,
        platform=mention.platform,
        language=mention.language,
        author=mention.author,
        followers=mention.followers,
        posted_at=mention.posted_at,
        brand=brand,
    )


@dataclass(frozen=True, slots=True)
class Watch:
    """Which words make a post a mention, beside naming the account."""

    keywords: tuple[str, ...] = ()
    not_keywords: tuple[str, ...] = ()

    def excludes(self, text: str) -> bool:
        """Whether a word in the text says that it is about something else."""
        folded = text.casefold()
        return any(word.casefold() in folded for word in self.not_keywords)

    def matches(self, text: str) -> bool:
        """Whether a keyword stands in the text and none that excludes it."""
        folded = text.casefold()
        return any(word.casefold() in folded for word in self.keywords) and not self.excludes(text)
