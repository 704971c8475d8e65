package room

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"quorate/panels"
)

// Checked is what a sealed record says of itself, once everything in it holds.
type Checked struct {
	MeetingID uuid.UUID
	Kind      panels.MeetingKind // "" where the copy leaves the closing out
	Forum     string             // likewise
	StartsAt  time.Time          // of the meeting
	Events    int
	Decisions int
	Minutes   int     // items with a minute; 0 until they are final
	LeftOut   []int64 // events without what was written with them
	Head      string
}

// Altered says what of a sealed record is not as it was sealed: the first of it. It reads as a sentence.
type Altered struct{ What string }

func (a Altered) Error() string { return a.What }

func altered(words string, args ...any) error { return Altered{fmt.Sprintf(words, args...)} }

// ErrNotSealed is for a file that is no sealed record, or too damaged to be read as one.
var ErrNotSealed = errors.New("room: not a sealed record")

// CheckSealedRecord checks a sealed record by itself, without a database or a network: every event there
// once, in order and as it was chained, and every decision and minute as its event put it on the record.
// The error is Altered, naming the first event that is wrong, or wraps ErrNotSealed.
//
// Whoever could write the whole chain again could write a file that holds; so the head is compared with
// the number that was noted when the meeting closed or its minutes went out.
func CheckSealedRecord(file []byte) (Checked, error) {
	var record SealedRecord
	if err := json.Unmarshal(file, &record); err != nil {
		return Checked{}, fmt.Errorf("%w: %w", ErrNotSealed, err)
	}
	if record.Format != SealedFormat {
		return Checked{}, ErrNotSealed
	}
	checked := Checked{MeetingID: record.MeetingID, Events: len(record.Events), Head: record.Head}
	entries := record.read(&checked)
	previous := make([]byte, hashLength)
	for i, sealed := range record.Events {
		if err := record.inItsPlace(i); err != nil {
			return Checked{}, err
		}
		if i >= record.Count {
			return Checked{}, altered("Event %d was added: this record was sealed with %d.", sealed.Seq, record.Count)
		}
		put := entries[sealed.Seq]
		delete(entries, sealed.Seq)
		if sealed.Content == nil {
			checked.LeftOut = append(checked.LeftOut, sealed.Seq)
		}
		if err := sealed.bears(put); err != nil {
			return Checked{}, err
		}
		event, err := sealed.event(record.MeetingID, textOfAll(put))
		if err != nil {
			return Checked{}, altered("Event %d was changed.", sealed.Seq)
		}
		if err := event.follows(previous); err != nil {
			return Checked{}, Altered{sentence(err)}
		}
		previous = event.Hash
	}
	if len(record.Events) < record.Count {
		return Checked{}, altered("Event %d is missing: this record was sealed with %d events and ends before it.", len(record.Events)+1, record.Count)
	}
	for _, section := range record.sections() {
		for _, entry := range *section.entries {
			if _, left := entries[entry.Event]; left {
				return Checked{}, altered("%s was added: there is no event %d.", nameOf(entry.Record), entry.Event)
			}
		}
	}
	switch again, err := canonical(record); {
	case len(record.Events) == 0:
		return Checked{}, altered("Event 1 is missing: there are no events at all.")
	case record.Head != hex.EncodeToString(previous):
		return Checked{}, altered("The head was changed: it is not the hash of event %d, the last.", len(record.Events))
	case err != nil || !bytes.Equal(again, file):
		return Checked{}, altered("The file was written anew by something else than Quorate. Its events, decisions and minutes hold, but it is not the file that was sealed.")
	}
	return checked, nil
}

// entry is one thing that an event put on the record, as the file has it.
type entry struct {
	section string
	kind    recordKind
	text    string // in canonical form
	wrong   string // what is wrong with it by itself, or ""
}

// read gathers the entries by event, and notes what they say of the meeting.
func (r SealedRecord) read(checked *Checked) map[int64][]entry {
	entries := map[int64][]entry{}
	for _, section := range r.sections() {
		last := int64(0)
		for _, sealed := range *section.entries {
			text, err := canonical(sealed.Record)
			one := entry{section: section.name, kind: kindOf(text), text: string(text)}
			switch {
			case err != nil:
				one.wrong = fmt.Sprintf("What event %d put on the record was changed: %s.", sealed.Event, err)
			case sealed.Event < last:
				one.wrong = fmt.Sprintf("What event %d put on the record is not in its place: the %s were put in another order.", sealed.Event, section.name)
			}
			last = max(last, sealed.Event)
			entries[sealed.Event] = append(entries[sealed.Event], one)
			switch one.kind {
			case ofMeeting:
				var meeting meetingRecord
				_ = json.Unmarshal(text, &meeting) // what cannot be read is found by its mark
				checked.Kind, checked.Forum, checked.StartsAt = meeting.MeetingKind, meeting.Forum, meeting.StartsAt
			case ofDecision:
				checked.Decisions++
			case ofMinute:
				checked.Minutes++
			}
		}
	}
	return entries
}

// textOfAll is what an event put on the record, as its digest was taken over it.
func textOfAll(entries []entry) string {
	if len(entries) == 0 {
		return ""
	}
	texts := make([]string, len(entries))
	for i, one := range entries {
		texts[i] = one.text
	}
	return together(texts)
}

// inItsPlace checks that the event at an index is the one of that number.
func (r SealedRecord) inItsPlace(i int) error {
	want, seq := int64(i+1), r.Events[i].Seq
	switch {
	case seq == want:
		return nil
	case seq < want && seq >= 1:
		return altered("Event %d is there again after event %d: events were put in another order, or one was added.", seq, i)
	}
	for _, later := range r.Events[i:] {
		if later.Seq == want {
			return altered("Event %d is not in its place: events were put in another order.", want)
		}
	}
	return altered("Event %d is missing.", want)
}

// bears checks that the file has what an event put on the record, as it was, and nothing that it did not.
func (s SealedEvent) bears(entries []entry) error {
	mark := ""
	if s.Content != nil {
		mark = s.Content.Record
	}
	for _, one := range entries {
		if one.wrong != "" {
			return Altered{one.wrong}
		}
	}
	switch {
	case mark == "" && len(entries) > 0:
		return altered("%s was added: event %d put nothing on the record in this copy.", nameOf([]byte(entries[0].text)), s.Seq)
	case mark != "" && len(entries) == 0:
		return altered("What event %d put on the record (%s) is missing.", s.Seq, s.Type)
	case mark != markOf(textOfAll(entries)):
		return s.differs(entries, mark)
	}
	for _, one := range entries {
		if sectionOf[one.kind] != one.section {
			return altered("%s that event %d put on the record was moved among the %s.", nameOf([]byte(one.text)), s.Seq, one.section)
		}
	}
	return nil
}

// differs says how what the file has of an event is not what it put on the record.
func (s SealedEvent) differs(entries []entry, mark string) error {
	for i, one := range entries {
		if len(entries) > 1 && markOf(textOfAll(slices.Delete(slices.Clone(entries), i, i+1))) == mark {
			return altered("%s was added: event %d did not put it on the record, or not twice.", nameOf([]byte(one.text)), s.Seq)
		}
	}
	if len(entries) == 1 {
		return altered("%s that event %d put on the record was changed.", nameOf([]byte(entries[0].text)), s.Seq)
	}
	names := make([]string, len(entries))
	for i, one := range entries {
		names[i] = lowerFirst(nameOf([]byte(one.text)))
	}
	return altered("What event %d put on the record was changed, or is not whole, or not in its order: %s.", s.Seq, join(names))
}

// nameOf says what an entry is, as people call it.
func nameOf(record []byte) string {
	var named struct {
		Kind recordKind
		Item string
	}
	_ = json.Unmarshal(record, &named) // what cannot be read has no name
	words := map[recordKind]string{
		ofMeeting: "The meeting’s details", ofDecision: "The decision", ofCorrection: "The correction", ofAnswer: "The answer to the decision",
		ofMinutes: "The list of who was there", ofMinute: "The minute", ofMinutesCorrection: "The correction of the minutes", ofApproval: "The approval of the minutes",
		ofRatification: "The ratification", ofEnding: "How it ended",
	}[named.Kind]
	switch {
	case words == "":
		return "Something"
	case named.Item != "":
		return words + " on item " + named.Item
	}
	return words
}

func sentence(err error) string {
	text := []rune(err.Error())
	return string(append([]rune{text[0] - 'a' + 'A'}, text[1:]...)) + "."
}
