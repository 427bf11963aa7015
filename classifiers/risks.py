"""What calls for a second person. Recall comes first: a false alarm costs a look, a miss may cost much more."""

from cases.verdicts import Risk
from classifiers.companions import Opinion
from classifiers.reading import Reading

_ALARM = 0.15
"""From this probability on the heads together count as having heard a risk. On written posts about brands not seen this
finds six in ten of safety, seven of discrimination, eight of privacy, with one alarm in two or three a true one."""
_NO_JOKE = 0.2
"""Heads that are so sure of self-harm are believed, whatever laughs beside it."""
_DOUBT = 0.1


def may_be_at_risk(opinion: Opinion) -> bool:
    """Whether the linear model's heads can't rule a risk out."""
    return max(opinion.risks.values()) >= _DOUBT


def risks_of(reading: Reading, opinion: Opinion | None) -> frozenset[Risk]:
    """The risks that the post speaks of, complaint or not: what a cue names or a head hears.

    One exaggeration in a joking post ("this queue makes me want to die lol") is no self-harm; two cues of it are, and
    so is one that the head believes.
    """
    cues = [Risk(name) for name, _ in reading.within("risk")]
    heard = {risk for risk, chance in opinion.risks.items() if chance >= _ALARM} if opinion else set()
    sure = opinion is not None and opinion.risks[Risk.SELF_HARM] >= _NO_JOKE
    if reading.heard("hyperbole") and not sure and cues.count(Risk.SELF_HARM) <= 1:
        return frozenset({*cues, *heard} - {Risk.SELF_HARM})
    return frozenset({*cues, *heard})
