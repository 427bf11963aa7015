"""Champion against challenger, on posts that neither has learned from: which of them is to judge.

A share of what people decided is kept for this alone, by lot, so that it is the same posts each time, and no model is
ever fitted on them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cases.learning import Comparison, Outcome, lot
from cases.posts import Post
from classifiers.corpora import Example
from classifiers.judge import Judge

KEPT = 0.3
"""The share of threads that is kept for the comparison. More would leave too little to learn from, less would find no
difference that is smaller than a tenth before there are thousands of decisions."""
FEWEST = 50
"""Decisions to compare by, `FEWEST_OF_A_KIND` of them complaints and as many others. With fewer, hardly a difference
passes for more than chance, and one that does is no more than a handful of posts."""
FEWEST_OF_A_KIND = 10
MARGIN = 0.02
"""By how much macro-F1 may be smaller in one language: what a single post weighs among `FEWEST`."""
_DRAWS = 10_000
_INTERVAL = (2.5, 97.5)
_KINDS = 8
"""Ways in which a post can fall out: truth, champion's and challenger's word, yes or no each."""

Counts = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Decision:
    """What the gate says: who judges, the reason in words, and the table that decided."""

    outcome: Outcome
    why: str
    table: tuple[Comparison, ...] = ()


def is_kept(platform: str, thread: str) -> bool:
    """Whether the posts of a thread are kept for the comparison and never trained on."""
    return lot("gate", platform, thread) < KEPT


def without_repeats(learned: Iterable[Example], kept: Iterable[Example]) -> list[Example]:
    """What is learned from, less the posts whose very words stand among those that are kept."""
    words = {_words(post) for post in kept}
    return [post for post in learned if _words(post) not in words]


def _words(post: Example) -> str:
    return " ".join(post.text.casefold().split())


def lacking(kept: Sequence[Example]) -> str:
    """What is missing before there is enough to compare by, in words; "" where there is enough."""
    complaints = sum(post.complaint for post in kept)
    short = [
        f"{found} of the {needed} {what} needed"
        for found, needed, what in (
            (len(kept), FEWEST, "decisions"),
            (complaints, FEWEST_OF_A_KIND, "complaints"),
            (len(kept) - complaints, FEWEST_OF_A_KIND, "posts without one"),
        )
        if found < needed
    ]
    if not short:
        return ""
    return f"too few to compare by yet: {', '.join(short)}; {KEPT:.0%} of all decisions are kept for this"


def decide(
    champion: Judge, challenger: Judge, kept: Sequence[Example], written: Sequence[Example], *, seed: int = 0
) -> Decision:
    """Compare two judges on the posts that were kept.

    The challenger wins if the 95 % interval of its gain in macro-F1 (paired bootstrap) lies above zero, and in no
    language it is worse by more than `MARGIN`. Where a language has fewer than `FEWEST` posts, `written` ones guard it.
    """
    if missing := lacking(kept):
        return Decision(Outcome.TOO_FEW, missing)
    rng = np.random.default_rng(seed)
    whole = _compare("all", _tally(champion, challenger, kept), rng)
    table = [whole]
    for language in sorted({post.language for post in [*kept, *written]}):
        theirs = [post for post in kept if post.language == language]
        guards = len(theirs) < FEWEST
        if guards:
            theirs = [post for post in written if post.language == language]
        if theirs:
            table.append(_compare(language, _tally(champion, challenger, theirs), rng, written=guards))
    gain = f"{whole.difference:+.3f} macro-F1 on {whole.posts} decisions ({whole.low:+.3f} to {whole.high:+.3f})"
    worst = min(table[1:], key=lambda row: row.difference)
    if whole.low <= 0:
        return Decision(Outcome.NOT_BETTER, f"no better than chance could make it seem: {gain}", tuple(table))
    if worst.difference < -MARGIN:
        why = f"better on the whole, {gain}, but worse in {worst.name}: {worst.difference:+.3f}"
        return Decision(Outcome.WORSE_LANGUAGE, why, tuple(table))
    return Decision(Outcome.REPLACED, f"better beyond chance: {gain}", tuple(table))


def _tally(champion: Judge, challenger: Judge, posts: Sequence[Example]) -> npt.NDArray[np.int64]:
    """How many posts fall out in each of the `_KINDS` ways."""
    asked = [Post(post.text, language=post.language) for post in posts]
    said, says = (np.array([verdict.complaint for verdict in judge.judge(asked)]) for judge in (champion, challenger))
    truth = np.array([post.complaint for post in posts])
    return np.bincount(4 * truth + 2 * said + says, minlength=_KINDS)


def _compare(name: str, tally: npt.NDArray[np.int64], rng: np.random.Generator, *, written: bool = False) -> Comparison:
    """Both models on the same posts. To draw posts again with replacement is to draw counts of the ways anew."""
    total = int(tally.sum())
    drawn = rng.multinomial(total, tally / total, size=_DRAWS).astype(np.float64)
    first, second = _macro_f1(drawn)
    low, high = np.percentile(second - first, _INTERVAL)
    (champion,), (challenger,) = _macro_f1(tally[None, :].astype(np.float64))
    return Comparison(
        name,
        total,
        int(tally[_KINDS // 2 :].sum()),
        float(champion),
        float(challenger),
        float(low),
        float(high),
        written=written,
    )


def _macro_f1(counts: Counts) -> tuple[Counts, Counts]:
    """Macro-F1 of champion and challenger for each row of counts; a class that nobody is in or is put in counts 0."""
    ways = np.arange(_KINDS)
    truth, champion, challenger = ways & 4 > 0, ways & 2 > 0, ways & 1 > 0
    return _of(counts, truth, champion), _of(counts, truth, challenger)


def _of(counts: Counts, truth: npt.NDArray[np.bool_], said: npt.NDArray[np.bool_]) -> Counts:
    parts = []
    for value in (True, False):
        right = 2 * counts[:, (truth == value) & (said == value)].sum(axis=1)
        wrong = counts[:, truth != said].sum(axis=1)
        parts.append(right / np.maximum(right + wrong, 1.0))
    mean: Counts = np.mean(parts, axis=0)
    return mean
