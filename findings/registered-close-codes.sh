#!/usr/bin/env bash
# The close codes 1012 and 1014 are registered, and ws4py, faye-websocket, wsproto and tungstenite turn them into another one.
#
# Versions: ws4py 0.6.0, faye-websocket 0.11.4, wsproto 1.3.2 (here through trio-websocket 0.12.2, and so httpx-ws and
#   simple-websocket), tungstenite 0.30.0.
# Expected: the program gets the code that was sent, as websockets 17.4 reports it. RFC 6455, 7.4.2: codes from 1000 to
#   2999 are for later specifications; IANA has registered 1012 (service restart) and 1014 (bad gateway).
# Seen: ws4py reports 1005 and faye-websocket 1002 for both; wsproto and tungstenite 1002 for 1014: "the other side broke
#   the protocol", after which a client would stay away from a server that only restarts.

source "$(dirname "$0")/common.bash"
pypi ws4py==0.6.0 trio-websocket==0.12.2 wsproto==1.3.2 websockets==17.4
npm_ faye-websocket@0.11.4
mkdir -p tungstenite/src
cat > tungstenite/Cargo.toml <<'END'
[package]
name = "client"
edition = "2024"
[dependencies]
tungstenite = "=0.30.0"
END
cat > tungstenite/src/main.rs <<'END'
use tungstenite::Message;
fn main() {
    let (mut socket, _) = tungstenite::connect(std::env::args().nth(1).expect("an address")).expect("a socket");
    match socket.read() {
        Ok(Message::Close(Some(close))) => println!("code {}", u16::from(close.code)),
        other => println!("code ? {other:?}"),
    }
}
END
cargo build --quiet --manifest-path tungstenite/Cargo.toml
cat > client.py <<'END'
import sys

def websockets(url):
    from websockets.sync.client import connect
    from websockets.exceptions import ConnectionClosed
    try:
        connect(url).recv()
    except ConnectionClosed as error:
        print("code", error.rcvd.code)

def ws4py(url):
    from ws4py.client.threadedclient import WebSocketClient
    class Client(WebSocketClient):
        def closed(self, code, reason=None):
            print("code", code)
    client = Client(url)
    client.connect()
    client.run_forever()

def wsproto(url):
    import trio
    import trio_websocket
    async def main():
        async with trio_websocket.open_websocket_url(url) as socket:
            try:
                await socket.get_message()
            except trio_websocket.ConnectionClosed as error:
                print("code", error.reason.code)
    trio.run(main)

globals()[sys.argv[1]](sys.argv[2])
END
cat > client.cjs <<'END'
const socket = new (require('faye-websocket').Client)(process.argv[2]);
socket.on('close', ({ code }) => { console.log('code', code); process.exit(); });
END

for code in 1012 1014; do
    close=8802$(printf '%04x' "$code")
    for client in "$python client.py websockets" "$python client.py ws4py" "$python client.py wsproto" "node client.cjs" \
        tungstenite/target/debug/client; do
        # shellcheck disable=SC2086
        printf '%s, %s: %s\n' "$code" "$client" "$(serve wait "$close" -- $client | grep '^code')"
    done
done | sed "s#$python client.py ##; s#node client.cjs#faye-websocket#; s#/target/debug/client##" | seen "$(cat << 'END'
1012, websockets: code 1012
1012, ws4py: code 1005
1012, wsproto: code 1012
1012, faye-websocket: code 1002
1012, tungstenite: code 1012
1014, websockets: code 1014
1014, ws4py: code 1005
1014, wsproto: code 1002
1014, faye-websocket: code 1002
1014, tungstenite: code 1002
END
)"
