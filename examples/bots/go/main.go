// Answers "!echo hello" with "» hello", each question exactly once, whatever is killed and when.
//
//	go mod init echo && go get github.com/gorilla/websocket
//	go run . ws://127.0.0.1:8080/ws lobby echo echo.json
//
// The last argument is a file that the bot makes.
package main

import (
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

const question = "!echo "

// Kept is what outlives the bot: its token, and the cursor: the (epoch, seq) up to which all is answered.
type Kept struct {
	Token string `json:"token"`
	Epoch string `json:"epoch"`
	Seq   *int64 `json:"seq"` // Absent before the first join.
}

// Event is all that the bot reads of what the server says: an answer, an event, or an entry of a page.
type Event struct {
	Type, Room, Code, Message, Reason string
	ID, Seq                           int64
	Cid, Text, Token, Epoch           string
	User, From                        struct{ ID string }
	Head                              int64
	Events                            []Event
	More, Limited                     bool
	Heartbeat                         int64  `json:"heartbeat_ms"`
	Retry                             *int64 `json:"retry_ms"`
	After                             *int64 `json:"after_ms"`
	Reconnect                         *bool
}

// UnmarshalJSON takes `room` both as an id, in events and entries, and as an object with id and name, in answers.
func (event *Event) UnmarshalJSON(text []byte) error {
	type plain Event
	both := struct {
		*plain
		Room json.RawMessage
	}{plain: (*plain)(event)}
	if err := json.Unmarshal(text, &both); err != nil {
		return err
	}
	json.Unmarshal(both.Room, &event.Room)
	return nil
}

// Refused is the server's no to a command, which will not change.
type Refused struct{ Event }

func (no Refused) Error() string { return no.Code + ": " + no.Message }

// Bot is the program; its connection is another one after each end.
type Bot struct {
	url, room, nick, path string
	kept                  Kept
	attempts              int
	socket                *websocket.Conn
	heartbeat             time.Duration
	id, seen              int64
	me, epoch             string
	bye                   Event
}

func main() {
	bot := &Bot{url: os.Args[1], room: os.Args[2], nick: os.Args[3], path: os.Args[4]}
	if text, err := os.ReadFile(bot.path); err == nil {
		if err := json.Unmarshal(text, &bot.kept); err != nil {
			log.Fatal(err)
		}
	}
	rand.Seed(time.Now().UnixNano())
	for {
		wait := bot.visit()
		if bot.bye.After != nil {
			wait = time.Duration(*bot.bye.After) * time.Millisecond
		} else {
			wait += backoff(bot.attempts)
			bot.attempts++
		}
		time.Sleep(wait)
	}
}

// backoff has full jitter: many clients that lost the same server do not come back at once.
func backoff(attempts int) time.Duration {
	bound := 30 * time.Second
	if attempts < 6 {
		bound = 500 * time.Millisecond << attempts
	}
	return time.Duration(rand.Int63n(int64(bound)))
}

// visit is one connection. It ends the program when the server does not want it back.
func (bot *Bot) visit() (wait time.Duration) {
	bot.bye, bot.id, bot.seen, bot.heartbeat = Event{}, 0, 0, 30*time.Second
	socket, answer, err := websocket.DefaultDialer.Dial(bot.url, nil)
	if err != nil {
		if answer != nil && answer.StatusCode != http.StatusTooManyRequests && answer.StatusCode != http.StatusServiceUnavailable {
			log.Fatalf("the server answers %s", answer.Status)
		}
		if answer != nil {
			seconds, _ := strconv.Atoi(answer.Header.Get("Retry-After"))
			wait = time.Duration(seconds) * time.Second
		}
		log.Print("no connection: ", err)
		return wait
	}
	defer socket.Close()
	bot.socket = socket
	pong := socket.PingHandler()
	socket.SetPingHandler(func(text string) error {
		bot.alive()
		return pong(text)
	})
	err = bot.listen()
	code := websocket.CloseAbnormalClosure
	var closed *websocket.CloseError
	var refused Refused
	switch {
	case errors.As(err, &refused):
		log.Fatal(err)
	case errors.As(err, &closed):
		code = closed.Code
	}
	// 1000 is not among these: we did not close, so a library that reports it lost the connection.
	never := code == 1002 || code == 1007 || code == 1009 || code >= 4500 && code <= 4999
	if never || bot.bye.Reconnect != nil && !*bot.bye.Reconnect {
		log.Fatal("the server does not want us back: ", err, bot.bye.Reason)
	}
	return 0
}

// alive waits for the next sign of life: the server pings a silent client, so its own silence means that it is gone.
func (bot *Bot) alive() {
	bot.socket.SetReadDeadline(time.Now().Add(2 * bot.heartbeat))
}

func (bot *Bot) listen() error {
	who := map[string]any{"version": 1, "nick": bot.nick}
	if bot.kept.Token != "" {
		who = map[string]any{"version": 1, "token": bot.kept.Token}
	}
	hello, err := bot.ask("hello", who)
	if err != nil {
		return err
	}
	bot.attempts, bot.epoch, bot.me = 0, hello.Epoch, hello.User.ID
	bot.heartbeat = time.Duration(hello.Heartbeat) * time.Millisecond
	// Before anything is said: as somebody else we would say it a second time after a crash.
	bot.kept.Token = hello.Token
	bot.save()
	if bot.kept.Seq == nil {
		// The first time: questions count from here on.
		page, err := bot.ask("join", map[string]any{"room": bot.room, "limit": 0})
		if err != nil {
			return err
		}
		bot.move(page.Head)
	}
	if err := bot.catchUp(); err != nil {
		return err
	}
	for {
		event, err := bot.hear()
		if err == nil && event.Seq == *bot.kept.Seq+1 {
			if err = bot.answer(event); err == nil {
				bot.move(event.Seq)
			}
		}
		// What came while we waited for an answer, and a hole: the log has it.
		if err == nil && bot.seen > *bot.kept.Seq {
			err = bot.catchUp()
		}
		if err != nil {
			return err
		}
	}
}

// catchUp reads the room from the cursor to its end. The cursor is saved when all before it is answered.
func (bot *Bot) catchUp() error {
	for more := true; more; {
		page, err := bot.ask("join", map[string]any{"room": bot.room, "epoch": bot.kept.Epoch, "after": *bot.kept.Seq})
		more = page.More
		if err == nil && page.Limited {
			// We are further behind than a join reads on. History reads from anywhere.
			page, err = bot.ask("history", map[string]any{"room": bot.room, "after": *bot.kept.Seq})
			more = true
		}
		if err != nil {
			return err
		}
		last := page.Head
		for _, entry := range page.Events {
			if err := bot.answer(entry); err != nil {
				return err
			}
			last = entry.Seq
		}
		bot.move(last)
	}
	return nil
}

// answer answers an entry of the log, if it asks. It does nothing the second time.
func (bot *Bot) answer(entry Event) error {
	if entry.Type != "message" || entry.From.ID == bot.me || !strings.HasPrefix(entry.Text, question) {
		return nil
	}
	_, err := bot.ask("send", map[string]any{
		"room": entry.Room,
		"cid":  cidFor(entry),
		"text": "» " + strings.TrimPrefix(entry.Text, question),
	})
	var refused Refused
	if errors.As(err, &refused) {
		switch refused.Code {
		// A conflict says that this question has another answer already.
		case "conflict", "bad_text", "text_too_long":
			log.Printf("message %d gets no answer: %v", entry.Seq, err)
			return nil
		}
	}
	return err
}

// cidFor gives the same question the same cid, so the server knows a repetition: a UUIDv5 (RFC 9562, 5.5).
func cidFor(entry Event) string {
	space, _ := hex.DecodeString("6ba7b8119dad11d180b400c04fd430c8") // The namespace of URLs.
	sum := sha1.Sum(append(space, fmt.Sprintf("echo %s %s", entry.From.ID, entry.Cid)...))
	sum[6] = sum[6]&0x0f | 0x50
	sum[8] = sum[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

// ask gives a command until there is an answer that lasts, and returns its ok.
func (bot *Bot) ask(kind string, body map[string]any) (Event, error) {
	for tries := 0; ; tries++ {
		bot.id++
		body["type"], body["id"] = kind, bot.id
		if err := bot.socket.WriteJSON(body); err != nil {
			return Event{}, err
		}
		var event Event
		for event.ID != bot.id {
			var err error
			if event, err = bot.hear(); err != nil {
				return Event{}, err
			}
		}
		if event.Type == "ok" {
			return event, nil
		}
		wait := backoff(tries)
		switch {
		case event.Retry != nil:
			wait = time.Duration(*event.Retry) * time.Millisecond
		case event.Code == "busy", event.Code == "storage_unavailable", event.Code == "draining", event.Code == "internal":
		default:
			return Event{}, Refused{event}
		}
		time.Sleep(wait)
	}
}

// hear returns the next event.
func (bot *Bot) hear() (event Event, err error) {
	bot.alive()
	if err = bot.socket.ReadJSON(&event); err != nil {
		return event, err
	}
	switch {
	case event.Type == "bye":
		bot.bye = event
	case event.Type == "behind" && event.Head > bot.seen:
		bot.seen = event.Head
	case event.Room != "" && event.Seq > bot.seen:
		bot.seen = event.Seq
	}
	return event, nil
}

func (bot *Bot) move(seq int64) {
	bot.kept.Epoch, bot.kept.Seq = bot.epoch, &seq
	bot.save()
}

// save replaces the file as a whole: after a crash it is the old one or the new one.
func (bot *Bot) save() {
	text, _ := json.Marshal(bot.kept)
	file, err := os.OpenFile(bot.path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err == nil {
		_, err = file.Write(text)
	}
	if err == nil {
		err = file.Sync()
	}
	if err == nil {
		err = file.Close()
	}
	if err == nil {
		err = os.Rename(bot.path+".new", bot.path)
	}
	if err != nil {
		log.Fatal(err)
	}
}
