"""What people say of posts that the classifier passed over and that were drawn by lot for them to look at."""

from cases.case import Case
from cases.verdicts import Category
from desk import decisions
from desk.office import Office


def answer(office: Office, mention: int, *, complaint: bool, category: Category | None, who: str) -> Case | None:
    """Keep as a label whether a post is a complaint; the case that a complaint opens, or joins.

    `category` counts only where a case is opened: one that stands already speaks of its own first post. Raises
    `NotFound`, and `MoveRefused` where no complaint is said of what belongs to a case: that is to be dismissed.
    """
    if not complaint:
        office.ledger.label_as_fine(mention, who=who, now=office.clock())
        return None
    case = decisions.flag(office, mention, who=who)
    if category is not None and case.mention_id == mention and case.verdict.category is not category:
        case = decisions.correct(office, case.id, who=who, category=category, severity=None)
    return case
