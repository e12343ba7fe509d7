#!/usr/bin/env bash
# Checks the quick start: starts the AppHost as in the README, sends ten requests, stops it, and looks for leftovers.
#   eng/ten-requests.sh --Backends:Run=container    in containers, or not at all
set -euo pipefail
cd "$(dirname "$0")/.."
limit=600 # seconds; the first run builds and pulls images

log=$(mktemp)
dotnet run --project AppHost -- "$@" >"$log" 2>&1 </dev/null &
host=$!
fail() { cat "$log" >&2; echo "$1" >&2; kill "$host" 2>/dev/null || true; exit 1; }

# Ask the admin listener for readiness: a request to the balancer would advance its round robin.
until curl --silent --fail --max-time 5 --output /dev/null http://localhost:9090/health; do
  kill -0 "$host" 2>/dev/null || fail 'the AppHost ended'
  [ "$SECONDS" -lt "$limit" ] || fail "the balancer was not ready after $limit s"
  sleep 1
done
echo "ready after $SECONDS s"

expected=$(for _ in 1 2; do for n in 1 2 3 4 5; do echo "Hello from server-$n running on port 500$n!"; done; done)
answers=$(for _ in 1 2 3 4 5 6 7 8 9 10; do curl --silent --show-error --max-time 30 http://localhost:8080/ && echo; done | sed '/^$/d')
[ "$answers" = "$expected" ] || fail "not the ten answers expected:
$answers"
echo "$answers"
curl --silent --fail --max-time 30 --output /dev/null http://localhost:15888/login || fail 'the dashboard does not answer'

kill -TERM "$host"
wait "$host" || true
until ! curl --silent --max-time 2 --output /dev/null http://localhost:8080/; do
  [ "$SECONDS" -lt $((limit + 60)) ] || fail 'something still listens on port 8080'
  sleep 1
done
rm -f "$log"
