"""Each companion of the complaint verdict by itself: category, severity, heat, risks, about, language, relevance.

What is said of a complaint is measured on complaints that were found: nobody sees the category of one that was not.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from cases.verdicts import Category, Risk, Verdict
from classifiers.corpora import Example, LabelledMention
from classifiers.measures.agreement import accuracy_and_macro_f1, mean_of, on_a_scale, ratio_of
from classifiers.measures.bootstrap import DRAWS, Interval, Statistic, blocks_of, bootstrap

_WORD = re.compile(r"\w+")
_OF_AIRLINES = {
    "late flight": {Category.LATE},
    "cancelled flight": {Category.LATE},
    "lost luggage": {Category.LOST, Category.LATE},
    "damaged luggage": {Category.DAMAGED},
    "customer service issue": {Category.STAFF, Category.NO_ANSWER},
    "flight attendant complaints": {Category.STAFF},
    "flight booking problems": {Category.APP, Category.CHARGE, Category.ACCESS},
    "bad flight": {Category.QUALITY},
    "longlines": {Category.LATE, Category.NO_ANSWER},
}
"""Which of our categories an airline corpus's reason may be; its "can't tell" is left out."""
_NO_CAUSE = "no cause"
"""What the corpus with cause spans writes where there is none."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of one companion, on `posts` posts of the set `name`."""

    companion: str
    measure: str
    name: str
    posts: int
    value: Interval


def on_mentions(
    name: str, judged: Sequence[tuple[LabelledMention, Verdict]], *, seed: int = 0, draws: int = DRAWS
) -> list[Figure]:
    """All companions on posts that carry every label. Posts about one brand are drawn together."""
    table = _Table(name, seed, draws)
    found = [(post, verdict) for post, verdict in judged if post.complaint and verdict.complaint]
    table.groups = [post.brand or post.text for post, _ in found]
    table.add(
        "category",
        ["right", "macro-F1"],
        accuracy_and_macro_f1([post.category for post, _ in found], [str(verdict.category) for _, verdict in found]),
    )
    table.add_grades("severity", [(post.severity, verdict.severity) for post, verdict in found])
    table.add_grades("heat", [(post.heat, verdict.heat) for post, verdict in found])
    table.add("about", ["token F1"], mean_of([token_f1(verdict.about, post.about) for post, verdict in found]))

    table.groups = [post.brand or post.text for post, _ in judged]
    table.add("language", ["right"], mean_of([verdict.language == post.language for post, verdict in judged]))
    irrelevant = [not post.relevant for post, _ in judged]
    aside = [verdict.relevant is False for _, verdict in judged]
    table.add_share("relevance", "irrelevant, put aside", of=irrelevant, having=aside)
    table.add_share("relevance", "relevant, lost", of=[not value for value in irrelevant], having=aside)
    for risk in (None, *Risk):
        there = [bool(post.risks) if risk is None else risk in post.risks for post, _ in judged]
        heard = [bool(verdict.risks) if risk is None else risk in verdict.risks for _, verdict in judged]
        companion = f"risk: {risk or 'any'}"
        table.add_share(companion, "recall", of=there, having=heard)
        table.add_share(companion, "precision", of=heard, having=there)
    return table.rows


def on_corpus(
    name: str, judged: Sequence[tuple[Example, Verdict]], *, seed: int = 0, draws: int = DRAWS
) -> list[Figure]:
    """Language, and what else one corpus has labels for: severity, reasons, cause spans."""
    table = _Table(name, seed, draws)
    table.groups = [example.group for example, _ in judged]
    table.add("language", ["right"], mean_of([verdict.language == example.language for example, verdict in judged]))
    found = [(example, verdict) for example, verdict in judged if example.complaint and verdict.complaint]

    graded = [(example, verdict) for example, verdict in found if example.severity]
    table.groups = [example.group for example, _ in graded]
    table.add_grades("severity", [(example.severity or 0, verdict.severity) for example, verdict in graded])

    reasons = [(example, verdict) for example, verdict in found if example.reason.casefold() in _OF_AIRLINES]
    table.groups = [example.group for example, _ in reasons]
    table.add(
        "category",
        ["one of those that the reason may be"],
        mean_of([verdict.category in _OF_AIRLINES[example.reason.casefold()] for example, verdict in reasons]),
    )
    spans = [(example, verdict) for example, verdict in found if example.cause.casefold() not in {"", _NO_CAUSE}]
    table.groups = [example.group for example, _ in spans]
    table.add("about", ["token F1"], mean_of([token_f1(verdict.about, example.cause) for example, verdict in spans]))
    return table.rows


def on_beginnings(
    name: str, judged: Sequence[tuple[Example, Verdict]], *, seed: int = 0, draws: int = DRAWS
) -> list[Figure]:
    """The language of posts that were cut down to their first words."""
    table = _Table(name, seed, draws)
    table.groups = [example.group for example, _ in judged]
    right = [verdict.language == example.language for example, verdict in judged]
    table.add("language", ["right on the first three words"], mean_of(right))
    return table.rows


def token_f1(said: str, wanted: str) -> float:
    """Overlap of two spans in words, whatever their case, from 0 to 1; 1 where both are empty."""
    first, second = (Counter(_WORD.findall(span.casefold())) for span in (said, wanted))
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 1.0


class _Table:
    """Collects figures of one set of posts; `groups` says for the next ones which posts belong together."""

    def __init__(self, name: str, seed: int, draws: int) -> None:
        self.rows: list[Figure] = []
        self.groups: list[str] = []
        self._name = name
        self._seed = seed
        self._draws = draws

    def add(self, companion: str, measures: Sequence[str], statistic: Statistic, *, posts: int | None = None) -> None:
        """Figures of a statistic; nothing where no post is there to measure on."""
        count = len(self.groups) if posts is None else posts
        if not count:
            return
        strata = [""] * len(self.groups)
        values = bootstrap(statistic, blocks_of(self.groups, strata), strata, seed=self._seed, draws=self._draws)
        self.rows += [
            Figure(companion, measure, self._name, count, value)
            for measure, value in zip(measures, values, strict=True)
        ]

    def add_grades(self, companion: str, pairs: Sequence[tuple[int, int]]) -> None:
        """Grades that were wanted and said."""
        statistic = on_a_scale([wanted for wanted, _ in pairs], [said for _, said in pairs])
        self.add(companion, ["right", "within one", "weighted kappa"], statistic)

    def add_share(self, companion: str, measure: str, *, of: Sequence[bool], having: Sequence[bool]) -> None:
        """How many of some posts have something."""
        both = [first and second for first, second in zip(of, having, strict=True)]
        self.add(companion, [measure], ratio_of(both, of), posts=sum(of))
