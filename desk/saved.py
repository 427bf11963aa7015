"""Saved replies at the desk: checked as any text is, and filled in for one case."""

from collections.abc import Mapping
from dataclasses import dataclass

from cases.apology import Findings
from cases.case import Case
from cases.saved import PLACES, NewReply, SavedReply, fill
from desk.known import check_public
from desk.office import Office
from responders.check import Checker
from responders.hints import Hint, wrong_words

_SAMPLE = dict.fromkeys(PLACES, "…")
"""What stands in each place while a text is judged that is for no case yet."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A saved reply with what the checker finds in it, and the words that the brand never uses."""

    reply: SavedReply
    findings: Findings
    hints: tuple[Hint, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """A saved reply as it would stand in the editor of one case."""

    id: int
    title: str
    text: str
    fits: bool
    """It is kept for the case's very category."""


def judge(office: Office, reply: SavedReply) -> Judged:
    """What is to be said of a saved text, before it is for anybody."""
    text = fill(reply.text, _SAMPLE)
    findings = Checker.shipped().check(text, language=reply.language)
    return Judged(reply, findings, tuple(wrong_words(text, office.never_words)))


def add(office: Office, given: NewReply, *, who: str) -> SavedReply:
    """Keep a new reply for all. Raises `NotAllowed`, also for words that would make things worse in public."""
    return office.ledger.add_saved_reply(_checked(given), who=who, now=office.clock())


def change(office: Office, number: int, given: NewReply, *, who: str) -> SavedReply:
    """Write one anew. Raises as `add` does, and `NotFound`."""
    return office.ledger.change_saved_reply(number, _checked(given), who=who, now=office.clock())


def offers(office: Office, case: Case) -> list[Offer]:
    """The saved replies in a case's language, filled in for it; those for its category first."""
    verdict = case.verdict
    base = verdict.language.split("-", 1)[0].lower()
    # A post of no known language is answered in any.
    kept = office.ledger.saved_replies("" if base == "und" else base)
    found = [
        Offer(one.id, one.title, fill(one.text, _values(office, case, one)), one.category is verdict.category)
        for one in kept
        if one.category in {None, verdict.category}
    ]
    return sorted(found, key=lambda one: not one.fits)


def _values(office: Office, case: Case, reply: SavedReply) -> Mapping[str, str]:
    mention = case.mention
    name = " ".join((mention.author_name or mention.author).split())
    return {"name": name, "link": mention.url, "signature": office.signature(reply.language)}


def _checked(given: NewReply) -> NewReply:
    clean = given.checked()
    check_public("text", fill(clean.text, _SAMPLE), clean.language)
    return clean
