"""Posts in, verdicts out: the complaint model and its companions behind one call."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from cases.posts import Post
from cases.verdicts import Category, Verdict
from classifiers.about import about
from classifiers.category import category_of
from classifiers.language import LEARNED
from classifiers.model_file import SHIPPED, Model, load_model
from classifiers.reading import Reading, read
from classifiers.relevance import is_relevant
from classifiers.risks import risks_of
from classifiers.severity import heat_of, severity_of
from classifiers.why import clues, contributions


def load_judge(path: Path | None = None) -> "Judge":
    """The judge with a model file, the shipped one by default. Raises `ModelError`, with what to do."""
    return Judge(load_model(path or SHIPPED))


class Judge:
    """Judges posts, in batches where there are many. `name` changes with every training. Not for several threads."""

    def __init__(self, model: Model) -> None:
        self.name = model.name
        self.threshold = model.threshold
        regression = model.pipeline[-1]
        self._vectorizer = model.pipeline[:-1]
        self._weights: npt.NDArray[np.float32] = regression.coef_[0]
        self._intercept = float(regression.intercept_[0])

    def judge(self, posts: Sequence[Post]) -> list[Verdict]:
        """One verdict for each post, in order; a post's verdict does not depend on the others."""
        if not posts:
            return []
        rows = self._vectorizer.transform([post.text for post in posts])
        rows.sort_indices()
        verdicts = []
        for at, post in enumerate(posts):
            part = slice(rows.indptr[at], rows.indptr[at + 1])
            columns = rows.indices[part]
            added = rows.data[part].astype(np.float64) * self._weights[columns]
            verdicts.append(self._verdict(post, columns, added))
        return verdicts

    def _verdict(self, post: Post, columns: npt.NDArray[np.intp], added: npt.NDArray[np.float64]) -> Verdict:
        """Put together what the linear model and the companions say about one post."""
        reading: Reading = read(post.text, post.language)
        probability = float(expit(added.sum() + self._intercept))
        complaint = probability >= self.threshold
        heat = heat_of(reading)
        category = category_of(reading) if complaint else Category.OTHER
        by_token = contributions(reading.tokens, columns, added, len(self._weights))
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
            why=clues(post.text, reading.tokens, by_token),
            learned=reading.language in LEARNED,
            model=self.name,
        )
