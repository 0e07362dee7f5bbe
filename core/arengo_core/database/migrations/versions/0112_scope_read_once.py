"""The scope's ids are read once a statement, not for each row, by every table's policies"""

from alembic import op

revision = "0112"
down_revision = "0111"
branch_labels = None
depends_on = None

_TEXTS = (
    r"(string_to_array\(NULLIF\(current_setting\('[a-z.]+'::text, true\), ''::text\), ','::text\))"
)
_EACH_ROW = rf"\( SELECT {_TEXTS} AS string_to_array\)"
_ONCE = rf"\( SELECT \({_TEXTS}\)::uuid\[\] AS string_to_array\)"


def _rewrite(pattern: str, replacement: str) -> None:
    op.execute(
        f"""
        do $do$
        declare
            one record;
        begin
            for one in
                select schemaname, tablename, policyname,
                    regexp_replace(qual, $p${pattern}$p$, $r${replacement}$r$, 'g') as reads,
                    regexp_replace(with_check, $p${pattern}$p$, $r${replacement}$r$, 'g') as writes
                from pg_policies
                where qual ~ $p${pattern}$p$ or with_check ~ $p${pattern}$p$
            loop
                execute format('alter policy %I on %I.%I', one.policyname, one.schemaname,
                        one.tablename)
                    || coalesce(' using (' || one.reads || ')', '')
                    || coalesce(' with check (' || one.writes || ')', '');
            end loop;
        end $do$
        """
    )


def upgrade() -> None:
    _rewrite(_EACH_ROW, r"( SELECT (\1)::uuid[] AS string_to_array)")


def downgrade() -> None:
    _rewrite(_ONCE, r"( SELECT \1 AS string_to_array)")
