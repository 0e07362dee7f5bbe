"""PostgreSQL: engine, table classes and their policies, unit of work, migrations."""
