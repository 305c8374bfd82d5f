"""Answers "!echo hello" with "» hello", each question exactly once, whatever is killed and when.

    pip install websockets
    python websockets_bot.py ws://127.0.0.1:8080/ws lobby echo echo.json

With the threading client of websockets 15 or newer. The last argument is a file that the bot makes.
"""

import json
import os
import random
import sys
import time
import uuid

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.sync.client import connect

QUESTION = "!echo "


class Refused(Exception):
    """The server's no to a command, which will not change."""

    def __init__(self, error):
        super().__init__(f"{error['code']}: {error['message']}")
        self.code = error["code"]


def backoff(attempts):
    """Full jitter: many clients that lost the same server do not come back at once."""
    return random.uniform(0, min(30, 0.5 * 2**attempts))


class Bot:
    def __init__(self, url, room, nick, path):
        self.url, self.room, self.nick, self.path = url, room, nick, path
        self.attempts = self.id = 0
        # What outlives the bot: its token, and the cursor: the (epoch, seq) up to which all is answered.
        self.kept = {}
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

    def run(self):
        while True:
            self.bye, code, wait = {}, None, 0
            try:
                with connect(self.url) as self.socket:
                    self.listen()
            except InvalidStatus as error:
                if error.response.status_code not in (429, 503):
                    raise
                wait = int(error.response.headers.get("Retry-After", 0))
            except ConnectionClosed as error:
                code = error.rcvd.code if error.rcvd else None
            except (OSError, InvalidHandshake) as error:
                print("no connection:", error, file=sys.stderr)
            # 1000 is not among these: we did not close, so a library that reports it lost the connection.
            if code in (1002, 1007, 1009) or 4500 <= (code or 0) <= 4999 or not self.bye.get("reconnect", True):
                sys.exit(f"the server does not want us back: {code} {self.bye.get('reason', '')}")
            if "after_ms" in self.bye:
                time.sleep(self.bye["after_ms"] / 1000)
            else:
                time.sleep(wait + backoff(self.attempts))
                self.attempts += 1

    def listen(self):
        self.seen = 0
        who = {"token": self.kept["token"]} if "token" in self.kept else {"nick": self.nick}
        hello = self.ask("hello", version=1, **who)
        self.attempts = 0
        self.epoch, self.me = hello["epoch"], hello["user"]["id"]
        # Before anything is said: as somebody else we would say it a second time after a crash.
        self.save(token=hello["token"])
        if "seq" not in self.kept:
            # The first time: questions count from here on.
            head = self.ask("join", room=self.room, limit=0)["head"]
            self.save(epoch=self.epoch, seq=head)
        self.catch_up()
        while True:
            event = self.hear()
            if event.get("seq") == self.kept["seq"] + 1:
                self.answer(event)
                self.save(seq=event["seq"])
            # What came while we waited for an answer, and a hole: the log has it.
            if self.seen > self.kept["seq"]:
                self.catch_up()

    def catch_up(self):
        """Reads the room from the cursor to its end. The cursor is saved when all before it is answered."""
        more = True
        while more:
            page = self.ask("join", room=self.room, epoch=self.kept["epoch"], after=self.kept["seq"])
            more = page["more"]
            if page["limited"]:
                # We are further behind than a join reads on. History reads from anywhere.
                page, more = self.ask("history", room=self.room, after=self.kept["seq"]), True
            for entry in page["events"]:
                self.answer(entry)
            self.save(epoch=self.epoch, seq=page["events"][-1]["seq"] if page["events"] else page["head"])

    def answer(self, entry):
        """Answers an entry of the log, if it asks. Does nothing the second time."""
        text = entry["text"] if entry["type"] == "message" else ""
        if not text.startswith(QUESTION) or entry["from"]["id"] == self.me:
            return
        # The same question always gets the same cid, so the server knows a repetition.
        cid = uuid.uuid5(uuid.NAMESPACE_URL, f"echo {entry['from']['id']} {entry['cid']}")
        try:
            self.ask("send", room=entry["room"], cid=str(cid), text="» " + text[len(QUESTION):])
        except Refused as error:
            # A conflict says that this question has another answer already.
            if error.code not in ("conflict", "bad_text", "text_too_long"):
                raise
            print(f"message {entry['seq']} gets no answer: {error}", file=sys.stderr)

    def ask(self, type, **body):
        """Gives a command until there is an answer that lasts, and returns its ok."""
        tries = 0
        while True:
            self.id += 1
            self.socket.send(json.dumps({"type": type, "id": self.id, **body}))
            event = {}
            while event.get("id") != self.id:
                event = self.hear()
            if event["type"] == "ok":
                return event
            if "retry_ms" not in event and event["code"] not in ("busy", "storage_unavailable", "draining", "internal"):
                raise Refused(event)
            time.sleep(event["retry_ms"] / 1000 if "retry_ms" in event else backoff(tries))
            tries += 1

    def hear(self):
        """The next event. The library answers pings, and notices by its own ones when nobody is there."""
        event = json.loads(self.socket.recv())
        self.seen = max(self.seen, event.get("seq", 0) if "room" in event else 0)
        if event["type"] == "behind":
            self.seen = max(self.seen, event["head"])
        if event["type"] == "bye":
            self.bye = event
        return event


Bot(*sys.argv[1:]).run()
