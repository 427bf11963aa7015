"""A PostgreSQL server of our own on loopback, made once a run; each test gets an empty database."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

_started: dict[str, str] = {}


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def _as_postgres() -> list[str]:
    """Before a command: become the user postgres where we are root, since initdb refuses root."""
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam("postgres")
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _start(session: pytest.Session) -> str:
    binaries = _binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed: tests/live_setup.sh installs it (Debian: postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="amends-postgres-"))
    become = _as_postgres()
    if become:
        shutil.chown(folder, "postgres", "postgres")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = folder / "data"
    made = [
        *become,
        str(binaries / "initdb"),
        "-D",
        str(data),
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--no-sync",
    ]
    subprocess.run(made, check=True, capture_output=True, cwd=folder)
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} -c fsync=off"
    server = [str(binaries / "pg_ctl"), "-D", str(data)]
    start = [*become, *server, "-w", "-l", str(folder / "log"), "-o", options, "start"]
    subprocess.run(start, check=True, capture_output=True, cwd=folder)

    def stop() -> None:
        subprocess.run([*become, *server, "-m", "immediate", "stop"], check=False, capture_output=True, cwd=folder)
        shutil.rmtree(folder, ignore_errors=True)

    session.config.add_cleanup(stop)
    return f"postgresql+psycopg://postgres@127.0.0.1:{port}"


def postgres_url(request: pytest.FixtureRequest) -> str:
    """The address of a new, empty database; skips with the reason where PostgreSQL can't be had."""
    if "server" not in _started:
        _started["server"] = _start(request.session)
    name = f"amends_{uuid.uuid4().hex[:12]}"
    engine = create_engine(f"{_started['server']}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return f"{_started['server']}/{name}"
