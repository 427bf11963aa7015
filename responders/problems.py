"""Which problem a customer has, in words that can be told back to them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace

from cases.plans import Finding
from cases.verdicts import Category
from responders.details import SENTENCE_ENDS, Details, things_of
from responders.packs import LanguagePack, Problem, fold


@dataclass(frozen=True, slots=True)
class Clause:
    """One wording of the problem in the second person; `details` counts what it repeats of the post."""

    text: str
    details: int


@dataclass(frozen=True, slots=True)
class Telling:
    """The problem as clauses in the second person or as a quotation: one of the two is there.

    `category` says which words suit it: the post may show it to be another than the verdict's.
    """

    category: Category
    clauses: tuple[Clause, ...] = ()
    quote: str = ""


_NEVER_QUOTED = frozenset({Category.PRIVACY, Category.SAFETY})
"""What was exposed would be exposed again by a quotation, and who was endangered needs better than their own words."""


def tell_problem(
    text: str, about: str, category: Category, *, finding: Finding, details: Details, pack: LanguagePack
) -> Telling:
    """What went wrong for the customer, as surely as the post tells it.

    Naming a wrong problem is worse than being general. So a sure sign in the post comes first, whatever the category;
    then a particular sign of the verdict's category; then the customer's own words, which can't be wrong; then a
    general sign of that category, and failing that what is true of anybody who complains. Without `details.quote`
    nothing is quoted.
    """
    near, whole = fold(about), fold(text)
    seen = _surely_seen(pack, category, near, whole) or _seen(pack, category, whole, general=False)
    if seen is None and details.quote and category not in _NEVER_QUOTED:
        return Telling(Category.OTHER, quote=details.quote)
    seen = seen or _seen(pack, category, whole, general=True)
    if seen is None:
        found, words = next(one for one in pack.problems if one.general and one.category is Category.OTHER), ""
    else:
        found, words = seen
    known = details if not words else _with_things(details, words, pack)
    return Telling(found.feels, clauses=_clauses(found, known, finding, pack))


def _with_things(details: Details, words: str, pack: LanguagePack) -> Details:
    """What is named in the very words that tell the problem is surely what it is about."""
    thing, item = things_of(words, pack)
    return replace(details, thing=details.thing or thing, item=details.item or item)


_Seen = tuple[Problem, str]
"""A problem, and the sentence of the post that tells it."""


def _surely_seen(pack: LanguagePack, category: Category, near: str, whole: str) -> _Seen | None:
    """The problem that the post tells by itself; of two, the one of the verdict's category."""
    sure = sorted((p for p in pack.problems if p.sure), key=lambda p: p.category is not category)
    return next((hit for text in (near, whole) if text for hit in _hits(sure, text)), None)


def _seen(pack: LanguagePack, category: Category, whole: str, *, general: bool) -> _Seen | None:
    """The first problem of the verdict's category that the post has a sign of."""
    own = (p for p in pack.problems if p.category is category and not p.sure and p.general is general)
    return next(_hits(own, whole), None)


def _hits(problems: Iterable[Problem], text: str) -> Iterator[_Seen]:
    for problem in problems:
        if match := problem.seen.search(text):
            begin = max((end.end() for end in SENTENCE_ENDS.finditer(text, 0, match.start())), default=0)
            end = SENTENCE_ENDS.search(text, match.end())
            yield problem, text[begin : end.start() if end else len(text)]


def _clauses(problem: Problem, details: Details, finding: Finding, pack: LanguagePack) -> tuple[Clause, ...]:
    """The wordings that say the most of what is known, and no more; each also with a tail that says one thing more."""
    values = {name: value for name, value in asdict(details).items() if value}
    if finding is Finding.NOT_OURS:
        # "Our driver" would own what was found not to be ours.
        values.pop("role", None)
    usable = [phrase for phrase in problem.say if phrase.usable(values)]
    most = max((len(phrase.needs) for phrase in usable), default=0)
    clauses = []
    for phrase in usable:
        if len(phrase.needs) == most:
            clause = Clause(phrase.render(values), most)
            clauses.append(clause)
            clauses.extend(_tailed(clause, phrase.needs, problem, values, pack))
    return tuple(clauses)


def _tailed(
    clause: Clause, told: frozenset[str], problem: Problem, values: Mapping[str, str], pack: LanguagePack
) -> Iterator[Clause]:
    known = {**values, "problem": clause.text}
    for tail in pack.tails:
        more = tail.phrase.needs - {"problem"}
        if problem.category in tail.categories and not more & told and tail.phrase.usable(known):
            yield Clause(tail.phrase.render(known), clause.details + len(more))
