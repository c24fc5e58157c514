# SPDX-License-Identifier: BSD-2-Clause
# Completion of msnscope for bash.

# Offer those of the words that begin with what was typed.
_msnscope_offer() {
	mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2")
}

_msnscope_files() {
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen -f -- "$1")
}

# The value of an option that wants one; fails when the option is not one of these.
_msnscope_value() {
	case $1 in
	-Y | -f | -j) COMPREPLY=() ;;
	-W | -o | -r | -w) _msnscope_files "$2" ;;
	-i) _msnscope_offer "$(_msnscope_interfaces "${COMP_WORDS[0]}")" "$2" ;;
	--user) mapfile -t COMPREPLY < <(compgen -u -- "$2") ;;
	--color) _msnscope_offer 'auto always never' "$2" ;;
	--kind) _msnscope_offer 'objects oim soap chat all' "$2" ;;
	--table) _msnscope_offer 'files versions roles transports connections commands content-types operations errors findings' "$2" ;;
	--format) _msnscope_offer 'mediawiki markdown csv json' "$2" ;;
	--severity) _msnscope_offer 'note warning error' "$2" ;;
	--only | --ignore) _msnscope_offer "$(_msnscope_names "${COMP_WORDS[0]}" rules '[a-z0-9_]+\.[a-z0-9_]+')" "$2" ;;
	--keylog | --rsa-key | --rsa-passphrase | --wanted) _msnscope_files "$2" ;;
	--style) _msnscope_offer 'arrows cs' "$2" ;;
	--role) _msnscope_offer 'DS NS SB' "$2" ;;
	--direction) _msnscope_offer 'client server' "$2" ;;
	--version) _msnscope_offer "$(seq 2 24)" "$2" ;;
	--limit) _msnscope_offer 'flows= flow-bytes= total-bytes= idle-seconds= hold-events= hold-bytes=' "$2" ;;
	*) return 1 ;;
	esac
}

# The words of a listing by the program itself that look like a name: _msnscope_names PROGRAM LISTING PATTERN
_msnscope_names() {
	"$1" "$2" 2>/dev/null </dev/null | awk '{ print $1 }' | grep -Ex "$3" | sort -u
}

# Interfaces that the program lists: _msnscope_interfaces PROGRAM
_msnscope_interfaces() {
	"$1" -D 2>/dev/null </dev/null | awk '{ print $2 }'
}

_msnscope() {
	local program=$1 current=$2 previous=$3
	local command='' options='--color --help' i
	COMPREPLY=()

	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		tui | text | json | sessions | chat | extract | transcript | stats | tables | check | rules | commands | fields | explain | help)
			command=${COMP_WORDS[i]}
			break
			;;
		esac
	done

	# Bash splits --color=auto into three words.
	if [[ $current == = ]]; then
		current=''
	elif [[ $previous == = ]]; then
		previous=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	if [[ $previous != --version || $command == commands || $command == tables || $command == explain ]]; then
		_msnscope_value "$previous" "$current" && return
	fi

	case $command in
	'') options+=' -D -i -o -r --version' ;;
	tui) options+=' -D -W -Y -f -i -r -w --keylog --limit --polls --rsa-key --rsa-passphrase --show-secrets --user --verify-checksums' ;;
	text) options+=' -D -W -Y -f -i -j -o -r -v -vv -w --keylog --limit --polls --rsa-key --rsa-passphrase --show-secrets --user --verify-checksums' ;;
	json) options+=' -D -W -Y -f -i -j -o -r -w --keylog --limit --payload --polls --pretty --ranges --rsa-key --rsa-passphrase --user --verify-checksums' ;;
	sessions) options+=' -Y -j -o -r -v --json --keylog --limit --polls --rsa-key --rsa-passphrase --verify-checksums' ;;
	chat) options+=' -Y -j -o -r -v --both --json --keylog --limit --polls --rsa-key --rsa-passphrase --verify-checksums' ;;
	extract) options+=' -Y -o -r --keylog --kind --limit --polls --rsa-key --rsa-passphrase --verify-checksums' ;;
	transcript) options+=' -Y -o -r --keylog --limit --polls --rsa-key --rsa-passphrase --show-secrets --style --verbatim --verify-checksums' ;;
	explain) options+=' -o --direction --role --version' ;;
	stats) options+=' -Y -j -o -r --csv --each --json --keylog --limit --polls --rsa-key --rsa-passphrase --table --verify-checksums' ;;
	tables) options+=' -Y -j -o -r --format --keylog --limit --polls --rsa-key --rsa-passphrase --verbatim --verify-checksums --version' ;;
	check) options+=' -Y -j -o -r -v --ignore --json --keylog --limit --new --only --polls --rsa-key --rsa-passphrase --sarif --severity --show-secrets --verify-checksums --wanted' ;;
	rules) options+=' -o --json' ;;
	commands) options+=' -o --direction --json --role --version' ;;
	fields) options+=' -o --json' ;;
	help) options='' ;;
	esac

	if [[ $current == -* ]]; then
		_msnscope_offer "$options" "$current"
		return
	fi
	case $command in
	'')
		_msnscope_files "$current"
		mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W 'tui text json sessions chat extract transcript stats tables check rules commands fields explain help' -- "$current")
		;;
	tui | text | json | sessions | chat | extract | transcript | stats | check) _msnscope_files "$current" ;;
	tables)
		if [[ $previous == tables ]]; then
			_msnscope_offer 'commands wiki values types coverage spec diff' "$current"
		else
			_msnscope_files "$current"
		fi
		;;
	help) _msnscope_offer 'tui text json sessions chat extract transcript stats tables check rules commands fields explain limits' "$current" ;;
	commands) _msnscope_offer "$(_msnscope_names "$program" commands '[A-Z]{3}')" "$current" ;;
	rules) _msnscope_offer "$(_msnscope_names "$program" rules '[a-z0-9_]+\.[a-z0-9_]+')" "$current" ;;
	fields) _msnscope_offer "$(_msnscope_names "$program" fields '[a-z0-9_]+(\.[a-z0-9_]+)+')" "$current" ;;
	esac
}

complete -F _msnscope msnscope
