# shellcheck shell=bash
# Sourced by the scripts of tests/ops.
passed=0
ok() { passed=$((passed + 1)); printf 'ok: %s (%s s)\n' "$*" "$SECONDS"; }

# until_true SECONDS COMMAND…
until_true() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.1
  done
}
