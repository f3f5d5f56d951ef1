#!/usr/bin/env bash
# Shows that silos of two revisions serve one cluster together, under load: tests/rolling-upgrade.sh FROM [TO]
#
# FROM and TO are commits; without TO it is what is checked out. Builds both, starts three silos of FROM on a PostgreSQL of its own, and
# replaces one after another by one of TO, and then back, each with a graceful stop, while events are appended over HTTP to silos in turn.
# In the end every event has to be in the stream once, and handled by the consumer once. Needs the .NET SDK, git, curl and PostgreSQL's
# programs, and leaves nothing behind.
set -uo pipefail

if [[ $# -lt 1 || $# -gt 2 ]]; then
    sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
from="$(git -C "$root" rev-parse --verify "$1^{commit}")" || exit 2
to="$(git -C "$root" rev-parse --verify "${2:-HEAD}^{commit}")" || exit 2
work="$(mktemp -d)"
base=$((20000 + RANDOM % 20000))
silos=("" "" "")
loading=""
server=""

cleanup() {
    # By name as well, since a silo or the load may just be starting.
    for process in "${silos[@]}" "$loading" "$server"; do
        # The shell would tell of what it has killed itself.
        [[ -n $process ]] && { kill -KILL "$process" && wait "$process"; } 2>/dev/null
    done
    pkill -KILL -f "$work" 2>/dev/null
    git -C "$root" worktree remove --force "$work/from" 2>/dev/null
    git -C "$root" worktree remove --force "$work/to" 2>/dev/null
    rm -rf "$work"
}

trap cleanup EXIT
trap 'exit 130' INT TERM HUP

fail() {
    echo "FAILED: $1"
    exit 1
}

http() { echo "http://127.0.0.1:$((base + $1))"; }

build() {
    echo "== build ${2:0:10}"
    git -C "$root" worktree add --quiet --detach "$work/$1" "$2" || fail "the revision $2 can't be checked out"
    dotnet build "$work/$1/silo" --configuration Release --verbosity quiet -nologo -nodeReuse:false ||
        fail "the revision $2 can't be built"
}

start_postgres() {
    local programs=(/usr/lib/postgresql/*/bin) as=()
    [[ -x ${programs[-1]}/initdb ]] || fail "PostgreSQL isn't installed (Debian: postgresql)"
    mkdir "$work/postgres"
    chmod 755 "$work"
    if [[ $EUID -eq 0 ]]; then
        chown postgres "$work/postgres"
        as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
    fi

    "${as[@]}" "${programs[-1]}/initdb" --pgdata "$work/postgres/data" --username postgres --auth trust --no-locale --no-sync >/dev/null ||
        fail "PostgreSQL's data folder can't be made"
    "${as[@]}" "${programs[-1]}/postgres" -D "$work/postgres/data" -k "$work/postgres" -h 127.0.0.1 -p "$base" >"$work/postgres.log" 2>&1 &
    server=$!
    until grep -q 'ready to accept connections' "$work/postgres.log"; do
        kill -0 "$server" 2>/dev/null || fail "PostgreSQL didn't start: $(tail -1 "$work/postgres.log")"
        sleep 0.1
    done
}

# Starts silo NUMBER of REVISION ("from" or "to"), and waits until it serves.
start_silo() {
    local number="$1" revision="$2"
    dotnet "$work/$revision/silo/bin/Release/net10.0/Reflex.Silo.dll" \
        --Reflex:Storage=Postgres "--Reflex:Postgres:ConnectionString=Host=127.0.0.1;Port=$base;Username=postgres" --Reflex:Demo=true \
        --Reflex:Streams:demo:Partitions=8 \
        "--Kestrel:Endpoints:Http:Url=$(http "$number")" "--Kestrel:Endpoints:Grpc:Url=http://127.0.0.1:$((base + 10 + number))" \
        --Orleans:Endpoints:SiloPort=$((base + 20 + number)) --Orleans:Endpoints:GatewayPort=$((base + 30 + number)) \
        >>"$work/silo.$number.log" 2>&1 &
    silos[number - 1]=$!
    until curl --silent --fail --output /dev/null "$(http "$number")/health/ready"; do
        kill -0 "${silos[number - 1]}" 2>/dev/null || fail "silo $number of $revision ended: $(tail -1 "$work/silo.$number.log")"
        sleep 0.1
    done
}

replace_silo() {
    local number="$1" revision="$2"
    kill -TERM "${silos[number - 1]}"
    wait "${silos[number - 1]}" || fail "silo $number ended with exit code $?: $(tail -1 "$work/silo.$number.log")"
    start_silo "$number" "$revision"
    echo "silo $number is of $revision now, after $(wc -l <"$work/appended") events"
    sleep 2
}

# Appends an event at a time, to one silo after another. One that answers 503, or isn't there, has written nothing.
load() {
    local event=0 silo=0 status code started
    while [[ ! -e $work/enough ]]; do
        event=$((event + 1))
        started=$EPOCHREALTIME
        while true; do
            silo=$((silo % 3 + 1))
            status="$(curl --silent --output /dev/null --max-time 30 --write-out '%{http_code}' --header 'Content-Type: application/json' \
                --data "{\"type\":1,\"foreignId\":\"event-$event-\"}" "$(http "$silo")/streams/demo/events")"
            code=$?
            case $code/$status in
                0/201) break ;;
                0/503 | 7/000) echo "$status" >>"$work/refused" ;;
                *) echo "event $event: curl $code, status $status" >>"$work/unknown" && break ;;
            esac
        done
        echo "$event $(((${EPOCHREALTIME/./} - ${started/./}) / 1000))" >>"$work/appended"
    done
}

build from "$from"
build to "$to"
start_postgres
echo "== three silos of ${from:0:10}"
for number in 1 2 3; do start_silo "$number" from; done
touch "$work/appended" "$work/refused" "$work/unknown"
load &
loading=$!
sleep 3
for revision in to from; do
    for number in 1 2 3; do replace_silo "$number" "$revision"; done
done

touch "$work/enough"
wait "$loading"
events="$(wc -l <"$work/appended")"
curl --silent --header 'Accept: application/x-ndjson' "$(http 1)/streams/demo/events?toHead=true" |
    grep -o 'event-[0-9]*-' | sort >"$work/read"
stored="$(wc -l <"$work/read")"
once="$(uniq "$work/read" | wc -l)"

# The consumer writes what it has handled into the silo's log, which is written a moment later.
handled() { cat "$work"/silo.*.log | grep 'log-events\|LogEvents' | grep -o 'event-[0-9]*-' | sort; }
for _ in {1..100}; do
    [[ $(handled | uniq | wc -l) -eq $events ]] && break
    sleep 0.1
done

handled >"$work/handled"
longest="$(cut -d' ' -f2 "$work/appended" | sort -n | tail -1)"
echo "== ${from:0:10} and ${to:0:10}: $events events, $stored stored, $(uniq "$work/handled" | wc -l) handled, $(uniq -d "$work/handled" |
    wc -l) of them again, $(wc -l <"$work/refused") tries refused, $(wc -l <"$work/unknown") of unknown outcome, longest $longest ms"
cat "$work/unknown"
[[ $stored -eq $events && $once -eq $events ]] || fail "of $events events $once are stored, $((stored - once)) of them twice"
[[ $(uniq "$work/handled" | wc -l) -eq $events ]] || fail "of $events events $(uniq "$work/handled" | wc -l) were handled"
[[ -s $work/unknown ]] && fail "some appends have an unknown outcome"
echo "passed"
