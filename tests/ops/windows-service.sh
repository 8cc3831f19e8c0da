#!/usr/bin/env bash
# The service of Windows under Debian's Wine: the dry run says every step and changes nothing; installation, status and removal go through
# Wine's service control manager, file rights and registry. Wine is not Windows: docs/service.md says what has never run there.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
"$root/dev" publish win-x64 >/dev/null
scratch=$(mktemp -d)
export WINEDEBUG=-all WINEPREFIX=$scratch/prefix
passed=0
finish() {
  wineserver -k 2>/dev/null || true
  rm -rf "$scratch"
}
trap finish EXIT
fail() { echo "FAILED: $*"; sed 's/^/    /' "$scratch/log"; exit 1; }
ok() { passed=$((passed + 1)); echo "ok: $*"; }
canary() { sleep 2; wine "$root/artifacts/win-x64/canary.exe" "$@" </dev/null >"$scratch/log" 2>&1; }
# says WORDS…: each is in the last output
says() { local word; for word in "$@"; do grep -qF -- "$word" "$scratch/log" || fail "does not say «$word»"; done; }

mkdir "$scratch/packed"
python3 -m zipfile -e "$root/artifacts/canary-win-x64.zip" "$scratch/packed"
cmp "$scratch/packed/canary/canary.exe" "$root/artifacts/win-x64/canary.exe" || fail "another program in the zip"
[ -s "$scratch/packed/canary/README.txt" ] || fail "no README.txt in the zip"
ok "the zip has the program and README.txt ($(stat -c %s "$root/artifacts/canary-win-x64.zip") bytes)"

wineboot -i >/dev/null 2>&1 </dev/null || true
# One server for all calls. Its service manager does not find a service for a moment after another program has let go of it.
wineserver -p >/dev/null 2>&1 || true
state="$WINEPREFIX/drive_c/ProgramData/Canary" program="$WINEPREFIX/drive_c/Program Files/Canary/canary.exe"
canary service install --dry-run || fail "exit code $?"
says 'Program Files\Canary\canary.exe' 'ProgramData\Canary: full control for SYSTEM and Administrators, nothing for anybody else' 'create the service Canary' LocalSystem \
  delayed 'recovery: started again 2 s, 10 s, 60 s' SeSystemProfilePrivilege 'event log: source Canary' 'nothing was changed'
[ ! -e "$state" ] || fail "the dry run made the state"
[ ! -e "$program" ] || fail "the dry run copied the program"
if canary service status; then fail "status without a service is not 5"; fi
says 'installed  no'
ok "the dry run says every step and changes nothing"

# Without a sensor for Windows the daemon does not stay; all before its start is what is tried here.
canary service install || true
[ -e "$program" ] || fail "the program was not copied"
[ -d "$state" ] || fail "no state directory"
canary service status --json || true
says '"kind":"service","installed":true,"enabled":true' 'canary.exe\u0022 daemon'
canary service install --dry-run || fail "a second dry run: exit code $?"
says 'set the service Canary'
ok "installed, and installed already"

canary service remove || fail "remove: exit code $?"
says 'delete the service Canary' 'keep C:\ProgramData\Canary with the stored alerts'
if canary service status; then fail "status after the removal is not 5"; fi
says 'installed  no'
[ ! -e "$program" ] || fail "the program stayed"
[ -d "$state" ] || fail "the state went"
canary service remove --purge || fail "remove --purge: exit code $?"
[ ! -e "$state" ] || fail "the state stayed"
ok "removed; the state only by --purge"
echo "$passed passed"
