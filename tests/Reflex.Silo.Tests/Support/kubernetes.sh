#!/usr/bin/env bash
# Runs a command with the files of a service account, as in a pod of Kubernetes: kubernetes.sh FOLDER COMMAND…
#
# Needs a namespace for mounts that is only this script's (unshare --mount).
set -euo pipefail

mount --make-rprivate /
mount -t tmpfs tmpfs /run
mkdir -p /run/secrets/kubernetes.io/serviceaccount
cp "$1"/* /run/secrets/kubernetes.io/serviceaccount/
exec "${@:2}"
