"""Which problem a customer has, in words that can be told back to them."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from cases.plans import Finding
from cases.verdicts import Category
from responders.details import Details
from responders.packs import LanguagePack, Problem, fold


@dataclass(frozen=True, slots=True)
class Telling:
    """The problem as clauses in the second person or as a quotation: one of the two is there.

    `category` is the problem's own, which the post may show to be another than the verdict's.
    """

    category: Category
    clauses: tuple[str, ...] = ()
    quote: str = ""


def tell_problem(
    text: str, about: str, category: Category, *, finding: Finding, details: Details, pack: LanguagePack
) -> Telling:
    """What went wrong for the customer, as surely as the post tells it.

    Naming a wrong problem is worse than being general. So the post's own words come first (a sure sign, whatever the
    category), then what they show of the verdict's category. A post without any sign of it leaves the category in
    doubt: the customer's own words are the surest then, and failing those what is true of anybody who complains.
    """
    near, whole = fold(about), fold(text)
    found = next(_seen(pack, category, near, whole), None)
    if found is None and details.quote and category is not Category.PRIVACY:
        return Telling(Category.OTHER, quote=details.quote)
    if found is None:
        # What was exposed would be exposed again by a quotation, and who was endangered wants to hear of that.
        safe = category if category in _TOLD_BY_THE_VERDICT else Category.OTHER
        found = next(problem for problem in pack.problems if problem.general and problem.category is safe)
    return Telling(found.category, clauses=_clauses(found, details, finding))


_TOLD_BY_THE_VERDICT = frozenset({Category.PRIVACY, Category.SAFETY})


def _seen(pack: LanguagePack, category: Category, near: str, whole: str) -> Iterator[Problem]:
    """The problems that the post shows, the surest first."""
    sure = sorted((p for p in pack.problems if p.sure), key=lambda p: p.category is not category)
    own = [p for p in pack.problems if p.category is category and not p.sure]
    for told, text in ((sure, near), (sure, whole)):
        yield from (p for p in told if p.seen.search(text))
    for general in (False, True):
        yield from (p for p in own if p.general is general and p.seen.search(whole))


def _clauses(problem: Problem, details: Details, finding: Finding) -> tuple[str, ...]:
    """The wordings that say the most of what is known, and no more."""
    values = {name: value for name, value in asdict(details).items() if value}
    if finding is Finding.NOT_OURS:
        # "Our driver" would own what was found not to be ours.
        values.pop("role", None)
    usable = [phrase for phrase in problem.say if phrase.usable(values)]
    most = max((len(phrase.needs) for phrase in usable), default=0)
    return tuple(phrase.render(values) for phrase in usable if len(phrase.needs) == most)
