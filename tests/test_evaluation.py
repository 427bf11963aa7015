"""`amends evaluate` from a folder of posts to tables, pictures, JSON and the model card."""

import csv
import json
import random
import string
import sys
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cases.errors import ExtraMissing, ModelError
from classifiers.corpora import Example
from classifiers.evaluate import MIXED, evaluate, first_words
from classifiers.facts import measured
from classifiers.measures.card import CARD, model_of_card, write_card
from classifiers.measures.learning_curve import SHARES, learning_curve
from classifiers.measures.lexicons import judged_by, lexicons
from classifiers.measures.pictures import PRECISION_RECALL, RELIABILITY, check_drawing, draw
from classifiers.measures.report import Report
from classifiers.measures.tables import as_text
from classifiers.measures.transfer import unseen_corpora, unseen_domains
from classifiers.model_file import load_model
from monitor.cli import app

BAD = ["never arrived, so late", "broken again, awful", "still waiting, no answer", "charged twice, terrible"]
GOOD = ["lovely, thank you", "arrived early, great", "does it come in blue", "best lunch in town"]
COLUMNS = ["text", "complaint", "severity", "reason", "cause", "group", "language"]


def rows(begin: int, end: int) -> list[list[object]]:
    """Posts in groups; each complaint has a severity and the span of its cause."""
    return [
        [
            f"{text} number {number}",
            int(bad),
            2 if bad else 0,
            "",
            text.split(",")[0] if bad else "",
            f"g{number}",
            "en",
        ]
        for number in range(begin, end)
        for bad, texts in ((True, BAD), (False, GOOD))
        for text in texts
    ]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two tiny corpora of the same shape as real ones."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "complaints").mkdir()
    for name, begin in (("en-tiny", 0), ("en-small", 100)):
        with (folder / "complaints" / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([COLUMNS, *rows(begin, begin + 30)])
    return folder


@pytest.fixture(scope="module")
def told() -> list[str]:
    """What an evaluation said on its way."""
    return []


@pytest.fixture(scope="module")
def report(data: Path, told: list[str]) -> Report:
    """The shipped model on the tiny corpora, without fitting anything."""
    return evaluate(data, progress=told.append, refit=False, draws=50)


def test_each_corpus_has_a_row_and_all_together_one(report: Report, told: list[str]) -> None:
    """Only groups that training keeps back are measured on; long work tells where it is."""
    assert [row.name for row in report.kept_back] == ["en-small", "en-tiny", "all in en", MIXED]
    assert 0 < report.kept_back[0].posts < 240
    assert all(row.precision.low <= row.precision.value <= row.precision.high for row in report.kept_back)
    assert len(told) >= 3


def test_the_report_names_the_model_that_it_measured(report: Report) -> None:
    assert report.model == load_model().name
    assert report.model in as_text(report)


def test_word_lists_stand_beside_on_the_same_posts(report: Report) -> None:
    assert [lexicon.name for lexicon in report.lexicons] == ["VADER", "TextBlob"]
    for lexicon in report.lexicons:
        assert [(row.name, row.posts) for row in lexicon.rows] == [
            (row.name, row.posts) for row in report.kept_back[:2]
        ]


def test_companions_are_measured_where_a_corpus_has_labels(report: Report) -> None:
    measured = {(figure.companion, figure.measure) for figure in report.companions}
    assert {("severity", "weighted kappa"), ("about", "token F1"), ("language", "right")} <= measured


def test_a_beginning_has_three_words_whatever_stands_between() -> None:
    """Handles, numbers and marks are no words; a post of two words has no beginning."""
    assert first_words("@ana 20 😡 Where is, my parcel?") == "@ana 20 😡 Where is, my"
    assert first_words("@ana late again!") == ""


def test_speed_is_told(report: Report) -> None:
    assert report.speed is not None
    assert report.speed.posts > 0
    assert report.speed.one_post_ms <= report.speed.one_post_p95_ms
    assert "posts/s" in as_text(report)


def test_the_same_seed_gives_the_same_figures(data: Path, report: Report) -> None:
    """All but the speed."""
    first = json.loads(report.as_json())
    again = json.loads(evaluate(data, progress=lambda _: None, refit=False, draws=50).as_json())
    del first["speed"], again["speed"]
    assert first == again


def test_a_folder_of_which_nothing_is_kept_back_is_refused(tmp_path: Path) -> None:
    (tmp_path / "complaints").mkdir()
    (tmp_path / "complaints" / "en-x.csv").write_text(",".join(COLUMNS) + "\n", encoding="utf-8")
    with pytest.raises(ModelError, match="nothing of it is kept back"):
        evaluate(tmp_path, progress=lambda _: None)


# --- word lists


def test_a_word_list_chooses_its_threshold_on_what_training_had() -> None:
    """Not on the posts that it is measured on, and in English only."""
    learned = [Example(text, text in BAD, "en-x", "g", "en") for text in [*BAD, *GOOD]]
    unseen = [Example("awful, terrible", complaint=True, source="en-x", group="h", language="en")]
    unseen.append(Example("خیلی بد", complaint=True, source="fa-x", group="h", language="fa"))
    (judged,) = judged_by(lexicons()["VADER"], learned, unseen)
    assert judged.said
    assert judged.probability > 0.5


def test_without_the_extra_the_command_that_installs_it_is_named(
    data: Path, report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is measured or written."""
    monkeypatch.setitem(sys.modules, "vaderSentiment.vaderSentiment", None)
    with pytest.raises(ExtraMissing, match=r'pip install "amends\[evaluate\]"'):
        evaluate(data, progress=lambda _: pytest.fail("nothing should be measured"))
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ExtraMissing, match=r'pip install "amends\[evaluate\]"'):
        check_drawing()
    with pytest.raises(ExtraMissing):
        draw(report.curves, report.model, tmp_path)
    assert not list(tmp_path.iterdir())


# --- domains and corpora that training did not see


def test_each_domain_is_judged_by_a_model_that_did_not_see_it() -> None:
    """A word that means the opposite in the domain left out gives that away: all of its posts are judged wrong."""
    posts = [
        Example(f"{'zorb' if bad else 'plim'} {number} {group}", bad != (group == "odd"), "en-airlines", group, "en")
        for group in ("a", "b", "c", "odd")
        for number in range(40)
        for bad in (True, False)
    ]
    told: list[str] = []
    found = {row.name: row for row in unseen_domains(posts, progress=told.append, draws=20)}
    assert found["en-airlines: odd"].macro_f1.value < 0.1
    assert found["en-airlines: a"].macro_f1.value > 0.9
    assert found["en-airlines, each domain unseen"].posts == len(posts)
    assert len(told) == 4


def test_each_corpus_is_judged_by_a_model_of_the_others() -> None:
    posts = [
        Example(
            f"{'zorb' if bad else 'plim'} {number} {source}", bad != (source == "en-odd"), source, f"g{number}", "en"
        )
        for source in ("en-a", "en-b", "en-odd", "made-up-en")
        for number in range(20)
        for bad in (True, False)
    ]
    found = {row.name: row.macro_f1.value for row in unseen_corpora(posts, progress=lambda _: None, draws=20)}
    assert set(found) == {f"{name}, trained on all others" for name in ("en-a", "en-b", "en-odd")}
    assert found["en-odd, trained on all others"] < 0.1
    assert found["en-a, trained on all others"] > 0.9


def test_the_learning_curve_tells_what_more_written_posts_give() -> None:
    """Brands share words of complaint and praise in threes, and no corpus knows any: only more brands teach more."""
    rng = random.Random(1)  # noqa: S311 - words of no meaning, not secrets
    words = ["".join(rng.choices(string.ascii_lowercase, k=7)) for _ in range(40)]
    posts = [
        Example(f"{words[brand % 20 + 20 * bad]} {number}", bad, "written-en", f"brand {brand}", "en")
        for brand in range(60)
        for number in range(6)
        for bad in (True, False)
    ]
    posts += [Example(f"other {number}", bool(number % 2), "en-a", f"g{number}", "en") for number in range(60)]
    told: list[str] = []
    rows = learning_curve(posts, progress=told.append, draws=20)
    assert len(rows) == len(told) == len(SHARES)
    counts = [int(row.name.removeprefix("written-en, from ").removesuffix(" posts").replace(",", "")) for row in rows]
    assert counts == sorted(set(counts))
    assert all(row.posts == rows[0].posts > 0 for row in rows), "measured on the same posts each time"
    assert rows[-1].average_precision.value > rows[0].average_precision.value + 0.1


# --- what is written


def test_the_json_holds_all_figures_and_nothing_that_json_does_not_know(report: Report) -> None:
    content = json.loads(report.as_json(), parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert content["model"] == report.model
    assert content["kept_back"][0]["macro_f1"]["value"] == report.kept_back[0].macro_f1.value
    assert content["curves"][0]["precision_recall"]


def test_the_pictures_are_small_pngs_and_the_same_again(report: Report, tmp_path: Path) -> None:
    paths = draw(report.curves, report.model, tmp_path / "deep" / "down")
    assert [path.name for path in paths] == [RELIABILITY, PRECISION_RECALL]
    first = [path.read_bytes() for path in paths]
    assert all(picture.startswith(b"\x89PNG") and len(picture) < 100_000 for picture in first)
    assert [path.read_bytes() for path in draw(report.curves, report.model, tmp_path)] == first


def test_a_folder_that_is_a_file_is_told(report: Report, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ModelError, match="name another folder"):
        draw(report.curves, report.model, tmp_path / "file")


def test_the_card_takes_the_figures_and_keeps_the_words_around_them(report: Report, tmp_path: Path) -> None:
    card = tmp_path / "CARD.md"
    card.write_text("before\n<!-- figures -->old<!-- end of figures -->\nafter", encoding="utf-8")
    write_card(report, card, tmp_path / "pictures", figures=tmp_path / "figures.json", today=date(2026, 11, 24))
    written = card.read_text(encoding="utf-8")
    assert "old" not in written
    assert written.startswith("before\n<!-- figures -->")
    assert written.endswith("<!-- end of figures -->\nafter")
    assert "| en-tiny" in written
    assert model_of_card(card) == report.model
    assert f"](pictures/{RELIABILITY})" in written
    assert (tmp_path / "pictures" / RELIABILITY).exists()
    short = measured(report.model, tmp_path / "figures.json")
    assert short is not None
    assert short.on == date(2026, 11, 24)
    assert [row.name for row in short.kept_back] == [row.name for row in report.kept_back]
    assert short.kept_back[0].recall[0] == pytest.approx(report.kept_back[0].recall.value, abs=1e-4)
    assert measured("another", tmp_path / "figures.json") is None


def test_a_card_without_marks_is_left_as_it_is(report: Report, tmp_path: Path) -> None:
    card = tmp_path / "CARD.md"
    card.write_text("no marks", encoding="utf-8")
    with pytest.raises(ModelError, match="lacks the marks"):
        write_card(report, card, tmp_path, figures=tmp_path / "figures.json", today=date(2026, 11, 24))
    assert card.read_text(encoding="utf-8") == "no marks"
    with pytest.raises(ModelError, match="in a checkout"):
        write_card(report, tmp_path / "none.md", tmp_path, figures=tmp_path / "figures.json", today=date(2026, 11, 24))
    assert not (tmp_path / "figures.json").exists()


def test_the_card_tells_of_the_model_that_ships() -> None:
    """A new model calls for: amends evaluate --thorough --card."""
    assert model_of_card(CARD) == load_model().name
    assert measured(load_model().name) is not None, "the desk shows the same figures"
    for picture in (RELIABILITY, PRECISION_RECALL):
        assert f"/{picture})" in CARD.read_text(encoding="utf-8")
        assert (CARD.parent.parent / "docs" / "model" / picture).exists()


# --- the command


def test_the_command_prints_tables_and_writes_figures_beside_pictures(data: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["evaluate", "--data", str(data), "--quick", "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert "Posts kept back from training" in done.stdout
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"evaluation.json", RELIABILITY, PRECISION_RECALL}


@pytest.mark.parametrize("more", [["--quick"], ["--model", "other.skops"]])
def test_the_card_is_refused_half_a_story(data: Path, more: list[str]) -> None:
    """It tells of the shipped model, with all that is measured."""
    done = CliRunner().invoke(app, ["evaluate", "--data", str(data), "--card", *more])
    assert done.exit_code == 2
    assert "--card" in done.output
