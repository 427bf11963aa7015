"""An HTTP proxy on loopback that stands before any real server and can be told to fail."""

import re
import select
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from platforms.stage import Fault

_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "content-length"})
_LIMIT_LASTS = timedelta(seconds=60)
_LONGEST_SLOWNESS = 60.0


def retry_after(until: datetime) -> dict[str, str]:
    """The plain HTTP way to say when to come back, in seconds."""
    return {"Retry-After": str(max(1, round((until - datetime.now(UTC)).total_seconds())))}


class FaultProxy:
    """Forwards every request to `target_url`, unless a fault is armed that fits it.

    A *write* is a POST whose path (without query) contains the regular expression `write_path`; a *read* is a GET. All
    else (signing in, say) always passes. `limit_headers` makes the headers of a 429 that tells when to come back from
    the moment of the reset. Slow requests hang until the client gives up, the proxy is healed or it is closed.
    """

    def __init__(
        self, target_url: str, write_path: str, limit_headers: Callable[[datetime], dict[str, str]] = retry_after
    ) -> None:
        parts = urlsplit(target_url)
        self.target = (parts.hostname or "127.0.0.1", parts.port or 80)
        self.requests: list[tuple[str, str]] = []
        """Method and path (with query) of all that came in, faults included."""
        self._write_path = re.compile(write_path)
        self._limit_headers = limit_headers
        self._guard = threading.Lock()
        self._read_faults: list[Fault] = []
        self._write_faults: list[Fault] = []
        self._healed = threading.Event()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="fault-proxy")

    @property
    def url(self) -> str:
        """Where clients should go, without a slash at the end."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def break_reads(self, fault: Fault, times: int = 1) -> None:
        """The next reads meet this fault."""
        with self._guard:
            self._read_faults.extend([fault] * times)
            self._healed.clear()

    def break_writes(self, fault: Fault, times: int = 1) -> None:
        """The next writes meet this fault."""
        with self._guard:
            self._write_faults.extend([fault] * times)
            self._healed.clear()

    def heal(self) -> None:
        """No more faults; what hangs is let go without an answer."""
        with self._guard:
            self._read_faults.clear()
            self._write_faults.clear()
            self._healed.set()

    def take_fault(self, method: str, path: str) -> Fault | None:
        """Note a request, and the fault that it meets."""
        with self._guard:
            self.requests.append((method, path))
            is_write = method == "POST" and self._write_path.search(urlsplit(path).path)
            armed = self._write_faults if is_write else self._read_faults if method == "GET" else []
            return armed.pop(0) if armed else None

    def limit_headers(self, fault: Fault) -> dict[str, str]:
        """The headers of a 429."""
        if fault is Fault.RATE_LIMITED_BARE:
            return {}
        return self._limit_headers(datetime.now(UTC) + _LIMIT_LASTS)

    def wait_until_given_up(self, client: socket.socket) -> None:
        """Hang until the client closes its end, or the proxy is healed."""
        for _ in range(round(_LONGEST_SLOWNESS / 0.05)):
            if self._healed.wait(0.05) or select.select([client], [], [], 0)[0]:
                return

    def close(self) -> None:
        """Stop serving, and wait for what is under way."""
        self.heal()
        self._server.shutdown()
        self._thread.join()
        self._server.hang_up()
        self._server.server_close()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    """One thread a connection, all joined at the end, so that no test leaves a socket behind."""

    daemon_threads = False
    block_on_close = True

    def __init__(self, proxy: FaultProxy) -> None:
        self.proxy = proxy
        self._clients: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), _Handler)

    def process_request(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        """Remember the connection, to hang up on those that clients keep alive."""
        if isinstance(request, socket.socket):
            self._clients.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        """Forget a connection that has ended."""
        if isinstance(request, socket.socket):
            self._clients.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that hung up is what the faults are about."""

    def hang_up(self) -> None:
        """End the connections that are still open."""
        for client in list(self._clients):
            try:
                client.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.server.proxy.take_fault(self.command, self.path)
        match fault:
            case None:
                self._forward(body)
            case Fault.RATE_LIMITED | Fault.RATE_LIMITED_BARE:
                self._answer(429, b'{"error": "Too many requests"}', self.server.proxy.limit_headers(fault))
            case Fault.SERVER_ERROR:
                self._answer(503, b"<html><body>Service unavailable</body></html>", {"Content-Type": "text/html"})
            case Fault.NONSENSE:
                self._answer(200, b"<html><body>Please sign in to the hotel's network</body></html>", {})
            case Fault.SLOW:
                self.server.proxy.wait_until_given_up(self.connection)
                self._drop()
            case Fault.CUT:
                self._drop()
            case Fault.ACCEPTED_THEN_CUT:
                self._ask_target(body)
                self._drop()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - so http.server finds them

    def _ask_target(self, body: bytes) -> tuple[HTTPResponse, bytes]:
        connection = HTTPConnection(*self.server.proxy.target, timeout=30)
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP}
            connection.request(self.command, self.path, body or None, headers)
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()

    def _forward(self, body: bytes) -> None:
        try:
            answer, content = self._ask_target(body)
        except (OSError, HTTPException):
            self._drop()
            return
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in _HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _answer(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _drop(self) -> None:
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing."""
