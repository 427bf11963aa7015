"""What the digest says of learning: in each language, as figures, and nothing where there is nothing to say."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from conftest import Clock
from lessons import THINGS, lessons, teach
from scenes import PRAISE, mention

from cases.learning import SHIPPED, Outcome, Training
from cases.weeks import Week
from monitor.config import parse_config
from monitor.digest.compose import compose
from monitor.digest.render import Speech, as_html, as_text, languages
from monitor.house import House
from monitor.pipeline import opening

W47 = Week(2026, 47)
TUESDAY = datetime(2026, 11, 17, 9, tzinfo=UTC)


@pytest.fixture
def house(store_url: str, clock: Clock) -> Iterator[House]:
    """A house with an empty store, on the Monday after."""
    table: dict[str, object] = {"brand": {"name": "Parcelo"}, "store": {"url": store_url}}
    with House(parse_config(table), clock=clock, environment={}) as opened:
        yield opened


def pass_over(house: House, count: int) -> None:
    """Posts that were drawn and that nobody has looked at."""
    posts = [mention(f"w{place}", f"word {place}", author=f"w{place}", at=TUESDAY) for place in range(count)]
    house.ledger.record("sandbox", posts, "1", now=TUESDAY)
    house.ledger.judge([(stored.id, PRAISE) for stored in house.ledger.unjudged()], now=TUESDAY)
    waiting = house.ledger.unsettled()
    house.ledger.settle([opening(judged, timedelta(hours=2), 1.0) for judged in waiting], now=TUESDAY)


def trained(house: House, outcome: Outcome) -> None:
    house.ledger.note_training(Training(TUESDAY, "amends", SHIPPED, "b", SHIPPED, 212, outcome, "because"))


@pytest.fixture(params=languages())
def language(request: pytest.FixtureRequest) -> str:
    """Each language that the digest can be written in."""
    return str(request.param)


def test_where_nothing_was_learned_or_drawn_nothing_is_said_of_it(house: House, language: str) -> None:
    digest = compose(house, W47)
    words = Speech(language).words.model_extra or {}
    assert Speech(language).learning(digest) == []
    assert words["learning"] not in as_text(digest, language)
    assert words["learning"] not in as_html(digest, language)


def test_what_the_sample_says_stands_there_in_figures(house: House) -> None:
    teach(house.ledger, lessons(THINGS[:1]), now=TUESDAY)
    pass_over(house, 8)
    text = " ".join(as_text(compose(house, W47), "en").split())
    assert "Drawn by lot from what it passed over: 16; looked at: 8; complaints among them: 4." in text
    assert "it may have missed about 8 (between 2 and 16)" in text
    assert "waiting for somebody to look: 8" in text


def test_it_stands_there_in_every_language_and_its_own_digits(house: House, language: str) -> None:
    teach(house.ledger, lessons(THINGS[:1]), now=TUESDAY)
    trained(house, Outcome.REPLACED)
    digest, speech = compose(house, W47), Speech(language)
    lines = speech.learning(digest)
    assert len(lines) == 2
    assert speech.number(212) in lines[1]
    assert "{" not in "".join(lines)
    page = as_html(digest, language)
    assert all(line in page for line in lines)


@pytest.mark.parametrize("outcome", Outcome)
def test_every_end_of_a_training_has_its_words(house: House, outcome: Outcome, language: str) -> None:
    trained(house, outcome)
    (line,) = Speech(language).learning(compose(house, W47))
    assert len(line) > 20


def test_a_training_counts_in_its_own_week(house: House) -> None:
    trained(house, Outcome.NOT_BETTER)
    assert compose(house, W47).figures.training is not None
    assert compose(house, W47.before).figures.training is None
