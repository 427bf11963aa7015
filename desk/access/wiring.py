"""Puts access around an application."""

from fastapi import FastAPI

from desk.access import account, log_pages, people, provider_pages, sign_in
from desk.access.guard import Guard
from desk.access.settings import AccessSettings
from desk.office import Office


def protect(app: FastAPI, office: Office, settings: AccessSettings) -> None:
    """Put the guard around an application, and add the pages and the API of access to it.

    Routes that are added later are guarded too. `app.state.access` holds the settings and `app.state.office` the office
    from then on.
    """
    app.state.access, app.state.office = settings, office
    for router in (sign_in.router, provider_pages.router, account.router, log_pages.router, people.router):
        app.include_router(router)
    app.add_middleware(Guard, office=office, settings=settings)
