"""An index of the words of posts, and indexes that hold all that a page of the queue asks."""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# As `store.searching` folds words at this revision: who changes it there writes a revision that fills the index anew.
_SAME = dict(zip("يىئكةۀأإآٱؤ", "یییکههااااو", strict=True))
_SAME |= {chr(first + digit): str(digit) for first in (0x660, 0x6F0) for digit in range(10)}
_NOTHING = "\u200c\u200d\u0640\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0670\u0654"
_FOLDING = str.maketrans({**_SAME, **dict.fromkeys(_NOTHING, "")})
_SOME = 1000


def upgrade() -> None:
    """Bring the schema here from the revision before."""
    op.drop_index("ix_cases_status_due_at", table_name="cases")
    op.create_index(
        "ix_cases_status_due_at", "cases", ["status", "due_at", "id", "snoozed_until", "assignee", "at_risk"]
    )
    op.drop_index("ix_cases_assignee", table_name="cases")
    op.create_index("ix_cases_assignee", "cases", ["assignee", "status", "snoozed_until"])
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    connection.execute(sa.text("CREATE VIRTUAL TABLE mention_words USING fts5(words, tokenize = 'trigram')"))
    after = 0
    wanted = sa.text("SELECT id, text, author, author_name FROM mentions WHERE id > :after ORDER BY id LIMIT :some")
    add = sa.text("INSERT INTO mention_words (rowid, words) VALUES (:id, :words)")
    while rows := connection.execute(wanted, {"after": after, "some": _SOME}).all():
        words = {row[0]: unicodedata.normalize("NFC", " ".join(row[1:])).translate(_FOLDING).lower() for row in rows}
        connection.execute(add, [{"id": number, "words": said} for number, said in words.items()])
        after = rows[-1][0]
