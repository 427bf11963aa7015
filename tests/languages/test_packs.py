"""One suite over every language pack: a new folder must pass it as it stands."""

import tomllib
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pytest
import regex
from rapidfuzz import fuzz

from cases.apology import Component, Findings, Note
from cases.errors import PackError
from cases.plans import Approach, Finding, Incident, RecoveryPlan
from cases.platform import Venue
from cases.posts import Post
from cases.verdicts import Category, Risk, Verdict
from responders.check import Checker
from responders.cues import shipped_cues
from responders.draft import Responder, Written
from responders.packs import load_packs, shipped_folder
from responders.plan import make_plan
from responders.policy import Policy

NOW = datetime(2026, 11, 23, 10, 12, tzinfo=UTC)
PACKS = load_packs()
CUES = shipped_cues()


def graphemes(text: str) -> int:
    return len(regex.findall(r"\X", text))


TIGHT = Venue("x", 280, len, account="@parcelo", private_link="https://x.example/m", link_costs=True)
SHORT = Venue("bluesky", 300, graphemes, account="@parcelo.example")
MIDDLE = Venue("mastodon", 500, len, account="@parcelo@mastodon.example", address="@ana@host.example ")
ROOMY = Venue("reddit", 10_000, len, account="u/parcelo_help", private_link="https://reddit.example/message?to=p")
VENUES = (TIGHT, SHORT, MIDDLE, ROOMY)


@dataclass(frozen=True)
class Example:
    """One post of a pack's examples.toml."""

    tag: str
    category: Category
    post: str
    told: str
    about: str = ""
    heat: int = 1
    severity: int = 2
    risks: frozenset[Risk] = frozenset()

    @property
    def verdict(self) -> Verdict:
        return Verdict(
            complaint=True,
            probability=0.9,
            severity=self.severity,
            heat=self.heat,
            category=self.category,
            risks=self.risks,
            relevant=True,
            language=self.tag,
            about=self.about,
            why=(),
        )


def examples() -> list[Example]:
    found = []
    for tag in PACKS:
        read = tomllib.loads((shipped_folder() / tag / "examples.toml").read_text("utf-8"))
        for entry in read["examples"]:
            risks = frozenset(map(Risk, entry.pop("risks", ())))
            found.append(Example(tag=tag, category=Category(entry.pop("category")), risks=risks, **entry))
    return found


EXAMPLES = examples()


class Lenient:
    """Finds everything and nothing wrong: for packs that have no cues, and where the words are not the point."""

    def check(self, text: str, *, language: str) -> Findings:
        return Findings(language, tuple(Note(part, 0, len(text), "") for part in Component))


def responder(tag: str) -> Responder:
    return Responder(PACKS, Checker(CUES) if tag in CUES else Lenient())


def write(
    example: Example,
    venue: Venue,
    *,
    seed: str = "7",
    recent: tuple[str, ...] = (),
    plan: RecoveryPlan | None = None,
) -> Written:
    made = plan or make_plan(Post(example.post), example.verdict, policy=Policy(), now=NOW)
    written = responder(example.tag).draft(
        Post(example.post),
        example.verdict,
        made,
        venue,
        signature="Ana",
        brand="Parcelo",
        seed=seed,
        recent=recent,
        now=NOW,
    )
    assert written is not None
    return written


def by_id(value: object) -> str:
    return f"{value.tag}-{value.category}" if isinstance(value, Example) else getattr(value, "platform", str(value))


@pytest.mark.parametrize("tag", PACKS)
def test_the_examples_speak_of_every_category(tag: str) -> None:
    """Nothing that the classifier can say goes without an example."""
    assert {example.category for example in EXAMPLES if example.tag == tag} == set(Category)


@pytest.mark.parametrize("venue", VENUES, ids=by_id)
@pytest.mark.parametrize("example", EXAMPLES, ids=by_id)
def test_every_draft_fits_and_stands_as_it_should(example: Example, venue: Venue) -> None:
    """It is within the limit, begins with the address, names the account, ends with the name, and shows no template."""
    for seed in "abcd":
        written = write(example, venue, seed=seed)
        assert written.length == venue.measure(written.text) <= venue.limit
        assert written.text.startswith(venue.address)
        assert venue.account in written.text
        assert written.text.endswith("Ana")
        assert not regex.search(r"[{}]|\bNone\b|  | [.,;:،؛]|\.\.", written.text.removeprefix(venue.address))


@pytest.mark.parametrize("venue", VENUES, ids=by_id)
@pytest.mark.parametrize("example", EXAMPLES, ids=by_id)
def test_every_draft_names_the_customers_trouble(example: Example, venue: Venue) -> None:
    """What the example calls the trouble stands in the text."""
    assert example.told in write(example, venue).text


@pytest.mark.parametrize("venue", [TIGHT, MIDDLE], ids=by_id)
@pytest.mark.parametrize("example", EXAMPLES, ids=by_id)
def test_every_draft_holds_all_that_the_plan_requires_and_no_fault(example: Example, venue: Venue) -> None:
    """The checker finds the components and nothing that spoils them."""
    if example.tag not in CUES:
        pytest.skip(f"the checker has no cues for {example.tag}")
    for seed in "abc":
        written = write(example, venue, seed=seed)
        missing = set(Component) - set(written.components)
        assert (missing, written.faults) == (set(), ()), written.text


@pytest.mark.parametrize("tag", PACKS)
def test_every_approach_heat_and_finding_can_be_written(tag: str) -> None:
    """Whatever the plan says, there are words for it in the tightest room."""
    base = next(example for example in EXAMPLES if example.tag == tag)
    for category, approach, heat, finding in product(Category, Approach, range(4), Finding):
        example = Example(tag=tag, category=category, post=base.post, told="", heat=heat)
        plan = make_plan(Post(example.post), example.verdict, policy=Policy(), finding=finding, now=NOW)
        plan = RecoveryPlan(approach, plan.required, finding=finding, next_update=plan.next_update)
        assert write(example, TIGHT, plan=plan).length <= TIGHT.limit


@pytest.mark.parametrize("tag", PACKS)
def test_an_incidents_own_words_replace_the_search_for_the_cause(tag: str) -> None:
    """Cause and doing are said as declared, once, and no template runs in them."""
    base = next(example for example in EXAMPLES if example.tag == tag)
    incident = Incident("cut", (base.post.split()[0],), {tag: "XX {{ 7 * 7 }}"}, {tag: "YY"})
    plan = make_plan(Post(base.post), base.verdict, policy=Policy(), incident=incident, now=NOW)
    text = Responder(PACKS, Lenient()).draft(
        Post(base.post), base.verdict, plan, MIDDLE, signature="Ana", brand="Parcelo", seed="1", now=NOW
    )
    assert text is not None
    assert text.text.count("XX {{ 7 * 7 }}.") == 1
    assert text.text.count("YY.") == 1


@pytest.mark.parametrize("example", EXAMPLES, ids=by_id)
def test_the_text_runs_in_the_packs_direction(example: Example) -> None:
    """The first letter after the address has the direction that the pack declares."""
    text = write(example, TIGHT).text
    strong = next(kind for kind in map(unicodedata.bidirectional, text) if kind in {"L", "R", "AL"})
    assert (strong == "L") == (PACKS[example.tag].direction == "ltr")


@pytest.mark.parametrize("tag", PACKS)
def test_ten_drafts_of_one_category_differ(tag: str) -> None:
    """No two of a day's ten replies to the same kind of complaint are more alike than .8."""
    example = next(example for example in EXAMPLES if example.tag == tag)
    texts: list[str] = []
    for seed in range(10):
        texts.append(write(example, TIGHT, seed=str(seed), recent=tuple(texts)).text)
    alike = [fuzz.ratio(one, other) for at, one in enumerate(texts) for other in texts[:at]]
    assert max(alike) < 80


@pytest.mark.parametrize("tag", PACKS)
def test_letters_are_the_languages_own(tag: str) -> None:
    """Persian drafts hold no Arabic kaf, yeh or digits, Arabic ones no Persian."""
    foreign = {"fa": "كي٤٥٦", "ar": "کی۴۵۶گچپژ"}.get(tag, "")
    text = "".join(write(example, venue).text for example in EXAMPLES if example.tag == tag for venue in (TIGHT, ROOMY))
    assert not set(foreign) & set(text.replace("آنا", ""))


def folder_with(tmp_path: Path, file: str, old: str, new: str) -> Path:
    """A copy of the English pack with one slip in it."""
    place = tmp_path / "en"
    place.mkdir()
    for name in ("pack.toml", "phrases.toml"):
        text = (shipped_folder() / "en" / name).read_text("utf-8")
        if name == file:
            assert old in text
            text = text.replace(old, new, 1)
        (place / name).write_text(text, "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("pack.toml", 'direction = "ltr"', 'direction = "down"', "direction"),
        ("pack.toml", 'tag = "en"', 'tag = "de"', "tag"),
        ("pack.toml", "spell_to = 10", "spel_to = 10", "spel_to"),
        ("phrases.toml", "{{ account }}", "{{ acount }}", "acount"),
        ("phrases.toml", "{{ Problem }}.", "{{ Problem .", "forms.0.text"),
        ("phrases.toml", 'category = "lost"', 'category = "gone"', "category"),
        ("phrases.toml", "seen = '\\bparcels?", "seen = '(parcels?", "things.0.seen"),
        (
            "phrases.toml",
            '["acknowledgement", "responsibility", "empathy"',
            '["acknowledgement", "empathy"',
            "orders.0",
        ),
        ("phrases.toml", "[[problems]]", "[[problems", "phrases.toml"),
    ],
)
def test_a_slip_in_a_pack_is_told_with_file_and_key(tmp_path: Path, file: str, old: str, new: str, told: str) -> None:
    """Whoever writes a language folder learns where to look."""
    folder = folder_with(tmp_path, file, old, new)
    with pytest.raises(PackError) as caught:
        load_packs(folder)
    assert file in str(caught.value)
    assert told in str(caught.value)


def test_a_folder_without_packs_is_told(tmp_path: Path) -> None:
    """An empty folder is a mistake, not a world without languages."""
    with pytest.raises(PackError, match=r"pack\.toml"):
        load_packs(tmp_path)
