#!/usr/bin/env bash
# The disk of chaos.sh: an ext4 or xfs of its own on a loop device, which can be filled, and, with a harness of power cuts, loses
# what was not flushed.
#
#   chaos-disk.sh WORK start MEGABYTES FS [HARNESS]   makes it and mounts it at WORK/mnt
#   chaos-disk.sh WORK fill | free                     takes every free block; gives them back
#   chaos-disk.sh WORK freeze MODE SEED N              cuts the power when N more requests are served (none, all, subset survive)
#   chaos-disk.sh WORK release                         answers into the void, so that processes which wait can end
#   chaos-disk.sh WORK revive                          mounts what survived; the server must have ended
#   chaos-disk.sh WORK stop
set -euo pipefail

work=$1
command=$2
shift 2
disk=$work/mnt
control=$work/fuse/ctl

say() { printf '%s\n' "$*" >&2; }

# try SECONDS COMMAND...: until it succeeds.
try() {
    local left=$(($1 * 20))
    shift
    until "$@" 2>/dev/null; do
        left=$((left - 1))
        [ "$left" -gt 0 ] || { say "in vain: $*"; return 1; }
        sleep 0.05
    done
}

is_frozen() { grep -q state=FROZEN "$control"; }
is_detached() { ! losetup "$(cat "$work/loop")"; }

attach() {
    local image=$work/image
    [ ! -e "$control" ] || image=$work/fuse/disk
    losetup --find --show "$image" >"$work/loop"
}

detach() {
    losetup -d "$(cat "$work/loop")"
    try 5 is_detached
}

mount_disk() { mount -t "$(cat "$work/fs")" "$(cat "$work/loop")" "$disk"; }

make_power_cut_disk() {
    local harness=$1 megabytes=$2
    mkdir -p "$work/fuse" "$work/classes"
    javac -d "$work/classes" "$harness/PowerCutDisk.java"
    exec 9<>/dev/fuse
    mount -i -t fuse -o fd=9,rootmode=40000,user_id=0,group_id=0,max_read=1048576 chaos "$work/fuse"
    setsid java -Xmx2g -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$work/classes" PowerCutDisk "$megabytes" /dev/shm \
        <&9 >&9 2>"$work/disk.log" &
    disown $!
    exec 9>&-
    try 20 grep -q state=RUN "$control"
}

case $command in
    start)
        mkdir -p "$disk"
        printf '%s' "$2" >"$work/fs"
        if [ -n "${3:-}" ]; then
            make_power_cut_disk "$3" "$1"
        else
            truncate -s "${1}M" "$work/image"
        fi
        attach
        if [ "$2" = ext4 ]; then options='-q -m 0'; else options=-q; fi
        # shellcheck disable=SC2086 # several words
        "mkfs.$2" $options "$(cat "$work/loop")"
        mount_disk
        ;;
    fill)
        part=0
        for size in 65536 4096 256 16 4; do
            while [ "$(df --output=avail -k "$disk" | tail -n 1)" -ge "$size" ] \
                && fallocate -l "${size}KiB" "$disk/filler.$size.$((part += 1))" 2>/dev/null; do :; done
        done
        sync -f "$disk"
        ;;
    free)
        rm -f "$disk"/filler.*
        ;;
    freeze)
        echo "cut $1 $2 $3" >"$control"
        # Where nothing is written, no request comes: then at once.
        try 2 is_frozen || echo "cut $1 $2 0" >"$control"
        try 5 is_frozen
        ;;
    release)
        echo dead >"$control"
        ;;
    revive)
        try 20 umount "$disk"
        detach
        echo reboot >"$control"
        attach
        mount_disk
        ;;
    stop)
        # Whatever the state: nothing may stay behind.
        if [ -e "$control" ]; then { echo cut none 0 0 >"$control"; echo dead >"$control"; } 2>/dev/null || :; fi
        try 5 umount "$disk" || umount -l "$disk" || :
        losetup -d "$(cat "$work/loop")" 2>/dev/null || :
        [ ! -e "$control" ] || umount "$work/fuse" || umount -l "$work/fuse" || :
        rm -f "$work/image"
        ;;
    *)
        say "unknown: $command"
        exit 2
        ;;
esac
