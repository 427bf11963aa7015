from pathlib import Path

import pytest
import skops.io
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from cases.errors import ModelError, PackError
from cases.verdicts import Category, Risk
from classifiers.corpora import is_held_back, made_up_posts, read_corpora, read_mentions, written_posts
from classifiers.cues import CueBook
from classifiers.facts import SHIPPED
from classifiers.judge import load_judge
from classifiers.model_file import FORMAT
from classifiers.text import tokens


def quiet(_: str) -> None:
    """Progress that nobody reads."""


def stranger(rows: object) -> object:
    """A function that no model file of ours names."""
    return rows


def test_a_missing_file_says_where_and_what_to_do(tmp_path: Path) -> None:
    """The message names the path and the command that makes a new one."""
    with pytest.raises(ModelError, match=r"nowhere\.skops.*amends train"):
        load_judge(tmp_path / "nowhere.skops")


@pytest.mark.parametrize("keep", [0, 100, 100_000, -1])
def test_a_file_cut_off_anywhere_is_refused(tmp_path: Path, keep: int) -> None:
    """Half a file is no model."""
    path = tmp_path / "half.skops"
    path.write_bytes(SHIPPED.read_bytes()[:keep])
    with pytest.raises(ModelError, match="cut off"):
        load_judge(path)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    """Bytes changed in the middle are noticed."""
    raw = bytearray(SHIPPED.read_bytes())
    raw[len(raw) // 2 : len(raw) // 2 + 200] = bytes(200)
    path = tmp_path / "bad.skops"
    path.write_bytes(raw)
    with pytest.raises(ModelError, match=r"bad\.skops"):
        load_judge(path)


def test_a_newer_file_is_refused(tmp_path: Path) -> None:
    """A model of a later format asks for an update."""
    path = tmp_path / "newer.skops"
    skops.io.dump({"amends_format": FORMAT + 1, "surprise": 1}, path)
    with pytest.raises(ModelError, match="newer Amends"):
        load_judge(path)


def test_another_libraries_model_is_refused(tmp_path: Path) -> None:
    """A good skops file of something else is not taken for ours."""
    path = tmp_path / "other.skops"
    skops.io.dump({"what": [1, 2]}, path)
    with pytest.raises(ModelError, match="not a complaint model"):
        load_judge(path)


def test_a_file_that_names_other_code_is_refused_unopened(tmp_path: Path) -> None:
    """Functions that are not ours are never called."""
    path = tmp_path / "foreign.skops"
    pipeline = make_pipeline(FunctionTransformer(stranger))
    skops.io.dump({"amends_format": FORMAT, "pipeline": pipeline, "threshold": 0.5}, path)
    with pytest.raises(ModelError, match="not allowed"):
        load_judge(path)


def test_the_shipped_file_is_small() -> None:
    """At most 15 MB with all companions."""
    assert SHIPPED.stat().st_size < 15_000_000


def test_a_data_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    """No corpora and missing columns are told with their place."""
    with pytest.raises(ModelError, match="--data"):
        read_corpora(tmp_path)
    (tmp_path / "complaints").mkdir()
    (tmp_path / "complaints" / "en-x.csv").write_text("text,other\na,b\n", encoding="utf-8")
    with pytest.raises(ModelError, match=r"en-x\.csv has no column"):
        read_corpora(tmp_path)
    assert read_mentions(tmp_path) == []


def test_made_up_posts_come_in_all_languages_and_both_classes() -> None:
    """The same seed makes the same posts, and every placeholder is filled."""
    posts = made_up_posts(3)
    assert posts == made_up_posts(3)
    assert {(post.language, post.complaint) for post in posts} == {
        (tag, value) for tag in ("en", "fa", "ar") for value in (True, False)
    }
    assert not any("{" in post.text for post in posts)


def test_written_posts_are_labelled_in_full_and_grouped_by_brand() -> None:
    """Complaints have a known category and a gravity, others neither; what is `about` stands in the post."""
    posts = written_posts()
    assert {"fa", "ar"} <= {post.language for post in posts}
    assert all(post.category in set(Category) and post.severity for post in posts if post.complaint)
    assert not any(post.category or post.severity for post in posts if not post.complaint)
    assert all(post.risks <= set(Risk) and post.about in post.text for post in posts)
    assert all(post.example("written").group == post.brand != "" for post in posts)


def test_a_group_is_held_back_whole() -> None:
    """Posts of one group fall on the same side, whatever their text."""
    sides = {
        is_held_back(type(made_up_posts()[0])(f"text {number}", complaint, "en-x", "group", "en"))
        for number, complaint in enumerate([True, False] * 20)
    }
    assert len(sides) == 1


def test_cues_match_stems_gaps_and_clitics() -> None:
    """A star fits any ending, a gap up to three words, an Arabic clitic comes and goes."""
    book = CueBook({"late": ["delay*", "took _ from"], "court": ["محكمة"]})
    text = "Delayed again, and you took ten euros from me. إلى المحكمة"
    assert [text[hit.start : hit.end] for hit in book.find(tokens(text))] == [
        "Delayed",
        "took ten euros from",
        "المحكمة",
    ]


def test_a_cue_that_fits_anything_is_refused() -> None:
    """A lone letter with a star, and a leading gap, are mistakes in the file."""
    with pytest.raises(PackError, match="too short"):
        CueBook({"late": ["a*"]})
    with pytest.raises(PackError, match="begin with a word"):
        CueBook({"late": ["_ late"]})
