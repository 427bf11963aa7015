"""Whether a post is about the brand at all: namesakes, giveaways, spam, job and shop advertisements are not."""

from classifiers.reading import Reading


def is_relevant(reading: Reading, brand: str | None, *, complaint: bool) -> bool | None:
    """None without a brand. A complaint is never put aside as an advertisement: one cue is too little against it."""
    if not brand:
        return None
    families = {name for name, _ in reading.within("irrelevant")}
    needed = 2 if complaint else 1
    return len(families) < needed
