package live

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"quorate/panels/room"
	"quorate/server/base/fault"
)

// The messages of README.md. testdata/frames holds an example of each, which the TypeScript tests
// read as well.

const (
	typeFrame   = "frame"
	typeReply   = "reply"
	typeBeat    = "beat"
	typeBye     = "bye"
	typeCommand = "command"
	typeHere    = "here"
)

// largestMessage bounds what a client may send at once: a decision with its reasons fits many times.
const largestMessage = 64 << 10

// commandMessage is one thing a client asks for.
type commandMessage struct {
	Type    string          `json:"type"`
	ID      uuid.UUID       `json:"id"`
	Command string          `json:"command"`
	Data    json.RawMessage `json:"data"`
}

// frameHead is what a client is told about the meeting, all but the sections, which follow it.
type frameHead struct {
	Type       string `json:"type"`
	Seq        int64  `json:"seq"`
	Says       string `json:"says"`
	Whole      bool   `json:"whole"`
	CatchingUp bool   `json:"catching_up"`
}

// replyMessage answers one command: the event it became, or why not.
type replyMessage struct {
	Type  string      `json:"type"`
	ID    uuid.UUID   `json:"id"`
	Seq   int64       `json:"seq,omitempty"`
	Error *replyError `json:"error,omitempty"`
}

type replyError struct {
	Kind     fault.Kind   `json:"kind"`
	Sentence string       `json:"sentence"`
	Fields   []replyField `json:"fields"`
}

type replyField struct {
	Name     string `json:"name"`
	Sentence string `json:"sentence"`
}

// beatMessage says that the line is up, and what time the server has.
type beatMessage struct {
	Type string    `json:"type"`
	Now  time.Time `json:"now"`
}

// byeMessage is the last thing said on a socket.
type byeMessage struct {
	Type     string    `json:"type"`
	Reason   byeReason `json:"reason"`
	Sentence string    `json:"sentence"`
	RetryMS  int       `json:"retry_ms"`
}

type byeReason string

const (
	byeRestart    byeReason = "restart"
	byeSlow       byeReason = "slow"
	byeSignedOut  byeReason = "signed_out"
	byeDenied     byeReason = "denied"
	byeCancelled  byeReason = "cancelled"
	byeUnreadable byeReason = "unreadable"
)

// farewells gives each reason its sentence, the close code of the socket, and how soon to come back.
// Codes from 4000 are ours; the others are the protocol's own (RFC 6455, and 1012 "service restart").
var farewells = map[byeReason]struct {
	sentence string
	code     int
	retry    time.Duration
}{
	byeRestart:    {"Quorate is restarting. Your place is kept.", websocket.CloseServiceRestart, 1500 * time.Millisecond},
	byeSlow:       {"This line is too slow to keep up. Connecting again.", websocket.CloseTryAgainLater, 500 * time.Millisecond},
	byeSignedOut:  {"You have been signed out. Sign in again: what you typed is kept.", 4401, 0},
	byeDenied:     {"You no longer have a part in this meeting.", 4403, 0},
	byeCancelled:  {"This meeting was cancelled.", 4410, 0},
	byeUnreadable: {"This page sent what Quorate cannot read. Refresh the page.", websocket.ClosePolicyViolation, 0},
}

func (reason byeReason) message() byeMessage {
	farewell := farewells[reason]
	return byeMessage{Type: typeBye, Reason: reason, Sentence: farewell.sentence, RetryMS: int(farewell.retry.Milliseconds())}
}

func (reason byeReason) code() int { return farewells[reason].code }

// readCommand reads a client's message strictly: a key it does not know is refused, so that a client
// never believes something was recorded that was not.
func readCommand(message []byte) (room.Command, error) {
	var wire commandMessage
	strict := json.NewDecoder(bytes.NewReader(message))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&wire); err != nil {
		return room.Command{}, unreadable().Because(err)
	}
	command := room.Command{ID: wire.ID}
	if wire.Type != typeCommand || wire.ID == uuid.Nil || strict.More() {
		return command, unreadable()
	}
	change, err := room.ReadChange(wire.Command, wire.Data)
	command.Change = change
	return command, err
}

func unreadable() *fault.Fault {
	return fault.New(fault.Invalid, "Quorate could not read what this page sent. Refresh the page and try again.")
}

// replyTo is the answer to a command. Errors nobody can mend are shown as the reference internal
// gives, and told to the log alone.
func replyTo(id uuid.UUID, reply room.Reply, err error, internal func(error) *fault.Fault) replyMessage {
	if err == nil {
		return replyMessage{Type: typeReply, ID: id, Seq: reply.Seq}
	}
	f := fault.As(err)
	if f == nil {
		f = internal(err)
	}
	answer := replyMessage{Type: typeReply, ID: id, Error: &replyError{Kind: f.Kind, Sentence: f.Sentence, Fields: []replyField{}}}
	for _, field := range f.Fields {
		answer.Error.Fields = append(answer.Error.Fields, replyField(field))
	}
	return answer
}

// words is a message as JSON. Messages are made of strings, numbers and times: marshalling them
// cannot fail, and if it did the process would be sending nonsense.
func words(message any) []byte {
	written, err := json.Marshal(message)
	if err != nil {
		panic(err)
	}
	return written
}
