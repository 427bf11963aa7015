"""VADER and TextBlob beside our judge: how far one gets in English with a list of good and bad words."""

import random
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from sklearn.metrics import f1_score

from classifiers.corpora import Example
from classifiers.measures.extra import missing
from classifiers.measures.scores import Judged

LANGUAGE = "en"
_POSTS_TO_CHOOSE_BY = 1_000
"""Of each source, drawn by the seed."""
_THRESHOLDS = np.linspace(0.0, 1.0, 101)

Scale = Callable[[str], float]
"""From a text to how bad it sounds, 0 to 1."""


def lexicons() -> dict[str, Scale]:
    """Both, by name. Raises `ExtraMissing` where they are not installed."""
    try:
        from textblob import TextBlob  # noqa: PLC0415 - only where it is asked for
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # noqa: PLC0415 - the same
    except ImportError as error:
        raise missing("VADER and TextBlob") from error
    analyser = SentimentIntensityAnalyzer()
    return {
        "VADER": lambda text: (1 - float(analyser.polarity_scores(text)["compound"])) / 2,
        "TextBlob": lambda text: (1 - float(TextBlob(text).sentiment.polarity)) / 2,
    }


def judged_by(scale: Scale, learned: Sequence[Example], unseen: Sequence[Example], *, seed: int = 0) -> list[Judged]:
    """The verdicts of a lexicon on unseen English posts, at its own best threshold on those that training had.

    Best is the greatest macro-F1, averaged over sources, as for our own judge.
    """
    sample = list(_some_of_each([post for post in learned if post.language == LANGUAGE], seed))
    threshold = _best_threshold([scale(post.text) for post in sample], sample)
    english = [post for post in unseen if post.language == LANGUAGE]
    scores = [scale(post.text) for post in english]
    return [Judged(post, value, value >= threshold) for post, value in zip(english, scores, strict=True)]


def _some_of_each(posts: Sequence[Example], seed: int) -> Iterator[Example]:
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    for source in sorted({post.source for post in posts}):
        there = [post for post in posts if post.source == source]
        yield from rng.sample(there, min(len(there), _POSTS_TO_CHOOSE_BY))


def _best_threshold(values: Sequence[float], posts: Sequence[Example]) -> float:
    scores = np.array(values)
    labels = np.array([post.complaint for post in posts])
    sources = np.array([post.source for post in posts])

    def quality(threshold: float) -> float:
        said = scores >= threshold
        return float(
            np.mean(
                [
                    f1_score(labels[sources == name], said[sources == name], average="macro", zero_division=0.0)
                    for name in np.unique(sources)
                ]
            )
        )

    return float(max(_THRESHOLDS, key=quality))
