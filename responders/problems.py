"""Which problem a customer has, in words that can be told back to them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from cases.plans import Finding
from cases.verdicts import Category
from responders.details import SENTENCE_ENDS, Details, person_of, things_of
from responders.packs import LanguagePack, Problem, fold


@dataclass(frozen=True, slots=True)
class Clause:
    """One wording of the problem in the second person; `details` counts what it repeats of the post."""

    text: str
    details: int


@dataclass(frozen=True, slots=True)
class Telling:
    """The problem as clauses in the second person or as a quotation: one of the two is there.

    `category` says which words suit it: the post may show it to be another than the verdict's. `felt` are sentences of
    empathy for this very problem, and `asked` says that the post asks something.
    """

    category: Category
    clauses: tuple[Clause, ...] = ()
    quote: str = ""
    felt: tuple[str, ...] = ()
    asked: bool = False


@dataclass(frozen=True, slots=True)
class _Seen:
    """A problem, its sign in the post, and the sentence in which that stands."""

    problem: Problem
    sign: str
    sentence: str


_NEVER_QUOTED = frozenset({Category.PRIVACY, Category.SAFETY})
"""What was exposed would be exposed again by a quotation, and who was endangered needs better than their own words."""


def tell_problem(
    text: str,
    about: str,
    category: Category,
    *,
    grave: bool = False,
    endangered: bool = False,
    finding: Finding,
    details: Details,
    pack: LanguagePack,
) -> Telling:
    """What went wrong for the customer, as surely as the post tells it.

    Naming a wrong problem is worse than being general. So a sure sign in the post comes first, whatever the category;
    then a particular sign of the verdict's category; then the customer's own words, which can't be wrong; then a
    general sign of that category, and failing that what is true of anybody who complains, or, where it is `grave`, of
    anybody who was endangered or degraded. Somebody `endangered` hears of that first: a repair that failed is little
    beside the brake that did. Without `details.quote` nothing is quoted.
    """
    near, whole = fold(about), fold(text)
    first = (Category.SAFETY, category) if endangered else (category,)
    seen = _surely_seen(pack, first, near, whole) or _seen(pack, category, whole, general=False)
    if seen is None and details.quote and category not in _NEVER_QUOTED:
        return Telling(Category.OTHER, quote=details.quote)
    seen = seen or _seen(pack, category, whole, general=True)
    if seen is None:
        found = _of_anybody(pack, grave=grave)
        known = replace(details, whom=person_of(near, pack)) if grave else details
    else:
        found = seen.problem
        known = _with_things(details, seen, pack)
    values = _values(known, finding)
    felt = tuple(phrase.render(values) for phrase in found.felt if phrase.usable(values))
    return Telling(found.feels, clauses=_clauses(found, values, pack), felt=felt)


def _of_anybody(pack: LanguagePack, *, grave: bool) -> Problem:
    """What is true of every complaint; a pack need not tell the grave ones apart."""
    general = [one for one in pack.problems if one.general and one.category is Category.OTHER]
    return next((one for one in general if one.grave is grave), general[0])


def _with_things(details: Details, seen: _Seen, pack: LanguagePack) -> Details:
    """What is named in the very words that tell the problem is surely what it is about."""
    thing, item = things_of(seen.sentence, pack)
    return replace(details, thing=details.thing or thing, item=details.item or item, whom=person_of(seen.sign, pack))


def _surely_seen(pack: LanguagePack, first: Sequence[Category], near: str, whole: str) -> _Seen | None:
    """The problem that the post tells by itself; of two, the one of these categories."""
    sure = [problem for problem in pack.problems if problem.sure]
    own = [[problem for problem in sure if problem.category is category] for category in first]
    return next((hit for some in (*own, sure) for text in (near, whole) if text for hit in _hits(some, text)), None)


def _seen(pack: LanguagePack, category: Category, whole: str, *, general: bool) -> _Seen | None:
    """The first problem of the verdict's category that the post has a sign of."""
    own = (p for p in pack.problems if p.category is category and not p.sure and p.general is general)
    return next(_hits(own, whole), None)


def _hits(problems: Iterable[Problem], text: str) -> Iterator[_Seen]:
    for problem in problems:
        if match := problem.seen.search(text):
            begin = max((end.end() for end in SENTENCE_ENDS.finditer(text, 0, match.start())), default=0)
            end = SENTENCE_ENDS.search(text, match.end())
            yield _Seen(problem, match[0], text[begin : end.start() if end else len(text)])


def _values(details: Details, finding: Finding) -> dict[str, str]:
    """What wordings may mention."""
    values = {name: value for name, value in asdict(details).items() if value}
    if finding is Finding.NOT_OURS:
        # "Our driver" would own what was found not to be ours.
        values.pop("role", None)
    return values


def _clauses(problem: Problem, values: Mapping[str, str], pack: LanguagePack) -> tuple[Clause, ...]:
    """The wordings that say the most of what is known, and no more; each also with a tail that says one thing more."""
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
