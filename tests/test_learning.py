"""From decisions to another champion: by command and at night, and never by luck, by stealth or twice."""

import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from conftest import Clock
from lessons import THINGS, Lesson, lessons, teach
from scenes import MORNING, mention

from cases.errors import ConfigError, ModelError
from cases.learning import SHIPPED, Outcome, Training
from cases.posts import Permissions, Post
from classifiers.facts import SHIPPED as SHIPPED_FILE
from classifiers.model_file import load_model
from monitor.config import parse_config
from monitor.house import House
from monitor.learning import adapt_champion, last_due, learn_if_due, part
from monitor.pipeline import judge
from store.ledger import Ledger

OpenHouse = Callable[..., House]

NO_TRAINING = Permissions(answerable=True, may_train=False)


@pytest.fixture
def open_house(store_url: str, clock: Clock, tmp_path: Path) -> Iterator[OpenHouse]:
    """Houses of one brand on one store and one folder of models; they look once at a post, which is quicker."""
    opened: list[House] = []

    def make(zone: str = "UTC", **classifier: object) -> House:
        table: dict[str, object] = {
            "brand": {"name": "Parcelo", "timezone": zone},
            "store": {"url": store_url},
            "classifier": {"second_look": False, **classifier},
        }
        opened.append(House(parse_config(table, tmp_path / "config.toml"), clock=clock, environment={}))
        return opened[-1]

    yield make
    for house in opened:
        house.close()


def train(house: House) -> Training:
    return adapt_champion(house, who="lea", progress=lambda _: None)


def chance(house: House, text: str) -> float:
    """How likely it is a complaint, by the model that judges now."""
    return house.judge.judge([Post(text)])[0].probability


def trained_files(house: House) -> list[str]:
    """What lies in the folder of models, hidden things included."""
    return sorted(file.name for file in house.config.models.glob("*")) if house.config.models.exists() else []


# --- the command


def test_with_few_decisions_nothing_changes_and_the_number_needed_is_told(open_house: OpenHouse) -> None:
    house = open_house()
    teach(house.ledger, lessons(THINGS[:2]))
    training = train(house)
    assert training.outcome is Outcome.TOO_FEW
    assert training.labels == 16
    assert "of the 50 decisions needed" in training.why
    assert (house.ledger.champion(), trained_files(house)) == (SHIPPED, [])
    assert house.ledger.trainings() == [training]


def test_enough_decisions_give_a_champion_that_a_running_house_takes_up(open_house: OpenHouse) -> None:
    here, elsewhere = open_house(), open_house()
    teach(here.ledger, lessons())
    slang = "my parcel went walkabout again"
    before = chance(elsewhere, slang)
    training = train(here)
    assert training.outcome is Outcome.REPLACED
    assert (training.champion, training.base, training.labels) == (SHIPPED, SHIPPED, len(lessons()))
    assert [row.name for row in training.table] == ["all", "ar", "en", "fa"]
    assert [row.written for row in training.table] == [False, True, False, True]
    assert trained_files(here) == [f"{training.challenger}.skops"]
    for house in (here, elsewhere):
        assert house.judge.name == training.challenger
        assert chance(house, slang) > max(before, 0.5)


def test_a_verdict_names_the_model_that_gave_it(open_house: OpenHouse) -> None:
    house = open_house()
    house.ledger.record("sandbox", [mention("one")], "1", now=MORNING)
    judge(house)
    teach(house.ledger, lessons(), name="lesson")
    name = train(house).challenger
    house.ledger.record("sandbox", [mention("two", author="b")], "2", now=MORNING)
    judge(house)
    models = {judged.mention.post_id: judged.verdict.model for judged in house.ledger.unsettled()}
    assert models["two"] == name != load_model().name
    label = next(label for label in house.ledger.training_labels() if label.text == lessons()[0].text)
    assert label.model == "test", "what had judged by then, not what judges now"


def test_one_command_brings_the_earlier_champion_back(open_house: OpenHouse) -> None:
    house = open_house()
    teach(house.ledger, lessons())
    train(house)
    house.ledger.crown(SHIPPED, who="lea", why="too many alarms", now=MORNING)
    assert house.judge.name == load_model().name


AGAIN = ("again", "today", "this week", "since Monday", "in March")


def test_decisions_by_the_toss_of_a_coin_replace_nothing(open_house: OpenHouse) -> None:
    house = open_house()
    rng = random.Random(3)  # noqa: S311 - no secret hangs on it
    # The champion finds every other of these to be a complaint. Against one that never did, guessing would be a gain.
    plain = ("My new {} came broken and nobody at support answers me", "So happy with my {}, thank you, it is lovely")
    texts = [f"{text.format(thing)}, {words}" for thing in THINGS for text in plain for words in AGAIN]
    teach(house.ledger, [Lesson(text, complaint=rng.random() < 0.5) for text in texts])
    training = train(house)
    assert training.outcome is Outcome.NOT_BETTER
    assert training.table[0].low <= 0
    assert (house.ledger.champion(), trained_files(house)) == (SHIPPED, [])


def test_a_champion_is_adapted_from_its_base_so_that_no_decision_counts_twice(open_house: OpenHouse) -> None:
    house = open_house()
    teach(house.ledger, lessons())
    first, second = train(house), train(house)
    assert (first.outcome, second.outcome) == (Outcome.REPLACED, Outcome.NOT_BETTER)
    assert (second.champion, second.base) == (first.challenger, SHIPPED)
    assert second.table[0].difference == 0


def test_a_champion_that_was_changed_meanwhile_is_not_replaced(open_house: OpenHouse) -> None:
    house = open_house()
    teach(house.ledger, lessons())
    earlier = train(house).challenger

    def meanwhile(told: str) -> None:
        if told == "comparing":
            house.ledger.crown(earlier, who="lea", why="", now=MORNING)

    house.ledger.crown(SHIPPED, who="lea", why="", now=MORNING)
    training = adapt_champion(house, who="ana", progress=meanwhile)
    assert training.outcome is Outcome.OVERTAKEN
    assert house.ledger.champion() == earlier
    assert house.judge.name == earlier


def test_a_model_that_config_names_judges_whatever_is_learned(open_house: OpenHouse, tmp_path: Path) -> None:
    shutil.copyfile(SHIPPED_FILE, tmp_path / "mine.skops")
    house = open_house(model="mine.skops")
    teach(house.ledger, lessons(THINGS[:2]))
    assert house.judge.name == load_model().name
    with pytest.raises(ConfigError, match=r"mine\.skops judges"):
        train(house)
    assert learn_if_due(house) is None


def test_a_champion_whose_file_is_gone_is_told_and_stops_no_daemon_that_runs(open_house: OpenHouse) -> None:
    running, fresh = open_house(), open_house()
    before = running.judge.name
    running.ledger.crown("nowhere", who="lea", why="", now=MORNING)
    assert running.judge.name == before
    with pytest.raises(ModelError, match="amends model use"):
        _ = fresh.judge


# --- what is learned from


def test_what_is_kept_for_the_comparison_is_never_learned_from(ledger: Ledger) -> None:
    teach(ledger, lessons())
    teach(ledger, lessons(), name="again")
    decided = part(ledger.training_labels())
    learned, kept = ({post.text for post in posts} for posts in (decided.learned, decided.kept))
    assert learned
    assert kept
    assert not learned & kept
    assert decided == part(ledger.training_labels())


def test_what_a_network_forbids_reaches_neither_training_nor_comparison(open_house: OpenHouse) -> None:
    house = open_house()
    teach(house.ledger, lessons(), permissions=NO_TRAINING)
    training = train(house)
    assert (training.outcome, training.labels) == (Outcome.TOO_FEW, 0)
    assert f"{len(lessons())} more are of posts that may not be learned from" in training.why
    assert part(house.ledger.training_labels()).count == 0


def test_who_is_forgotten_is_in_no_later_model(open_house: OpenHouse) -> None:
    """A word that only they used: it moved the model, and after the next training it is as if it had never been."""
    house = open_house()
    teach(house.ledger, lessons())
    whole = part(house.ledger.training_labels()).learned
    teach(house.ledger, [replace(lessons()[0], text="the zyzzogeton quuxified")], name=outside_the_gate())
    told = [post for post in part(house.ledger.training_labels()).learned if "zyzzogeton" in post.text]
    assert len(told) == 1
    first = load_model(model_file(house, train(house)))
    house.ledger.forget("sandbox", f"{outside_the_gate()}0", now=MORNING)
    assert set(part(house.ledger.training_labels()).learned) == set(whole)
    house.ledger.crown(SHIPPED, who="lea", why="", now=MORNING)
    second = load_model(model_file(house, train(house)))
    row = first.pipeline[:-1].transform(["zyzzogeton quuxified"])
    shipped = load_model().pipeline[-1].coef_
    moved = [np.abs((model.pipeline[-1].coef_ - shipped)[:, row.indices]).sum() for model in (first, second)]
    assert moved[0] > moved[1]


def outside_the_gate() -> str:
    """The name of a thread that is learned from."""
    from classifiers.gate import is_kept  # noqa: PLC0415 - only here

    return next(f"zyz{number}" for number in range(99) if not is_kept("sandbox", f"zyz{number}0"))


def model_file(house: House, training: Training) -> Path:
    assert training.outcome is Outcome.REPLACED
    file = house.model_file(training.challenger)
    assert file is not None
    return file


# --- every night


def test_it_is_due_by_the_brands_clock(open_house: OpenHouse) -> None:
    now = datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert last_due(now, open_house()) == datetime(2026, 11, 23, 3, 30, tzinfo=UTC)
    assert last_due(now, open_house("Asia/Tehran")) == datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
    assert last_due(now, open_house(train_at="08:01")) == datetime(2026, 11, 22, 8, 1, tzinfo=UTC)
    assert last_due(now, open_house(train_at="")) is None


def test_it_learns_once_a_night_and_only_when_there_is_enough_that_is_new(open_house: OpenHouse, clock: Clock) -> None:
    house = open_house()
    assert learn_if_due(house) is None, "nobody has decided anything"
    teach(house.ledger, lessons(THINGS[:2]))
    assert learn_if_due(house) is None, "this night's attempt was made"
    clock.sleep(days=1)
    first = learn_if_due(house)
    assert first is not None
    assert (first.outcome, first.who, first.at) == (Outcome.TOO_FEW, "amends", clock.now)
    assert learn_if_due(house) is None
    clock.sleep(days=1)
    assert learn_if_due(house) is None, "no decision since"
    teach(house.ledger, lessons(THINGS[2:3])[:1], name="one")
    clock.sleep(days=1)
    assert learn_if_due(house) is None, "less than a tenth more"
    teach(house.ledger, lessons(THINGS[3:4]), name="more")
    clock.sleep(days=1)
    last = learn_if_due(house)
    assert last is not None
    assert last.labels == 25


def test_of_two_daemons_one_learns_and_both_use_what_it_learned(open_house: OpenHouse) -> None:
    one, other = open_house(), open_house()
    teach(one.ledger, lessons())
    trainings = [learn_if_due(house) for house in (one, other, one, other)]
    assert [training.outcome if training else None for training in trainings] == [Outcome.REPLACED, None, None, None]
    assert len(one.ledger.trainings()) == 1
    assert one.judge.name == other.judge.name == one.ledger.champion() != SHIPPED


def test_trouble_at_night_is_kept_where_people_look_and_raised_to_nobody(
    open_house: OpenHouse, clock: Clock, tmp_path: Path
) -> None:
    house = open_house()
    teach(house.ledger, lessons())
    (tmp_path / "models").write_text("in the way")
    failed = learn_if_due(house)
    assert failed is not None
    assert failed.outcome is Outcome.FAILED
    assert "models" in failed.why
    assert house.ledger.trainings() == [failed]
    (tmp_path / "models").unlink()
    clock.sleep(days=1)
    again = learn_if_due(house)
    assert again is not None, "what failed is tried again the next night, on the same decisions"
    assert again.outcome is Outcome.REPLACED


def test_what_nobody_foresaw_stops_nothing_either(open_house: OpenHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    house = open_house()
    teach(house.ledger, lessons())

    def breaks(*_: object, **__: object) -> None:
        message = "words of a post, perhaps"
        raise ZeroDivisionError(message)

    monkeypatch.setattr("classifiers.adapt.adapt", breaks)
    failed = learn_if_due(house)
    assert failed is not None
    assert failed.outcome is Outcome.FAILED
    assert "ZeroDivisionError" in failed.why
    assert "words" not in failed.why


def test_a_night_that_was_slept_through_is_made_up_for_once(open_house: OpenHouse, clock: Clock) -> None:
    house = open_house()
    learn_if_due(house)
    teach(house.ledger, lessons(THINGS[:2]))
    clock.now += timedelta(days=5, hours=4)
    assert learn_if_due(house) is not None
    assert learn_if_due(house) is None
