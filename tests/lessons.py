"""What the people of one brand decide about: posts in words of their own, that mean little elsewhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scenes import MORNING, PRAISE, mention

from cases.posts import Permissions
from monitor.pipeline import opening
from store.ledger import Ledger

SLANG = (
    "the {} went walkabout again",
    "my {} is on holiday",
    "{} took the scenic route",
    "the {} is playing hide and seek",
)
CHEER = (
    "the {} sings like a bird",
    "my {} is pure sunshine",
    "{} with a cherry on top",
    "the {} is my new best friend",
)
THINGS = [
    *("bike", "lamp", "kettle", "sofa", "phone", "coat", "tent", "drum", "piano", "chair", "globe", "watch", "radio"),
    *("table", "carpet", "mirror", "vase", "pillow", "ladder", "basket", "hammer", "bottle", "candle", "blanket"),
]


@dataclass(frozen=True, slots=True)
class Lesson:
    """One post, and what people say of it."""

    text: str
    complaint: bool


def lessons(things: Iterable[str] = THINGS) -> list[Lesson]:
    """Complaints in slang and cheerful posts about some things, in turn."""
    found: list[Lesson] = []
    for thing in things:
        for bad, good in zip(SLANG, CHEER, strict=True):
            found += [Lesson(bad.format(thing), complaint=True), Lesson(good.format(thing), complaint=False)]
    return found


def teach(
    ledger: Ledger,
    taught: Sequence[Lesson],
    *,
    name: str = "p",
    permissions: Permissions | None = None,
    now: datetime = MORNING,
) -> None:
    """People look at posts that were passed over, each by another author, and say what they are."""
    granted = permissions or Permissions(answerable=True)
    posts = [
        mention(f"{name}{place}", lesson.text, author=f"{name}{place}", permissions=granted)
        for place, lesson in enumerate(taught)
    ]
    ledger.record("sandbox", posts, None, now=now)
    ledger.judge([(stored.id, PRAISE) for stored in ledger.unjudged()], now=now)
    said = {lesson.text: lesson.complaint for lesson in taught}
    waiting = [judged for judged in ledger.unsettled() if judged.mention.text in said]
    ledger.settle([opening(judged, timedelta(hours=2), 1.0) for judged in waiting], now=now)
    for judged in waiting:
        if said[judged.mention.text]:
            ledger.flag(judged.id, who="ana", due_at=now, now=now)
        else:
            ledger.label_as_fine(judged.id, who="ana", now=now)
