package room_test

import (
	"strings"
	"testing"

	"quorate/agendas"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Two people editing one note: neither's words may be lost under the other's.
func TestWriteNote(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann)
	note := id()
	h.do(h.clerk, room.WriteNote{NoteID: note, ItemID: h.name.ID, Text: "Heard the school"})
	h.do(h.chair, room.WriteNote{NoteID: note, ItemID: h.name.ID, BaseVersion: 1, Text: "Heard the school and the family", ByForm: true})
	h.refused(h.clerk, room.WriteNote{NoteID: note, ItemID: h.name.ID, BaseVersion: 1, Text: "Heard nobody"}, fault.Stale,
		"Somebody changed this note after you opened it. Your words are still here: read theirs, then save again.")
	h.refused(h.clerk, room.WriteNote{NoteID: id(), ItemID: h.name.ID, Text: "A second note"}, fault.Stale,
		"Somebody changed this note after you opened it. Your words are still here: read theirs, then save again.")
	h.refused(h.clerk, room.WriteNote{NoteID: id(), ItemID: h.name.ID, Text: "  "}, fault.Invalid, "Enter the note")
	h.refused(h.ann, room.WriteNote{NoteID: id(), ItemID: h.name.ID, Text: "x"}, fault.Denied,
		"You do not have permission to record attendance, notes and actions here. Ask the forum’s clerk or your administrator.")
	notes := h.sees(h.clerk).Notes
	if len(notes) != 1 || notes[0].Version != 2 || notes[0].Text != "Heard the school and the family" || notes[0].Author != "Cleo Chair" {
		t.Errorf("notes: %+v", notes)
	}
	if n := h.count(`select count(*) from note_version`); n != 2 {
		t.Errorf("%d versions are kept, want 2", n)
	}
}

// An action without an owner, or one that comes back to nobody, is an action that is not done.
func TestActions(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann)
	due := clock.MustDate("2026-12-10")
	h.refused(h.clerk, room.RaiseAction{ItemID: &h.name.ID, DueOn: due, Text: "Chase the report"}, fault.Invalid, "Select who does it")
	h.refused(h.clerk, room.RaiseAction{OwnerID: h.ann.PersonID, DueOn: clock.MustDate("2026-11-25"), Text: "x"}, fault.Invalid, "The action must be due today or later")
	h.do(h.clerk, room.RaiseAction{ItemID: &h.name.ID, OwnerID: h.ann.PersonID, DueOn: due, Text: "Chase the report"})
	actions := h.sees(h.hal).Actions
	if len(actions) != 1 || actions[0].Owner != "Ann Bell" || actions[0].Agency != "Adult social care" || actions[0].Done {
		t.Fatalf("actions: %+v", actions)
	}
	if n := h.count(`select count(*) from due where kind = 'action' and due_on = ? and case_id = ? and done_at is null`, due, h.caseID); n != 1 {
		t.Error("the action comes back to no agenda")
	}
	h.refused(h.hal, room.CompleteAction{ActionID: actions[0].ID, Text: "x"}, fault.Denied,
		"You do not have permission to record attendance, notes and actions here. Ask the forum’s clerk or your administrator.")
	h.do(h.clerk, room.DeclareInterest{ItemID: h.name.ID, PersonID: h.chair.PersonID, Kind: room.Family, Reason: "A cousin"})
	h.refused(h.chair, room.CompleteAction{ActionID: actions[0].ID}, fault.Denied, "You have left for the item of this action, so somebody else must see to it.")
	h.do(h.chair, room.CloseMeeting{})
	h.refused(h.ann, room.CompleteAction{ActionID: actions[0].ID, Text: " "}, fault.Invalid, "Enter what was done")
	h.do(h.ann, room.CompleteAction{ActionID: actions[0].ID, Text: "Report is in"}) // its owner, after the meeting
	h.refused(h.clerk, room.CompleteAction{ActionID: actions[0].ID}, fault.Conflict, "This action is already done.")
	if n := h.count(`select count(*) from due where kind = 'action' and done_at is null`); n != 0 {
		t.Error("a done action still comes back")
	}
}

// Somebody is here, in person or not, and a deputy sits only while the holder is away.
func TestAttendance(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession()
	h.refused(h.ann, room.RecordAttendance{PersonID: h.hal.PersonID, Present: true}, fault.Denied,
		"You do not have permission to record attendance, notes and actions here. Ask the forum’s clerk or your administrator.")
	h.refused(h.clerk, room.RecordAttendance{PersonID: h.stranger.PersonID, Present: true}, fault.NotFound, "That person has no part in this meeting.")
	sitting := func(name string) bool {
		for _, person := range h.sees(h.ola).People {
			if person.Name == name {
				return person.Present && len(person.Seats) == 1 && person.Seats[0].Sitting
			}
		}
		t.Fatalf("%s is not listed", name)
		return false
	}
	h.do(h.clerk, room.RecordAttendance{PersonID: h.ben.PersonID, Present: true})
	if !sitting("Ben Dale") {
		t.Error("the deputy of an absent holder is not in the seat")
	}
	h.do(h.ann, room.RecordAttendance{Present: true, Remote: true})
	if !sitting("Ann Bell") || sitting("Ben Dale") {
		t.Error("the holder is here, so the seat is theirs")
	}
	h.do(h.ann, room.RecordAttendance{Present: false})
	if !sitting("Ben Dale") {
		t.Error("the holder left, so the deputy sits again")
	}
	h.do(h.pia, room.RecordAttendance{Present: true}) // a presenter, without a seat
	seat := h.seat["Hal Hart"]
	h.refused(h.ann, room.RecordAttendance{Present: true, SeatID: &seat}, fault.Denied, "Ann Bell neither holds that seat nor deputises for it.")
}

// A declaration stands until the chair takes it back with a reason; nobody takes back their own.
func TestInterests(t *testing.T) {
	t.Parallel()
	h := setup(t)
	// Before the meeting, too.
	h.refused(h.ann, room.DeclareInterest{ItemID: h.name.ID, Kind: "gossip", Reason: "x"}, fault.Invalid, "Select what kind of interest it is")
	h.do(h.ann, room.DeclareInterest{ItemID: h.name.ID, Kind: room.Personal, Reason: "A neighbour"})
	h.refused(h.ann, room.DeclareInterest{ItemID: h.name.ID, Kind: room.Personal, Reason: "A neighbour"}, fault.Conflict, "Ann Bell has already left for item 2.")
	h.do(h.clerk, room.DeclareInterest{ItemID: h.standing.ID, PersonID: h.chair.PersonID, Kind: room.Family, Reason: "A cousin"})
	mine := h.sees(h.chair).Me.Interests[0]
	h.refused(h.chair, room.WithdrawInterest{InterestID: mine.ID, Reason: "No longer"}, fault.Denied, "You cannot take back your own declaration. Ask the deputy chair.")
	anns := h.sees(h.ann).Me.Interests[0]
	h.refused(h.chair, room.WithdrawInterest{InterestID: anns.ID}, fault.Invalid, "Enter why the declaration was made in error")
	h.do(h.chair, room.WithdrawInterest{InterestID: anns.ID, Reason: "Another family of that name"})
	if me := h.sees(h.ann).Me; len(me.Interests) != 0 {
		t.Errorf("Ann still stands declared: %+v", me.Interests)
	}
	h.do(h.ann, room.DeclareInterest{ItemID: h.name.ID, Kind: room.Personal, Reason: "A neighbour after all"})
	h.do(h.clerk, room.DeclareInterest{ItemID: h.name.ID, PersonID: h.chair.PersonID, Kind: room.Family, Reason: "A cousin"})
	h.refused(h.chair, room.WithdrawInterest{InterestID: h.sees(h.ann).Me.Interests[0].ID, Reason: "I need her vote"}, fault.Denied,
		"You have left for this item too, so somebody else must take the declaration back.")
}

// An item taken off must not keep a mistaken declaration standing for ever: it closes the young person everywhere.
func TestWithdrawInterestInAnItemTakenOff(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.do(h.ann, room.DeclareInterest{ItemID: h.name.ID, Kind: room.Personal, Reason: "A neighbour"})
	mine := h.sees(h.ann).Me.Interests[0].ID
	h.owner(`update agenda_item set state = 'taken_off' where id = $1`, h.name.ID)
	h.do(h.chair, room.WithdrawInterest{InterestID: mine, Reason: "Another family of that name"})
	if left := h.state().Table.Left(h.ann.PersonID, h.request.ID); left {
		t.Error("Ann is still away from the young person")
	}
}

// Somebody who left for a young person must not read of them, or vote on them, in the next line of the
// agenda or at another meeting.
func TestAnInterestReachesEveryItemOfThatYoungPerson(t *testing.T) {
	t.Parallel()
	h := setup(t)
	again := agendas.Item{ID: id(), MeetingID: h.next.ID, Number: "4", Position: 1, Kind: agendas.CaseItem, CaseID: &h.caseID, Minutes: 20,
		State: agendas.Listed, CreatedAt: h.clock.Now(), Version: 1, Reasons: []agendas.Reason{}}
	h.must(h.store.DB.Write(t.Context(), access.System("test"), func(tx db.Tx) error { return tx.Create(&again).Error }))
	h.inSession(h.ann, h.hal)
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
	h.consent(vote)
	h.do(h.hal, room.DeclareInterest{ItemID: h.name.ID, Kind: room.Family, Reason: "A nephew"})

	if shown := h.shows(h.hal); strings.Contains(shown, "Canary") || strings.Contains(shown, "CANARY-NEED") {
		t.Error("the other item still shows the young person")
	}
	h.refused(h.hal, room.CastBallot{VoteID: vote, SeatID: h.seat["Hal Hart"], Position: room.Consent}, fault.Denied, "You have left for item 3, so you cannot vote on it.")
	h.do(h.chair, room.CloseVote{VoteID: vote})
	if view := h.sees(h.chair); view.Vote.Carried || len(view.Item.Interests) != 1 {
		t.Errorf("carried: %v, with the interests %+v", view.Vote.Carried, view.Item.Interests)
	}
	view, err := h.store.Room(t.Context(), h.hal, h.next.ID)
	h.must(err)
	if line := view.Items[0]; line.Title != "" || line.Hidden != "You have left for this item" {
		t.Errorf("at the next meeting: %+v", line)
	}
	h.must(h.store.DB.Read(t.Context(), h.hal, func(tx db.Tx) error {
		withheld, err := room.WithheldItems(tx, h.next.ID)
		if withheld[again.ID] == "" {
			t.Error("the next agenda shows the young person")
		}
		return err
	}))
}

// A walk down the names: what is said changes the case at once, and the case remembers which meeting said it.
func TestListMode(t *testing.T) {
	t.Parallel()
	h := setup(t, func(terms *panels.Terms) { terms.ListMode, terms.VotingMethod = true, panels.Spoken })
	h.inSession(h.ann)
	h.do(h.chair, room.OpenItem{ItemID: h.standing.ID})
	worker, rag, step := "Jo Marsh", "Amber", "Assessment booked"
	h.refused(h.ann, room.UpdateList{ItemID: h.name.ID, Discussed: true}, fault.Denied,
		"You do not have permission to record attendance, notes and actions here. Ask the forum’s clerk or your administrator.")
	bad := "Purple"
	h.refused(h.clerk, room.UpdateList{ItemID: h.name.ID, RAG: &bad}, fault.Invalid, "Select red, amber, green or not rated")
	h.refused(h.clerk, room.UpdateList{ItemID: h.name.ID, Worker: &worker, Refer: &room.ReferTo{ForumID: h.other.ID}}, fault.Invalid, "Enter why it is referred")
	h.do(h.clerk, room.UpdateList{
		ItemID: h.name.ID, Worker: &worker, RAG: &rag, NextStep: &step, Discussed: true, Next: true,
		Action: &room.RaiseAction{OwnerID: h.ann.PersonID, DueOn: clock.MustDate("2026-12-10"), Text: "Book the visit"},
		Refer:  &room.ReferTo{ForumID: h.other.ID, Reason: "Placement over £50,000 a year"},
	})
	rows := h.sees(h.ola).List
	if len(rows) != 1 {
		t.Fatalf("rows: %+v", rows)
	}
	row := rows[0]
	if row.Name != "Noor Canary" || row.Worker != worker || row.RAG != rag || row.NextStep != step || !row.Discussed || row.Actions != 1 || row.Referred[0] != "Joint solutions panel" {
		t.Errorf("row: %+v", row)
	}
	if n := h.count(`select count(*) from case_history where meeting_id = ? and changes = '{"rag": [null, "Amber"], "allocated_worker": [null, "Jo Marsh"]}'`, h.meeting.ID); n != 1 {
		t.Error("the case does not remember what the meeting said")
	}
	if n := h.count(`select version from cases where allocated_worker = 'Jo Marsh'`); n != 2 {
		t.Error("the case did not move to its next version")
	}
	if n := h.count(`select count(*) from due where forum_id = ? and kind = 'referred' and text = 'Referred by MAPaC on 26 November 2026: Placement over £50,000 a year'`, h.other.ID); n != 1 {
		t.Error("the panel does not hear of the referral")
	}
	h.do(h.clerk, room.UpdateList{ItemID: h.name.ID, Worker: &worker}) // nothing new
	if n := h.count(`select count(*) from case_history`); n != 1 {
		t.Error("saying the same again made history")
	}
	h.refused(h.clerk, room.UpdateList{ItemID: h.standing.ID, Discussed: true}, fault.Conflict, "Item 1 is not about a young person.")
}

// After a merge the chair must still see who has left, whichever of the two cases they declared under.
func TestAnInterestIsListedUnderEitherCaseOfAMerge(t *testing.T) {
	t.Parallel()
	h := setup(t)
	merged := id()
	h.owner(`insert into cases (id, alias, person_reference, forename, surname, date_of_birth, merged_into, created_at, updated_at) values ($1, 'Gull-1', 'MERGED-REF', 'Noor', 'Canary', '2009-03-04', $2, now(), now())`, merged, h.caseID)
	h.owner(`update agenda_item set case_id = $1 where id = $2`, merged, h.name.ID)
	h.do(h.hal, room.DeclareInterest{ItemID: h.name.ID, Kind: room.Family, Reason: "A nephew"})
	h.inSession(h.ann, h.hal)
	h.do(h.chair, room.OpenItem{ItemID: h.request.ID})
	if listed := h.sees(h.chair).Item.Interests; len(listed) != 1 {
		t.Errorf("the chair sees %+v", listed)
	}
}
