"""All figures of one evaluation, and their JSON."""

import dataclasses
import json
import math
from dataclasses import dataclass

from classifiers.measures.companions import Figure
from classifiers.measures.curves import Curves
from classifiers.measures.scores import Scores
from classifiers.measures.speed import Speed


@dataclass(frozen=True, slots=True)
class Lexicon:
    """A word list's figures on the English posts, in rows of the same names as the judge's own."""

    name: str
    rows: tuple[Scores, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of one evaluation; what was not asked for is empty or None."""

    model: str
    threshold: float
    seed: int
    kept_back: tuple[Scores, ...]
    """The parts of each corpus that training never sees; then each language and all, corpora counting the same."""
    to_brands: tuple[Scores, ...] = ()
    """Hand-written posts to and about brands, each judged by a model that saw nothing of its brand."""
    lexicons: tuple[Lexicon, ...] = ()
    unseen_domains: tuple[Scores, ...] = ()
    unseen_corpora: tuple[Scores, ...] = ()
    learning_curve: tuple[Scores, ...] = ()
    companions: tuple[Figure, ...] = ()
    curves: tuple[Curves, ...] = ()
    speed: Speed | None = None

    def as_json(self) -> str:
        """Everything, points of the curves included; figures that are not defined are null."""
        return json.dumps(_plain(dataclasses.asdict(self)), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _plain(value: object) -> object:
    """The same with None for NaN, which JSON does not know."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value
