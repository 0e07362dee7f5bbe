"""Transactions of the ledger say how many lines they have

So nobody adds to one that was written. The check at commit also asks that each line is of its
transaction's consortium and instant, on an account of its chart.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_COUNT = """
update marketplace.ledger_transaction t set lines = p.lines
from (select transaction_id, count(*) as lines from marketplace.ledger_posting
    group by transaction_id) p
where p.transaction_id = t.id
"""
_FUNCTION = """
create or replace function marketplace.refuse_imbalance() returns trigger language plpgsql
security definer set search_path = pg_catalog, pg_temp as $$
declare
    id_of_transaction uuid := case tg_table_name
        when 'ledger_posting' then (to_jsonb(new) ->> 'transaction_id')::uuid else new.id end;
    head record;
    written bigint;
    strange bigint;
    excess text;
    maintenance text := coalesce(current_setting('arengo.maintenance', true), '');
    organizations text := coalesce(current_setting('arengo.organizations', true), '');
    governs text := coalesce(current_setting('arengo.governs', true), '');
begin
    -- Every line counts, whatever the scope; an empty scope keeps the policies cheap.
    perform set_config('arengo.maintenance', 'on', true),
        set_config('arengo.organizations', '', true), set_config('arengo.governs', '', true);
    select t.lines, t.consortium_id, t.organization_id, t.occurred_at into head
    from marketplace.ledger_transaction t where t.id = id_of_transaction;
    select coalesce(sum(b.lines), 0), coalesce(sum(b.strange), 0),
        string_agg(b.currency || ' ' || b.amount, ', ') filter (where b.amount <> 0)
    into written, strange, excess from (
        select p.currency, sum(p.amount) as amount, count(*) as lines,
            count(*) filter (where p.consortium_id <> head.consortium_id
                or p.occurred_at <> head.occurred_at
                or not exists (select 1 from marketplace.ledger_account a
                    where a.organization_id = head.consortium_id and a.code = p.account)
            ) as strange
        from marketplace.ledger_posting p
        where p.transaction_id = id_of_transaction group by p.currency) b;
    if head is null then
        raise exception 'ledger transaction % was never written', id_of_transaction
            using errcode = 'check_violation';
    end if;
    if written < 2 then
        raise exception 'ledger transaction % has % postings: two or more are needed',
            id_of_transaction, written using errcode = 'check_violation';
    end if;
    if excess is not null then
        raise exception 'ledger transaction % does not balance: % left over',
            id_of_transaction, excess using errcode = 'check_violation';
    end if;
    if written <> head.lines then
        raise exception 'ledger transaction % has % postings and says %: it is written once',
            id_of_transaction, written, head.lines using errcode = 'check_violation';
    end if;
    if strange > 0 or head.organization_id <> head.consortium_id then
        raise exception 'ledger transaction % has postings of another consortium, instant or chart',
            id_of_transaction using errcode = 'check_violation';
    end if;
    perform set_config('arengo.maintenance', maintenance, true),
        set_config('arengo.organizations', organizations, true),
        set_config('arengo.governs', governs, true);
    return null;
end $$
"""


def upgrade() -> None:
    op.add_column("ledger_transaction", sa.Column("lines", sa.Integer()), schema="marketplace")
    op.execute("select set_config('arengo.maintenance', 'on', true)")
    op.execute("alter table marketplace.ledger_transaction disable trigger arengo_append_only")
    connection = op.get_bind()
    written = connection.scalar(sa.text("select count(*) from marketplace.ledger_transaction"))
    counted = connection.execute(sa.text(_COUNT)).rowcount
    assert counted == written, f"the lines of {counted} of {written} transactions are counted"
    op.execute("alter table marketplace.ledger_transaction enable trigger arengo_append_only")
    op.execute("select set_config('arengo.maintenance', '', true)")
    op.alter_column("ledger_transaction", "lines", nullable=False, schema="marketplace")
    op.create_check_constraint(
        op.f("ck_ledger_transaction_lines"),
        "ledger_transaction",
        "lines >= 2",
        schema="marketplace",
    )
    op.execute(_FUNCTION)


def downgrade() -> None:
    uncounted = _FUNCTION.replace("t.lines, ", "0 as lines, ")
    op.execute(uncounted.replace("written <> head.lines", "false"))
    op.drop_column("ledger_transaction", "lines", schema="marketplace")
