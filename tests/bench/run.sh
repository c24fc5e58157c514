#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Measures the program on large captures made from the samples, beside what it is held against. docs/performance.md says
# what the figures mean.
#
# usage: run.sh [--markdown] [--peers] [--screen] [--tls] [--no-memory] [--runs N] [INPUT...]
#
#   --markdown   print tables for docs/performance.md
#   --peers      also run tshark and tcpflow, on a small input
#   --screen     also open talk in the TUI
#   --tls        only decrypt bulk data inside TLS, beside openssl speed
#   --no-memory  leave out the runs on inputs of several sizes
#   --runs N     take the best of N runs (3)
#   INPUT        dense, talk, gateway, mixed or many-flows (all)
#
# `make bench` calls it with what it needs: MSNSCOPE, the program; BENCH_TOOLS, the folder of generate, baseline and
# measure; srcdir, the source tree. BENCH_ARGS are further arguments. The inputs, some 3.2 GB, are kept in
# $MSNSCOPE_BENCH_DIR (${TMPDIR:-/tmp}/msnscope-bench).
set -eu

: "${MSNSCOPE:?run make bench}" "${BENCH_TOOLS:?run make bench}" "${srcdir:?run make bench}"
folder=${MSNSCOPE_BENCH_DIR:-${TMPDIR:-/tmp}/msnscope-bench}
markdown=false
peers=false
screen=false
tls=false
memory=true
runs=3
inputs=()

declare -A size=([dense]=200 [talk]=200 [gateway]=200 [mixed]=400 [many-flows]=1000000)
peer_size=20
memory_sizes=(100 200 400)

die() {
	printf 'run.sh: %s\n' "$1" >&2
	exit 2
}

while (($#)); do
	case $1 in
	--markdown) markdown=true ;;
	--peers) peers=true ;;
	--screen) screen=true ;;
	--tls) tls=true ;;
	--no-memory) memory=false ;;
	--runs)
		[[ ${2:-} =~ ^[1-9][0-9]*$ ]] || die "--runs wants a number"
		runs=$2
		shift
		;;
	*)
		[[ -n ${size[$1]+x} ]] || die "unknown input or option '$1'"
		inputs+=("$1")
		;;
	esac
	shift
done
((${#inputs[@]})) || inputs=(dense talk gateway mixed many-flows)

# --- inputs ---

samples=("$srcdir"/samples/msnp*-login.pcap)

is_stale() {
	local other
	[[ -s $1 ]] || return 0
	for other in "$BENCH_TOOLS/generate" "${samples[@]}"; do
		[[ $other -nt $1 ]] && return 0
	done
	return 1
}

# input KIND SIZE: sets $file; writes it when it is missing or out of date.
input() {
	file=$folder/$1-$2.pcap
	is_stale "$file" || return 0
	printf 'writing %s\n' "$file" >&2
	mkdir -p "$folder"
	"$BENCH_TOOLS/generate" "$1" "$2" "$file.new" "${samples[@]}"
	mv "$file.new" "$file"
}

# --- tables ---

# row WIDTHS CELL...: the first cell is aligned to the left.
row() {
	local widths=$1 left=- cell
	shift
	for cell; do
		if $markdown; then
			printf '| %s ' "$cell"
		else
			printf "%$left${widths%%,*}s  " "$cell"
		fi
		widths=${widths#*,}
		left=
	done
	if $markdown; then echo '|'; else echo; fi
}

heading() {
	local cell rule=('---')
	row "$@"
	shift 2
	for cell; do rule+=('---:'); done
	if $markdown; then row 0 "${rule[@]}"; fi
}

calculate() {
	awk "BEGIN { printf \"$1\", $2 }"
}

# --- measuring ---

# measure COMMAND...: sets $wall, $cpu (s) and $rss (MB).
measure() {
	local figures
	figures=$("$BENCH_TOOLS/measure" "$runs" "$@") || return 1
	read -r wall cpu rss <<<"$figures"
	rss=$(calculate %.1f "$rss * 1024 / 1e6")
}

# figures NAME: the row of what was measured last; needs $bytes, $packets, $commands, $bare, $floor (empty: none).
figures() {
	local rate
	rate=$(calculate %.0f "$commands / $wall")
	local floors=-
	[[ $1 == bare || $1 == tcpflow* ]] && rate=-
	[[ -n $floor ]] && floors=$(calculate %.2f "$cpu / $floor")
	row "$widths" "$1" "$wall" "$cpu" "$(calculate %.0f "$bytes / 1e6 / $wall")" "$(calculate %.0f "$packets / $wall")" \
		"$rate" "$rss" \
		"$(calculate %.2f "$cpu / $bare")" "$floors"
}
widths=22,8,8,8,10,10,8,8,8

# describe KIND: sets $bytes, $packets and $commands of $file, which is then in the cache.
describe() {
	bytes=$(wc -c <"$file")
	read -r packets _ _ _ commands _ < <("$BENCH_TOOLS/baseline" floor "$file")
	# floor knows no HTTP
	if [[ $1 == gateway ]]; then commands=$("$MSNSCOPE" json "$file" | grep -c '^{"type":"event".*"protocol":"msnp"'); fi
}

# compare KIND SIZE: the table of one input, with what else stands in $others.
compare() {
	local reader
	input "$1" "$2"
	describe "$1"
	printf '\n%s: %s MB, %s packets, %s commands\n\n' "$1" "$(calculate %.0f "$bytes / 1e6")" "$packets" "$commands"
	heading "$widths" reader 'wall s' 'CPU s' MB/s packets/s commands/s 'peak MB' 'x bare' 'x floor'
	measure "$BENCH_TOOLS/baseline" bare "$file"
	local bare_row=("$wall" "$cpu" "$rss")
	bare=$cpu
	floor=
	if [[ $1 != gateway ]]; then
		measure "$BENCH_TOOLS/baseline" floor "$file"
		local floor_row=("$wall" "$cpu" "$rss")
		floor=$cpu
	fi
	read -r wall cpu rss <<<"${bare_row[*]}"
	figures bare
	if [[ -n $floor ]]; then
		read -r wall cpu rss <<<"${floor_row[*]}"
		figures floor
	fi
	for reader in text json; do
		measure "$MSNSCOPE" "$reader" "$file"
		figures "msnscope $reader"
		ratios[$1 $reader]="$(calculate %.2f "$cpu / $bare") $(calculate %.2f "$cpu / ${floor:-$cpu}")"
		costs[$1 $reader]=$(calculate %.6f "$cpu / $bytes * 1e6")
		peaks[$1 $reader]=$rss
	done
}
declare -A ratios peaks costs

compare_peers() {
	runs=1
	compare dense "$peer_size"
	if command -v tshark >/dev/null; then
		measure tshark -r "$file" -Y msnms -T json -J msnms && figures "tshark -T json"
	fi
	if command -v tcpflow >/dev/null; then
		measure tcpflow -X /dev/null -C -r "$file" && figures "tcpflow -C"
	fi
}

# The memory of inputs of several sizes has to be the same.
compare_memory() {
	local kind megabytes cells
	printf '\npeak memory of msnscope json in MB, by size of the input\n\n'
	heading 10,8,8,8 input "${memory_sizes[@]/%/ MB}"
	for kind in dense gateway mixed; do
		cells=()
		for megabytes in "${memory_sizes[@]}"; do
			input "$kind" "$megabytes"
			runs=1 measure "$MSNSCOPE" json "$file"
			cells+=("$rss")
		done
		row 10,8,8,8 "$kind" "${cells[@]}"
	done
}

# goal WHAT VALUE LIMIT
goal() {
	local verdict=met
	if awk "BEGIN { exit !($2 > $3) }"; then verdict='NOT met'; fi
	printf '%s: %s, goal %s: %s\n' "$1" "$2" "$3" "$verdict"
}

# Decryption alone, beside that of OpenSSL with the same cipher and length.
show_tls() {
	local speed segments records
	speed=$(openssl speed -aead -evp aes-128-gcm -decrypt -bytes 16384 -seconds 3 2>/dev/null |
		sed -n 's/^AES-128-GCM *\([0-9.]*\)k$/\1/p')
	speed=$(calculate %.0f "${speed:-0} / 1000")
	{
		read -r _ segments
		read -r _ records
	} < <("$BENCH_TOOLS/tls_bulk" 500)
	printf '\nTLS 1.2, TLS_RSA_WITH_AES_128_GCM_SHA256, records of 16 KB\n\n'
	heading 40,8 what MB/s
	row 40,8 'openssl speed' "$speed"
	row 40,8 'msnscope, segments of 1460 bytes' "$segments"
	row 40,8 'msnscope, whole records' "$records"
	if ! $markdown && [[ $speed != 0 ]]; then
		echo
		goal 'openssl speed / msnscope, segments' "$(calculate %.2f "$speed / $segments")" 2
	fi
}

# What the TUI's user waits for.
show_screen() {
	input talk "${size[talk]}"
	describe talk
	printf '\nTUI, talk: %s commands\n\n' "$commands"
	python3 "$srcdir/tests/bench/screen.py" "$MSNSCOPE" "$file" "$commands"
}

compare_goals() {
	local kind reader
	echo
	for kind in "${inputs[@]}"; do
		for reader in text json; do
			read -r bare floor <<<"${ratios[$kind $reader]}"
			case $kind-$reader in
			mixed-*) goal "mixed, msnscope $reader / bare" "$bare" 2 ;;
			gateway-*)
				[[ -z ${costs[dense $reader]+x} ]] ||
					goal "gateway / dense, msnscope $reader" \
						"$(calculate %.2f "${costs[gateway $reader]} / ${costs[dense $reader]}")" 2
				;;
			dense-json) goal "dense, msnscope json / floor" "$floor" 5 ;;
			esac
			goal "$kind, msnscope $reader, peak MB" "${peaks[$kind $reader]}" 64
		done
	done
}

printf '%s, %s processors, best of %s runs\n' \
	"$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1)" "$(getconf _NPROCESSORS_ONLN)" "$runs"
if $tls; then
	show_tls
	exit
fi
for kind in "${inputs[@]}"; do
	compare "$kind" "${size[$kind]}"
done
if ! $markdown; then compare_goals; fi
if $memory; then compare_memory; fi
if $peers; then compare_peers; fi
if $screen; then show_screen; fi
