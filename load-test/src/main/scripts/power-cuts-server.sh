#!/bin/sh
# The server of power-cuts.sh: `decant run`, of which KILLS of 100 are killed with -9 soon after the start and started again.
set -eu

random() {
    od -An -N4 -tu4 /dev/urandom | tr -d ' '
}

# Half of the starts write long entries past the page cache.
CACHED_BACKLOG=4GiB
[ $(($(random) % 2)) -eq 0 ] || CACHED_BACKLOG=0B
export CACHED_BACKLOG

if [ $(($(random) % 100)) -lt "$KILLS" ]; then
    "$DECANT" run -c "$SETTINGS" &
    millis=$((500 + $(random) % 2500))
    sleep "$((millis / 1000)).$(printf %03d $((millis % 1000)))"
    echo "power-cuts: kill -9 after $millis ms"
    kill -9 $! || :
    wait $! || :
fi
exec "$DECANT" run -c "$SETTINGS"
