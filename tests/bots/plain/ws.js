// A bot with ws and default options: see ../README.md.
import WebSocket from 'ws';

const [url, first, second] = process.argv.slice(2);
const socket = new WebSocket(url);
let waiting = second;
let refused = false;
socket.on('open', () => socket.send(first));
socket.on('message', (data) => {
  console.log('message', data.toString());
  if (waiting) socket.send(waiting);
  waiting = undefined;
});
socket.on('error', (error) => {
  refused = true;
  console.log('refused', error.message);
});
socket.on('close', (code, reason) => refused || console.log('closed', code, reason.toString()));
