"""What can go wrong around Amends: each time a clear message and status 1, and nothing is lost."""

import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from sqlalchemy import Engine, event
from typed import Answer, sandbox_folder, typed

from classifiers.facts import SHIPPED


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the sandbox has told all it has, through to drafts."""
    folder = sandbox_folder(tmp_path_factory.mktemp("told"))
    typed(folder, "poll")
    time.sleep(0.3)
    assert typed(folder, "poll").status == 0
    return folder


@pytest.fixture
def town(told: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    shutil.copytree(told, tmp_path / "town")
    return tmp_path / "town"


def add(folder: Path, lines: str) -> None:
    with (folder / "config.toml").open("a", encoding="utf-8") as config:
        config.write(f"\n{lines}\n")


def told_trouble(answer: Answer) -> str:
    """The one message of a command that met with trouble."""
    assert answer.status == 1
    assert "Traceback" not in answer.err
    assert "amends: " in answer.err
    return answer.err


def counts(folder: Path) -> dict[str, int]:
    found: dict[str, int] = typed(folder, "status", "--json").objects[-1]["counts"]
    return found


# --- config


def test_a_broken_config_lists_every_error_with_its_line_and_key(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        '[brand]\ntimezone = "Moon/Crater"\n[promise]\nundo = 10\n[platforms.sandbox]\nspede = 2\n', encoding="utf-8"
    )
    message = told_trouble(typed(tmp_path, "status"))
    for place in ("brand.name", ":2  brand.timezone", ":4  promise.undo", ":6  platforms.sandbox.spede"):
        assert place in message
    assert "4 things to mend" in message


def test_a_config_that_is_no_toml_names_the_place(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[brand]\nname = Parcelo\n", encoding="utf-8")
    assert "line 2" in told_trouble(typed(tmp_path, "queue"))


def test_a_secret_that_is_missing_is_named_with_the_ways_to_set_it(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[brand]\nname = "Tarn"\n[platforms.mastodon]\n', encoding="utf-8")
    message = told_trouble(typed(tmp_path, "poll"))
    assert "AMENDS_MASTODON_TOKEN" in message
    assert "_FILE" in message


# --- the model


def no_file(_: Path) -> None:
    """Nothing is there."""


def cut_off(model: Path) -> None:
    model.write_bytes(SHIPPED.read_bytes()[:50_000])


def a_folder(model: Path) -> None:
    model.mkdir()


@pytest.mark.parametrize("spoil", [no_file, cut_off, a_folder])
def test_a_model_that_cannot_be_used_is_told_by_name_and_no_mention_is_lost(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    sandbox_folder(tmp_path)
    add(tmp_path, '[classifier]\nmodel = "mine.skops"')
    spoil(tmp_path / "mine.skops")
    typed(tmp_path, "poll")
    time.sleep(0.2)
    message = told_trouble(typed(tmp_path, "poll"))
    assert "mine.skops" in message
    sandbox_folder(tmp_path)
    assert typed(tmp_path, "poll").status == 0
    assert counts(tmp_path)["drafted"] > 20


def test_check_names_a_spoiled_model_and_still_asks_the_platforms(town: Path) -> None:
    add(town, '[classifier]\nmodel = "mine.skops"')
    answer = typed(town, "check")
    assert answer.status == 1
    assert "mine.skops" in answer.err
    assert "sandbox   answers" in answer.out


# --- the store


def test_a_store_that_another_process_locks_is_told_and_the_decision_is_not_half_made(town: Path) -> None:
    case = str(typed(town, "queue", "--json", "--status", "drafted").objects[0]["case"])
    with sqlite3.connect(town / "amends.db", isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        message = told_trouble(typed(town, "approve", case, "--as", "lea"))
        other.execute("ROLLBACK")
    other.close()
    assert "locked by another process" in message
    assert typed(town, "show", case, "--json").objects[0]["approvals"] == []
    assert typed(town, "approve", case, "--as", "lea").status == 0


def test_people_can_read_while_another_process_writes(town: Path) -> None:
    with sqlite3.connect(town / "amends.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        assert typed(town, "queue", "--json").status == 0
        other.execute("ROLLBACK")
    other.close()


@pytest.fixture
def full_disk(town: Path) -> Iterator[Path]:
    """SQLite itself says that the disk is full as soon as the file would grow by more than a little."""
    with sqlite3.connect(town / "amends.db") as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.close()

    def limit(connection: sqlite3.Connection, _: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")

    event.listen(Engine, "connect", limit)
    yield town
    event.remove(Engine, "connect", limit)


def test_a_full_disk_is_told_and_nothing_is_changed(full_disk: Path) -> None:
    case = str(typed(full_disk, "queue", "--json", "--status", "drafted").objects[0]["case"])
    before = typed(full_disk, "show", case, "--json")
    messages = []
    for number in range(500):
        answer = typed(full_disk, "edit", case, "--as", "lea", "--text-file", "-", stdin=f"We're sorry. {number}" * 300)
        if answer.status:
            messages.append(told_trouble(answer))
            break
        before = typed(full_disk, "show", case, "--json")
    assert "no room to write" in messages[0]
    assert "nothing was changed" in messages[0]
    assert typed(full_disk, "show", case, "--json") == before


def test_a_full_disk_loses_no_mention(full_disk: Path) -> None:
    """The poll's cursor stays where it was, so that all of it comes again when there is room."""
    with sqlite3.connect(full_disk / "amends.db") as connection:
        (mentions,) = connection.execute("SELECT count(*) FROM mentions").fetchone()
    connection.close()
    (full_disk / "amends.db").unlink()
    answer = typed(full_disk, "status")  # the limit holds for a new file, too, and leaves room for the tables
    assert answer.status == 0, answer.err
    event.listen(Engine, "connect", _one_page_more)
    try:
        assert "no room to write" in told_trouble(typed(full_disk, "poll"))
    finally:
        event.remove(Engine, "connect", _one_page_more)
    assert typed(full_disk, "poll").status == 0
    with sqlite3.connect(full_disk / "amends.db") as connection:
        assert connection.execute("SELECT count(*) FROM mentions").fetchone() == (mentions,)
    connection.close()


def _one_page_more(connection: sqlite3.Connection, _: object) -> None:
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count={pages + 1}")


@pytest.mark.parametrize("content", [b"Dear customer,\n" * 100, b"SQLite format 3\x00" + b"\xff" * 5_000])
def test_a_file_that_is_no_store_is_told_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    sandbox_folder(tmp_path)
    (tmp_path / "amends.db").write_bytes(content)
    message = told_trouble(typed(tmp_path, "status"))
    assert "amends.db" in message
    assert "no store of Amends" in message
    assert (tmp_path / "amends.db").read_bytes() == content


def test_a_store_of_a_newer_amends_is_told_and_not_touched(town: Path) -> None:
    with sqlite3.connect(town / "amends.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'from-the-future'")
    connection.close()
    message = told_trouble(typed(town, "poll"))
    assert "newer Amends" in message
    assert "from-the-future" in message
    with sqlite3.connect(town / "amends.db") as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("from-the-future",)
    connection.close()


@pytest.mark.parametrize("place", ["/proc/amends.db", "/nowhere/at/all/amends.db"])
def test_a_store_in_a_folder_that_takes_no_file_is_told_by_its_path(tmp_path: Path, place: str) -> None:
    """Nobody may write to /proc, not even root."""
    sandbox_folder(tmp_path)
    add(tmp_path, f'[store]\nurl = "sqlite:///{place}"')
    message = told_trouble(typed(tmp_path, "status"))
    assert Path(place).parent.name in message
    assert "amends.db" in message


def test_a_database_server_that_does_not_answer_is_told_without_its_password(tmp_path: Path) -> None:
    sandbox_folder(tmp_path)
    add(tmp_path, '[store]\nurl = "postgresql+psycopg://amends:hush-hush@127.0.0.1:9/amends"')
    message = told_trouble(typed(tmp_path, "status"))
    assert "127.0.0.1" in message
    assert "hush-hush" not in message


def test_a_sandbox_that_cannot_be_written_says_what_else_there_is() -> None:
    message = told_trouble(typed(Path("/proc"), "run", "--sandbox"))
    assert "config.toml" in message
    assert "--config" in message


def test_a_journal_of_the_sandbox_that_is_none_shows_in_status_and_cases_stay(town: Path) -> None:
    (town / "sandbox.jsonl").write_text("Dear customer,\n", encoding="utf-8")
    before = counts(town)
    answer = typed(town, "poll")
    assert answer.status == 1
    assert "sandbox.jsonl" in answer.err
    assert "sandbox.jsonl" in str(typed(town, "status", "--json").objects[0]["error"])
    assert counts(town) == before


# --- a network


class Nonsense(BaseHTTPRequestHandler):
    """A server that answers everything, and never to the point."""

    status, body = 200, b"<html>\xff\x00 It works! \x1b[31m"

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    do_POST = do_GET  # noqa: N815 - the library's name

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


class ClosedDoor(Nonsense):
    """A server that knows nobody."""

    status, body = 401, b'{"error": "The access token is invalid"}'


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), request.param) as serving:
        thread = threading.Thread(target=serving.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()
        thread.join()


@pytest.mark.parametrize("server", [Nonsense, ClosedDoor], indirect=True)
def test_a_network_in_trouble_shows_in_status_while_the_others_go_on(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMENDS_MASTODON_TOKEN", "hush-hush")
    sandbox_folder(tmp_path)
    add(tmp_path, f'[platforms.mastodon]\nbase_url = "{server}"')
    typed(tmp_path, "poll", "sandbox")
    time.sleep(0.2)
    poll = typed(tmp_path, "poll")
    assert poll.status == 1
    assert "mastodon: " in poll.err
    states = {found["platform"]: found for found in typed(tmp_path, "status", "--json").objects[:-1]}
    assert states["mastodon"]["error"]
    assert states["mastodon"]["last_ok"] is None
    assert states["sandbox"]["error"] is None
    assert counts(tmp_path)["drafted"] > 20
    check, status = typed(tmp_path, "check"), typed(tmp_path, "status")
    assert check.status == 1
    assert "sandbox   answers" in check.out
    assert "trouble" in status.out
    said = poll.out + poll.err + check.out + check.err + status.out
    assert "hush" not in said
    assert "\x1b" not in said


# --- texts from files


@pytest.mark.parametrize("content", [b"caf\xe9", b"\xff\xfe\x00"])
def test_a_text_file_that_is_not_utf_8_is_refused_and_the_draft_stays(town: Path, content: bytes) -> None:
    (town / "mine.txt").write_bytes(content)
    case = str(typed(town, "queue", "--json", "--status", "drafted").objects[0]["case"])
    before = typed(town, "show", case, "--json")
    assert "mine.txt" in told_trouble(typed(town, "edit", case, "--as", "lea", "--text-file", "mine.txt"))
    assert typed(town, "show", case, "--json") == before


def test_a_digest_that_cannot_be_written_is_told_by_its_path(town: Path) -> None:
    assert "/nowhere/digest.html" in told_trouble(typed(town, "digest", "--html", "/nowhere/digest.html"))


def test_training_without_data_says_where_to_name_it(tmp_path: Path) -> None:
    assert "--data" in told_trouble(typed(tmp_path, "train"))
