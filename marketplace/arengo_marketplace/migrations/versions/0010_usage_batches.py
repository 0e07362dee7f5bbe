"""Usage in batches

Records say the batch they came in, keys the record they stand for, and days are kept up by what
batches add to them. Days are summed once more from all records, so that what was waiting to be
folded is in them, with the number of records and for each consortium by itself.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0020"
branch_labels = None
depends_on = None

_QUANTITY = sa.Numeric(precision=20, scale=6)
_SUM_ANEW = """
insert into marketplace.usage_day
    (organization_id, consortium_id, meter, day, through_seat, quantity, records)
select organization_id, consortium_id, meter, counted_on, through_seat, sum(quantity), count(*)
from marketplace.usage_record
group by organization_id, consortium_id, meter, counted_on, through_seat
"""
_COUNT = "select count(*), coalesce(sum(records), 0) from marketplace.usage_day"
_RECORDS = "select count(*) from marketplace.usage_record"


def upgrade() -> None:
    op.add_column("usage_record", sa.Column("batch_id", sa.UUID()), schema="marketplace")
    op.add_column("usage_key", sa.Column("record_id", sa.UUID()), schema="marketplace")
    op.add_column("usage_key", sa.Column("counted_on", sa.Date()), schema="marketplace")
    op.create_table_comment(
        "usage_key",
        "platform; digests of keys, ids and days only; not cut by time",
        existing_comment="platform; digests of member, meter and key only; not cut by time",
        schema="marketplace",
    )
    op.execute("select set_config('arengo.maintenance', 'on', true)")
    op.execute("delete from marketplace.usage_day")
    op.execute("delete from marketplace.usage_unfolded_day")
    op.drop_constraint(op.f("pk_usage_day"), "usage_day", schema="marketplace")
    op.create_primary_key(
        op.f("pk_usage_day"),
        "usage_day",
        ["organization_id", "consortium_id", "meter", "day", "through_seat"],
        schema="marketplace",
    )
    op.add_column(
        "usage_day", sa.Column("records", sa.BigInteger(), nullable=False), schema="marketplace"
    )
    connection = op.get_bind()
    connection.execute(sa.text(_SUM_ANEW))
    _, summed = connection.execute(sa.text(_COUNT)).one()
    records = connection.scalar(sa.text(_RECORDS))
    assert summed == records, f"{summed} of {records} records are summed"
    op.execute("select set_config('arengo.maintenance', '', true)")

    op.create_table(
        "usage_addition",
        sa.Column("meter", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("through_seat", sa.Boolean(), nullable=False),
        sa.Column("quantity", _QUANTITY, nullable=False),
        sa.Column("records", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("consortium_id", sa.UUID(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_addition")),
        schema="marketplace",
        comment="consortium",
    )
    op.secure_table("marketplace.usage_addition", "consortium")
    op.create_table(
        "usage_batch",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("records", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("reported_by", sa.UUID(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("consortium_id", sa.UUID(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.CheckConstraint("length(digest) = 32", name=op.f("ck_usage_batch_digest")),
        sa.CheckConstraint("records > 0", name=op.f("ck_usage_batch_records")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_batch")),
        schema="marketplace",
        comment="consortium; append-only",
    )
    op.secure_table("marketplace.usage_batch", "consortium", append_only=True)
    for table, *columns in (
        ("usage_addition", "consortium_id"),
        ("usage_addition", "organization_id"),
        ("usage_addition", "consortium_id", "day", "meter"),
        ("usage_addition", "organization_id", "day"),
        ("usage_batch", "consortium_id"),
        ("usage_batch", "organization_id"),
        ("usage_batch", "organization_id", "starts_on", "id"),
    ):
        op.create_index(
            op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns, schema="marketplace"
        )


def downgrade() -> None:
    op.drop_table("usage_batch", schema="marketplace")
    op.drop_table("usage_addition", schema="marketplace")
    op.execute("select set_config('arengo.maintenance', 'on', true)")
    op.execute("delete from marketplace.usage_day")
    op.drop_column("usage_day", "records", schema="marketplace")
    op.drop_constraint(op.f("pk_usage_day"), "usage_day", schema="marketplace")
    op.create_primary_key(
        op.f("pk_usage_day"),
        "usage_day",
        ["organization_id", "meter", "day", "through_seat"],
        schema="marketplace",
    )
    op.execute(
        "insert into marketplace.usage_unfolded_day (id, organization_id, day)"
        " select distinct on (organization_id, counted_on) gen_random_uuid(), organization_id,"
        " counted_on from marketplace.usage_record"
    )
    op.execute("select set_config('arengo.maintenance', '', true)")
    op.create_table_comment(
        "usage_key",
        "platform; digests of member, meter and key only; not cut by time",
        existing_comment="platform; digests of keys, ids and days only; not cut by time",
        schema="marketplace",
    )
    op.drop_column("usage_key", "counted_on", schema="marketplace")
    op.drop_column("usage_key", "record_id", schema="marketplace")
    op.drop_column("usage_record", "batch_id", schema="marketplace")
