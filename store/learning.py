"""What the classifier may learn from, what people should look at, and which model judges."""

from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import func, insert, or_, select

from cases.learning import SHIPPED, Outcome, Reign, Training
from store import schema as t
from store.labels import as_training, labelled, latest_labels
from store.reading import VERDICT
from store.rows import Row, as_mention, as_verdict, storable
from store.upkeep import Upkeep
from store.views import Drawn, Label


class Learning(Upkeep):
    """Labels out, trainings in."""

    def training_labels(self, kind: str = "complaint") -> list[Label]:
        """The labels of a kind that a model may learn from, the oldest first; only here do they leave the store.

        Left out is every text that its network does not allow to train on, what is forgotten, what its author changed
        after it was labelled, and what is written in a language that the classifier does not judge.
        """
        wanted = (
            select(
                t.labels,
                t.mentions.c.platform,
                t.mentions.c.thread_id,
                t.mentions.c.text,
                t.verdicts.c.language,
            )
            .join(t.mentions, t.mentions.c.id == t.labels.c.mention_id)
            .join(t.verdicts, t.verdicts.c.mention_id == t.labels.c.mention_id)
            .where(
                t.labels.c.id.in_(latest_labels(kind)),
                t.labels.c.value != "",
                t.mentions.c.may_train,
                ~t.mentions.c.forgotten,
                ~t.mentions.c.own,
                t.mentions.c.text != "",
                t.verdicts.c.learned,
                or_(t.mentions.c.edited_at.is_(None), t.mentions.c.edited_at <= t.labels.c.at),
            )
            .order_by(t.labels.c.id)
        )
        with self._reading() as connection:
            return [
                Label(
                    mention_id=row["mention_id"],
                    platform=row["platform"],
                    thread=row["thread_id"],
                    text=row["text"],
                    language=row["language"],
                    kind=row["kind"],
                    value=row["value"],
                    who=row["who"],
                    at=row["at"],
                    model=row["model"],
                    probability=row["probability"],
                )
                for row in connection.execute(wanted).mappings()
            ]

    def count_labels(self, kind: str = "complaint") -> int:
        """How many labels of a kind hold, those included that nothing may be learned from."""
        wanted = (
            select(func.count())
            .select_from(t.labels)
            .where(t.labels.c.id.in_(latest_labels(kind)), t.labels.c.value != "")
        )
        with self._reading() as connection:
            return connection.execute(wanted).scalar_one()

    # --- the sample of what was passed over

    def to_look_at(self, limit: int = 100) -> list[Drawn]:
        """Mentions that were drawn for people to look at and wait for it, the oldest first."""
        wanted = (
            select(t.mentions, *VERDICT, t.samples.c.share)
            .join(t.samples, t.samples.c.mention_id == t.mentions.c.id)
            .join(t.verdicts, t.verdicts.c.mention_id == t.mentions.c.id)
            .where(~t.mentions.c.forgotten, t.mentions.c.case_id.is_(None), t.mentions.c.id.not_in(labelled()))
            .order_by(t.mentions.c.id)
            .limit(limit)
        )
        with self._reading() as connection:
            rows = connection.execute(wanted).mappings()
            return [Drawn(row["id"], as_mention(row), as_verdict(row, "v_"), row["share"]) for row in rows]

    def count_to_look_at(self) -> int:
        """How many mentions were drawn and wait for somebody to look at them."""
        said = (
            select(t.labels.c.value)
            .where(t.labels.c.mention_id == t.samples.c.mention_id, t.labels.c.kind == "complaint")
            .order_by(t.labels.c.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        # Few are drawn: each one's label is found by its index, instead of all labels that hold first.
        wanted = (
            select(func.count())
            .select_from(t.samples)
            .join(t.mentions, t.mentions.c.id == t.samples.c.mention_id)
            .where(~t.mentions.c.forgotten, t.mentions.c.case_id.is_(None), func.coalesce(said, "") == "")
        )
        with self._reading() as connection:
            return connection.execute(wanted).scalar_one()

    # --- trainings and champions

    def note_training(self, training: Training) -> Training:
        """Keep a training. Where it ended with `REPLACED`, its challenger judges from now on, in the same transaction.

        If somebody changed the champion since it was compared with, nothing is replaced, and it is kept as `OVERTAKEN`.
        The training as it was kept.
        """
        with self._writing() as connection:
            self._alone(connection, "champion")
            if training.outcome is Outcome.REPLACED:
                reigning = _name(connection.execute(_LATEST).mappings().one_or_none())
                if reigning != training.champion:
                    why = f"the champion was changed to {reigning} meanwhile; train again to compare with that one"
                    training = replace(training, outcome=Outcome.OVERTAKEN, why=why)
                else:
                    reign = Reign(training.challenger, training.at, training.who, training.why)
                    connection.execute(insert(t.champions), [asdict(reign)])
            values = asdict(training)
            del values["table"]
            values |= {"outcome": str(training.outcome), "why": storable(training.why)}
            connection.execute(insert(t.trainings), [values | {"comparison": [asdict(row) for row in training.table]}])
        return training

    def crown(self, name: str, *, who: str, why: str, now: datetime) -> None:
        """A person chose which model judges from now on."""
        with self._writing() as connection:
            self._alone(connection, "champion")
            values = {"name": name, "at": now, "who": storable(who), "why": storable(why)}
            connection.execute(insert(t.champions), [values])

    def champion(self) -> str:
        """The name of the model that judges; `SHIPPED` where nobody has chosen another one yet."""
        with self._reading() as connection:
            return _name(connection.execute(_LATEST).mappings().one_or_none())

    def reigns(self, limit: int = 20) -> list[Reign]:
        """How the champion was changed, the latest first."""
        wanted = select(t.champions).order_by(t.champions.c.id.desc()).limit(limit)
        with self._reading() as connection:
            return [
                Reign(row["name"], row["at"], row["who"], row["why"]) for row in connection.execute(wanted).mappings()
            ]

    def trainings(self, limit: int = 20) -> list[Training]:
        """The latest trainings, the last one first."""
        wanted = select(t.trainings).order_by(t.trainings.c.id.desc()).limit(limit)
        with self._reading() as connection:
            return [as_training(row) for row in connection.execute(wanted).mappings()]

    def training_of(self, name: str) -> Training | None:
        """The training that a model came from; None where this store knows of none."""
        wanted = select(t.trainings).where(t.trainings.c.challenger == name).order_by(t.trainings.c.id.desc()).limit(1)
        with self._reading() as connection:
            row = connection.execute(wanted).mappings().one_or_none()
        return as_training(row) if row else None


_LATEST = select(t.champions).order_by(t.champions.c.id.desc()).limit(1)


def _name(row: Row | None) -> str:
    return SHIPPED if row is None else str(row["name"])
