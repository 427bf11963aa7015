"""A model that fits one brand better: the one in use, moved as far as what people decided justifies, and no further.

It needs no corpora. What is learned is a correction to the log-odds, one weight for each feature, drawn towards zero;
so a word on which nobody decided anything keeps its weight, and with no decisions at all nothing changes.
"""

import copy
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Self, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, issparse
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import Pipeline
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

from cases.errors import ModelError
from cases.posts import Post
from classifiers.corpora import Example
from classifiers.judge import Judge
from classifiers.model_file import Model
from classifiers.second_look import log_odds_of

Floats = npt.NDArray[np.float64]
Split = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]
Rows: TypeAlias = csr_matrix | Floats

_BINARY = 2
_LEAST_PART = 0.1
_FOLDS = 5
_STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
"""Of the pull of the labels against that of the champion: from hardly any to more than the champion was fitted with."""


class AdaptedClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn has no types
    """Logistic regression whose weights are drawn towards those of a champion instead of towards zero.

    The log-odds are the champion's plus `X @ coef_ + intercept_`, where the correction minimises the logistic loss
    plus its own squared length over 2 `c`; the intercept counts in it, where `fit_intercept` asks for one. The loss is
    a proper score, so the outcome is calibrated on what it was fitted on.

    `champion` is a fitted binary classifier with `decision_function`, in a `FrozenEstimator` so that `clone` keeps it
    fitted; None is one that always says one half.
    """

    def __init__(
        self,
        champion: BaseEstimator | None = None,
        *,
        c: float = 1.0,
        fit_intercept: bool = True,
        max_iter: int = 500,
        tol: float = 1e-8,
    ) -> None:
        self.champion = champion
        self.c = c
        self.fit_intercept = fit_intercept
        self.max_iter = max_iter
        self.tol = tol

    def fit(
        self,
        X: Rows,  # noqa: N803
        y: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None = None,
        offsets: npt.ArrayLike | None = None,
    ) -> Self:
        """Learn the correction. `offsets` are log-odds to correct instead of what the champion says of these rows.

        Raises `ValueError` where `y` has not two classes.
        """
        X, y = validate_data(self, X, y, accept_sparse="csr", dtype=np.float64)  # noqa: N806
        check_classification_targets(y)
        self.classes_, labels = np.unique(y, return_inverse=True)
        if len(self.classes_) > _BINARY:
            raise ValueError("Only binary classification is supported. The type of the target is multiclass")
        if len(self.classes_) < _BINARY:
            raise ValueError(f"Classifier can't train when only one class is present: {self.classes_}")
        weights = _check_sample_weight(sample_weight, X, dtype=np.float64)
        # A feature that no row has would stay where it is anyway: most of the many thousand do.
        used = np.unique(X.indices) if issparse(X) else np.arange(X.shape[1])
        said = self._offsets(X) if offsets is None else np.asarray(offsets, dtype=np.float64)
        rows, signs = X[:, used], np.where(labels == 1, 1.0, -1.0)

        def loss(correction: Floats) -> tuple[float, Floats]:
            margins = signs * (said + rows @ correction[:-1] + correction[-1])
            pulls = -signs * weights * expit(-margins)
            gradient = self.c * np.append(rows.T @ pulls, pulls.sum() * self.fit_intercept) + correction
            value = self.c * float(weights @ np.logaddexp(0.0, -margins)) + float(correction @ correction) / 2
            return value, gradient

        found = minimize(
            loss,
            np.zeros(len(used) + 1),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": self.max_iter, "gtol": self.tol, "ftol": 0.0},
        )
        self.coef_ = np.zeros((1, X.shape[1]))
        self.coef_[0, used] = found.x[:-1]
        self.intercept_ = found.x[-1:]
        self.n_iter_ = max(1, int(found.nit))
        return self

    def _offsets(self, rows: Rows) -> Floats:
        if self.champion is None:
            return np.zeros(rows.shape[0])
        said: Floats = np.asarray(self.champion.decision_function(rows), dtype=np.float64)
        return said

    def decision_function(self, X: Rows) -> Floats:  # noqa: N803
        """Log-odds of the second class, one for each row."""
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse="csr", dtype=np.float64, reset=False)  # noqa: N806
        moved: Floats = self._offsets(X) + X @ self.coef_[0] + self.intercept_[0]
        return moved

    def predict_proba(self, X: Rows) -> Floats:  # noqa: N803
        """Probabilities of both classes: (rows, 2)."""
        chance = expit(self.decision_function(X))
        return np.column_stack([1.0 - chance, chance])

    def predict(self, X: Rows) -> npt.NDArray[np.generic]:  # noqa: N803
        """The likelier class of each row."""
        said = self.decision_function(X) > 0
        chosen: npt.NDArray[np.generic] = self.classes_[said.astype(np.int64)]
        return chosen

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.classifier_tags.multi_class = False
        return tags


def adapt(champion: Model, posts: Sequence[Example], *, seed: int = 0, look_twice: bool = True) -> Model:
    """The champion moved towards what people decided about these posts; its operating point stays.

    How far is chosen by log-loss on posts whose group was left out; where no step surely helps there, the model stays
    as it is. The name of what comes back is "": it gets one when it is saved. What is corrected is what `Judge` says,
    encoder and all unless `look_twice` is False. Raises `ModelError` unless there are posts of both classes in two
    groups each.
    """
    labels = np.array([post.complaint for post in posts], dtype=np.int64)
    groups = np.array([f"{post.source} {post.group}" for post in posts])
    folds = min([_FOLDS, *(len(set(groups[labels == value])) for value in (0, 1))])
    if folds < _BINARY:
        raise ModelError("people must have found complaints and others, two of each at least, to learn from")
    rows = csr_matrix(champion.pipeline[:-1].transform([post.text for post in posts]))
    splits = list(StratifiedGroupKFold(folds, shuffle=True, random_state=seed).split(rows, labels, groups))
    said = Judge(champion, look_twice=look_twice).judge([Post(post.text, language=post.language) for post in posts])
    offsets = log_odds_of(np.array([verdict.probability for verdict in said]))
    # On some thousand short rows more threads wait for each other, and a daemon has other things to do.
    with threadpool_limits(1, user_api="blas"):
        strength = _strength(rows, labels, offsets, splits)
        if not strength:
            return replace(champion, name="")
        correction = _correction(strength).fit(rows, labels, offsets=offsets).coef_
        # The linear model's log-odds count only in part where the encoder is asked as well.
        if look_twice and champion.look is not None:
            correction = correction / max(champion.look.linear, _LEAST_PART)
        return replace(champion, pipeline=_moved(champion.pipeline, correction), name="")


def _strength(rows: csr_matrix, labels: npt.NDArray[np.int64], offsets: Floats, splits: Sequence[Split]) -> float:
    """The least pull whose log-loss on what was left out is within a standard error of the smallest; 0.0 is none.

    The one-standard-error rule of Breiman et al., Classification and Regression Trees (1984), section 3.4.3, by the
    differences post by post: a pull that seems better by chance alone is not followed.
    """
    losses = {0.0: _losses(labels, offsets)}
    for strength in _STRENGTHS:
        judged = np.empty(len(labels))
        for learned, left_out in splits:
            fitted = _correction(strength).fit(rows[learned], labels[learned], offsets=offsets[learned])
            judged[left_out] = offsets[left_out] + rows[left_out] @ fitted.coef_[0]
        losses[strength] = _losses(labels, judged)
    best = min(losses.values(), key=lambda of: float(of.mean()))
    return next(strength for strength, of in losses.items() if _as_good(of - best))


def _losses(labels: npt.NDArray[np.int64], log_odds: Floats) -> Floats:
    """The log-loss of each post."""
    losses: Floats = np.logaddexp(0.0, np.where(labels == 1, -log_odds, log_odds))
    return losses


def _as_good(more: Floats) -> bool:
    """Whether what one pull loses more than the best, post by post, may be chance: the best itself loses nothing."""
    return float(more.mean()) <= float(more.std()) / math.sqrt(len(more))


def _correction(strength: float) -> AdaptedClassifier:
    # No intercept: it would carry what was learned in one language over to all others.
    return AdaptedClassifier(c=strength, fit_intercept=False)


def _moved(pipeline: Pipeline, correction: Floats) -> Pipeline:
    """The same pipeline with the correction in its weights: added to each row of them, it is added to their mixture."""
    final = copy.deepcopy(pipeline[-1])
    final.coef_ = (final.coef_ + correction).astype(final.coef_.dtype)
    name, _ = pipeline.steps[-1]
    return Pipeline([*pipeline.steps[:-1], (name, final)])
