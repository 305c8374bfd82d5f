# A bot with websockets, its threading client and default options: see ../README.md.
import sys

import websockets
from websockets.sync.client import connect


def main(url, first, second):
    try:
        with connect(url) as socket:
            socket.send(first)
            for text in socket:
                print("message", text, flush=True)
                if second:
                    socket.send(second)
                    second = None
            print("closed", socket.close_code, socket.close_reason)
    except websockets.ConnectionClosedError as error:
        received = error.rcvd
        print("closed", received.code if received else 1006, received.reason if received else "")
    except Exception as error:
        print("refused", error)


main(*sys.argv[1:])
