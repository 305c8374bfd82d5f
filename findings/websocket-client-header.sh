#!/usr/bin/env bash
# websocket-client 1.9.2 and autobahn 26.10.2: one byte above 127 in any header of the answer, and there is no connection.
#
# Expected: connected: the header has nothing to do with WebSocket. RFC 9110, 5.5: a recipient "SHOULD treat other allowed
#   octets in field content (i.e., obs-text) as opaque data".
# Seen: both decode the whole head as UTF-8, and a Latin-1 "é" in a Server header ends the handshake. aiohttp 3.14.5 and
#   ws 8.23.0 connect.

source "$(dirname "$0")/common.bash"
pypi websocket-client==1.9.2 autobahn==26.10.2 aiohttp==3.14.5
npm_ ws@8.23.0
cat > client.py <<'END'
import asyncio
import sys
from urllib.parse import urlsplit

def websocket_client(url):
    from websocket import create_connection
    create_connection(url)

def autobahn(url):
    import autobahn.asyncio.websocket as library
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    over = loop.create_future()
    class Protocol(library.WebSocketClientProtocol):
        def onOpen(self):
            over.set_result(None)
        def onClose(self, clean, code, reason):
            over.done() or over.set_exception(Exception(code))
    factory = library.WebSocketClientFactory(url, loop=loop)
    factory.protocol = Protocol
    loop.run_until_complete(loop.create_connection(factory, urlsplit(url).hostname, urlsplit(url).port))
    loop.run_until_complete(over)

def aiohttp(url):
    import aiohttp
    async def main():
        async with aiohttp.ClientSession() as session:
            await session.ws_connect(url)
    asyncio.run(main())

way, url = sys.argv[1:]
try:
    globals()[way](url)
    print("connected")
except Exception as error:
    print("refused:", str(error)[:60])
END
cat > client.cjs <<'END'
const socket = new (require('ws'))(process.argv[2]);
const done = (outcome) => { console.log(outcome); process.exit(); };
socket.onopen = () => done('connected');
socket.onerror = ({ message }) => done(`refused: ${message}`);
END
for client in "$python client.py websocket_client" "$python client.py autobahn" "$python client.py aiohttp" "node client.cjs"; do
    # shellcheck disable=SC2086
    printf '%s: %s\n' "${client##* }" "$(serve --header $'Server: caf\u00e9' -- $client | grep -E '^(connected|refused)')"
done | sed 's/client.cjs/ws/' | seen "$(cat << 'END'
websocket_client: refused: Invalid header line, not valid UTF-8 at byte 11: b'Server: c
autobahn: refused: 1006
aiohttp: connected
ws: connected
END
)"
