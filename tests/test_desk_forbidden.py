"""Each way to change something at the desk, tried by each role; none is forgotten, since the application lists them."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
import requests
from conftest import Clock
from deskroom import Room, desk_room
from fastapi import FastAPI
from fastapi.routing import APIRoute
from scenes import MORNING

from cases.people import PERMISSIONS, Action
from cases.plans import Role
from desk.access.settings import AccessSettings
from desk.acts import ACTS
from desk.app import make_app


class Way(NamedTuple):
    """One route that changes something, and whose it is. A form comes as its fields, what the API takes as JSON."""

    method: str
    path: str
    body: dict[str, object]
    action: Action


INCIDENT: dict[str, object] = {"name": "Flood", "owner": "Ana", "keywords": {"en": ["flood"]}}
BULK: dict[str, object] = {"act": "assign", "cases": [1], "assignee": ""}
SAVED: dict[str, object] = {"title": "Late", "language": "en", "text": "We lost your parcel."}
WAYS = [
    Way("POST", "/bulk", BULK, Action.SORT),
    Way("POST", "/api/bulk", BULK, Action.SORT),
    Way("POST", "/sample/{mention}", {"complaint": "no"}, Action.SORT),
    Way("POST", "/api/sample/{mention}", {"complaint": False}, Action.SORT),
    Way("POST", "/saved-replies", SAVED, Action.SAVED_REPLY),
    Way("POST", "/api/saved-replies", {**SAVED, "title": "Late, by {role}"}, Action.SAVED_REPLY),
    Way("POST", "/saved-replies/{number}", SAVED, Action.SAVED_REPLY),
    Way("PUT", "/api/saved-replies/{number}", SAVED, Action.SAVED_REPLY),
    Way("POST", "/saved-replies/{number}/delete", {}, Action.SAVED_REPLY),
    Way("DELETE", "/api/saved-replies/{number}", {}, Action.SAVED_REPLY),
    Way("POST", "/promises/{number}/keep", {}, Action.SORT),
    Way("POST", "/api/promises/{number}/keep", {}, Action.SORT),
    Way("POST", "/incidents", {"name": "Flood", "state": "open", "keywords_en": "flood"}, Action.INCIDENT),
    Way("POST", "/api/incidents", INCIDENT, Action.INCIDENT),
    Way("POST", "/incidents/close", {"name": "Flood"}, Action.INCIDENT),
    Way("POST", "/api/incidents/close", {"name": "Flood"}, Action.INCIDENT),
    Way("POST", "/health/pause", {"platform": "*", "reason": "fire"}, Action.PAUSE),
    Way("POST", "/api/health/pause", {"platform": "*", "reason": "fire"}, Action.PAUSE),
    Way("POST", "/health/resume", {"platform": "*"}, Action.PAUSE),
    Way("POST", "/api/health/resume", {"platform": "*"}, Action.PAUSE),
    Way("POST", "/people", {"name": "Zoe", "role": "agent"}, Action.PEOPLE),
    Way("POST", "/api/people", {"name": "Iva", "role": "agent"}, Action.PEOPLE),
    Way("POST", "/people/{number}", {"role": "agent"}, Action.PEOPLE),
    Way("PATCH", "/api/people/{number}", {"role": "agent"}, Action.PEOPLE),
    Way("POST", "/people/{number}/link", {}, Action.PEOPLE),
    Way("POST", "/api/people/{number}/link", {}, Action.PEOPLE),
]
PAGES = {"/people": Action.PEOPLE}
"""Pages that not everybody may see, and the API's counterparts below `/api`."""

OWN = (
    "/sign-in",
    "/sign-out",
    "/welcome",
    "/account",
    "/api/me",
    "/saved-views",
    "/api/saved-views",
    "/api/presence",
    "/api/unsaved",
    "/unsaved",
)
"""What is a person's own, or opens the door: no role stands before it."""
JUDGES = {"/api/lint"}
"""What is sent only to be judged, and changes nothing."""
SAFE = {"GET", "HEAD", "OPTIONS"}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with desk_room(tmp_path_factory.mktemp("desk"), Clock(MORNING)) as opened:
        yield opened


def sent(room: Room, role: Role, way: Way) -> requests.Response:
    """What somebody of a role gets; number 999 is nobody's."""
    seat = room.come_in(f"Mina the {role}", role)
    path = room.address + way.path.replace("{number}", "999").replace("{mention}", "999")
    # One title stands once, and whoever comes first has it.
    body = {key: value.replace("{role}", role) if isinstance(value, str) else value for key, value in way.body.items()}
    if way.path.startswith("/api/"):
        return seat.browser.request(
            way.method, path, json=body, headers={"x-csrf-token": seat.csrf}, timeout=20, allow_redirects=False
        )
    form = {"csrf": seat.csrf, **body}
    return seat.browser.request(way.method, path, data=form, timeout=20, allow_redirects=False)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way.method} {way.path}")
@pytest.mark.parametrize("role", Role)
def test_a_role_may_what_the_table_says_and_is_told_who_may_the_rest(room: Room, role: Role, way: Way) -> None:
    answer = sent(room, role, way)
    told = "takes a role of" in answer.text
    assert told == (way.action not in PERMISSIONS[role]), answer.text
    if told:
        assert answer.status_code == 403
    else:
        # What is asked for is well formed, so that a refusal above is the role's alone.
        assert answer.status_code in {200, 201, 303, 404, 409} or "{" in way.path, answer.text


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("role", Role)
def test_a_page_that_is_not_for_a_role_is_not_shown_nor_linked(room: Room, role: Role, path: str) -> None:
    seat = room.come_in(f"Mina the {role}", role)
    may = PAGES[path] in PERMISSIONS[role]
    for place in (path, f"/api{path}"):
        assert seat.browser.get(room.address + place, timeout=20).status_code == (200 if may else 403)
    assert (f'href="{path}"' in seat.page("/")) == may


def test_no_way_is_left_out_of_the_table(room: Room) -> None:
    named = {(way.method, way.path) for way in WAYS}
    named |= {("POST", f"{start}/cases/{{case_id}}/{act.name}") for act in ACTS for start in ("", "/api")}
    unknown = {
        (method, path)
        for method, path in unsafe(make_app(room.house, AccessSettings(url="http://127.0.0.1")))
        if (method, path) not in named and path not in JUDGES and not path.startswith(OWN)
    }
    assert unknown == set()


def unsafe(app: FastAPI) -> set[tuple[str, str]]:
    """Each route that may change something."""
    routes = [route for route in app.routes if isinstance(route, APIRoute)]
    return {(method, route.path) for route in routes for method in (route.methods or set()) - SAFE}
