"""How grave a complaint is in its author's words, and how heated: coarse hints for the order of a queue."""

from classifiers.reading import Reading

_FURY = 3
_MANY_MARKS = 2


def severity_of(reading: Reading, *, complaint: bool, heat: int) -> int:
    """0 none, 1 a problem without reproach, 2 disapproval, 3 accusation, 4 blame with a threat or an order."""
    if not complaint:
        return 0
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


def heat_of(reading: Reading) -> int:
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
