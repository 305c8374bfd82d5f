# A bot with websockets, its asyncio client and default options: see ../README.md.
import asyncio
import sys

import websockets


async def main(url, first, second):
    try:
        async with websockets.connect(url) as socket:
            await socket.send(first)
            async for text in socket:
                print("message", text, flush=True)
                if second:
                    await socket.send(second)
                    second = None
            print("closed", socket.close_code, socket.close_reason)
    except websockets.ConnectionClosedError as error:
        received = error.rcvd
        print("closed", received.code if received else 1006, received.reason if received else "")
    except Exception as error:
        print("refused", error)


asyncio.run(main(*sys.argv[1:]))
