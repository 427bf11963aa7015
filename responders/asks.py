"""What to say and ask first once the talk is private: for the person who handles the case, not for the customer."""

from cases.plans import Approach, Finding
from cases.verdicts import Category

_ASKS: dict[Category, str] = {
    Category.LATE: "the order number, and by when they need it",
    Category.LOST: "the order number, and whether a replacement or the money helps more",
    Category.DAMAGED: "the order number and a photo, and whether a replacement or the money helps more",
    Category.WRONG_ITEM: "the order number and what came, and whether they still need what they ordered",
    Category.CHARGE: "the date and the amount of the charge, and which amount they expected",
    Category.REFUND: "the order number, and when and how the refund was promised",
    Category.STAFF: "where and when it was, and what was said, in their own words",
    Category.NO_ANSWER: "a number to call and the best time, and what they had asked",
    Category.OUTAGE: "where they are and since when, and what they needed it for",
    Category.APP: "the device and what they were about to do",
    Category.QUALITY: "what they expected, and what they got",
    Category.SAFETY: "whether everyone is well, before anything else; then what happened",
    Category.PRIVACY: "what was seen by whom, as far as they know; ask for no further data",
    Category.ACCESS: "what they need to get in today, and which way works for them",
    Category.POLICY: "what made the rule a problem for them",
    Category.OTHER: "what happened, in their own words",
}
_FAIR = "ask what they would call fair"


def asks(category: Category, approach: Approach, finding: Finding) -> tuple[str, ...]:
    """What comes first in private, in this order: understand and thank, then the question, then what would be fair."""
    opening = "thank them and hear them out" if approach is not Approach.EFFICIENT else "thank them"
    if finding is Finding.NOT_OURS:
        return opening, "tell them what was found, and who can help"
    first = f"ask {_ASKS[category]}" if category is not Category.OTHER else f"hear {_ASKS[category]}"
    return opening, first, _FAIR
