#!/usr/bin/env bash
# The same scan many times, by the AOT binary: with the check of a signature on one thread while another gives back the pages of the
# program that are read no more. Whatever depends on chance there (a page too many, and the runtime ends the program) would show.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
"$root/dev" publish linux-x64 >/dev/null
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
canary=$root/artifacts/linux-x64/canary
runs=150

cd "$scratch"
mkdir tree
python3 - <<'PYTHON'
import json
packages = {"": {"name": "app"}}
for i in range(2000):
    packages[f"node_modules/p{i}"] = {"version": "1.0.0", "resolved": f"https://registry.npmjs.org/p{i}/-/p{i}-1.0.0.tgz", "integrity": "sha512-" + "A" * 86 + "=="}
json.dump({"name": "app", "lockfileVersion": 3, "packages": packages}, open("tree/package-lock.json", "w"))
open("known.txt", "w").write("".join(f"npm:bad-{i}:1.0.{i % 7}\n" for i in range(20000)))
PYTHON
openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out key.pem
openssl ec -in key.pem -pubout -out key.pub 2>/dev/null
"$canary" db build known.txt -o known.index --sign key.pem >log
"$canary" db update known.index --trust key.pub --state state --offline >log

for run in $(seq $runs); do
  status=0
  "$canary" scan tree --state state --trust key.pub --offline >log 2>&1 || status=$?
  if [ $status != 0 ] || ! grep -q '2,000 packages' log; then
    echo "FAILED: run $run ended with $status"
    cat log
    exit 1
  fi
done
echo "$runs of $runs scans ended as they should"
