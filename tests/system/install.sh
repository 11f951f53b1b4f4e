#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# What `meson install` lays down, file by file, and what systemd thinks of the units.
# shellcheck source=_lib.sh
. "$(dirname "$0")/_lib.sh"

needs_counters
source_dir=$(realpath "$tests_dir/../..")

meson install -C "$BUILD" --no-rebuild --destdir "$PWD/root" >install.log 2>&1 || fail "meson install: $(tail -n 5 install.log)"
prefix=root/usr/local
[[ -d $prefix ]] || skip "the build folder's prefix is not /usr/local"

echo "the files"
# The man pages are there when scdoc is, the kernel's program for shared NICs when clang and libbpf are.
find "$prefix" -type f -printf '%m %P\n' | grep -vE ' share/man/| .*/wg-dpdk/take_udp[.]bpf[.]o$' | sort -k 2 >files
diff - files <<'END' || fail "other files than these were installed"
755 bin/wg-dpdk-bench
644 lib/systemd/system/wg-dpdk.service
644 lib/systemd/system/wg-dpdk@.service
755 sbin/wg-dpdk
755 sbin/wg-dpdk-ctl
644 share/bash-completion/completions/wg-dpdk-ctl
644 share/doc/wg-dpdk/examples/gw.conf
644 share/doc/wg-dpdk/examples/gw.full.conf
644 share/doc/wg-dpdk/examples/wg0.conf.example
END
if command -v scdoc >/dev/null; then
	pages=$(cd "$prefix/share/man" && find . -type f | sort | xargs)
	assert_equal "man pages" "./man5/gw.conf.5 ./man8/wg-dpdk-bench.8 ./man8/wg-dpdk-ctl.8 ./man8/wg-dpdk.8" "$pages"
fi
for file in "$source_dir"/conf/*.conf; do
	cmp "$file" "$prefix/share/doc/wg-dpdk/examples/${file##*/}"
done

echo "the programs"
for program in wg-dpdk wg-dpdk-ctl; do
	assert_equal "$program" "$program $("$BUILD/control/wg-dpdk" --version | cut -d ' ' -f 2)" "$("$prefix/sbin/$program" --version)"
done

echo "the units"
command -v systemd-analyze >/dev/null || skip "the files are right, but there is no systemd-analyze for the units"
mkdir units
for unit in wg-dpdk.service wg-dpdk@.service; do
	grep -q '^ExecStart=/usr/local/sbin/wg-dpdk ' "$prefix/lib/systemd/system/$unit" || fail "$unit: $(grep Exec "$prefix/lib/systemd/system/$unit")"
	sed "s|/usr/local/sbin|$PWD/$prefix/sbin|" "$prefix/lib/systemd/system/$unit" >"units/${unit/@/@wg0}"
done
for unit in units/*; do
	# Words of other units of this machine are none of ours.
	systemd-analyze verify --man=no "$unit" >verify.log 2>&1 || fail "$unit: $(cat verify.log)"
	! grep -F "${unit##*/}" verify.log || fail "systemd-analyze verify $unit: $(cat verify.log)"
	systemd-analyze security --offline=yes --threshold=40 "$unit" >security.log 2>&1 || fail "$unit: $(tail -n 2 security.log)"
	tail -n 1 security.log
done
