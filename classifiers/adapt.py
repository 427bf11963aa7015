"""A model that fits one brand better: the one in use, moved as far as what people decided justifies, and no further.

It needs no corpora. What is learned is a correction to the log-odds, one weight for each feature, drawn towards zero;
so a word on which nobody decided anything keeps its weight, and with no decisions at all nothing changes.
"""

import copy
from collections.abc import Sequence
from dataclasses import replace
from typing import Self, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, issparse
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import Pipeline
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

from cases.errors import ModelError
from classifiers.corpora import Example
from classifiers.model_file import Model

Floats = npt.NDArray[np.float64]
Split = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]
Rows: TypeAlias = csr_matrix | Floats

_BINARY = 2
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

    def fit(self, X: Rows, y: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None) -> Self:  # noqa: N803
        """Learn the correction. Raises `ValueError` where `y` has not two classes."""
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
        rows, signs, offsets = X[:, used], np.where(labels == 1, 1.0, -1.0), self._offsets(X)

        def loss(correction: Floats) -> tuple[float, Floats]:
            margins = signs * (offsets + rows @ correction[:-1] + correction[-1])
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


def adapt(champion: Model, posts: Sequence[Example], *, seed: int = 0) -> Model:
    """The champion moved towards what people decided about these posts; its operating point stays.

    How far is chosen by log-loss on posts whose group was left out; where no step helps there, the model stays as it
    is. The name of what comes back is "": it gets one when it is saved. Raises `ModelError` unless there are posts of
    both classes in two groups each.
    """
    labels = np.array([post.complaint for post in posts], dtype=np.int64)
    groups = np.array([f"{post.source} {post.group}" for post in posts])
    folds = min([_FOLDS, *(len(set(groups[labels == value])) for value in (0, 1))])
    if folds < _BINARY:
        raise ModelError("people must have found complaints and others, two of each at least, to learn from")
    rows = csr_matrix(champion.pipeline[:-1].transform([post.text for post in posts]))
    splits = list(StratifiedGroupKFold(folds, shuffle=True, random_state=seed).split(rows, labels, groups))
    # On some thousand short rows more threads wait for each other, and a daemon has other things to do.
    with threadpool_limits(1, user_api="blas"):
        strength = _strength(champion.pipeline[-1], rows, labels, splits)
        if not strength:
            return replace(champion, name="")
        return replace(champion, pipeline=_moved(champion.pipeline, rows, labels, strength), name="")


def _strength(
    champion: BaseEstimator, rows: csr_matrix, labels: npt.NDArray[np.int64], splits: Sequence[Split]
) -> float:
    """The pull with the smallest log-loss on what was left out; 0.0 where no pull does better than none."""
    losses = {0.0: float(log_loss(labels, champion.predict_proba(rows)[:, 1]))}
    for strength in _STRENGTHS:
        judged = np.empty(len(labels))
        for learned, left_out in splits:
            fitted = _correction(champion, strength).fit(rows[learned], labels[learned])
            judged[left_out] = fitted.predict_proba(rows[left_out])[:, 1]
        losses[strength] = float(log_loss(labels, judged))
    return min(losses, key=losses.__getitem__)


def _correction(champion: BaseEstimator, strength: float) -> AdaptedClassifier:
    # No intercept: it would carry what was learned in one language over to all others.
    return AdaptedClassifier(FrozenEstimator(champion), c=strength, fit_intercept=False)


def _moved(pipeline: Pipeline, rows: csr_matrix, labels: npt.NDArray[np.int64], strength: float) -> Pipeline:
    """The same pipeline with the correction in its weights: added to each row of them, it is added to their mixture."""
    fitted = _correction(pipeline[-1], strength).fit(rows, labels)
    final = copy.deepcopy(pipeline[-1])
    final.coef_ = (final.coef_ + fitted.coef_).astype(final.coef_.dtype)
    name, _ = pipeline.steps[-1]
    return Pipeline([*pipeline.steps[:-1], (name, final)])
