package room_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
)

// recordedAs lists the kinds of a register, in order.
func recordedAs(t *testing.T, entries []room.SealedEntry) (kinds []string) {
	t.Helper()
	for _, entry := range entries {
		var named struct{ Kind string }
		if err := json.Unmarshal(entry.Record, &named); err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, named.Kind)
	}
	return kinds
}

// holds exports the house's meeting, checks it in both ways there are, and looks for words in it.
func (h *house) holds(t *testing.T, words ...string) (room.SealedRecord, room.Checked) {
	t.Helper()
	file := h.export(h.clerk)
	checked, err := room.CheckSealedRecord(file)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := documentsOwnCheck(t)(file); err != nil {
		t.Errorf("the document’s own check says %q (%v)", out, err)
	}
	for _, word := range words {
		if !strings.Contains(string(file), word) {
			t.Errorf("the record lacks %q", word)
		}
	}
	return opened(t, file), checked
}

// What was decided between meetings is questioned first of all: its record says how it was taken and why then,
// who said what, what was put right, and what the next meeting made of it.
func TestSealedRecordOfAVoteByCorrespondence(t *testing.T) {
	t.Parallel()
	h := setup(t)
	decision := h.decidedInWriting()
	h.do(h.chair, room.CorrectDecision{DecisionID: decision, Wrong: "Five", Right: "Six", Reason: "A slip"})
	between := h.meeting
	before, checked := h.holds(t, urgentWhy, `"meeting_kind":"correspondence"`, `"taken":"correspondence"`, `"by":"Hal Hart"`, `"position":"consent"`)
	if checked.Kind != panels.Correspondence || checked.Forum != "MAPaC" || checked.Decisions != 1 || checked.Minutes != 0 {
		t.Errorf("checked: %+v", checked)
	}
	if kinds := recordedAs(t, before.Decisions); !slices.Equal(kinds, []string{"decision", "correction"}) || len(before.Meeting) != 1 || before.Events[0].Type != "correspondence.open" {
		t.Errorf("the register: %v, of a meeting that begins with %s", kinds, before.Events[0].Type)
	}

	if page := h.between(h.clerk); page.Seal == nil || page.Seal.Head != before.Head || h.between(h.ann).Seal != nil {
		t.Errorf("the clerk’s page leads to %+v", page.Seal)
	}

	item := h.ratifying()
	h.inSession(h.ann, h.hal)
	h.do(h.chair, room.OpenItem{ItemID: item.ID})
	h.do(h.chair, room.RatifyDecision{ItemID: item.ID, DecisionID: decision, Reason: "It could have waited"})
	h.verify()
	h.do(h.chair, room.CloseMeeting{})
	_, err := h.store.MakeMinutesFinal(t.Context(), h.clerk, h.meeting.ID)
	h.must(err)
	said, checked := h.holds(t, `"ratified":false`, "It could have waited", `"taken":"correspondence"`)
	if kinds := recordedAs(t, said.Decisions); !slices.Equal(kinds, []string{"ratification"}) || checked.Minutes == 0 {
		t.Errorf("the meeting that ratified has %v and %d minutes", kinds, checked.Minutes)
	}
	h.meeting = between
	after, _ := h.holds(t, `"ratified":false`, "It could have waited", `"meeting_on":"2026-12-10"`)
	if kinds := recordedAs(t, after.Decisions); !slices.Equal(kinds, []string{"decision", "correction", "ratification"}) {
		t.Errorf("the register: %v", kinds)
	}
	if !slices.ContainsFunc(after.Events, func(e room.SealedEvent) bool { return e.Hash == before.Head }) {
		t.Error("the number that was noted before is not the hash of an event")
	}
}

// A chair who decided alone must be able to show that each funder endorsed its share.
func TestSealedRecordOfAChairsAction(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.waitingRequest()
	asked := room.ChairsAction{ID: id(), RequestID: h.requestID, Why: urgentWhy}
	h.must(h.store.TakeChairsAction(t.Context(), h.chair, asked))
	h.meeting.ID = asked.ID
	h.do(h.chair, room.ConfirmDecision{ItemID: h.theItem(), Outcome: room.Provisional, Reasons: "Assessed need"})
	decision := h.between(h.chair).Decision.ID
	h.do(h.ann, room.EndorseDecision{DecisionID: decision, AgencyID: h.asc.ID, Agreed: true})
	h.do(h.hal, room.EndorseDecision{DecisionID: decision, AgencyID: h.health.ID, Agreed: true})
	record, checked := h.holds(t, urgentWhy, `"meeting_kind":"chairs_action"`, `"taken":"chairs_action"`, `"agency":"Health"`)
	if kinds := recordedAs(t, record.Decisions); checked.Kind != panels.ChairsAction || !slices.Equal(kinds, []string{"decision", "answer", "answer"}) || record.Events[0].Type != "chairs_action.open" {
		t.Errorf("%+v with %v", checked, kinds)
	}
}

// What ended without a decision is on the record as that: nobody may say afterwards that it was agreed.
func TestSealedRecordOfWhatEndedUndecided(t *testing.T) {
	t.Parallel()
	for how, ends := range map[room.HowEnded]func(*house){
		room.NoQuorum: (*house).closes,
		room.Stopped:  func(h *house) { h.do(h.chair, room.StopBetween{Reason: "Two more weeks were given"}) },
	} {
		t.Run(string(how), func(t *testing.T) {
			t.Parallel()
			h := setup(t)
			h.inWriting()
			ends(h)
			record, checked := h.holds(t, `"how":"`+string(how)+`"`)
			if kinds := recordedAs(t, record.Decisions); checked.Decisions != 0 || !slices.Equal(kinds, []string{"ending"}) || len(record.Meeting) != 1 {
				t.Errorf("the register: %v", kinds)
			}
		})
	}
}

// Items that were agreed together are each on the record, and none of them for whoever has left for it since.
func TestSealedRecordOfAConsentList(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.do(h.chair, room.PutOnConsentList{ItemID: h.request.ID, Reasons: "CANARY-REASONS"})
	h.do(h.chair, room.PutOnConsentList{ItemID: h.name.ID, Reasons: "Short breaks go on"})
	h.inSession(h.ann, h.hal)
	for name, who := range map[string]access.Actor{"Ann Bell": h.ann, "Hal Hart": h.hal} {
		h.do(who, room.AgreeToConsent{SeatID: h.seat[name], Agreed: true})
	}
	h.do(h.chair, room.DecideConsent{})
	h.do(h.chair, room.CloseMeeting{})
	record, checked := h.holds(t, "CANARY-REASONS", "Short breaks go on")
	if kinds := recordedAs(t, record.Decisions); checked.Decisions != 2 || !slices.Equal(kinds, []string{"decision", "decision"}) || record.Decisions[0].Event != record.Decisions[1].Event {
		t.Errorf("the register: %v", kinds)
	}
	for name, c := range map[string]struct {
		alter func(*room.SealedRecord)
		says  string
	}{
		"one changed": {func(r *room.SealedRecord) {
			r.Decisions[1].Record = json.RawMessage(strings.Replace(string(r.Decisions[1].Record), "CANARY", "Canary", 1))
		}, "was changed, or is not whole, or not in its order: the decision on item 2 and the decision on item 3."},
		"one gone":  {func(r *room.SealedRecord) { r.Decisions = r.Decisions[1:] }, "The decision on item 3 that event"},
		"swapped":   {func(r *room.SealedRecord) { slices.Reverse(r.Decisions) }, "not in its order"},
		"one again": {func(r *room.SealedRecord) { r.Decisions = append(r.Decisions, r.Decisions[1]) }, "The decision on item 3 was added"},
		"both gone": {func(r *room.SealedRecord) { r.Decisions = nil }, "(consent.decide) is missing."},
		"one removed": {func(r *room.SealedRecord) {
			r.Minutes, r.Decisions = append(r.Minutes, r.Decisions[1]), r.Decisions[:1]
		}, "was moved among the minutes"},
	} {
		altered := opened(t, h.export(h.clerk))
		c.alter(&altered)
		_, err := room.CheckSealedRecord(written(t, altered))
		var found room.Altered
		if !errors.As(err, &found) || !strings.Contains(found.What, c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}

	other := id() // the same young person, at another meeting
	h.owner(`insert into agenda_item (id, meeting_id, number, position, kind, case_id, minutes, created_at) values ($1, $2, '1', 1, 'case', $3, 5, now())`, other, h.next.ID, h.caseID)
	closed := h.meeting
	h.meeting = h.next
	h.do(h.clerk, room.DeclareInterest{ItemID: other, Kind: room.Family, Reason: "A niece"})
	h.meeting = closed
	file := h.export(h.clerk)
	checked, err := room.CheckSealedRecord(file)
	h.must(err)
	if checked.Decisions != 0 || strings.Contains(string(file), "CANARY-REASONS") || strings.Contains(string(file), "Short breaks") {
		t.Errorf("who has left since reads %d decisions", checked.Decisions)
	}
}

// A funder from outside, and somebody independent, are on the record by name and agency like anybody.
func TestSealedRecordOfAMeetingWithGuests(t *testing.T) {
	t.Parallel()
	h := setup(t)
	guest, from := h.guest()
	h.inSession(h.ann, h.eve, guest)
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
	h.do(guest, room.CastBallot{VoteID: vote, SeatID: from, Position: room.Consent})
	h.do(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Consent})
	h.do(h.chair, room.CloseVote{VoteID: vote})
	h.do(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Agreed, Reasons: "Assessed need"})
	h.do(h.chair, room.CloseMeeting{})
	_, err := h.store.MakeMinutesFinal(t.Context(), h.clerk, h.meeting.ID)
	h.must(err)
	record, checked := h.holds(t, `"for":"Wessel Council"`, `"by":"Gus Guest"`, `"agency":"Wessel Council"`)
	if checked.Decisions != 1 || checked.Minutes != 3 || !strings.Contains(string(record.Minutes[3].Record), "Gus Guest") {
		t.Errorf("checked: %+v", checked)
	}
}

// An agency that endorses after the meeting has closed adds to its record; what was noted stays in it.
func TestSealedRecordGrowsByAnEndorsement(t *testing.T) {
	t.Parallel()
	h := setup(t)
	d := h.provisional()
	h.do(h.chair, room.CloseMeeting{})
	before, _ := h.holds(t)
	h.do(h.hal, room.EndorseDecision{DecisionID: d.ID, AgencyID: h.health.ID, Agreed: true})
	after, _ := h.holds(t, `"by":"Hal Hart"`, `"need":"endorsement"`)
	if kinds := recordedAs(t, after.Decisions); !slices.Equal(kinds, []string{"decision", "answer"}) || after.Events[before.Count-1].Hash != before.Head || after.Count != before.Count+1 {
		t.Errorf("the register: %v", kinds)
	}
}
