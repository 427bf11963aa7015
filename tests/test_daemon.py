"""The daemon as an operator has it: a process that is started, watched, stopped at any moment, and started again."""

import json
import os
import random
import re
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from typed import PROGRAM, sandbox_folder, started, typed

TOKEN = "hush-hush-token"
SOON = 60.0
"""Seconds in which something must have happened, on a slow and busy machine."""


@dataclass(frozen=True, slots=True)
class Running:
    """A daemon at work in a folder; what it says goes to files beside the folder."""

    folder: Path
    process: "subprocess.Popen[bytes]"

    @property
    def out(self) -> str:
        return said(self.folder, "out")

    @property
    def err(self) -> str:
        return said(self.folder, "err")

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """The exit status, and how many seconds the end took."""
        begun = time.monotonic()
        self.process.send_signal(number)
        return self.process.wait(SOON), time.monotonic() - begun


def said(folder: Path, stream: str) -> str:
    return (folder.parent / f"{folder.name}.{stream}").read_text(encoding="utf-8")


@contextmanager
def daemon(folder: Path, *words: str) -> Iterator[Running]:
    """`amends run` as a process of its own; killed at the end if it has not ended by then."""
    environment = os.environ | {"AMENDS_MASTODON_TOKEN": TOKEN, "PYTHONUNBUFFERED": "1"}
    beside = folder.parent
    with (beside / f"{folder.name}.out").open("wb") as out, (beside / f"{folder.name}.err").open("wb") as err:
        process = subprocess.Popen([PROGRAM, *(words or ("run",))], cwd=folder, env=environment, stdout=out, stderr=err)
        try:
            yield Running(folder, process)
        finally:
            process.kill()
            process.wait()


def wait_for(happened: Callable[[], bool], what: str, telling: Callable[[], str] = str) -> None:
    until = time.monotonic() + SOON
    while not happened():
        assert time.monotonic() < until, f"in {SOON:.0f} seconds: no {what}; it said: {telling()[-2000:]}"
        time.sleep(0.2)


def drafted(folder: Path) -> list[int]:
    return [case["case"] for case in typed(folder, "queue", "--json", "--status", "drafted").objects]


def states(folder: Path) -> dict[str, dict[str, object]]:
    return {found["platform"]: found for found in typed(folder, "status", "--json").objects if "platform" in found}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A daemon on the sandbox and on a Mastodon server that is not there."""
    folder = tmp_path_factory.mktemp("daemon") / "town"
    folder.mkdir()
    sandbox_folder(folder, speed=60)
    with (folder / "config.toml").open("a", encoding="utf-8") as config:
        config.write('[platforms.mastodon]\nbase_url = "http://127.0.0.1:9"\nevery = "1s"\n')
    with daemon(folder) as running:
        wait_for(lambda: (folder / "amends.db").exists() and bool(drafted(folder)), "draft")
        yield running


def test_the_first_drafts_are_there_soon_after_the_start(town: Running) -> None:
    assert drafted(town.folder)
    assert town.process.poll() is None


def test_a_platform_that_fails_leaves_the_other_running_and_shows_in_status(town: Running) -> None:
    wait_for(lambda: states(town.folder).get("mastodon", {}).get("error") is not None, "trouble in status")
    found = states(town.folder)
    assert found["mastodon"]["last_ok"] is None
    assert found["sandbox"]["error"] is None
    before = found["sandbox"]["last_ok"]
    wait_for(lambda: states(town.folder)["sandbox"]["last_ok"] != before, "further poll of the sandbox")
    assert "trouble" in typed(town.folder, "status").out


def test_a_second_daemon_on_the_same_file_is_refused_with_what_to_do(town: Running) -> None:
    second = started(town.folder, "run")
    assert second.status == 1
    assert "another daemon" in second.err
    assert "Stop it first" in second.err
    assert "PostgreSQL" in second.err
    assert "Traceback" not in second.err
    assert town.process.poll() is None


def test_what_a_person_approves_beside_it_is_posted_once(town: Running) -> None:
    case = str(drafted(town.folder)[-1])
    assert typed(town.folder, "approve", case, "--as", "lea").status == 0
    wait_for(lambda: typed(town.folder, "show", case, "--json").objects[0]["status"] == "replied", "reply")
    text = typed(town.folder, "show", case, "--json").objects[0]["replies"][0]["text"]
    posts = [json.loads(line) for line in (town.folder / "sandbox.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [post["text"] for post in posts if post.get("parent")].count(text) == 1
    wait_for(lambda: f"case {case}" in town.out and "replied" in town.out, "word of it")


def test_the_terminal_tells_cases_and_hints_that_can_be_typed_as_they_stand(town: Running) -> None:
    wait_for(lambda: "→ read it: " in town.out, "hint")
    hint = next(line for line in town.out.splitlines() if "→ read it: " in line)
    commands = re.findall(rf"{re.escape(str(PROGRAM))} .*?(?=   |$)", hint)
    assert len(commands) == 3
    for command in commands:
        program, *words = shlex.split(command)
        answer = started(town.folder, *words)
        assert program == str(PROGRAM)
        assert answer.status == 0, answer.err


def test_logs_are_json_and_no_line_or_file_holds_a_secret(town: Running) -> None:
    wait_for(lambda: "poll failed" in town.err, "log of the failure")
    lines = [json.loads(line) for line in town.err.splitlines()[:-1]]
    assert all({"event", "level", "timestamp"} <= line.keys() for line in lines)
    assert any(line.get("action") == "poll" for line in lines)
    kept = [file for file in town.folder.parent.rglob("*") if file.is_file()]
    assert len(kept) > 4
    assert all(TOKEN.encode() not in file.read_bytes() for file in kept)


def test_it_ends_and_starts_again_where_it_was(town: Running, tmp_path: Path) -> None:
    """On a copy, so that the daemon of the other scenes goes on; a copy of a killed one is what a crash leaves."""
    folder = tmp_path / "copy"
    shutil.copytree(town.folder, folder)
    before = typed(folder, "status", "--json").objects[-1]["counts"]
    polled = states(folder)["sandbox"]["last_ok"]
    with daemon(folder) as running:
        # A poll that brings nothing new is not told.
        wait_for(lambda: states(folder)["sandbox"]["last_ok"] != polled, "poll", lambda: running.err)
        status, took = running.end()
    assert (status, took < 5) == (0, True)
    after = typed(folder, "status", "--json").objects[-1]["counts"]
    assert after["replied"] == before["replied"]
    assert sum(after.values()) >= sum(before.values())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(tmp_path: Path, number: signal.Signals) -> None:
    folder = tmp_path / "town"
    folder.mkdir()
    with daemon(sandbox_folder(folder)) as running:
        wait_for(lambda: '"event": "polled"' in running.err, "poll", lambda: running.err)
        status, took = running.end(number)
        assert status == 0
        assert took < 5
        assert json.loads(running.err.splitlines()[-1])["event"] == "stopped"
        assert "Traceback" not in running.err


@pytest.mark.parametrize("moment", range(4))
def test_sigterm_ends_it_within_five_seconds_at_any_moment(tmp_path: Path, moment: int) -> None:
    """From its first file on, through migration, start, loading of the model, judging and drafting."""
    folder = tmp_path / "town"
    folder.mkdir()
    with daemon(sandbox_folder(folder)) as running:
        wait_for(lambda: any(folder.glob("amends.db*")), "store")
        delay = random.uniform(0, 1.0) * moment  # noqa: S311 - no secret hangs on it
        time.sleep(delay)
        status, took = running.end()
        assert (status, took < 5) == (0, True), f"after {delay:.2f} s: {running.err}"
        assert "Traceback" not in running.err
    assert typed(folder, "poll").status == 0
    assert typed(folder, "status", "--json").objects[-1]["counts"]["flagged"] == 0


def test_after_a_kill_the_next_daemon_polls_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "town"
    folder.mkdir()
    with daemon(sandbox_folder(folder)) as running:
        wait_for((folder / "sandbox.jsonl").exists, "first poll")
        running.end(signal.SIGKILL)
    with daemon(folder) as running:
        wait_for(lambda: bool(drafted(folder)), "draft")


def test_a_spoiled_model_shows_in_status_and_its_mentions_wait_for_a_good_one(tmp_path: Path) -> None:
    folder = tmp_path / "town"
    folder.mkdir()
    sandbox_folder(folder)
    (folder / "mine.skops").write_bytes(b"no model")
    with (folder / "config.toml").open("a", encoding="utf-8") as config:
        config.write('[classifier]\nmodel = "mine.skops"\n')
    with daemon(folder) as running:
        wait_for(lambda: (folder / "amends.db").exists() and bool(states(folder)["sandbox"]["error"]), "trouble")
        assert "mine.skops" in str(states(folder)["sandbox"]["error"])
        assert running.end()[0] == 0
    sandbox_folder(folder)
    assert typed(folder, "poll").status == 0
    assert drafted(folder)


def test_the_sandbox_runs_without_a_config_and_says_what_it_wrote(tmp_path: Path) -> None:
    folder = tmp_path / "town"
    folder.mkdir()
    with daemon(folder, "run", "--sandbox") as running:
        wait_for(lambda: "Nothing is posted that a person has not approved" in running.out, "welcome")
        assert "wrote config.toml" in running.err
        assert running.end()[0] == 0
    assert typed(folder, "status").status == 0


def test_the_sandbox_never_runs_in_the_store_of_a_real_brand(tmp_path: Path) -> None:
    folder = tmp_path / "town"
    folder.mkdir()
    (folder / "config.toml").write_text('[brand]\nname = "Tarn"\n[platforms.mastodon]\n', encoding="utf-8")
    with daemon(folder, "run", "--sandbox") as running:
        wait_for(lambda: "amends --config sandbox/config.toml queue" in running.out, "hint with its config")
        assert running.end()[0] == 0
    assert (folder / "sandbox" / "amends.db").exists()
    assert not (folder / "amends.db").exists()
