"""One suite over every pack's follow.toml: whatever the trouble, network and finding, the text can be sent as it is."""

import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime, time
from itertools import combinations
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import regex
from rapidfuzz import fuzz

from cases.apology import BLOCKING
from cases.errors import PackError
from cases.plans import Finding, Incident
from cases.platform import Venue
from cases.posts import Post
from cases.purposes import Purpose, blocking_of, required_of
from cases.verdicts import Category, Verdict
from responders.follow import PRIVATE_LIMIT, FollowUps, Said
from responders.follow_packs import load_follow_packs
from responders.packs import load_packs, shipped_folder
from responders.plan import make_plan
from responders.policy import Policy
from responders.promises import read_promises

NOW = datetime(2026, 11, 23, 10, 12, tzinfo=UTC)
FOLLOWING = [purpose for purpose in Purpose if purpose is not Purpose.ANSWER]
TAGS = sorted(load_packs())
MOST_ALIKE = 84
"""Of 100, by the rapidfuzz ratio: these texts are short, and a name and a time stand in each."""
TIGHT = Venue("x", 280, len, account="@parcelo", private_link="https://x.example/m", link_costs=True)
ADDRESSED = Venue("mastodon", 500, len, account="@parcelo@mastodon.example", address="@ana@host.example ")
WRITER = FollowUps.shipped()


def examples(tag: str) -> list[Mapping[str, str]]:
    read: list[Mapping[str, str]] = tomllib.loads((shipped_folder() / tag / "examples.toml").read_text("utf-8"))[
        "examples"
    ]
    return read


def verdict(tag: str, category: str) -> Verdict:
    return Verdict(
        complaint=True,
        probability=0.9,
        severity=2,
        heat=1,
        category=Category(category),
        risks=frozenset(),
        relevant=True,
        language=tag,
        about="",
        why=(),
    )


def said(
    tag: str,
    text: str,
    category: str,
    *,
    finding: Finding = Finding.OPEN,
    incident: Incident | None = None,
    in_time: bool = False,
) -> Said:
    post, judged = Post(text), verdict(tag, category)
    plan = make_plan(post, judged, policy=Policy(), finding=finding, incident=incident, now=NOW)
    return Said(post, judged, plan, in_time=in_time)


def write(purpose: Purpose, about: Said, venue: Venue = TIGHT, *, seed: str = "7", recent: tuple[str, ...] = ()) -> str:
    written = WRITER.write(
        purpose, about, venue, signature="Ana", brand="Parcelo", seed=seed, recent=recent, now=NOW, timezone="UTC"
    )
    assert written is not None
    lacking = required_of(purpose, about.plan.required) - set(written.components)
    assert not lacking, (written.text, lacking)
    allowed = {str(fault) for fault in BLOCKING - blocking_of(purpose)}
    assert not set(written.faults) - allowed, written
    return written.text


def test_every_language_has_words_for_what_comes_after_the_answer() -> None:
    assert sorted(load_follow_packs()) == TAGS


@pytest.mark.parametrize("finding", Finding)
@pytest.mark.parametrize("purpose", FOLLOWING)
@pytest.mark.parametrize("tag", TAGS)
def test_every_text_fits_and_holds_what_its_purpose_asks(tag: str, purpose: Purpose, finding: Finding) -> None:
    for example in examples(tag):
        for venue in (TIGHT, ADDRESSED):
            text = write(purpose, said(tag, example["post"], example["category"], finding=finding), venue)
            limit = max(venue.limit, PRIVATE_LIMIT) if purpose is Purpose.PRIVATE else venue.limit
            assert venue.measure(text) <= limit
            assert text.endswith("Ana")
            assert text.startswith(venue.address) is (purpose is not Purpose.PRIVATE or not venue.address)
            assert not regex.search(r"[{}]|\bNone\b|  | [.,;:،؛]|\.\.", text)


@pytest.mark.parametrize("tag", TAGS)
def test_the_private_message_asks_what_such_a_trouble_calls_for(tag: str) -> None:
    """A person who was shouted at is not asked for an order number."""
    by_category = {
        example["category"]: write(Purpose.PRIVATE, said(tag, example["post"], example["category"]))
        for example in examples(tag)
    }
    assert len(set(by_category.values())) == len(by_category)


@pytest.mark.parametrize("purpose", FOLLOWING)
@pytest.mark.parametrize("tag", TAGS)
def test_there_are_several_ways_to_say_it(tag: str, purpose: Purpose) -> None:
    """What was said to others lately is said in other words; the same case keeps its text."""
    about = said(tag, "…", "other")
    first = write(purpose, about)
    assert write(purpose, about) == first
    assert write(purpose, about, recent=(first,)) != first
    assert len({write(purpose, about, seed=str(seed)) for seed in range(20)}) >= 8


@pytest.mark.parametrize("purpose", FOLLOWING)
@pytest.mark.parametrize("tag", TAGS)
def test_eight_of_one_day_do_not_look_like_one_template(tag: str, purpose: Purpose) -> None:
    texts: list[str] = []
    for seed in range(8):
        texts.append(write(purpose, said(tag, "…", "other"), seed=str(seed), recent=tuple(texts)))
    assert len(set(texts)) == len(texts)
    assert max(fuzz.ratio(one, other) for one, other in combinations(texts, 2)) <= MOST_ALIKE


@pytest.mark.parametrize("purpose", FOLLOWING)
@pytest.mark.parametrize("tag", TAGS)
def test_an_update_promises_one_moment_and_the_others_none(tag: str, purpose: Purpose) -> None:
    """What a text promises becomes a promise with an owner: nobody shall owe what only sounds like one."""
    about = said(tag, "…", "other")
    for seed in range(24):
        text = write(purpose, about, seed=str(seed))
        promised = read_promises(text, tag, now=NOW, zone=ZoneInfo("UTC"), day_ends=time(20))
        assert len(promised) == (purpose is Purpose.UPDATE), text
        assert all(one.due_at == about.plan.next_update for one in promised), text


@pytest.mark.parametrize("tag", TAGS)
def test_what_is_being_done_about_an_incident_is_told_in_the_update(tag: str) -> None:
    incident = Incident("belt", ("belt",), doing={tag: "§ is mended tonight"})
    assert "§ is mended tonight." in write(Purpose.UPDATE, said(tag, "belt", "late", incident=incident), ADDRESSED)


@pytest.mark.parametrize(
    ("tag", "words"), [("en", "promised"), ("de", "ersprochen"), ("fa", "قول داده"), ("ar", "وعد")]
)
def test_only_who_is_in_time_says_that_the_word_comes_as_promised(tag: str, words: str) -> None:
    seeds = [str(seed) for seed in range(30)]
    in_time, late = (said(tag, "…", "other", in_time=early) for early in (True, False))
    assert any(words in write(Purpose.UPDATE, in_time, seed=seed) for seed in seeds)
    assert not any(words in write(Purpose.UPDATE, late, seed=seed) for seed in seeds)


@pytest.mark.parametrize("purpose", FOLLOWING)
def test_who_is_in_danger_gets_no_template(purpose: Purpose) -> None:
    about = said("xx", "…", "other")
    assert about.plan.handoff is not None
    assert WRITER.write(purpose, about, TIGHT, signature="", brand="", seed="1", now=NOW) is None


@pytest.mark.parametrize(
    ("spoilt", "told"),
    [
        ('update = [["delay", "work", "next"],', 'update = [["delay", "silence"],'),
        ('holds = ["thanks"]', 'holds = ["thanks"]\nlacks = ["cause"]'),
        ("{{ when }}", "{{ whim }}"),
    ],
)
def test_a_slip_in_the_file_is_told_with_its_place(tmp_path: Path, spoilt: str, told: str) -> None:
    folder = tmp_path / "en"
    folder.mkdir()
    text = (shipped_folder() / "en" / "follow.toml").read_text("utf-8")
    assert spoilt in text
    (folder / "follow.toml").write_text(text.replace(spoilt, told), encoding="utf-8")
    with pytest.raises(PackError, match=r"follow\.toml: forms"):
        load_follow_packs(tmp_path)
