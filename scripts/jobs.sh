# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
# shellcheck shell=bash
#
# Jobs that run beside each other, for scripts/test. There are two places for work and three for system tests, which mostly
# wait: their CPU time comes first, and work, which is niced, takes the rest. A test that takes all places of tests is alone
# but for work, of which it feels next to nothing. What a job prints is shown when it ends. Source it.

n_work_places=2
n_test_places=3
jobs_waiting=() # in the order in which they get places
jobs_failed=()
declare -A job_work=() job_tests=() job_after=() job_command=()
declare -A job_status=()   # of those that have ended
declare -A jobs_running=() # process: job

# job NAME WORK TESTS AFTER COMMAND...: to be run in WORK and TESTS places when the jobs in the list AFTER, which is separated
# by commas, have succeeded. Asked for twice it runs once.
job() {
	local name=$1
	[[ ! -v job_work[$name] ]] || return 0
	job_work[$name]=$2 job_tests[$name]=$3 job_after[$name]=$4
	jobs_waiting+=("$name")
	shift 4
	job_command[$name]=${*@Q}
}

# run_jobs FOLDER: all of them; their output is kept in FOLDER.
run_jobs() {
	jobs_folder=$1
	trap 'end_jobs && exit 130' INT TERM
	start_jobs
	while ((${#jobs_running[@]})); do
		reap_job
		start_jobs
	done
	trap - INT TERM
}

# A job that finds no room keeps its places from those behind it, so that none waits for ever.
start_jobs() {
	local name waiting=() work=$n_work_places tests=$n_test_places
	for name in "${jobs_running[@]}"; do
		take_places "$name"
	done
	for name in "${jobs_waiting[@]}"; do
		if has_ended_well "${job_after[$name]}" && take_places "$name"; then
			start_job "$name"
		else
			waiting+=("$name")
		fi
	done
	jobs_waiting=("${waiting[@]}")
}

# take_places JOB: of those that are left, in work and tests. Status 1: there are not enough of those that it needs.
take_places() {
	work=$((work - ${job_work[$1]})) tests=$((tests - ${job_tests[$1]}))
	((work >= 0 || ${job_work[$1]} == 0)) && ((tests >= 0 || ${job_tests[$1]} == 0))
}

# has_ended_well LIST
has_ended_well() {
	local name names
	IFS=, read -ra names <<<"$1"
	for name in "${names[@]}"; do
		[[ ${job_status[$name]:-} == 0 ]] || return 1
	done
}

start_job() {
	(
		renice -n "$(niceness "$1")" -p "$BASHPID" >/dev/null 2>&1 || true
		eval "${job_command[$1]}"
	) >"$jobs_folder/job-${1// /-}.log" 2>&1 </dev/null &
	jobs_running[$!]=$1
}

# niceness JOB: that of a test which is alone gives it 265 times the share of work. Only root may have it, as only root has
# system tests.
niceness() {
	if ((${job_work[$1]})); then
		echo 10
	elif ((${job_tests[$1]} == n_test_places)); then
		echo -15
	else
		echo 0
	fi
}

# Waits for the next one that ends, and shows what it has printed.
reap_job() {
	local pid="" status=0 name
	wait -n -p pid "${!jobs_running[@]}" || status=$?
	name=${jobs_running[$pid]}
	unset "jobs_running[$pid]"
	job_status[$name]=$status
	((status == 0 || status == 77)) || jobs_failed+=("$name")
	cat "$jobs_folder/job-${name// /-}.log"
}

# Every process below this one, at once, so that none begins another when its own has ended.
end_jobs() {
	local pids
	mapfile -t pids < <(processes_below $$)
	kill "${pids[@]}" 2>/dev/null || true
	wait
}

processes_below() {
	local child
	for child in $(pgrep -P "$1"); do
		echo "$child"
		processes_below "$child"
	done
}
