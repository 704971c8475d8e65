package room

import (
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// SealedFormat is what a sealed record says it is.
const SealedFormat = "quorate sealed record 1"

// SealedRecord is a closed meeting as one file: its events with their chain, its register of decisions
// and its minutes. Every entry of the register and the minutes was put on the record by one event, and
// is part of what that event's digest is over. SEALED-RECORD.md says how anybody checks one by hand.
//
// Nothing in it depends on when or for whom it was made, but for what is left out: two people who may
// see the same get the same bytes.
type SealedRecord struct {
	Format    string        `json:"format"`
	MeetingID uuid.UUID     `json:"meeting_id"`
	Meeting   []SealedEntry `json:"meeting"`
	Decisions []SealedEntry `json:"decisions"` // with the corrections, answers and ratifications that came to them
	Minutes   []SealedEntry `json:"minutes"`   // empty until they are final
	Events    []SealedEvent `json:"events"`
	Count     int           `json:"count"` // of events
	Head      string        `json:"head"`  // the hash of the last
}

// SealedEntry is one thing that an event put on the record. Most events put one, if any; a consent list puts
// a decision for each of its items.
type SealedEntry struct {
	Event  int64           `json:"event"`
	Record json.RawMessage `json:"record"`
}

// SealedEvent is one event of the chain. Bytes are hexadecimal.
type SealedEvent struct {
	Seq       int64          `json:"seq"`
	CommandID uuid.UUID      `json:"command_id"`
	Type      string         `json:"type"`
	ItemID    *uuid.UUID     `json:"item_id"`
	PersonID  *uuid.UUID     `json:"person_id"`
	System    string         `json:"system"`
	At        string         `json:"at"` // UTC, to the microsecond
	Digest    string         `json:"digest"`
	Previous  string         `json:"previous"`
	Hash      string         `json:"hash"`
	Content   *SealedContent `json:"content"` // null: left out of this copy, or erased
}

// SealedContent is what was written with an event.
type SealedContent struct {
	Salt   string `json:"salt"`
	Text   string `json:"text"`   // the command, as it was kept
	Says   string `json:"says"`   // what everybody who could see it was told
	Record string `json:"record"` // the SHA-256 of what it put on the record, in a list where that is more than one thing; "" for nothing
}

const sealedTime = "2006-01-02T15:04:05.000000Z"

// sectionOf is where each kind of entry stands.
var sectionOf = map[recordKind]string{
	ofMeeting: "meeting", ofDecision: "decisions", ofCorrection: "decisions", ofAnswer: "decisions", ofRatification: "decisions", ofEnding: "decisions",
	ofMinutes: "minutes", ofMinute: "minutes", ofMinutesCorrection: "minutes", ofApproval: "minutes",
}

func kindOf(record []byte) recordKind {
	var named struct{ Kind recordKind }
	_ = json.Unmarshal(record, &named) // what cannot be read is of no kind
	return named.Kind
}

// section is a list of entries by its name in the file.
type section struct {
	name    string
	entries *[]SealedEntry
}

func (r *SealedRecord) sections() []section {
	return []section{{"meeting", &r.Meeting}, {"decisions", &r.Decisions}, {"minutes", &r.Minutes}}
}

// sealRecord makes the file of a log.
func sealRecord(meetingID uuid.UUID, events []Event) ([]byte, error) {
	record := SealedRecord{
		Format: SealedFormat, MeetingID: meetingID, Meeting: []SealedEntry{}, Decisions: []SealedEntry{}, Minutes: []SealedEntry{},
		Events: []SealedEvent{}, Count: len(events),
	}
	for _, event := range events {
		record.Events = append(record.Events, event.sealed())
		record.Head = hex.EncodeToString(event.Hash)
		for _, one := range recordsIn(event.Record) {
			for _, section := range record.sections() {
				if section.name == sectionOf[kindOf(one)] {
					*section.entries = append(*section.entries, SealedEntry{Event: event.Seq, Record: one})
				}
			}
		}
	}
	return canonical(record)
}

func (e Event) sealed() SealedEvent {
	sealed := SealedEvent{
		Seq: e.Seq, CommandID: e.CommandID, Type: e.Type, ItemID: e.ItemID, PersonID: e.PersonID, System: e.System, At: e.At.UTC().Format(sealedTime),
		Digest: hex.EncodeToString(e.Digest), Previous: hex.EncodeToString(e.Previous), Hash: hex.EncodeToString(e.Hash),
	}
	if e.Salt != nil {
		sealed.Content = &SealedContent{Salt: hex.EncodeToString(e.Salt), Text: e.Content, Says: e.Says, Record: markOf(e.Record)}
	}
	return sealed
}

// event reads an event of a file; record is the canonical text of what it put on the record.
func (s SealedEvent) event(meetingID uuid.UUID, record string) (Event, error) {
	event := Event{MeetingID: meetingID, Seq: s.Seq, CommandID: s.CommandID, Type: s.Type, ItemID: s.ItemID, PersonID: s.PersonID, System: s.System}
	at, err := time.Parse(sealedTime, s.At)
	if err != nil {
		return event, err
	}
	event.At = at
	for _, field := range []struct {
		to   *[]byte
		text string
	}{{&event.Digest, s.Digest}, {&event.Previous, s.Previous}, {&event.Hash, s.Hash}} {
		if *field.to, err = hex.DecodeString(field.text); err != nil {
			return event, err
		}
	}
	if s.Content != nil {
		if event.Salt, err = hex.DecodeString(s.Content.Salt); err != nil {
			return event, err
		}
		event.Content, event.Says, event.Record = s.Content.Text, s.Content.Says, record
	}
	return event, nil
}
