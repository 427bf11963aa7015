"""What more posts written for this project would give: the first look, fitted with an eighth of them and more and more.

By the linear model alone, since the encoder would have to be trained anew for each share. The corpora and the made-up
posts stay whole, and so do the posts that it is measured on: those about brands that were drawn to stay unread.
"""

import hashlib
from collections.abc import Callable, Sequence
from fractions import Fraction

from classifiers.corpora import WRITTEN, Example, is_unread
from classifiers.measures.bootstrap import DRAWS
from classifiers.measures.scores import Judged, Scores, score
from classifiers.train import fit

SHARES = (Fraction(1, 8), Fraction(1, 4), Fraction(1, 2), Fraction(1))
_FOLDS = 2


def learning_curve(
    posts: Sequence[Example], *, progress: Callable[[str], None], seed: int = 0, draws: int = DRAWS
) -> list[Scores]:
    """A row for each language and share of the written posts among `posts`, the smallest share first."""
    written = [post for post in posts if post.source.startswith(WRITTEN)]
    unread = [post for post in written if is_unread(post)]
    read = sorted((post for post in written if not is_unread(post)), key=_lot)
    others = [post for post in posts if not post.source.startswith(WRITTEN)]
    rows: dict[str, list[Scores]] = {name: [] for name in sorted({post.source for post in unread})}
    for number, share in enumerate(SHARES if unread and read else (), start=1):
        progress(f"learning curve: fit {number} of {len(SHARES)}")
        learned = read[: round(len(read) * share)]
        fitted = fit([*others, *learned], progress=lambda _: None, seed=seed, folds=_FOLDS, twice=False)
        probabilities = fitted.pipeline.predict_proba([post.text for post in unread])[:, 1]
        judged = [
            Judged(post, float(value), bool(value >= fitted.threshold))
            for post, value in zip(unread, probabilities, strict=True)
        ]
        for name, told in rows.items():
            part = [one for one in judged if one.example.source == name]
            count = sum(post.source == name for post in learned)
            told.append(score(f"{name}, from {count:,} posts", part, seed=seed, draws=draws))
    return [row for told in rows.values() for row in told]


def _lot(post: Example) -> bytes:
    """Brands in an order by chance, the same in every run; posts of one brand lie together."""
    return hashlib.sha256(f"curve {post.source} {post.group}".encode()).digest()
