package attend

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"quorate/panels/room"
)

// SignIn signs a person of the demo in and returns their session cookie.
func SignIn(ctx context.Context, origin string, person uuid.UUID) (*http.Cookie, error) {
	form := strings.NewReader(url.Values{"person": {person.String()}, "next": {"/"}}.Encode())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, origin+"/demo/sign-in", form)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Origin", origin)
	response, err := http.DefaultTransport.RoundTrip(request) // the redirect is not followed: the cookie is all we want
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	for _, cookie := range response.Cookies() {
		if strings.HasSuffix(cookie.Name, "quorate") {
			return cookie, nil
		}
	}
	return nil, fmt.Errorf("signing in was answered with %s and no session", response.Status)
}

// Line is one browser's socket in a meeting.
type Line struct {
	*websocket.Conn
}

// Join opens a socket for whoever the cookie stands for, who has the meeting up to the event after.
func Join(ctx context.Context, origin string, session *http.Cookie, meeting uuid.UUID, after int64) (*Line, error) {
	return JoinAt(ctx, origin, origin, session, meeting, after)
}

// JoinAt opens it at one replica of several, with the origin of the pages they all serve.
func JoinAt(ctx context.Context, at, origin string, session *http.Cookie, meeting uuid.UUID, after int64) (*Line, error) {
	address := "ws" + strings.TrimPrefix(at, "http") + "/live/meetings/" + meeting.String() + "?after=" + strconv.FormatInt(after, 10)
	conn, response, err := websocket.DefaultDialer.DialContext(ctx, address, http.Header{
		"Origin": {origin}, "Cookie": {session.Name + "=" + session.Value},
	})
	if err != nil {
		if response != nil {
			err = fmt.Errorf("joining was answered with %s: %w", response.Status, err)
		}
		return nil, err
	}
	// A machine that holds a thousand browsers may be slow to answer a sign of life; a second, as the library
	// has it, would then end the line.
	conn.SetPingHandler(func(data string) error {
		return conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(pongWait))
	})
	return &Line{Conn: conn}, nil
}

const pongWait = 20 * time.Second

// Send asks for a change.
func (l *Line) Send(id uuid.UUID, change room.Change) error {
	data, err := json.Marshal(change)
	if err != nil {
		return err
	}
	return l.WriteJSON(map[string]any{"type": "command", "id": id, "command": change.Type(), "data": json.RawMessage(data)})
}

// Message is anything the server says on a line.
type Message struct {
	Type       string
	Seq        int64
	Says       string
	Whole      bool
	CatchingUp bool `json:"catching_up"`
	Sections   map[string]json.RawMessage
	ID         uuid.UUID
	Error      *struct {
		Kind, Sentence string
	}
	Reason  string
	RetryMS int `json:"retry_ms"`
}

// Hear reads the next message.
func (l *Line) Hear() (Message, error) {
	_, text, err := l.ReadMessage()
	if err != nil {
		return Message{}, err
	}
	var message Message
	err = json.Unmarshal(text, &message)
	return message, err
}

// HearUntil reads up to the first message that meets a condition, for at most patience.
func (l *Line) HearUntil(patience time.Duration, wanted func(Message) bool) (Message, error) {
	if err := l.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return Message{}, err
	}
	for {
		message, err := l.Hear()
		if err != nil || wanted(message) {
			return message, errors.Join(err, l.SetReadDeadline(time.Time{}))
		}
	}
}

// FrameHead begins every frame; its number follows.
var FrameHead = []byte(`{"type":"frame","seq":`)

// FrameSeq is the number of a frame, read from its first bytes; 0 for any other message.
func FrameSeq(text []byte) int64 {
	rest, isFrame := bytes.CutPrefix(text, FrameHead)
	if !isFrame {
		return 0
	}
	digits, _, _ := bytes.Cut(rest, []byte(","))
	seq, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil {
		return 0
	}
	return seq
}
