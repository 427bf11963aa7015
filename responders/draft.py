"""Writing the reply: a plan and a language pack in, a text for a person's approval out.

A draft is put together from the pack's phrasings: one or more for each component that the plan requires, in one of the
pack's orders, the richest set that the network has room for. Chance decides among equals, seeded, so that the same
input gives the same text.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Protocol

from rapidfuzz import fuzz, process

from cases.apology import Component, Findings
from cases.plans import Incident, RecoveryPlan
from cases.platform import Venue
from cases.posts import Post
from cases.verdicts import Category, Verdict
from responders.dates import say_when, zone_named
from responders.details import read_details
from responders.fitting import Option, fit
from responders.packs import Form, LanguagePack, load_packs
from responders.plan import language_of
from responders.problems import tell_problem

_ENOUGH = 600
"""Characters beyond which a public reply is no longer read, however much a network allows."""
_READ = 4000
"""Characters of a post in which its trouble is looked for."""
_ROOMY = 1000
"""Limit from which a network shows longer texts, with paragraphs."""
_TRIES = 40
_CHECKS = 3
"""Tries that are read by the checker: what three texts lack, the words for this case lack."""
_TOO_ALIKE = 80.0
"""Similarity (rapidfuzz ratio, 0 to 100) from which two replies look like one template."""

_TIER, _FITTING, _FOUND, _FLOW, _DETAIL, _CHANCE = 100, 60, 200, 60, 250, 200
"""What makes a phrasing worth more: saying more, being made for the case, for the finding, joining what else would be
one curt sentence after another, repeating a detail of the post; and how far chance goes. The draft is the set of
phrasings with the highest sum that holds each required component once and fits."""
_GRAVE = 3
_NEVER_LIGHT = frozenset({Category.SAFETY, Category.PRIVACY, Category.STAFF})
_NARROW = 4
"""A phrasing for more categories than this is made for none of them."""


class Checks(Protocol):
    """What judges a text by the labelling guide; `responders.check.Checker` does."""

    def check(self, text: str, *, language: str) -> Findings:
        """The components and faults of the text."""
        ...


@dataclass(frozen=True, slots=True)
class Written:
    """A draft as it would be posted, and what the checker finds in it. `length` is in the network's own unit."""

    text: str
    language: str
    components: tuple[str, ...]
    faults: tuple[str, ...]
    length: int
    plan: RecoveryPlan


@dataclass(frozen=True, slots=True)
class _Frame:
    """What every try for one draft shares: the options, and what stands around them."""

    options: tuple[Option, ...]
    orders: tuple[tuple[Component, ...], ...]
    venue: Venue
    signature: str

    @property
    def roomy(self) -> bool:
        return self.venue.limit >= _ROOMY


class Responder:
    """Writes drafts in the languages it has packs for."""

    def __init__(self, packs: Mapping[str, LanguagePack], checker: Checks) -> None:
        self._packs = packs
        self._checker = checker

    @classmethod
    def shipped(cls) -> "Responder":
        """With the language packs and the checker that come with Amends. Raises `PackError`."""
        from responders.check import Checker  # noqa: PLC0415 - those who bring a checker need not load ours

        return cls(load_packs(), Checker.shipped())

    def draft(
        self,
        post: Post,
        verdict: Verdict,
        plan: RecoveryPlan,
        venue: Venue,
        *,
        signature: str,
        brand: str,
        seed: str,
        recent: Sequence[str] = (),
        now: datetime,
        timezone: str = "UTC",
    ) -> Written | None:
        """A reply to the post, fit for the venue; None where a person must write it.

        That is so where the plan hands the case over, where there is no pack for the language, and where the network
        leaves no room for all components. `recent` are replies that it should not resemble; `now` is aware, `timezone`
        the brand's. The same input gives the same text. Raises `ConfigError` for an unknown time zone.
        """
        pack = self._packs.get(language_of(verdict))
        if pack is None or plan.handoff is not None:
            return None
        values = _values(plan, venue, brand=brand, pack=pack, now=now, timezone=timezone)
        around = (plan, venue, pack.signature.replace("{name}", signature) if signature else "")
        best: _Judged | None = None
        for quoting in (True, False):
            options, quotes = _options(
                post, verdict, plan, measure=venue.measure, values=values, pack=pack, quoting=quoting
            )
            judged = self._best(_frame(options, pack, *around), seed, recent, plan, pack)
            if judged is not None and (best is None or judged.flaws < best.flaws):
                best = judged
            if not quotes or (best is not None and not best.flaws):
                # Only a quotation can spoil a text that our own words do not.
                break
        if best is None:
            return None
        return Written(
            text=best.text,
            language=pack.tag,
            components=tuple(part for part in Component if part in best.findings.components),
            faults=tuple(sorted(best.findings.faults)),
            length=venue.measure(best.text),
            plan=plan,
        )

    def _best(
        self, frame: "_Frame", seed: str, recent: Sequence[str], plan: RecoveryPlan, pack: LanguagePack
    ) -> "_Judged | None":
        """The first text without a flaw, else the one with the fewest; None where nothing fits."""
        best: _Judged | None = None
        for text in islice(_unlike_first(_tries(frame, seed), recent), _CHECKS):
            # Whom it is addressed to is the network's affair, no wording of ours.
            findings = self._checker.check(text.removeprefix(frame.venue.address), language=pack.tag)
            flaws = len(findings.faults) + len(plan.required - findings.components)
            if best is None or flaws < best.flaws:
                best = _Judged(flaws, text, findings)
            if not flaws:
                break
        return best


@dataclass(frozen=True, slots=True)
class _Judged:
    """A text and what the checker found in it."""

    flaws: int
    text: str
    findings: Findings


def _frame(options: tuple[Option, ...], pack: LanguagePack, plan: RecoveryPlan, venue: Venue, signature: str) -> _Frame:
    orders = tuple(tuple(part for part in order if part in plan.required) for order in pack.orders)
    return _Frame(options=options, orders=orders, venue=venue, signature=signature)


def _values(
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


def _options(
    post: Post,
    verdict: Verdict,
    plan: RecoveryPlan,
    *,
    measure: Callable[[str], int],
    values: Mapping[str, str],
    pack: LanguagePack,
    quoting: bool,
) -> tuple[tuple[Option, ...], bool]:
    """Every phrasing that suits the case, with its length, and whether it quotes; worth is without chance."""
    told = post.text[:_READ]
    details = read_details(told, verdict.about, pack)
    if not quoting:
        details = replace(details, quote="")
    telling = tell_problem(told, verdict.about, verdict.category, finding=plan.finding, details=details, pack=pack)
    tellings = [
        (clause.details, {"problem": clause.text, "Problem": _capital(clause.text)}) for clause in telling.clauses
    ] or [(0, {"quote": telling.quote})]
    grave = bool(verdict.risks) or verdict.severity >= _GRAVE or {verdict.category, telling.category} & _NEVER_LIGHT
    made = []
    for form in pack.forms:
        if (form.light and grave) or not _suits(form, telling.category, verdict.heat, plan, values):
            continue
        tells = form.phrase.needs & {"problem", "Problem", "quote"}
        for more, told_so in tellings if tells else ((0, {}),):
            known = {**values, **told_so}
            if form.phrase.usable(known):
                text = form.phrase.render(known)
                worth = _worth(form) + _DETAIL * more
                made.append(Option(form.holds, text, _measured(measure, text) + 1, worth))
    return tuple(made), not telling.clauses


@lru_cache(maxsize=4096)
def _measured(measure: Callable[[str], int], text: str) -> int:
    """The length of a piece; most pieces come again with the next draft, and a network's rule can be slow."""
    return measure(text)


def _capital(clause: str) -> str:
    return clause[:1].upper() + clause[1:]


def _suits(form: Form, category: Category, heat: int, plan: RecoveryPlan, values: Mapping[str, str]) -> bool:
    low, high = form.heat
    return (
        form.holds <= plan.required
        and (not form.findings or plan.finding in form.findings)
        and low <= heat <= high
        and (not form.categories or category in form.categories)
        and (not form.approaches or plan.approach in form.approaches)
        and not (form.blunt and plan.careful)
        and not any(values.get(name) for name in form.lacks)
    )


def _worth(form: Form) -> int:
    fitting = (0 < len(form.categories) <= _NARROW) + bool(form.approaches)
    joined = len(form.holds) - 1
    return _TIER * form.rich * (joined + 1) + _FITTING * fitting + _FOUND * bool(form.findings) + _FLOW * joined


def _tries(frame: _Frame, seed: str) -> Iterator[str]:
    """Different texts for one case, the first the preferred one; each next one leaves more to chance."""
    for attempt in range(_TRIES):
        chance = hashlib.shake_128(f"{seed}\x1f{attempt}".encode("utf-8", "surrogatepass"))
        first, *lots = chance.digest(1 + len(frame.options))
        options = [
            Option(option.holds, option.text, option.length, option.worth + lot * (attempt + 1) * _CHANCE // 255)
            for option, lot in zip(frame.options, lots, strict=True)
        ]
        for turn in range(len(frame.orders)):
            order = frame.orders[(first + turn) % len(frame.orders)]
            text = _text(frame, order, options)
            if text is not None:
                yield text
                break


def _text(frame: _Frame, order: Sequence[Component], options: Sequence[Option]) -> str | None:
    measure, limit = frame.venue.measure, frame.venue.limit
    around = _measured(measure, frame.venue.address) + _measured(measure, frame.signature)
    room = min(limit, _ENOUGH) - around
    while chosen := fit(order, options, room):
        text = _joined(frame, chosen)
        over = measure(text) - limit
        if over <= 0:
            return text
        # The network counts the whole as more than its pieces: leave that much room.
        room -= over
    return None


def _joined(frame: _Frame, chosen: Sequence[Option]) -> str:
    pieces = [frame.venue.address]
    for place, option in enumerate(chosen):
        if place:
            turning = frame.roomy and Component.EXPLANATION in option.holds
            pieces.append("\n\n" if turning else " ")
        pieces.append(option.text)
    if frame.signature:
        pieces += ["\n\n" if frame.roomy else " ", frame.signature]
    return "".join(pieces)


def _unlike_first(texts: Iterable[str], recent: Sequence[str]) -> Iterator[str]:
    """The texts that resemble none of the recent ones as they come, then the others, the least alike first."""
    alike = []
    for text in texts:
        likeness = _likeness(text, recent)
        if likeness < _TOO_ALIKE:
            yield text
        else:
            alike.append((likeness, text))
    yield from (text for _, text in sorted(alike))


def _likeness(text: str, recent: Sequence[str]) -> float:
    """How much it resembles the most similar recent reply, 0 to 100; 0 below what matters."""
    if not recent:
        return 0.0
    nearest = process.extractOne(text, recent, scorer=fuzz.ratio, score_cutoff=_TOO_ALIKE)
    return nearest[1] if nearest else 0.0
