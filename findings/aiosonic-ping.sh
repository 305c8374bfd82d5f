#!/usr/bin/env bash
# aiosonic 1.3.3: its WebSocket client answers no ping.
#
# Expected: a pong with the same payload. RFC 6455, 5.5.2: "Upon receipt of a Ping frame, an endpoint MUST send a Pong
#   frame in response".
# Seen: the ping is read and dropped, while the program waits in receive_text(); a text after it arrives. The
#   client itself pings at once after connecting.

source "$(dirname "$0")/common.bash"
pypi aiosonic==1.3.3

cat > client.py <<'END'
import asyncio
import sys
from aiosonic.web_socket_client import WebSocketClient

async def main():
    async with WebSocketClient() as client:
        socket = await client.connect(sys.argv[1])
        print("received", await socket.receive_text())

asyncio.run(main())
END

# A ping with "p", a while, then the text "hi". What the client sends would follow: its own ping is among it.
serve 890170 wait 81026869 -- "$python" client.py | sed 's/^ping.*/ping/' | grep -vE '^close' | seen "$(cat << 'END'
received hi
ping
END
)"
