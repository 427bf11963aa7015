"""What is written after the answer: the first private message, an update, the settled line, the question later on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cases.apology import Component
from cases.plans import RecoveryPlan
from cases.platform import Venue
from cases.posts import Post
from cases.purposes import Purpose, required_of
from cases.verdicts import Category, Verdict
from responders.check import Checker
from responders.combining import Checks, Frame, Judged, best_text, measured
from responders.draft import Written
from responders.fitting import Option
from responders.follow_packs import FollowPack, load_follow_packs
from responders.packs import LanguagePack, load_packs
from responders.plan import language_of
from responders.telling import tellings_of, values_for

PRIVATE_LIMIT = 480
"""Characters of a private message: the least that a network takes, less a handle before it."""

_TIER, _FITTING, _KNOWN, _DETAIL = 100, 250, 250, 100
"""What makes a phrasing worth more: saying more, being made for such a trouble, telling what is known of the matter,
repeating a detail of the post."""


@dataclass(frozen=True, slots=True)
class Said:
    """What stands behind a follow-up. `in_time`: word was promised by a moment that has not passed."""

    post: Post
    verdict: Verdict
    plan: RecoveryPlan
    in_time: bool = False


class FollowUps:
    """Writes what comes after the answer, in the languages that have words for it."""

    def __init__(
        self, packs: Mapping[str, LanguagePack], follow_packs: Mapping[str, FollowPack], checker: Checks
    ) -> None:
        self._packs = packs
        self._follow_packs = follow_packs
        self._checker = checker

    @classmethod
    def shipped(cls) -> "FollowUps":
        """With the words and the checker that come with Amends. Raises `PackError`."""
        return cls(load_packs(), load_follow_packs(), Checker.shipped())

    def write(
        self,
        purpose: Purpose,
        about: Said,
        venue: Venue,
        *,
        signature: str,
        brand: str,
        seed: str,
        recent: Sequence[str] = (),
        now: datetime,
        timezone: str = "UTC",
        private: bool = False,
    ) -> Written | None:
        """A text for this purpose, fit for the venue; None where a person must write it.

        That is so where the plan hands the case over, where the language has no words for it, and where there is no
        room. What is for the `private` talk names no account, has no address before it, and room for `PRIVATE_LIMIT`.
        `recent` are texts that it should not resemble; `now` is aware, `timezone` the brand's. The same input gives the
        same text.
        """
        tag = language_of(about.verdict)
        pack, follow = self._packs.get(tag), self._follow_packs.get(tag)
        if pack is None or follow is None or purpose is Purpose.ANSWER or about.plan.handoff is not None:
            return None
        if private or purpose is Purpose.PRIVATE:
            venue = replace(venue, limit=max(venue.limit, PRIVATE_LIMIT), account="", address="")
        known = values_for(about.plan, venue, brand=brand, pack=pack, now=now, timezone=timezone)
        name = pack.signature.replace("{name}", signature) if signature else ""
        required = required_of(purpose, about.plan.required)
        best: Judged | None = None
        for quoting in (True, False):
            # Only a quotation can spoil a text that our own words do not.
            options = _options(follow, purpose, about, venue, known=known, pack=pack, quoting=quoting)
            frame = Frame(options, follow.orders[purpose], venue, name)
            judged = best_text(frame, seed, recent, required=required, checker=self._checker, language=tag)
            if judged is not None and (best is None or judged.flaws < best.flaws):
                best = judged
            if best is not None and not best.flaws:
                break
        if best is None:
            return None
        return Written(
            text=best.text,
            language=tag,
            components=tuple(part for part in Component if part in best.findings.components),
            faults=tuple(sorted(best.findings.faults)),
            length=venue.measure(best.text),
            plan=about.plan,
        )


def _options(
    follow: FollowPack,
    purpose: Purpose,
    about: Said,
    venue: Venue,
    *,
    known: Mapping[str, str],
    pack: LanguagePack,
    quoting: bool,
) -> tuple[Option, ...]:
    finding = about.plan.finding
    telling, tellings = tellings_of(about.post, about.verdict, finding, pack=pack, quoting=quoting)
    # A sure sign in the post may show another trouble than the verdict's; where nothing is sure, the verdict's holds.
    category = telling.category if telling.category is not Category.OTHER else about.verdict.category
    made = []
    for form in follow.forms:
        if form.purpose is not purpose or not form.suits(category, finding, known, in_time=about.in_time):
            continue
        tells = form.phrase.needs & {"problem", "Problem", "quote"}
        for more, told_so in tellings if tells else ((0, {}),):
            values = {**known, **told_so}
            if form.phrase.usable(values):
                text = form.phrase.render(values)
                knows = bool(form.phrase.needs & {"cause", "doing"})
                worth = _TIER * form.rich + _FITTING * bool(form.categories) + _KNOWN * knows + _DETAIL * more
                made.append(Option(form.holds, text, measured(venue.measure, text) + 1, worth))
    return tuple(made)
