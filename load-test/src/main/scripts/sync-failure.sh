#!/bin/bash
# A disk that fails under `decant run`: the sync returns an I/O error. The server must tell its client `ERR <n> journal-failed`,
# acknowledge nothing more, and exit with 1.
#
#   sync-failure.sh [DISTRIBUTION]
#
# The disk is ext4 on a loop device that is shrunk to a page in the middle of the stream: whatever the kernel writes back from then
# on lies behind its end, which is an I/O error. Exit status: 0 as it must be, 1 not, and 0 with a line
# "skipped: ..." where this machine cannot run it. Needs a build (mvn package), root and loop devices.
set -eu

skip() {
    printf 'skipped: %s\n' "$*"
    exit 0
}

here=$(CDPATH='' cd -P "$(dirname "$0")" && pwd)
distribution=${1:-$here/../../../../ingest/target/distribution}

[ "$(id -u)" = 0 ] || skip "a failing disk needs root"
[ -e /dev/loop-control ] || skip "no loop devices"
for tool in losetup mount mkfs.ext4 java; do
    command -v "$tool" >/dev/null || skip "no $tool"
done
[ -x "$distribution/bin/decant" ] || { echo "sync-failure: no $distribution/bin/decant; run mvn package first" >&2; exit 2; }

work=$(mktemp -d "${TMPDIR:-/tmp}/decant-sync-failure.XXXXXX")
loop='' server='' writer='' reader=''
cleanup() {
    for process in $writer $reader $server; do
        kill -9 "$process" 2>/dev/null || :
    done
    umount -l "$work/disk" 2>/dev/null || :
    [ -z "$loop" ] || losetup -d "$loop" 2>/dev/null || :
}
trap cleanup EXIT
trap 'exit 2' INT TERM

mkdir "$work/disk"
truncate -s 180m "$work/image"
loop=$(losetup --find --show "$work/image") || skip "no loop device can be set up"
# Without a journal of its own ext4 stays writable when its disk fails, so that it is our sync that hears of it.
mkfs.ext4 -q -O ^has_journal "$loop"
mount -t ext4 -o errors=continue "$loop" "$work/disk" || skip "ext4 cannot be mounted"

cat >"$work/decant.yaml" <<EOF
data-dir: $work/disk/data
sources: {lines: {type: tcp, address: "127.0.0.1:0", ack: count}}
journal: {segment-size: 8MiB, min-free: 1MiB}
batch: {interval: 100ms}
sinks: {away: {type: http, url: "http://127.0.0.1:9/"}}
admin: {address: "127.0.0.1:0"}
EOF
"$distribution/bin/decant" run -c "$work/decant.yaml" >"$work/server.log" 2>&1 &
server=$!
port=''
for _ in $(seq 600); do
    port=$(sed -n 's/.*source lines listens on 127.0.0.1:\([0-9]*\).*/\1/p' "$work/server.log")
    [ -z "$port" ] || break
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
done
[ -n "$port" ] || { cat "$work/server.log" >&2; exit 2; }

exec 3<>"/dev/tcp/127.0.0.1/$port"
(while printf 'a line of the stream\nand another one\n' >&3; do sleep 0.01; done) 2>/dev/null &
writer=$!
cat <&3 >"$work/answers" &
reader=$!
acknowledged() {
    sed -n 's/^OK \([0-9]*\)$/\1/p' "$work/answers" | tail -n 1
}
for _ in $(seq 300); do
    [ "$(acknowledged || :)" ] && [ "$(acknowledged)" -gt 100 ] && break
    sleep 0.1
done

truncate -s 4096 "$work/image"
losetup --set-capacity "$loop"

for _ in $(seq 600); do
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
done
kill -9 "$server" 2>/dev/null && { echo "FAILED: the server still runs a minute after its disk failed"; tail -n 5 "$work/server.log"; exit 1; }
status=0
wait "$server" || status=$?
server=''
sleep 0.5
last=$(tail -n 1 "$work/answers")
durable=$(acknowledged)
printf 'acknowledged %s, then: %s\nexit status %s: %s\n' "$durable" "$last" "$status" "$(tail -n 1 "$work/server.log")"
case $last in
    "ERR $durable journal-failed "*) ;;
    *) echo "FAILED: that is not ERR $durable journal-failed"; exit 1 ;;
esac
[ "$status" = 1 ] || { echo "FAILED: the exit status is not 1"; exit 1; }
grep -q 'sync failed: Input/output error' "$work/server.log" || { echo "FAILED: it was not the sync that failed"; exit 1; }
! grep -q -e InternalError -e SIGBUS -e '^	at ' "$work/server.log" || { echo "FAILED: see $work/server.log"; exit 1; }
cleanup
rm -rf "$work"
echo "passed"
