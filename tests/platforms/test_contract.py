"""Scenes that every network meets. What differs between networks is said by the platform, never assumed here."""

from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from importlib import import_module
from itertools import count

import pytest
from platforms.stage import Fault, Stage

from cases.drafts import Approval, ApprovedText, text_hash
from cases.errors import PlatformError, RateLimited, Refused, Unavailable, Unclear
from cases.keys import write_key
from cases.platform import Platform
from cases.posts import Mention, MentionKind

BURST = 130
_numbers = count(1)


def now() -> datetime:
    """The time that real servers go by, too."""
    return datetime.now(UTC)


def unique(words: str) -> str:
    """Words that no other scene uses."""
    return f"{words}, case {next(_numbers)}"


def key() -> str:
    """A key that names one write."""
    return write_key(now(), next(_numbers))


def harvest(platform: Platform, cursor: str | None = None) -> tuple[list[Mention], str | None]:
    """One whole poll, and the cursor after it."""
    mentions: list[Mention] = []
    for batch in platform.poll(cursor, now()):
        mentions += batch.mentions
        cursor = batch.cursor
    return mentions, cursor


def polled(stage: Stage, post_id: str) -> Mention:
    """The mention that a poll makes of a post."""
    mentions, _ = harvest(stage.platform)
    (mention,) = [mention for mention in mentions if mention.post_id == post_id]
    return mention


def approved(text: str) -> ApprovedText:
    """A text with one person's approval."""
    return ApprovedText(text, (Approval(case=1, revision=1, hash=text_hash(text), by="Ana", at=now()),))


def apology(stage: Stage, mention: Mention) -> ApprovedText:
    """A short approved reply, addressed as the network wants it."""
    return approved(stage.platform.address(mention) + unique("We are sorry, we let you down"))


def has(stage: Stage, fault: Fault) -> None:
    """Skip where the network can't fail in this way."""
    if fault not in stage.faults:
        pytest.skip(f"{stage.platform.name} has no {fault}")


# --- reading


def test_a_mention_is_polled_once_with_all_that_a_case_needs(stage: Stage) -> None:
    """Author, text, address, time and kind of a mention are those of the post, and one poll brings it once."""
    words = unique("My parcel is three weeks late")
    post_id = stage.says("ana", words)
    mentions, _ = harvest(stage.platform)
    assert [mention.post_id for mention in mentions].count(post_id) == 1
    mention = next(mention for mention in mentions if mention.post_id == post_id)
    assert mention.platform == stage.platform.name
    assert mention.author.replace("@", ".").split(".")[0] == "ana"
    assert mention.author_id
    assert words in mention.text
    assert mention.kind is MentionKind.MENTION
    assert mention.url.startswith("http")
    assert mention.thread_id
    assert abs(now() - mention.posted_at) < timedelta(minutes=2)
    assert not mention.own
    assert not mention.repost


@pytest.mark.parametrize(
    "words",
    [
        '<script>alert("1 < 2 & 3 > 2")</script> {{ 7*7 }} {% x %} %s %(name)s ${HOME} &amp; </p>',
        "بسته‌ام هنوز نرسیده 😡 پس از ۱۴ روز",
        "طردي لم يصل بعد، أين هو؟ 🏳️‍🌈",
        "first line\n\nsecond paragraph",
    ],
    ids=["markup", "persian", "arabic", "paragraphs"],
)
def test_a_text_arrives_as_a_person_sees_it(words: str, stage: Stage) -> None:
    """What looks like markup comes back as the letters that were typed, and every script comes back whole."""
    assert words in polled(stage, stage.says("bob", words)).text


def test_a_keyword_hit_is_found_without_a_mention(stage: Stage) -> None:
    """A post with a keyword comes as `keyword`: its author did not write to us."""
    words = unique("Parcelo lost my parcel again")
    mention = polled(stage, stage.mumbles("carl", words))
    assert mention.kind is MentionKind.KEYWORD
    assert words in mention.text
    assert not mention.permissions.author_wrote_first


def test_words_that_exclude_keep_a_keyword_hit_out(stage: Stage) -> None:
    """A namesake named in `not_keywords`, and a post without any keyword, are no mentions."""
    namesake = stage.mumbles("dora", unique("Holidays on Parcelo Island"))
    stranger = stage.mumbles("dora", unique("Nothing to do with you"))
    hit = stage.mumbles("dora", unique("Parcelo has my shoes"))
    seen = {mention.post_id for mention in harvest(stage.platform)[0]}
    assert seen & {namesake, stranger, hit} == {hit}


def test_an_answer_to_our_reply_is_seen_in_its_thread(stage: Stage) -> None:
    """Who answers us is heard, as `reply`, in the thread that it belongs to."""
    mention = polled(stage, stage.says("erin", unique("Where is my parcel")))
    reply = stage.platform.reply(mention, apology(stage, mention), key(), now())
    words = unique("Thank you for the quick answer")
    retort = polled(stage, stage.retorts("erin", reply.post_id, words))
    assert retort.kind is MentionKind.REPLY
    assert retort.parent_id == reply.post_id
    assert retort.thread_id == mention.thread_id
    assert words in retort.text


def test_our_own_posts_are_own(stage: Stage) -> None:
    """A reply of ours that holds a keyword is marked as our own if a poll brings it; nobody else's post is."""
    mention = polled(stage, stage.says("fay", unique("Where is my parcel")))
    text = approved(stage.platform.address(mention) + unique("All of us at Parcelo are sorry"))
    reply = stage.platform.reply(mention, text, key(), now())
    mentions, _ = harvest(stage.platform)
    assert mention.post_id in {seen.post_id for seen in mentions}
    account = stage.platform.account()
    for seen in mentions:
        assert seen.own == (seen.post_id == reply.post_id or seen.author_id == account.id)


def test_permissions_say_what_may_be_done(stage: Stage) -> None:
    """A mention may be answered, its author having written first; where that is refused, the reason stands in words."""
    direct = polled(stage, stage.says("gil", unique("Please answer")))
    assert direct.permissions.answerable
    assert direct.permissions.author_wrote_first
    found = polled(stage, stage.mumbles("gil", unique("Parcelo never answers")))
    for permissions in (direct.permissions, found.permissions):
        assert permissions.answerable == (not permissions.why_not)
        assert permissions.forget_by is None or permissions.forget_by > now()


def test_reading_again_shows_the_post_as_it_is(stage: Stage) -> None:
    """An untouched post is read as it was polled, what a later answer needs included."""
    mention = polled(stage, stage.says("hal", unique("Broken vase")))
    again = stage.platform.read(mention)
    assert again is not None
    assert (again.post_id, again.thread_id, again.author_id, again.text, again.kind, again.posted_at) == (
        mention.post_id,
        mention.thread_id,
        mention.author_id,
        mention.text,
        mention.kind,
        mention.posted_at,
    )
    assert again.edited_at is None
    assert again.permissions.answerable
    reply = stage.platform.reply(again, text := apology(stage, again), key(), now())
    assert reply.text == text.text


def test_reading_again_shows_an_edit(stage: Stage) -> None:
    """The new words, and that they are new."""
    if not stage.edits:
        pytest.skip(f"people can't edit posts on {stage.platform.name}")
    mention = polled(stage, stage.says("ida", unique("Broken vase")))
    words = unique("Two broken vases")
    stage.edit(mention.post_id, words)
    again = stage.platform.read(mention)
    assert again is not None
    assert words in again.text
    assert again.edited_at is not None
    assert again.edited_at >= again.posted_at


def test_reading_again_shows_that_a_post_is_gone(stage: Stage) -> None:
    """A post that its author took back reads as None."""
    mention = polled(stage, stage.says("jan", unique("Forget it")))
    stage.delete(mention.post_id)
    assert stage.platform.read(mention) is None


# --- writing


def test_an_approved_text_stands_in_public_once_and_is_found(stage: Stage) -> None:
    """What was approved is posted letter for letter, and found by its key, by its text, and as any reply."""
    mention = polled(stage, stage.says("lea", unique("Four calls, no answer")))
    text, name = apology(stage, mention), key()
    reply = stage.platform.reply(mention, text, name, now())
    assert stage.replies_to(mention) == [text.text]
    assert reply.url.startswith("http")
    assert abs(now() - reply.posted_at) < timedelta(minutes=2)
    for sighting in (
        stage.platform.find_reply(mention, key=name, text=text.text),
        stage.platform.find_reply(mention, text=text.text),
        stage.platform.find_reply(mention),
    ):
        assert sighting.reply is not None
        assert sighting.reply.post_id == reply.post_id
        assert sighting.reply.text == text.text


def test_absence_is_certain_only_after_a_complete_look(stage: Stage) -> None:
    """Where we wrote nothing, a complete look finds nothing, whatever others wrote beneath."""
    mention = polled(stage, stage.says("max", unique("Hello")))
    stage.retorts("nia", mention.post_id, unique("Same here"))
    for sighting in (
        stage.platform.find_reply(mention),
        stage.platform.find_reply(mention, key=key(), text=unique("We are sorry")),
    ):
        assert sighting.reply is None
        assert sighting.complete


def test_another_text_of_ours_is_not_taken_for_this_one(stage: Stage) -> None:
    """An update under the same post is not mistaken for the answer."""
    mention = polled(stage, stage.says("oli", unique("Hello")))
    stage.platform.reply(mention, apology(stage, mention), key(), now())
    assert stage.platform.find_reply(mention, key=key(), text=unique("Never written")).reply is None


def test_a_write_that_was_carried_out_unseen_is_unclear_and_can_be_found(stage: Stage) -> None:
    """Accepted, then the line drops: `Unclear`, one reply in public, and a look finds it."""
    has(stage, Fault.ACCEPTED_THEN_CUT)
    mention = polled(stage, stage.says("pia", unique("Where is it")))
    text, name = apology(stage, mention), key()
    stage.break_writes(Fault.ACCEPTED_THEN_CUT)
    with pytest.raises(Unclear):
        stage.platform.reply(mention, text, name, now())
    assert stage.replies_to(mention) == [text.text]
    sighting = stage.platform.find_reply(mention, key=name, text=text.text)
    assert sighting.reply is not None
    assert sighting.reply.text == text.text


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.ACCEPTED_THEN_CUT])
def test_a_fault_on_a_write_is_told_and_nothing_is_posted(fault: Fault, stage: Stage) -> None:
    """No fault passes for success, none is answered by trying again, and a look says that nothing is there."""
    has(stage, fault)
    mention = polled(stage, stage.says("quin", unique("Where is it")))
    text, name = apology(stage, mention), key()
    stage.break_writes(fault)
    limited = fault in {Fault.RATE_LIMITED, Fault.RATE_LIMITED_BARE}
    with pytest.raises((RateLimited, Unclear) if limited else Unclear):
        stage.platform.reply(mention, text, name, now())
    stage.heal()
    assert stage.replies_to(mention) == []
    sighting = stage.platform.find_reply(mention, key=name, text=text.text)
    assert sighting.reply is None
    assert sighting.complete


def test_a_text_that_is_too_long_is_refused(stage: Stage) -> None:
    """One over the limit: `Refused`, and nothing is posted. The limit itself fits."""
    mention = polled(stage, stage.says("rita", unique("Hello")))
    platform = stage.platform
    start = platform.address(mention) + unique("sorry") + " "
    fitting = start + "o" * (platform.limit - platform.measure(start))
    assert platform.measure(fitting) == platform.limit
    with pytest.raises(Refused):
        platform.reply(mention, approved(fitting + "o"), key(), now())
    assert stage.replies_to(mention) == []
    platform.reply(mention, approved(fitting), key(), now())
    assert stage.replies_to(mention) == [fitting]


def test_half_a_character_raises_no_foreign_error(stage: Stage) -> None:
    """A lone surrogate, as a broken clipboard leaves it: if it is not taken, one of our errors says so."""
    mention = polled(stage, stage.says("tom", unique("Hello")))
    text = approved(stage.platform.address(mention) + unique("sorry \ud83d"))
    posted = True
    try:
        stage.platform.reply(mention, text, key(), now())
    except PlatformError:
        posted = False
    assert len(stage.replies_to(mention)) == posted


def test_a_bare_text_can_not_be_posted(stage: Stage) -> None:
    """Without approvals there is nothing to pass: a string is no `ApprovedText`."""
    mention = polled(stage, stage.says("sam", unique("Hello")))
    with pytest.raises((TypeError, AttributeError, PlatformError)):
        stage.platform.reply(mention, "We are sorry", key(), now())  # type: ignore[arg-type]  # the point of it
    assert stage.replies_to(mention) == []


# --- failing


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.ACCEPTED_THEN_CUT])
def test_a_fault_on_a_read_is_told_and_passes(fault: Fault, stage: Stage) -> None:
    """Each fault has its error, a rate limit says until when if it was told, and afterwards all is well again."""
    has(stage, fault)
    post_id = stage.says("tess", unique("Hello"))
    mention = polled(stage, post_id)
    begun = now()
    reads = (
        lambda: harvest(stage.platform),
        lambda: stage.platform.read(mention),
        lambda: stage.platform.find_reply(mention),
    )
    for read in reads[:1] if fault is Fault.SLOW else reads:  # each would wait for a whole time-out
        stage.break_reads(fault, times=9)
        with pytest.raises(PlatformError) as caught:
            read()
        stage.heal()
        match fault:
            case Fault.RATE_LIMITED:
                assert isinstance(caught.value, RateLimited)
                assert caught.value.until is not None
                assert begun < caught.value.until < begun + timedelta(minutes=20)
            case Fault.RATE_LIMITED_BARE:
                assert isinstance(caught.value, RateLimited)
            case _:
                assert isinstance(caught.value, Unavailable)
    assert polled(stage, post_id).text == mention.text


# --- what a platform says of itself


def test_lengths_are_counted_by_one_rule(stage: Stage) -> None:
    """The platform and its module count alike, from nothing upwards, and the address counts as part of a text."""
    platform = stage.platform
    module = import_module(f"monitor.platforms.{platform.name}")
    for text in ("", "a", "We are sorry.", "ما متأسفیم", "😀👩‍👩‍👧", "see https://example.com/a/long/path"):
        assert platform.measure(text) == module.measure(text)
    assert platform.measure("") == 0
    assert platform.measure("a" * 40) == 40
    assert platform.limit >= 280


def test_the_account_is_the_brands(stage: Stage) -> None:
    """The handle as people type it, without @, and links that open."""
    account = stage.platform.account()
    assert account.handle.lower().startswith("parcelo")
    assert account.id
    assert account.url.startswith("http")
    assert stage.platform.private_link() == "" or stage.platform.private_link().startswith("http")
    assert stage.platform.take_cost() >= 0.0


# --- bursts: last, because every later poll would page through this one


def test_a_burst_arrives_whole_and_survives_a_poll_that_dies(stage: Stage) -> None:
    """All of a burst come, each once in a poll; a poll that dies and is repeated with the last cursor loses none."""
    stage.says("kim", unique("Before the burst"))
    _, before = harvest(stage.platform)
    burst = {stage.says(f"fan{number % 5}", unique("Late again")) for number in range(BURST)}

    kept: set[str] = set()
    cursor = before
    with suppress(PlatformError):  # a network that hands over all in one batch has nothing left to die in
        for batch in stage.platform.poll(before, now()):
            kept |= {mention.post_id for mention in batch.mentions}
            cursor = batch.cursor
            stage.break_reads(Fault.CUT, times=9)
    stage.heal()
    repeated, _ = harvest(stage.platform, cursor)
    assert burst <= kept | {mention.post_id for mention in repeated}

    whole, after = harvest(stage.platform, before)
    times = Counter(mention.post_id for mention in whole)
    assert burst <= times.keys()
    assert {times[post_id] for post_id in burst} == {1}

    newest = stage.says("kim", unique("After the burst"))
    later, _ = harvest(stage.platform, after)
    times = Counter(mention.post_id for mention in later)
    assert times[newest] == 1
    assert times.keys() - {newest} <= {mention.post_id for mention in whole}, "what else comes is known: overlap"
