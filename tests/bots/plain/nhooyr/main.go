// A bot with nhooyr.io/websocket, today github.com/coder/websocket, and default options: see ../../README.md.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"nhooyr.io/websocket"
)

func main() {
	url, first, second := os.Args[1], os.Args[2], os.Args[3]
	ctx := context.Background()
	socket, _, err := websocket.Dial(ctx, url, nil)
	if err != nil {
		fmt.Println("refused", err)
		return
	}
	socket.Write(ctx, websocket.MessageText, []byte(first))
	for {
		_, text, err := socket.Read(ctx)
		var closed websocket.CloseError
		if errors.As(err, &closed) {
			fmt.Println("closed", int(closed.Code), closed.Reason)
			return
		} else if err != nil {
			fmt.Println("broken", err)
			return
		}
		fmt.Printf("message %s\n", text)
		if second != "" {
			socket.Write(ctx, websocket.MessageText, []byte(second))
			second = ""
		}
	}
}
