"""The desk as one application: pages, their JSON counterparts, and how errors reach a person."""

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from desk.office import Office
from desk.pages.render import STATIC


def make_app(office: Office) -> FastAPI:
    """The desk of one office. It records decisions and never posts; it shares only the store with the daemon."""
    app = FastAPI(
        title="Amends: the desk",
        summary="What the pages do, as JSON.",
        openapi_url="/api/openapi.json",
        # Both would load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
    )
    app.state.office = office
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app
