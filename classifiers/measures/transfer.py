"""How well a judge does where it has seen nothing alike: a trade, a brand or a whole corpus left out of training.

Each part is left out of several corpora at once, so a handful of fits judges every post of each. By the linear model
alone: the encoder would have to be trained anew for each.
"""

import hashlib
from collections.abc import Callable, Sequence

from classifiers.corpora import MADE_UP, WRITTEN, Example
from classifiers.measures.bootstrap import DRAWS
from classifiers.measures.scores import Judged, Scores, score
from classifiers.train import fit

DOMAINS = ("en-airlines", "en-brands", "en-games", "en-reviews")
"""The corpora that name domains or brands as groups."""
_NO_DOMAIN = "random"
"""The group of posts about anything, nearly all of them no complaints."""
_ROUNDS = 6
_FOLDS = 2
"""Enough to calibrate; the thresholds of these fits hardly differ from those of four folds."""
_FEWEST = 30
_MOST_DOMAINS_TOLD = 10


def unseen_domains(
    posts: Sequence[Example], *, progress: Callable[[str], None], seed: int = 0, draws: int = DRAWS
) -> list[Scores]:
    """Each domain by a model that saw no post of it: a row for each corpus, and one for each of its few domains."""
    rounds = _rounds(posts)
    judged: list[Judged] = []
    for number in sorted(set(rounds.values())):
        progress(f"domains left out: fit {number + 1} of {max(rounds.values()) + 1}")
        out = {domain for domain, its in rounds.items() if its == number}
        judged += _without([_domain(post) in out for post in posts], posts, seed)
    rows = []
    for source in DOMAINS:
        there = [one for one in judged if one.example.source == source]
        if there:
            rows.append(score(f"{source}, each domain unseen", there, seed=seed, draws=draws))
        groups = sorted({one.example.group for one in there})
        for group in groups if len(groups) <= _MOST_DOMAINS_TOLD else []:
            if group == _NO_DOMAIN:
                continue
            part = [one for one in there if one.example.group == group]
            if len(part) >= _FEWEST and len({one.example.complaint for one in part}) > 1:
                rows.append(score(f"{source}: {group}", part, seed=seed, draws=draws))
    return rows


def unseen_corpora(
    posts: Sequence[Example], *, progress: Callable[[str], None], seed: int = 0, draws: int = DRAWS
) -> list[Scores]:
    """Each corpus by a model that was trained on all the others, and on what was written for this project."""
    sources = sorted({post.source for post in posts if not post.source.startswith((MADE_UP, WRITTEN))})
    rows = []
    for number, source in enumerate(sources, start=1):
        progress(f"corpora left out: {source}, fit {number} of {len(sources)}")
        judged = _without([post.source == source for post in posts], posts, seed)
        rows.append(score(f"{source}, trained on all others", judged, seed=seed, draws=draws))
    return rows


def _without(out: Sequence[bool], posts: Sequence[Example], seed: int) -> list[Judged]:
    """The posts that are out, judged by a model fitted on the rest."""
    rest = [post for post, is_out in zip(posts, out, strict=True) if not is_out]
    unseen = [post for post, is_out in zip(posts, out, strict=True) if is_out]
    fitted = fit(rest, progress=lambda _: None, seed=seed, folds=_FOLDS, twice=False)
    probabilities = fitted.pipeline.predict_proba([post.text for post in unseen])[:, 1]
    return [
        Judged(post, float(value), bool(value >= fitted.threshold))
        for post, value in zip(unseen, probabilities, strict=True)
    ]


def _domain(post: Example) -> tuple[str, str]:
    """What is left out together. Posts of no domain go by their text, so that each round has some of them."""
    if post.group == _NO_DOMAIN:
        return post.source, str(hashlib.sha256(post.text.encode()).digest()[0] % _ROUNDS)
    return post.source, post.group


def _rounds(posts: Sequence[Example]) -> dict[tuple[str, str], int]:
    """In which round each domain is left out: those of a corpus in turn, the largest first."""
    rounds = {}
    for source in DOMAINS:
        sizes: dict[tuple[str, str], int] = {}
        for post in posts:
            if post.source == source:
                sizes[_domain(post)] = sizes.get(_domain(post), 0) + 1
        for at, domain in enumerate(sorted(sizes, key=lambda domain: (-sizes[domain], domain))):
            rounds[domain] = at % _ROUNDS
    return rounds
