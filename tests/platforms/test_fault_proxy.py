"""The proxy that plays a failing network must itself be right, or every fault scene proves nothing."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
from platforms.fault_proxy import FaultProxy
from platforms.stage import Fault


class Target(ThreadingHTTPServer):
    """A server that notes what it carried out."""

    daemon_threads = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), TargetHandler)
        self.done: list[tuple[str, str, bytes]] = []


class TargetHandler(BaseHTTPRequestHandler):
    """Answers with what it was asked."""

    server: Target

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.done.append((self.command, self.path, body))
        answer = f"{self.command} {self.path} {body.decode()}".encode()
        self.send_response(201)
        self.send_header("X-Kept", "yes")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = _serve  # noqa: N815 - so http.server finds them

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing."""


@pytest.fixture
def target() -> Iterator[Target]:
    """A server on loopback."""
    with Target() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def proxy(target: Target) -> Iterator[FaultProxy]:
    """A proxy before it, for which posting to /posts is the write."""
    with FaultProxy(f"http://127.0.0.1:{target.server_port}", r"^/posts$") as proxy:
        yield proxy


@pytest.fixture
def client() -> Iterator[requests.Session]:
    """A client that keeps connections alive, as libraries do."""
    with requests.Session() as session:
        yield session


def test_passes_on_status_headers_and_bodies(proxy: FaultProxy, client: requests.Session) -> None:
    """Without a fault the proxy can't be told from the server."""
    read = client.get(f"{proxy.url}/posts?page=2", timeout=5)
    written = client.post(f"{proxy.url}/posts", data=b"hello", timeout=5)
    assert (read.status_code, read.text, read.headers["X-Kept"]) == (201, "GET /posts?page=2 ", "yes")
    assert written.text == "POST /posts hello"
    assert proxy.requests == [("GET", "/posts?page=2"), ("POST", "/posts")]


def test_faults_meet_only_what_they_were_armed_for(proxy: FaultProxy, client: requests.Session) -> None:
    """A fault on reads leaves writes alone, a fault on writes leaves other posts alone, and each is used up."""
    proxy.break_reads(Fault.SERVER_ERROR)
    assert client.post(f"{proxy.url}/posts", timeout=5).status_code == 201
    assert [client.get(proxy.url, timeout=5).status_code for _ in range(2)] == [503, 201]
    proxy.break_writes(Fault.SERVER_ERROR, times=2)
    assert client.post(f"{proxy.url}/token", timeout=5).status_code == 201
    assert [client.post(f"{proxy.url}/posts", timeout=5).status_code for _ in range(3)] == [503, 503, 201]


def test_only_the_telling_rate_limit_says_until_when(proxy: FaultProxy, client: requests.Session) -> None:
    """RATE_LIMITED carries the headers that it was given to carry, RATE_LIMITED_BARE none."""
    proxy.break_reads(Fault.RATE_LIMITED)
    proxy.break_reads(Fault.RATE_LIMITED_BARE)
    telling, bare = client.get(proxy.url, timeout=5), client.get(proxy.url, timeout=5)
    assert (telling.status_code, bare.status_code) == (429, 429)
    assert 55 <= int(telling.headers["Retry-After"]) <= 60
    assert "Retry-After" not in bare.headers


@pytest.mark.parametrize(
    ("fault", "carried_out"), [(Fault.CUT, False), (Fault.SLOW, False), (Fault.ACCEPTED_THEN_CUT, True)]
)
def test_no_answer_says_nothing_of_what_was_done(
    fault: Fault, *, carried_out: bool, proxy: FaultProxy, target: Target, client: requests.Session
) -> None:
    """The client sees a lost line either way; only after ACCEPTED_THEN_CUT has the server done it."""
    proxy.break_writes(fault)
    with pytest.raises(requests.RequestException):
        client.post(f"{proxy.url}/posts", data=b"once", timeout=0.3)
    assert (target.done == [("POST", "/posts", b"once")]) is carried_out


def test_nonsense_is_a_200_that_was_not_asked_for(proxy: FaultProxy, target: Target, client: requests.Session) -> None:
    """Nothing is carried out, and the body is no JSON."""
    proxy.break_writes(Fault.NONSENSE)
    answer = client.post(f"{proxy.url}/posts", timeout=5)
    assert answer.status_code == 200
    with pytest.raises(requests.JSONDecodeError):
        answer.json()
    assert target.done == []


def test_healing_takes_back_what_was_armed(proxy: FaultProxy, client: requests.Session) -> None:
    """After heal() no fault is left."""
    proxy.break_reads(Fault.SERVER_ERROR, times=5)
    proxy.heal()
    assert client.get(proxy.url, timeout=5).status_code == 201
