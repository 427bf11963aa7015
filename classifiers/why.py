"""The words that moved a verdict, as spans that a page can underline."""

from collections.abc import Sequence

from cases.verdicts import Clue
from classifiers.linear import Floats
from classifiers.text import Token

_MOST = 6


def clues(text: str, post: Sequence[Token], parts: Floats) -> tuple[Clue, ...]:
    """The few words that weighed most, strongest first. `parts` are the tokens' log-odds."""
    spans: dict[tuple[int, int], float] = {}
    for token, weight in zip(post, parts.tolist(), strict=True):
        place = (token.start, token.end)
        spans[place] = spans.get(place, 0.0) + weight
    strongest = sorted(spans.items(), key=lambda item: (-abs(item[1]), item[0]))[:_MOST]
    return tuple(Clue(text[start:end], round(weight, 4), start, end) for (start, end), weight in strongest)
