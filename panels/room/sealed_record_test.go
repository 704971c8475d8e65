package room_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/fault"
)

// sealed is a meeting that decided, corrected, closed, and made its minutes final and corrected them.
func sealed(t *testing.T) *house {
	h := setup(t)
	h.inSession(h.ann, h.hal, h.eve)
	h.consent(h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed}))
	h.do(h.chair, room.CloseVote{VoteID: h.sees(h.chair).Vote.ID})
	h.do(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.AgreedWithConditions, Reasons: "CANARY-REASONS", AssessorPresent: true,
		Conditions: []room.Condition{{Text: "A review", EvidenceDue: clock.MustDate("2027-05-01"), OwnerID: h.pia.PersonID}}})
	h.do(h.chair, room.CorrectDecision{DecisionID: h.sees(h.chair).Decision.ID, Wrong: "Five", Right: "Six", Reason: "A slip"})
	h.do(h.clerk, room.WriteNote{NoteID: id(), ItemID: h.request.ID, Text: "Heard the school. “It is \t near.”"})
	h.do(h.chair, room.CloseMeeting{})
	_, err := h.store.MakeMinutesFinal(t.Context(), h.clerk, h.meeting.ID)
	h.must(err)
	h.must(h.store.CorrectMinutes(t.Context(), h.clerk, h.meeting.ID, &h.request.ID, "Eve Lane came at ten"))
	return h
}

func (h *house) export(actor access.Actor) []byte {
	h.t.Helper()
	file, _, err := h.store.ExportRecord(h.t.Context(), actor, h.meeting.ID)
	h.must(err)
	return file
}

func clerksCopy(h *house) []byte { return h.export(h.clerk) }

func opened(t *testing.T, file []byte) (record room.SealedRecord) {
	t.Helper()
	if err := json.Unmarshal(file, &record); err != nil {
		t.Fatal(err)
	}
	return record
}

// What the meeting decided and minuted can be handed to a court or another agency, who need not believe us.
func TestSealedRecordHolds(t *testing.T) {
	t.Parallel()
	h := sealed(t)
	file := h.export(h.clerk)
	checked, err := room.CheckSealedRecord(file)
	h.must(err)
	if checked.Forum != "MAPaC" || !checked.StartsAt.Equal(h.meeting.StartsAt) || checked.Decisions != 1 || checked.Minutes != 3 || len(checked.LeftOut) != 0 || checked.Events != int(h.state().Seq()) {
		t.Errorf("checked: %+v", checked)
	}
	for _, words := range []string{"CANARY-REASONS", "Agreed with conditions", `"weekly_pence":60225`, "Eve Lane came at ten", "Heard the school", `"agency":"Adult social care"`} {
		if !strings.Contains(string(file), words) {
			t.Errorf("the record lacks %q", words)
		}
	}
	if again := h.export(h.chair); string(again) != string(file) {
		t.Error("the chair’s copy differs from the clerk’s, and both may see everything")
	}
	minutes, err := h.minutes(h.clerk)
	h.must(err)
	if minutes.Seal == nil || minutes.Seal.Head != checked.Head || minutes.Seal.Events != int64(checked.Events) {
		t.Errorf("the page says %+v", minutes.Seal)
	}
	if n := h.count(`select count(*) from audit_entry where action = 'record.exported'`); n != 2 {
		t.Errorf("%d exports on the trail, want 2", n)
	}
	// An agency that is renamed afterwards changes nothing of what was sealed.
	h.owner(`update agency set name = 'Another name' where id = $1`, h.asc.ID)
	if again := h.export(h.clerk); string(again) != string(file) {
		t.Error("a new name of an agency changed the record")
	}
}

// Whoever has left for an item is told nothing of it by way of the record, and can check theirs all the same.
func TestSealedRecordLeavesOutWhatItsReaderMayNotSee(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.do(h.clerk, room.DeclareInterest{ItemID: h.request.ID, Kind: room.Family, Reason: "CANARY-INTEREST"})
	h.inSession(h.ann, h.hal)
	h.decideOn(room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Deferred, Missing: "CANARY-MISSING", NextMeetingID: &h.next.ID})
	h.do(h.chair, room.CloseMeeting{})
	_, err := h.store.MakeMinutesFinal(t.Context(), h.chair, h.meeting.ID)
	h.must(err)
	file := h.export(h.clerk)
	checked, err := room.CheckSealedRecord(file)
	h.must(err)
	if checked.Decisions != 0 || checked.Minutes != 1 || len(checked.LeftOut) < 4 || checked.Head != opened(t, h.export(h.chair)).Head {
		t.Errorf("checked: %+v", checked)
	}
	for _, words := range []string{"CANARY", "Noor"} {
		if strings.Contains(string(file), words) {
			t.Errorf("the record of who left says %q", words)
		}
	}
}

// Only the clerk and the chair take the record, and not before there is one.
func TestWhoMayTakeTheSealedRecord(t *testing.T) {
	t.Parallel()
	h := setup(t)
	wants := func(who access.Actor, kind fault.Kind) {
		t.Helper()
		if _, _, err := h.store.ExportRecord(t.Context(), who, h.meeting.ID); !fault.Is(err, kind) {
			t.Errorf("%s: %v, want %s", who.Name, err, kind)
		}
	}
	h.inSession(h.ann)
	wants(h.clerk, fault.Conflict)
	h.do(h.chair, room.CloseMeeting{})
	wants(h.ann, fault.Denied)
	wants(h.pia, fault.Denied)
	wants(h.stranger, fault.NotFound)
	h.export(h.clerk)
}

// An altered record must never pass for whole, and the first thing altered is named.
func TestEveryAlterationOfASealedRecordIsFound(t *testing.T) {
	t.Parallel()
	h := sealed(t)
	file := h.export(h.clerk)
	swap := func(record json.RawMessage, from, to string) json.RawMessage {
		if !strings.Contains(string(record), from) {
			t.Fatalf("no %s in %s", from, record)
		}
		return json.RawMessage(strings.Replace(string(record), from, to, 1))
	}
	confirmed := slices.IndexFunc(opened(t, file).Events, func(e room.SealedEvent) bool { return e.Type == "decision.confirm" })
	for name, c := range map[string]struct {
		alter func(*room.SealedRecord)
		says  string
	}{
		"an event’s type":            {func(r *room.SealedRecord) { r.Events[4].Type = "item.pass" }, "Event 5 was changed."},
		"an event’s time":            {func(r *room.SealedRecord) { r.Events[4].At = "2026-11-26T09:30:01.000000Z" }, "Event 5 was changed."},
		"an event’s person":          {func(r *room.SealedRecord) { r.Events[4].PersonID = &h.ann.PersonID }, "Event 5 was changed."},
		"an event’s words":           {func(r *room.SealedRecord) { r.Events[6].Content.Text = "{}" }, "What was written with event 7 was changed."},
		"what was said":              {func(r *room.SealedRecord) { r.Events[6].Content.Says = "Nothing" }, "What was written with event 7 was changed."},
		"an event gone":              {func(r *room.SealedRecord) { r.Events = slices.Delete(r.Events, 3, 4) }, "Event 4 is missing."},
		"the first gone":             {func(r *room.SealedRecord) { r.Events = r.Events[1:] }, "Event 1 is missing."},
		"the last gone":              {func(r *room.SealedRecord) { r.Events = r.Events[:len(r.Events)-1] }, "Event 18 is missing: this record was sealed with 18 events and ends before it."},
		"the end cut off":            {func(r *room.SealedRecord) { r.Events, r.Minutes = r.Events[:confirmed+1], nil; r.Meeting = nil }, "Event 11 is missing: this record was sealed with 18 events and ends before it."},
		"the count with it":          {func(r *room.SealedRecord) { r.Events = r.Events[:confirmed+1]; r.Count = confirmed + 1 }, "was added: there is no event"},
		"one made up":                {func(r *room.SealedRecord) { insertEvent(r, 3) }, "Event 4 does not follow event 3: one of them was changed, or put in another’s place."},
		"one made up, with its hash": {func(r *room.SealedRecord) { insertEvent(r, 3); rehash(t, r, 3, 4) }, "Event 5 does not follow event 4: one of them was changed, or put in another’s place."},
		"the tail hashed anew":       {func(r *room.SealedRecord) { r.Events[6].Content.Says = "Nothing"; rehash(t, r, 6, len(r.Events)) }, "The head was changed: it is not the hash of event 18, the last."},
		"an altered event before an altered minute": {func(r *room.SealedRecord) {
			r.Events[4].Type = "item.pass"
			slices.Reverse(r.Minutes)
		}, "Event 5 was changed."},
		"two swapped":  {func(r *room.SealedRecord) { r.Events[2], r.Events[3] = r.Events[3], r.Events[2] }, "Event 3 is not in its place: events were put in another order."},
		"one twice":    {func(r *room.SealedRecord) { r.Events = slices.Insert(r.Events, 3, r.Events[2]) }, "Event 3 is there again after event 3"},
		"one appended": {func(r *room.SealedRecord) { e := r.Events[len(r.Events)-1]; e.Seq++; r.Events = append(r.Events, e) }, "was added: this record was sealed with"},
		"the count":    {func(r *room.SealedRecord) { r.Count-- }, "was added: this record was sealed with"},
		"the head":     {func(r *room.SealedRecord) { r.Head = r.Events[0].Hash }, "The head was changed"},
		"the meeting":  {func(r *room.SealedRecord) { r.MeetingID = h.next.ID }, "Event 1 was changed."},
		"the reasons of a decision": {func(r *room.SealedRecord) {
			r.Decisions[0].Record = swap(r.Decisions[0].Record, "CANARY-REASONS", "Other")
		}, "The decision on item 3 that event 10 put on the record was changed."},
		"the money of a decision":  {func(r *room.SealedRecord) { r.Decisions[0].Record = swap(r.Decisions[0].Record, "60225", "60226") }, "The decision on item 3 that event 10 put on the record was changed."},
		"a correction":             {func(r *room.SealedRecord) { r.Decisions[1].Record = swap(r.Decisions[1].Record, "Six", "Seven") }, "The correction on item 3 that event 11 put on the record was changed."},
		"a decision gone":          {func(r *room.SealedRecord) { r.Decisions = r.Decisions[1:] }, "What event 10 put on the record (decision.confirm) is missing."},
		"a decision again":         {func(r *room.SealedRecord) { r.Decisions = slices.Insert(r.Decisions, 0, r.Decisions[0]) }, "The decision on item 3 was added: event 10 did not put it on the record, or not twice."},
		"a decision of no event":   {func(r *room.SealedRecord) { r.Decisions[0].Event = 9 }, "The decision on item 3 was added: event 9 put nothing on the record in this copy."},
		"decisions swapped":        {func(r *room.SealedRecord) { slices.Reverse(r.Decisions) }, "the decisions were put in another order"},
		"a decision among minutes": {func(r *room.SealedRecord) { r.Minutes, r.Decisions = slices.Insert(r.Minutes, 0, r.Decisions...), nil }, "was moved among the minutes"},
		"a minute’s wording": {func(r *room.SealedRecord) {
			r.Minutes[3].Record = swap(r.Minutes[3].Record, "Heard the school", "Heard nobody")
		}, "The minute on item 3"},
		"who was there": {func(r *room.SealedRecord) { r.Minutes[0].Record = swap(r.Minutes[0].Record, "Ann Bell", "Ann Ball") }, "The list of who was there"},
		"a minutes’ correction": {func(r *room.SealedRecord) {
			r.Minutes[4].Record = swap(r.Minutes[4].Record, "came at ten", "came at one")
		}, "The correction of the minutes on item 3"},
		"the forum’s name":    {func(r *room.SealedRecord) { r.Meeting[0].Record = swap(r.Meeting[0].Record, "MAPaC", "MAPaD") }, "The meeting’s details"},
		"a content taken out": {func(r *room.SealedRecord) { r.Events[confirmed].Content = nil }, "The decision on item 3 was added"},
	} {
		record := opened(t, file)
		c.alter(&record)
		text, err := json.Marshal(record)
		if err != nil {
			t.Fatal(err)
		}
		_, err = room.CheckSealedRecord(text)
		var altered room.Altered
		if !errors.As(err, &altered) {
			t.Errorf("%s: %v, want it to be found", name, err)
		} else if !strings.Contains(altered.What, c.says) {
			t.Errorf("%s: %q, want %q", name, altered.What, c.says)
		}
	}
	laidOut, err := json.MarshalIndent(opened(t, file), "", "  ")
	h.must(err)
	for name, text := range map[string][]byte{"laid out anew": laidOut, "a space more": append(slices.Clone(file), ' '), "a key more": []byte(strings.Replace(string(file), `{"count"`, `{"also":1,"count"`, 1))} {
		if _, err := room.CheckSealedRecord(text); err == nil {
			t.Errorf("%s: nobody noticed", name)
		}
	}
	for name, text := range map[string]string{"nothing": "", "another file": "PK\x03\x04", "other JSON": "{}", "half of it": string(file[:len(file)/2])} {
		if _, err := room.CheckSealedRecord([]byte(text)); !errors.Is(err, room.ErrNotSealed) {
			t.Errorf("%s: %v, want not sealed", name, err)
		}
	}
}

// Whoever can write all the hashes anew, or cut the end off and count again, makes a file that holds: it is
// told from the one that was sealed by the number that was noted, and by nothing else.
func TestOnlyTheNotedHeadTellsAChainThatWasWrittenAnew(t *testing.T) {
	t.Parallel()
	file := clerksCopy(sealed(t))
	noted := opened(t, file).Head
	for name, alter := range map[string]func(*room.SealedRecord){
		"hashed anew": func(r *room.SealedRecord) {
			r.Events[6].Content.Says = "Nothing"
			rehash(t, r, 6, len(r.Events))
		},
		"cut off": func(r *room.SealedRecord) {
			r.Events, r.Minutes, r.Count = r.Events[:12], []room.SealedEntry{}, 12
			r.Decisions = slices.DeleteFunc(r.Decisions, func(e room.SealedEntry) bool { return e.Event > 12 })
			r.Meeting = slices.DeleteFunc(r.Meeting, func(e room.SealedEntry) bool { return e.Event > 12 })
		},
	} {
		record := opened(t, file)
		alter(&record)
		record.Head = record.Events[len(record.Events)-1].Hash
		checked, err := room.CheckSealedRecord(written(t, record))
		if err != nil {
			t.Errorf("%s: %v; then the document may promise more than it does", name, err)
		} else if checked.Head == noted {
			t.Errorf("%s: it ends in the number that was noted", name)
		}
	}
}

// Approving the minutes at the next meeting goes on the record of the meeting they are of.
func TestApprovalIsSealedWithTheMeetingItIsOf(t *testing.T) {
	t.Parallel()
	h := sealed(t)
	of := h.meeting
	h.meeting = h.next
	h.clock.Set(h.next.StartsAt)
	welcome := id()
	h.owner(`insert into agenda_item (id, meeting_id, number, position, kind, title, minutes, created_at) values ($1, $2, '1', 1, 'standing', 'Minutes of the last meeting', 3, now())`, welcome, h.next.ID)
	h.do(h.chair, room.StartMeeting{})
	h.do(h.chair, room.OpenItem{ItemID: welcome})
	h.do(h.chair, room.ApproveMinutes{ItemID: welcome, MinutesOf: of.ID, Corrections: "Sam Reed sent apologies"})
	h.verify()
	h.meeting = of
	record := opened(t, h.export(h.clerk))
	last := string(record.Minutes[len(record.Minutes)-1].Record) + string(record.Minutes[len(record.Minutes)-2].Record)
	if _, err := room.CheckSealedRecord(h.export(h.clerk)); err != nil || !strings.Contains(last, "Sam Reed sent apologies") || !strings.Contains(last, `"kind":"approval"`) {
		t.Errorf("%v: %s", err, last)
	}
}

const goldenRecord = "testdata/sealed-record.json"

// The smallest record is a file that others may test their own checks by. Every byte of it counts.
func TestGoldenSealedRecord(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile(goldenRecord)
	if err != nil {
		t.Fatal(err)
	}
	checked, err := room.CheckSealedRecord(file)
	if err != nil {
		t.Fatal(err)
	}
	if checked.Forum != "Example panel" || checked.Decisions != 1 || checked.Minutes != 1 || checked.Events != 5 || !slices.Equal(checked.LeftOut, []int64{2}) {
		t.Errorf("checked: %+v", checked)
	}
	for at, was := range file {
		other := slices.Clone(file)
		other[at] = was ^ 1
		if _, err := room.CheckSealedRecord(other); err == nil {
			t.Fatalf("byte %d, %q, became %q and nobody noticed: …%s…", at, was, other[at], file[max(0, at-40):min(len(file), at+20)])
		}
	}
}

// The document promises that forty lines of another language are enough. They are run here.
func TestTheDocumentsOwnCheckAgrees(t *testing.T) {
	t.Parallel()
	run := documentsOwnCheck(t)
	file, err := os.ReadFile(goldenRecord)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := run(file); err != nil || !strings.Contains(out, "whole") {
		t.Errorf("of the golden record it says %q (%v)", out, err)
	}
	h := sealed(t)
	record := h.export(h.clerk)
	if out, err := run(record); err != nil || !strings.Contains(out, "whole") {
		t.Errorf("of a record just made it says %q (%v)", out, err)
	}
	if out, err := run([]byte(strings.Replace(string(record), "CANARY-REASONS", "OTHER-REASONS", 1))); err == nil {
		t.Errorf("of an altered record it says %q", out)
	}
}

// documentsOwnCheck is the program in the document.
func documentsOwnCheck(t *testing.T) (run func(record []byte) (string, error)) {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed, so the program in the document is not run")
	}
	document, err := os.ReadFile("SEALED-RECORD.md")
	if err != nil {
		t.Fatal(err)
	}
	program := regexp.MustCompile("(?s)```python\n(.*?)```").FindSubmatch(document)
	if program == nil {
		t.Fatal("the document has no program")
	}
	return func(record []byte) (string, error) {
		path := filepath.Join(t.TempDir(), "record.json")
		if err := os.WriteFile(path, record, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), python, "-c", string(program[1]), path).CombinedOutput()
		return string(out), err
	}
}
