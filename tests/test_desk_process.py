"""The desk as a process: beside the daemon, and alone."""

import signal
import socket
import time
from pathlib import Path

import requests
from processes import SOON, running, told
from typed import sandbox_folder


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
