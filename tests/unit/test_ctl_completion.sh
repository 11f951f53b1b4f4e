#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# What bash completes for wg-dpdk-ctl: test_ctl_completion.sh PROGRAM. All that its --help names is offered, and nothing else.
set -euo pipefail
. "${TEST_SOURCE_ROOT:-.}/conf/completion/wg-dpdk-ctl"

# complete_line WORD...: what is offered for the last one
complete_line() {
	COMP_WORDS=(wg-dpdk-ctl "$@") COMP_CWORD=$#
	_wg_dpdk_ctl wg-dpdk-ctl "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"
	echo "${COMPREPLY[*]}"
}

# wg(8) as it would answer on a machine with two interfaces
wg() {
	echo "wg0 wg1"
}

status=0
while IFS='|' read -r line offered; do
	read -ra words <<<"$line"
	[[ $line != *" " && -n $line ]] || words+=("")
	out=$(complete_line "${words[@]}")
	[[ $out == "$offered" ]] || { echo "\"$line\": expected \"$offered\", got \"$out\"" && status=1; }
done <<'END'
st|status
--j|--json
peers |--json --socket --pid --help --version wg0 wg1
--json peers wg1|wg1
log d|debug
-s x.sock re|reload
--socket x.sock |status interfaces peers workers drops reload log --json --socket --pid --help --version
status w|
END

help=$("$1" --help)
mapfile -t named < <(sed -nE 's/^  ([a-z]+) .*/\1/p; s/.*(--[a-z]+) .*/\1/p' <<<"$help" | sort)
mapfile -t offered < <(complete_line "" | tr ' ' '\n' | sort)
[[ ${named[*]} == "${offered[*]}" ]] || { echo "--help names: ${named[*]}; offered: ${offered[*]}" && status=1; }
exit "$status"
