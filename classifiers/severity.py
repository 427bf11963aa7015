"""How grave a complaint is in its author's words, and how heated: coarse hints for the order of a queue.

Two readers, rules over cues and heads learned from posts, are averaged: the heads are right more often, the rules tell
a threat from a report where the heads hedge.
"""

from classifiers.companions import Opinion
from classifiers.reading import Reading

_RULES = 1 / 3
"""The share of the rules: of those tried, the one whose grades went best with those of posts about brands not seen."""

_GRAVEST = 4
_FURY = 3
_HALF_ASSENT = 1.5
_MANY_MARKS = 2


def grades_of(reading: Reading, opinion: Opinion | None) -> tuple[int, int]:
    """Severity, 1 to 4, and heat, 0 to 3, of a complaint; by the rules alone where there are no heads."""
    heat = _heat_by_rules(reading)
    severity = _severity_by_rules(reading, heat)
    if opinion is None:
        return severity, heat
    return _both(severity, opinion.severity, _GRAVEST), _both(heat, opinion.heat, _FURY)


def _both(ruled: int, heard: float, most: int) -> int:
    """The two readers' grade. Heads hedge: where rules name one of the upper grades, half of their assent is enough."""
    if ruled >= most - 1 and heard >= ruled - _HALF_ASSENT:
        return max(ruled, round(heard))
    return round(_RULES * ruled + (1 - _RULES) * heard)


def _severity_by_rules(reading: Reading, heat: int) -> int:
    """1 a problem without reproach, 2 disapproval, 3 accusation, 4 blame with a threat or an order."""
    threat = {"legal", "press"} & {name for name, _ in reading.within("risk")}
    demand = bool(reading.heard("demand"))
    accusation = bool(reading.heard("accusation"))
    if demand and (threat or accusation or heat >= _FURY):
        return 4
    if accusation:
        return 3
    if threat and (demand or heat):
        return 4
    return 2 if heat or demand or _reproach(reading) else 1


def _heat_by_rules(reading: Reading) -> int:
    """0 calm, 1 irony or controlled anger, 2 open anger, 3 shouting."""
    forms = [token.form for token in reading.tokens]
    cues = len(reading.heard("heat"))
    marks = forms.count("!!") + forms.count("<shout>") // _MANY_MARKS
    if cues and marks:
        return 3
    if cues > 1 or marks > 1 or (cues and "!" in forms):
        return 2
    return 1 if cues or marks or _reproach(reading) else 0


def _reproach(reading: Reading) -> bool:
    """A question that wants no answer, irony's quotation marks, an accusation: more than a plain report."""
    forms = [token.form for token in reading.tokens]
    return bool(reading.heard("accusation")) or "<quote>" in forms or "??" in forms or forms.count("?") > 1
