"""Logistic regressions for several kinds of text, mixed by how likely a text is of each kind.

Corpora of complaints disagree: what one calls a complaint is any unhappy comment, another wants an expectation that was
broken. One model over all of them is pulled both ways and judges each kind worse than a model of its own would. Here
each kind has its own weights, learned mostly from its own texts, and a post is judged by those of the kinds it reads
like, in proportion.
"""

from typing import Self, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, issparse
from scipy.special import expit, softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    _check_sample_weight,
    check_is_fitted,
    validate_data,
)

Floats = npt.NDArray[np.float64]
Rows: TypeAlias = csr_matrix | npt.NDArray[np.float64]
_BINARY = 2


class MixtureOfExperts(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A gate that tells kinds of text apart, and one binary logistic regression for each kind.

    `c` is the inverse strength of regularisation of experts and gate; `share` is what a text of another kind weighs in
    an expert's fit beside one of its own; `favourite` names a kind that is `favour` times as likely before a text is
    read as the others are: the kind that is judged in use.

    For given shares of the kinds the log-odds are linear in the features: `weights_of` gives those of one row.

    Fitted: `classes_` (2), `kinds_` (K, sorted); of the experts `coef_` (K, features) and `intercept_` (K), of the gate
    `gate_coef_` (K, features) and `gate_intercept_` (K).
    """

    def __init__(
        self,
        *,
        c: float = 2.0,
        share: float = 0.1,
        favourite: str = "",
        favour: float = 1.0,
        tol: float = 1e-3,
        max_iter: int = 300,
    ) -> None:
        self.c = c
        self.share = share
        self.favourite = favourite
        self.favour = favour
        self.tol = tol
        self.max_iter = max_iter

    def fit(
        self,
        X: Rows,  # noqa: N803 - scikit-learn's name
        y: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None = None,
        kinds: npt.ArrayLike | None = None,
    ) -> Self:
        """Fit gate and experts. `kinds` names each row's kind; left out, all rows are of one.

        Raises `ValueError` where `y` has not two classes.
        """
        X, y = validate_data(self, X, y, accept_sparse="csr", dtype=[np.float64, np.float32])  # noqa: N806
        check_classification_targets(y)
        self.classes_, labels = np.unique(y, return_inverse=True)
        if len(self.classes_) > _BINARY:
            raise ValueError(
                f"Only binary classification is supported. The type of the target is multiclass: {len(self.classes_)}"
            )
        if len(self.classes_) < _BINARY:
            raise ValueError(f"Classifier can't train when only one class is present: {self.classes_}")
        weights = _check_sample_weight(sample_weight, X, dtype=np.float64)
        of = np.full(X.shape[0], "") if kinds is None else np.asarray(kinds, dtype=str)
        self.kinds_, of = np.unique(of, return_inverse=True)
        self._fit_gate(X, of, weights)
        experts = [
            self._expert(X, labels, np.where(of == kind, 1.0, self.share) * weights) for kind in range(len(self.kinds_))
        ]
        self.coef_ = np.vstack([expert.coef_ for expert in experts])
        self.intercept_ = np.concatenate([expert.intercept_ for expert in experts])
        self.n_iter_ = max(int(expert.n_iter_.max()) for expert in experts)
        return self

    def _fit_gate(self, rows: Rows, of: npt.NDArray[np.int64], weights: Floats) -> None:
        """Kinds weigh the same together, however many texts they have."""
        self.gate_coef_ = np.zeros((len(self.kinds_), rows.shape[1]))
        self.gate_intercept_ = np.zeros(len(self.kinds_))
        if len(self.kinds_) > 1:
            each = weights / np.bincount(of, weights)[of] * weights.sum() / len(self.kinds_)
            gate = self._regression(max_iter=min(self.max_iter, 60)).fit(rows, of, each)
            coef, intercept = gate.coef_, gate.intercept_
            if len(self.kinds_) == _BINARY:
                coef, intercept = np.vstack([-coef / 2, coef / 2]), np.concatenate([-intercept / 2, intercept / 2])
            self.gate_coef_ += coef
            self.gate_intercept_ += intercept
        if self.favourite in self.kinds_:
            self.gate_intercept_[list(self.kinds_).index(self.favourite)] += np.log(self.favour)

    def _expert(self, rows: Rows, labels: npt.NDArray[np.int64], weights: Floats) -> LogisticRegression:
        used = weights > 0
        if len(np.unique(labels[used])) < _BINARY:
            raise ValueError("one of the kinds has one class only, and `share` is 0: there is nothing to learn from")
        return self._regression().fit(rows[used], labels[used], weights[used])

    def _regression(self, max_iter: int | None = None) -> LogisticRegression:
        return LogisticRegression(C=self.c, tol=self.tol, max_iter=max_iter or self.max_iter)

    def kind_proba(self, X: Rows) -> Floats:  # noqa: N803
        """How likely each row is of each kind: (rows, K), summing to 1."""
        scores: Floats = X @ self.gate_coef_.T + self.gate_intercept_
        shares: Floats = softmax(scores, axis=1)
        return shares

    def decision_function(self, X: Rows) -> Floats:  # noqa: N803
        """Log-odds of the second class, one for each row."""
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse="csr", dtype=[np.float64, np.float32], reset=False)  # noqa: N806
        mixed: Floats = (self.kind_proba(X) * (X @ self.coef_.T + self.intercept_)).sum(axis=1)
        return mixed

    def predict_proba(self, X: Rows) -> Floats:  # noqa: N803
        """Probabilities of both classes: (rows, 2)."""
        check_is_fitted(self)
        chance = expit(self.decision_function(X))
        return np.column_stack([1.0 - chance, chance])

    def predict(self, X: Rows) -> npt.NDArray[np.generic]:  # noqa: N803
        """The likelier class of each row."""
        check_is_fitted(self)
        said: npt.NDArray[np.generic] = self.classes_[(self.decision_function(X) > 0).astype(np.int64)]
        return said

    def weights_of(self, row: Rows) -> tuple[Floats, float]:
        """The weights and the intercept that judge this one row: those of the experts, mixed by its kinds."""
        check_is_fitted(self)
        shares = self.kind_proba(row if issparse(row) else np.atleast_2d(row))[0]
        return shares @ self.coef_, float(shares @ self.intercept_)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.classifier_tags.multi_class = False
        return tags
