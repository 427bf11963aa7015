"""Which labels hold, and trainings from rows: what the ledger and the reports both ask."""

from sqlalchemy import Select, func, select

from cases.learning import Comparison, Outcome, Training
from store import schema as t
from store.rows import Row


def latest_labels(kind: str) -> Select[tuple[int]]:
    """The numbers of the labels that hold, or say that nothing does: the last of a kind on each mention."""
    return select(func.max(t.labels.c.id)).where(t.labels.c.kind == kind).group_by(t.labels.c.mention_id)


def labelled() -> Select[tuple[int]]:
    """The mentions of which people have said whether they are complaints."""
    return select(t.labels.c.mention_id).where(t.labels.c.id.in_(latest_labels("complaint")), t.labels.c.value != "")


def as_training(row: Row) -> Training:
    """A row of `trainings`."""
    return Training(
        at=row["at"],
        who=row["who"],
        champion=row["champion"],
        challenger=row["challenger"],
        base=row["base"],
        labels=row["labels"],
        outcome=Outcome(row["outcome"]),
        why=row["why"],
        table=tuple(Comparison(**line) for line in row["comparison"]),
    )
