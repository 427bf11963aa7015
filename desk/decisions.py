"""What people decide, with the rules that stand around it: the same for the terminal, the pages and the API.

A decision only writes to the store. Where it leaves a case without a draft, `monitor.pipeline.work_through` writes one:
the daemon's next pass, or the command that decided.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from cases.apology import Component, Findings
from cases.case import Case
from cases.errors import NotAllowed, NotFound, TextChanged
from cases.lifecycle import ANSWERED, Status
from cases.plans import RecoveryPlan
from cases.posts import as_post
from cases.promises import Spoken
from cases.purposes import Purpose, blocking_of, required_of
from cases.told import Joined, Told, named
from cases.verdicts import Category
from desk.office import Network, Office
from responders.check import Checker
from responders.hints import wrong_words
from responders.promises import missing_date, read_promises

if TYPE_CHECKING:
    from cases.drafts import Approval, Draft

MOST_PUBLIC = 2
"""Public answers to one person in a thread before a further one is blocked: the second is discouraged, no more."""


def approve(
    office: Office,
    case_id: int,
    *,
    who: str,
    text: str | None = None,
    seen: str | None = None,
    override: str = "",
    stop: Callable[[Sequence["Approval"]], str] | None = None,
) -> Case:
    """Approve the latest draft, or this text as a new revision: exactly these words (rule 1).

    Raises `NotAllowed` for a text that is too long for its network, and unless it is overridden with a reason: for a
    blocking fault, a component that the case's plan requires and the text lacks, and a third public message to one
    person in a thread. `NotFound` where there is no draft yet. `seen` is the hash of the draft that the person read or
    began from: `TextChanged` where the latest is another by now. `stop` says why not, asked with the approvals that
    stand when this one is written. What the text promises is kept with its owner.
    """
    ledger = office.ledger
    case = ledger.case(case_id)
    draft = case.draft
    _check_seen(case, seen)
    if text is None and draft is None:
        message = Told("case %(case_id)s has no draft to approve yet; give a text with --text-file", case_id=case_id)
        raise NotFound(message)
    words = draft.text if text is None and draft is not None else text or ""
    findings = check_text(office, case, words)
    stops = stops_for(office, case, words, findings)
    if stops and not override:
        message = Told("%(stops)s. Mend it, or override with --override REASON", stops=Joined(stops))
        raise NotAllowed(message)
    if draft is None or draft.text != words:
        draft = _revise(office, case, words, who, findings)
    return ledger.approve(
        case_id,
        revision=draft.revision,
        hash=draft.hash,
        by=who,
        now=office.clock(),
        override=f"{override} ({'; '.join(stops)})" if stops else "",
        promises=promises_in(office, draft.text, draft.language),
        stop=stop,
    )


def promises_in(office: Office, text: str, language: str) -> list[Spoken]:
    """What a text promises, dated by the brand's clock as if it were said now."""
    zone, ends = office.zone, office.policy.day_ends
    return read_promises(text, language, now=office.clock(), zone=zone, day_ends=ends)


def stops_for(
    office: Office, case: Case, text: str, findings: Findings, plan: RecoveryPlan | None = None
) -> tuple[str, ...]:
    """What stands against approving a text for a case, each in words; a person may override all with a reason.

    `plan` is the case's, where it was made already.
    """
    stops: list[str] = []
    purpose = office.ledger.next_purpose(case)
    blocking = [note for note in findings.notes if note.name in blocking_of(purpose)]
    if blocking:
        told = Joined(
            Told(
                "%(fault)s: “%(words)s” — %(why)s",
                fault=named(note.name),
                words=text[note.start : note.end],
                why=Told(note.why),
            )
            for note in blocking
        )
        stops.append(Told("this text would make things worse (%(faults)s)", faults=told))
    plan = plan or office.plan(as_post(case.mention, office.brand), case)
    missing = [part for part in Component if part in required_of(purpose, plan.required) - findings.components]
    if missing and plan.handoff is None:
        parts = Joined([named(part) for part in missing], ", ")
        stops.append(Told("the plan requires what this text lacks: %(parts)s", parts=parts))
    _, answers = office.ledger.history(case.id)
    if answers >= MOST_PUBLIC:
        stops.append(
            Told(
                "we have answered %(count)s times in public here, and each turn draws others: go on in private",
                count=answers,
            )
        )
    return tuple(stops)


def cautions_for(office: Office, case: Case, text: str) -> tuple[str, ...]:
    """What speaks against a text, or for a change, and stops nothing; each in words."""
    cautions: list[str] = []
    _, answers = office.ledger.history(case.id)
    if 0 < answers < MOST_PUBLIC:
        cautions.append(
            Told("we have answered in public here already, and each turn draws others: better go on in private")
        )
    cautions += [
        Told(
            "“%(words)s”: %(why)s; %(suggestion)s",
            words=text[hint.start : hint.end],
            why=hint.why,
            suggestion=hint.suggestion,
        )
        for hint in wrong_words(text, office.never_words)
    ]
    if Component.NEXT_STEPS in required_of(office.ledger.next_purpose(case), frozenset(Component)):
        promises = promises_in(office, text, case.verdict.language)
        cautions += [Joined((hint.why, hint.suggestion)) for hint in missing_date(text, promises)]
    return tuple(cautions)


def edit(office: Office, case_id: int, *, who: str, text: str, seen: str | None = None) -> Case:
    """A new revision in a person's words. Faults and length count when it is approved.

    Raises `NotAllowed` for an empty text, and for control characters; `TextChanged` where the latest draft is not the
    one whose hash was `seen`.
    """
    case = office.ledger.case(case_id)
    _check_seen(case, seen)
    _check_writable(text)
    _revise(office, case, text, who, Checker.shipped().check(text, language=case.verdict.language))
    return office.ledger.case(case_id)


def check_text(office: Office, case: Case, text: str) -> Findings:
    """What the checker finds in a text for this case. Raises `NotAllowed` where it can't be posted as it is."""
    _check_writable(text)
    if too_long := over_limit(office.networks[case.mention.platform], text):
        raise NotAllowed(too_long)
    return Checker.shipped().check(text, language=case.verdict.language)


def over_limit(network: Network, text: str) -> str:
    """By how much a text is too long for its network, in words; "" where it fits."""
    length, limit = network.measure(text), network.limit
    if length <= limit:
        return ""
    return Told(
        "the text counts %(length)s on %(network)s, which takes %(limit)s: shorten it by %(over)s",
        length=length,
        network=network.name,
        limit=limit,
        over=length - limit,
    )


def undo(office: Office, case_id: int, *, who: str) -> Case:
    """Take back an approval before it leaves, or a dismissal."""
    if office.ledger.case(case_id).status is Status.DISMISSED:
        return office.ledger.move(case_id, Status.FLAGGED, who=who, action="undo", now=office.clock())
    return office.ledger.undo(case_id, by=who, now=office.clock())


def by_hand(office: Office, case_id: int, *, who: str, url: str | None) -> Case:
    """Hand a case to a person's own hands, or with the URL: it was posted there.

    Raises `NotAllowed` for what is no web address.
    """
    ledger = office.ledger
    if url is not None:
        check_url(url)
    case = ledger.case(case_id)
    if case.status is not Status.BY_HAND:
        case = ledger.move(case_id, Status.BY_HAND, who=who, action="by_hand", now=office.clock())
    if url is None:
        return case
    text = case.draft.text if case.draft else None
    return ledger.enter_reply(case_id, url=url, reply_id=None, text=text, who=who, now=office.clock())


def settle(office: Office, case_id: int, *, who: str, url: str | None) -> Case:
    """What became of a write that stays unknown: it stands at the URL, or with none: it does not stand.

    Raises `NotAllowed` for what is no web address.
    """
    if url is not None:
        check_url(url)
    return office.ledger.settle_by_person(case_id, posted_url=url, who=who, now=office.clock())


def flag(office: Office, mention_id: int, *, who: str) -> Case:
    """Open a case for a mention that the classifier passed over; it waits for a draft. Raises `NotFound`."""
    due_at = office.ledger.mention(mention_id).mention.posted_at + office.first_answer
    case = office.ledger.flag(mention_id, who=who, due_at=due_at, now=office.clock())
    return office.ledger.case(case)


def correct(office: Office, case_id: int, *, who: str, category: Category | None, severity: int | None) -> Case:
    """Mend what the classifier said of a case; a draft of ours that waits is to be written anew from it."""
    office.ledger.correct(case_id, category=category, severity=severity, who=who, now=office.clock())
    return office.ledger.case(case_id)


def check_url(url: str) -> None:
    """Raise `NotAllowed` unless this is a web address: it is shown as a link later, so it must be a harmless one."""
    if not re.fullmatch(r"https?://[^\s/]+\S*", url):
        message = Told("%(url)s is no address of a post: copy it from the browser, with https://", url=repr(url))
        raise NotAllowed(message)


def close(office: Office, case_id: int, *, who: str, why: str) -> Case:
    """Close a case; one whose author took the post back closes from any open state."""
    case = office.ledger.case(case_id)
    return office.ledger.move(
        case_id, Status.CLOSED, who=who, action="closed", why=why, now=office.clock(), withdrawn=case.withdrawn
    )


def _check_seen(case: Case, seen: str | None) -> None:
    if seen is not None and seen != (case.draft.hash if case.draft else ""):
        who = case.draft.by if case.draft else "somebody"
        message = Told(
            "%(who)s changed the draft of case %(id)s since you read it; look at the difference, then decide",
            who=who,
            id=case.id,
        )
        raise TextChanged(message)


def _check_writable(text: str) -> None:
    if not text.strip():
        message = Told("the text is empty")
        raise NotAllowed(message)
    unseen = {char for char in text if unicodedata.category(char) in {"Cc", "Cs"} and char not in "\n\r\t"}
    if unseen:
        told = ", ".join(sorted(f"U+{ord(char):04X}" for char in unseen))
        message = Told("the text holds control characters that nobody sees (%(signs)s); take them out", signs=told)
        raise NotAllowed(message)


def _revise(office: Office, case: Case, text: str, who: str, findings: Findings) -> "Draft":
    if case.status in ANSWERED and Purpose.ANSWER in office.ledger.said(case.id):
        message = Told(
            "case %(id)s is answered; what comes after that has a purpose: amends follow-up %(id)s --help", id=case.id
        )
        raise NotAllowed(message)
    return office.ledger.add_draft(
        case.id,
        text=text,
        by=who,
        language=case.verdict.language,
        components=tuple(sorted(findings.components)),
        faults=tuple(sorted(findings.faults)),
        plan=case.draft.plan if case.draft else "{}",
        now=office.clock(),
    )
