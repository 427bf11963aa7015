"""What calls for a second person. Recall comes first: a false alarm costs a look, a miss may cost much more."""

from cases.verdicts import Risk
from classifiers.reading import Reading


def risks_of(reading: Reading) -> frozenset[Risk]:
    """The risks that the post speaks of, complaint or not. Joking exaggeration is no self-harm."""
    risks = {Risk(name) for name, _ in reading.within("risk")}
    if Risk.SELF_HARM in risks and reading.heard("hyperbole"):
        risks.discard(Risk.SELF_HARM)
    return frozenset(risks)
