#!/usr/bin/env bash
# The completion scripts, in the shells that they are for, with the AOT binary.
# shellcheck disable=SC2317 # the functions are called by the name of their shell
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
"$root/dev" publish linux-x64 >/dev/null
canary=$root/artifacts/linux-x64/canary
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for shell in bash zsh fish; do "$canary" completion "$shell" >"$scratch/$shell"; done
failed=0

# expect SHELL WORDS… : LINE is completed to exactly the words that are given, in any order
expect() {
  local shell=$1 line=$2 wanted=$3 found
  found=$("complete_$shell" "$line" | sort -u | tr '\n' ' ')
  if [ "${found% }" != "$wanted" ]; then
    echo "$shell: «$line» gave «${found% }», expected «$wanted»"
    failed=1
  fi
}

complete_bash() {
  # shellcheck disable=SC2016 # expanded by the inner shell
  bash --norc -c '. "$1"; COMP_LINE="$2$3" COMP_POINT=${#COMP_LINE}; read -ra COMP_WORDS <<<"$COMP_LINE"
    [[ $COMP_LINE == *" " ]] && COMP_WORDS+=(""); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _canary; printf "%s\n" "${COMPREPLY[@]}"' \
    sh "$scratch/bash" "$canary" "${1#canary}"
}

complete_zsh() {
  # shellcheck disable=SC2016
  zsh -fc 'compdef() {}; _files() { print FILES }; compadd() { print -l -- ${(P)2} }; . $1
    words=($2 ${(s: :)${3# }}); [[ $3 == *" " ]] && words+=(""); CURRENT=$#words; _canary' sh "$scratch/zsh" "$canary" "${1#canary}"
}

complete_fish() {
  # fish completes by the command's name; what it offers besides (files) has no business where canary knows the words.
  PATH=$(dirname "$canary"):$PATH HOME=$scratch fish --no-config -c "source $scratch/fish; complete -C '$1'" | cut -f1 | grep -v '/$'
}

for shell in bash zsh fish; do
  expect "$shell" 'canary rul' 'rules'
  expect "$shell" 'canary rules che' 'check'
  expect "$shell" 'canary --fail-on cri' 'critical'
  expect "$shell" 'canary completion z' 'zsh'
  expect "$shell" 'canary --no-col' '--no-color'
done
[ "$failed" = 0 ] && echo "15 passed"
exit "$failed"
