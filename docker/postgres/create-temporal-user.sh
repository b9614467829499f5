#!/bin/sh
# Run once by the image of PostgreSQL, when its volume is empty. Temporal makes its own two databases with this user.
set -eu
psql --set=ON_ERROR_STOP=1 --set=password="$TEMPORAL_DB_PASSWORD" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE temporal LOGIN CREATEDB PASSWORD :'password';
SQL
