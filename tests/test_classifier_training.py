import csv
from pathlib import Path

import numpy as np
import pytest

from cases.posts import Post
from classifiers.corpora import Example
from classifiers.judge import load_judge
from classifiers.train import Training, fit, source_weights, train

BAD = ["never arrived, so late", "broken again, awful", "still waiting, no answer", "charged twice, terrible"]
GOOD = ["lovely, thank you", "arrived early, great", "does it come in blue", "best lunch in town"]


def write(path: Path, columns: list[str], rows: list[list[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *rows])


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny data folder of the same shape as a real one."""
    folder = tmp_path_factory.mktemp("data")
    columns = ["text", "complaint", "severity", "reason", "cause", "group", "language"]
    rows: list[list[object]] = [
        [f"{text} number {number}", value, "", "", "", f"g{number}", "en"]
        for number in range(25)
        for value, texts in ((1, BAD), (0, GOOD))
        for text in texts
    ]
    write(folder / "complaints" / "en-tiny.csv", columns, rows)
    fields = [
        "id",
        "language",
        "platform",
        "text",
        "complaint",
        "severity",
        "heat",
        "category",
        "risk",
        "about",
        "relevant",
    ]
    mentions: list[list[object]] = [
        ["1", "en", "x", "my parcel never arrived, Tamarel", 1, 1, 0, "late", "", "parcel never arrived", 1],
        ["2", "en", "x", "thank you Tamarel", 0, 0, 0, "", "", "", 1],
    ]
    write(folder / "mentions.csv", fields, mentions)
    return folder


@pytest.fixture(scope="module")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Training:
    return train(data, tmp_path_factory.mktemp("model") / "a.skops", progress=lambda _: None, seed=1)


def test_training_gives_a_model_that_judges(trained: Training) -> None:
    """What was trained can be loaded, under the name that training told."""
    judge = load_judge(trained.path)
    late, thanks = judge.judge([Post("never arrived, so late"), Post("lovely, thank you")])
    assert judge.name == trained.name
    assert late.complaint
    assert not thanks.complaint
    assert not thanks.complaint


def test_training_again_gives_the_same_model() -> None:
    """The same posts and seed give the same weights and the same threshold, to the last digit."""
    posts = [
        Example(f"{text} {number}", complaint, "en-tiny", f"g{number}", "en")
        for number in range(10)
        for complaint, texts in ((True, BAD), (False, GOOD))
        for text in texts
    ]
    first, second = (fit(posts, progress=lambda _: None, seed=1, folds=2) for _ in range(2))
    assert np.array_equal(first.pipeline[-1].coef_, second.pipeline[-1].coef_)
    assert first.threshold == second.threshold


def test_sources_and_classes_count_the_same() -> None:
    """A source of four posts weighs as much as one of two, a rare class as much as a frequent one."""
    sources = np.array(["a", "a", "a", "a", "b", "b"])
    labels = np.array([1, 0, 0, 0, 1, 0])
    weights = source_weights(sources, labels)
    assert weights[:4].sum() == pytest.approx(weights[4:].sum())
    assert weights[0] == pytest.approx(weights[1:4].sum())
