"""Which kinds of cues a post holds, as features of the complaint model: what its words say beyond themselves.

Cues are shared by all languages, so what one language's posts teach about an accusation or a settled matter serves the
others too.
"""

from collections import defaultdict

from cases.verdicts import Category
from classifiers.cues import Hit
from classifiers.reading import Reading

_PLAIN = ("settled", "demand", "accusation", "heat", "insult", "personal", "hyperbole", "risk", "irrelevant")
SIGNALS = (*_PLAIN, *(f"category.{category}" for category in Category))
"""Every signal the model knows, in the order of its weights. All risks count as one, as does what is irrelevant."""


def signal_hits(reading: Reading) -> dict[str, list[Hit]]:
    """The known signals of a post, each with the places where it was heard."""
    found: dict[str, list[Hit]] = defaultdict(list)
    for hit in reading.hits:
        name = hit.signal if hit.signal.startswith("category.") else hit.signal.split(".")[0]
        if name in SIGNALS:
            found[name].append(hit)
    return found


def signals(reading: Reading) -> list[str]:
    """The names of the signals in a post: an analyzer for scikit-learn's vectorizers."""
    return list(signal_hits(reading))
