#!/usr/bin/env bash
# Fills the disk under a real `decant run`, in every way that a disk can be full, and checks each time that the server lives,
# says why it waits, goes on by itself, and delivers exactly what it acknowledged.
#
#   disk-full.sh [--distribution DIR] [SCENARIO...]
#
# Scenarios: somebody-else, backlog, inodes, restart, restart-crammed, first-start, brink, read-only,
# read-only-idle. All, if none is named.
# Exit status: 0 all passed, 1 one failed, 2 wrong usage; 0 with a line "skipped: ..." where this machine cannot run it.
# Needs a build (mvn package), root, loop devices, mkfs.ext4 and curl. KEEP=1 keeps the logs.
set -euo pipefail

here=$(CDPATH='' cd -P "$(dirname "$0")" && pwd)
root=$(CDPATH='' cd -P "$here/../../../.." && pwd)
distribution=$root/ingest/target/distribution
classes=$root/load-test/target/classes
all=(somebody-else backlog inodes restart restart-crammed first-start brink read-only read-only-idle)
scenarios=()
while [ $# -gt 0 ]; do
    case $1 in
        --distribution) distribution=$(CDPATH='' cd -P "$2" && pwd); shift 2 ;;
        *)
            [[ " ${all[*]} " == *" $1 "* ]] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2; }
            scenarios+=("$1"); shift ;;
    esac
done
[ ${#scenarios[@]} -gt 0 ] || scenarios=("${all[@]}")

skip() {
    printf 'skipped: %s\n' "$*"
    exit 0
}

[ "$(id -u)" = 0 ] || skip "mounting a disk needs root"
[ -e /dev/loop-control ] || skip "no loop devices"
for tool in java losetup mount mkfs.ext4 e2fsck fallocate curl; do
    command -v "$tool" >/dev/null || skip "no $tool"
done
[ -x "$distribution/bin/decant" ] || { echo "disk-full: no $distribution/bin/decant; run mvn package first" >&2; exit 2; }
[ -d "$classes" ] || { echo "disk-full: no $classes; run mvn package first" >&2; exit 2; }

work=$(mktemp -d "${TMPDIR:-/tmp}/decant-disk-full.XXXXXX")
disk=$work/disk
mkdir "$disk"
server=
peer=
filler=
loop=
log=

end() {
    for process in $filler $server $peer; do
        kill -9 "$process" 2>/dev/null || :
    done
    wait 2>/dev/null || :
    if mountpoint -q "$disk"; then umount "$disk" || umount -l "$disk"; fi
    [ -z "$loop" ] || losetup -d "$loop" 2>/dev/null || :
}
trap end EXIT
trap 'exit 1' INT TERM

say() { printf '    %s\n' "$*"; }

fail() {
    printf 'FAILED: %s: %s\n' "$scenario" "$*"
    [ -z "$log" ] || tail -n 15 "$log"
    ls -ls "$disk" "$disk"/data/journal/* 2>/dev/null | head -40 || :
    printf 'everything is in %s\n' "$work"
    exit 1
}

# ---- the disk

# A fresh one, with mkfs options of the scenario.
make_disk() {
    unmake_disk
    truncate -s 0 "$work/image"
    truncate -s 96M "$work/image"
    mkfs.ext4 -q -b 4096 -m 0 "$@" "$work/image"
    loop=$(losetup --find --show "$work/image")
    mount -o errors=remount-ro "$loop" "$disk"
    mkdir "$disk/tmp"
}

unmake_disk() {
    if mountpoint -q "$disk"; then umount "$disk"; fi
    [ -z "$loop" ] || losetup -d "$loop"
    loop=
}

free_kib() { df --output=avail -k "$disk" | tail -n 1; }

# Takes every block that is free.
fill() {
    local size part=$RANDOM$RANDOM
    for size in 4096 256 16 4; do
        while [ "$(free_kib)" -ge "$size" ] && fallocate -l "${size}KiB" "$disk/filler.$((part += 1))" 2>/dev/null; do :; done
    done
    sync -f "$disk"
}

# Takes every inode that is free.
fill_inodes() {
    local part=$RANDOM$RANDOM
    while : 2>/dev/null >"$disk/inode.$((part += 1))"; do :; done
}

# Goes on taking whatever gets free.
keep_filling() {
    (while :; do "$1"; sleep 0.1; done) 2>/dev/null &
    filler=$!
}

stop_filling() {
    [ -z "$filler" ] || { kill "$filler" && wait "$filler" 2>/dev/null || :; }
    filler=
}

free_again() {
    stop_filling
    find "$disk" -maxdepth 1 \( -name 'filler.*' -o -name 'inode.*' \) -delete
}

# ---- server and peer

order() { curl -sf --max-time 5 "http://127.0.0.1:$PEER$1" || fail "the peer does not answer $1"; }

count() { order /counts | sed -n "s/.*$1 \([0-9]*\).*/\1/p"; }

start_peer() {
    [ -z "$peer" ] || { kill "$peer" && wait "$peer" 2>/dev/null || :; }
    rm -f "$work/port"
    java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx256m -cp "$classes" io.decant.loadtest.diskfull.DiskFullPeer \
        >"$work/port" 2>"$work/peer.log" &
    peer=$!
    until [ -s "$work/port" ]; do
        kill -0 "$peer" 2>/dev/null || { cat "$work/peer.log" >&2; exit 1; }
        sleep 0.1
    done
    PEER=$(cat "$work/port")
    export PEER
}

# Starts the server; its temporary files lie on the same disk.
run_server() {
    starts=$((${starts:-0} + 1))
    log=$work/$scenario-$starts.log
    : >"$log"
    (cd "$work" && DATA=$disk/data JAVA_OPTS="-Djava.io.tmpdir=$disk/tmp" \
        exec "$distribution/bin/decant" run -c "$here/disk-full.yaml") >"$log" 2>&1 &
    server=$!
}

start_server() {
    run_server
    await 60 "the server listens" listens
    order "/server?$(sed -n 's/.*source lines listens on 127.0.0.1:\([0-9]*\).*/\1/p' "$log" | tail -n 1)" >/dev/null
    admin=$(sed -n 's/.*admin on \(127.0.0.1:[0-9]*\).*/\1/p' "$log" | tail -n 1)
}

listens() { grep -q 'STARTING -> RUNNING' "$log"; }

alive() { kill -0 "$server" 2>/dev/null; }

# Waits for the server's end; sets status.
server_ends() {
    local deadline=$((SECONDS + $1))
    while alive; do
        [ $SECONDS -lt $deadline ] || fail "the server does not end"
        sleep 0.1
    done
    status=0
    wait "$server" 2>/dev/null || status=$?
    server=
}

stop_server() {
    kill "$server"
    server_ends 30
    [ "$status" = 0 ] || fail "the server ended with $status"
}

# await SECONDS WHAT COMMAND...
await() {
    local deadline=$((SECONDS + $1)) what=$2
    shift 2
    until "$@"; do
        [ -z "$server" ] || alive || fail "the server died, waiting until $what"
        [ $SECONDS -lt $deadline ] || fail "still not: $what; $(order /counts)"
        sleep 0.2
    done
}

readyz() { curl -s --max-time 5 -w ' %{http_code}' "http://$admin/readyz" | tr '\n' ' '; }
ready() { [[ $(readyz) == *" 200" ]]; }
waits_for() { [[ $(readyz) == *"$1"*" 503" ]]; }
status_of() { curl -s --max-time 5 "http://$admin/status" | sed -n "s/.*\"$1\" *: *\([0-9]*\).*/\1/p" | head -n 1; }

no_backlog() { [ "$(status_of backlogBytes)" = 0 ]; }
acknowledged() { [ "$(count acknowledged)" = "$1" ]; }
acknowledged_beyond() { [ "$(count acknowledged)" -gt "$1" ]; }
nothing_missing() { [ "$(count missing)" = 0 ]; }

# The journal has no room and the sources stand still.
paused() {
    await 60 "/readyz names $1" waits_for "$1"
    say "/readyz: $(readyz)"
    local before after=-1
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        before=$after
        after=$(count acknowledged)
        [ "$before" != "$after" ] || break
        sleep 1
    done
    [ "$before" = "$after" ] || fail "the sources do not wait: $before, then $after acknowledged"
    alive || fail "the server died"
    say "paused with $after acknowledged, $(free_kib) KiB free: $(order /counts)"
}

# What is acknowledged is delivered and marked while the disk is still full.
delivers_though_full() {
    order /answer?200 >/dev/null
    await 60 "all that is acknowledged is delivered on a full disk" nothing_missing
    await 60 "the marks are written on a full disk" no_backlog
    say "delivered and marked on the full disk: $(order /counts)"
}

# All is well again: everything is acknowledged, delivered, and nothing else.
goes_on() {
    await 60 "/readyz is well" ready
    await 120 "all $1 are acknowledged" acknowledged "$1"
    await 120 "all is delivered" nothing_missing
    await 60 "all is marked" no_backlog
    passed
}

passed() {
    local counts
    counts=$(order /counts)
    [[ $counts == *"missing 0 "*"fault none" ]] || fail "$counts"
    [ "$(count delivered)" = "$(count acknowledged)" ] || fail "$counts"
    ! ls "$work"/hs_err* >/dev/null 2>&1 || fail "the JVM crashed"
    ! grep -lE 'InternalError|SIGBUS|unexpected|^	at ' "$work/$scenario"-*.log || fail "an error that nobody expected"
    say "$counts"
}

# ---- the scenarios

# Somebody fills the disk while records flow and the receiver is away, and takes whatever gets free, until all of it goes.
somebody-else() {
    make_disk
    order /answer?503 >/dev/null
    start_server
    order /goal?12000 >/dev/null
    await 30 "records flow" acknowledged_beyond 2000
    keep_filling fill
    order /goal?30000 >/dev/null
    paused journal.min-free
    delivers_though_full
    waits_for journal.min-free || fail "/readyz says $(readyz)"
    free_again
    goes_on 30000
    stop_server
}

# The receiver is away until the backlog is at its bound.
backlog() {
    make_disk
    order /answer?503 >/dev/null
    start_server
    order /goal?60000 >/dev/null
    paused journal.max-backlog
    order /answer?200 >/dev/null
    goes_on 60000
    stop_server
}

# No inode is left, though there is space.
inodes() {
    make_disk -N 64
    order /answer?503 >/dev/null
    start_server
    order /goal?1000 >/dev/null
    await 30 "records flow" acknowledged_beyond 500
    keep_filling fill_inodes
    order /goal?40000 >/dev/null
    paused "no further journal segment"
    delivers_though_full
    free_again
    goes_on 40000
    stop_server
}

# A server that was stopped on a full disk has to start there, more than once, to deliver and so free it.
restart() {
    make_disk
    order /answer?503 >/dev/null
    start_server
    order /goal?20000 >/dev/null
    await 30 "records flow" acknowledged_beyond 10000
    fill
    paused journal.min-free
    stop_server
    fill
    for start in stopped killed; do
        say "start of a $start server with $(free_kib) KiB free"
        start_server
        grep -q 'using a short one' "$log" || fail "it found room for a whole segment"
        paused journal.min-free
        { kill -9 "$server" && wait "$server"; } 2>/dev/null || :
        server=
        fill
    done
    start_server
    delivers_though_full
    free_again
    goes_on 20000
    stop_server
}

# Not even a short segment fits: one clear line, and the next start with room finds everything.
restart-crammed() {
    make_disk -N 64
    order /answer?503 >/dev/null
    start_server
    order /goal?12000 >/dev/null
    await 60 "all are acknowledged" acknowledged 12000
    stop_server
    keep_filling fill_inodes
    sleep 1
    run_server
    server_ends 60
    [ "$status" = 1 ] || fail "exit $status"
    [ "$(grep -c . "$log")" -le 2 ] || fail "more than one line"
    say "$(tail -n 1 "$log")"
    free_again
    order /answer?200 >/dev/null
    start_server
    goes_on 12000
    stop_server
}

# No room for the first segment: one clear line.
first-start() {
    make_disk
    fill
    run_server
    server_ends 60
    [ "$status" = 1 ] || fail "exit $status"
    say "$(tail -n 1 "$log")"
    free_again
    start_server
    order /goal?5000 >/dev/null
    goes_on 5000
    stop_server
}

# Starts with just so many blocks that some file or other of the journal has none: it says so, or it runs.
brink() {
    local blocks segment=2048 ran=0 refused=0
    make_disk
    mkdir "$disk/data"
    for ((blocks = 0; blocks <= 96; blocks += 8)); do
        rm -rf "$disk"/data/* "$disk"/filler.*
        sync -f "$disk"
        fallocate -l "$((($(free_kib) / 4 - segment - blocks) * 4))KiB" "$disk/filler.0"
        sync -f "$disk"
        run_server
        local deadline=$((SECONDS + 60))
        until listens || ! alive; do
            [ $SECONDS -lt $deadline ] || fail "with $blocks blocks more than a segment: neither started nor ended"
            sleep 0.1
        done
        if listens; then
            ran=$((ran + 1))
            stop_server
        else
            refused=$((refused + 1))
            server_ends 10
            [ "$status" = 1 ] || fail "with $blocks blocks more than a segment: exit $status"
        fi
    done
    say "$refused starts refused, $ran ran"
    [ "$ran" -gt 0 ] && [ "$refused" -gt 0 ] || fail "the brink is elsewhere"
    passed
}

# The filesystem finds an error and turns read-only, as ext4 does with errors=remount-ro. A failed write or sync is final.
turns-read-only() {
    local trigger
    trigger=/sys/fs/ext4/$(basename "$loop")/trigger_fs_error
    [ -w "$trigger" ] || { say "skipped: no $trigger"; return 1; }
    echo "disk-full.sh" >"$trigger"
}

ends-in-order() {
    server_ends 60
    [ "$status" = 1 ] || fail "exit $status"
    say "$(tail -n 1 "$log")"
    [[ $(order /counts) == *" journal-failed "* ]] || fail "the client was not told: $(order /counts)"
    run_server
    server_ends 60
    [ "$status" = 1 ] || fail "a start on a read-only disk exits with $status"
    say "$(tail -n 1 "$log")"
    umount "$disk"
    e2fsck -fy "$loop" >"$work/e2fsck.log" 2>&1 || :
    mount "$loop" "$disk"
    start_server
    local goal
    goal=$(($(count sent) + 1000))
    order "/goal?$goal" >/dev/null
    goes_on "$goal"
    stop_server
}

# While records flow.
read-only() {
    make_disk
    start_server
    order /goal?1000000 >/dev/null
    await 30 "records flow" acknowledged_beyond 5000
    turns-read-only || return 0
    ends-in-order
}

# While nothing happens: the next record finds out.
read-only-idle() {
    make_disk
    start_server
    order /goal?1000 >/dev/null
    await 30 "all are acknowledged" acknowledged 1000
    await 30 "all is marked" no_backlog
    turns-read-only || return 0
    sleep 3
    alive || fail "the server died while there was nothing to write"
    order /goal?1001 >/dev/null
    ends-in-order
}

for scenario in "${scenarios[@]}"; do
    printf '%s\n' "$scenario"
    starts=0
    start_peer
    "$scenario"
    printf '%s: passed\n' "$scenario"
done
end
trap - EXIT
[ -n "${KEEP:-}" ] || rm -rf "$work"
