// A bot with undici's WebSocket and default options, which is also Node's own: see ../README.md.
import { WebSocket } from 'undici';

const [url, first, second] = process.argv.slice(2);
const socket = new WebSocket(url);
let waiting = second;
let opened = false;
socket.onopen = () => {
  opened = true;
  socket.send(first);
};
socket.onmessage = ({ data }) => {
  console.log('message', data);
  if (waiting) socket.send(waiting);
  waiting = undefined;
};
socket.onerror = (event) => opened || console.log('refused', event.error?.message ?? '', event.message ?? '');
socket.onclose = ({ code, reason }) => opened && console.log('closed', code, reason);
