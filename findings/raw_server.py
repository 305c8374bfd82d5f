"""A WebSocket server of bytes: answers one handshake, sends what it is given, and shows what the client sent.

    raw_server.py [--interim LINE] [--status LINE] [--header LINE]… FRAME…

Prints its address, and at the end a line per frame of the client. A FRAME is hexadecimal; `wait` waits until
the client has been silent for a while. --header adds a line to the head, or replaces one of the same name.
"""

import argparse
import base64
import hashlib
import socket

SILENCE_S = 2


def unmask(stream):
    """The opcode and the payload of each frame."""
    while len(stream) >= 6:
        size, at = stream[1] & 0x7F, 2
        if size == 126:
            size, at = int.from_bytes(stream[2:4], "big"), 4
        mask, payload = stream[at:at + 4], stream[at + 4:at + 4 + size]
        yield stream[0] & 0x0F, bytes(byte ^ mask[n % 4] for n, byte in enumerate(payload))
        stream = stream[at + 4 + size:]


def main():
    given = argparse.ArgumentParser()
    given.add_argument("--interim")
    given.add_argument("--status", default="101 Switching Protocols")
    given.add_argument("--header", action="append", default=[])
    given.add_argument("frames", nargs="*")
    given = given.parse_args()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(120)
    print(f"ws://127.0.0.1:{listener.getsockname()[1]}/", flush=True)
    peer, _ = listener.accept()
    request = b""
    while b"\r\n\r\n" not in request:
        request += peer.recv(4096)
    key = next(line for line in request.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key"))
    digest = hashlib.sha1(key.split(b":")[1].strip() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
    head = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Accept": base64.b64encode(digest).decode(),
    }
    head.update(line.split(": ", 1) for line in given.header)
    lines = [f"HTTP/1.1 {given.interim}", ""] if given.interim else []
    lines += [f"HTTP/1.1 {given.status}", *(f"{name}: {value}" for name, value in head.items()), "", ""]
    peer.sendall("\r\n".join(lines).encode("latin-1"))
    peer.settimeout(SILENCE_S)
    stream = b""
    for frame in [*given.frames, "wait"]:
        try:
            if frame != "wait":
                peer.sendall(bytes.fromhex(frame))
                continue
            while more := peer.recv(4096):
                stream += more
        except OSError:
            pass
    for opcode, payload in unmask(stream):
        print({1: "text", 8: "close", 9: "ping", 10: "pong"}.get(opcode, opcode), payload.hex() if opcode == 8 else payload.decode())


main()
