#!/usr/bin/env bash
# Canary, the AOT binary, on a kernel that is not this machine's: Debian 12's own (6.1), booted by QEMU without KVM. It has what the kernels
# of most workplaces for tests lack, fs-verity and BPF LSM, and lacks what they have, fanotify's events for ranges.
# Needs qemu-system-x86, busybox, mkfs.ext4, debugfs, cpio; the kernel is taken from Debian's archive, and not installed.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=tests/ops/support/steps.sh
. "$root/tests/ops/support/steps.sh"
"$root/dev" publish linux-x64 >/dev/null
cache=${CANARY_DEBIAN_KERNEL:-/var/tmp/canary-debian-kernel}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() { echo "FAILED: $*"; exit 1; }

# ---- the kernel -------------------------------------------------------------------------------------------------------------

if ! compgen -G "$cache/boot/vmlinuz-*" >/dev/null; then
  rm -rf "$cache"
  mkdir -p "$cache/package"
  name=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)$/\1/p' | head -n 1)
  [ -n "$name" ] || fail "apt knows no linux-image-cloud-amd64"
  (cd "$cache/package" && apt-get download -q "$name")
  dpkg-deb -x "$cache"/package/*.deb "$cache"
  rm -r "$cache/package"
fi
kernel=$(find "$cache/boot" -name 'vmlinuz-*')
modules=$cache/lib/modules/${kernel##*/vmlinuz-}
[ -d "$modules" ] || modules=$cache/usr/lib/modules/${kernel##*/vmlinuz-}

# ---- the machine ------------------------------------------------------------------------------------------------------------

inside=$scratch/inside
mkdir -p "$inside/bin" "$inside/modules" "$inside/lib64" "$inside/etc"
take() { # take FILE PLACE: with the libraries that it names
  cp -L "$1" "$inside/$2"
  { ldd "$1" 2>/dev/null || true; } | { grep -o '/[^ )]*' || true; } | while read -r library; do
    mkdir -p "$inside${library%/*}"
    cp -Ln "$library" "$inside$library"
  done
}
take "$(command -v busybox)" bin/busybox
take /bin/bash bin/bash
take "$root/artifacts/linux-x64/canary" bin/canary
for lane in "$root"/artifacts/linux-x64/canary-avx*.so; do take "$lane" bin/; done
for library in libbpf.so.1 libelf.so.1 libz.so.1 libssl.so.3 libcrypto.so.3; do
  place=$(ldconfig -p | sed -n "s/^\t$library .* => //p" | head -n 1)
  [ -z "$place" ] || { mkdir -p "$inside${place%/*}"; take "$place" "${place#/}"; }
done
for module in virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci virtio_blk; do
  found=$(find "$modules/kernel" -name "$module.ko*")
  case $found in
    *.xz) xz -dc "$found" >"$inside/modules/$module.ko" ;;
    *) cp "$found" "$inside/modules/$module.ko" ;;
  esac
done
echo 'root:x:0:0:root:/root:/bin/bash' >"$inside/etc/passwd"
install -m 755 "$root/tests/ops/support/debian-kernel-init.sh" "$inside/init"
(cd "$inside" && find . | cpio -o -H newc --quiet | gzip -1) >"$scratch/initramfs"

mkdir -p "$scratch/models"
python3 - "$scratch/models" <<'PYTHON'
import json, random, struct, sys
for name, seed in (("good", 1), ("flipped", 2), ("second", 3)):
    size = 10_000_000
    header = json.dumps({"weight": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}}).encode()
    header += b" " * (-len(header) % 8)
    with open(f"{sys.argv[1]}/{name}.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(header)) + header + random.Random(seed).randbytes(size))
PYTHON
mkdir "$scratch/tree"
mv "$scratch/models" "$scratch/tree/models"
for disk in verity:-Overity plain:-O^verity; do
  truncate -s 64M "$scratch/${disk%%:*}"
  mkfs.ext4 -q -b 4096 "${disk#*:}" -d "$scratch/tree" "$scratch/${disk%%:*}"
done

boot() { # boot WORDS: what the machine said, without its control characters
  timeout "${CANARY_PATIENCE:-300}" qemu-system-x86_64 -accel tcg,thread=multi -cpu max -smp 2 -m 1024 -nographic -no-reboot -nic none \
    -drive "file=$scratch/verity,if=virtio,format=raw" -drive "file=$scratch/plain,if=virtio,format=raw" \
    -kernel "$kernel" -initrd "$scratch/initramfs" -append "console=ttyS0 quiet loglevel=1 panic=-1 $1" </dev/null | tr -d '\r\033' >"$scratch/said" || { cat "$scratch/said"; fail "QEMU: $?"; }
  cat "$scratch/said"
  grep -q '^the end' "$scratch/said" || fail "the machine did not come to its end"
  ! grep -q FAILED "$scratch/said" || exit 1
  passed=$((passed + $(grep -c '^ok: ' "$scratch/said")))
}

boot canary.first
# Below the filesystem, as who has the disk itself can.
block=$(debugfs -R 'bmap /models/good.safetensors 1000' "$scratch/verity" 2>/dev/null)
[ "$block" -gt 0 ] || fail "no block of the model was found"
printf 'changed below the filesystem' | dd of="$scratch/verity" bs=4096 seek="$block" conv=notrunc status=none
boot canary.after
echo "$passed passed"
