"""What is told of a model without loading it is what the loaded model does."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from cases.errors import ModelError
from classifiers.facts import SHIPPED, facts_of, measured
from classifiers.judge import load_judge
from classifiers.model_file import Model, load_model, save_model


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model()


def test_the_description_is_that_of_the_loaded_model(model: Model) -> None:
    facts = facts_of()
    assert (facts.name, facts.threshold, facts.looks_twice) == (model.name, model.threshold, True)
    assert facts.size > SHIPPED.stat().st_size, "the encoder counts"


@pytest.mark.parametrize("cost", [0.2, 1.0, 5.0])
def test_what_a_miss_costs_moves_the_threshold_as_it_moves_the_judges(cost: float) -> None:
    assert facts_of(cost_of_a_miss=cost).threshold == load_judge(cost_of_a_miss=cost).threshold


def test_a_model_without_a_second_look_says_so_and_is_smaller(model: Model, tmp_path: Path) -> None:
    path = tmp_path / "one.skops"
    save_model(path, replace(model, look=None, threshold=0.4))
    facts = facts_of(path)
    assert (facts.threshold, facts.looks_twice, facts.size) == (0.4, False, path.stat().st_size)
    assert facts_of(look_twice=False).size == SHIPPED.stat().st_size


def test_a_file_that_is_no_model_can_not_be_described(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.skops"):
        facts_of(tmp_path / "none.skops")
    for content in (b"", b"PK", SHIPPED.read_bytes()[:1000]):
        path = tmp_path / "bad.skops"
        path.write_bytes(content)
        with pytest.raises(ModelError, match=r"bad\.skops"):
            facts_of(path)


def test_figures_are_those_of_the_very_model_or_none(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    assert measured("a", path) is None
    figure = [0.5, 0.4, 0.6]
    row = {"name": "en", "posts": 9, "complaints": 3, "precision": figure, "recall": figure, "macro_f1": figure}
    path.write_text(json.dumps({"model": "a", "on": "2026-11-24", "kept_back": [row], "to_brands": []}))
    found = measured("a", path)
    assert found is not None
    assert found.kept_back[0].recall == (0.5, 0.4, 0.6)
    assert measured("b", path) is None
    path.write_text("{")
    with pytest.raises(ModelError, match=r"figures\.json"):
        measured("a", path)
