#!/usr/bin/env bash
# undici 6.24.1, the WebSocket built into Node 20.20 (and, as 6.29.1, into Node 22.23): a refused connection fires no close.
#
# Expected: an error, then a close with 1006. WebSockets Standard, "fail the WebSocket connection": the close event
#   follows, and it is where programs come back. undici 7.30.2 does it.
# Seen: an error alone. A client that reconnects in onclose ends after the first attempt.

source "$(dirname "$0")/common.bash"

for version in 6.24.1 7.30.2; do
    (
        mkdir "$version" && cd "$version"
        npm_ "undici@$version"
        cat > client.cjs <<'END'
const { WebSocket } = require('undici');
// Nobody listens on the port of discard.
const socket = new WebSocket('ws://127.0.0.1:9/');
socket.onerror = () => console.log('  error');
socket.onclose = ({ code }) => console.log('  close', code);
END
        echo "undici $version"
        node client.cjs
    )
done | seen "$(cat << 'END'
undici 6.24.1
  error
undici 7.30.2
  error
  close 1006
END
)"
