"""Drift: when posts no longer look like what the model learned from, it is noticed, and the digest says what to do."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest
from conftest import Clock
from scenes import COMPLAINT, mention

from cases.errors import ModelError
from cases.verdicts import Verdict
from cases.weeks import Week
from classifiers.corpora import Example
from classifiers.drift import FEWEST, Drift, Reference, Seen, drifts, reference_from, reference_of
from monitor.config import parse_config
from monitor.digest.compose import Digest, compose
from monitor.digest.render import as_html, as_text, languages
from monitor.house import House

W47 = Week(2026, 47)
TUESDAY = datetime(2026, 11, 17, 9, tzinfo=UTC)
WORDS = [
    f"{first}{last}" for first in ("late", "broken", "rude", "great", "quick") for last in ("box", "shop", "day", "ly")
]
STRANGE = [f"{first}{last}" for first in ("kvorn", "splibe", "trax", "gorva", "wexil") for last in ("o", "undel")]


def posts(count: int, words: list[str], seed: int = 0, *, complaints: float = 0.5, surest: float = 4.0) -> list[Seen]:
    """Posts of eight words; a judge that is the surer the greater `surest` gives each a probability."""
    rng = np.random.default_rng(seed)
    labels = rng.random(count) < complaints
    scores = np.where(labels, 1, -1) * rng.random(count) * surest
    return [Seen(" ".join(rng.choice(words, 8)), "en", float(1 / (1 + np.exp(-score)))) for score in scores]


@pytest.fixture(scope="module")
def reference() -> Reference:
    """That of a training on two English sources of many groups, half of their posts complaints."""
    found = posts(2_000, WORDS)
    examples = [
        Example(post.text, post.probability > 0.5, f"en-{at % 2}", f"g{at % 40}", "en") for at, post in enumerate(found)
    ]
    return reference_of(examples, np.array([post.probability for post in found]))


def only(found: tuple[Drift, ...]) -> Drift:
    (drift,) = found
    return drift


def test_posts_like_those_of_the_training_are_no_drift(reference: Reference) -> None:
    drift = only(drifts(posts(500, WORDS, 1), reference))
    assert not drift.drifted
    assert (drift.language, drift.posts) == ("en", 500)


def test_fewer_complaints_are_no_drift(reference: Reference) -> None:
    """In training half of the posts were complaints; among a brand's mentions one in twenty may be."""
    assert not only(drifts(posts(500, WORDS, 1, complaints=0.05), reference)).drifted


def test_many_words_that_training_never_met_are_drift(reference: Reference) -> None:
    drift = only(drifts(posts(500, WORDS + STRANGE, 1), reference))
    assert drift.new_words
    assert drift.unknown == pytest.approx(len(STRANGE) / len(WORDS + STRANGE), abs=0.03)
    assert drift.usual < 0.01


def test_probabilities_that_huddle_in_the_middle_are_drift(reference: Reference) -> None:
    """The model is unsure of nearly all that it reads."""
    drift = only(drifts(posts(500, WORDS, 1, surest=0.4), reference))
    assert drift.new_spread
    assert not drift.new_words


def test_of_a_few_posts_nothing_is_said(reference: Reference) -> None:
    assert drifts(posts(FEWEST - 1, STRANGE), reference) == ()
    assert only(drifts(posts(FEWEST, STRANGE), reference)).new_words


def test_a_language_that_was_never_learned_has_no_drift(reference: Reference) -> None:
    assert drifts([replace(post, language="fi") for post in posts(500, STRANGE)], reference) == ()


def test_posts_without_words_count_for_nothing(reference: Reference) -> None:
    """Bare pictures and links; they would make a share of nothing."""
    assert drifts([Seen("🙂 https://a.example/b", "en", 0.5)] * 500, reference) == ()


def test_words_of_one_group_are_strange_in_the_others() -> None:
    """Each group has a word of its own in every eight: that much is usual."""
    rng = np.random.default_rng(0)
    examples = [
        Example(f"{' '.join(rng.choice(WORDS, 7))} brand{chr(97 + at % 10)}", bool(at % 3), "en-x", f"g{at % 10}", "en")
        for at in range(1_000)
    ]
    found = reference_of(examples, rng.random(1_000))
    assert found.unknown[0] == pytest.approx(1 / 8)


def test_made_up_posts_teach_words_and_no_figures() -> None:
    rng = np.random.default_rng(0)
    real = [Example(" ".join(rng.choice(WORDS, 8)), bool(at % 2), "en-x", f"g{at}", "en") for at in range(200)]
    made_up = [
        Example(" ".join(STRANGE), complaint=True, source="made-up-en", group=str(at), language="en")
        for at in range(200)
    ]
    found = reference_of([*real, *made_up], np.array([0.5] * 200 + [1.0] * 200))
    assert found.languages == ("en",)
    assert found.complaints[0].argmax() == 5
    drift = only(drifts(posts(FEWEST, STRANGE), found))
    assert drift.unknown == 0


def test_a_training_of_a_few_posts_has_nothing_to_compare_with() -> None:
    with pytest.raises(ModelError, match="no source has 100 posts"):
        reference_of([Example("late", complaint=True, source="en-x", group="g", language="en")], np.array([0.5]))


# --- in the model file


def test_a_reference_comes_back_from_the_model_file_as_it_was(reference: Reference) -> None:
    """As plain lists and arrays, small, and without a word that could be read."""
    content = reference.as_content()
    back = reference_from(content)
    assert back.languages == reference.languages
    assert drifts(posts(500, WORDS + STRANGE), back) == drifts(posts(500, WORDS + STRANGE), reference)
    assert reference.words.nbytes <= 131_072
    assert not any(isinstance(value, str) for value in content.values())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"words": None}, "other types"),
        ({"words": np.zeros(3, dtype=np.uint8)}, "another shape"),
        ({"unknown": np.zeros(7)}, "another shape"),
        ({"surprise": 1}, "lacks a part"),
    ],
)
def test_a_reference_of_another_shape_is_refused(reference: Reference, change: dict[str, object], told: str) -> None:
    with pytest.raises(ModelError, match=rf"{told}.*amends train"):
        reference_from(reference.as_content() | change)


def test_what_is_no_reference_at_all_is_refused() -> None:
    with pytest.raises(ModelError, match="lacks a part"):
        reference_from(["en"])


# --- in the digest


@pytest.fixture
def house(store_url: str, clock: Clock, reference: Reference, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A house whose judge, "test", carries the reference."""
    monkeypatch.setattr(House, "judge", SimpleNamespace(name="test", reference=reference))
    opened = House(
        parse_config({"brand": {"name": "Parcelo"}, "store": {"url": store_url}}), clock=clock, environment={}
    )
    yield opened
    opened.close()


def record(
    house: House, found: list[Seen], *, at: datetime = TUESDAY, verdict: Verdict = COMPLAINT, name: str = "p"
) -> None:
    """Posts that were judged no complaint with their probabilities."""
    ledger = house.ledger
    mentions = [
        mention(f"{name}{number}", post.text, author=f"{name}{number}", at=at) for number, post in enumerate(found)
    ]
    ledger.record("sandbox", mentions, "cursor", now=at)
    while waiting := ledger.unjudged():
        told = {stored.id: found[int(stored.mention.post_id.removeprefix(name))].probability for stored in waiting}
        ledger.judge(
            [(id_, replace(verdict, complaint=False, probability=value)) for id_, value in told.items()], now=at
        )


def test_the_digest_says_when_posts_are_strange_to_the_classifier(house: House) -> None:
    """What is strange, in how many posts, what is usual, and what to do."""
    record(house, posts(250, WORDS + STRANGE, 1))
    told = " ".join(as_text(compose(house, W47), "en").split())
    assert "Posts that the classifier does not know well" in told
    assert re.search(
        r"English: of the words in 250 posts of the last four weeks, 3\d% are new to it; up to 0% is", told
    )
    assert "amends train" in told


def test_the_digest_is_silent_where_posts_are_as_ever(house: House) -> None:
    record(house, posts(250, WORDS, 1))
    assert compose(house, W47).drift == ()
    assert "does not know well" not in as_text(compose(house, W47), "en")


def test_four_weeks_count_and_nothing_older(house: House) -> None:
    record(house, posts(250, STRANGE, 1), at=TUESDAY - timedelta(weeks=4))
    assert compose(house, Week(2026, 46)).drift
    assert not compose(house, W47).drift


def test_verdicts_of_another_model_do_not_count(house: House) -> None:
    """A reference speaks of its own model's probabilities."""
    record(house, posts(250, STRANGE, 1), verdict=replace(COMPLAINT, model="older"))
    assert compose(house, W47).drift == ()


def test_own_posts_and_forgotten_ones_are_not_looked_at(house: House) -> None:
    record(house, posts(FEWEST, STRANGE, 1))
    assert compose(house, W47).drift
    house.ledger.forget("sandbox", "p0", now=TUESDAY)
    assert compose(house, W47).drift == ()


def test_of_very_many_posts_some_of_all_days_are_looked_at(house: House) -> None:
    record(house, posts(100, WORDS, 1), name="a")
    record(house, posts(100, STRANGE, 1), name="b", at=TUESDAY + timedelta(days=1))
    found = house.ledger.reports.judged(TUESDAY, TUESDAY + timedelta(days=2), most=50)
    assert len(found) == 50
    assert 20 <= sum(post.text.split()[0] in STRANGE for post in found) <= 30


def test_a_model_that_cannot_be_used_does_not_stop_the_digest(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: House) -> None:
        raise ModelError("cut off")

    record(house, posts(250, STRANGE, 1))
    monkeypatch.setattr(House, "judge", property(broken))
    assert compose(house, W47).drift == ()


@pytest.fixture
def strange(house: House) -> Digest:
    """A digest in which words and probabilities are strange."""
    record(house, posts(250, WORDS + STRANGE, 1, surest=0.4))
    return compose(house, W47)


DO: Callable[[str], str] = {
    "en": "learn from your decisions",
    "fa": "از تصمیم‌های شما بیاموزد",
    "ar": "يتعلم من قراراتكم",
}.__getitem__


@pytest.mark.parametrize("language", languages())
def test_drift_is_told_in_every_language_with_its_digits(strange: Digest, language: str) -> None:
    digits = {"en": "250", "fa": "۲۵۰", "ar": "٢٥٠"}[language]
    for told in (as_text(strange, language), as_html(strange, language)):
        flat = " ".join(told.replace("\u200f", "").split())
        assert DO(language) in flat
        assert flat.count(digits) >= 2, "of the words, and of the probabilities"
    assert max(len(line) for line in as_text(strange, language).splitlines()) <= 80
