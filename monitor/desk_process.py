"""The desk as a process of its own: served by this one, or beside the daemon by another."""

import multiprocessing
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
import uvicorn

from cases.errors import AmendsError, ConfigError
from desk.access.doors import start_link
from desk.access.settings import AccessSettings, Provider
from desk.app import make_app
from monitor.config import Config, load_config
from monitor.house import House
from monitor.logs import set_up_logs
from monitor.secrets import read_secret, variable
from monitor.terminal import say, warn

GRACE = 2
"""Seconds that open connections get at the end: live views hold theirs for as long as we let them."""

log = structlog.get_logger(__name__)


def serve_desk(config: Config) -> None:
    """Serve the desk until SIGINT or SIGTERM, or until the process that started this one has died.

    Prints where it is, with a one-time link where nobody could sign in otherwise. Raises `ConfigError` where it can't
    listen, and `StoreError`.
    """
    with House(config) as house, _listening(config) as (listener, address):
        settings = access_settings(house, address)
        server = uvicorn.Server(
            uvicorn.Config(
                make_app(house, settings),
                log_level="warning",
                # Addresses hold no secrets, but who read what when is nobody's business.
                access_log=False,
                ws="none",
                server_header=False,
                timeout_graceful_shutdown=GRACE,
            )
        )
        say(f"The desk is at {start_link(house, settings) or settings.url}")
        _end_with_parent(server)
        server.run(sockets=[listener])


def access_settings(house: House, address: str) -> AccessSettings:
    """How access is set up for a desk that listens at an address. Raises `ConfigError` for a secret that is missing."""
    desk = house.config.desk
    return AccessSettings(
        url=desk.url or address,
        sandbox=house.is_sandbox,
        session=desk.session,
        idle=desk.idle,
        provider=_provider(house),
    )


def _provider(house: House) -> Provider | None:
    oidc = house.config.desk.oidc
    if oidc is None:
        return None
    secret = read_secret("oidc", "client_secret", house.environment)
    if secret is None:
        key = variable("oidc", "client_secret")
        message = f"[desk.oidc] needs {key}: set it in the environment, or name a file with the secret in {key}_FILE"
        raise ConfigError(message)
    return Provider(oidc.issuer, oidc.client_id, secret, claim=oidc.claim, label=oidc.label)


@contextmanager
def desk_beside(config: Config) -> Iterator[None]:
    """Serve the desk from another process for as long as the context lasts; its trouble is told, and stays its own."""
    # Threads and open databases don't survive a fork.
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(config.path,), name="desk")
    process.start()
    try:
        yield
    finally:
        process.terminate()
        process.join(GRACE + 1)
        if process.is_alive():
            process.kill()
            process.join()


def _serve(path: Path) -> None:
    config = load_config(path)
    set_up_logs(config.log.level)
    try:
        serve_desk(config)
    except AmendsError as error:
        warn(f"no desk: {error}", style="red")
        log.error("the desk could not be served", action="desk", error=str(error))


@contextmanager
def _listening(config: Config) -> Iterator[tuple[socket.socket, str]]:
    host, port = config.desk.host, config.desk.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        message = (
            f"the desk can't listen on {host}, port {port}: {error.strerror or error}. Choose another [desk] port in "
            f"{config.path}"
        )
        raise ConfigError(message) from error
    with listener:
        shown = f"[{host}]" if ":" in host else host
        yield listener, f"http://{shown}:{listener.getsockname()[1]}"


def _end_with_parent(server: uvicorn.Server) -> None:
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        server.should_exit = True

    threading.Thread(target=watch, name="parent", daemon=True).start()
