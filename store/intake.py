"""How posts come in and become cases (rule 3)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from cases.drafts import text_hash
from cases.errors import MoveRefused, NotFound
from cases.lifecycle import TRANSITIONS, WAITING, Status, on_word_again
from cases.platform import Reply
from cases.posts import Mention
from cases.told import Told
from cases.verdicts import Verdict
from store import schema as t
from store.decisions import AMENDS, IN_FLIGHT, MEANWHILE, Decisions
from store.rows import Row, as_mention, fresh_values, mention_values, trace, verdict_values
from store.searching import index_words
from store.views import Opening, StoredMention

_SOME = 400
"""Values in one IN list; SQLite takes a limited number."""


_Place = tuple[str, str, str]
"""Platform, thread, author: what makes a case."""


def _place(row: Row) -> _Place:
    return (row["platform"], row["thread_id"], row["author_id"])


class Intake(Decisions):
    """From a poll to open cases."""

    def cursor(self, platform: str) -> str | None:
        """Where the last committed poll ended."""
        with self._reading() as connection:
            wanted = select(t.platforms.c.cursor).where(t.platforms.c.name == platform)
            return connection.execute(wanted).scalar_one_or_none()

    def _set_cursor(self, connection: Connection, platform: str, cursor: str | None) -> None:
        known = update(t.platforms).where(t.platforms.c.name == platform).values(cursor=cursor)
        if connection.execute(known).rowcount == 0:
            connection.execute(insert(t.platforms).values(name=platform, cursor=cursor))

    def record(self, platform: str, mentions: Sequence[Mention], cursor: str | None, *, now: datetime) -> list[int]:
        """Store what is new together with the poll's cursor; the numbers of the new mentions.

        A post that is known is brought up to date if its words changed. Nothing of what was forgotten is stored.
        """
        with self._writing() as connection:
            self._alone(connection, f"record {platform}")
            known = self._known(connection, platform, mentions)
            gone = self._gone(connection, platform, mentions)
            fresh: dict[str, Mention] = {}
            for mention in mentions:
                if mention.repost or gone & {mention.post_id, mention.author_id, mention.author}:
                    continue  # a repost opens nothing, and its words belong to somebody else
                row = known.get(mention.post_id)
                if row is None:
                    fresh[mention.post_id] = mention
                elif not row["forgotten"] and row["text"] != mention.text:
                    self._renew(connection, row, mention, now)
            new: list[int] = []
            if fresh:
                connection.execute(insert(t.mentions), [mention_values(mention, now) for mention in fresh.values()])
                new = sorted(row["id"] for row in self._known(connection, platform, list(fresh.values())).values())
                index_words(connection, new)
            for mention in fresh.values():
                if mention.own and mention.parent_id:
                    self._seen_by_hand(connection, mention, now)
            self._set_cursor(connection, platform, cursor)
        return new

    def _known(self, connection: Connection, platform: str, mentions: Sequence[Mention]) -> dict[str, Row]:
        found: dict[str, Row] = {}
        ids = [mention.post_id for mention in mentions]
        columns = (
            t.mentions.c.id,
            t.mentions.c.post_id,
            t.mentions.c.text,
            t.mentions.c.case_id,
            t.mentions.c.forgotten,
        )
        for start in range(0, len(ids), _SOME):
            wanted = select(*columns).where(
                t.mentions.c.platform == platform, t.mentions.c.post_id.in_(ids[start : start + _SOME])
            )
            found |= {row["post_id"]: row for row in connection.execute(wanted).mappings()}
        return found

    def _gone(self, connection: Connection, platform: str, mentions: Sequence[Mention]) -> set[str]:
        """Identifiers of posts and authors that were forgotten."""
        if connection.execute(select(t.forgotten.c.hash).limit(1)).first() is None:
            return set()
        names = {trace(platform, "post", mention.post_id): mention.post_id for mention in mentions}
        names |= {trace(platform, "author", mention.author_id): mention.author_id for mention in mentions}
        names |= {trace(platform, "author", mention.author): mention.author for mention in mentions}
        hashes, found = list(names), set()
        for start in range(0, len(hashes), _SOME):
            wanted = select(t.forgotten.c.hash).where(t.forgotten.c.hash.in_(hashes[start : start + _SOME]))
            found |= {names[value] for value in connection.execute(wanted).scalars()}
        return found

    def _renew(self, connection: Connection, row: Row, mention: Mention, now: datetime) -> None:
        """The author edited a post: the case that it leads must be looked at again."""
        connection.execute(update(t.mentions).where(t.mentions.c.id == row["id"]).values(**fresh_values(mention)))
        index_words(connection, [row["id"]])
        if row["case_id"] is None:
            return
        case = self._case_row(connection, row["case_id"])
        if case["mention_id"] != row["id"]:
            return
        self._words_changed(connection, case, at=now, why="the author edited the post")

    def _words_changed(self, connection: Connection, case: Row, *, at: datetime, why: str) -> None:
        """A draft or approval was for less than the whole story: draft anew, unless a person wrote what waits."""
        status = Status(case["status"])
        by_us = self._latest_is_ours(connection, case["id"])
        if status is Status.APPROVED:
            self._revoke(connection, case["id"], at)
            self._transition(
                connection,
                case["id"],
                status,
                Status.DRAFTED,
                at=at,
                who=AMENDS,
                action="edited",
                why=why,
                marks={"needs_draft": by_us, "approved_at": None},
            )
            return
        self._record_event(connection, case["id"], at=at, who=AMENDS, action="edited", why=why)
        if status in IN_FLIGHT:
            # Should it turn out that nothing was posted, the approval doesn't hold for the words as they are now.
            self._revoke(connection, case["id"], at)
            connection.execute(update(t.cases).where(t.cases.c.id == case["id"]).values(needs_draft=by_us))
        if status in {Status.DRAFTED, Status.CHANGES_REQUESTED}:
            self._revoke(connection, case["id"], at)
            marks = {"reason": why, "needs_draft": by_us and status is Status.DRAFTED}
            connection.execute(update(t.cases).where(t.cases.c.id == case["id"]).values(**marks))

    def _seen_by_hand(self, connection: Connection, mention: Mention, now: datetime) -> None:
        """An answer of ours came by in a poll: if a case waits for it to be posted by hand, it was."""
        wanted = (
            select(t.cases)
            .join(t.mentions, t.mentions.c.id == t.cases.c.mention_id)
            .where(
                t.cases.c.status == str(Status.BY_HAND),
                t.mentions.c.platform == mention.platform,
                t.mentions.c.post_id == mention.parent_id,
            )
        )
        row = connection.execute(wanted).mappings().one_or_none()
        if row is not None:
            reply = Reply(mention.post_id, mention.url, mention.text, mention.posted_at)
            self._posted_by_hand(connection, row, reply, who=AMENDS, now=now)

    def judge(self, verdicts: Sequence[tuple[int, Verdict]], *, now: datetime) -> None:
        """Store verdicts; one that is there already stays, so that this may be run again."""
        with self._writing() as connection:
            self._alone(connection, "judge")
            ids = [number for number, _ in verdicts]
            waiting: set[int] = set()
            for start in range(0, len(ids), _SOME):
                wanted = select(t.mentions.c.id).where(
                    t.mentions.c.id.in_(ids[start : start + _SOME]), t.mentions.c.stage == "recorded"
                )
                waiting |= set(connection.execute(wanted).scalars())
            rows = [verdict_values(number, verdict, now) for number, verdict in verdicts if number in waiting]
            if rows:
                connection.execute(insert(t.verdicts), rows)
                self._set_stage(connection, sorted(waiting), "judged")

    def _set_stage(self, connection: Connection, ids: Sequence[int], stage: str) -> None:
        for start in range(0, len(ids), _SOME):
            some = ids[start : start + _SOME]
            connection.execute(update(t.mentions).where(t.mentions.c.id.in_(some)).values(stage=stage))

    def settle(self, openings: Sequence[Opening], *, now: datetime) -> list[int]:
        """Open a case for each mention that calls for one, or attach it to the one that its author has in the thread.

        The rest is passed over. All in one transaction; the numbers of the cases opened anew.
        """
        with self._writing() as connection:
            self._alone(connection, "settle")
            rows = self._to_settle(connection, [opening.mention_id for opening in openings])
            threads = self._threads(connection, rows.values())
            passed: list[int] = []
            drawn: list[dict[str, object]] = []
            fresh: dict[_Place, tuple[Row, Opening]] = {}
            again: list[tuple[_Place, Opening]] = []
            for opening in openings:
                row = rows.get(opening.mention_id)
                if row is None:
                    continue  # another process was faster
                place = _place(row)
                if place in threads or place in fresh:
                    again.append((place, opening))
                elif opening.opens:
                    fresh[place] = (row, opening)
                else:
                    passed.append(row["id"])
                    if opening.sample is not None:
                        drawn.append({"mention_id": row["id"], "share": opening.sample, "at": now})
            opened = self._open(connection, list(fresh.values()), now)
            threads |= dict(zip(fresh, opened, strict=True))
            for place, opening in again:
                self._attach(connection, threads[place], opening.mention_id, opening, now)
            self._set_stage(connection, passed, "settled")
            if drawn:
                connection.execute(insert(t.samples), drawn)
        return opened

    def _to_settle(self, connection: Connection, ids: Sequence[int]) -> dict[int, Row]:
        found: dict[int, Row] = {}
        columns = (t.mentions.c.id, t.mentions.c.platform, t.mentions.c.thread_id, t.mentions.c.author_id)
        for start in range(0, len(ids), _SOME):
            wanted = (
                select(*columns)
                .where(t.mentions.c.id.in_(ids[start : start + _SOME]), t.mentions.c.stage == "judged")
                .with_for_update()
            )
            found |= {row["id"]: row for row in connection.execute(wanted).mappings()}
        return found

    def _threads(self, connection: Connection, rows: Iterable[Row]) -> dict[_Place, int]:
        """The cases that exist in the threads of these mentions."""
        threads = sorted({row["thread_id"] for row in rows})
        found: dict[_Place, int] = {}
        for start in range(0, len(threads), _SOME):
            wanted = select(t.cases).where(t.cases.c.thread_id.in_(threads[start : start + _SOME]))
            found |= {_place(row): row["id"] for row in connection.execute(wanted).mappings()}
        return found

    def _open(
        self, connection: Connection, fresh: Sequence[tuple[Row, Opening]], now: datetime, who: str = AMENDS
    ) -> list[int]:
        """Open a case for each of these mentions; the cases, in their order."""
        if not fresh:
            return []
        rows = [
            {
                "platform": row["platform"],
                "thread_id": row["thread_id"],
                "author_id": row["author_id"],
                "mention_id": row["id"],
                "status": str(Status.FLAGGED),
                "opened_at": now,
                "due_at": opening.due_at or now,
                "at_risk": opening.at_risk,
                "needs_draft": False,
            }
            for row, opening in fresh
        ]
        opened = list(
            connection.execute(insert(t.cases).returning(t.cases.c.id, sort_by_parameter_order=True), rows).scalars()
        )
        attach = update(t.mentions).where(t.mentions.c.id == bindparam("mention")).values(stage="settled")
        connection.execute(
            attach.values(case_id=bindparam("case")),
            [{"mention": row["id"], "case": case} for (row, _), case in zip(fresh, opened, strict=True)],
        )
        line = {"at": now, "who": who, "action": "opened", "old": None, "new": str(Status.FLAGGED), "why": ""}
        connection.execute(insert(t.events), [{"case_id": case, **line} for case in opened])
        for case, (_, opening) in zip(opened, fresh, strict=True):
            if opening.escalate:
                self._escalate(connection, case, Status.FLAGGED, opening.escalate, who=who, now=now)
        return opened

    def _escalate(
        self,
        connection: Connection,
        case: int,
        old: Status,
        why: str,
        *,
        now: datetime,
        who: str = AMENDS,
        marks: Mapping[str, object] | None = None,
    ) -> None:
        self._transition(
            connection, case, old, Status.ESCALATED, at=now, who=who, action="escalated", why=why, marks=marks
        )

    def _attach(self, connection: Connection, number: int, mention: int, opening: Opening, now: datetime) -> None:
        """Its author wrote again in the thread of a case."""
        case = self._case_row(connection, number)
        connection.execute(update(t.mentions).where(t.mentions.c.id == mention).values(stage="settled", case_id=number))
        old = Status(case["status"])
        new = on_word_again(old, complaint=opening.opens)
        if old is Status.APPROVED and opening.at_risk and not case["at_risk"]:
            new = Status.DRAFTED  # one person's yes is not enough any more
        why = "the author wrote again" + (", and is not content" if opening.opens else "")
        if opening.at_risk and not case["at_risk"]:
            connection.execute(update(t.cases).where(t.cases.c.id == number).values(at_risk=True))
            self._revoke(connection, number, now)
        if opening.escalate and old not in IN_FLIGHT | {Status.ESCALATED}:
            self._hand_over(connection, case, mention, opening, now)
            return
        if new is None:
            why = f"{why}: {opening.escalate}" if opening.escalate else why
            meanwhile = old in IN_FLIGHT and opening.opens
            action = MEANWHILE if meanwhile else "wrote again"
            self._record_event(connection, number, at=now, who=AMENDS, action=action, why=why)
            if meanwhile:
                self._revoke(connection, number, now)
            if old in {Status.FLAGGED, Status.CHANGES_REQUESTED, Status.ESCALATED} and opening.opens:
                connection.execute(update(t.cases).where(t.cases.c.id == number).values(mention_id=mention))
            return
        self._revoke(connection, number, now)
        keep = old is Status.DRAFTED and not self._latest_is_ours(connection, number)
        marks: dict[str, object] = {"needs_draft": new is Status.DRAFTED and not keep, "approved_at": None}
        if not keep and new in {Status.DRAFTED, Status.FLAGGED}:
            marks["mention_id"] = mention
        if old not in {Status.DRAFTED, Status.APPROVED} and opening.due_at is not None:
            marks["due_at"] = opening.due_at
        self._transition(connection, number, old, new, at=now, who=AMENDS, action="wrote again", why=why, marks=marks)

    def _hand_over(self, connection: Connection, case: Row, mention: int, opening: Opening, now: datetime) -> None:
        """What the author wrote now needs a person at once, wherever their case stood (rule 10)."""
        number, old = case["id"], Status(case["status"])
        self._revoke(connection, number, now)
        if Status.ESCALATED not in TRANSITIONS[old]:
            step = next(way for way in TRANSITIONS[old] if Status.ESCALATED in TRANSITIONS[way])
            why = "the author wrote again"
            self._transition(connection, number, old, step, at=now, who=AMENDS, action="wrote again", why=why)
            old = step
        marks: dict[str, object] = {"mention_id": mention, "approved_at": None, "needs_draft": False}
        if opening.due_at is not None:
            marks["due_at"] = min(case["due_at"], opening.due_at) if old in WAITING else opening.due_at
        self._escalate(connection, number, old, opening.escalate or "", now=now, marks=marks)

    def flag(self, mention_id: int, *, who: str, due_at: datetime, now: datetime) -> int:
        """Open a case for a mention that the classifier passed over; the case. Raises `NotFound`."""
        with self._writing() as connection:
            self._alone(connection, "settle")
            row = self._kept_mention_row(connection, mention_id)
            self._label(connection, mention_id, "complaint", "true", who=who, now=now)
            if row["case_id"] is not None:
                case = self._case_row(connection, row["case_id"])
                if Status(case["status"]) is Status.DISMISSED:
                    self._transition(
                        connection, case["id"], Status.DISMISSED, Status.FLAGGED, at=now, who=who, action="flagged"
                    )
                return int(row["case_id"])
            opening = Opening(mention_id, opens=True, due_at=due_at)
            known = self._threads(connection, [row]).get(_place(row))
            if known is not None:
                self._attach(connection, known, mention_id, opening, now)
                return known
            return self._open(connection, [(row, opening)], now, who)[0]

    def label_as_fine(self, mention_id: int, *, who: str, now: datetime) -> None:
        """A person looked at a mention that was passed over, and it is no complaint; a complaint is to be flagged.

        Raises `NotFound`, and `MoveRefused` where it belongs to a case, which is to be dismissed instead.
        """
        with self._writing() as connection:
            self._alone(connection, "settle")
            row = self._kept_mention_row(connection, mention_id)
            if row["case_id"] is not None:
                case = row["case_id"]
                message = Told(
                    "mention %(mention_id)s belongs to case %(case)s; say so there: amends dismiss %(case)s",
                    mention_id=mention_id,
                    case=case,
                )
                raise MoveRefused(message)
            self._label(connection, mention_id, "complaint", "false", who=who, now=now)

    def _kept_mention_row(self, connection: Connection, mention_id: int) -> Row:
        row = self._mention_row(connection, mention_id)
        if row["forgotten"]:
            message = Told("mention %(mention_id)s is forgotten", mention_id=mention_id)
            raise NotFound(message)
        return row

    def _mention_row(self, connection: Connection, mention_id: int) -> Row:
        wanted = select(t.mentions).where(t.mentions.c.id == mention_id).with_for_update()
        row = connection.execute(wanted).mappings().one_or_none()
        if row is None:
            message = Told("there is no mention %(mention_id)s", mention_id=mention_id)
            raise NotFound(message)
        return row

    def refresh(self, mention_id: int, mention: Mention, *, now: datetime) -> None:
        """Store a post as it is now; changed words send its case back to a new draft. What is forgotten stays so.

        Raises `NotFound`.
        """
        with self._writing() as connection:
            row = self._mention_row(connection, mention_id)
            if row["forgotten"]:
                return
            if text_hash(row["text"]) != text_hash(mention.text):
                self._renew(connection, row, mention, now)
            else:
                values = fresh_values(mention)
                connection.execute(update(t.mentions).where(t.mentions.c.id == mention_id).values(**values))

    def to_reread(self, platform: str, *, now: datetime, limit: int = 100) -> list[StoredMention]:
        """Posts that their network wants to be read again by now."""
        wanted = (
            select(t.mentions)
            .where(
                t.mentions.c.platform == platform,
                t.mentions.c.forget_by <= now,
                ~t.mentions.c.forgotten,
                t.mentions.c.stage == "settled",
            )
            .order_by(t.mentions.c.forget_by)
            .limit(limit)
        )
        with self._reading() as connection:
            rows = connection.execute(wanted).mappings()
            return [StoredMention(row["id"], as_mention(row), row["case_id"]) for row in rows]
