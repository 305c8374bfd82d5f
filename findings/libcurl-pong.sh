#!/usr/bin/env bash
# curl_cffi 0.17.0 (libcurl 8.x): a program that waits for messages answers no ping until something else comes.
#
# Expected: the pong is sent when the ping is read. RFC 6455, 5.5.2: "It SHOULD respond with Pong frame as soon as is
#   practical."
# Seen: while the program waits in recv(), no pong leaves. It leaves when the next frame has come. A server that
#   closes clients which do not answer loses every quiet listener.

source "$(dirname "$0")/common.bash"
pypi curl_cffi==0.17.0

cat > client.py <<'END'
import sys
from curl_cffi import Session

with Session() as session:
    socket = session.ws_connect(sys.argv[1])
    print("received", socket.recv_str())
    print("received", socket.recv_str())
END

printf 'with a text after the ping:\n' > seen.txt
serve 81026869 890170 wait 81026869 -- "$python" client.py >> seen.txt
printf 'with nothing after it:\n' >> seen.txt
serve 81026869 890170 wait -- "$python" client.py >> seen.txt
grep -E '^(with|received|pong)' seen.txt | seen "$(cat << 'END'
with a text after the ping:
received hi
received hi
pong p
with nothing after it:
received hi
END
)"
