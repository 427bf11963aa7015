"""The API keeps to its own document, whatever is sent to it: schemathesis makes up the requests."""

import re
import time
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
import requests
import schemathesis
from conftest import Clock
from deskroom import WHOLE, Room, desk_room
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy
from scenes import MORNING, drafted, mention, take_in
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from cases.plans import Role
from desk.access.secrets import fingerprint, new_secret

PROMISES = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 8
"""Requests to each operation by each role, of data that the document allows and of data that it does not."""
FEWEST = 40
"""How many operations there are at least."""
KNOWN = 4
"""How many cases there are; most numbers that are made up are led to one of them."""


AnyCase = Case[Any]
Operation = APIOperation[Any, Any, Any, Any]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with desk_room(tmp_path_factory.mktemp("desk"), Clock(MORNING)) as opened:
        for post in range(KNOWN):
            (case,) = take_in(opened.house.ledger, mention(f"p{post}"))
            drafted(opened.house.ledger, case, WHOLE)
        yield opened


def token_of(room: Room, name: str, role: Role) -> str:
    """A token of somebody new."""
    ledger, secret = room.house.ledger, new_secret()
    person = ledger.add_person(name, role, by="operator", now=room.clock())
    ledger.add_token(fingerprint(secret), person.id, label="test", now=room.clock())
    return secret


@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: f"{mode.value} data")
@pytest.mark.parametrize("role", [Role.AGENT, Role.ADMIN])
def test_every_answer_is_one_that_the_document_names(room: Room, role: Role, mode: GenerationMode) -> None:
    operations = documented(room)
    assert len(operations) >= FEWEST
    for number, operation in enumerate(operations):
        # What one operation does to who asks (a new role, a token revoked) is not the next one's matter.
        secret = token_of(room, f"{role} {mode.value} {number}", role)
        keeps_to_it(operation.as_strategy(generation_mode=mode), {"authorization": f"Bearer {secret}"})


def test_a_stranger_gets_nothing_whatever_they_ask(room: Room) -> None:
    for operation in documented(room):
        path = room.address + re.sub(r"\{.*?\}", "1", operation.path)
        for headers in ({}, {"authorization": "Bearer amends_guessed"}, {"cookie": "amends-session-80=guessed"}):
            answer = requests.request(operation.method, path, json={}, headers=headers, timeout=20)
            assert answer.status_code == HTTPStatus.UNAUTHORIZED, operation.label


def documented(room: Room) -> list[Operation]:
    """Every operation that the document names."""
    headers = {"authorization": f"Bearer {token_of(room, f'Reader {time.monotonic_ns()}', Role.AGENT)}"}
    schema = schemathesis.openapi.from_url(f"{room.address}/api/openapi.json", headers=headers)
    found = []
    for operation in schema.include(path_regex="^/api/").get_all_operations():
        assert isinstance(operation, Ok), operation
        found.append(operation.ok())
    return found


def keeps_to_it(cases: SearchStrategy[AnyCase], headers: dict[str, str]) -> None:
    """Ask as the strategy says; fails where an answer is not as documented."""

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def ask(case: AnyCase) -> None:
        for name, value in case.path_parameters.items():
            if isinstance(value, int) and value % 5:
                case.path_parameters[name] = value % KNOWN + 1
        case.call_and_validate(headers=headers, checks=PROMISES)

    ask()
