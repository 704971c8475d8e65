package room

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Event is one entry of a meeting's log.
type Event struct {
	MeetingID uuid.UUID
	Seq       int64
	CommandID uuid.UUID
	Type      string
	ItemID    *uuid.UUID
	PersonID  *uuid.UUID
	System    string
	At        time.Time // UTC, to the microsecond
	Digest    []byte    // of the content, under a salt that is erased with it
	Previous  []byte    // the hash of the event before; 32 zero bytes for the first
	Hash      []byte

	Salt    []byte // nil once erased
	Content string
	Says    string // one sentence for those who may see the item
	Record  string // what the event put on the record, as canonical JSON; "" for most
}

// TableName is room_event.
func (Event) TableName() string { return "room_event" }

const hashLength = sha256.Size

// seal works out the digest and the hash of an event that follows previous.
func (e *Event) seal(previous []byte) {
	salt := make([]byte, 16)
	rand.Read(salt) // never fails
	e.sealWith(salt, previous)
}

func (e *Event) sealWith(salt, previous []byte) {
	e.Salt = salt
	e.Digest = e.digest()
	e.Previous = previous
	e.Hash = e.hash()
}

func (e Event) digest() []byte {
	sum := sha256.New()
	sum.Write([]byte("quorate room content 1\n"))
	writeField(sum.Write, e.Salt)
	writeField(sum.Write, []byte(e.Content))
	writeField(sum.Write, []byte(e.Says))
	writeField(sum.Write, []byte(markOf(e.Record)))
	return sum.Sum(nil)
}

func (e Event) hash() []byte {
	sum := sha256.New()
	sum.Write([]byte("quorate room event 1\n"))
	for _, field := range [][]byte{
		e.MeetingID[:], binary.BigEndian.AppendUint64(nil, uint64(e.Seq)), e.CommandID[:], []byte(e.Type),
		idBytes(e.ItemID), idBytes(e.PersonID), []byte(e.System),
		binary.BigEndian.AppendUint64(nil, uint64(e.At.UnixMicro())), e.Digest, e.Previous,
	} {
		writeField(sum.Write, field)
	}
	return sum.Sum(nil)
}

func idBytes(id *uuid.UUID) []byte {
	if id == nil {
		return nil
	}
	return id[:]
}

// writeField writes a value after its length, so that no two lists of values look alike.
func writeField(write func([]byte) (int, error), value []byte) {
	_, _ = write(binary.BigEndian.AppendUint64(nil, uint64(len(value)))) // a hash takes all it is given
	_, _ = write(value)
}

// Verify checks a meeting's whole log: every event there once and in order, each carrying the hash of
// the one before, and each content that has not been erased still what was written. The error names
// the first event that is wrong.
func Verify(events []Event) error {
	previous := make([]byte, hashLength)
	for i, event := range events {
		switch {
		case event.Seq != int64(i+1):
			return fmt.Errorf("event %d is missing", i+1)
		case event.MeetingID != events[0].MeetingID:
			return fmt.Errorf("event %d belongs to another meeting", event.Seq)
		}
		if err := event.follows(previous); err != nil {
			return err
		}
		previous = event.Hash
	}
	return nil
}

// follows checks one event against the hash of the one before it.
func (e Event) follows(previous []byte) error {
	switch {
	case !bytes.Equal(e.Previous, previous) && e.Seq == 1:
		return fmt.Errorf("event 1 was changed: it follows something")
	case !bytes.Equal(e.Previous, previous):
		return fmt.Errorf("event %d does not follow event %d: one of them was changed, or put in another’s place", e.Seq, e.Seq-1)
	case !bytes.Equal(e.Hash, e.hash()):
		return fmt.Errorf("event %d was changed", e.Seq)
	case e.Salt != nil && !bytes.Equal(e.Digest, e.digest()):
		return fmt.Errorf("what was written with event %d was changed", e.Seq)
	}
	return nil
}
