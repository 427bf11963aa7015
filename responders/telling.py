"""What a text may tell: the customer's trouble in their pack's words, and what is known beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from cases.plans import Finding, Incident, RecoveryPlan
from cases.platform import Venue
from cases.posts import Post
from cases.verdicts import Category, Risk, Verdict
from responders.dates import say_when, zone_named
from responders.details import read_details
from responders.packs import LanguagePack, fold
from responders.problems import Telling, tell_problem

_GRAVE_RISKS = frozenset({Risk.SAFETY, Risk.DISCRIMINATION})
_READ = 4000
"""Characters of a post in which its trouble is looked for."""


def values_for(
    plan: RecoveryPlan, venue: Venue, *, brand: str, pack: LanguagePack, now: datetime, timezone: str
) -> dict[str, str]:
    """What the phrasings may mention beside the problem."""
    incident = plan.incident or Incident(name="", keywords=())
    return {
        "when": say_when(plan.next_update, now, zone_named(timezone), pack) if plan.next_update else "",
        "account": venue.account,
        "link": "" if venue.link_costs else venue.private_link,
        "brand": brand,
        "cause": _sentence(incident.cause.get(pack.tag, "") or plan.cause),
        "doing": _sentence(incident.doing.get(pack.tag, "")),
    }


def _sentence(words: str) -> str:
    words = " ".join(words.split())
    return words if not words or words.endswith((".", "!", "?", "؟", "…")) else f"{words}."


def tellings_of(
    post: Post, verdict: Verdict, finding: Finding, *, pack: LanguagePack, quoting: bool = True
) -> tuple[Telling, Sequence[tuple[int, Mapping[str, str]]]]:
    """The trouble, and each way to tell it: how many details it repeats, and what phrasings may mention of it."""
    told = post.text[:_READ]
    details = read_details(told, verdict.about, pack)
    if not quoting or (post.brand and fold(post.brand) in fold(details.quote)):
        details = replace(details, quote="")
    telling = tell_problem(
        told,
        verdict.about,
        verdict.category,
        grave=verdict.category is Category.SAFETY or bool(verdict.risks & _GRAVE_RISKS),
        endangered=Risk.SAFETY in verdict.risks,
        finding=finding,
        details=details,
        pack=pack,
    )
    telling = replace(telling, asked=bool(pack.asking.search(fold(told))))
    ways: list[tuple[int, Mapping[str, str]]] = [
        (clause.details, {"problem": clause.text, "Problem": _capital(clause.text)}) for clause in telling.clauses
    ]
    return telling, ways or [(0, {"quote": telling.quote})]


def _capital(clause: str) -> str:
    return clause[:1].upper() + clause[1:]
