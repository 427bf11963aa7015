"""classify, draft and lint as other programs call them: the fields, one object a line, and whatever posts can hold."""

import contextlib
import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typed import PROGRAM, Answer, started, typed

from cases.apology import Component, Fault
from cases.verdicts import Category, Risk
from monitor.config import platform_names

COMMANDS = ("classify", "draft", "lint")

LATE = "Nine days and still no parcel from @parcelo. Nobody answers the phone. I want my money back."
POSTS: tuple[dict[str, object], ...] = (
    {"text": LATE},
    {"text": LATE, "brand": "Parcelo"},
    {"text": LATE, "platform": "x", "author": "joe", "followers": 12, "posted_at": "2026-11-23T08:00:00Z"},
    {"text": LATE, "platform": "bluesky", "language": "en"},
    {"text": LATE, "platform": "mastodon", "author": "@joe@social.example"},
    {"text": "بسته‌ام سه هفته است نرسیده و کسی جواب نمی‌دهد.", "platform": "x"},
    {"text": "طردي لم يصل منذ أسبوعين ولا أحد يرد على رسائلي.", "platform": "x"},
    {"text": "Seit neun Tagen warte ich auf mein Paket, und niemand antwortet mir am Telefon."},
    {"text": "Lovely service, thank you all!", "platform": None, "author": None},
    {"text": "I can't go on any more, I want to kill myself. My parcel never came."},
    {"text": ""},
    {"text": " \t "},
    {"text": "late parcel " * 834},
    {"text": "x" * 10_000},
    {"text": "Z" + "\u0300" * 500 + "algo: my parcel is late"},
    {"text": "my parcel \u202eetal si\u2066 late \u200f\u200e"},
    {"text": "one\ntwo\r\nthree\u0085four\u2028five\u2029 my parcel is late"},
    {"text": "NUL \x00 and ESC \x1b[31m my parcel is late"},
    {"text": "half a character \ud800 and my parcel is late"},
    {"text": LATE, "platform": "mastodon", "author": "a\ud800 b\n{{ 7*7 }}", "brand": "\udc00", "language": "\ud800"},
    {"text": "{{ 7 * 7 }} {% for x in y %} ${PATH} %s [red]my parcel is late[/red] <script>alert(1)</script>"},
    {"text": LATE, "followers": 10**400, "posted_at": "0001-01-01T00:00:00+14:00"},
    {"text": LATE, "posted_at": "9999-12-31T23:59:59-14:00", "language": "zz-!!"},
    {"text": LATE, "unheard": {"of": ["field"]}},
)
AS_TEXT = (
    "my parcel is late",
    '{"text": "cut',
    "[1, 2]",
    '"a string"',
    "null",
    "12",
    "",
    "  three spaces",
    "[" * 9_000,
)
UNREADABLE: tuple[bytes, ...] = (
    b'{"text": 5}',
    b"{}",
    b'{"text": null}',
    b'{"text": "a", "followers": -1}',
    b'{"text": "a", "followers": "many"}',
    b'{"text": "a", "followers": NaN}',
    b'{"text": "a", "posted_at": "yesterday"}',
    b'{"text": "a", "posted_at": 5}',
    b'{"text": "a", "platform": 5}',
    b'{"text": "a", "language": ["en"]}',
    b"caf\xe9 au lait",
    b"\xff\xfe",
    b'{"text": "a", "followers": ' + b"1" * 5_000 + b"}",
)
LINES = [json.dumps(post).encode() for post in POSTS] + [line.encode() for line in AS_TEXT] + list(UNREADABLE)
LAST = b"after all of it: my parcel is late"


def this_hour() -> int:
    return datetime.now(UTC).hour


BEGUN = this_hour()

Yields = dict[str, list[dict[str, Any]]]
Check = Callable[[object], bool]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("empty")


@pytest.fixture(scope="module")
def yields(empty: Path) -> Yields:
    """Everything at once through each command; the good objects in the order of the input."""
    found: Yields = {}
    for command in COMMANDS:
        answer = typed(empty, command, "--json", stdin=b"\n".join([*LINES, LAST]) + b"\n")
        assert answer.status == 0, answer.err
        found[command] = answer.objects
    return found


def is_text(value: object) -> bool:
    return isinstance(value, str)


def is_flag(value: object) -> bool:
    return isinstance(value, bool)


def is_one_of(names: type[Category | Risk | Component | Fault]) -> Check:
    return lambda value: isinstance(value, str) and value in {str(name) for name in names}


def is_list(of: Check) -> Check:
    return lambda value: isinstance(value, list) and all(of(item) for item in value)


def is_between(low: int, high: int) -> Check:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def is_share(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def or_null(of: Check) -> Check:
    return lambda value: value is None or of(value)


def is_clue(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and is_text(value[0]) and isinstance(value[1], float | int)


def is_span(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(is_between(0, 100_000)(place) for place in value)


def is_note(value: object) -> bool:
    return (
        isinstance(value, dict)
        and {"name", "start", "end", "why", "suggestion"} <= value.keys()
        and (is_one_of(Component)(value["name"]) or is_one_of(Fault)(value["name"]))
        and is_span([value["start"], value["end"]])
        and is_text(value["why"])
        and is_text(value["suggestion"])
    )


def is_spans(value: object) -> bool:
    return isinstance(value, dict) and all(is_list(is_span)(spans) for spans in value.values())


def is_fits(value: object) -> bool:
    return isinstance(value, dict) and set(value) == set(platform_names()) and all(map(is_flag, value.values()))


FIELDS: dict[str, dict[str, Check]] = {
    "classify": {
        "text": is_text,
        "complaint": is_flag,
        "probability": is_share,
        "severity": is_between(0, 4),
        "heat": is_between(0, 3),
        "category": is_one_of(Category),
        "risks": is_list(is_one_of(Risk)),
        "relevant": or_null(is_flag),
        "language": is_text,
        "about": is_text,
        "why": is_list(is_clue),
    },
    "draft": {
        "text": or_null(is_text),
        "language": is_text,
        "platform": or_null(is_text),
        "components": is_list(is_one_of(Component)),
        "faults": is_list(is_one_of(Fault)),
        "length": is_between(0, 10_000),
        "limit": is_between(1, 100_000),
        "plan": lambda value: isinstance(value, dict) and bool(value),
    },
    "lint": {
        "components": is_list(is_one_of(Component)),
        "faults": is_list(is_one_of(Fault)),
        "spans": is_spans,
        "notes": is_list(is_note),
        "language": is_text,
        "fits": is_fits,
    },
}


@pytest.mark.parametrize("command", COMMANDS)
def test_each_line_of_input_has_one_object_in_its_place(yields: Yields, command: str) -> None:
    objects = yields[command]
    assert len(objects) == len(LINES) + 1
    good = len(POSTS) + len(AS_TEXT)
    assert ["error" in found for found in objects] == [False] * good + [True] * len(UNREADABLE) + [False]


@pytest.mark.parametrize(
    ("command", "field"), [(command, field) for command, fields in FIELDS.items() for field in fields]
)
def test_every_field_is_there_with_its_type_whatever_the_post(yields: Yields, command: str, field: str) -> None:
    for found in yields[command]:
        if "error" not in found:
            assert FIELDS[command][field](found[field]), found


@pytest.mark.parametrize("command", COMMANDS)
def test_what_cannot_be_read_says_why_and_the_rest_goes_on(yields: Yields, command: str) -> None:
    errors = [found["error"] for found in yields[command] if "error" in found]
    assert all(isinstance(error, str) and error for error in errors)
    assert "text is needed" in errors[0]
    assert "followers" in errors[3]
    assert "posted_at" in errors[6]
    assert "UTF-8" in errors[10]
    assert "error" not in yields[command][-1]


@pytest.mark.parametrize("command", ["classify", "lint"])
def test_the_text_comes_back_as_it_was_given(yields: Yields, command: str) -> None:
    texts = [found["text"] for found in yields[command] if "error" not in found]
    given = [str(post["text"]).replace("\ud800", "?") for post in POSTS] + [*AS_TEXT, LAST.decode()]
    assert texts == given


def test_relevance_is_null_without_a_brand_and_told_with_one(yields: Yields) -> None:
    without, with_one = yields["classify"][:2]
    assert without["relevant"] is None
    assert with_one["relevant"] is not None


def test_the_words_that_moved_a_verdict_stand_in_the_post(yields: Yields) -> None:
    for found in yields["classify"]:
        for (words, _), (start, end) in zip(found.get("why", []), found.get("spans", []), strict=True):
            assert 0 <= start < end <= len(found["text"])
            assert words.strip()


def test_spans_of_lint_lie_in_the_text_and_agree_with_its_notes_and_lists(yields: Yields) -> None:
    for found in yields["lint"]:
        if "error" in found:
            continue
        assert set(found["spans"]) == {*found["components"], *found["faults"]}
        noted = {(note["name"], note["start"], note["end"]) for note in found["notes"]}
        spanned = {(name, *span) for name, spans in found["spans"].items() for span in spans}
        assert noted == spanned
        assert all(0 <= start < end <= len(found["text"]) for _, start, end in spanned)


def test_a_draft_fits_its_network_and_is_measured_by_its_rule(yields: Yields) -> None:
    for found in yields["draft"]:
        if found.get("text") is not None:
            assert 0 < found["length"] <= found["limit"]
    assert {found["limit"] for found in yields["draft"] if found.get("platform") == "x"} == {280}


def test_a_draft_has_its_components_and_no_fault(yields: Yields) -> None:
    for found in yields["draft"]:
        if found.get("text") is not None:
            assert found["components"]
            assert found["faults"] == []


def test_where_a_person_must_take_over_there_is_no_text_and_a_reason(yields: Yields) -> None:
    for found in yields["draft"]:
        if "error" not in found:
            assert (found["text"] is None) == bool(found["plan"].get("handoff"))
    despair, german, empty = (yields["draft"][place] for place in (9, 7, 10))
    assert despair["text"] is german["text"] is empty["text"] is None


def test_no_draft_holds_what_only_a_machine_writes(yields: Yields) -> None:
    for found in yields["draft"]:
        text = found.get("text") or ""
        assert not any(mark in text for mark in ("{{", "{%", "\x1b", "\x00", "\n{", "<script", "[red]", "\u202e")), text


def test_drafts_of_one_call_differ_even_for_equal_posts(empty: Path) -> None:
    posts = (json.dumps({"text": "my parcel is late", "platform": "x"}) + "\n") * 40
    drafts = [found["text"] for found in typed(empty, "draft", "--json", stdin=posts).objects]
    assert len(drafts) == len(set(drafts)) == 40


def test_a_network_that_there_is_not_is_an_error_that_names_those_there_are(empty: Path) -> None:
    answer = typed(empty, "draft", "--json", stdin='{"text": "late", "platform": "myspace"}\nmy parcel is late\n')
    unknown, known = answer.objects
    assert "myspace" in unknown["error"]
    assert all(name in unknown["error"] for name in platform_names())
    assert known["text"]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_text_file_from_windows_reads_like_any_other(empty: Path, command: str) -> None:
    plain = b'{"text": "my parcel is late"}\nmy parcel is late\n'
    windows = b"\xef\xbb\xbf" + plain.replace(b"\n", b"\r\n")
    assert (
        typed(empty, command, "--json", stdin=windows).objects == typed(empty, command, "--json", stdin=plain).objects
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_a_last_line_without_an_end_counts_and_nothing_gives_nothing(empty: Path, command: str) -> None:
    assert len(typed(empty, command, "--json", stdin="my parcel is late").objects) == 1
    assert typed(empty, command, "--json", stdin="") == Answer(0, "", "")


@pytest.mark.parametrize("command", COMMANDS)
def test_without_json_people_read_each_post_and_no_escape_code_gets_through(empty: Path, command: str) -> None:
    answer = typed(empty, command, stdin="my \x1b[31mparcel\u202e is late\ncaf\u00e9\n".encode() + b"\xff\n")
    assert answer.status == 0
    assert "is late" in answer.out
    assert "café" in answer.out
    assert "unreadable" in answer.out
    assert "\x1b" not in answer.out
    assert "\u202e" not in answer.out


@pytest.mark.parametrize("command", COMMANDS)
def test_it_needs_no_config_and_writes_nothing_and_gives_the_same_each_time(
    tmp_path: Path, yields: Yields, command: str
) -> None:
    """In a process of its own, with another order of hashes and a locale that knows no Unicode."""
    environment = {"PYTHONHASHSEED": "7", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"}
    answer = started(tmp_path, command, "--json", stdin=b"\n".join([*LINES, LAST]), environment=environment)
    before = yields[command]
    if this_hour() != BEGUN:  # a draft promises the next word by a full hour, so only within one hour two are the same
        before = typed(tmp_path, command, "--json", stdin=b"\n".join([*LINES, LAST])).objects
    assert answer.status == 0
    assert answer.err == ""
    assert answer.objects == before
    assert list(tmp_path.iterdir()) == []


def test_a_broken_config_beside_it_is_no_concern_of_these_commands(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[brand\n", encoding="utf-8")
    assert typed(tmp_path, "lint", "--json", stdin="We're sorry.\n").status == 0


@pytest.mark.parametrize("words", [("lint", "--json"), ("classify",)])
def test_a_reader_that_has_seen_enough_is_no_trouble(empty: Path, words: tuple[str, ...]) -> None:
    """As in `amends lint --json | head -1`: no trace on standard error, exit status 0."""
    with subprocess.Popen(
        [PROGRAM, *words], cwd=empty, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(b"my parcel is late\n" * 300)
        process.stdin.flush()
        process.stdout.readline()
        process.stdout.close()
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(b"my parcel is late\n" * 3_000)
            process.stdin.close()
        trouble = process.stderr.read()
        assert process.wait(30) == 0
    assert trouble == b""


@pytest.mark.parametrize("command", COMMANDS)
def test_a_program_that_writes_a_line_and_waits_gets_its_answer(empty: Path, command: str) -> None:
    with subprocess.Popen(
        [PROGRAM, command, "--json"], cwd=empty, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(2):
            process.stdin.write(b"my parcel is late\n")
            process.stdin.flush()
            assert "error" not in json.loads(process.stdout.readline())
        process.stdin.close()
        assert process.wait(30) == 0


@pytest.mark.parametrize("words", [("classify", "--jason"), ("lint", "extra"), ("draft", "--signature"), ("clasify",)])
def test_wrong_usage_ends_with_status_2_and_says_what_is_right(empty: Path, words: tuple[str, ...]) -> None:
    answer = typed(empty, *words)
    assert answer.status == 2
    assert answer.out == ""
    assert "Error: " in answer.err
    assert "Traceback" not in answer.err
