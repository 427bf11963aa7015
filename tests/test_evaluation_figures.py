"""The figures of an evaluation are those of the textbook, and their intervals those of the bootstrap."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scenes import COMPLAINT, PRAISE
from sklearn.metrics import (
    average_precision_score,
    cohen_kappa_score,
    f1_score,
    precision_score,
    recall_score,
)

from cases.verdicts import Category, Risk, Verdict
from classifiers.corpora import Example, LabelledMention
from classifiers.measures.agreement import accuracy_and_macro_f1, mean_of, on_a_scale, ratio_of
from classifiers.measures.bootstrap import Interval, blocks_of, bootstrap, unbiased
from classifiers.measures.companions import Figure, on_beginnings, on_corpus, on_mentions, token_f1
from classifiers.measures.curves import curves
from classifiers.measures.scores import Judged, score


def judged(labels: list[bool], probabilities: list[float], *, source: str = "en-x") -> list[Judged]:
    """Posts with their probabilities, each a group of its own, said to be complaints from one half."""
    return [
        Judged(Example(f"post {at}", label, source, f"g{at}", "en"), probability, probability >= 0.5)
        for at, (label, probability) in enumerate(zip(labels, probabilities, strict=True))
    ]


def some_posts(count: int = 300, seed: int = 0) -> tuple[list[bool], list[float]]:
    """Labels that follow their probabilities, which are rounded so that many are equal."""
    rng = np.random.default_rng(seed)
    probabilities = rng.random(count).round(1)
    return (rng.random(count) < probabilities).tolist(), probabilities.tolist()


def test_the_figures_are_those_of_scikit_learn() -> None:
    labels, probabilities = some_posts()
    said = [probability >= 0.5 for probability in probabilities]
    found = score("x", judged(labels, probabilities), draws=20)
    assert found.precision.value == pytest.approx(precision_score(labels, said))
    assert found.recall.value == pytest.approx(recall_score(labels, said))
    assert found.f1.value == pytest.approx(f1_score(labels, said))
    assert found.macro_f1.value == pytest.approx(f1_score(labels, said, average="macro"))
    assert found.average_precision.value == pytest.approx(average_precision_score(labels, probabilities))
    assert (found.posts, found.complaints) == (300, sum(labels))


@pytest.mark.parametrize(("labels", "gap"), [([True, False], 0.0), ([True, True], 0.5)])
def test_calibration_error_is_the_gap_between_probability_and_share(labels: list[bool], gap: float) -> None:
    """A coin that always says one half is calibrated on halves, and off by a half on complaints alone."""
    found = score("x", judged(labels, [0.5, 0.5]), draws=20).calibration_error
    assert found is not None
    assert found.value == pytest.approx(gap)
    assert found.low <= found.value <= found.high


def test_scores_that_are_no_probabilities_have_no_calibration() -> None:
    assert score("x", judged([True, False], [0.9, 0.1]), calibrated=False, draws=20).calibration_error is None


def test_precision_falls_with_the_share_of_complaints_by_bayes() -> None:
    """Nine of ten complaints found, one of ten others flagged: at 5 % a third of the flagged are complaints."""
    labels = [True] * 10 + [False] * 10
    probabilities = [0.9] * 9 + [0.1] + [0.9] + [0.1] * 9
    found = score("x", judged(labels, probabilities), draws=20)
    assert found.precision.value == pytest.approx(0.9)
    assert found.precision_if_rare.value == pytest.approx(0.9 * 0.05 / (0.9 * 0.05 + 0.1 * 0.95))
    assert found.precision_at_30.value == pytest.approx(0.9 * 0.3 / (0.9 * 0.3 + 0.1 * 0.7))


def test_sources_count_the_same_whatever_their_size() -> None:
    """Ninety posts with every complaint found and ten with none found: half of the recall."""
    found = score("x", judged([True] * 90, [0.9] * 90) + judged([True] * 10, [0.1] * 10, source="en-y"), draws=20)
    assert found.recall.value == pytest.approx(0.5)


def test_the_same_seed_draws_the_same_interval() -> None:
    posts = judged(*some_posts())
    assert score("x", posts, seed=3, draws=50) == score("x", posts, seed=3, draws=50)
    assert score("x", posts, seed=3, draws=50) != score("x", posts, seed=4, draws=50)


def test_an_interval_is_as_wide_as_the_textbooks() -> None:
    """Of 400 posts half are right: 1.96 standard errors of a share are 0.049."""
    values = [at % 2 for at in range(400)]
    (share,) = bootstrap(mean_of(values), [str(at) for at in range(400)], [""] * 400, draws=2_000)
    assert (share.high - share.low) / 2 == pytest.approx(0.049, abs=0.004)


def test_posts_of_a_group_are_drawn_together() -> None:
    """Where each group is all right or all wrong, forty posts in ten groups tell as little as ten posts."""
    values = [at // 4 % 2 for at in range(40)]
    alone = [str(at) for at in range(40)]
    together = blocks_of([str(at // 4) for at in range(40)], [""] * 40)
    (narrow,) = bootstrap(mean_of(values), alone, [""] * 40)
    (wide,) = bootstrap(mean_of(values), together, [""] * 40)
    assert wide.high - wide.low > 1.5 * (narrow.high - narrow.low)


def test_where_one_group_is_large_posts_are_drawn_by_themselves() -> None:
    """One airline alone can't be drawn again; the other source keeps its groups."""
    groups = ["one"] * 10 + [str(at // 2) for at in range(20)]
    strata = ["en-airlines"] * 10 + ["en-x"] * 20
    blocks = blocks_of(groups, strata)
    assert len(set(blocks[:10])) == 10
    assert len(set(blocks[10:])) == 10


def test_a_figure_that_resampling_inflates_keeps_within_its_interval() -> None:
    assert unbiased(Interval(0.1, 0.12, 0.18)).low == pytest.approx(0.02)
    assert unbiased(Interval(0.1, 0.12, 0.18)).high == 0.1
    assert unbiased(Interval(0.9, 0.5, 0.95)).high == 1.0


def test_a_share_of_nothing_is_not_defined() -> None:
    (share,) = bootstrap(ratio_of([0, 0], [0, 0]), ["a", "b"], ["", ""], draws=10)
    assert math.isnan(share.value)


def test_agreement_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    wanted, said = rng.integers(0, 5, 200).tolist(), rng.integers(1, 4, 200).tolist()
    one = np.ones((1, 200))
    right, near, kappa = on_a_scale(wanted, said)(one)[0]
    assert kappa == pytest.approx(cohen_kappa_score(wanted, said, weights="quadratic"))
    assert right == pytest.approx(np.mean(np.array(wanted) == said))
    assert near == pytest.approx(np.mean(abs(np.array(wanted) - said) <= 1))
    names, others = [str(value) for value in wanted], [str(value) for value in said]
    accuracy, macro_f1 = accuracy_and_macro_f1(names, others)(one)[0]
    assert accuracy == pytest.approx(right)
    assert macro_f1 == pytest.approx(f1_score(names, others, average="macro"))


@pytest.mark.parametrize(
    ("said", "wanted", "overlap"),
    [
        ("parcel late", "Parcel late!", 1.0),
        ("", "", 1.0),
        ("", "late", 0.0),
        ("my parcel", "the parcel is late", 1 / 3),
    ],
)
def test_spans_are_compared_by_their_words(said: str, wanted: str, overlap: float) -> None:
    assert token_f1(said, wanted) == pytest.approx(overlap)


def labelled(
    text: str, *, complaint: bool = True, risks: frozenset[str] = frozenset(), relevant: bool = True
) -> LabelledMention:
    """A post of our own with every label."""
    return LabelledMention(
        text=text,
        language="en",
        complaint=complaint,
        severity=2 if complaint else 0,
        heat=1,
        category="late" if complaint else "",
        risks=risks,
        about="parcel late" if complaint else "",
        relevant=relevant,
        brand=text,
    )


def value(figures: list[Figure], companion: str, measure: str) -> tuple[float, int]:
    """One figure, and on how many posts it stands."""
    (found,) = [figure for figure in figures if (figure.companion, figure.measure) == (companion, measure)]
    return found.value.value, found.posts


def test_each_companion_is_measured_by_itself() -> None:
    """On complaints that were found, but for risks, relevance and language, which stand on any post."""
    right = replace(COMPLAINT, about="parcel late", risks=frozenset({Risk.LEGAL}))
    wrong = replace(COMPLAINT, category=Category.STAFF, severity=4, about="", language="de")
    posts: list[tuple[LabelledMention, Verdict]] = [
        (labelled("a", risks=frozenset({"legal"})), right),
        (labelled("b", risks=frozenset({"press"})), wrong),
        (labelled("c"), PRAISE),
        (labelled("d", complaint=False, relevant=False), replace(PRAISE, relevant=False)),
        (labelled("e", complaint=False), replace(PRAISE, relevant=False)),
    ]
    figures = on_mentions("x", posts, draws=20)
    assert value(figures, "category", "right") == (0.5, 2)
    assert value(figures, "severity", "right") == (0.5, 2)
    assert value(figures, "severity", "within one") == (0.5, 2)
    assert value(figures, "heat", "right") == (1.0, 2)
    assert value(figures, "about", "token F1") == (0.5, 2)
    assert value(figures, "language", "right") == (0.8, 5)
    assert value(figures, "risk: any", "recall") == (0.5, 2)
    assert value(figures, "risk: legal", "precision") == (1.0, 1)
    assert value(figures, "risk: press", "recall") == (0.0, 1)
    assert value(figures, "relevance", "irrelevant, put aside") == (1.0, 1)
    assert value(figures, "relevance", "relevant, lost") == (0.25, 4)
    assert not [figure for figure in figures if figure.companion == "risk: self_harm"], "nothing to measure on"


def test_a_corpus_tells_of_what_it_has_labels_for() -> None:
    """Severity, an airline's reason as one of the categories that it may be, and the span of a cause."""
    plain = Example("plain", complaint=True, source="en-x", group="h", language="en", severity=2, reason="Can't Tell")
    late = replace(plain, text="late", group="g", severity=3, reason="Late Flight", cause="parcel LATE")
    pairs = [(late, replace(COMPLAINT, about="parcel late")), (plain, COMPLAINT)]
    figures = on_corpus("en-x", pairs, draws=20)
    assert value(figures, "severity", "right") == (0.5, 2)
    assert value(figures, "category", "one of those that the reason may be") == (1.0, 1)
    assert value(figures, "about", "token F1") == (1.0, 1)
    assert value(on_beginnings("en-x", pairs, draws=20), "language", "right on the first three words") == (1.0, 2)


def test_curves_lead_through_the_operating_point() -> None:
    """Bins with few posts are no points; the operating point is recall and precision at the threshold."""
    labels, probabilities = some_posts()
    found = curves("x", judged([*labels, True], [*probabilities, 0.05]))
    assert sum(point.posts for point in found.reliability) <= 301
    assert all(point.posts >= 10 for point in found.reliability)
    scores = score("x", judged([*labels, True], [*probabilities, 0.05]), draws=20)
    assert found.operating_point == pytest.approx((scores.recall.value, scores.precision.value))
    assert len(found.precision_recall) <= 100
