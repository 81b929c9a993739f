#!/bin/sh
# As in the published image: on an empty volume, the user, the password and the database of the environment are made.
set -eu

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  user="${POSTGRES_USER:-postgres}"
  database="${POSTGRES_DB:-$user}"
  umask 077
  printf '%s\n' "${POSTGRES_PASSWORD:?no password was said}" >/tmp/password
  initdb --username="$user" --pwfile=/tmp/password --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8
  rm /tmp/password
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  # Without a server that somebody could take for the one that stays.
  [ "$database" = postgres ] || printf 'CREATE DATABASE "%s"\n' "$database" | postgres --single -D "$PGDATA" postgres
fi

exec "$@" -c listen_addresses='*'
