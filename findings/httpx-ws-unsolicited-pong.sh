#!/usr/bin/env bash
# httpx-ws 0.9.0: a pong that answers no ping ends the receiver.
#
# Expected: it is ignored. RFC 6455, 5.5.3: "A Pong frame MAY be sent unsolicited. This serves as a unidirectional
#   heartbeat."
# Seen: KeyError in the thread that reads, for it looks the payload up among its own pings; the text after the pong
#   is never delivered.

source "$(dirname "$0")/common.bash"
pypi httpx-ws==0.9.0

cat > client.py <<'END'
import sys
import httpx_ws

def errors(error):
    return [deep for one in error.exceptions for deep in errors(one)] if hasattr(error, "exceptions") else [error]

try:
    with httpx_ws.connect_ws(sys.argv[1]) as socket:
        print("received", socket.receive_text(timeout=5))
except BaseException as error:
    print("raised", *{repr(one) for one in errors(error)})
END

# A pong with "zz", then the text "hi".
serve 8a027a7a 81026869 -- "$python" client.py | grep -E '^(received|raised|KeyError)' | sort | seen "$(cat << 'END'
KeyError: b'zz'
raised Empty()
END
)"
