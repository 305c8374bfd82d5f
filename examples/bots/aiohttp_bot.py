"""Answers "!echo hello" with "» hello", each question exactly once, whatever is killed and when.

    pip install aiohttp
    python aiohttp_bot.py ws://127.0.0.1:8080/ws lobby echo echo.json

With aiohttp 3.9 or newer. The last argument is a file that the bot makes.
"""

import asyncio
import json
import os
import random
import sys
import uuid

import aiohttp

QUESTION = "!echo "
PASSING = {"busy", "storage_unavailable", "draining", "internal"}


class Gone(Exception):
    """The connection is over: come back, unless `code` or a bye says no."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code or 1006


class Refused(Exception):
    """The server's no to a command, which will not change."""

    def __init__(self, error):
        super().__init__(f"{error['code']}: {error['message']}")
        self.code = error["code"]


class File:
    """What outlives the bot: its token, and the cursor: the (epoch, seq) up to which all is answered."""

    def __init__(self, path):
        self.path, self.kept = path, {}
        if os.path.exists(path):
            with open(path) as file:
                self.kept = json.load(file)

    def save(self, **changes):
        """Replaces the file as a whole: after a crash it is the old one or the new one."""
        self.kept.update(changes)
        with open(os.open(self.path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(self.kept, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(self.path + ".new", self.path)


class Visit:
    """One connection, from hello to its end."""

    def __init__(self, socket, file):
        self.socket, self.file = socket, file
        self.id = self.seen = 0
        self.bye = {}
        self.greeted = False

    async def run(self, room, nick):
        kept, self.room = self.file.kept, room
        who = {"token": kept["token"]} if "token" in kept else {"nick": nick}
        hello = await self.ask("hello", version=1, **who)
        self.greeted, self.epoch, self.me = True, hello["epoch"], hello["user"]["id"]
        # Before anything is said: as somebody else we would say it a second time after a crash.
        self.file.save(token=hello["token"])
        if "seq" not in kept:
            # The first time: questions count from here on.
            page = await self.ask("join", room=room, limit=0)
            self.file.save(epoch=self.epoch, seq=page["head"])
        await self.catch_up()
        while True:
            event = await self.hear()
            if event.get("seq") == kept["seq"] + 1:
                await self.answer(event)
                self.file.save(seq=event["seq"])
            # What came while we waited for an answer, and a hole: the log has it.
            if self.seen > kept["seq"]:
                await self.catch_up()

    async def catch_up(self):
        """Reads the room from the cursor to its end. The cursor is saved when all before it is answered."""
        kept, more = self.file.kept, True
        while more:
            page = await self.ask("join", room=self.room, epoch=kept["epoch"], after=kept["seq"])
            more = page["more"]
            if page["limited"]:
                # We are further behind than a join reads on. History reads from anywhere.
                page, more = await self.ask("history", room=self.room, after=kept["seq"]), True
            for entry in page["events"]:
                await self.answer(entry)
            self.file.save(epoch=self.epoch, seq=page["events"][-1]["seq"] if page["events"] else page["head"])

    async def answer(self, entry):
        """Answers an entry of the log, if it asks. Does nothing the second time."""
        text = entry["text"] if entry["type"] == "message" else ""
        if not text.startswith(QUESTION) or entry["from"]["id"] == self.me:
            return
        # The same question always gets the same cid, so the server knows a repetition.
        cid = uuid.uuid5(uuid.NAMESPACE_URL, f"echo {entry['from']['id']} {entry['cid']}")
        try:
            await self.ask("send", room=entry["room"], cid=str(cid), text="» " + text[len(QUESTION):])
        except Refused as error:
            # A conflict says that this question has another answer already.
            if error.code not in ("conflict", "bad_text", "text_too_long"):
                raise
            print(f"message {entry['seq']} gets no answer: {error}", file=sys.stderr)

    async def ask(self, type, **body):
        """Gives a command until there is an answer that lasts, and returns its ok."""
        tries = 0
        while True:
            self.id += 1
            await self.socket.send_str(json.dumps({"type": type, "id": self.id, **body}))
            event = {}
            while event.get("id") != self.id:
                event = await self.hear()
            if event["type"] == "ok":
                return event
            if "retry_ms" not in event and event["code"] not in PASSING:
                raise Refused(event)
            await asyncio.sleep(event["retry_ms"] / 1000 if "retry_ms" in event else backoff(tries))
            tries += 1

    async def hear(self):
        """The next event."""
        message = await self.socket.receive()
        if message.type != aiohttp.WSMsgType.TEXT:
            raise Gone(self.socket.close_code)
        event = json.loads(message.data)
        self.seen = max(self.seen, event.get("seq", 0) if "room" in event else 0)
        if event["type"] == "behind":
            self.seen = max(self.seen, event["head"])
        if event["type"] == "bye":
            self.bye = event
        return event


def backoff(attempts):
    """Full jitter: many clients that lost the same server do not come back at once."""
    return random.uniform(0, min(30, 0.5 * 2**attempts))


async def main(url, room, nick, path):
    file, attempts = File(path), 0
    async with aiohttp.ClientSession() as session:
        while True:
            visit, code, wait = None, 1006, 0
            try:
                # The library pings and answers pings, so it notices when nobody is there.
                async with session.ws_connect(url, heartbeat=20) as socket:
                    visit = Visit(socket, file)
                    await visit.run(room, nick)
            except aiohttp.WSServerHandshakeError as error:
                if error.status not in (429, 503):
                    raise
                wait = int(error.headers.get("Retry-After", 0))
            except Gone as gone:
                code = gone.code
            except (aiohttp.ClientError, OSError) as error:
                print("no connection:", error, file=sys.stderr)
            bye = visit.bye if visit else {}
            # 1000 is not among these: we did not close, so a library that reports it lost the connection.
            if code in (1002, 1007, 1009) or 4500 <= code <= 4999 or not bye.get("reconnect", True):
                sys.exit(f"the server does not want us back: {code} {bye.get('reason', '')}")
            if visit and visit.greeted:
                attempts = 0
            await asyncio.sleep(bye["after_ms"] / 1000 if "after_ms" in bye else wait + backoff(attempts))
            attempts += 1


asyncio.run(main(*sys.argv[1:]))
