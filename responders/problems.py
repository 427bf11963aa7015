"""Which problem a customer has, in words that can be told back to them."""

from dataclasses import asdict

from cases.plans import Finding
from cases.verdicts import Category
from responders.details import Details
from responders.packs import LanguagePack, Problem, fold


def tell_problem(
    text: str, about: str, category: Category, *, finding: Finding, details: Details, pack: LanguagePack
) -> tuple[tuple[str, ...], str]:
    """The problem as clauses in the second person, and as a quotation: one of the two is there.

    Naming a wrong problem is worse than being general, so a particular one wants its sign in `about` (anywhere, where
    there is no `about`), and the category some sign in the post. Without any, the category is in doubt, and the
    customer's own words are the surest; failing those, or where what was exposed would be exposed again, what is true
    of the whole category.
    """
    near, whole = fold(about), fold(text)
    own = [problem for problem in pack.problems if problem.category is category]
    found = _first_seen(own, near or whole, general=False) or _first_seen(own, whole, general=True)
    if found is None and details.quote and category is not Category.PRIVACY:
        return (), details.quote
    if found is None:
        found = next(problem for problem in own if problem.general)
    return _clauses(found, details, finding), ""


def _first_seen(problems: list[Problem], text: str, *, general: bool) -> Problem | None:
    return next((p for p in problems if p.general is general and p.seen.search(text)), None)


def _clauses(problem: Problem, details: Details, finding: Finding) -> tuple[str, ...]:
    """The wordings that say the most of what is known, and no more."""
    values = {name: value for name, value in asdict(details).items() if value}
    if finding is Finding.NOT_OURS:
        # "Our driver" would own what was found not to be ours.
        values.pop("role", None)
    usable = [phrase for phrase in problem.say if phrase.usable(values)]
    most = max((len(phrase.needs) for phrase in usable), default=0)
    return tuple(phrase.render(values) for phrase in usable if len(phrase.needs) == most)
