"""Transactions of the ledger are checked once, not once a line

At commit each new transaction is checked as a whole. A statement that writes lines is refused where
their transaction is not there, or has no room for them: it says how many it has.
"""

from alembic import op

revision = "0098"
down_revision = "0092"
branch_labels = None
depends_on = None

_SCOPE = """
    maintenance text := coalesce(current_setting('arengo.maintenance', true), '');
    organizations text := coalesce(current_setting('arengo.organizations', true), '');
    governs text := coalesce(current_setting('arengo.governs', true), '');
begin
    -- Every line counts, whatever the scope; an empty scope keeps the policies cheap.
    perform set_config('arengo.maintenance', 'on', true),
        set_config('arengo.organizations', '', true), set_config('arengo.governs', '', true);
"""
_SCOPE_AGAIN = """
    perform set_config('arengo.maintenance', maintenance, true),
        set_config('arengo.organizations', organizations, true),
        set_config('arengo.governs', governs, true);
    return null;
end $$
"""
_ROOM = f"""
create function marketplace.refuse_lines_without_room() returns trigger language plpgsql
security definer set search_path = pg_catalog, pg_temp as $$
declare
    wrong record;
{_SCOPE}
    select w.transaction_id, t.lines, w.lines as written into wrong
    from (
        select p.transaction_id, count(*) as lines from marketplace.ledger_posting p
        where p.transaction_id in (select a.transaction_id from added a)
        group by p.transaction_id) w
    left join marketplace.ledger_transaction t on t.id = w.transaction_id
    where t.id is null or w.lines > t.lines limit 1;
    if wrong.transaction_id is not null and wrong.lines is null then
        raise exception 'ledger transaction % was never written', wrong.transaction_id
            using errcode = 'check_violation';
    end if;
    if wrong.transaction_id is not null then
        raise exception 'ledger transaction % has % postings and says %: it is written once',
            wrong.transaction_id, wrong.written, wrong.lines using errcode = 'check_violation';
    end if;
{_SCOPE_AGAIN}
"""


def _balance(id_of_transaction: str) -> str:
    return f"""
create or replace function marketplace.refuse_imbalance() returns trigger language plpgsql
security definer set search_path = pg_catalog, pg_temp as $$
declare
    id_of_transaction uuid := {id_of_transaction};
    head record;
    written bigint;
    strange bigint;
    excess text;
{_SCOPE}
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
{_SCOPE_AGAIN}
"""


_OF_A_LINE = """case tg_table_name
        when 'ledger_posting' then (to_jsonb(new) ->> 'transaction_id')::uuid else new.id end"""


def upgrade() -> None:
    op.execute("drop trigger balances on marketplace.ledger_posting")
    op.execute(_balance("new.id"))
    op.execute(_ROOM)
    op.execute(
        "create trigger has_room after insert on marketplace.ledger_posting"
        " referencing new table as added for each statement"
        " execute function marketplace.refuse_lines_without_room()"
    )


def downgrade() -> None:
    op.execute("drop trigger has_room on marketplace.ledger_posting")
    op.execute("drop function marketplace.refuse_lines_without_room()")
    op.execute(_balance(_OF_A_LINE))
    op.execute(
        "create constraint trigger balances after insert on marketplace.ledger_posting"
        " deferrable initially deferred for each row"
        " execute function marketplace.refuse_imbalance()"
    )
