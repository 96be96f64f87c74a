#!/bin/sh
# Starts Valkey (or Redis) on the current folder, its append-only file made whole first.
#
# A kill in the middle of a write can cut the file inside a MULTI block. The server loads such a file
# rightly but leaves the open block in it, and at the next start that block swallows what was written
# since (valkey PR 4342). So the unfinished end is cut off before every start; what was there before
# is kept in damaged/, because the tool cuts at the first byte it cannot read, wherever that is.
#
# REDIS_PASSWORD_FILE  a file with the password; or REDIS_PASSWORD, the password itself
# REDIS_USERS_FILE     who may do what: users.acl, with PASSWORD_SHA256 in place of the password;
#                      without it the password is that of the one user there is
#                      The user `default` is off there, but keeps all rights: as that user the
#                      server loads its own file, and where it may not do something it drops, with
#                      no more than a line in its log, the whole transaction (Valkey 8.1).
# REDIS_MAXMEMORY      above this it takes no writes, and everyone waits; 0 (default): no bound
set -eu
umask 077

if [ -n "${REDIS_PASSWORD_FILE:-}" ]; then
  if ! REDIS_PASSWORD=$(cat "$REDIS_PASSWORD_FILE"); then
    echo "REDIS_PASSWORD_FILE: wanted a file that user $(id -u) can read; try: openssl rand -hex 24 > secrets/redis-password; chmod 644 secrets/redis-password" >&2
    exit 1
  fi
fi
case ${REDIS_PASSWORD:-} in
'' | *[!A-Za-z0-9_-]*)
  echo "REDIS_PASSWORD: wanted letters, digits, _ and - (it may be part of a URL); try: openssl rand -hex 24" >&2
  exit 1
  ;;
esac

if command -v valkey-server >/dev/null; then name=valkey; else name=redis; fi

rm -f temp-rewriteaof-*.aof # of a rewrite whose server was killed

for manifest in appendonlydir/*.manifest; do
  [ -e "$manifest" ] || continue
  if "$name-check-aof" "$manifest" >/dev/null 2>&1; then
    continue
  fi
  echo "$manifest ends inside a write: cutting the unfinished end off, a copy is in damaged/" >&2
  rm -rf damaged
  cp -R appendonlydir damaged
  yes | "$name-check-aof" --fix "$manifest" >&2
done

if [ -n "${REDIS_USERS_FILE:-}" ]; then
  sum=$(printf %s "$REDIS_PASSWORD" | sha256sum)
  users=$(sed "s/PASSWORD_SHA256/${sum%% *}/" "$REDIS_USERS_FILE")
else
  users="requirepass $REDIS_PASSWORD"
fi
unset REDIS_PASSWORD

# The password comes through standard input: an argument would show in the list of processes.
exec "$name-server" - \
  --dir . \
  --appendonly yes \
  --appendfsync everysec \
  --save '' \
  --maxmemory "${REDIS_MAXMEMORY:-0}" \
  --maxmemory-policy noeviction \
  --hash-max-listpack-entries 512 \
  "$@" <<CONF
$users
CONF
