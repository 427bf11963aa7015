"""How good the judge is, on posts that no training saw: `amends evaluate`, and the figures of the model card."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from cases.errors import ModelError
from cases.posts import Post
from cases.verdicts import Verdict
from classifiers.corpora import (
    EVERYDAY,
    WRITTEN,
    Example,
    LabelledMention,
    is_held_back,
    made_up_posts,
    read_corpora,
    written_posts,
)
from classifiers.facts import SHIPPED
from classifiers.judge import Judge
from classifiers.measures.bootstrap import DRAWS
from classifiers.measures.brands import judged_without_their_brand
from classifiers.measures.companions import Figure, on_beginnings, on_corpus, on_mentions
from classifiers.measures.curves import Curves, curves
from classifiers.measures.learning_curve import learning_curve
from classifiers.measures.lexicons import judged_by, lexicons
from classifiers.measures.report import Lexicon, Report
from classifiers.measures.scores import Judged, Scores, score
from classifiers.measures.speed import Speed, measure_speed
from classifiers.measures.transfer import unseen_corpora, unseen_domains
from classifiers.model_file import load_model
from classifiers.text import tokens

MIXED = "all, corpora counting the same"
_BEGINNING = 3
"""Words of a post by which its language must be told already."""
_POSTS_TO_TIME = 3_000
_MANY = 1_000


def evaluate(
    data: Path,
    model: Path = SHIPPED,
    *,
    progress: Callable[[str], None],
    seed: int = 0,
    refit: bool = True,
    thorough: bool = False,
    draws: int = DRAWS,
) -> Report:
    """Measure a model that `train` made from the same data folder.

    Corpora: on the groups that training keeps back. Hand-written posts were learned from, so they are judged by models
    that saw nothing of their brand; that takes minutes, and `refit=False` leaves it out. `thorough` also leaves out
    each domain and each corpus in turn, and all but a share of the written posts, with a fit for each. The same data,
    model and seed give the same figures, speed aside. Raises `ModelError` where the folder or the model can't be used,
    and `ExtraMissing` without the libraries of the extra "evaluate".
    """
    word_lists = lexicons()  # first of all: better to miss them now than after minutes
    begin = time.perf_counter()
    loaded = load_model(model)
    judge = Judge(loaded)
    load_s = time.perf_counter() - begin
    corpora = read_corpora(data)
    held_back = [example for example in corpora if is_held_back(example)]
    if not held_back:
        raise ModelError(f"{data} is so small that nothing of it is kept back; there is nothing to measure on")

    progress(f"speed of model {judge.name}")
    everyday = [post.text for post in held_back if post.source == "en-brands" and post.group == EVERYDAY]
    speed: Speed = measure_speed(loaded, _some(held_back, seed), load_s=load_s, everyday=everyday)
    progress(f"judging {len(held_back)} posts that were kept back")
    verdicts = judge.judge([Post(example.text) for example in held_back])
    kept_back = [_judged(example, verdict) for example, verdict in zip(held_back, verdicts, strict=True)]
    pairs = judged_without_their_brand(data, loaded, progress=progress, seed=seed) if refit else {}
    to_brands = [_judged(post.example(name), verdict) for name, posts in pairs.items() for post, verdict in posts]

    def rows(posts: Sequence[Judged], *, calibrated: bool = True) -> tuple[Scores, ...]:
        named = _by_source(posts)
        return tuple(score(name, part, calibrated=calibrated, seed=seed, draws=draws) for name, part in named)

    progress("drawing confidence intervals")
    companions = [figure for name, posts in pairs.items() for figure in _on_mentions(name, posts, seed, draws)]
    companions += _on_corpora(list(zip(held_back, verdicts, strict=True)), judge, seed, draws)
    by_language = [*_by_language(kept_back), (MIXED, kept_back)]
    languages = tuple(score(name, part, seed=seed, draws=draws) for name, part in by_language)
    progress(f"{' and '.join(word_lists)} on the same posts")
    learned = [example for example in corpora if not is_held_back(example)]
    unseen = [post.example for post in (*kept_back, *to_brands)]
    beside = {name: judged_by(scale, learned, unseen, seed=seed) for name, scale in word_lists.items()}
    written = [post.example(WRITTEN) for post in written_posts()]
    everything = [*corpora, *made_up_posts(seed), *written] if thorough else []
    return Report(
        model=judge.name,
        threshold=judge.threshold,
        seed=seed,
        kept_back=rows(kept_back) + languages,
        to_brands=rows(to_brands),
        lexicons=tuple(Lexicon(name, rows(posts, calibrated=False)) for name, posts in beside.items() if posts),
        unseen_domains=tuple(unseen_domains(everything, progress=progress, seed=seed, draws=draws)),
        unseen_corpora=tuple(unseen_corpora(everything, progress=progress, seed=seed, draws=draws)),
        learning_curve=tuple(learning_curve(everything, progress=progress, seed=seed, draws=draws)),
        companions=tuple(companions),
        curves=tuple(_curves([*kept_back, *to_brands])),
        speed=speed,
    )


def _some(posts: Sequence[Example], seed: int) -> list[str]:
    """Texts to be timed with."""
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    return [post.text for post in rng.sample(posts, min(len(posts), _POSTS_TO_TIME))]


def _judged(example: Example, verdict: Verdict) -> Judged:
    return Judged(example, verdict.probability, verdict.complaint)


def _by_source(posts: Sequence[Judged]) -> Iterator[tuple[str, list[Judged]]]:
    ordered = sorted(posts, key=lambda post: post.example.source)
    return ((name, list(part)) for name, part in groupby(ordered, key=lambda post: post.example.source))


def _by_language(posts: Sequence[Judged]) -> Iterator[tuple[str, list[Judged]]]:
    """The posts of each language that has more than one corpus."""
    for language in sorted({post.example.language for post in posts}):
        part = [post for post in posts if post.example.language == language]
        if len({post.example.source for post in part}) > 1:
            yield f"all in {language}", part


def _curves(posts: Sequence[Judged]) -> Iterator[Curves]:
    for name, part in _by_source(posts):
        if len({post.example.complaint for post in part}) > 1:
            yield curves(name, part)


def _on_mentions(
    name: str, pairs: Sequence[tuple[LabelledMention, Verdict]], seed: int, draws: int
) -> Iterator[Figure]:
    """All companions on one set of hand-written posts; where they are many, on its posts of each language too."""
    yield from on_mentions(name, pairs, seed=seed, draws=draws)
    for language in sorted({post.language for post, _ in pairs}) if len(pairs) >= _MANY else []:
        part = [(post, verdict) for post, verdict in pairs if post.language == language]
        yield from on_mentions(f"{name}-{language}", part, seed=seed, draws=draws)


def _on_corpora(pairs: Sequence[tuple[Example, Verdict]], judge: Judge, seed: int, draws: int) -> Iterator[Figure]:
    """What each corpus has labels for, and the language of its posts cut down to three words."""
    for name in sorted({example.source for example, _ in pairs}):
        part = [(example, verdict) for example, verdict in pairs if example.source == name]
        yield from on_corpus(name, part, seed=seed, draws=draws)
        cut = [(example, beginning) for example, _ in part if (beginning := first_words(example.text))]
        again = judge.judge([Post(beginning) for _, beginning in cut])
        pairs_cut = [(example, verdict) for (example, _), verdict in zip(cut, again, strict=True)]
        yield from on_beginnings(name, pairs_cut, seed=seed, draws=draws)


def first_words(text: str) -> str:
    """A post to the end of its third word, handles and marks before it included; "" where it has fewer words."""
    ends = [token.end for token in tokens(text) if token.form[0].isalpha()]
    return text[: ends[_BEGINNING - 1]] if len(ends) >= _BEGINNING else ""
