#!/usr/bin/env bash
# Runs a silo and clients in a network of their own, takes the network away, and waits until the silo has noticed it of each client.
#
# lost-network.sh SILO.DLL TOOL.DLL: needs a namespace with a network that is only this script's (unshare -rn).
set -euo pipefail

silo="$1" tool="$2" http=8080 grpc=5001
data="$(mktemp -d)"
trap 'kill -KILL $(jobs -p) 2>/dev/null; rm -rf "$data"' EXIT

ip link set lo up
dotnet "$silo" --Reflex:DataPath="$data/log" --Reflex:Server:PeerTimeout=00:00:03 --Reflex:Http:KeepAliveInterval=00:00:01 \
    --Kestrel:Endpoints:Http:Url="http://127.0.0.1:$http" --Kestrel:Endpoints:Grpc:Url="http://127.0.0.1:$grpc" >"$data/printed" &
process=$!
until grep -q 'Reflex listens on' "$data/printed"; do
    kill -0 "$process"
    sleep 0.1
done

# Opens a stream over HTTP/1.1 and waits for its status; the file descriptor stays open.
open_http() {
    exec {connection}<>"/dev/tcp/127.0.0.1/$http"
    printf 'GET /streams/demo/events HTTP/1.1\r\nHost: localhost\r\nAccept: %s\r\n\r\n' "$1" >&"$connection"
    read -r status <&"$connection"
    [[ $status == *200* ]]
}

established() {
    ss -Htn state established "sport = :$1" | wc -l
}

open_http text/event-stream
open_http application/x-ndjson
dotnet "$tool" append demo --server "http://127.0.0.1:$grpc" --type 1 --foreign-id a >/dev/null
dotnet "$tool" stream demo --server "http://127.0.0.1:$grpc" >"$data/events" 2>&1 &
until [[ -s "$data/events" ]]; do
    sleep 0.1
done

[[ $(established $http) -eq 2 ]]
ip link set lo down
echo "The network is gone."
until [[ $(established $http) -eq 0 && $(established $grpc) -eq 0 ]]; do
    sleep 0.1
done

echo "The silo has noticed it of every client."
