#!/usr/bin/env bash
# aiosonic 1.3.3: a text in two frames comes as its first half.
#
# Expected: one message, "abcd". RFC 6455, 5.4: a message may be fragmented, and endpoints must be able to receive it.
# Seen: receive_text() returns the first frame's "ab" as a message, and the second frame, "cd", never comes.

source "$(dirname "$0")/common.bash"
pypi aiosonic==1.3.3

cat > client.py <<'END'
import asyncio
import sys
from aiosonic.web_socket_client import WebSocketClient

async def main():
    async with WebSocketClient() as client:
        socket = await client.connect(sys.argv[1])
        for _ in range(2):
            print("received", await asyncio.wait_for(socket.receive_text(), 5))

asyncio.run(main())
END

# "ab", more to come; "cd", the end; then a message of one frame, "ef".
serve 01026162 80026364 81026566 -- "$python" client.py | grep ^received | seen "$(cat << 'END'
received ab
received ef
END
)"
