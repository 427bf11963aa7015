"""What a complaint is about: by heads learned from posts, or by cues where a model has none."""

from collections import defaultdict

from cases.verdicts import Category
from classifiers.companions import Opinion
from classifiers.reading import Reading

_NEAR_ROOT = 1.5
"""A cue of several words says more than the same words apart."""
_TELLING = {
    Category.SAFETY: 2.0,
    Category.PRIVACY: 1.6,
    Category.REFUND: 1.5,
    Category.WRONG_ITEM: 1.5,
    Category.LOST: 1.2,
    Category.DAMAGED: 1.2,
    Category.STAFF: 0.9,
    Category.APP: 0.9,
    Category.OUTAGE: 0.9,
    Category.POLICY: 0.9,
    Category.CHARGE: 0.8,
    Category.QUALITY: 0.8,
}
"""How telling one cue is, by how often it also stands in posts about something else."""


def category_of(reading: Reading, opinion: Opinion | None) -> Category:
    """The most likely category."""
    if opinion is not None:
        return max(opinion.category, key=lambda category: opinion.category[category])
    return _by_cues(reading)


def _by_cues(reading: Reading) -> Category:
    """The category whose cues weigh most; `OTHER` where none was found. Earlier cues decide between equals."""
    scores: dict[Category, float] = defaultdict(float)
    seen: set[tuple[str, int]] = set()
    for name, hit in reading.within("category"):
        if (name, hit.first) in seen:
            continue
        seen.add((name, hit.first))
        category = Category(name)
        scores[category] += _TELLING.get(category, 1.0) * (1 + (hit.last - hit.first)) ** _NEAR_ROOT
    return max(scores, key=lambda category: scores[category], default=Category.OTHER)
