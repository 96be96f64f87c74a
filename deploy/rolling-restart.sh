#!/bin/sh
# Restarts the containers of poller and worker one after the other, each once the one before is
# healthy: nothing is lost or said twice, and with two or more of each nothing waits.
#
#   sh deploy/rolling-restart.sh [poller|worker]...
#
# DOCKER_COMPOSE  the command, with its -f and --profile; "docker compose" by default
set -eu
compose=${DOCKER_COMPOSE:-docker compose}
[ $# -gt 0 ] || set -- poller worker

for service in "$@"; do
  for container in $($compose ps -q "$service"); do
    docker restart --time 30 "$container" >/dev/null
    tries=0
    until [ "$(docker inspect --format '{{.State.Health.Status}}' "$container")" = healthy ]; do
      tries=$((tries + 1))
      if [ $tries -gt 120 ]; then
        echo "$service $container is not healthy two minutes after its restart; the rest is left as it is" >&2
        exit 1
      fi
      sleep 1
    done
    echo "$service $container restarted"
  done
done
