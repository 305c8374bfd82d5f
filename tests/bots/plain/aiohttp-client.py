# A bot with aiohttp and default options: see ../README.md.
import asyncio
import sys

import aiohttp


async def main(url, first, second):
    try:
        async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
            await socket.send_str(first)
            while True:
                message = await socket.receive()
                if message.type != aiohttp.WSMsgType.TEXT:
                    # The reason comes with the message of the close alone; the socket keeps the code.
                    print("closed", socket.close_code, message.extra or "")
                    return
                print("message", message.data, flush=True)
                if second:
                    await socket.send_str(second)
                    second = None
    except aiohttp.ClientError as error:
        print("refused", error)


asyncio.run(main(*sys.argv[1:]))
