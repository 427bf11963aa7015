"""Who works at the desk, and what each role may do there.

`PERMISSIONS` is the one table that says so: pages, the API and tests are made from it.
"""

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cases.errors import NotAllowed
from cases.plans import Role
from cases.told import Told, named

LONGEST_NAME = 64
"""Characters of a person's name."""

RESERVED = frozenset({"amends", "*"})
"""Names under which Amends itself writes."""


class Action(StrEnum):
    """What somebody may want to do at the desk."""

    READ = "read"
    """See the queue, cases, promises, incidents, reports and health."""
    WRITE = "write"
    """Edit a draft, ask for changes, note a finding or a grant, set a line of the plan."""
    APPROVE = "approve"
    """Approve a text, take an approval back; `approval_stop` says more."""
    SORT = "sort"
    """Assign, snooze, escalate, dismiss, correct, flag, close, post by hand, say where a case went on."""
    OVERRIDE = "override"
    """Approve in spite of what stands against a text, or grant over a budget, with a reason."""
    INCIDENT = "incident"
    """Prepare, declare and close incidents."""
    PAUSE = "pause"
    """Stop sending, and start it again."""
    SAVED_REPLY = "saved_reply"
    """Write and delete replies that all use."""
    FORGET = "forget"
    """Erase what is kept of an author."""
    MODEL = "model"
    """Choose which model judges."""
    PEOPLE = "people"
    """Invite people, change their role, shut them out."""


_AGENT = frozenset({Action.READ, Action.WRITE, Action.APPROVE, Action.SORT})
_LEAD = _AGENT | {Action.OVERRIDE, Action.INCIDENT, Action.PAUSE, Action.SAVED_REPLY, Action.FORGET}

PERMISSIONS: Mapping[Role, frozenset[Action]] = {
    Role.AGENT: _AGENT,
    Role.LEAD: _LEAD,
    Role.ADMIN: _LEAD | {Action.MODEL, Action.PEOPLE},
}
"""What each role may do; each may what the one before may."""

_RANK = {role: rank for rank, role in enumerate(Role)}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works at the desk. `name` is what decisions carry; it never changes."""

    id: int
    name: str
    role: Role
    created_at: datetime
    language: str = ""
    """A tag of the desk's languages; "" follows the browser."""
    zone: str = ""
    """An IANA time zone; "" is the brand's."""
    single_keys: bool = True
    """Whether single keys are shortcuts (WCAG 2.1.4)."""
    disabled: bool = False
    sso: str = ""
    """The name under which the sign-in provider knows them; "" where they sign in here."""
    has_password: bool = False

    def may(self, action: Action) -> bool:
        """Whether their role allows an action."""
        return not self.disabled and action in PERMISSIONS[self.role]


class LinkPurpose(StrEnum):
    """What a one-time link is for."""

    FIRST_ADMIN = "first_admin"
    """Whoever opens it becomes the first admin."""
    INVITATION = "invitation"
    """A person chooses their password, for the first time or anew."""
    SANDBOX = "sandbox"
    """Signs in at once, where nothing real can be said."""


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time link as it is kept: never its secret. `person` is whom it is for; None for the first admin's."""

    purpose: LinkPurpose
    person: int | None
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class AccessEntry:
    """One line of the access log: `who` let `whom` in, gave them a role, or shut them out."""

    id: int
    at: datetime
    who: str
    action: str
    whom: str
    why: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that has not ended: whose, since when, and when it was last used, to within a minute."""

    name: str
    since: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A person's token for the API as it is kept: never its secret."""

    id: int
    label: str
    made_at: datetime
    seen_at: datetime | None
    """When it was last used, to within a minute."""


def check_may(person: Person, action: Action) -> None:
    """Raise `NotAllowed`, naming who could, unless the person may do this."""
    if not person.may(action):
        least = next(role for role in Role if action in PERMISSIONS[role])
        message = Told(
            "%(name)s is %(role)s here, and this (%(action)s) takes a role of %(least)s",
            name=person.name,
            role=named(person.role),
            action=named(action),
            least=named(least),
        )
        raise NotAllowed(message)


def at_least(role: Role, other: Role) -> bool:
    """Whether a role may all that the other may."""
    return _RANK[role] >= _RANK[other]


def approval_stop(
    person: Person, *, handler: Role, needed: int, standing: Mapping[str, Role | None], escalated_by: Collection[str]
) -> str:
    """Why a person may not add their approval to a text now, in words; "" where they may.

    `handler` is the least role that decides such a case alone (the plan's), `needed` how many people must approve,
    `standing` the others whose approval of this very text stands, with their role (None: the terminal, which belongs
    to the operator), `escalated_by` who escalated the case. An approval that is not the last one needed is only a vote:
    then the rule on authority waits for the next.
    """
    if not person.may(Action.APPROVE):
        return Told("%(name)s may not approve here", name=person.name)
    own = name_key(person.name)
    others = {name_key(name): role for name, role in standing.items() if name_key(name) != own}
    if own in {name_key(name) for name in escalated_by} and not others:
        return Told("you escalated this case yourself: somebody else must approve it first")
    enough = any(role is None or at_least(role, handler) for role in (*others.values(), person.role))
    if len(others) + 1 >= needed and not enough:
        return Told("this case is decided by a %(role)s: ask one to approve it", role=named(handler))
    return ""


def plan_stop(person: Person, *, handler: Role, line: str, value: str) -> str:
    """Why a person may not set this line of a case's plan, in words; "" where they may.

    `handler` is who decides the case as it stands. Below that nobody changes who decides it, what is offered, or how
    much is admitted; anybody may ask for somebody who may do more.
    """
    if at_least(person.role, handler) or line not in _WEIGHTY:
        return ""
    if line == "handler" and value in set(Role) and at_least(Role(value), handler):
        return ""
    return Told(
        "this case is decided by a %(role)s: ask one to set its %(line)s", role=named(handler), line=named(line)
    )


_WEIGHTY = frozenset({"handler", "remedy", "goodwill", "wording"})


def grant_stop(person: Person, in_all: float, authority: Mapping[Role, float]) -> str:
    """Why a person may not grant what would make so much in all for one case, in words; "" where they may.

    In all, or else a great grant would be many small ones. A role that `authority` leaves out has no bound.
    """
    bound = authority.get(person.role)
    if bound is None or in_all <= bound:
        return ""
    return Told(
        "%(name)s grants a case up to %(bound)s alone, and this makes %(sum)s: ask who may grant more",
        name=person.name,
        bound=float(bound),
        sum=float(in_all),
    )


def name_key(name: str) -> str:
    """What two ways to write one name have in common."""
    return unicodedata.normalize("NFKC", name).casefold()


def clean_name(name: str) -> str:
    """A name as it is kept. Raises `NotAllowed` for one that is empty, too long, reserved or not plainly written."""
    clean = " ".join(unicodedata.normalize("NFKC", name).split())
    # The zero-width non-joiner is part of Persian spelling, and of Persian names.
    odd = [char for char in clean if unicodedata.category(char).startswith("C") and char != "\u200c"]
    if not clean or len(clean) > LONGEST_NAME or odd or name_key(clean) in RESERVED:
        message = f"a name has 1 to {LONGEST_NAME} visible characters, and is not one of {', '.join(sorted(RESERVED))}"
        raise NotAllowed(message)
    return clean
