#!/bin/sh
# Cuts the power of the disk under `decant run` again and again, and checks after each cut that nothing that was acknowledged is
# lost, nothing invented, nothing doubled, and that batches and idempotency keys are what they were.
#
#   power-cuts.sh HARNESS [--cuts N] [--fs ext4|xfs|strict] [--kills P] [--distribution DIR] [further options of the harness]
#
# HARNESS is the folder with powercut.sh, which makes the disk that forgets; it is no part of this project. With --kills, P of
# 100 starts of the server are followed by a kill -9 at a random moment and another start, so that a cut may come to what an
# earlier process wrote and only this one synced. Exit status: the harness's (0 nothing lost, 1 lost, 2 failure), and 0 with a
# line "skipped: ..." where this machine cannot run it. Needs a build (mvn package), root, /dev/fuse and loop devices. Logs are kept
# when something is wrong, and with KEEP=1 in the environment.
set -eu

skip() {
    printf 'skipped: %s\n' "$*"
    exit 0
}

usage() {
    sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

here=$(CDPATH='' cd -P "$(dirname "$0")" && pwd)
root=$(CDPATH='' cd -P "$here/../../../.." && pwd)
distribution=$root/ingest/target/distribution
fs=ext4
cuts=20
kills=30
[ $# -ge 1 ] || usage
harness=$1
shift
# Options that are not ours go to the harness as they are.
count=$#
while [ "$count" -gt 0 ]; do
    [ $# -ge 2 ] || usage
    case $1 in
        --cuts) cuts=$2; shift 2; count=$((count - 2)) ;;
        --fs) fs=$2; shift 2; count=$((count - 2)) ;;
        --kills) kills=$2; shift 2; count=$((count - 2)) ;;
        --distribution) distribution=$(CDPATH='' cd -P "$2" && pwd); shift 2; count=$((count - 2)) ;;
        *) option=$1; value=$2; shift 2; set -- "$@" "$option" "$value"; count=$((count - 2)) ;;
    esac
done

[ -f "$harness/powercut.sh" ] || skip "no powercut.sh in $harness"
[ "$(id -u)" = 0 ] || skip "power cuts need root"
[ -e /dev/fuse ] || skip "no /dev/fuse"
for tool in bash java javac setsid mount; do
    command -v "$tool" >/dev/null || skip "no $tool"
done
case $fs in
    strict) ;;
    ext4 | xfs)
        command -v losetup >/dev/null || skip "no losetup"
        [ -e /dev/loop-control ] || skip "no loop devices"
        command -v "mkfs.$fs" >/dev/null || skip "no mkfs.$fs"
        ;;
    *) usage ;;
esac

harness=$(CDPATH='' cd -P "$harness" && pwd)
classes=$root/load-test/target/classes:$root/load-test/harness/target/classes
[ -x "$distribution/bin/decant" ] || { echo "power-cuts: no $distribution/bin/decant; run mvn package first" >&2; exit 2; }
for directory in "${classes%:*}" "${classes#*:}"; do
    [ -d "$directory" ] || { echo "power-cuts: no $directory; run mvn package first" >&2; exit 2; }
done

STATE=$(mktemp -d "${TMPDIR:-/tmp}/decant-power-cuts.XXXXXX")
DECANT=$distribution/bin/decant
SETTINGS=$here/power-cuts.yaml
KILLS=$kills
export STATE DECANT SETTINGS KILLS
tool="java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp $classes io.decant.loadtest.powercut.PowerCutRun"

$tool receiver >"$STATE/receiver.log" 2>&1 &
receiver=$!
trap 'kill "$receiver" 2>/dev/null || :' EXIT
trap 'exit 2' INT TERM
until [ -f "$STATE/port" ]; do
    kill -0 "$receiver" 2>/dev/null || { cat "$STATE/receiver.log" >&2; exit 2; }
    sleep 0.1
done
RECEIVER_PORT=$(cat "$STATE/port")
export RECEIVER_PORT

status=0
bash "$harness/powercut.sh" --cuts "$cuts" --fs "$fs" --work "$STATE/harness" --size-mb 1500 --recut 50 \
    --server "sh $here/power-cuts-server.sh" --client "$tool client" --check "$tool check" "$@" || status=$?

summary=$(java -cp "$classes" io.decant.loadtest.powercut.PowerCutRun report) || status=2
printf '%s\n' "$summary"
[ "$status" = 0 ] && [ -z "${KEEP:-}" ] && rm -rf "$STATE" || printf 'logs are in %s\n' "$STATE"
exit "$status"
