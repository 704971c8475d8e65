package room

import (
	"bytes"
	"flag"
	"os"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/clock"
)

var updateSealed = flag.Bool("update-sealed", false, "write testdata/sealed-record.json again")

// A record sealed years ago must be checked for as long as it is kept: its bytes never change.
func TestGoldenSealedRecordIsOurs(t *testing.T) {
	t.Parallel()
	number := func(n byte) uuid.UUID { return uuid.UUID{6: 0x70, 8: 0x80, 15: n} }
	item, chair, at := number(2), number(3), time.Date(2026, 11, 26, 9, 30, 0, 0, time.UTC)
	decision := decisionRecord{
		Kind: ofDecision, ID: number(9), ItemID: item, Item: "1", Case: "Q1001", Outcome: Agreed, OutcomeWords: Agreed.Words(), Standing: Decided,
		Reasons: "Assessed need.\nShe said: “near my sister”.", Shares: []recordShare{{number(4), "Adult social care", 60225, 0}}, Conditions: []recordCondition{}, Needs: []recordNeed{},
		StartOn: clock.MustDate("2027-01-04"), ReviewOn: clock.MustDate("2027-04-04"), AssessorPresent: true, Quorum: "Quorate: 2 members are here and 2 are needed",
		ConfirmedBy: "Ada Example", ConfirmedAt: at.Add(2 * time.Minute),
	}
	meeting := meetingRecord{
		Kind: ofMeeting, Forum: "Example panel", StartsAt: at, ClosedAt: at.Add(3 * time.Minute), Venue: "Room 1",
		Items: []numberedItem{{item, "1"}}, People: []namedPerson{{chair, "Ada Example"}},
	}
	minute := minuteRecord{Kind: ofMinute, ItemID: item, Item: "1", Label: "1/26", Title: "Noor Example", Guests: []Presence{}, Facts: []byte(`{"passed":false}`), Wording: "Heard."}
	var events []Event
	previous := make([]byte, hashLength)
	for i, e := range []struct {
		kind, content, says string
		item                *uuid.UUID
		record              any
	}{
		{"meeting.start", "{}", "The meeting has started", nil, nil},
		{"interest.declare", `{"kind":"family"}`, "Somebody has left for item 1", &item, nil}, // left out of the copy
		{"decision.confirm", `{"outcome":"agreed"}`, "Item 1: agreed", &item, decision},
		{"meeting.close", "{}", "The meeting has closed", nil, meeting},
		{"minute.final", "{}", "", &item, minute},
	} {
		event := Event{
			MeetingID: number(1), Seq: int64(i + 1), CommandID: number(byte(100 + i)), Type: e.kind, ItemID: e.item, PersonID: &chair,
			At: at.Add(time.Duration(i) * time.Minute), Content: e.content, Says: e.says,
		}
		var err error
		if event.Record, err = recordText(e.record); err != nil {
			t.Fatal(err)
		}
		event.sealWith(bytes.Repeat([]byte{byte(i + 1)}, 16), previous)
		previous = event.Hash
		events = append(events, event)
	}
	events[1].Salt, events[1].Content, events[1].Says = nil, "", ""
	file, err := sealRecord(number(1), events)
	if err != nil {
		t.Fatal(err)
	}
	const path = "testdata/sealed-record.json"
	if *updateSealed {
		if err := os.WriteFile(path, file, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(file, golden) {
		t.Errorf("the record is\n%s\nand the golden one\n%s", file, golden)
	}
}
