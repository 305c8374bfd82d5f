#!/usr/bin/env bash
# partysocket 1.3.0 and reconnecting-websocket 4.4.0: a refused connection closes with 1000, "normal closure".
#
# Expected: 1006, which the WebSocket below reports ("the connection was closed abnormally").
# Seen: after the error the wrapper disconnects itself and makes a close event with its default code, 1000. A program that
#   reads 1000 as "we are done here" never comes back to a server that restarts.

source "$(dirname "$0")/common.bash"
npm_ partysocket@1.3.0 reconnecting-websocket@4.4.0 ws@8.23.0

cat > client.cjs <<'END'
const WebSocket = require('ws');
const way = process.argv[2];
const found = require(way === 'partysocket' ? 'partysocket/ws' : way);
const Class = found.default ?? found;
// Nobody listens on the port of discard.
const socket = new Class('ws://127.0.0.1:9/', [], way === 'ws' ? {} : { WebSocket });
socket.addEventListener('error', () => {});
socket.addEventListener('close', ({ code }) => { console.log(way, 'close', code); process.exit(); });
END
for way in ws partysocket reconnecting-websocket; do timeout 20 node client.cjs "$way"; done | seen "$(cat << 'END'
ws close 1006
partysocket close 1000
reconnecting-websocket close 1000
END
)"
