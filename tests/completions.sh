#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# What the shell completions offer, as TAP. A row: name, the words typed (the last is being completed), some of what is
# offered, something that is not.
set -u
cd "${srcdir:-.}" || exit 1

count=0
status=0

ok() {
	count=$((count + 1))
	printf 'ok %d - %s\n' "$count" "$1"
}

not_ok() {
	count=$((count + 1))
	printf 'not ok %d - %s\n# %s\n' "$count" "$1" "$2"
	status=1
}

# shellcheck source=completions/msnscope.bash
source completions/msnscope.bash
program=$(mktemp)
trap 'rm -f "$program"' EXIT
cat >"$program" <<'END'
#!/bin/sh
case $1 in
-D) printf '1. eth0\n2. any (all)\n' ;;
commands) printf 'Commands:\nUSR  sign in\nUUX  personal message\nVER  versions\n' ;;
rules) printf 'msnp.trid  note\nxml.broken  warning\n' ;;
fields) printf 'msnp.trid  number\nmsnp.name  text\np2p.flags  number\n' ;;
esac
END
chmod +x "$program"

# offered WORD... sets COMPREPLY as for "msnscope WORD..." with the last word half typed.
offered() {
	COMP_WORDS=("$program" "$@")
	COMP_CWORD=$#
	_msnscope "$program" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
}

has() {
	local word
	for word in "${COMPREPLY[@]}"; do
		[[ $word == "$1" ]] && return
	done
	return 1
}

while IFS='|' read -r name typed wanted unwanted; do
	[[ -n $name ]] || continue
	IFS=, read -ra words <<<"$typed,"
	offered "${words[@]}"
	problem=
	for word in $wanted; do
		has "$word" || problem+="lacks $word; "
	done
	for word in $unwanted; do
		has "$word" && problem+="has $word; "
	done
	if [[ -z $problem ]]; then
		ok "bash: $name"
	else
		not_ok "bash: $name" "${problem}offers: ${COMPREPLY[*]}"
	fi
done <<'END'
subcommand or file|CO|COPYING|text
subcommands|j|json|text
subcommand tui|tu|tui|text
global options|-|--help --version --color -r -o|--payload
options of text|text,-|-v -vv --show-secrets --limit --verify-checksums -r -o|--payload --version
options of tui|tui,-|-D -i -f -w -W --user -r -Y --limit --show-secrets|-o -j -v --payload
capture of tui|tui,CO|COPYING|text
options of json|json,--p|--payload --pretty|--ranges -r
options of stats|stats,--|--table --json --csv --each --limit|--payload
options of transcript|transcript,-|-Y -o -r --style --verbatim --show-secrets|-j -v
styles|transcript,--style,=|arrows cs|json
options of explain|explain,-|--version --role --direction -o|-r --json
tables|stats,--table,=,co|connections commands content-types|errors
options of tables|tables,--|--format --verbatim --version --limit|--payload --csv
kinds of tables|tables,c|commands coverage|csv
formats of tables|tables,wiki,--format,=,m|mediawiki markdown|csv
options of check|check,-|--severity --only --ignore --new --wanted --json --sarif -v -Y -j|--payload -i
rules|rules,xml|xml.broken|msnp.trid
rules to leave out|check,--ignore,=,ms|msnp.trid|xml.broken
severities|check,--severity,=,|note warning error|all
options of sessions|sessions,-|-v --json --limit -r -o|--payload
options of live captures|json,-|-D -i -f -w -W --user|-v
interface|text,-i,e|eth0|any
user|text,--user,roo|root|
options of commands|commands,-|--version --role --direction|-r --limit
options of chat|chat,-|-v --both --json --limit -o|--payload
option after another|json,--pretty,--r|--ranges|--pretty
colours|text,--color,=|auto always never|
colour half typed|text,--color,=,al|always|auto
file of -r|-r,CO|COPYING|text
role|commands,--role,|DS NS SB|
direction|commands,--direction,|client server|
version|commands,--version,1|10 18|2 22
capture|text,CO|COPYING|
command|commands,U|USR UUX|VER Commands:
field|fields,msnp.|msnp.trid msnp.name|p2p.flags
help|help,|tui text json sessions chat extract stats tables commands fields|help
END

if ! command -v zsh >/dev/null; then
	ok "zsh: syntax # SKIP zsh is not installed"
elif problem=$(zsh -n completions/_msnscope 2>&1); then
	ok "zsh: syntax"
else
	not_ok "zsh: syntax" "$problem"
fi

printf '1..%d\n' "$count"
exit "$status"
