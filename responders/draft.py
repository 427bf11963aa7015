"""Writing the reply: a plan and a language pack in, a text for a person's approval out.

A draft is put together from the pack's phrasings: one or more for each component that the plan requires, in one of the
pack's orders, the richest set that the network has room for. Chance decides among equals, seeded, so that the same
input gives the same text.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cases.apology import Component
from cases.plans import RecoveryPlan
from cases.platform import Venue
from cases.posts import Post
from cases.verdicts import Category, Verdict
from responders.combining import Checks, Frame, Judged, best_text, measured
from responders.fitting import Option
from responders.packs import Form, LanguagePack, load_packs
from responders.plan import language_of
from responders.problems import Telling
from responders.telling import tellings_of, values_for

_TIER, _FITTING, _FOUND, _FLOW, _DETAIL = 100, 60, 200, 60, 250
"""What makes a phrasing worth more: saying more, being made for the case, for the finding, joining what else would be
one curt sentence after another, repeating a detail of the post. The draft is the set of phrasings with the highest sum
that holds each required component once and fits."""
_GRAVE = 3
_NEVER_LIGHT = frozenset({Category.SAFETY, Category.PRIVACY, Category.STAFF})
_NARROW = 4
"""A phrasing for more categories than this is made for none of them."""


@dataclass(frozen=True, slots=True)
class Written:
    """A draft as it would be posted, and what the checker finds in it. `length` is in the network's own unit."""

    text: str
    language: str
    components: tuple[str, ...]
    faults: tuple[str, ...]
    length: int
    plan: RecoveryPlan


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
        values = values_for(plan, venue, brand=brand, pack=pack, now=now, timezone=timezone)
        around = (plan, venue, pack.signature.replace("{name}", signature) if signature else "")
        best: Judged | None = None
        for quoting in (True, False) if self._is_worth_quoting(post, verdict, plan, pack) else (False,):
            options, quotes = _options(
                post, verdict, plan, measure=venue.measure, values=values, pack=pack, quoting=quoting
            )
            judged = best_text(
                _frame(options, pack, *around),
                seed,
                recent,
                required=plan.required,
                checker=self._checker,
                language=pack.tag,
            )
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

    def _is_worth_quoting(self, post: Post, verdict: Verdict, plan: RecoveryPlan, pack: LanguagePack) -> bool:
        """Whether the customer's words hold the failure itself: half a post, wrongly picked, reads as mockery."""
        telling, _ = tellings_of(post, verdict, plan.finding, pack=pack)
        found = self._checker.check(telling.quote, language=pack.tag) if telling.quote else None
        return found is not None and Component.ACKNOWLEDGEMENT in found.components


def _frame(options: tuple[Option, ...], pack: LanguagePack, plan: RecoveryPlan, venue: Venue, signature: str) -> Frame:
    orders = tuple(tuple(part for part in order if part in plan.required) for order in pack.orders)
    return Frame(options, orders, venue, signature, turn=Component.EXPLANATION)


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
    telling, tellings = tellings_of(post, verdict, plan.finding, pack=pack, quoting=quoting)
    grave = bool(verdict.risks) or verdict.severity >= _GRAVE or {verdict.category, telling.category} & _NEVER_LIGHT
    made = []
    for form in pack.forms:
        if (form.light and grave) or (form.asked and not telling.asked):
            continue
        if not _suits(form, telling.category, verdict.heat, plan, values):
            continue
        for more, told_so in _ways(form, telling, tellings):
            known = {**values, **told_so}
            if form.phrase.usable(known):
                text = form.phrase.render(known)
                worth = _worth(form) + _DETAIL * more
                made.append(Option(form.holds, text, measured(measure, text) + 1, worth))
    return tuple(made), not telling.clauses


def _ways(
    form: Form, telling: Telling, tellings: Sequence[tuple[int, Mapping[str, str]]]
) -> Iterable[tuple[int, Mapping[str, str]]]:
    """In how many ways a form is filled: how many details each repeats, and what it may mention of the trouble."""
    if "felt" in form.phrase.needs:
        return [(0, {"felt": felt}) for felt in telling.felt]
    return tellings if form.phrase.needs & {"problem", "Problem", "quote"} else ((0, {}),)


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
    # Words for this very problem fit better than words for its category.
    fitting = (0 < len(form.categories) <= _NARROW) + bool(form.approaches) + 2 * ("felt" in form.phrase.needs)
    joined = len(form.holds) - 1
    return _TIER * form.rich * (joined + 1) + _FITTING * fitting + _FOUND * bool(form.findings) + _FLOW * joined
