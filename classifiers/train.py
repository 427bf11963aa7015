"""Fits the complaint model: weights, calibration and operating point, into one model file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from sklearn.pipeline import Pipeline

from cases.errors import ModelError
from classifiers.complaint import complaint_classifier
from classifiers.corpora import (
    MADE_UP,
    WRITTEN,
    Example,
    is_held_back,
    made_up_posts,
    read_corpora,
    read_mentions,
    written_posts,
)
from classifiers.model_file import load_model, save_model

_FOLDS = 4
_THRESHOLDS = np.linspace(0.1, 0.8, 71)
_WRITTEN_WEIGHT = 3.0
"""How much a language's written posts count beside one corpus: they are what the product sees, and the only posts that
label complaints to a brand as such in Persian and Arabic."""
_FEWEST_TO_CHOOSE_BY = 50


@dataclass(frozen=True, slots=True)
class Training:
    """What a training did: where the file is, its name, how many posts it saw, and its operating point."""

    path: Path
    name: str
    posts: int
    threshold: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """A calibrated pipeline with its operating point."""

    pipeline: Pipeline
    threshold: float
    judged: npt.NDArray[np.float64]
    """The probability of each post by a model that had not seen its group."""


def training_posts(data: Path, seed: int = 0, *, mentions: bool = True) -> list[Example]:
    """What the shipped model is fitted on: the corpora but for what is held back, made-up and written posts.

    The mentions count among the written posts of their language.
    """
    found = [example for example in read_corpora(data) if not is_held_back(example)]
    written = written_posts() + (read_mentions(data) if mentions else [])
    return found + made_up_posts(seed) + [post.example(WRITTEN) for post in written]


def train(data: Path, out: Path, *, progress: Callable[[str], None], seed: int = 0) -> Training:
    """Fit a model on a data folder and write it to `out`. The same data and seed give the same model.

    Raises `ModelError` where the folder can't be used or the file can't be written.
    """
    progress(f"reading {data}")
    posts = training_posts(data, seed)
    fitted = fit(posts, progress=progress, seed=seed)
    save_model(out, fitted.pipeline, fitted.threshold)
    return Training(out, load_model(out).name, len(posts), fitted.threshold)


def fit(posts: Sequence[Example], *, progress: Callable[[str], None], seed: int = 0, folds: int = _FOLDS) -> Fitted:
    """Fit, calibrate and set the threshold. Written posts count most, and in each source both classes equally.

    `folds` is in how many parts, by group, the posts are judged by models of the others. Raises `ModelError` where all
    posts are of one class.
    """
    labels = np.array([post.complaint for post in posts], dtype=np.int64)
    if len(set(labels)) < 2:  # noqa: PLR2004 - complaints and others
        raise ModelError("the posts must hold complaints and others; see the data folder's column `complaint`")
    sources = np.array([post.source for post in posts])
    weights = source_weights(sources, labels)
    pipeline = complaint_classifier()
    progress(f"counting words in {len(posts)} posts")
    rows = csr_matrix(pipeline[:-1].fit_transform([post.text for post in posts]))
    regression: LogisticRegression = pipeline[-1]

    groups = [f"{post.source} {post.group}" for post in posts]
    splits = StratifiedGroupKFold(folds, shuffle=True, random_state=seed).split(rows, labels, groups)
    progress(f"judging each part by a model of the others ({folds} fits)")
    scores = cross_val_predict(
        regression, rows, labels, cv=list(splits), method="decision_function", params={"sample_weight": weights}
    )
    progress("fitting on everything")
    regression.fit(rows, labels, sample_weight=weights)
    calibrated = _calibrate(regression, scores, labels, source_weights(sources))
    return Fitted(pipeline, _best_threshold(calibrated, labels, sources), calibrated)


def source_weights(
    sources: npt.NDArray[np.str_], labels: npt.NDArray[np.int64] | None = None
) -> npt.NDArray[np.float64]:
    """Weights of mean 1 that make sources equal but written ones heavier; with labels, classes within each equal."""
    weights = np.zeros(len(sources))
    classes = np.zeros(len(sources), dtype=np.int64) if labels is None else labels
    for source in np.unique(sources):
        for value in np.unique(classes):
            chosen = (sources == source) & (classes == value)
            if chosen.any():
                weights[chosen] = (_WRITTEN_WEIGHT if source.startswith(WRITTEN) else 1.0) / chosen.sum()
    scaled: npt.NDArray[np.float64] = weights / weights.mean()
    return scaled


def _calibrate(
    regression: LogisticRegression,
    scores: npt.NDArray[np.float64],
    labels: npt.NDArray[np.int64],
    weights: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Platt scaling, folded into the weights: an affine map of log-odds leaves a linear model linear.

    Gives the calibrated probabilities of the posts, each from a model that had not seen its group.
    """
    platt = LogisticRegression(C=1e6).fit(scores[:, None], labels, sample_weight=weights)
    slope, shift = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    regression.coef_ = (regression.coef_ * slope).astype(np.float32)
    regression.intercept_ = (regression.intercept_ * slope + shift).astype(np.float32)
    probabilities: npt.NDArray[np.float64] = platt.predict_proba(scores[:, None])[:, 1]
    return probabilities


def _best_threshold(
    probabilities: npt.NDArray[np.float64], labels: npt.NDArray[np.int64], sources: npt.NDArray[np.str_]
) -> float:
    """The threshold with the best macro-F1, averaged over sources that are large enough to choose by.

    The written posts of each language count as one source beside each corpus; posts made from frames don't count.
    """
    names, counts = np.unique(sources, return_counts=True)
    large = [name for name, count in zip(names, counts, strict=True) if count >= _FEWEST_TO_CHOOSE_BY]
    real = [name for name in large if not name.startswith(MADE_UP)] or large or list(names)

    def quality(threshold: float) -> float:
        said = probabilities >= threshold
        return float(
            np.mean([f1_score(labels[sources == name], said[sources == name], average="macro") for name in real])
        )

    return float(max(_THRESHOLDS, key=quality))
