"""What the API says of people: documented JSON."""

from datetime import datetime
from typing import Annotated, Any, Self

from fastapi import Path
from pydantic import BaseModel, Field

from cases.people import ApiToken, Person
from cases.plans import Role
from desk.answers import Trouble

Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="The number by which the store knows it.")]

NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"model": Trouble, "description": "Nothing of that number."}}


class PersonAnswer(BaseModel):
    """Somebody who works at the desk. `name` is what decisions carry."""

    id: int
    name: str
    role: Role
    disabled: bool
    sso: str = Field(description="The name under which the sign-in provider knows them, or empty.")
    has_password: bool
    created_at: datetime

    @classmethod
    def of(cls, person: Person) -> Self:
        """The same as JSON."""
        return cls(
            id=person.id,
            name=person.name,
            role=person.role,
            disabled=person.disabled,
            sso=person.sso,
            has_password=person.has_password,
            created_at=person.created_at,
        )


class MeAnswer(PersonAnswer):
    """Yourself, with how the desk looks for you and what your role may do."""

    language: str
    zone: str
    single_keys: bool
    actions: list[str]


class TokenAnswer(BaseModel):
    """A token for the API, without its secret."""

    id: int
    label: str
    made_at: datetime
    seen_at: datetime | None

    @classmethod
    def of(cls, token: ApiToken) -> Self:
        """The same as JSON."""
        return cls(id=token.id, label=token.label, made_at=token.made_at, seen_at=token.seen_at)


class NewTokenAnswer(TokenAnswer):
    """A new token with its secret, which is never shown again."""

    token: str


class LinkAnswer(BaseModel):
    """A one-time link for one person, which is never shown again; hand it over in private."""

    person: PersonAnswer
    url: str
