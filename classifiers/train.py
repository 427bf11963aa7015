"""Fits the complaint model and its companions: weights, calibration and operating point, into one model file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import Pipeline

from cases.errors import ModelError
from classifiers.coarse import coarse
from classifiers.companions import Companions, fit_companions
from classifiers.complaint import BUCKETS, POSTS, complaint_classifier
from classifiers.corpora import (
    MADE_UP,
    WRITTEN,
    Example,
    LabelledMention,
    is_held_back,
    is_unread,
    made_up_posts,
    read_corpora,
    read_mentions,
    written_posts,
)
from classifiers.drift import reference_of
from classifiers.encoder.file import load_encoder
from classifiers.experts import MixtureOfExperts
from classifiers.model_file import Model, load_model, save_model
from classifiers.second_look import SecondLook, fit_second_look, log_odds_of

_FOLDS = 4
_THRESHOLDS = np.linspace(0.1, 0.8, 71)
_MADE_UP_WEIGHT = 0.5
"""How much a language's made-up posts count beside its written ones: they are many and alike."""
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
    """The probability of each post by models that had not seen its group, as `Judge` would give it.

    Where the encoder has seen a post, by the linear model alone.
    """
    look: SecondLook | None = None
    """None where there were too few posts that the encoder never saw, or it was not to be asked."""

    def model(self, posts: Sequence[Example], labelled: Sequence[LabelledMention]) -> Model:
        """What goes into a model file: `posts` are those that were fitted on, `labelled` teach the companions."""
        companions, reference = self.companions(labelled), reference_of(posts, self.judged)
        return Model(self.pipeline, self.threshold, "", companions, reference, self.look)

    def companions(self, labelled: Sequence[LabelledMention]) -> Companions:
        """The companions by posts that carry every label, read as the pipeline reads them."""
        rows = csr_matrix(self.pipeline[:-1].transform([post.text for post in labelled]))
        return fit_companions(rows, labelled, BUCKETS, BUCKETS // 2)


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
    progress("fitting category, severity, heat, risks and relevance")
    save_model(out, fitted.model(posts, written_posts() + read_mentions(data)))
    return Training(out, load_model(out).name, len(posts), fitted.threshold)


def fit(
    posts: Sequence[Example],
    *,
    progress: Callable[[str], None],
    seed: int = 0,
    folds: int = _FOLDS,
    twice: bool = True,
) -> Fitted:
    """Fit, calibrate and set the threshold. In each source both classes count equally, and sources among each other.

    `folds` is in how many parts, by group, the posts are judged by models of the others; `twice` is whether the encoder
    is to be asked too. Raises `ModelError` where all posts are of one class.
    """
    labels = np.array([post.complaint for post in posts], dtype=np.int64)
    if len(set(labels)) < 2:  # noqa: PLR2004 - complaints and others
        raise ModelError("the posts must hold complaints and others; see the data folder's column `complaint`")
    sources = np.array([post.source for post in posts])
    kinds = np.array([kind_of(source) for source in sources])
    weights = source_weights(sources, labels)
    pipeline = complaint_classifier()
    progress(f"counting words in {len(posts)} posts")
    rows = csr_matrix(pipeline[:-1].fit_transform([post.text for post in posts]))
    mixture: MixtureOfExperts = pipeline[-1]

    groups = [f"{post.source} {post.group}" for post in posts]
    splits = StratifiedGroupKFold(folds, shuffle=True, random_state=seed).split(rows, labels, groups)
    scores = np.empty(len(posts))
    for at, (learned, left_out) in enumerate(splits, 1):
        progress(f"judging part {at} of {folds} by a model of the others")
        part = clone(mixture).fit(rows[learned], labels[learned], weights[learned], kinds[learned])
        scores[left_out] = part.decision_function(rows[left_out])
    progress("fitting on everything")
    mixture.fit(rows, labels, weights, kinds)
    judged = _calibrate(mixture, scores, labels, source_weights(sources))
    _round_off(mixture)
    fitted = Fitted(pipeline, _best_threshold(judged, labels, sources), judged)
    return _looking_twice(fitted, posts, labels, sources, progress) if twice else fitted


def _looking_twice(
    fitted: Fitted,
    posts: Sequence[Example],
    labels: npt.NDArray[np.int64],
    sources: npt.NDArray[np.str_],
    progress: Callable[[str], None],
) -> Fitted:
    """The same with the encoder beside it, and the operating point of both together."""
    unread = np.flatnonzero([is_unread(post) and not post.source.startswith(MADE_UP) for post in posts])
    truth = labels[unread]
    if min(truth.sum(), (1 - truth).sum()) < _FEWEST_TO_CHOOSE_BY:
        return fitted
    progress(f"looking twice at {len(unread)} posts that the encoder never saw")
    encoder = load_encoder()
    encoded = np.array([encoder.read(posts[at].text, ()).log_odds for at in unread.tolist()])
    linear = log_odds_of(fitted.judged[unread])
    look, seen_twice = fit_second_look(linear, encoded, truth, source_weights(sources[unread]))
    judged = fitted.judged.copy()
    judged[unread] = seen_twice
    return Fitted(fitted.pipeline, _best_threshold(seen_twice, truth, sources[unread]), judged, look)


def kind_of(source: str) -> str:
    """The kind of text that a source holds: posts written for this project are of one, each corpus is its own."""
    return POSTS if source.startswith((WRITTEN, MADE_UP)) else source


def source_weights(
    sources: npt.NDArray[np.str_], labels: npt.NDArray[np.int64] | None = None
) -> npt.NDArray[np.float64]:
    """Weights of mean 1 that make sources equal but made-up ones lighter; with labels, classes within each equal."""
    weights = np.zeros(len(sources))
    classes = np.zeros(len(sources), dtype=np.int64) if labels is None else labels
    for source in np.unique(sources):
        for value in np.unique(classes):
            chosen = (sources == source) & (classes == value)
            if chosen.any():
                weights[chosen] = (_MADE_UP_WEIGHT if source.startswith(MADE_UP) else 1.0) / chosen.sum()
    scaled: npt.NDArray[np.float64] = weights / weights.mean()
    return scaled


def _calibrate(
    mixture: MixtureOfExperts,
    scores: npt.NDArray[np.float64],
    labels: npt.NDArray[np.int64],
    weights: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Platt scaling, folded into the weights: an affine map of log-odds leaves each expert linear, and their mixture.

    Gives the calibrated probabilities of the posts, each from a model that had not seen its group.
    """
    platt = LogisticRegression(C=1e6).fit(scores[:, None], labels, sample_weight=weights)
    slope, shift = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    mixture.coef_ *= slope
    mixture.intercept_ = mixture.intercept_ * slope + shift
    probabilities: npt.NDArray[np.float64] = platt.predict_proba(scores[:, None])[:, 1]
    return probabilities


def _round_off(mixture: MixtureOfExperts) -> None:
    """Weights as the file holds them."""
    mixture.coef_ = coarse(mixture.coef_)
    mixture.gate_coef_ = coarse(mixture.gate_coef_)


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
