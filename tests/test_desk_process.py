"""The desk as a process: beside the daemon, and alone."""

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from typed import PROGRAM, sandbox_folder

SOON = 60.0


@contextmanager
def running(folder: Path, *words: str) -> "Iterator[subprocess.Popen[bytes]]":
    """`amends …` as a process of its own, what it says in `out` and `err` beside the folder."""
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with (folder.parent / "out").open("wb") as out, (folder.parent / "err").open("wb") as err:
        process = subprocess.Popen([PROGRAM, *words], cwd=folder, env=environment, stdout=out, stderr=err)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def told(folder: Path, pattern: str, stream: str = "out") -> str:
    """What it says, once it says so."""
    until = time.monotonic() + SOON
    while time.monotonic() < until:
        said = (folder.parent / stream).read_text(encoding="utf-8")
        if found := re.search(pattern, said):
            return found[0]
        time.sleep(0.1)
    message = f"never said {pattern}: {said}"
    raise AssertionError(message)


def answers(address: str) -> bool:
    try:
        return requests.get(f"{address}/sign-in", timeout=5).ok
    except requests.ConnectionError:
        return False


def test_it_is_served_beside_the_daemon_on_the_same_store_and_ends_with_it_however_that_dies(tmp_path: Path) -> None:
    folder = tmp_path / "town"
    folder.mkdir()
    sandbox_folder(folder)
    with running(folder, "run") as process:
        link = told(folder, r"http://127\.0\.0\.1:\d+/\S+")
        address = link.split("/welcome", 1)[0]
        told(folder, "case 1 +drafted")
        assert answers(address)
        process.send_signal(signal.SIGKILL)
        process.wait()
        until = time.monotonic() + SOON
        while answers(address):
            assert time.monotonic() < until, "the desk outlived the daemon"
            time.sleep(0.2)


def test_alone_it_ends_in_order_with_a_signal(tmp_path: Path) -> None:
    folder = tmp_path / "town"
    folder.mkdir()
    sandbox_folder(folder)
    with running(folder, "desk") as process:
        address = told(folder, r"http://127\.0\.0\.1:\d+")
        assert answers(address)
        process.send_signal(signal.SIGTERM)
        assert process.wait(SOON) in {0, -signal.SIGTERM}


def test_a_port_that_is_taken_is_told_with_the_setting_that_names_it(tmp_path: Path) -> None:
    folder = tmp_path / "town"
    folder.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        config = f'[brand]\nname = "Parcelo"\n[desk]\nport = {port}\n[platforms.sandbox]\n'
        (folder / "config.toml").write_text(config, encoding="utf-8")
        with running(folder, "desk") as process:
            assert process.wait(SOON) == 1
        assert f"port {port}" in told(folder, r"can't listen.*\[desk\] port", "err")
