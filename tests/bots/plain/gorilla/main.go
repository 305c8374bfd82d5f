// A bot with gorilla/websocket and default options: see ../../README.md.
package main

import (
	"fmt"
	"os"

	"github.com/gorilla/websocket"
)

func main() {
	url, first, second := os.Args[1], os.Args[2], os.Args[3]
	socket, answer, err := websocket.DefaultDialer.Dial(url, nil)
	if err != nil {
		status := ""
		if answer != nil {
			status = answer.Status
		}
		fmt.Println("refused", err, status)
		return
	}
	socket.WriteMessage(websocket.TextMessage, []byte(first))
	for {
		_, text, err := socket.ReadMessage()
		if closed, is := err.(*websocket.CloseError); is {
			fmt.Println("closed", closed.Code, closed.Text)
			return
		} else if err != nil {
			fmt.Println("broken", err)
			return
		}
		fmt.Printf("message %s\n", text)
		if second != "" {
			socket.WriteMessage(websocket.TextMessage, []byte(second))
			second = ""
		}
	}
}
