#!/usr/bin/env bash
# An interim answer before the 101 is taken for a refusal: websockets, websocket-client, trio-websocket, lomond, autobahn.
#
# Versions: websockets 17.4, websocket-client 1.9.2, trio-websocket 0.12.2, lomond 0.3.4, autobahn 26.10.2.
# Expected: connected. RFC 9110, 15.2: "A client MUST be able to parse one or more 1xx responses received prior to a final
#   response, even if the client does not expect one." aiohttp 3.14.5 and ws 8.23.0 do. Servers and proxies that send
#   103 Early Hints to everything do it before an upgrade too.
# Seen: the five report a status of 103.

source "$(dirname "$0")/common.bash"
pypi websockets==17.4 websocket-client==1.9.2 trio-websocket==0.12.2 lomond==0.3.4 autobahn==26.10.2 aiohttp==3.14.5
npm_ ws@8.23.0

cat > client.py <<'END'
import asyncio
import sys
from urllib.parse import urlsplit

def websockets(url):
    from websockets.sync.client import connect
    connect(url)

def websocket_client(url):
    from websocket import create_connection
    try:
        create_connection(url)
    except Exception as error:
        raise Exception(f"status {error.status_code}")

def trio_websocket(url):
    import trio
    import trio_websocket
    async def main():
        try:
            async with trio_websocket.open_websocket_url(url):
                print("connected")
        except trio_websocket.ConnectionRejected as error:
            raise Exception(f"status {error.status_code}")
    trio.run(main)

def lomond(url):
    from lomond import WebSocket
    for event in WebSocket(url).connect():
        if event.name == "rejected":
            raise Exception(event.reason)
        if event.name == "ready":
            return

def autobahn(url):
    import autobahn.asyncio.websocket as library
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    over = loop.create_future()
    class Protocol(library.WebSocketClientProtocol):
        def onOpen(self):
            over.set_result(None)
        def onClose(self, clean, code, reason):
            over.done() or over.set_exception(Exception(reason))
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
    print("refused:", error)
END
cat > client.cjs <<'END'
const socket = new (require('ws'))(process.argv[3]);
const done = (outcome) => { console.log(outcome); process.exit(); };
socket.onopen = () => done('connected');
socket.onerror = ({ message }) => done(`refused: ${message}`);
END

for client in websockets websocket_client trio_websocket lomond autobahn aiohttp; do
    printf '%s: ' "$client"
    serve --interim '103 Early Hints' -- "$python" client.py "$client" | grep -E '^(connected|refused)' | head -1
done > seen.txt
printf 'ws: ' >> seen.txt
serve --interim '103 Early Hints' -- node client.cjs ws | grep -E '^(connected|refused)' >> seen.txt
seen "$(cat << 'END'
websockets: refused: server rejected WebSocket connection: HTTP 103
websocket_client: refused: status 103
trio_websocket: refused: status 103
lomond: refused: Websocket upgrade failed (code=103)
autobahn: refused: connection was closed uncleanly ("WebSocket connection upgrade failed [103]: Early Hints")
aiohttp: connected
ws: connected
END
)" < seen.txt
