"""Whether a post is about the brand at all: namesakes, giveaways, spam, job and shop advertisements are not."""

from classifiers.companions import Opinion
from classifiers.reading import Reading

_LIKELY, _CERTAIN = 0.5, 0.8
"""How sure the heads must be that a post is not about us, where it is no complaint and where it is one."""


def is_relevant(reading: Reading, brand: str | None, opinion: Opinion | None, *, complaint: bool) -> bool | None:
    """None without a brand. A complaint is never put aside as an advertisement: one cue is too little against it."""
    if not brand:
        return None
    families = {name for name, _ in reading.within("irrelevant")}
    if len(families) >= (2 if complaint else 1):
        return False
    return opinion is None or opinion.irrelevant < (_CERTAIN if complaint else _LIKELY)
