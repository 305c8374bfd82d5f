#!/usr/bin/env bash
# wscat 6.1.0: what is piped into it is lost without a word.
#
# Expected: each line is sent, as with websocat or nc, or at least an error and an exit code.
# Seen: lines that come before the connection is open are dropped, the end of the input ends the program, and the exit
#   code is 0. The server gets nothing. With a pause before the first line it works.

source "$(dirname "$0")/common.bash"
npm_ wscat@6.1.0

{
    echo 'at once:'
    printf 'one\ntwo\n' > lines
    serve wait -- sh -c 'node_modules/.bin/wscat --connect "$0" < lines; echo "exit code $?"'
    echo 'after three seconds:'
    serve wait -- sh -c '(sleep 3; cat lines; sleep 1) | node_modules/.bin/wscat --connect "$0" > out; echo "exit code $?"'
} | grep -vE '^close' | seen "$(cat << 'END'
at once:
exit code 0
after three seconds:
exit code 0
text one
text two
END
)"
