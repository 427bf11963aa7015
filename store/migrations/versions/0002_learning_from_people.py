"""Learning from people: what a label was given beside, the sample, the trainings, the champions."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema here from the revision before."""
    op.add_column("labels", sa.Column("model", sa.String(length=64), nullable=True))
    op.add_column("labels", sa.Column("probability", sa.Float(), nullable=True))
    # A verdict's model and probability were never changed so far, so they are those of the time.
    op.execute(
        "UPDATE labels SET"
        " model = (SELECT model FROM verdicts WHERE verdicts.mention_id = labels.mention_id),"
        " probability = (SELECT probability FROM verdicts WHERE verdicts.mention_id = labels.mention_id)"
    )
    op.create_table(
        "samples",
        sa.Column("mention_id", sa.Integer(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["mention_id"], ["mentions.id"], name=op.f("fk_samples_mention_id_mentions")),
        sa.PrimaryKeyConstraint("mention_id", name=op.f("pk_samples")),
    )
    op.create_table(
        "trainings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("champion", sa.String(length=64), nullable=False),
        sa.Column("challenger", sa.String(length=64), nullable=False),
        sa.Column("base", sa.String(length=64), nullable=False),
        sa.Column("labels", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("comparison", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trainings")),
    )
    op.create_index("ix_trainings_at", "trainings", ["at"], unique=False)
    op.create_table(
        "champions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_champions")),
    )
