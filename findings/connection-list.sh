#!/usr/bin/env bash
# "Connection: keep-alive, Upgrade" in the answer: aiohttp, tornado, ws4py, undici, faye-websocket and tungstenite refuse it.
#
# Versions: aiohttp 3.14.5, tornado 6.6.1, ws4py 0.6.0, undici 7.30.2, faye-websocket 0.11.4, tungstenite 0.30.0.
# Expected: connected. Connection is a list (RFC 9110, 7.6.1), in which RFC 6455, 4.1, wants a token "Upgrade"; a proxy
#   may add another. websockets 17.4, websocket-client 1.9.2 and ws 8.23.0 take it.
# Seen: these six compare the whole value. tornado fails with an assertion.

source "$(dirname "$0")/common.bash"
pypi aiohttp==3.14.5 tornado==6.6.1 ws4py==0.6.0 websockets==17.4 websocket-client==1.9.2
npm_ undici@7.30.2 faye-websocket@0.11.4 ws@8.23.0
mkdir -p tungstenite/src
cat > tungstenite/Cargo.toml <<'END'
[package]
name = "client"
edition = "2024"
[dependencies]
tungstenite = "=0.30.0"
END
cat > tungstenite/src/main.rs <<'END'
fn main() {
    match tungstenite::connect(std::env::args().nth(1).expect("an address")) {
        Ok(_) => println!("connected"),
        Err(error) => println!("refused: {error}"),
    }
}
END
cargo build --quiet --manifest-path tungstenite/Cargo.toml

cat > client.py <<'END'
import asyncio
import sys
import aiohttp
import tornado.websocket
import websocket
import websockets
from ws4py.client.threadedclient import WebSocketClient

async def by_aiohttp(url):
    async with aiohttp.ClientSession() as session:
        await session.ws_connect(url)

async def by_tornado(url):
    await tornado.websocket.websocket_connect(url)

async def by_websockets(url):
    await websockets.connect(url, close_timeout=0)

async def by_websocket_client(url):
    websocket.create_connection(url)

async def by_ws4py(url):
    WebSocketClient(url).connect()

way, url = sys.argv[1:]
try:
    asyncio.run(globals()["by_" + way](url))
    print("connected")
except Exception as error:
    print("refused:", error)
END
cat > client.cjs <<'END'
const [way, url] = process.argv.slice(2);
const found = require(way);
const Class = { ws: found, undici: found.WebSocket, 'faye-websocket': found.Client }[way];
const socket = new Class(url);
const done = (outcome) => { console.log(outcome); process.exit(); };
socket.onopen = () => done('connected');
socket.onerror = ({ message }) => done(`refused: ${message ?? ''}`);
END

for client in "$python client.py aiohttp" "$python client.py tornado" "$python client.py ws4py" \
    "node client.cjs undici" "node client.cjs faye-websocket" tungstenite/target/debug/client \
    "$python client.py websockets" "$python client.py websocket_client" "node client.cjs ws"; do
    printf '%s: ' "${client##* }"
    # shellcheck disable=SC2086
    serve --header 'Connection: keep-alive, Upgrade' -- $client | grep -E '^(connected|refused)' | sed "s/, url=.*//; s/ *$//"
done | sed 's#^tungstenite/target/debug/client:#tungstenite:#' | seen "$(cat << 'END'
aiohttp: refused: 101, message='Invalid connection header'
tornado: refused: Stream is closed
ws4py: refused: Invalid Connection header: b'keep-alive, upgrade'
undici: refused:
faye-websocket: refused: Error during WebSocket handshake: 'Connection' header value is not 'Upgrade'
tungstenite: refused: WebSocket protocol error: No "Connection: upgrade" header
websockets: connected
websocket_client: connected
ws: connected
END
)"
