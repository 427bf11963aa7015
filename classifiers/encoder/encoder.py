"""What the encoder says of one post: is it a complaint, and all that its companions tell."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit
from threadpoolctl import ThreadpoolController

from cases.verdicts import Category, Risk
from classifiers.companions import Opinion
from classifiers.encoder.network import Arrays, Floats, Network
from classifiers.encoder.words import Speller
from classifiers.linear import shares_of
from classifiers.text import Token

HEADS = {
    "category": len(Category),
    "severity": 4,
    "heat": 4,
    "risks": len(Risk),
    "irrelevant": 1,
    "span": 1,
}
"""What is read off beside the complaint, and how many scores each needs."""
_GRADES = np.arange(4)


@dataclass(frozen=True, slots=True)
class Insight:
    """What one reading of a post gave."""

    log_odds: float
    """Of a complaint, before they are put together with those of the linear model."""
    opinion: Opinion


class Encoder:
    """A network with its speller and heads. Not for several threads.

    `kinds` are the kinds of text that it learned from, each with its own idea of a complaint. As the linear model's
    experts, they are mixed by what the post reads like; `favourite` is `favour` times as likely beforehand. Raises as
    `Network` and `Speller` do.
    """

    def __init__(
        self, arrays: Arrays, speller: bytes, kinds: Sequence[str], *, favourite: str, favour: float = 3.0
    ) -> None:
        self._network = Network(arrays)
        self._speller = Speller(speller, self._network.longest)
        sizes = {"complaint": len(kinds), "gate": len(kinds), **HEADS}
        self._heads = {name: _head(arrays, name, size, self._network.width) for name, size in sizes.items()}
        # A post is too small to be shared out among cores, and threads that wait for it would keep them busy.
        self._threads = ThreadpoolController()
        self._leaning = np.array([np.log(favour) if kind == favourite else 0.0 for kind in kinds])

    def read(self, text: str, tokens: Sequence[Token]) -> Insight:
        """Read a post; `tokens` are the linear model's, of which it says whether they name the problem."""
        spelled = self._speller.spell(text)
        with self._threads.limit(limits=1, user_api="blas"):
            vectors = self._network(spelled.pieces)
        whole = vectors.mean(axis=0)
        shares = shares_of(self._scores("gate", whole) + self._leaning)
        risks = expit(self._scores("risks", whole))
        category = shares_of(self._scores("category", whole))
        inside = expit(self._scores("span", vectors)[:, 0])
        return Insight(
            log_odds=float(shares @ self._scores("complaint", whole)),
            opinion=Opinion(
                category=dict(zip(Category, category.tolist(), strict=True)),
                severity=float(shares_of(self._scores("severity", whole)) @ (_GRADES + 1)),
                heat=float(shares_of(self._scores("heat", whole)) @ _GRADES),
                risks=dict(zip(Risk, risks.tolist(), strict=True)),
                irrelevant=float(expit(self._scores("irrelevant", whole))[0]),
                telling=np.zeros(len(tokens)),
                within=_by_token(tokens, spelled.starts, spelled.ends, inside),
            ),
        )

    def _scores(self, head: str, vectors: Floats) -> npt.NDArray[np.float64]:
        weights, shift = self._heads[head]
        scores: npt.NDArray[np.float64] = (vectors @ weights.T + shift).astype(np.float64)
        return scores


def _head(arrays: Arrays, name: str, size: int, width: int) -> tuple[Floats, Floats]:
    weights = np.asarray(arrays[f"head.{name}"], np.float32)
    shift = np.asarray(arrays[f"head.{name}.shift"], np.float32)
    if weights.shape != (size, width) or shift.shape != (size,):
        raise ValueError(f"the head {name} has the shape {weights.shape}, not {(size, width)}")
    return weights, shift


def _by_token(
    tokens: Sequence[Token],
    starts: npt.NDArray[np.int64],
    ends: npt.NDArray[np.int64],
    inside: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """The most that any piece of the word around each token says."""
    return np.array(
        [inside[(starts <= token.start) & (ends >= token.end)].max(initial=0.0) for token in tokens], dtype=np.float64
    )
