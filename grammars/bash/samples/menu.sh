#!/bin/sh
# Heredocs behind each other, nested quotes, and a pipe behind a heredoc.
cat <<ONE &&
first $HOME
ONE
  cat <<-"TWO WORDS"
	second
	TWO WORDS

python3 - "$1" <<'PY' | head -n 1
import sys
print("$not expanded", sys.argv[1:])
PY

greet() {
	if test -n "$1"
	then
		echo "Hello, ${1}! It is $(date "+%H:%M $(tr a-z A-Z < "$2")")."
	fi
}

case "$1" in
	start|stop) greet "$1" ;;
	(*.sh) exec sh "$1" ;;
	"") ;;
esac

value=`expr 1 + 2`
eval "set -- $value" >/dev/null 2>&1 <&-
[ "$value" = 3 ] && { echo ok; } || ( echo "not ok" && exit 1 )
export A=1 B="two words" C
A= B=2 env
echo a\ b 'c
d' "e \"f\" \\ \$g" # a comment
printf "%s\n" ${A:+set} ${B-unset} ${C?message} ${#A} ${A%.*} "${A##*/}"
