"""The tables, as they are now; `migrations/` has how they came to be."""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)


class Moment(TypeDecorator[datetime]):
    """An aware time, kept in UTC. SQLite has no zones, so they are put back when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database; a naive time is refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a time without a zone reached the store"
            raise ValueError(message)
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database; always aware, always UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

mentions = Table(
    "mentions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("platform", String(32), nullable=False),
    Column("post_id", Text, nullable=False),
    Column("thread_id", Text, nullable=False),
    Column("parent_id", Text),
    Column("author_id", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("author_name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("posted_at", Moment, nullable=False),
    Column("edited_at", Moment),
    Column("seen_at", Moment, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("language", Text),
    Column("followers", Integer),
    Column("own", Boolean, nullable=False),
    Column("repost", Boolean, nullable=False),
    Column("ref", Text, nullable=False),
    Column("answerable", Boolean, nullable=False),
    Column("why_not", Text, nullable=False),
    Column("author_wrote_first", Boolean, nullable=False),
    Column("may_train", Boolean, nullable=False),
    Column("forget_by", Moment),
    Column("stage", String(16), nullable=False),  # recorded → judged → settled
    Column("case_id", Integer),  # of `cases`; no foreign key, since that table refers to this one
    Column("forgotten", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("platform", "post_id"),
    Index("ix_mentions_stage_id", "stage", "id"),
    Index("ix_mentions_case_id", "case_id"),
    Index("ix_mentions_seen_at", "seen_at"),
    Index("ix_mentions_platform_forget_by", "platform", "forget_by"),
    Index("ix_mentions_platform_author_id", "platform", "author_id"),
)
"""Every public post about the brand that was read. Its row stays when it is forgotten, without words or names."""

verdicts = Table(
    "verdicts",
    metadata,
    Column("mention_id", Integer, ForeignKey("mentions.id"), primary_key=True),
    Column("complaint", Boolean, nullable=False),
    Column("probability", Float, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("heat", Integer, nullable=False),
    Column("category", String(16), nullable=False),
    Column("risks", JSON, nullable=False),
    Column("relevant", Boolean),
    Column("language", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("why", JSON, nullable=False),
    Column("learned", Boolean, nullable=False),
    Column("model", String(64), nullable=False),
    Column("at", Moment, nullable=False),
)
"""What the classifier said about each mention."""

cases = Table(
    "cases",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("platform", String(32), nullable=False),
    Column("thread_id", Text, nullable=False),
    Column("author_id", Text, nullable=False),
    Column("mention_id", Integer, ForeignKey("mentions.id"), nullable=False),
    Column("status", String(24), nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("opened_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("at_risk", Boolean, nullable=False),
    Column("needs_draft", Boolean, nullable=False),
    Column("redraft_at", Moment),  # a draft of ours that promises a word by then is written anew
    Column("approved_at", Moment),
    Column("not_before", Moment),
    Column("withdrawn", Boolean, nullable=False, server_default=false()),
    Column("forgotten", Boolean, nullable=False, server_default=false()),
    Column("assignee", Text),
    Column("snoozed_until", Moment),
    Column("return_to", String(24)),  # where a case was before a word was written that follows its answer
    UniqueConstraint("platform", "thread_id", "author_id"),
    # What a page of the queue asks stands in the index: no case is read but those that are shown.
    Index("ix_cases_status_due_at", "status", "due_at", "id", "snoozed_until", "assignee", "at_risk"),
    Index("ix_cases_opened_at", "opened_at"),
    Index("ix_cases_platform_author_id", "platform", "author_id"),
    Index("ix_cases_assignee", "assignee", "status", "snoozed_until"),
    Index("ix_cases_snoozed_until", "snoozed_until"),
    Index("ix_cases_status_snoozed_until_assignee", "status", "snoozed_until", "assignee"),
)
"""One author's trouble in one thread."""

drafts = Table(
    "drafts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", Integer, ForeignKey("cases.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("language", Text, nullable=False),
    Column("components", JSON, nullable=False),
    Column("faults", JSON, nullable=False),
    Column("plan", Text, nullable=False),
    Column("purpose", String(16), nullable=False, server_default="answer"),
    UniqueConstraint("case_id", "revision"),
)
"""Every revision of every reply."""

approvals = Table(
    "approvals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", Integer, ForeignKey("cases.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("revoked_at", Moment),
    Index("ix_approvals_case_id_revision", "case_id", "revision"),
)
"""Who said yes to which exact text."""

intents = Table(
    "intents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", Integer, ForeignKey("cases.id"), nullable=False),
    Column("post_id", Text, nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("key", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("owner", Text, nullable=False),
    Column("lease_until", Moment, nullable=False),
    Column("begun_at", Moment, nullable=False),
    Column("absences", Integer, nullable=False),
    Column("reply_id", Text),
    Column("reply_url", Text),
    Column("posted_at", Moment),
    Column("by_hand", Boolean, nullable=False),
    UniqueConstraint("case_id", "post_id", "purpose"),
    UniqueConstraint("key"),
    Index("ix_intents_state_lease_until", "state", "lease_until"),
    Index("ix_intents_posted_at", "posted_at"),
)
"""Every public message that we were about to write, are unsure of, or wrote (rule 2)."""

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", Integer, ForeignKey("cases.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("who", Text, nullable=False),
    Column("action", String(64), nullable=False),
    Column("old", String(24)),
    Column("new", String(24)),
    Column("why", Text, nullable=False),
    Index("ix_events_case_id", "case_id", "id"),
    Index("ix_events_at", "at"),
)
"""What happened to each case; never changed."""

labels = Table(
    "labels",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mention_id", Integer, ForeignKey("mentions.id"), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("value", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("model", String(64)),
    Column("probability", Float),
    Index("ix_labels_mention_id", "mention_id"),
    Index("ix_labels_at", "at"),
)
"""What people's decisions teach: "complaint" (true or false), "category", "severity", and which model had said what.

Never changed: the latest of a kind holds for a mention. An empty value says that nothing holds any more.
"""

samples = Table(
    "samples",
    metadata,
    Column("mention_id", Integer, ForeignKey("mentions.id"), primary_key=True),
    Column("share", Float, nullable=False),
    Column("at", Moment, nullable=False),
)
"""Mentions that were passed over and drawn by lot for people to look at, with the share that was drawn then."""

trainings = Table(
    "trainings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("who", Text, nullable=False),
    Column("champion", String(64), nullable=False),
    Column("challenger", String(64), nullable=False),
    Column("base", String(64), nullable=False),
    Column("labels", Integer, nullable=False),
    Column("outcome", String(24), nullable=False),
    Column("why", Text, nullable=False),
    Column("comparison", JSON, nullable=False),
    Index("ix_trainings_at", "at"),
)
"""Every training on people's decisions, with the table that decided."""

champions = Table(
    "champions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
)
"""Which model judges: the latest row holds, the others are how it came."""

incidents = Table(
    "incidents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("keywords", JSON, nullable=False),
    Column("cause", JSON, nullable=False),
    Column("doing", JSON, nullable=False),
    Column("next_word_at", Moment),
    Column("owner", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", Text, nullable=False),
    Column("closed_at", Moment),
    Column("closed_by", Text),
    Index("ix_incidents_state", "state"),
)
"""What goes wrong for many: prepared, open or closed. Keywords and words for the public are kept by language."""

affected = Table(
    "affected",
    metadata,
    Column("incident_id", Integer, ForeignKey("incidents.id"), primary_key=True),
    Column("case_id", Integer, ForeignKey("cases.id"), primary_key=True),
)
"""Which cases an incident touches."""

findings = Table(
    "findings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", Integer, ForeignKey("cases.id"), nullable=False),
    Column("finding", String(16), nullable=False),
    Column("cause", Text, nullable=False),
    Column("damage", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_findings_case_id", "case_id", "id"),
)
"""What looking into a case showed; the latest holds."""

overrules = Table(
    "overrules",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", Integer, ForeignKey("cases.id"), nullable=False),
    Column("name", String(32), nullable=False),
    Column("value", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_overrules_case_id", "case_id", "id"),
)
"""Lines of a case's plan that a person set; the latest of a name holds, an empty value gives the line back."""

grants = Table(
    "grants",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", Integer, ForeignKey("cases.id"), nullable=False),
    Column("words", Text, nullable=False),
    Column("value", Float, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_grants_case_id", "case_id", "id"),
    Index("ix_grants_at", "at"),
)
"""What customers were given to make up for the harm: the budgets count it."""

promises = Table(
    "promises",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", Integer, ForeignKey("cases.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("words", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("owner", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("state", String(16), nullable=False),
    Column("settled_at", Moment),
    Column("settled_by", Text),
    Column("why", Text, nullable=False),
    Index("ix_promises_case_id", "case_id", "id"),
    Index("ix_promises_state_due_at", "state", "due_at"),
)
"""What approved texts promise, with who answers for it."""

platforms = Table(
    "platforms",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("cursor", Text),
    Column("last_poll", Moment),
    Column("last_ok", Moment),
    Column("newest", Moment),
    Column("error", Text),
    Column("until", Moment),
)
"""Where each platform's polling stands."""

pauses = Table(
    "pauses",
    metadata,
    Column("name", String(32), primary_key=True),  # a platform, or * for all
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
"""Where sending is stopped, by whom and why."""

costs = Table(
    "costs",
    metadata,
    Column("platform", String(32), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("usd", Float, nullable=False),
)
"""What reading has cost, by UTC day."""

leases = Table(
    "leases",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("owner", Text, nullable=False),
    Column("until", Moment, nullable=False),
)
"""Who works on what, and until when nobody else may."""

digests = Table(
    "digests",
    metadata,
    Column("week", String(8), primary_key=True),
    Column("owner", Text, nullable=False),
    Column("claimed_at", Moment, nullable=False),
    Column("sent_at", Moment),
)
"""Which weeks were mailed."""

forgotten = Table(
    "forgotten",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("at", Moment, nullable=False),
)
"""Hashes of posts and authors that must never be stored or answered again (rule 9)."""

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("password", Text),  # argon2's own notation, which holds the salt and the cost
    Column("language", String(16), nullable=False),
    Column("zone", Text, nullable=False),
    Column("single_keys", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("disabled_at", Moment),
    Column("sso", Text),
    Column("subject", Text),
    UniqueConstraint("key"),
    UniqueConstraint("sso"),
    UniqueConstraint("subject"),
)
"""Who works at the desk. Nobody is deleted: decisions carry their names."""

sessions = Table(
    "sessions",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("person_id", Integer, ForeignKey("people.id"), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Index("ix_sessions_person_id", "person_id"),
    Index("ix_sessions_ends_at", "ends_at"),
)
"""Who is signed in, by the hash of the cookie's secret."""

links = Table(
    "links",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("purpose", String(16), nullable=False),
    Column("person_id", Integer, ForeignKey("people.id")),
    Column("made_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("used_at", Moment),
    Index("ix_links_person_id", "person_id"),
)
"""One-time links, by the hash of their secret."""

tokens = Table(
    "tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", Integer, ForeignKey("people.id"), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("label", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("seen_at", Moment),
    Column("revoked_at", Moment),
    UniqueConstraint("hash"),
    Index("ix_tokens_person_id", "person_id"),
)
"""Tokens for the API, by the hash of their secret."""

attempts = Table(
    "attempts",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_attempts_at", "at"),
)
"""Attempts to sign in that have not succeeded, by the hash of a name or an address."""

access_log = Table(
    "access_log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("who", Text, nullable=False),
    Column("action", String(32), nullable=False),
    Column("whom", Text, nullable=False),
    Column("why", Text, nullable=False),
)
"""Who let whom in, gave which role, or shut whom out; never changed."""

presence = Table(
    "presence",
    metadata,
    Column("person_id", Integer, ForeignKey("people.id"), primary_key=True),
    Column("case_id", Integer, ForeignKey("cases.id"), nullable=False),
    Column("editing", Boolean, nullable=False),
    Column("until", Moment, nullable=False),
)
"""Which case each person has before them. It lapses by itself."""

saved_views = Table(
    "saved_views",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", Integer, ForeignKey("people.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False),
    UniqueConstraint("person_id", "name"),
)
"""Ways to look at the queue that people keep, as the page's address says them."""

saved_replies = Table(
    "saved_replies",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("language", String(16), nullable=False),
    Column("category", String(16)),
    Column("text", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("language", "title"),
)
"""Replies that a team keeps, and who wrote each last."""

unsaved = Table(
    "unsaved",
    metadata,
    Column("case_id", Integer, ForeignKey("cases.id"), primary_key=True),
    Column("person_id", Integer, ForeignKey("people.id"), primary_key=True),
    Column("text", Text, nullable=False),
    Column("draft", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_unsaved_at", "at"),
)
"""What each person has typed for a case and not recorded; gone once it is, or the case is closed or forgotten."""
