"""The champion adapted to what people decided: it moves towards the labels, and stays where there are none."""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from lessons import THINGS, lessons
from scipy.sparse import csr_matrix
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.utils.estimator_checks import estimator_checks_generator

from cases.errors import ModelError
from cases.posts import Post
from classifiers.adapt import AdaptedClassifier, adapt
from classifiers.corpora import Example
from classifiers.judge import Judge
from classifiers.model_file import Model, load_model


@pytest.mark.parametrize(
    ("estimator", "check"),
    list(estimator_checks_generator(AdaptedClassifier())),  # a list: pytest has done with generators
    ids=lambda value: getattr(getattr(value, "func", None), "__name__", ""),
)
def test_it_keeps_the_conventions_of_scikit_learn(
    estimator: AdaptedClassifier, check: Callable[[object], None]
) -> None:
    check(estimator)


def champion_and_others(seed: int = 0) -> tuple[LogisticRegression, np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """A fitted champion, and rows that follow another rule."""
    rows, labels = make_classification(600, 12, random_state=seed)
    return LogisticRegression().fit(rows[:300], labels[:300]), rows[300:], 1 - labels[300:]


def test_without_any_pull_it_says_what_the_champion_says() -> None:
    champion, rows, labels = champion_and_others()
    fitted = AdaptedClassifier(FrozenEstimator(champion), c=1e-12).fit(rows, labels)
    assert np.allclose(fitted.decision_function(rows), champion.decision_function(rows), atol=1e-6)


def test_the_stronger_the_pull_the_closer_to_the_labels() -> None:
    champion, rows, labels = champion_and_others()
    scores = [
        AdaptedClassifier(FrozenEstimator(champion), c=strength).fit(rows, labels).score(rows, labels)
        for strength in (1e-9, 0.01, 1.0)
    ]
    assert scores[0] < 0.3
    assert scores[0] < scores[1] < scores[2]
    assert scores[2] > 0.7


def test_without_a_champion_it_is_logistic_regression() -> None:
    """With features that are centred, so that the pull on the intercept, which scikit-learn leaves out, is nothing."""
    rows, labels = make_classification(400, 6, random_state=1)
    rows = np.vstack([rows, -rows])
    labels = np.concatenate([labels, 1 - labels])
    ours = AdaptedClassifier(c=0.7).fit(rows, labels)
    theirs = LogisticRegression(C=0.7, tol=1e-10, max_iter=1_000).fit(rows, labels)
    assert np.allclose(ours.coef_, theirs.coef_, atol=1e-4)


def test_a_feature_that_no_row_has_keeps_its_weight() -> None:
    champion, rows, labels = champion_and_others()
    rows[:, 3] = 0.0
    fitted = AdaptedClassifier(FrozenEstimator(champion), c=1.0).fit(csr_matrix(rows), labels)
    assert fitted.coef_[0, 3] == 0.0
    assert np.abs(np.delete(fitted.coef_[0], 3)).min() > 0


def test_a_clone_keeps_the_champion_fitted() -> None:
    champion, rows, labels = champion_and_others()
    assert clone(AdaptedClassifier(FrozenEstimator(champion))).fit(rows, labels).score(rows, labels) > 0.5


# --- the model that ships, adapted


@pytest.fixture(scope="module")
def shipped() -> Model:
    return load_model()


def decided(seed: int = 0) -> list[Example]:
    """What the people of one brand say, in words that mean little elsewhere, and what others decided about it."""
    found = [Example(lesson.text, lesson.complaint, "queue-en", lesson.text, "en") for lesson in lessons(THINGS[:12])]
    random.Random(seed).shuffle(found)  # noqa: S311 - variety, not secrecy
    return found


def probabilities(model: Model, texts: list[str]) -> np.ndarray[Any, Any]:
    return np.array([verdict.probability for verdict in Judge(model).judge([Post(text) for text in texts])])


def test_it_moves_towards_what_people_decided(shipped: Model) -> None:
    """About words that the labels hold, in posts that they don't."""
    before, after = shipped, adapt(shipped, decided())
    bad = ["the parcel went walkabout again, lovely", "our heating is playing hide and seek"]
    good = ["the soup sings like a bird", "this jacket is pure sunshine"]
    assert (probabilities(after, bad) > probabilities(before, bad)).all()
    assert (probabilities(after, good) < probabilities(before, good)).all()
    assert probabilities(after, bad).min() > probabilities(after, good).max()


def test_it_moves_little_in_another_language(shipped: Model) -> None:
    after = adapt(shipped, decided())
    texts = ["پیک نیومد و کسی جواب نمی‌ده", "ممنون از غذای خوبتون", "وين الطلب؟ متأخر أسبوع", "شكرا على السرعة"]
    assert np.abs(probabilities(after, texts) - probabilities(shipped, texts)).max() < 0.02


def test_it_stays_where_the_labels_teach_nothing(shipped: Model) -> None:
    """Labels tossed with the model's own chances: there is nothing to correct, and hardly ever anything is."""
    posts = decided()
    before = probabilities(shipped, [post.text for post in posts])

    def moved(seed: int) -> float:
        rng = random.Random(seed)  # noqa: S311 - tosses, not secrets
        tossed = [replace(post, complaint=rng.random() < chance) for post, chance in zip(posts, before, strict=True)]
        after = probabilities(adapt(shipped, tossed), [post.text for post in posts])
        return float(np.abs(after - before).mean())

    taught = np.abs(probabilities(adapt(shipped, posts), [post.text for post in posts]) - before).mean()
    moves = [moved(seed) for seed in range(8)]
    assert moves.count(0.0) >= len(moves) / 2
    assert np.mean(moves) < taught / 5


def test_the_same_labels_give_the_same_model(shipped: Model) -> None:
    first, second = adapt(shipped, decided()), adapt(shipped, decided())
    assert np.array_equal(first.pipeline[-1].coef_, second.pipeline[-1].coef_)


def test_the_champion_itself_stays_as_it_was(shipped: Model) -> None:
    before = shipped.pipeline[-1].coef_.copy()
    adapt(shipped, decided())
    assert np.array_equal(shipped.pipeline[-1].coef_, before)


def test_it_stays_calibrated_on_posts_that_were_left_out(shipped: Model) -> None:
    """Log-loss on the other half is smaller than the champion's: it is right more often, and not too sure."""
    posts = decided()
    learned, left_out = posts[::2], posts[1::2]
    truth = np.array([post.complaint for post in left_out])

    def loss(model: Model) -> float:
        said = np.clip(probabilities(model, [post.text for post in left_out]), 1e-9, 1 - 1e-9)
        return float(-np.log(np.where(truth, said, 1 - said)).mean())

    assert loss(adapt(shipped, learned)) < loss(shipped)


def test_labels_of_one_kind_alone_are_refused(shipped: Model) -> None:
    with pytest.raises(ModelError, match="two of each"):
        adapt(shipped, [post for post in decided() if post.complaint])
    with pytest.raises(ModelError, match="two of each"):
        adapt(shipped, [])
