"""What people do with cases at the terminal, on the sandbox: each way through, and each word when there is none."""

import re
import shlex
import shutil
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from typed import PROGRAM, Answer, sandbox_folder, typed

from cases.apology import Component
from cases.lifecycle import WAITING
from monitor.house import platform_module

QUEUE_FIELDS: dict[str, type | tuple[type, ...]] = {
    "case": int,
    "status": str,
    "platform": str,
    "author": str,
    "url": str,
    "posted_at": str,
    "due_at": str,
    "text": str,
    "language": str,
    "probability": float,
    "severity": int,
    "heat": int,
    "category": str,
    "risks": list,
    "draft": (str, type(None)),
    "components": list,
    "faults": list,
}

FINE = (
    "We lost your parcel. That is our fault, and I'm sorry. Waiting for nothing is maddening. I'm finding out why it "
    "happened and will tell you by tomorrow. Send me a private message so that I can put this right. Ana"
)
BLOCKED = "We're sorry if you were upset, but that happens."


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Answer]:
    """A folder in which the sandbox has told all it has, through to drafts, and what the poll said."""
    folder = sandbox_folder(tmp_path_factory.mktemp("told"))
    typed(folder, "poll")
    time.sleep(0.3)
    return folder, typed(folder, "poll")


@pytest.fixture
def town(told: tuple[Path, Answer], tmp_path: Path) -> Path:
    """A copy of it, to do with as one likes."""
    shutil.copytree(told[0], tmp_path / "town")
    return tmp_path / "town"


def queue(folder: Path, *words: str) -> list[dict[str, Any]]:
    answer = typed(folder, "queue", "--json", *words)
    assert answer.status == 0, answer.err
    return answer.objects


def a_draft(folder: Path, *, needed: int = 1, place: int = 0) -> int:
    """A case whose draft waits."""
    waiting = [case for case in queue(folder, "--status", "drafted") if case["approvals_needed"] == needed]
    return int(waiting[place]["case"])


def shown(folder: Path, case: int) -> dict[str, Any]:
    answer = typed(folder, "show", str(case), "--json")
    assert answer.status == 0, answer.err
    return answer.objects[0]


def done(folder: Path, *words: str, stdin: str = "") -> Answer:
    answer = typed(folder, *words, stdin=stdin)
    assert answer.status == 0, answer.err
    return answer


def refused(folder: Path, *words: str, stdin: str = "") -> str:
    """The message of a command that could not be carried out."""
    answer = typed(folder, *words, stdin=stdin)
    assert answer.status == 1
    assert answer.out == ""
    assert answer.err.startswith("amends: ")
    assert "Traceback" not in answer.err
    return answer.err


# --- poll, queue, show


def test_a_poll_tells_what_was_new_and_what_became_of_it(told: tuple[Path, Answer]) -> None:
    folder, poll = told
    first = poll.out.splitlines()[0]
    assert re.fullmatch(r"sandbox: \d+ new", first)
    assert poll.out.count("  mention ") == int(first.split()[1]) > 0
    assert f"{len(queue(folder))} waiting for a decision" in poll.out


def test_each_case_of_the_queue_is_one_object_with_all_its_fields(town: Path) -> None:
    cases = queue(town)
    assert len(cases) > 20
    for case in cases:
        for name, kind in QUEUE_FIELDS.items():
            assert isinstance(case[name], kind), (name, case)
        assert case["status"] in set(WAITING)
        assert datetime.fromisoformat(case["posted_at"]) < datetime.fromisoformat(case["due_at"])


def test_drafts_on_the_sandbox_fit_and_differ_and_have_no_fault(town: Path) -> None:
    drafted = queue(town, "--status", "drafted")
    assert len({case["draft"] for case in drafted}) == len(drafted) > 20
    for case in drafted:
        assert set(case["components"]) <= {str(name) for name in Component}
        assert len(case["components"]) > 5
        assert case["faults"] == []
        assert platform_module("sandbox").measure(case["draft"]) <= platform_module("sandbox").LIMIT


def test_the_queue_can_be_narrowed_to_one_status(town: Path) -> None:
    assert {case["status"] for case in queue(town, "--status", "escalated")} == {"escalated"}
    assert "No case is sending" in done(town, "queue", "--status", "sending").out


def test_a_person_reads_the_queue_with_who_where_and_what_to_type_next(town: Path) -> None:
    answer = done(town, "queue")
    for case in queue(town):
        assert f"@{case['author']}" in answer.out
    hint = answer.out.splitlines()[-1]
    assert f"{shlex.quote(str(PROGRAM))} show {queue(town)[0]['case']}" in hint


def test_show_adds_drafts_events_and_replies_to_the_fields_of_the_queue(town: Path) -> None:
    case = shown(town, a_draft(town))
    assert {*QUEUE_FIELDS, "drafts", "events", "replies"} <= case.keys()
    assert [draft["text"] for draft in case["drafts"]] == [case["draft"]]
    assert [event["to"] for event in case["events"]] == ["flagged", "drafted"]
    assert case["replies"] == []


def test_show_tells_a_person_the_post_the_draft_and_what_happened(town: Path) -> None:
    number = a_draft(town)
    case, answer = shown(town, number), done(town, "show", str(number))
    assert f"case {number}" in answer.out
    assert case["url"] in answer.out
    assert case["draft"][:60] in answer.out
    assert "flagged → drafted" in answer.out


def test_a_person_in_danger_waits_at_the_desk_without_a_draft(town: Path) -> None:
    endangered = [case for case in queue(town) if "self_harm" in case["risks"]]
    assert endangered
    assert all(case["draft"] is None and case["status"] == "escalated" for case in endangered)


# --- from approval to closed


def test_a_case_goes_from_draft_to_closed_and_its_words_stand_in_public_once(town: Path) -> None:
    number = str(a_draft(town))
    text = shown(town, int(number))["draft"]
    assert "is approved" in done(town, "approve", number, "--as", "lea").out
    assert f"case {number}: replied https://" in done(town, "send").out
    assert done(town, "send").out == "nothing to send\n"
    assert "in private" in done(town, "private", number, "--as", "lea").out
    assert "resolved" in done(town, "resolve", number, "--as", "lea", "--reason", "refunded").out
    assert "closed" in done(town, "close", number, "--as", "lea", "--reason", "thanked us").out
    case = shown(town, int(number))
    assert case["status"] == "closed"
    assert [(reply["state"], reply["text"]) for reply in case["replies"]] == [("posted", text)]
    assert (town / "sandbox.jsonl").read_text(encoding="utf-8").count('"parent":') == 1
    people = [(event["who"], event["to"], event["why"]) for event in case["events"] if event["who"] == "lea"]
    assert people == [
        ("lea", "approved", ""),
        ("lea", "in_private", ""),
        ("lea", "resolved", "refunded"),
        ("lea", "closed", "thanked us"),
    ]


def test_an_approval_can_be_taken_back_before_it_leaves(town: Path) -> None:
    sandbox_folder(town, undo="1h")
    number = str(a_draft(town))
    approval = done(town, "approve", number, "--as", "lea").out
    assert "leaves in 1h" in approval
    assert done(town, "send").out == "nothing to send\n"
    assert "is drafted" in done(town, "undo", number, "--as", "lea").out
    sandbox_folder(town, undo="0s")
    assert done(town, "send").out == "nothing to send\n"


def test_the_way_back_that_an_approval_prints_can_be_typed_as_it_stands(town: Path) -> None:
    sandbox_folder(town, undo="1h")
    number = str(a_draft(town))
    said = done(town, "approve", number, "--as", "Lea O'Hara").out
    program, *words = shlex.split(said.split("Take it back: ")[1])
    assert program == str(PROGRAM)
    assert "is drafted" in done(town, *words).out


def test_there_is_nothing_to_undo_after_a_reply_stands(town: Path) -> None:
    number = str(a_draft(town))
    done(town, "approve", number, "--as", "lea")
    done(town, "send")
    assert "stands already" in refused(town, "undo", number, "--as", "lea")


def test_a_text_of_ones_own_is_approved_as_a_new_revision(town: Path) -> None:
    number = str(a_draft(town))
    done(town, "approve", number, "--as", "lea", "--text-file", "-", stdin=FINE + "\n")
    done(town, "send")
    case = shown(town, int(number))
    assert [draft["by"] for draft in case["drafts"]] == ["amends", "lea"]
    assert case["replies"][0]["text"] == FINE


def test_an_edit_is_a_new_revision_that_waits_again(town: Path) -> None:
    number = str(a_draft(town))
    done(town, "approve", number, "--as", "lea")
    (town / "mine.txt").write_text(FINE, encoding="utf-8")
    assert "revision 2" in done(town, "edit", number, "--as", "lea", "--text-file", "mine.txt").out
    case = shown(town, int(number))
    assert (case["status"], case["draft"], case["approvals"]) == ("drafted", FINE, [])


def test_a_case_at_risk_leaves_after_two_different_people_said_yes(town: Path) -> None:
    number = str(a_draft(town, needed=2))
    assert "one more person" in done(town, "approve", number, "--as", "lea").out
    assert done(town, "send").out == "nothing to send\n"
    assert "second person" in refused(town, "approve", number, "--as", "LEA")
    assert "is approved" in done(town, "approve", number, "--as", "bo").out
    assert "replied" in done(town, "send").out


@pytest.mark.parametrize(
    ("command", "status"),
    [("request-changes", "changes_requested"), ("escalate", "escalated"), ("dismiss", "dismissed")],
)
def test_a_decision_moves_the_case_and_keeps_who_and_why(town: Path, command: str, status: str) -> None:
    number = str(a_draft(town))
    done(town, command, number, "--as", "lea", "--reason", "because of this")
    case = shown(town, int(number))
    assert case["status"] == status
    assert (case["events"][-1]["who"], case["events"][-1]["why"]) == ("lea", "because of this")


def test_a_dismissal_taken_back_waits_in_the_queue_again(town: Path) -> None:
    number = str(a_draft(town))
    done(town, "dismiss", number, "--as", "lea", "--reason", "not ours")
    assert int(number) not in {case["case"] for case in queue(town)}
    done(town, "undo", number, "--as", "lea")
    assert int(number) in {case["case"] for case in queue(town)}


def test_by_hand_gives_the_link_and_the_words_and_ends_with_the_url(town: Path) -> None:
    number = str(a_draft(town))
    case = shown(town, int(number))
    done(town, "approve", number, "--as", "lea")
    said = done(town, "by-hand", number, "--as", "lea").out
    assert case["url"] in said
    assert case["draft"] in said
    assert done(town, "send").out == "nothing to send\n"
    done(town, "by-hand", number, "--as", "lea", "--url", "https://sandbox.invalid/@parcelo/1")
    case = shown(town, int(number))
    assert case["status"] == "replied"
    assert case["replies"][0]["by_hand"]
    assert case["replies"][0]["url"] == "https://sandbox.invalid/@parcelo/1"


def test_by_hand_takes_web_addresses_alone(town: Path) -> None:
    number = str(a_draft(town))
    done(town, "approve", number, "--as", "lea")
    assert "https://" in refused(town, "by-hand", number, "--as", "lea", "--url", "javascript:alert(1)")
    assert shown(town, int(number))["status"] == "approved"


def test_a_mention_that_was_passed_over_can_be_flagged_and_gets_a_draft(town: Path) -> None:
    listed = re.findall(r"mention (\d+) +passed over", typed_poll(town))
    before = {case["case"] for case in queue(town)}
    said = done(town, "flag", listed[0], "--as", "lea").out
    new = {case["case"] for case in queue(town)} - before
    assert len(new) == 1
    assert f"case {new.pop()} is " in said


def typed_poll(town: Path) -> str:
    """What a poll of the whole sandbox says, into a store of its own."""
    (town / "amends.db").unlink()
    return done(town, "poll").out


def test_a_forgotten_person_leaves_no_word_and_is_never_taken_in_again(town: Path) -> None:
    case = shown(town, a_draft(town))
    assert "one post" in done(town, "forget", "--platform", "sandbox", "--author", "@" + case["author"]).out
    gone = shown(town, case["case"])
    assert (gone["status"], gone["author"], gone["text"], gone["draft"]) == ("closed", "", "", "")
    assert "forgotten" in done(town, "show", str(case["case"])).out
    done(town, "poll")
    assert case["author"] not in {found["author"] for found in queue(town)}
    kept = b"".join(file.read_bytes() for file in town.glob("amends.db*"))
    assert case["author"].encode() not in kept or case["author"] in str(queue(town))
    assert "nothing is kept" in refused(town, "forget", "--platform", "sandbox", "--author", case["author"])


# --- pause, status, check


def test_nothing_leaves_while_sending_is_paused_and_all_of_it_after(town: Path) -> None:
    number = str(a_draft(town))
    done(town, "approve", number, "--as", "lea")
    hint = done(town, "pause", "sandbox", "--reason", "a bad day").out.splitlines()[-1]
    held = done(town, "send").out
    assert "nothing to send" in held
    assert "a bad day" in held
    platform, counts = done(town, "status", "--json").out.splitlines()
    assert "a bad day" in platform
    assert '"approved": 1' in counts
    done(town, *shlex.split(hint.removeprefix("go on with: "))[1:])
    assert "replied" in done(town, "send").out


def test_a_pause_of_everything_ends_with_a_resume_of_everything(town: Path) -> None:
    done(town, "pause")
    assert "paused on all platforms" in done(town, "status").out
    done(town, "resume", "sandbox")
    assert "paused on all platforms" in done(town, "status").out
    done(town, "resume")
    assert "paused" not in done(town, "status").out


def test_status_has_an_object_for_each_platform_and_one_with_the_counts(town: Path) -> None:
    platform, counts = typed(town, "status", "--json").objects
    assert platform["platform"] == "sandbox"
    assert datetime.fromisoformat(platform["last_poll"]).tzinfo is not None
    assert platform["lag_seconds"] >= 0
    assert platform["error"] is platform["paused"] is platform["waits_until"] is None
    assert counts["counts"]["drafted"] == len(queue(town, "--status", "drafted"))


def test_check_says_that_all_is_well_and_who_we_are(town: Path) -> None:
    said = done(town, "check").out
    assert "config.toml is right" in said
    assert "sandbox   answers: we are parcelo" in said


def test_check_masks_a_secret_and_ends_with_status_1_where_one_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.toml").write_text('[brand]\nname = "Tarn"\n[platforms.reddit]\n', encoding="utf-8")
    monkeypatch.setenv("AMENDS_REDDIT_CLIENT_ID", "hush-hush")
    answer = typed(tmp_path, "check")
    assert answer.status == 1
    assert "AMENDS_REDDIT_CLIENT_ID ••••••" in answer.out
    assert "AMENDS_REDDIT_CLIENT_SECRET is not set" in answer.out
    assert "hush" not in answer.out + answer.err


# --- what can't be done


def test_a_blocking_fault_is_refused_by_name_until_somebody_overrides_it_with_a_reason(town: Path) -> None:
    number = str(a_draft(town))
    said = done(town, "edit", number, "--as", "lea", "--text-file", "-", stdin=BLOCKED)
    assert "conditional" in said.err
    message = refused(town, "approve", number, "--as", "lea")
    assert "conditional" in message
    assert "--override" in message
    assert shown(town, int(number))["status"] == "drafted"
    done(town, "approve", number, "--as", "lea", "--override", "legal wants it so")
    assert shown(town, int(number))["status"] == "approved"


def test_a_text_too_long_for_its_network_is_refused_with_by_how_much(town: Path) -> None:
    number = str(a_draft(town))
    message = refused(town, "approve", number, "--as", "lea", "--text-file", "-", stdin="a" * 507)
    assert "507" in message
    assert "500" in message
    assert "shorten it by 7" in message
    assert "shorten it by 7" in done(town, "edit", number, "--as", "lea", "--text-file", "-", stdin="a" * 507).err
    refused(town, "approve", number, "--as", "lea", "--override", "no override helps here")


@pytest.mark.parametrize("text", ["one\0two", "one\x1b[31mtwo"])
def test_a_text_with_control_characters_is_refused_by_their_number(town: Path, text: str) -> None:
    number = str(a_draft(town))
    assert f"U+{ord(text[3]):04X}" in refused(town, "edit", number, "--as", "lea", "--text-file", "-", stdin=text)


@pytest.mark.parametrize("command", ["approve", "edit"])
def test_an_empty_text_is_none(town: Path, command: str) -> None:
    number = str(a_draft(town))
    assert "empty" in refused(town, command, number, "--as", "lea", "--text-file", "-", stdin=" \n")
    assert len(shown(town, int(number))["drafts"]) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("show", "9999"),
        ("approve", "9999", "--as", "lea"),
        ("undo", "9999", "--as", "lea"),
        ("close", "9999", "--as", "lea", "--reason", "so"),
        ("private", "9999", "--as", "lea"),
        ("by-hand", "9999", "--as", "lea"),
        ("edit", "9999", "--as", "lea", "--text-file", "-"),
    ],
)
def test_a_case_that_there_is_not_is_told_with_where_to_find_those_there_are(
    town: Path, words: tuple[str, ...]
) -> None:
    message = refused(town, *words, stdin="something")
    assert "there is no case 9999" in message
    assert f"{PROGRAM} queue" in message


@pytest.mark.parametrize(
    ("words", "told_so"),
    [
        (("undo", "CASE", "--as", "lea"), "there is no approval to undo"),
        (("private", "CASE", "--as", "lea"), "from here it goes to: "),
        (("resolve", "CASE", "--as", "lea", "--reason", "so"), "from here it goes to: "),
        (("close", "CASE", "--as", "lea", "--reason", "so"), "from here it goes to: "),
        (("by-hand", "CASE", "--as", "lea"), "approved"),
        (("settle", "CASE", "--as", "lea"), "no write to settle"),
        (("edit", "CASE", "--as", "lea", "--text-file", "nowhere.txt"), "nowhere.txt"),
        (("flag", "9999", "--as", "lea"), "no mention 9999"),
    ],
)
def test_what_a_case_is_not_ready_for_is_refused_with_what_it_is_ready_for(
    town: Path, words: tuple[str, ...], told_so: str
) -> None:
    number = a_draft(town)
    before = shown(town, number)
    assert told_so in refused(town, *(str(number) if word == "CASE" else word for word in words))
    assert shown(town, number) == before


@pytest.mark.parametrize(
    "words",
    [
        ("approve", "1"),
        ("approve", "--as", "lea"),
        ("approve", "first", "--as", "lea"),
        ("approve", "1", "--as", " "),
        ("dismiss", "1", "--as", "", "--reason", "so"),
        ("undo", "1"),
        ("edit", "1", "--as", "lea"),
        ("dismiss", "1", "--as", "lea"),
        ("resolve", "1", "--reason", "so"),
        ("close", "1", "--as", "lea"),
        ("flag", "--as", "lea"),
        ("forget", "--author", "joe"),
        ("forget", "--platform", "sandbox"),
        ("queue", "--status", "waiting"),
        ("queue", "--limit", "none"),
        ("poll", "myspace"),
        ("pause", "x"),
        ("show",),
        ("digest", "--week", "last"),
        ("no-such-command",),
    ],
)
def test_wrong_usage_is_status_2_and_not_a_trace(town: Path, words: tuple[str, ...]) -> None:
    answer = typed(town, *words)
    assert answer.status == 2
    assert answer.out == ""
    assert "Error: " in answer.err
    assert "Traceback" not in answer.err


# --- without a config


def test_amends_alone_explains_the_next_step_and_ends_well(tmp_path: Path) -> None:
    answer = typed(tmp_path)
    assert answer.status == 0
    assert f"{PROGRAM} run --sandbox" in answer.out
    assert "docs/CONNECT.md" in answer.out
    assert list(tmp_path.iterdir()) == []


def test_amends_alone_beside_a_config_says_how_to_start(town: Path) -> None:
    assert f"{PROGRAM} run" in done(town).out


@pytest.mark.parametrize("command", ["run", "poll", "send", "queue", "status", "check", "digest"])
def test_a_command_that_needs_a_config_says_so_and_what_else_there_is(tmp_path: Path, command: str) -> None:
    message = refused(tmp_path, command)
    assert "there is no config.toml" in message
    assert f"{PROGRAM} run --sandbox" in message
    assert list(tmp_path.iterdir()) == []


def test_the_config_can_be_named_before_the_command_or_in_the_environment(
    town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    named = done(tmp_path / "elsewhere", "--config", str(town / "config.toml"), "status").out
    monkeypatch.setenv("AMENDS_CONFIG", str(town / "config.toml"))
    assert done(tmp_path / "elsewhere", "status").out.splitlines()[1:] == named.splitlines()[1:]
    assert "mentions in all" in named
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_hint_carries_the_config_that_was_named(town: Path, tmp_path: Path) -> None:
    (town / "my config.toml").write_bytes((town / "config.toml").read_bytes())
    config = str(town / "my config.toml")
    hint = done(tmp_path, "--config", config, "queue").out.splitlines()[-1]
    first = hint.removeprefix("read one: ").split("    ")[0]
    assert "drafted" in done(tmp_path, *shlex.split(first)[1:]).out


def test_a_config_without_a_platform_is_told_when_the_daemon_is_to_run(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[brand]\nname = "Tarn"\n', encoding="utf-8")
    answer = typed(tmp_path, "run")
    assert answer.status == 1
    assert "[platforms.sandbox]" in answer.err
