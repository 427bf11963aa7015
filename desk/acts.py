"""Every decision about one case, as a person may make it: the pages and the API are both made from `ACTS`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel

from cases.case import Case
from cases.drafts import Approval as Standing
from cases.errors import CaseError, NotAllowed
from cases.lifecycle import Status
from cases.people import Action, Person, check_may, grant_stop, plan_stop
from cases.posts import as_post
from cases.purposes import Purpose
from cases.told import Told, words_of
from desk import decisions, follow, known
from desk.casefile import stop_for
from desk.office import Office
from desk.requests import (
    Approval,
    Assigned,
    Because,
    Bulk,
    Correction,
    Edit,
    Following,
    Found,
    Granted,
    Line,
    Nothing,
    Place,
    Snoozed,
)

Body = TypeVar("Body", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Act:
    """One decision: what it takes (`body`), and what a role must allow (`action`).

    `carry_out` raises the `CaseError`s of the rules that stand in its way. `leaves`: with it the case is off the desk,
    and the next one is shown.
    """

    name: str
    body: type[BaseModel]
    action: Action
    carry_out: Callable[[Office, Person, int, BaseModel], Case]
    summary: str
    leaves: bool = False


def _act(
    name: str,
    body: type[Body],
    action: Action,
    carry_out: Callable[[Office, Person, int, Body], Case],
    summary: str,
    *,
    leaves: bool = False,
) -> Act:
    """An act whose body is checked, so that a table of them all needs no casts."""

    def checked(office: Office, person: Person, case: int, given: BaseModel) -> Case:
        check_may(person, action)
        return carry_out(
            office, person, case, given if isinstance(given, body) else body.model_validate(given.model_dump())
        )

    return Act(name, body, action, checked, summary, leaves)


def _approve(office: Office, person: Person, number: int, given: Approval) -> Case:
    if given.override:
        check_may(person, Action.OVERRIDE)
    case = office.ledger.case(number)
    plan = office.plan(as_post(case.mention, office.brand), case)
    events = office.ledger.events(number)
    if stop := stop_for(office, person, case, plan, events):
        raise NotAllowed(stop)

    def stop_at_last(given: Sequence[Standing]) -> str:
        # Two who press at once were each the first when they were asked above.
        return stop_for(office, person, case, plan, events, given=given)

    text = given.text if given.text is not None and given.text.strip() else None
    return decisions.approve(
        office,
        number,
        who=person.name,
        text=text,
        seen=given.hash,
        override=given.override.strip(),
        stop=stop_at_last,
    )


def _edit(office: Office, person: Person, number: int, given: Edit) -> Case:
    return decisions.edit(office, number, who=person.name, text=given.text, seen=given.hash)


def _undo(office: Office, person: Person, number: int, given: Nothing) -> Case:  # noqa: ARG001 - acts are called alike
    return decisions.undo(office, number, who=person.name)


def _moves_to(status: Status) -> Callable[[Office, Person, int, Because], Case]:
    def move(office: Office, person: Person, number: int, given: Because) -> Case:
        return office.ledger.move(
            number, status, who=person.name, action=str(status), why=given.reason.strip(), now=office.clock()
        )

    return move


def _no_complaint(office: Office, person: Person, number: int, given: Nothing) -> Case:  # noqa: ARG001 - see above
    why = "not a complaint"
    return office.ledger.move(
        number, Status.DISMISSED, who=person.name, action="dismissed", why=why, now=office.clock()
    )


def _private(office: Office, person: Person, number: int, given: Nothing) -> Case:  # noqa: ARG001 - see above
    return office.ledger.move(number, Status.IN_PRIVATE, who=person.name, action="in_private", now=office.clock())


def _close(office: Office, person: Person, number: int, given: Because) -> Case:
    return decisions.close(office, number, who=person.name, why=given.reason.strip())


def _correct(office: Office, person: Person, number: int, given: Correction) -> Case:
    if given.category is None and given.severity is None:
        message = Told("say what is to be corrected: the category, the severity or both")
        raise NotAllowed(message)
    return decisions.correct(office, number, who=person.name, category=given.category, severity=given.severity)


def _by_hand(office: Office, person: Person, number: int, given: Place) -> Case:
    return decisions.by_hand(office, number, who=person.name, url=given.url.strip() or None)


def _settle(office: Office, person: Person, number: int, given: Place) -> Case:
    return decisions.settle(office, number, who=person.name, url=given.url.strip() or None)


def _find(office: Office, person: Person, number: int, given: Found) -> Case:
    cause, damage = given.cause.strip(), given.damage.strip()
    return known.find(office, number, given.finding, cause=cause, damage=damage, who=person.name)


def _plan(office: Office, person: Person, number: int, given: Line) -> Case:
    case = office.ledger.case(number)
    handler = office.plan(as_post(case.mention, office.brand), case).handler
    if stop := plan_stop(person, handler=handler, line=given.name.strip(), value=given.value.strip()):
        raise NotAllowed(stop)
    return known.overrule(office, number, [f"{given.name}={given.value}"], who=person.name)


def _grant(office: Office, person: Person, number: int, given: Granted) -> Case:
    if given.override:
        check_may(person, Action.OVERRIDE)
    in_all = office.ledger.granted(case=number) + given.value
    if stop := grant_stop(person, in_all, office.policy.authority):
        raise NotAllowed(stop)
    known.grant(office, number, words=given.words, value=given.value, who=person.name, override=given.override)
    return office.ledger.case(number)


def _follow(office: Office, person: Person, number: int, given: Following) -> Case:
    text = given.text if given.text is not None and given.text.strip() else None
    return follow.write(office, number, Purpose(given.purpose), who=person.name, text=text)


def _drop(office: Office, person: Person, number: int, given: Nothing) -> Case:  # noqa: ARG001 - see above
    return follow.drop(office, number, who=person.name)


def _assign(office: Office, person: Person, number: int, given: Assigned) -> Case:
    name = " ".join(given.assignee.split())
    if name:
        known_person = office.ledger.person_named(name)
        if known_person is None or known_person.disabled:
            message = Told("nobody at the desk is called %(name)s", name=name)
            raise NotAllowed(message)
        name = known_person.name
    return office.ledger.assign(number, name or None, who=person.name, now=office.clock())


def _snooze(office: Office, person: Person, number: int, given: Snoozed) -> Case:
    until = known.read_moment(office, given.until.strip()) if given.until.strip() else None
    return office.ledger.snooze(number, until, who=person.name, now=office.clock())


_W, _S = Action.WRITE, Action.SORT

ACTS = (
    _act("approve", Approval, Action.APPROVE, _approve, "Approve these exact words", leaves=True),
    _act("edit", Edit, _W, _edit, "Save a new revision"),
    _act("undo", Nothing, Action.APPROVE, _undo, "Take back an approval before it leaves, or a dismissal"),
    _act("request-changes", Because, _W, _moves_to(Status.CHANGES_REQUESTED), "Ask for other words", leaves=True),
    _act("dismiss", Because, _S, _moves_to(Status.DISMISSED), "Say that a case is not ours to answer", leaves=True),
    _act("not-a-complaint", Nothing, _S, _no_complaint, "Say that a post is no complaint", leaves=True),
    _act("correct", Correction, _S, _correct, "Correct the category or the severity"),
    _act("assign", Assigned, _S, _assign, "Make a case somebody's, or nobody's"),
    _act("snooze", Snoozed, _S, _snooze, "Put a case out of sight until a moment", leaves=True),
    _act("escalate", Because, _S, _moves_to(Status.ESCALATED), "Hand a case to somebody who may do more", leaves=True),
    _act("by-hand", Place, _S, _by_hand, "Post by hand; with an address: it was posted there"),
    _act("settle", Place, _S, _settle, "Say what became of a reply that stays unknown"),
    _act("private", Nothing, _S, _private, "Note that the talk goes on in private", leaves=True),
    _act("resolve", Because, _S, _moves_to(Status.RESOLVED), "Mark the matter as settled", leaves=True),
    _act("close", Because, _S, _close, "Close a case for good", leaves=True),
    _act("finding", Found, _W, _find, "Note what looking into the matter showed"),
    _act("plan", Line, _W, _plan, "Set a line of the plan, or give it back"),
    _act("follow-up", Following, _W, _follow, "Draft an update, the settled line, or the question some days later"),
    _act("drop", Nothing, _W, _drop, "Give up what is drafted beside an answer that stands"),
    _act("grant", Granted, _W, _grant, "Note what the customer was given"),
)
"""All of them, by the last part of their address."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One case of several that was left as it was, and why."""

    case: int
    why: str


def carry_out_bulk(office: Office, person: Person, given: Bulk) -> tuple[list[int], list[Refusal]]:
    """Assign, snooze or dismiss several cases: those that were, and those that were not with the reason.

    Raises `NotAllowed` where the role does not allow it, or a dismissal has no reason.
    """
    act = next(act for act in ACTS if act.name == given.act)
    check_may(person, act.action)
    if act.name == "dismiss" and not given.reason.strip():
        message = Told("say why they are dismissed")
        raise NotAllowed(message)
    done: list[int] = []
    refused: list[Refusal] = []
    for case in dict.fromkeys(given.cases):
        try:
            act.carry_out(office, person, case, given)
        except CaseError as error:
            refused.append(Refusal(case, words_of(error)))
        else:
            done.append(case)
    return done, refused
