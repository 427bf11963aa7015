"""Posts in, verdicts out: the complaint model and its companions behind one call."""

import math
from collections.abc import Sequence
from pathlib import Path

from scipy.special import expit

from cases.posts import Post
from cases.verdicts import Category, Verdict
from classifiers.about import about
from classifiers.category import category_of
from classifiers.language import LEARNED
from classifiers.linear import LinearScorer, Vectorizer
from classifiers.model_file import SHIPPED, Model, load_model
from classifiers.reading import read
from classifiers.relevance import is_relevant
from classifiers.risks import risks_of
from classifiers.severity import grades_of
from classifiers.why import clues


def load_judge(path: Path | None = None, *, cost_of_a_miss: float = 1.0) -> "Judge":
    """The judge with a model file, the shipped one by default. Raises `ModelError`, with what to do."""
    return Judge(load_model(path or SHIPPED), cost_of_a_miss=cost_of_a_miss)


class Judge:
    """Judges posts, in batches where there are many. `name` changes with every training. Not for several threads.

    `cost_of_a_miss` is what a missed complaint costs, in times of what it costs at the model's own operating point. By
    Bayes' rule the odds from which on a post counts as a complaint fall to that part.
    """

    def __init__(self, model: Model, *, cost_of_a_miss: float = 1.0) -> None:
        self.name = model.name
        odds = model.threshold / (1.0 - model.threshold) / cost_of_a_miss if model.threshold < 1 else math.inf
        self.threshold = odds / (1.0 + odds) if math.isfinite(odds) else 1.0
        self.reference = model.reference
        self._vectorizer = Vectorizer(model.pipeline[0])
        self._scorer = LinearScorer(model.pipeline)
        self._companions = model.companions

    def judge(self, posts: Sequence[Post]) -> list[Verdict]:
        """One verdict for each post, in order; a post's verdict does not depend on the others."""
        return [self._verdict(post) for post in posts]

    def _verdict(self, post: Post) -> Verdict:
        """Put together what the linear model and the companions say about one post."""
        reading = read(post.text, post.language)
        row = self._vectorizer.row(reading)
        log_odds, parts = self._scorer.judge(row, len(reading.tokens))
        opinion = (
            self._companions.opinion(row, len(reading.tokens), *self._vectorizer.buckets) if self._companions else None
        )
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
            relevant=is_relevant(reading, post.brand, complaint=complaint),
            language=reading.language,
            about=about(reading, category, opinion.telling if opinion else None) if complaint else "",
            why=clues(post.text, reading.tokens, parts),
            learned=reading.language in LEARNED,
            model=self.name,
        )
