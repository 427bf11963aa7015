"""Posts in, verdicts out: the complaint model and its companions behind one call."""

import gc
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from scipy.special import expit

from cases.posts import Post
from cases.verdicts import Category, Verdict
from classifiers.about import about
from classifiers.category import category_of
from classifiers.companions import Opinion
from classifiers.encoder.encoder import Encoder
from classifiers.encoder.file import load_encoder
from classifiers.facts import SHIPPED, operating_point
from classifiers.language import LEARNED
from classifiers.linear import Floats, LinearScorer, Row, Vectorizer
from classifiers.model_file import Model, load_model
from classifiers.reading import Reading, read
from classifiers.relevance import is_relevant
from classifiers.risks import may_be_at_risk, risks_of
from classifiers.severity import grades_of
from classifiers.why import clues


def load_judge(path: Path | None = None, *, cost_of_a_miss: float = 1.0, look_twice: bool = True) -> "Judge":
    """The judge with a model file, the shipped one by default. Raises `ModelError`, with what to do."""
    judge = Judge(load_model(path or SHIPPED), cost_of_a_miss=cost_of_a_miss, look_twice=look_twice)
    never_collect_what_is_loaded()
    return judge


def never_collect_what_is_loaded() -> None:
    """Spare the garbage collector what stays for good; walking it at each batch takes a fifth of the judge's time."""
    gc.collect()
    gc.freeze()


class Judge:
    """Judges posts, in batches where there are many. `name` changes with every training. Not for several threads.

    `cost_of_a_miss` is what a missed complaint costs, in times of what it costs at the model's own operating point. By
    Bayes' rule the odds from which on a post counts as a complaint fall to that part. Without `look_twice` the linear
    model judges alone: many times faster, and less often right.
    """

    def __init__(self, model: Model, *, cost_of_a_miss: float = 1.0, look_twice: bool = True) -> None:
        self.name = model.name
        self.threshold = operating_point(model.threshold, cost_of_a_miss)
        self.reference = model.reference
        self._vectorizer = Vectorizer(model.pipeline[1])
        self._scorer = LinearScorer(model.pipeline)
        self._companions = model.companions
        self._look = model.look if look_twice else None

    @cached_property
    def encoder(self) -> Encoder:
        """Read when the first post needs it. Raises `ModelError`."""
        return load_encoder()

    def judge(self, posts: Sequence[Post]) -> list[Verdict]:
        """One verdict for each post, in order; a post's verdict does not depend on the others. Raises `ModelError`."""
        return [self._verdict(post) for post in posts]

    def looks_twice(self, post: Post) -> bool:
        """Whether the linear model leaves a complaint or a risk open."""
        reading = read(post.text, post.language)
        row = self._vectorizer.row(reading)
        return self._is_open(self._scorer.judge(row, len(reading.tokens))[0], self._heads(reading, row))

    def _verdict(self, post: Post) -> Verdict:
        """Put together what the models and the companions say about one post."""
        reading = read(post.text, post.language)
        row = self._vectorizer.row(reading)
        log_odds, parts, opinion = self._opinion(reading, row)
        probability = float(expit(log_odds))
        complaint = probability >= self.threshold
        category = category_of(reading, opinion) if complaint else Category.OTHER
        severity, heat = grades_of(reading, opinion) if complaint else (0, 0)
        return Verdict(
            complaint=complaint,
            probability=probability,
            severity=severity,
            heat=heat,
            category=category,
            risks=risks_of(reading, opinion),
            relevant=is_relevant(reading, post.brand, opinion, complaint=complaint),
            language=reading.language,
            about=about(reading, category, opinion) if complaint else "",
            why=clues(post.text, reading.tokens, parts),
            learned=reading.language in LEARNED,
            model=self.name,
        )

    def _opinion(self, reading: Reading, row: Row) -> tuple[float, Floats, Opinion | None]:
        """The log-odds, what each token adds to them, and what the companions' heads say.

        The encoder is asked where the linear model can't rule out a complaint or a risk, and answers with it then.
        """
        log_odds, parts = self._scorer.judge(row, len(reading.tokens))
        opinion = self._heads(reading, row)
        if self._look is None or not self._is_open(log_odds, opinion):
            return log_odds, parts, opinion
        insight = self.encoder.read(reading.text, reading.tokens)
        return (
            self._look.log_odds(log_odds, insight.log_odds),
            parts * self._look.linear,
            insight.opinion if opinion is None else insight.opinion.with_part_of(opinion),
        )

    def _heads(self, reading: Reading, row: Row) -> Opinion | None:
        """What the linear model's heads say; None where it has none."""
        if self._companions is None:
            return None
        return self._companions.opinion(row, len(reading.tokens), *self._vectorizer.buckets)

    def _is_open(self, log_odds: float, opinion: Opinion | None) -> bool:
        if self._look is None:
            return False
        return log_odds >= self._look.doubt or (opinion is not None and may_be_at_risk(opinion))
