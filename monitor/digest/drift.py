"""Whether the posts of the last four weeks still look like what the classifier knows."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from cases.errors import ModelError
from monitor.house import House

if TYPE_CHECKING:
    from classifiers.drift import Drift

SPAN = timedelta(weeks=4)
_MOST = 5_000
"""Posts that are looked at: enough for every language, and done in a second or two."""

log = structlog.get_logger(__name__)


def drifted(house: House, end: datetime) -> "tuple[Drift, ...]":
    """The languages whose posts, in the four weeks before `end`, went beyond what the model showed in training.

    Only posts that the model at work has judged. None where they are too few, or the model's file can't be used: a
    digest is written all the same. Raises `StoreError`.
    """
    posts = house.ledger.reports.judged(end - SPAN, end, most=_MOST)
    if not posts:
        return ()
    from classifiers.drift import FEWEST, Seen, drifts  # noqa: PLC0415 - heavy, and only here

    if len(posts) < FEWEST:
        return ()
    try:
        judge = house.judge
    except ModelError as error:
        log.warning("drift not looked at", action="digest", error=str(error))
        return ()
    if judge.reference is None:
        return ()  # its training saw too few posts to tell how they usually look
    seen = [Seen(post.text, post.language, post.probability) for post in posts if post.model == judge.name]
    return tuple(drift for drift in drifts(seen, judge.reference) if drift.drifted)
