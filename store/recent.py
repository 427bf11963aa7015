"""The posts of a time with what the classifier said of them, for a look at whether they still are what it knows."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, select

from store import schema as t


@dataclass(frozen=True, slots=True)
class JudgedText:
    """A post's words and language, and how likely a complaint it is by the model of that name."""

    text: str
    language: str
    probability: float
    model: str


def judged_texts(connection: Connection, start: datetime, end: datetime, most: int) -> tuple[JudgedText, ...]:
    """Posts that were read from `start` to before `end`; of more than `most` every n-th, so that all days count.

    Others' posts in languages that the classifier has learned, without reposts and without what is forgotten.
    """
    chosen = and_(
        t.mentions.c.seen_at >= start,
        t.mentions.c.seen_at < end,
        ~t.mentions.c.own,
        ~t.mentions.c.repost,
        ~t.mentions.c.forgotten,
        t.verdicts.c.learned,
    )
    joined = t.mentions.join(t.verdicts, t.verdicts.c.mention_id == t.mentions.c.id)
    count = connection.execute(select(func.count()).select_from(joined).where(chosen)).scalar_one()
    step = max(1, -(-count // most))
    wanted = (
        select(t.mentions.c.text, t.verdicts.c.language, t.verdicts.c.probability, t.verdicts.c.model)
        .select_from(joined)
        .where(chosen, t.mentions.c.id % step == 0)
        .order_by(t.mentions.c.id)
        .limit(most)
    )
    return tuple(JudgedText(*row) for row in connection.execute(wanted))
