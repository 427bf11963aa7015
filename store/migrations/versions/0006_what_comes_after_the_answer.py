"""What comes after the answer: what each draft is for, and where a case goes back to."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema here from the revision before."""
    op.add_column("drafts", sa.Column("purpose", sa.String(length=16), nullable=False, server_default="answer"))
    op.add_column("cases", sa.Column("return_to", sa.String(length=24), nullable=True))
