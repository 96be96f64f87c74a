#!/bin/sh
# Starts Redis on the current folder, its append-only file made whole first.
#
# A kill in the middle of a write can cut the file inside a MULTI block. Redis loads such a file
# rightly but leaves the open block in it, and at the next start that block swallows what was written
# since (valkey PR 4342). So the unfinished end is cut off before every start; what was there before
# is kept in damaged/, because the tool cuts at the first byte it cannot read, wherever that is.
set -eu
umask 077

case ${REDIS_PASSWORD:-} in
'' | *[!A-Za-z0-9_-]*)
  echo "REDIS_PASSWORD: wanted letters, digits, _ and - (it is part of a URL); try: openssl rand -hex 24" >&2
  exit 1
  ;;
esac

rm -f temp-rewriteaof-*.aof # of a rewrite whose server was killed

for manifest in appendonlydir/*.manifest; do
  [ -e "$manifest" ] || continue
  if redis-check-aof "$manifest" >/dev/null 2>&1; then
    continue
  fi
  echo "$manifest ends inside a write: cutting the unfinished end off, a copy is in damaged/" >&2
  rm -rf damaged
  cp -R appendonlydir damaged
  yes | redis-check-aof --fix "$manifest" >&2
done

# The password comes through standard input: an argument would show in the list of processes.
exec redis-server - \
  --dir . \
  --appendonly yes \
  --appendfsync everysec \
  --save '' \
  --maxmemory-policy noeviction \
  --hash-max-listpack-entries 512 \
  "$@" <<CONF
requirepass $REDIS_PASSWORD
CONF
