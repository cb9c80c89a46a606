#!/usr/bin/env bash
# Puts a release onto hosts: functions, arrays, expansions, heredocs and tests.
set -euo pipefail
shopt -s extglob nullglob

readonly version="${1:-1.0}"
declare -A hosts=([web]=web1.example.org ["data base"]=db1.example.org)
files=(*.tar.gz "with space" $'tab\there' [10]=last)
export PATH="$HOME/bin:$PATH" LANG=C
umask 022

usage() {
  cat <<EOF >&2
usage: ${0##*/} [-n] [-v LEVEL] HOST...
  version $version, $(date +%Y), \$escaped
EOF
  exit "${1:-2}"
}

log() { printf '%s\n' "$*" >&2; }

function retry {
  local -i count=0 limit=${RETRIES:=3}
  until "$@"; do
    (( count++ < limit )) || return 1
    sleep $((2 ** count))
  done
}

write_config() (
  cd "${1%/}" || exit
  cat > config.ini <<-'END'
	# No $expansion here; "quotes" and `ticks` stay.
	[server]
	port = 8080
	END
  sed -e 's/8080/9090/g' -e "s|host|$HOSTNAME|" < config.ini | tee -a log.txt 2>&1
)

while getopts ':nv:h' option; do
  case $option in
    n) dry_run=1 ;;
    v) level=$OPTARG ;;
    h | \?) usage 0 ;;
    *) usage ;;
  esac
done
shift $((OPTIND - 1))

if [[ -z "${hosts[web]:-}" || ! -d /tmp ]] && [ "$#" -gt 0 ]; then
  log "nothing to do" 'it'"'"'s fine'
elif [[ $version =~ ^[0-9]+\.[0-9]+$ && $version != 1.* ]]; then
  log "version ${BASH_REMATCH[0]}"
else
  : "${level:=0}"
fi

for host in "${!hosts[@]}"; do
  name=${hosts[$host]}
  short=${name%%.*} upper=${name^^} rest=${name#*.} replaced=${name//./_} part=${name:1:3}
  [[ ${#name} -ge 3 ]] || continue
  retry ssh -o BatchMode=yes "$name" "tar xzf - && ls -l" < archive.tar.gz &
done
wait

for ((i = 0; i < 10; i += 2)); do
  echo "$i: $((i * 2 + 1)) $(( i > 5 ? 1 : 0 ))" >> out.txt
done

while IFS=: read -r user _ uid rest; do
  test "$uid" -ge 1000 || continue
  echo "$user"
done < <(getent passwd | sort -t: -k3n)

files+=("${files[@]:1}" "$(basename -- "${files[0]}" .gz)")
diff <(ls a) <(ls b) || true
{ time make -j4; } 2>/dev/null | grep -v '^#' | while read -r line; do echo "${line}"; done
result=$(cat <<< "text ${version}")
trap 'rm -f "$result"' EXIT INT
select choice in yes no; do break; done
let "x = 1 + 2"
unset -v 'hosts[web]'
echo {a,b}{1..3} ~/dir "${@:2}" "$@" "$?" $$ $!
[[ $result == @(a|b*)?(.txt) ]] && log "${result@Q}"
! grep -q x file && exit 3
