#!/bin/sh
# A database for each service that has one, and a role that owns it and may do nothing else. Run at every start: it makes what is
# missing, and lets each role in under the password that its service has.
set -eu
export PGHOST=postgres PGUSER=postgres PGDATABASE=postgres
PGPASSWORD=$(cat /run/usvideo/postgres.password)
export PGPASSWORD

for service in "$@"; do
  psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 --set=name="$service" <<'SQL'
\set password_file /run/usvideo/ :name .password
\set password `cat :'password_file'`
select format('create role %I', :'name') where not exists (select from pg_roles where rolname = :'name') \gexec
alter role :"name" with login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password :'password';
select format('create database %I owner %I', :'name', :'name') where not exists (select from pg_database where datname = :'name') \gexec
revoke all on database :"name", postgres, template1 from public;
SQL
done
echo "The databases $* are there."
