"""What goes beside the complaint verdict, learned from posts that carry every label: one linear head for each answer.

The heads read the same row as the complaint model, folded into fewer columns: a few thousand posts can't fill more, and
thirty heads of full width would not fit the model file.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from cases.errors import ModelError
from cases.verdicts import Category, Risk
from classifiers.coarse import coarse
from classifiers.corpora import LabelledMention
from classifiers.linear import Floats, Places, Row, shares_of
from classifiers.signals import SIGNALS

WIDTH = 2**15
"""Columns for words, and as many for runs of characters."""
_COLUMNS = 2 * WIDTH + len(SIGNALS)
_SEVERITIES = (1, 2, 3, 4)
_HEATS = (0, 1, 2, 3)
_CATEGORIES, _RISKS = tuple(Category), tuple(Risk)
_HEADS = (
    *(f"category.{category}" for category in Category),
    *(f"severity.{grade}" for grade in _SEVERITIES),
    *(f"heat.{grade}" for grade in _HEATS),
    *(f"risk.{risk}" for risk in _RISKS),
    "irrelevant",
)
_C = 8.0
_FEWEST = 2
_WAY_OUT = "install Amends again, or make a new one with `amends train`"
Labels: TypeAlias = npt.NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the heads say of one post: probabilities, whatever the complaint verdict is."""

    category: dict[Category, float]
    severity: float
    """The expected grade of a complaint, 1 to 4."""
    heat: float
    """The expected grade, 0 to 3."""
    risks: dict[Risk, float]
    irrelevant: float
    telling: Floats
    """What each token adds to the score of the likeliest category."""
    within: Floats | None = None
    """How likely each token belongs to the words that name the problem; None where only the linear model was asked."""

    def with_part_of(self, other: "Opinion", part: float = 1 / 3) -> "Opinion":
        """A mean of two opinions, in which the other's counts so much.

        What words tell of the category stays the other's, where the problem is named stays this one's. Risks are a
        geometric mean, in which one judge alone raises no alarm: each learned them from a few dozen posts.
        """
        own = 1.0 - part
        return Opinion(
            category={name: own * chance + part * other.category[name] for name, chance in self.category.items()},
            severity=own * self.severity + part * other.severity,
            heat=own * self.heat + part * other.heat,
            risks={name: math.sqrt(chance * other.risks[name]) for name, chance in self.risks.items()},
            irrelevant=own * self.irrelevant + part * other.irrelevant,
            telling=other.telling,
            within=self.within,
        )


@dataclass(frozen=True, slots=True)
class Companions:
    """The fitted heads: `weights` (columns, heads) and `intercepts` (heads), in the order of `heads`."""

    weights: npt.NDArray[np.float32]
    intercepts: Floats
    heads: tuple[str, ...] = _HEADS

    def as_content(self) -> dict[str, object]:
        """Plain lists and arrays, for the model file."""
        return {"weights": self.weights, "intercepts": self.intercepts, "heads": list(self.heads)}

    def opinion(self, row: Row, tokens: int, words: int, runs: int) -> Opinion:
        """What the heads say of a row of `tokens` tokens, whose vectorizer has so many buckets for words and runs."""
        weights = self.weights[_folded(words, runs)[row.columns]]
        values = row.values.astype(np.float32)
        scores = values @ weights + self.intercepts
        at = 0

        def next_of(count: int) -> Floats:
            nonlocal at
            at += count
            taken: Floats = scores[at - count : at]
            return taken

        categories = shares_of(next_of(len(_CATEGORIES)))
        severity = shares_of(next_of(len(_SEVERITIES))) @ np.array(_SEVERITIES, dtype=float)
        heat = shares_of(next_of(len(_HEATS))) @ np.array(_HEATS, dtype=float)
        risks = expit(next_of(len(_RISKS)))
        each = (values * weights[:, int(categories.argmax())]).astype(np.float64)
        return Opinion(
            category=dict(zip(_CATEGORIES, categories.tolist(), strict=True)),
            severity=float(severity),
            heat=float(heat),
            risks=dict(zip(_RISKS, risks.tolist(), strict=True)),
            irrelevant=float(expit(next_of(1)[0])),
            telling=row.by_token(each, tokens),
        )


def companions_from(content: object) -> Companions:
    """The reverse of `as_content`. Raises `ModelError` where something is missing or of another shape."""
    if not isinstance(content, dict) or content.get("heads") != list(_HEADS):
        raise ModelError(f"the model's companions answer other questions than this Amends asks; {_WAY_OUT}")
    weights, intercepts = content.get("weights"), content.get("intercepts")
    if not isinstance(weights, np.ndarray) or not isinstance(intercepts, np.ndarray):
        raise ModelError(f"the model's companions lack their weights; {_WAY_OUT}")
    if weights.shape != (_COLUMNS, len(_HEADS)) or intercepts.shape != (len(_HEADS),):
        raise ModelError(f"the model's companions have another shape than they should; {_WAY_OUT}")
    return Companions(weights, intercepts)


@cache
def _folded(words: int, runs: int) -> Places:
    """Where each column goes, by its number."""
    return fold(np.arange(words + runs + len(SIGNALS)), words, runs).astype(np.int32)


def fold(columns: Places, words: int, runs: int) -> Places:
    """Where the columns of the complaint model's rows go: `words` and `runs` are its buckets, multiples of `WIDTH`."""
    folded: Places = np.where(
        columns < words,
        columns % WIDTH,
        np.where(columns < words + runs, WIDTH + (columns - words) % WIDTH, columns - words - runs + 2 * WIDTH),
    )
    return folded


def fit_companions(rows: csr_matrix, posts: Sequence[LabelledMention], words: int, runs: int) -> Companions:
    """Fit all heads. `rows` are the posts by the complaint model's vectorizer, with so many buckets.

    Category, severity and heat learn from complaints alone. An answer that fewer than two posts give is never given.
    """
    folded = csr_matrix(
        (rows.data, fold(rows.indices.astype(np.int64), words, runs), rows.indptr), shape=(rows.shape[0], _COLUMNS)
    )
    folded.sum_duplicates()
    complaints = np.flatnonzero([post.complaint for post in posts])
    weights = np.zeros((_COLUMNS, len(_HEADS)), dtype=np.float32)
    intercepts = np.full(len(_HEADS), -20.0)
    for family, answers in (
        ("category", [post.category for post in posts]),
        ("severity", [str(post.severity) for post in posts]),
        ("heat", [str(post.heat) for post in posts]),
    ):
        _choose(family, folded[complaints], np.array(answers)[complaints], weights, intercepts)
    for risk in _RISKS:
        _tell(f"risk.{risk}", folded, np.array([risk in post.risks for post in posts]), weights, intercepts)
    _tell("irrelevant", folded, np.array([not post.relevant for post in posts]), weights, intercepts)
    return Companions(coarse(weights), intercepts)


def _choose(
    family: str, rows: csr_matrix, answers: Labels, weights: npt.NDArray[np.float32], intercepts: Floats
) -> None:
    """One answer of several."""
    known, counts = np.unique(answers, return_counts=True)
    enough = known[(counts >= _FEWEST) & np.isin([f"{family}.{name}" for name in known], _HEADS)]
    if len(enough) < _FEWEST:
        return
    used = np.isin(answers, enough)
    fitted = LogisticRegression(C=_C, max_iter=200, tol=1e-3).fit(rows[used], answers[used])
    places = [_HEADS.index(f"{family}.{name}") for name in fitted.classes_]
    if len(places) == _FEWEST:
        weights[:, places[1]], intercepts[places] = fitted.coef_[0], [0.0, fitted.intercept_[0]]
        return
    weights[:, places] = fitted.coef_.T
    intercepts[places] = fitted.intercept_


def _tell(
    head: str, rows: csr_matrix, answers: npt.NDArray[np.bool_], weights: npt.NDArray[np.float32], intercepts: Floats
) -> None:
    """Yes or no, where the yes is rare: both weigh the same in the fit, for recall comes first."""
    if min(answers.sum(), (~answers).sum()) < _FEWEST:
        return
    fitted = LogisticRegression(C=_C, max_iter=200, tol=1e-3, class_weight="balanced").fit(rows, answers)
    weights[:, _HEADS.index(head)] = fitted.coef_[0]
    intercepts[_HEADS.index(head)] = fitted.intercept_[0]
