"""Everything that a person sees of one case, read from the store at one moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cases.apology import BLOCKING, Component, Findings
from cases.case import Case, Event, Intent, IntentState
from cases.drafts import Approval, Draft
from cases.lifecycle import ANSWERED, Status
from cases.people import Person, approval_stop
from cases.plans import FindingNote, RecoveryPlan, Role
from cases.posts import as_post
from cases.promises import Promise
from cases.purposes import PUBLIC_FOLLOW_UPS, Purpose, required_of
from cases.told import Told
from desk.decisions import cautions_for, over_limit, stops_for
from desk.follow import text_for
from desk.office import Network, Office
from responders.check import Checker
from responders.hints import Hint, wrong_words
from store.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Said:
    """One post of the thread. `ours`: by the brand; `answered`: the one that the draft answers."""

    author: str
    name: str
    text: str
    at: datetime
    url: str
    ours: bool = False
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Examination:
    """What is to be said of a text for a case before it is approved.

    `length` and `limit` are in the network's own unit. `missing` is what the plan requires and the text lacks. `stops`
    keep it from being approved unless a lead overrides them; `cautions` stop nothing.
    """

    length: int
    limit: int
    findings: Findings
    hints: tuple[Hint, ...]
    required: frozenset[Component]
    stops: tuple[str, ...]
    cautions: tuple[str, ...]

    @property
    def missing(self) -> tuple[Component, ...]:
        """The required components that the text lacks, in the order of a natural reply."""
        return tuple(part for part in Component if part in self.required - self.findings.components)

    @property
    def blocking(self) -> bool:
        """Whether a fault keeps it from being approved."""
        return bool(self.findings.faults & BLOCKING)


@dataclass(frozen=True, slots=True)
class ToCopy:
    """A text for a person to copy into the private talk."""

    purpose: Purpose
    text: str


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One case with its surroundings. `stop` is why this person may not approve it alone, or "".

    `to_copy` is what to write next in private; `said` is what of ours stands under this post, the address by purpose.
    """

    case: Case
    network: Network
    thread: tuple[Said, ...]
    drafts: tuple[Draft, ...]
    events: tuple[Event, ...]
    replies: tuple[Intent, ...]
    others: tuple[Case, ...]
    plan: RecoveryPlan
    finding: FindingNote | None
    promises: tuple[Promise, ...]
    stop: str
    to_copy: ToCopy | None
    said: Mapping[Purpose, str]

    @property
    def answered(self) -> bool:
        """Whether the answer stands under the post, and nothing waits to be said."""
        return self.case.status in {*ANSWERED, Status.CLOSED} and Purpose.ANSWER in self.said

    @property
    def follow_ups(self) -> tuple[Purpose, ...]:
        """The further words that may be said in public now."""
        open_ways = self.answered and not self.case.forgotten
        return tuple(one for one in PUBLIC_FOLLOW_UPS if one not in self.said) if open_ways else ()


def open_file(office: Office, case_id: int, person: Person) -> CaseFile:
    """Read one case with all that belongs to it. Raises `NotFound`."""
    ledger = office.ledger
    case = ledger.case(case_id)
    events, replies = ledger.events(case_id), ledger.intents(case_id)
    plan = office.plan(as_post(case.mention, office.brand), case)
    return CaseFile(
        case=case,
        network=office.networks[case.mention.platform],
        thread=_thread(office, case, replies),
        drafts=tuple(ledger.drafts(case_id)),
        events=tuple(events),
        replies=tuple(replies),
        others=tuple(ledger.others_of_author(case_id)),
        plan=plan,
        finding=ledger.finding(case_id),
        promises=tuple(ledger.promises(case=case_id)),
        stop=stop_for(office, person, case, plan, events),
        to_copy=_to_copy(office, case),
        said=ledger.said(case_id),
    )


def _to_copy(office: Office, case: Case) -> ToCopy | None:
    """The first private message, or once the matter is settled the question whether all is well."""
    if case.forgotten or case.status not in ANSWERED:
        return None
    settled = case.status in {Status.RESOLVED, Status.FOLLOW_UP_DUE}
    purpose = Purpose.FOLLOW_UP if settled else Purpose.PRIVATE
    written = text_for(office, case, purpose, private=True)
    return ToCopy(purpose, written.text) if written else None


def stop_for(
    office: Office,
    person: Person,
    case: Case,
    plan: RecoveryPlan,
    events: list[Event],
    *,
    given: Sequence[Approval] | None = None,
) -> str:
    """Why this person may not approve the case's draft now, in words; "" where they may.

    `given` are the approvals that stand; left out: those that stood when the case was read.
    """
    approvals = case.approvals if given is None else given
    standing = {approval.by: _role_of(office.ledger, approval.by) for approval in approvals}
    return approval_stop(
        person,
        handler=plan.handler,
        needed=case.approvals_needed,
        standing=standing,
        escalated_by={event.who for event in events if event.action == "escalated"},
    )


def examine(office: Office, case: Case, text: str, plan: RecoveryPlan | None = None) -> Examination:
    """Judge a text as it would be judged when it is approved; an empty one is just short of everything.

    `plan` is the case's, where it was made already.
    """
    network = office.networks[case.mention.platform]
    language = case.verdict.language
    findings = Checker.shipped().check(text, language=language)
    plan = plan or office.plan(as_post(case.mention, office.brand), case)
    stops: list[str] = [Told("the text is empty")]
    if text.strip():
        stops = list(stops_for(office, case, text, findings, plan))
    if too_long := over_limit(network, text):
        stops.append(too_long)
    return Examination(
        length=network.measure(text),
        limit=network.limit,
        findings=findings,
        hints=tuple(wrong_words(text, office.never_words)),
        required=required_of(office.ledger.next_purpose(case), plan.required) if plan.handoff is None else frozenset(),
        stops=tuple(stops),
        cautions=cautions_for(office, case, text) if text.strip() else (),
    )


def _role_of(ledger: Ledger, name: str) -> Role | None:
    person = ledger.person_named(name)
    return person.role if person else None


def _thread(office: Office, case: Case, replies: list[Intent]) -> tuple[Said, ...]:
    said = [
        Said(
            one.mention.author,
            one.mention.author_name,
            one.mention.text,
            one.mention.posted_at,
            one.mention.url,
            ours=one.mention.own,
            answered=one.id == case.mention_id,
        )
        for one in office.ledger.mentions_of(case.id)
    ]
    known: Mapping[str, Said] = {one.url: one for one in said}
    handle = office.networks[case.mention.platform].handle
    said += [
        Said(handle, office.brand, reply.text, reply.posted_at, reply.reply_url or "", ours=True)
        for reply in replies
        if reply.state is IntentState.POSTED and reply.posted_at is not None and reply.reply_url not in known
    ]
    return tuple(sorted(said, key=lambda one: one.at))
