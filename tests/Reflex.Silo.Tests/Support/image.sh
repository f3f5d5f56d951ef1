#!/usr/bin/env bash
# Runs the program of an image as a container does: as process 1, under a user of its own, on a root that is read only, without privileges.
#
# image.sh APP DATA USER NAME=VALUE…: needs namespaces for mounts and processes that are only this script's (unshare --mount --pid --fork).
set -euo pipefail

app="$1" data="$2" user="$3"
shift 3
root="$(mktemp -d)"
mount --make-rprivate /
mount --bind / "$root"
mount -o remount,bind,ro "$root"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/mnt"
mkdir "$root/mnt/app" "$root/mnt/data"
mount --bind "$app" "$root/mnt/app"
mount --bind "$data" "$root/mnt/data"
mount -o remount,bind,ro "$root/mnt/app"
mount -o remount,ro "$root/mnt"
if touch "$root/written" "$root/mnt/app/written" 2>/dev/null; then
    echo "The root isn't read only." >&2
    exit 99
fi

exec chroot "$root" setpriv --reuid="$user" --regid="$user" --clear-groups --no-new-privs --bounding-set=-all \
    env --ignore-environment --chdir=/ PATH=/usr/bin:/bin "$@" dotnet /mnt/app/Reflex.Silo.dll
