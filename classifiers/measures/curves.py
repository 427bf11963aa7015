"""The points of a reliability curve and of a precision-recall curve."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import precision_recall_curve

from classifiers.measures.scores import Judged

_BINS = 10
_FEWEST_IN_A_BIN = 10
_MOST_POINTS = 100


@dataclass(frozen=True, slots=True)
class Bin:
    """Posts of nearly the same probability: its mean, the share of complaints among them, and how many they are."""

    probability: float
    share: float
    posts: int


@dataclass(frozen=True, slots=True)
class Curves:
    """What one line of each picture shows. `operating_point` and the points are (recall, precision)."""

    name: str
    language: str
    reliability: tuple[Bin, ...]
    precision_recall: tuple[tuple[float, float], ...]
    operating_point: tuple[float, float]


def curves(name: str, posts: Sequence[Judged]) -> Curves:
    """The curves of posts in one language; bins with fewer than ten posts are left out."""
    labels = np.array([post.example.complaint for post in posts])
    probabilities = np.array([post.probability for post in posts])
    said = np.array([post.said for post in posts])
    bins = np.minimum((probabilities * _BINS).astype(int), _BINS - 1)
    found = [
        Bin(float(probabilities[bins == at].mean()), float(labels[bins == at].mean()), int((bins == at).sum()))
        for at in range(_BINS)
        if (bins == at).sum() >= _FEWEST_IN_A_BIN
    ]
    precision, recall, _ = precision_recall_curve(labels, probabilities)
    kept = np.unique(np.linspace(0, len(recall) - 1, _MOST_POINTS).astype(int))
    hits = float((labels & said).sum())
    return Curves(
        name=name,
        language=posts[0].example.language,
        reliability=tuple(found),
        precision_recall=tuple(zip(recall[kept].tolist(), precision[kept].tolist(), strict=True)),
        operating_point=(hits / max(1, int(labels.sum())), hits / max(1, int(said.sum()))),
    )
