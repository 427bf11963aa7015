"""Posts in, verdicts out: the complaint model and its companions behind one call."""

from collections.abc import Sequence
from pathlib import Path

from scipy.special import expit

from cases.posts import Post
from cases.verdicts import Category, Verdict
from classifiers.about import about
from classifiers.category import category_of
from classifiers.language import LEARNED
from classifiers.linear import LinearScorer
from classifiers.model_file import SHIPPED, Model, load_model
from classifiers.reading import read
from classifiers.relevance import is_relevant
from classifiers.risks import risks_of
from classifiers.severity import heat_of, severity_of
from classifiers.why import clues


def load_judge(path: Path | None = None) -> "Judge":
    """The judge with a model file, the shipped one by default. Raises `ModelError`, with what to do."""
    return Judge(load_model(path or SHIPPED))


class Judge:
    """Judges posts, in batches where there are many. `name` changes with every training. Not for several threads."""

    def __init__(self, model: Model) -> None:
        self.name = model.name
        self.threshold = model.threshold
        self._scorer = LinearScorer(model.pipeline)

    def judge(self, posts: Sequence[Post]) -> list[Verdict]:
        """One verdict for each post, in order; a post's verdict does not depend on the others."""
        return [self._verdict(post) for post in posts]

    def _verdict(self, post: Post) -> Verdict:
        """Put together what the linear model and the companions say about one post."""
        reading = read(post.text, post.language)
        parts = self._scorer.parts(reading)
        probability = float(expit(parts.sum() + self._scorer.intercept))
        complaint = probability >= self.threshold
        heat = heat_of(reading)
        category = category_of(reading) if complaint else Category.OTHER
        return Verdict(
            complaint=complaint,
            probability=probability,
            severity=severity_of(reading, complaint=complaint, heat=heat),
            heat=heat if complaint else 0,
            category=category,
            risks=risks_of(reading),
            relevant=is_relevant(reading, post.brand, complaint=complaint),
            language=reading.language,
            about=about(reading, category) if complaint else "",
            why=clues(post.text, reading.tokens, parts),
            learned=reading.language in LEARNED,
            model=self.name,
        )
