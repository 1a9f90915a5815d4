#!/usr/bin/env bash
# Builds Nola and runs every test. Installs what the tests need through apt where it may, and says what to install where it may not.
set -euo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

command -v dotnet >/dev/null || { echo "test.sh: the .NET 10 SDK is missing: https://dotnet.microsoft.com/download" >&2; exit 2; }

# Programs that the tests run for real, and the Debian package of each.
missing=()
need() { command -v "$1" >/dev/null || missing+=("$2"); }
need redis-server redis-server
need bwrap bubblewrap
need /usr/bin/python3 python3
need javac openjdk-17-jdk-headless
compgen -G "/usr/lib/*/libtcmalloc_minimal.so.4" >/dev/null || missing+=(libtcmalloc-minimal4)
if ((${#missing[@]})); then
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update -qq
    # Not every release has Java 17, or this name of the library.
    apt-cache show openjdk-17-jdk-headless >/dev/null 2>&1 || missing=("${missing[@]/openjdk-17-jdk-headless/default-jdk-headless}")
    apt-cache show libtcmalloc-minimal4 >/dev/null 2>&1 || missing=("${missing[@]/libtcmalloc-minimal4/libtcmalloc-minimal4t64}")
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null
  else
    echo "test.sh: please install: ${missing[*]}   (Debian, Ubuntu: sudo apt-get install ${missing[*]})" >&2
    exit 2
  fi
fi

# One compiler for all projects, whatever the environment says: a third of the time. It must not outlive this script.
dotnet build Cluster.sln -c Release -v q -clp:ErrorsOnly -p:UseSharedCompilation=true
dotnet build-server shutdown --vbcscompiler >/dev/null

passed=0 failed=0 skipped=0 broken=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for project in tests/*.Tests; do
  started=$SECONDS
  dotnet test "$project" -c Release --no-build "$@" 2>&1 | tee "$log" | grep -vE '^(Test run for|VSTest|A total of|Starting test|Passed!|$)' || true
  line=$(grep -E '^(Passed|Failed|Skipped)! ' "$log" | tail -n 1 || true)
  if [ -z "$line" ]; then
    # A filter may leave a project without tests; anything else that prints no result is a failure.
    grep -q 'No test matches' "$log" || { echo "$project: printed no result" >&2; broken=$((broken + 1)); }
    continue
  fi
  count() { sed -E "s/.*$1: *([0-9]+).*/\1/" <<<"$line"; }
  passed=$((passed + $(count Passed))) failed=$((failed + $(count Failed))) skipped=$((skipped + $(count Skipped)))
  printf '%-24s %5s passed %3s failed %3s skipped  %4d s\n' "$(basename "$project")" "$(count Passed)" "$(count Failed)" "$(count Skipped)" $((SECONDS - started))
done
failed=$((failed + broken))
echo "$passed passed, $failed failed$( ((skipped)) && echo ", $skipped skipped" || true)"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
