#!/usr/bin/env bash
# Builds the solution and runs all its tests: tests/run.sh [PART-OF-A-PROJECT'S-NAME]
#
# Needs the .NET 10 SDK and nothing else. Test projects run one after another, each in a process of its own, so that a crash
# is one project's failure and the cluster tests have the machine to themselves. The last line is the sum of all. Nothing that was
# started is left behind, however the run ends.
set -uo pipefail

filter="${1:-}"
# No project takes three minutes on a quiet machine; one that hangs must not take the others' results with it.
limit="${TEST_LIMIT:-15m}"
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
results="$(mktemp -d)"
group=""
trap 'end_group; rm -rf "$results"' EXIT
trap 'interrupted 129' HUP
trap 'interrupted 130' INT
trap 'interrupted 143' TERM

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
passed=0 failed=0 skipped=0

sum() {
    echo "$passed passed, $failed failed, $skipped skipped"
}

# What failed, once more where it is looked for: the middle of a long run is what gets lost first.
repeat_failures() {
    local log
    for log in "$results"/*.out; do
        [[ -e $log ]] || continue
        awk -v project="$(basename "$log" .out)" '
            /^    [^ ].* \[FAIL\]/ { if (!headed) { print "== failed in " project; headed = 1 } lines = 60 }
            lines > 0 && (/^      / || /\[FAIL\]/ || /^ *$/) { print; lines--; next }
            { lines = 0 }' "$log"
    done
}

finish() {
    repeat_failures
    sum
    [[ $failed -eq 0 && $passed -gt 0 ]]
    exit
}

interrupted() {
    end_group
    fail "the run was interrupted."
    repeat_failures
    sum
    exit "$1"
}

# Runs a command in a process group of its own, which is ended after it with all that is left of it. The shell waits for it, and not the
# other way round, since a signal would else only count once the command has ended.
in_group() {
    local code=0
    set -m
    "$@" </dev/null &
    group=$!
    set +m
    wait "$group" || code=$?
    end_group
    return $code
}

end_group() {
    if [[ -n $group ]]; then
        # The shell would tell of what it has killed itself.
        { kill -KILL -- "-$group" && wait "$group"; } 2>/dev/null
        group=""
    fi
}

# What is wrong beside a failed test counts as one failure, so that the sum can't look good.
fail() {
    echo "FAILED: $1"
    failed=$((failed + 1))
}

# Reads a number of the results' summary, such as failed="2".
count() {
    sed -n "s/.*<Counters [^>]*\b$1=\"\([0-9]*\)\".*/\1/p" "$2"
}

limited() {
    if command -v timeout >/dev/null; then
        in_group timeout --foreground --kill-after=30s "$limit" "$@"
    else
        in_group "$@"
    fi
}

run_project() {
    local name="$1" trx="$results/$1.trx" code=0
    echo "== $name"
    exec 3> >(exec tee "$results/$name.out")
    local copying=$!
    limited dotnet "tests/$name/bin/Release/net10.0/$name.dll" -noLogo -noColor -longRunning 60 -trx "$trx" >&3 3>&- || code=$?
    exec 3>&-

    # It ends with the last that holds the output, which may be a process that a test has left elsewhere: not waited for for ever.
    for _ in {1..50}; do
        kill -0 "$copying" 2>/dev/null || break
        sleep 0.1
    done
    kill "$copying" 2>/dev/null

    if [[ $code -eq 124 || $code -eq 137 ]]; then
        fail "$name was killed with exit code $code: a test hung for $limit, or something else killed its process."
        return
    elif [[ -z $(count total "$trx" 2>/dev/null) ]]; then
        fail "$name ended with exit code $code and left no results: its process crashed."
        return
    fi

    local project_passed project_failed
    project_passed="$(count passed "$trx")"
    project_failed="$(count failed "$trx")"
    passed=$((passed + project_passed))
    failed=$((failed + project_failed))
    skipped=$((skipped + $(count notExecuted "$trx")))
    if [[ $((project_passed + project_failed)) -eq 0 ]]; then
        fail "$name ran no test."
    elif [[ $code -ne $((project_failed > 0)) ]]; then
        fail "$name ended with exit code $code with $project_failed failed tests: something failed outside of a test."
    fi
}

# What a test needs of the system: without it, the test is skipped.
need() {
    local program="$1" package="$2"
    if ! command -v "$program" >/dev/null && command -v apt-get >/dev/null && [[ $EUID -eq 0 ]]; then
        apt-get install -y -qq "$package" >/dev/null 2>&1 || {
            apt-get update -qq && apt-get install -y -qq "$package"
        } >/dev/null 2>&1 || echo "$program is missing and can't be installed: a test will be skipped."
    fi
}

# A server that the tests start themselves; the package would start one of its own as well.
need_postgres() {
    compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null && return
    if command -v apt-get >/dev/null && [[ $EUID -eq 0 ]]; then
        apt-get update -qq >/dev/null 2>&1
        apt-get install -y -qq postgresql-common >/dev/null 2>&1
        if [[ -f /etc/postgresql-common/createcluster.conf ]]; then
            sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
        fi

        apt-get install -y -qq postgresql >/dev/null 2>&1
    fi
}

# The same of any other: its package must not start it either.
need_server() {
    local program="$1" package="$2" policy=/usr/sbin/policy-rc.d made=""
    if ! command -v "$program" >/dev/null && command -v apt-get >/dev/null && [[ $EUID -eq 0 ]]; then
        if [[ ! -e $policy ]]; then
            printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && made=yes
        fi

        need "$program" "$package"
        [[ -z $made ]] || rm -f "$policy"
    fi
}

need_postgres
need_server pgbouncer pgbouncer
need_server redis-server redis-server
need_server prometheus prometheus
# Without it, its tests fail here instead of being skipped.
export TESTS_REQUIRE_SERVERS=1
need strace strace
need ip iproute2
need unshare util-linux
need faketime faketime
need openssl openssl

echo "== build"
# A node that stays behind would hold files and outlive a CI run.
if ! in_group dotnet build Reflex.Orleans.sln --configuration Release --verbosity quiet -nologo -nodeReuse:false; then
    fail "the build."
    finish
fi

projects="$(dotnet sln Reflex.Orleans.sln list | tr '\\' '/' | sed -n 's|^tests/\(.*\.Tests\)/.*\.csproj\r\{0,1\}$|\1|p' | sort)"
for folder in tests/*.Tests; do
    if ! grep -qx "${folder#tests/}" <<<"$projects"; then
        fail "$folder is not in Reflex.Orleans.sln, so that its tests would never run."
    fi
done

selected="$(grep -F -- "$filter" <<<"$projects")" || fail "no test project in Reflex.Orleans.sln has '$filter' in its name."
for name in $selected; do
    run_project "$name"
done

finish
