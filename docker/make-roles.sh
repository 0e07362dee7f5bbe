#!/bin/bash
# Run once by PostgreSQL's image on an empty volume: the owner of the tables, who is no superuser,
# and the program's role, which owns nothing and cannot walk past row-level security.
set -euo pipefail

psql --set=ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname "$POSTGRES_DB" \
  --set=owner="$ARENGO_OWNER_PASSWORD" --set=app="$ARENGO_APP_PASSWORD" --set=database="$POSTGRES_DB" <<'SQL'
CREATE ROLE arengo_owner LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'owner';
CREATE ROLE arengo_app LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'app';
ALTER DATABASE :"database" OWNER TO arengo_owner;
SQL
