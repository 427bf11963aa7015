"""The desk as one application: pages, their JSON counterparts, and how errors reach a person."""

from http import HTTPStatus

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException as AnyHTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import Scope

from cases.errors import (
    AmendsError,
    MoveRefused,
    NotAllowed,
    NotFound,
    Overtaken,
    StoreError,
    TextChanged,
)
from cases.told import Joined, Told, words_of
from desk.access.settings import AccessSettings
from desk.access.wiring import protect
from desk.api import cases as api_cases
from desk.api import known as api_known
from desk.api import sample as api_sample
from desk.api import saved as api_saved
from desk.api import unsaved as api_unsaved
from desk.health import routes as health
from desk.live import seats, stream
from desk.live.feed import Feed
from desk.office import Office
from desk.pages import cases as case_pages
from desk.pages import known as known_pages
from desk.pages import sample as sample_pages
from desk.pages import saved as saved_pages
from desk.pages.render import STATIC, page, teller
from desk.reports import routes as reports
from desk.slips import of_an_address, slip

_STATUS: dict[type[AmendsError], int] = {
    NotFound: HTTPStatus.NOT_FOUND,
    Overtaken: HTTPStatus.CONFLICT,
    TextChanged: HTTPStatus.CONFLICT,
    MoveRefused: HTTPStatus.CONFLICT,
    NotAllowed: HTTPStatus.FORBIDDEN,
    StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""What each of our errors is in HTTP; another is a fault of ours."""

_PHRASES = {
    "Not Found": Told("nothing stands at this address; it may be mistyped, or older than what is here now"),
    "Method Not Allowed": Told("this address does not take that"),
    "sign in first": Told("sign in first"),
}
"""What the framework says in English."""

SECTIONS = frozenset({"/", "/promises", "/incidents", "/saved-replies", "/reports", "/health"})
"""The pages that the bar at the top leads to."""

_SMALLEST_ZIPPED = 1_000
"""Bytes below which packing an answer costs more than it saves."""


def make_app(office: Office, access: AccessSettings) -> FastAPI:
    """The desk of one office. It records decisions and never posts; it shares only the store with the daemon."""
    app = FastAPI(
        title="Amends: the desk",
        summary="What the pages do, as JSON.",
        openapi_url="/api/openapi.json",
        # Both would load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
    )
    app.state.office, app.state.sections = office, SECTIONS
    app.state.feed = Feed(office)
    app.mount("/static", _Kept(directory=STATIC), name="static")
    for part in (
        *(case_pages, known_pages, sample_pages, saved_pages, reports, health),
        *(api_cases, api_known, api_sample, api_saved, api_unsaved, stream, seats),
    ):
        app.include_router(part.router)
    app.add_middleware(GZipMiddleware, minimum_size=_SMALLEST_ZIPPED)
    app.add_exception_handler(AmendsError, _ours)
    app.add_exception_handler(AnyHTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    protect(app, office, access)
    return app


class _Kept(StaticFiles):
    """Static files, whose addresses change with them, so that a browser may keep them for good."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """One file, with leave to keep it."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def _wants_json(request: Request) -> bool:
    return request.url.path.startswith("/api/") or getattr(request.state, "person", None) is None


def _tell(request: Request, status: int, why: str) -> Response:
    if _wants_json(request):
        return JSONResponse({"detail": teller(request)(why)}, status)
    return page(request, "trouble.html.j2", {"status": status, "why": why}, status=status)


async def _ours(request: Request, error: Exception) -> Response:
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)
    return _tell(request, status, words_of(error))


async def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException | AnyHTTPException):
        raise error
    why = error.detail if isinstance(error.detail, Told) else _PHRASES.get(str(error.detail), str(error.detail))
    response = _tell(request, error.status_code, why)
    response.headers.update(error.headers or {})
    return response


async def _invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    errors, for_a_page = error.errors(), not _wants_json(request)
    if for_a_page and of_an_address(errors):
        return _tell(request, HTTPStatus.NOT_FOUND, _PHRASES["Not Found"])
    # A page's own script shows what it is told, and its reader knows a field by what stands above it.
    by_label = for_a_page or bool(getattr(request.state, "csrf", ""))
    return _tell(request, HTTPStatus.UNPROCESSABLE_ENTITY, Joined(slip(one, by_label=by_label) for one in errors))
