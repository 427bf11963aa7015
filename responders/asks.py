"""What to say and ask first once the talk is private: for the person who handles the case, not for the customer."""

from cases.plans import Approach, Finding
from cases.told import Told
from cases.verdicts import Category

_ASKS: dict[Category, Told] = {
    Category.LATE: Told("the order number, and by when they need it"),
    Category.LOST: Told("the order number, and whether a replacement or the money helps more"),
    Category.DAMAGED: Told("the order number and a photo, and whether a replacement or the money helps more"),
    Category.WRONG_ITEM: Told("the order number and what came, and whether they still need what they ordered"),
    Category.CHARGE: Told("the date and the amount of the charge, and which amount they expected"),
    Category.REFUND: Told("the order number, and when and how the refund was promised"),
    Category.STAFF: Told("where and when it was, and what was said, in their own words"),
    Category.NO_ANSWER: Told("a number to call and the best time, and what they had asked"),
    Category.OUTAGE: Told("where they are and since when, and what they needed it for"),
    Category.APP: Told("the device and what they were about to do"),
    Category.QUALITY: Told("what they expected, and what they got"),
    Category.SAFETY: Told("whether everyone is well, before anything else; then what happened"),
    Category.PRIVACY: Told("what was seen by whom, as far as they know; ask for no further data"),
    Category.ACCESS: Told("what they need to get in today, and which way works for them"),
    Category.POLICY: Told("what made the rule a problem for them"),
    Category.OTHER: Told("what happened, in their own words"),
}
_FAIR = Told("ask what they would call fair")


def asks(category: Category, approach: Approach, finding: Finding) -> tuple[str, ...]:
    """What comes first in private, in this order: understand and thank, then the question, then what would be fair."""
    eager = approach is not Approach.EFFICIENT
    opening = Told("thank them and hear them out") if eager else Told("thank them")
    if finding is Finding.NOT_OURS:
        return opening, Told("tell them what was found, and who can help")
    template = "ask %(what)s" if category is not Category.OTHER else "hear %(what)s"
    first = Told(template, what=_ASKS[category])
    return opening, first, _FAIR
