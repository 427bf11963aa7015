"""The mixture of experts is a scikit-learn estimator, and does what it is for."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.utils.estimator_checks import estimator_checks_generator

from classifiers.experts import MixtureOfExperts


@pytest.mark.parametrize(
    ("estimator", "check"),
    list(estimator_checks_generator(MixtureOfExperts())),  # a list: pytest has done with generators
    ids=lambda value: getattr(getattr(value, "func", None), "__name__", ""),
)
def test_it_is_an_estimator_like_any_other(estimator: MixtureOfExperts, check: Callable[[object], None]) -> None:
    """It passes every check that scikit-learn has for a classifier."""
    check(estimator)


def _two_kinds(count: int = 600) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two kinds, told apart by the first column, in which the second column means opposite things."""
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(count, 3))
    first = rng.random(count) < 0.5
    rows[:, 0] = np.where(first, 2.0, -2.0)
    labels = np.where(first, rows[:, 1] > 0, rows[:, 1] < 0).astype(int)
    return rows, labels, np.where(first, "tweets", "reviews")


def test_each_kind_is_judged_by_its_own_weights() -> None:
    """Where one word means opposite things in two kinds of text, one regression fails and the mixture does not."""
    rows, labels, kinds = _two_kinds()
    alone = LogisticRegression().fit(rows, labels).score(rows, labels)
    mixed = MixtureOfExperts().fit(rows, labels, kinds=kinds).score(rows, labels)
    assert alone < 0.7
    assert mixed > 0.95


def test_the_favourite_kind_is_likelier() -> None:
    """A kind that is favoured gets a larger share of every row."""
    rows, labels, kinds = _two_kinds()
    plain = MixtureOfExperts().fit(rows, labels, kinds=kinds)
    favoured = MixtureOfExperts(favourite="tweets", favour=3.0).fit(rows, labels, kinds=kinds)
    at = list(plain.kinds_).index("tweets")
    assert (favoured.kind_proba(rows)[:, at] > plain.kind_proba(rows)[:, at]).all()


def test_the_weights_of_a_row_give_its_log_odds() -> None:
    """For one row the mixture is linear, which is what makes reasons exact."""
    rows, labels, kinds = _two_kinds()
    model = MixtureOfExperts().fit(rows, labels, kinds=kinds)
    weights, intercept = model.weights_of(rows[7])
    assert rows[7] @ weights + intercept == pytest.approx(model.decision_function(rows[7:8])[0])
    assert expit(rows[7] @ weights + intercept) == pytest.approx(model.predict_proba(rows[7:8])[0, 1])


def test_a_kind_of_one_class_learns_from_the_others_or_says_so() -> None:
    """Without a share of the others' texts there is nothing that such a kind could learn from."""
    rows, labels, kinds = _two_kinds()
    labels[kinds == "reviews"] = 1
    MixtureOfExperts(share=0.1).fit(rows, labels, kinds=kinds)
    with pytest.raises(ValueError, match="one class only"):
        MixtureOfExperts(share=0.0).fit(rows, labels, kinds=kinds)
