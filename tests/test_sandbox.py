"""What is the sandbox's own: its script, its clock, its file. What every network does is in `platforms/`."""

import multiprocessing
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError
from write_from_elsewhere import write_from_elsewhere

from cases.drafts import Approval, ApprovedText, text_hash
from cases.errors import Gone, Refused, Unavailable, Unclear
from cases.platform import Platform
from cases.posts import Mention, MentionKind, Watch
from cases.verdicts import Category, Risk
from monitor.platforms import sandbox
from monitor.platforms.sandbox import Sandbox, Settings
from monitor.sandbox_network import Network, shipped_script

START = datetime(2030, 1, 7, 9, 0, tzinfo=UTC)
WATCH = Watch(keywords=("parcelo",))


def after(seconds: float) -> datetime:
    """So many seconds from the network's start."""
    return START + timedelta(seconds=seconds)


def open_sandbox(folder: Path, **settings: object) -> Platform:
    """The sandbox as the daemon opens it."""
    return sandbox.connect(Settings.model_validate(settings), {}, WATCH, folder)


def shown(platform: Platform, moment: datetime, cursor: str | None = None) -> dict[str, Mention]:
    """What a poll brings, by id."""
    return {mention.post_id: mention for batch in platform.poll(cursor, moment) for mention in batch.mentions}


def approved(text: str) -> ApprovedText:
    """A text with one person's approval."""
    return ApprovedText(text, (Approval(case=1, revision=1, hash=text_hash(text), by="Ana", at=START),))


# --- the script


def test_the_script_is_two_minutes_of_three_languages() -> None:
    """Some eighty posts, each found by the brand's name, none later than 120 seconds."""
    script = shipped_script()
    languages = Counter(post.language for post in script)
    assert len({post.id for post in script}) == len(script) >= 80
    assert languages["en"] >= 36
    assert min(languages["fa"], languages["ar"]) >= 20
    assert all(0 <= post.at <= 120 for post in script)
    assert all((post.deleted_at or 0) <= 120 and (post.edited_at or 0) <= 120 for post in script)
    assert all(WATCH.matches(post.text) for post in script)


def test_the_first_seconds_bring_complaints_in_each_language() -> None:
    """Nobody waits for the first draft."""
    early = {post.language for post in shipped_script() if post.at <= 5 and post.truth.complaint}
    assert early == {"en", "fa", "ar"}


def test_the_script_has_everything_that_can_happen() -> None:
    """All sixteen categories, all risks, every severity and heat, and every kind of person."""
    script = shipped_script()
    assert {post.truth.category for post in script if post.truth.complaint} == set(Category)
    assert {risk for post in script for risk in post.truth.risks} == set(Risk)
    assert {post.truth.severity for post in script} == {0, 1, 2, 3, 4}
    assert {post.truth.heat for post in script} == {0, 1, 2, 3}
    assert any(not post.truth.relevant for post in script)
    assert any(post.repost for post in script)
    assert any(post.closed for post in script)
    assert any(post.deleted_at for post in script)
    assert any(post.edited_at and post.edited_text for post in script)
    assert min(len(post.text.split()) for post in script) == 3
    assert max(len(post.text) for post in script) > 1000


def test_the_truth_of_each_post_holds_together() -> None:
    """A complaint has a category, a severity and a problem that stands in its text; anything else has none of them."""
    by_id = {post.id: post for post in shipped_script()}
    for post in by_id.values():
        truth = post.truth
        assert truth.complaint == (truth.category is not None) == (truth.severity > 0) == bool(truth.about), post.id
        assert truth.about in post.text
        assert truth.relevant or not truth.complaint
        if post.parent:
            assert by_id[post.parent].at < post.at


# --- time


def test_the_first_look_starts_the_network(tmp_path: Path) -> None:
    """Nothing is there at the start; each post is there from its second on, with its own time."""
    platform = open_sandbox(tmp_path)
    assert shown(platform, START) == {}
    for moment in (5.0, 60.0, 120.0):
        there = shown(platform, after(moment))
        due = {post.id for post in shipped_script() if post.at <= moment and (post.deleted_at or 999) > moment}
        assert there.keys() == due
    assert there["en-late-tuesday"].posted_at == after(0.5)


def test_speed_shortens_everything(tmp_path: Path) -> None:
    """At speed 10 the two minutes are over after twelve seconds."""
    platform = open_sandbox(tmp_path, speed=10)
    shown(platform, START)
    assert "ar-late-polite" not in shown(platform, after(11.8))
    assert "ar-late-polite" in shown(platform, after(12))


def test_a_later_setting_moves_no_post(tmp_path: Path) -> None:
    """Speed counts when the network starts: a post never changes its time, or cursors would miss it."""
    shown(open_sandbox(tmp_path), START)
    assert shown(open_sandbox(tmp_path, speed=100), after(20)) == shown(open_sandbox(tmp_path), after(20))


def test_a_cursor_leaves_out_what_is_long_known(tmp_path: Path) -> None:
    """After the newest mention's cursor only an overlap of seconds comes again."""
    platform = open_sandbox(tmp_path)
    shown(platform, START)
    *_, last = platform.poll(None, after(60))
    again = shown(platform, after(60), last.cursor)
    assert again
    assert all(mention.posted_at > after(45) for mention in again.values())
    assert min(mention.posted_at for mention in shown(platform, after(90), last.cursor).values()) > after(45)


def test_people_edit_and_delete(tmp_path: Path) -> None:
    """The script's editor and deleter are seen by who reads again in time."""
    platform = open_sandbox(tmp_path)
    shown(platform, START)
    early = shown(platform, after(30))
    shown(platform, after(60))
    edited = platform.read(early["en-will-edit"])
    assert edited is not None
    assert edited.text != early["en-will-edit"].text
    assert edited.edited_at == after(50)
    assert platform.read(early["en-will-delete"]) is None
    with pytest.raises(Gone):
        platform.reply(early["en-will-delete"], approved("We are sorry"), "key", after(61))


def test_authors_answer_our_reply_once(tmp_path: Path) -> None:
    """Some seconds after our first reply its author speaks again, in the thread; a second reply draws nothing more."""
    platform = open_sandbox(tmp_path)
    shown(platform, START)
    mention = shown(platform, after(20))["en-refund-months"]
    reply = platform.reply(mention, approved("We are sorry"), "one", after(30))
    assert not any(seen.parent_id == reply.post_id for seen in shown(platform, after(47)).values())
    platform.reply(mention, approved("One thing more"), "two", after(48))
    answers = [
        seen for seen in shown(platform, after(300)).values() if seen.author == mention.author and seen.parent_id
    ]
    (answer,) = answers
    assert (answer.kind, answer.parent_id, answer.thread_id) == (MentionKind.REPLY, reply.post_id, mention.thread_id)
    assert answer.posted_at == after(48)


def test_two_posts_of_one_author_share_a_thread(tmp_path: Path) -> None:
    """The second names the first as its parent and thread."""
    platform = open_sandbox(tmp_path)
    shown(platform, START)
    there = shown(platform, after(60))
    first, second = there["en-twice-first"], there["en-twice-second"]
    assert (second.author_id, second.thread_id, second.parent_id) == (first.author_id, first.thread_id, first.post_id)


# --- the file


def test_connecting_touches_nothing(tmp_path: Path) -> None:
    """The first call opens the file, not the building."""
    open_sandbox(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_everything_survives_a_new_process(tmp_path: Path) -> None:
    """Start, reply and key are in the file: who opens it later sees the same network."""
    shown(open_sandbox(tmp_path), START)
    mention = shown(open_sandbox(tmp_path), after(5))["en-late-tuesday"]
    reply = open_sandbox(tmp_path).reply(mention, approved("We are sorry"), "key", after(6))
    assert open_sandbox(tmp_path).find_reply(mention, key="key").reply == reply


def test_one_key_makes_one_reply(tmp_path: Path) -> None:
    """The same write again gives the reply that stands."""
    platform = open_sandbox(tmp_path)
    shown(platform, START)
    mention = shown(platform, after(5))["en-late-tuesday"]
    first = platform.reply(mention, approved("We are sorry"), "key", after(6))
    assert platform.reply(mention, approved("We are sorry"), "key", after(9)) == first
    assert platform.find_reply(mention).reply == first


def test_processes_do_not_tear_each_others_lines(tmp_path: Path) -> None:
    """Eight writes under four keys from three processes at once leave four posts."""
    file = tmp_path / "sandbox.jsonl"
    with ProcessPoolExecutor(3, mp_context=multiprocessing.get_context("spawn")) as pool:
        made = list(pool.map(write_from_elsewhere, [file] * 8, range(8), [START] * 8))
    posts = Network(file, (), account="parcelo").posts(START + timedelta(days=1))
    assert set(made) == posts.keys()
    assert len(posts) == 4


@pytest.mark.parametrize("speed", [0, -1, "fast"])
def test_a_speed_that_stops_time_is_refused(speed: object) -> None:
    """Settings are checked when config.toml is read."""
    with pytest.raises(ValidationError):
        Settings.model_validate({"speed": speed})


@pytest.mark.parametrize("cut", [1, 10, 60])
def test_a_line_torn_by_a_crash_takes_nothing_with_it(cut: int, tmp_path: Path) -> None:
    """Half a last line never counted as posted; the next write begins a line of its own."""
    file = tmp_path / "sandbox.jsonl"
    network = Network(file, (), account="parcelo")
    whole = network.say("ana", "first", START)
    network.say("ana", "second", START)
    file.write_bytes(file.read_bytes()[:-cut])
    later = network.say("ana", "third", START)
    texts = {post.text for post in network.posts(START).values()}
    assert {whole.text, later.text} <= texts
    assert ("second" in texts) == (cut == 1), "a line that lacks only its end of line is whole"


def test_a_start_torn_by_a_crash_is_made_again(tmp_path: Path) -> None:
    """The network starts with the next look."""
    file = tmp_path / "sandbox.jsonl"
    file.write_bytes(b'{"do":"sta')
    network = Network(file, (), account="parcelo")
    network.say("ana", "first", START)
    assert [post.text for post in network.posts(START).values()] == ["first"]


def test_a_file_of_another_kind_is_left_alone(tmp_path: Path) -> None:
    """Reading says what is wrong and what to do, writing is unclear, and the file stays as it is."""
    file = tmp_path / "sandbox.jsonl"
    platform = open_sandbox(tmp_path)
    shown(platform, START)
    mention = shown(platform, after(5))["en-late-tuesday"]
    file.write_text("dear diary,\ntoday\n")
    with pytest.raises(Unavailable, match="move it away"):
        shown(platform, after(6))
    with pytest.raises(Unclear):
        platform.reply(mention, approved("We are sorry"), "key", after(7))
    assert file.read_text() == "dear diary,\ntoday\n"


# --- people


def test_an_author_who_takes_no_answers_gets_none(tmp_path: Path) -> None:
    """The mention says so with the reason, and the network refuses."""
    platform = open_sandbox(tmp_path)
    shown(platform, START)
    mention = shown(platform, after(120))["en-closed"]
    assert not mention.permissions.answerable
    assert mention.author in mention.permissions.why_not
    with pytest.raises(Refused):
        platform.reply(mention, approved("We are sorry"), "key", after(121))
    assert platform.find_reply(mention).reply is None


def test_half_a_character_is_refused(tmp_path: Path) -> None:
    """What can't be stored as UTF-8 is never written."""
    platform = open_sandbox(tmp_path)
    shown(platform, START)
    mention = shown(platform, after(5))["en-late-tuesday"]
    with pytest.raises(Refused):
        platform.reply(mention, approved("sorry \ud83d"), "key", after(6))
    assert platform.find_reply(mention).reply is None


def test_the_scripts_people_speak_to_the_handle_that_is_set(tmp_path: Path) -> None:
    """With another handle they mention that one."""
    platform = open_sandbox(tmp_path, handle="parcelo_help")
    shown(platform, START)
    mention = shown(platform, after(5))["en-late-tuesday"]
    assert mention.kind is MentionKind.MENTION
    assert mention.text.startswith("@parcelo_help ")


def test_reads_go_by_the_networks_clock(tmp_path: Path) -> None:
    """Without any poll before, a read shows the post as it is by now."""
    network = Network(tmp_path / "sandbox.jsonl", shipped_script(), account="parcelo")
    early = shown(Sandbox(network, WATCH), START) or shown(Sandbox(network, WATCH), after(30))
    reader = Sandbox(network, WATCH, clock=lambda: after(46))
    assert reader.read(early["en-will-delete"]) is None
    assert reader.read(early["en-will-edit"]) == early["en-will-edit"]
