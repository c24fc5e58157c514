#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Checks of the sources themselves, as TAP: who includes whom, who uses which library, SPDX lines, Makefile.am complete.
set -u
cd "${srcdir:-.}" || exit 1

count=0
status=0

# result NAME PROBLEMS: passes when there are no problems.
result() {
	count=$((count + 1))
	if [[ -z $2 ]]; then
		printf 'ok %d - %s\n' "$count" "$1"
	else
		printf 'not ok %d - %s\n' "$count" "$1"
		printf '%s\n' "$2" | sed 's/^/# /'
		status=1
	fi
}

sources() {
	find "$@" -type f -name '*.[ch]' | LC_ALL=C sort
}

folders=(src)
for folder in dissectors tests; do
	[[ -d $folder ]] && folders+=("$folder")
done

# A stage knows util, the stage before it, and what else stands here. No row leads back to an earlier one: no cycles.
declare -A allowed=(
	[util]=''
	[dissectors]='util'
	[capture]='util'
	[decode]='util capture'
	[stream]='util decode'
	[secrets]='util'
	[transport]='util stream secrets'
	[transcript]='util dissectors'
	[session]='util stream transport transcript dissectors'
	[timeline]='util dissectors session'
	[output]='util dissectors session timeline'
	[tui]='util dissectors session timeline output'
	[pipeline]='util secrets capture decode stream transport transcript dissectors session timeline'
	[pipeline_packets]='util capture session pipeline'
	[command]='util secrets dissectors session timeline output tui pipeline pipeline_packets'
	[main]='util command'
)

# The part of the program a file belongs to: its folder, or pipeline or main.
part_of() {
	local path=${1#src/}
	path=${path%%/*}
	printf '%s\n' "${path%.[ch]}"
}

# What a file includes with quotes, each as PART LINE: "util/slice.h" is src/util/slice.h, "slice.h" lies in its folder.
included_parts() {
	local line include
	while IFS=: read -r line include; do
		include=${include#*\"}
		include=${include%%\"*}
		[[ $include == config.h ]] && continue
		[[ $include != */* && -f ${1%/*}/$include ]] && include=${1%/*}/$include
		printf '%s %s\n' "$(part_of "$include")" "$line"
	done < <(grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' "$1")
}

for part in $(for file in $(sources src dissectors 2>/dev/null); do part_of "$file"; done | LC_ALL=C sort -u); do
	problems=
	if [[ -z ${allowed[$part]+x} ]]; then
		problems="unknown part: say in tests/includes.sh what it may include"
	else
		for file in $(sources src dissectors 2>/dev/null); do
			[[ $(part_of "$file") == "$part" ]] || continue
			while read -r other line; do
				[[ " $part ${allowed[$part]} " == *" $other "* ]] ||
					problems+="${problems:+$'\n'}$file:$line includes $other"
			done < <(included_parts "$file")
		done
	fi
	result "$part includes only ${allowed[$part]:-its own}" "$problems"
done

# only WHERE PATTERN NAME: includes of a library header stand in one folder; the benchmark's baseline may use libpcap.
only() {
	result "only $1 includes $3" \
		"$(sources "${folders[@]}" | grep -v "^$1/" | xargs grep -nE "#[[:space:]]*include[[:space:]]*<($2)" /dev/null)"
}

only '\(src/capture\|tests/bench\)' 'pcap[./]' libpcap
only src/tui '(ncursesw?/)?n?curses|panel\.h|term\.h' curses
only dissectors 'libxml/' libxml2
only src/transport 'htp/' libhtp
only src/timeline 'pcre2' pcre2

result "every source has its SPDX line" "$(
	{
		find "${folders[@]}" samples completions man .ci -type f \
			\( -name '*.[ch1]' -o -name '*.def' -o -name '*.sh' -o -name '*.py' -o -name '*.bash' \) 2>/dev/null
		ls quickstart autogen.sh .ci/run completions/_msnscope tests/run configure.ac Makefile.am 2>/dev/null
	} | LC_ALL=C sort -u | while read -r file; do
		head -n 4 "$file" | grep -q 'SPDX-License-Identifier: BSD-2-Clause' || printf '%s\n' "$file"
	done
)"

result "no variable at file scope can change" "$(
	sources src dissectors 2>/dev/null | xargs grep -nE '^static [^()]*([;={]$| = )' /dev/null |
		grep -vE '\bconst\b|\bsig_atomic_t\b'
)"

# Test programs that are built from the file of their name are listed without the .c.
result "every source is listed in Makefile.am" "$(
	listed=" $(grep -v '^#' Makefile.am | tr -s ' \t\\\n' ' ') "
	{
		sources "${folders[@]}"
		find "${folders[@]}" -name '*.def'
	} | while read -r file; do
		[[ $listed == *" $file "* || $listed == *" ${file%.c} "* ]] || printf '%s\n' "$file"
	done
)"

result "every source listed in Makefile.am exists" "$(
	grep -v '^#' Makefile.am | tr -s ' \t' '\n' | grep -E '^(src|dissectors|tests)/[^$]*\.([ch]|def|sh)$' |
		while read -r file; do [[ -f $file ]] || printf '%s\n' "$file"; done
)"

printf '1..%d\n' "$count"
exit "$status"
