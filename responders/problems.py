"""Which problem a customer has, in words that can be told back to them."""

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

    Naming a wrong problem is worse than being general. So a sure sign in the post comes first, whatever the category;
    then the customer's own words, which can't be wrong; then what the post shows of the verdict's category, and failing
    that what is true of anybody who complains.
    """
    near, whole = fold(about), fold(text)
    found = _surely_seen(pack, category, near, whole)
    if found is None and details.quote and category is not Category.PRIVACY:
        return Telling(Category.OTHER, quote=details.quote)
    found = found or _seen(pack, category, whole)
    if found is None:
        # What was exposed would be exposed again by a quotation, and who was endangered wants to hear of that.
        safe = category if category in _TOLD_BY_THE_VERDICT else Category.OTHER
        found = next(problem for problem in pack.problems if problem.general and problem.category is safe)
    return Telling(found.category, clauses=_clauses(found, details, finding))


_TOLD_BY_THE_VERDICT = frozenset({Category.PRIVACY, Category.SAFETY})


def _surely_seen(pack: LanguagePack, category: Category, near: str, whole: str) -> Problem | None:
    """The problem that the post tells by itself; of two, the one of the verdict's category."""
    sure = sorted((p for p in pack.problems if p.sure), key=lambda p: p.category is not category)
    return next((p for text in (near, whole) for p in sure if p.seen.search(text)), None)


def _seen(pack: LanguagePack, category: Category, whole: str) -> Problem | None:
    """The problem of the verdict's category that the post has a sign of, a particular one first."""
    own = [p for p in pack.problems if p.category is category and not p.sure]
    own.sort(key=lambda p: p.general)
    return next((p for p in own if p.seen.search(whole)), None)


def _clauses(problem: Problem, details: Details, finding: Finding) -> tuple[str, ...]:
    """The wordings that say the most of what is known, and no more."""
    values = {name: value for name, value in asdict(details).items() if value}
    if finding is Finding.NOT_OURS:
        # "Our driver" would own what was found not to be ours.
        values.pop("role", None)
    usable = [phrase for phrase in problem.say if phrase.usable(values)]
    most = max((len(phrase.needs) for phrase in usable), default=0)
    return tuple(phrase.render(values) for phrase in usable if len(phrase.needs) == most)
