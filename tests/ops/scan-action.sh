#!/usr/bin/env bash
# The action of .github/actions/scan as a runner would run it: its own script, taken out of its YAML, as a user without any right, without
# a home, without a network where that can be had, over trees with and without a compromised package. Needs root, to become nobody.
set -euo pipefail
[ "$(id -u)" = 0 ] || { echo "run as root"; exit 1; }
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
"$root/dev" publish linux-x64 >/dev/null
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
chmod 755 "$scratch"
install -m 755 "$root/artifacts/linux-x64/canary" "$scratch/canary"

passed=0
fail() { echo "FAILED: $*"; sed 's/^/    /' "$scratch/log"; exit 1; }
: >"$scratch/log"

# What stands below «run: |», without its indentation.
python3 - "$root/.github/actions/scan/action.yml" >"$scratch/run.sh" <<'PYTHON'
import sys, textwrap
lines = open(sys.argv[1]).read().split("\n")
at = next(i for i, l in enumerate(lines) if l.strip() == "run: |")
depth = len(lines[at]) - len(lines[at].lstrip())
body = []
for line in lines[at + 1:]:
    if line.strip() and len(line) - len(line.lstrip()) <= depth:
        break
    body.append(line)
print(textwrap.dedent("\n".join(body)), end="")
PYTHON
# shellcheck disable=SC2016 # as it stands in YAML
! grep -qF '${{' "$scratch/run.sh" || fail "an expression within the script"
grep -q 'canary' "$scratch/run.sh" || fail "no script in action.yml"
[ ! -x "$(command -v shellcheck)" ] || shellcheck -s bash "$scratch/run.sh"

alone=()
if unshare --net true 2>/dev/null; then alone=(unshare --net); fi

# action WORKSPACE [NAME=VALUE…]: one run; its log, summary and outputs lie in $scratch, its exit code is returned
action() {
  local workspace=$1 temporary=$scratch/temporary status=0
  shift
  rm -rf "$temporary" "$scratch/summary" "$scratch/outputs"
  mkdir "$temporary"
  : >"$scratch/summary"
  : >"$scratch/outputs"
  chown nobody "$temporary" "$scratch/summary" "$scratch/outputs"
  "${alone[@]}" setpriv --reuid nobody --regid nogroup --clear-groups --no-new-privs env -i -C / PATH=/usr/bin:/bin CI=true GITHUB_ACTIONS=true \
    TMPDIR="$temporary" RUNNER_TEMP="$temporary" GITHUB_WORKSPACE="$workspace" GITHUB_ACTION_PATH="$root/.github/actions/scan" \
    GITHUB_STEP_SUMMARY="$scratch/summary" GITHUB_OUTPUT="$scratch/outputs" \
    CANARY_PATH=. CANARY_BASE= CANARY_CONFIG= CANARY_FAIL_ON= CANARY_PROGRAM="$scratch/canary" CANARY_EVENT_BASE= "$@" \
    bash --noprofile --norc -eo pipefail "$scratch/run.sh" >"$scratch/log" 2>&1 </dev/null || status=$?
  [ -z "$(find "$temporary" -name 'canary-base-*')" ] || fail "a base was left behind"
  return "$status"
}

# expect CODE WORDS COMMAND…
expect() {
  local wanted=$1 words=$2 code=0
  shift 2
  "$@" || code=$?
  [ "$code" = "$wanted" ] || fail "$words: exit code $code, expected $wanted"
  passed=$((passed + 1))
}

lock() { printf '{"lockfileVersion": 3, "packages": {"node_modules/%s": {"version": "%s"}}}\n' "$1" "$2"; }
git_() { git -c user.name=t -c user.email=t@example.org -c init.defaultBranch=main -C "$tree" "$@"; }

# The tree is root's, the runner is not: git would call that dubious, and Canary reads it all the same.
tree=$scratch/tree
mkdir "$tree"
git_ init -q
lock left-pad 1.3.0 >"$tree/package-lock.json"
git_ add -A && git_ commit -qm clean && git_ tag clean
expect 0 "a clean tree" action "$tree"
grep -q '^## Canary: ' "$scratch/summary" || fail "no job summary of a clean tree"

lock chalk 5.6.1 >"$tree/package-lock.json"
mkdir "$tree/a
::error::b" && lock debug 4.4.2 >"$tree/a
::error::b/package-lock.json"
git_ add -A && git_ commit -qm compromised && git_ tag compromised
expect 1 "a compromised package" action "$tree"
grep -qF 'pkg:npm/chalk\@5.6.1' "$scratch/summary" || fail "the summary does not name the package"
grep -q 'pkg:npm/chalk@5.6.1' "$scratch/log" || fail "the log does not name the package"
grep -qx "sarif=$scratch/temporary/canary.sarif" "$scratch/outputs" || fail "no output sarif"
grep -qx 'code=1' "$scratch/outputs" || fail "no output code"
! grep -qE '^[[:space:]]*::' "$scratch/log" "$scratch/summary" || fail "a name became a workflow command"
python3 - "$scratch/temporary/canary.sarif" <<'PYTHON' || fail "SARIF does not name the package"
import json, sys
run = json.load(open(sys.argv[1]))["runs"][0]
found = [r for r in run["results"] if r["ruleId"] == "known_malicious_package" and "pkg:npm/chalk@5.6.1" in r["message"]["text"]]
assert found[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "package-lock.json", found
assert found[0]["partialFingerprints"], found
PYTHON

expect 1 "a pull request that adds it" action "$tree" CANARY_EVENT_BASE="$(git_ rev-parse clean)"
expect 0 "a pull request whose base has it" action "$tree" CANARY_EVENT_BASE="$(git_ rev-parse compromised)"
grep -q 'existing finding' "$scratch/log" || fail "existing findings are not told"
expect 1 "a base that is asked for as none" action "$tree" CANARY_BASE=none CANARY_EVENT_BASE="$(git_ rev-parse compromised)"
expect 2 "a base that looks like an option" action "$tree" CANARY_BASE=--help
expect 2 "a level that is none" action "$tree" CANARY_FAIL_ON=never
expect 5 "a program that is not there" action "$tree" CANARY_PROGRAM=/nowhere/canary

git clone -q --depth=1 "file://$tree" "$scratch/shallow"
expect 2 "a shallow clone" action "$scratch/shallow" CANARY_EVENT_BASE="$(git_ rev-parse clean)"
grep -q 'fetch-depth: 0' "$scratch/log" || fail "a shallow clone is not told how to become a whole one"

# A program that the change brings is not run, though a step before put it on PATH; a home that cannot be written does no harm.
printf '#!/bin/sh\ntouch %s/executed\n' "$scratch/temporary" >"$tree/canary"
chmod 755 "$tree/canary"
mkdir "$scratch/bin" && ln -s "$scratch/canary" "$scratch/bin/canary"
action "$tree" PATH="$tree:/usr/bin:/bin" CANARY_PROGRAM= >/dev/null 2>&1 || true
[ ! -e "$scratch/temporary/executed" ] || fail "the program of the change was run"
expect 1 "the program of PATH, with a home that is read-only" action "$tree" PATH="$scratch/bin:/usr/bin:/bin" CANARY_PROGRAM= HOME=/
echo "$passed passed"
