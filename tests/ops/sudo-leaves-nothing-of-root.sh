#!/usr/bin/env bash
# A user who is not root clones, and runs `sudo ./dev …`: everything is built as that user, run as root, and no file of root's stays.
# Needs root, since it makes that user. Also held: an unchanged checkout is not built again; an edited one is.
set -euo pipefail
[ "$(id -u)" = 0 ] || { echo "run as root"; exit 1; }
origin=$(git -C "$(dirname "${BASH_SOURCE[0]}")" rev-parse --show-toplevel)
user=canary-ops-$$
useradd --create-home --shell /bin/bash "$user"
home=$(getent passwd "$user" | cut -d: -f6)
finish() {
  pkill -u "$user" 2>/dev/null || true
  userdel --remove "$user" >/dev/null 2>&1 || true
  rm -rf "$home" "/etc/sudoers.d/$user"
}
trap finish EXIT
printf '%s ALL=(ALL) NOPASSWD: ALL\n' "$user" >"/etc/sudoers.d/$user"
chmod 440 "/etc/sudoers.d/$user"

fail() { echo "FAILED: $*"; exit 1; }
as_user() { runuser -u "$user" -- env -C "$home/canary" HOME="$home" CI=true PATH="$PATH" bash -c "$1" </dev/null; }

# A clone of what is committed, by a user that cannot read ours.
git -c safe.directory='*' clone -q "file://$origin" "$home/canary"
chown -R "$user:" "$home/canary"
# What is restored already need not be fetched again.
if [ -d "${NUGET_PACKAGES:-$HOME/.nuget/packages}" ]; then
  mkdir -p "$home/.nuget"
  cp -r "${NUGET_PACKAGES:-$HOME/.nuget/packages}" "$home/.nuget/packages"
  chown -R "$user:" "$home/.nuget"
fi

version=$(as_user 'sudo ./dev --version') || fail "sudo ./dev --version"
commit=$(git -c safe.directory='*' -C "$home/canary" rev-parse --short=7 HEAD)
[ "$version" = "canary 0.1.0+$commit" ] || fail "printed «$version», expected «canary 0.1.0+$commit»"

[ -z "$(find "$home/canary" ! -user "$user" -print -quit)" ] || { find "$home/canary" ! -user "$user" | head; fail "files of another user in the checkout"; }
[ "$(stat -c %U "$home/canary/src/Canary/bin/Release/net10.0/canary")" = "$user" ] || fail "not built as the caller"

# Without sudo it works as well, and says what it runs as.
as_user './dev --version' >/dev/null || fail "./dev --version without sudo"

again=$(as_user 'sudo ./dev --version' 2>&1)
[ "$again" = "$version" ] || fail "an unchanged checkout was built again, or said more than it was asked: $again"
as_user 'touch src/Canary/Program.cs'
as_user 'sudo ./dev --version' 2>&1 | grep -q 'dev: building' || fail "an edited checkout was not built again"

# The arguments arrive as they were given, and the exit code comes back.
as_user 'sudo ./dev --no-such-option' >/dev/null 2>&1 && fail "a wrong option was taken"

as_user 'sudo ./dev test Canary.Tests.Text' || fail "sudo ./dev test Canary.Tests.Text"
as_user 'sudo ./dev test Canary.Kernel.Tests.Proc' || fail "sudo ./dev test Canary.Kernel.Tests.Proc"
as_user 'sudo ./dev watch --for 1s' >/dev/null 2>&1 || fail "sudo ./dev watch --for 1s"
[ -z "$(find "$home/canary" ! -user "$user" -print -quit)" ] || { find "$home/canary" ! -user "$user" | head; fail "the tests left files of another user in the checkout"; }

# As the user alone the plain tests run; those that need root are named as not run, and the run fails.
as_user './dev test Canary.Tests.Text' >/dev/null 2>&1 || fail "./dev test Canary.Tests.Text without root"
if said=$(as_user './dev test Fanotify' 2>&1); then fail "./dev test Fanotify without root passed"; fi
grep -q 'NOT run: it needs root' <<<"$said" || fail "./dev test without root did not say what it left out: $said"
echo "1 passed"
