from dataclasses import replace
from datetime import UTC, datetime

import pytest
from rapidfuzz import fuzz

from cases.apology import BLOCKING, Component, Fault, Findings, Note
from cases.errors import ConfigError
from cases.plans import Finding, Incident
from cases.platform import Venue
from cases.posts import Post
from cases.verdicts import Category, Risk, Verdict
from responders.check import Checker
from responders.draft import Responder, Written
from responders.packs import load_packs
from responders.plan import make_plan, trusted_to_a_person
from responders.policy import Policy

NOW = datetime(2026, 11, 23, 10, 12, tzinfo=UTC)
PACKS = load_packs()
X = Venue("x", 280, len, account="@parcelo", private_link="https://x.example/dm", link_costs=True)
REDDIT = Venue("reddit", 10_000, len, account="u/parcelo_help", private_link="https://reddit.example/compose")
POST = Post("I've been waiting for three weeks for my parcel, order 4471-99, call me on 0301234567", platform="x")
LATE = Verdict(
    complaint=True,
    probability=0.9,
    severity=2,
    heat=1,
    category=Category.LATE,
    risks=frozenset(),
    relevant=True,
    language="en",
    about="waiting for three weeks for my parcel",
    why=(),
)


class Marker:
    """Finds all components, and a fault in every text that holds a given word."""

    def __init__(self, word: str = "") -> None:
        self._word = word
        self.read: list[str] = []

    def check(self, text: str, *, language: str) -> Findings:
        self.read.append(text)
        parts = set(Component) - ({Component.REGRET} if self._word and self._word in text else set())
        return Findings(language, tuple(Note(part, 0, 1, "") for part in parts))


def write(
    post: Post = POST,
    verdict: Verdict = LATE,
    venue: Venue = X,
    *,
    checker: Marker | None = None,
    seed: str = "case 1",
    recent: tuple[str, ...] = (),
    finding: Finding = Finding.OPEN,
    incident: Incident | None = None,
    timezone: str = "Europe/Berlin",
    signature: str = "Ana",
) -> Written | None:
    policy = Policy(timezone="Europe/Berlin")
    plan = make_plan(post, verdict, policy=policy, finding=finding, incident=incident, now=NOW)
    return Responder(PACKS, checker or Marker()).draft(
        post,
        verdict,
        plan,
        venue,
        signature=signature,
        brand="Parcelo",
        seed=seed,
        recent=recent,
        now=NOW,
        timezone=timezone,
    )


def text(**kwargs: object) -> str:
    written = write(**kwargs)  # type: ignore[arg-type] # passed through to write, which names them all
    assert written is not None
    return written.text


def test_the_same_input_gives_the_same_text() -> None:
    """A case keeps its words however often it is drafted."""
    assert text() == text()


def test_another_case_gets_other_words() -> None:
    """Twenty cases of one kind are answered in at least ten ways."""
    assert len({text(seed=f"case {number}") for number in range(20)}) >= 10


def test_no_personal_detail_of_the_post_is_repeated() -> None:
    """Order and phone number stay out of public."""
    for number in range(10):
        assert not {"4471", "99", "030"} & set(text(seed=str(number)).replace("-", " ").split())
        assert "4471" not in text(seed=str(number), venue=REDDIT)


def test_the_customers_own_wait_is_named() -> None:
    """What they waited for, and how long."""
    assert "three weeks for your parcel" in text()


def test_a_category_without_any_sign_gives_way_to_the_customers_words() -> None:
    """Where the post shows nothing of the category, it is not believed: the post's own span is quoted."""
    post = Post("the escalator in your shop eats shoelaces")
    lost = replace(LATE, category=Category.LOST, about="eats shoelaces in your shop")
    assert "“eats shoelaces in your shop”" in text(post=post, verdict=lost)


def test_what_was_exposed_is_not_exposed_again() -> None:
    """A privacy complaint is never quoted."""
    post = Post("the clinic told my boss why I was ill")
    leak = replace(LATE, category=Category.PRIVACY, about="told my boss why I was ill")
    words = text(post=post, verdict=leak)
    assert "my boss" not in words
    assert "private" in words


def test_the_next_word_is_dated_by_the_brands_clock() -> None:
    """The plan's moment, with its weekday, in the brand's time zone."""
    assert "12:00 on Tuesday" in text()
    assert "20:00 on Tuesday" in text(timezone="Asia/Tokyo")


def test_a_link_stands_only_where_it_is_free() -> None:
    """On X a URL costs, so the handle alone invites."""
    assert all("https://" not in text(seed=str(number)) for number in range(10))
    assert any("https://reddit.example/compose" in text(seed=str(number), venue=REDDIT) for number in range(10))


def test_more_room_is_used_but_not_all_of_it() -> None:
    """Ten thousand characters are no reason to write more than people read."""
    assert len(text()) < len(text(venue=REDDIT)) <= 620


def test_a_venue_too_small_for_everything_is_left_to_a_person() -> None:
    """Rather no draft than one that lacks a part or is cut."""
    assert write(venue=replace(X, limit=120)) is None


def test_a_networks_own_counting_decides() -> None:
    """Where every character counts twice, the text is half as long and still whole."""
    wide = replace(X, limit=600, measure=lambda words: 2 * len(words))
    written = write(venue=wide)
    assert written is not None
    assert written.length == 2 * len(written.text) <= 600


def test_a_count_that_differs_for_the_whole_is_respected() -> None:
    """A network that adds something to every text still gets one within its limit."""
    written = write(venue=replace(X, measure=lambda words: len(words) + 25 * (len(words) > 150)))
    assert written is not None
    assert written.length <= 280


def test_a_recent_reply_is_not_repeated() -> None:
    """The preferred text of yesterday gives way to another."""
    before = text()
    assert text(recent=(before,)) != before


def test_a_flawed_text_gives_way() -> None:
    """Where the checker misses something in the first choice, another is tried."""
    first = text()
    assert text(checker=Marker(first)) != first


def test_the_address_is_not_judged() -> None:
    """The checker reads the words, not the handle that the network wants in front."""
    checker = Marker()
    assert text(venue=replace(X, address="@ana@host.example "), checker=checker).startswith("@ana@host.example ")
    assert all("host.example" not in read for read in checker.read)


def test_what_is_not_ours_is_neither_owned_nor_made_good() -> None:
    """The words of responsibility and amends are gone; the sorrow and the next word stay."""
    for number in range(10):
        words = text(finding=Finding.NOT_OURS, seed=str(number))
        assert not [claim for claim in ("on us", "let you down", "put this right", "make this right") if claim in words]
        assert "Tuesday" in words


def test_an_incident_in_another_language_is_not_spoken_of() -> None:
    """Where nobody gave the cause in the customer's words, it is still being looked into."""
    incident = Incident("strike", ("parcel",), cause={"fa": "علت"}, doing={"fa": "کار"})
    words = text(incident=incident)
    assert any(said in words for said in ("I'm finding out", "I'm looking into", "I'm tracing"))


def test_a_risky_case_admits_no_more_than_is_known() -> None:
    """Full responsibility is not taken before a second person has looked."""
    grave = replace(LATE, risks=frozenset({Risk.LEGAL}))
    for number in range(20):
        words = text(verdict=grave, venue=REDDIT, seed=str(number))
        assert not [claim for claim in ("full responsibility", "nobody else", "without reservation") if claim in words]


def test_without_a_name_nothing_hangs_below() -> None:
    """Where nobody signs, the text ends with its last sentence."""
    assert text(signature="")[-1] in ".?"


def test_a_person_in_danger_gets_no_draft() -> None:
    """The plan hands the case over, and so does the responder."""
    assert write(verdict=replace(LATE, risks=frozenset({Risk.SELF_HARM}))) is None


def test_a_language_without_a_pack_gets_no_draft() -> None:
    """Swedish posts go to people until there is a Swedish folder."""
    assert write(verdict=replace(LATE, language="sv")) is None


def test_a_post_is_never_a_template() -> None:
    """Template marks in a post are neither run nor repeated."""
    post = Post("{{ 7 * 7 }} {% for x in y %} late again {# parcel #}")
    words = text(post=post, verdict=replace(LATE, about=post.text))
    assert "49" not in words
    assert "{" not in words


def test_an_endless_post_is_no_trouble() -> None:
    """A hundred thousand characters of anything still get a draft."""
    post = Post("waiting for three weeks " * 4000 + "\x00\ud800")
    assert text(post=post, verdict=replace(LATE, about="")).endswith("Ana")


def test_an_unknown_time_zone_is_told() -> None:
    """The error names the zone."""
    with pytest.raises(ConfigError, match="Nowhere/Land"):
        write(timezone="Nowhere/Land")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("YOU LOST MY PASSPORT and my FLIGHT IS ON SATURDAY", "our documents went missing"),
        ("the parcel is late again", "our parcel didn't reach you on time"),
        ("two weeks without internet", "without internet for two weeks"),
    ],
)
def test_a_sure_sign_counts_whatever_the_category(words: str, told: str) -> None:
    """A classifier in doubt makes no draft name another trouble than the post does."""
    verdict = replace(LATE, category=Category.OTHER, about="")
    assert told in text(post=Post(words), verdict=verdict)


def test_what_a_customer_did_about_it_is_told_too() -> None:
    """Wait, thing and calls stand in one clause, in the second person."""
    post = Post("Three weeks waiting for my sofa and four calls. Every time: next week")
    words = text(post=post, verdict=replace(LATE, about="Three weeks waiting for my sofa and four calls"))
    assert "ou've been left waiting three weeks for your sofa, despite four calls" in words


def test_the_thing_is_read_where_the_trouble_is_told() -> None:
    """A thing beside the span that names the trouble counts where it stands in the telling words."""
    post = Post("Unbelievable. My toaster broke after two months")
    assert "our toaster broke far too soon" in text(post=post, verdict=replace(LATE, about="Unbelievable"))


def test_a_plain_account_of_the_wrong_category_is_not_believed() -> None:
    """To take a day off is no charge, whatever the classifier says."""
    post = Post("It's five o'clock. I took a day off for this")
    charge = replace(LATE, category=Category.CHARGE, about="I took a day off for this")
    assert not [word for word in ("charged", "billed") if word in text(post=post, verdict=charge)]


def test_a_grave_case_gets_no_light_word() -> None:
    """Nobody whose heater caught fire is told that this is frustrating."""
    post = Post("the heater caught fire at night")
    fire = replace(LATE, category=Category.SAFETY, severity=4, about="the heater caught fire")
    for number in range(20):
        words = text(post=post, verdict=fire, seed=str(number))
        assert not [light for light in ("frustrat", "exhausting", "deal with this") if light in words]


class NoVoucher:
    """Finds a fault wherever a voucher is named."""

    def check(self, text: str, *, language: str) -> Findings:
        notes = [Note(part, 0, 1, "") for part in Component]
        return Findings(language, (*notes, *([Note(Fault.PUBLIC_MONEY, 0, 1, "")] if "voucher" in text else [])))


def test_a_quotation_that_would_be_a_fault_gives_way() -> None:
    """Rather general words than the customer's own where these would spoil the reply."""
    post = Post("the gnome ate my voucher again")
    gnome = replace(LATE, category=Category.OTHER, about=post.text)
    plan = make_plan(post, gnome, policy=Policy(), now=NOW)
    written = Responder(PACKS, NoVoucher()).draft(
        post, gnome, plan, X, signature="Ana", brand="Parcelo", seed="1", now=NOW
    )
    assert written is not None
    assert "voucher" not in written.text
    assert not written.faults


def test_fifty_replies_of_one_day_are_no_template() -> None:
    """Each of fifty answers to one and the same complaint differs from all before it by more than a fifth."""
    replies: list[str] = []
    for number in range(50):
        words = text(seed=f"case {number}", recent=tuple(replies))
        assert max((fuzz.ratio(words, other) for other in replies), default=0) < 80
        replies.append(words)


def test_a_person_may_take_over_where_the_classifier_has_not_learned_the_language() -> None:
    """Then the post's own words tell the trouble; of the verdict only the risks are believed."""
    guess = replace(
        LATE, language="de", learned=False, category=Category.STAFF, risks=frozenset({Risk.LEGAL}), complaint=False
    )
    taken = trusted_to_a_person(guess)
    assert "Ihr Paket ist noch nicht da" in text(post=Post("Seit drei Wochen warte ich auf mein Paket"), verdict=taken)
    assert taken.risks == guess.risks
    assert trusted_to_a_person(LATE) == LATE


def test_harm_done_to_somebody_close_is_told_as_theirs() -> None:
    """The nephew was told to get out, not the author."""
    post = Post("the guard told my nephew to get out")
    rude = replace(LATE, category=Category.STAFF, about="told my nephew to get out")
    assert "our nephew had to hear words from one of us that should never be said" in text(post=post, verdict=rude)


def test_a_person_who_is_named_beside_the_trouble_was_not_harmed() -> None:
    """Whoever recommended the shop lost no parcel."""
    post = Post("My sister told me to try you. I'm still waiting for my parcel")
    assert "sister" not in text(post=post, verdict=replace(LATE, about="still waiting for my parcel"))


def test_a_grave_matter_without_a_name_is_called_serious() -> None:
    """Where the post shows no sign that we know, danger still gets no everyday words."""
    post = Post("The gnome stood on the roof of the nursery")
    danger = replace(LATE, category=Category.SAFETY, risks=frozenset({Risk.SAFETY}), about="")
    assert "as serious as this" in text(post=post, verdict=danger)


def test_a_danger_is_spoken_of_before_the_wait_beside_it() -> None:
    """Whoever stood beside a loose wire for two hours was in danger first, and kept waiting second."""
    post = Post("سیم لخت افتاده جلوی مدرسه، دو ساعت منتظر ماندیم و کسی نیامد")
    late = replace(LATE, language="fa", about="کسی نیامد")
    assert "برق‌گرفتگی" not in text(post=post, verdict=late)
    assert "برق‌گرفتگی" in text(post=post, verdict=replace(late, risks=frozenset({Risk.SAFETY})))


def test_empathy_speaks_of_the_very_problem() -> None:
    """Where the problem has words of its own for what it felt like, they stand first."""
    post = Post("your driver shouted at my daughter")
    rude = replace(LATE, category=Category.STAFF, about="shouted at my daughter")
    assert "Seeing somebody you love treated like that" in text(post=post, verdict=rude, venue=REDDIT)


@pytest.mark.parametrize(
    ("question", "answered"),
    [("Is there a shop near Ennis that I can call?", True), ("Is this a joke?", False), ("", False)],
)
def test_a_question_that_wants_an_answer_is_promised_one(question: str, *, answered: bool) -> None:
    """Rhetorical ones are not."""
    post = Post(f"Three weeks waiting for my parcel. {question}")
    texts = [text(post=post, verdict=LATE, venue=REDDIT, seed=str(number)) for number in range(10)]
    assert any("your question" in words for words in texts) is answered


@pytest.mark.parametrize(
    ("tag", "post", "category", "never"),
    [
        ("en", "Your porter slammed the gate and I stood there shouting for help", Category.STAFF, "shouted"),
        ("en", "The nuts on my new bike rack came off on the motorway", Category.SAFETY, "allergy"),
        ("en", "I'm holding the phone you sold me and the speaker is silent", Category.NO_ANSWER, "called us"),
        ("en", "I left my tickets for small claims court on your counter", Category.REFUND, "claim"),
        ("en", "You left my grandmother and her nurse standing in the rain", Category.SAFETY, "delivery"),
        ("en", "I was told at 4.30 that the hall is mine and it wasn't", Category.LATE, "waiting"),
        ("en", "The battery bulges out of the case", Category.QUALITY, "last"),
        ("fa", "پیام‌رسان شما زنگ نمی‌زند و خبری نیست", Category.APP, "ذخیره"),
        ("fa", "کیفم توی رختکن شما غیب شد", Category.LOST, "سفارش"),
        ("ar", "القاعدة مكسورة والفيلم بدأ من ساعة ونحن عند الباب", Category.OUTAGE, "البثّ"),
        ("ar", "فلوسي عندكم والحساب مقفل", Category.CHARGE, "خُصم"),
    ],
)
def test_a_word_that_belongs_to_something_else_names_no_wrong_problem(
    tag: str, post: str, category: Category, never: str
) -> None:
    """Whoever is told of a trouble that they don't have reads that nobody read."""
    written = text(post=Post(post), verdict=replace(LATE, language=tag, category=category, about=""), venue=REDDIT)
    assert never not in written


@pytest.mark.parametrize("tag", sorted(PACKS))
def test_each_wording_of_a_problem_names_it_for_our_own_checker_and_is_no_fault(tag: str) -> None:
    """A draft that our checker would stop, or would say lacks what it holds, helps nobody."""
    checker = Checker.shipped()
    for problem in PACKS[tag].problems:
        for phrase in problem.say:
            if not phrase.needs:
                clause = phrase.render({})
                found = checker.check(f"{clause[:1].upper()}{clause[1:]}.", language=tag)
                assert Component.ACKNOWLEDGEMENT in found.components, clause
                assert not found.faults & BLOCKING, clause
