package room_test

import (
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"quorate/agendas"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
)

// betweenSteps is what is done where nobody meets: somebody says that they have read it, the time comes, or
// the chair takes it to the meeting instead.
func (w *walk) betweenSteps(*rapid.T) {
	if !w.apart() || !w.running {
		w.rt.Skip("nothing is decided between meetings")
	}
	switch rapid.IntRange(0, 11).Draw(w.rt, "what") {
	case 0, 2:
		w.try(w.by(w.chair), room.StopBetween{Reason: "Two more weeks were given"})
	case 1:
		w.timeComes()
	default:
		w.try(w.by(w.eve, w.ann, w.hal), room.RecordAttendance{Present: true})
	}
}

// timeComes closes a vote by correspondence, which nobody asks for.
func (w *walk) timeComes() {
	p := w.open()
	if p == nil {
		w.rt.Skip("no vote is open")
	}
	w.house.closes()
	w.rt.Logf("the time of the vote comes")
	w.ends(p)
	if !p.quorate {
		w.running = false // it goes to the next meeting
	}
	w.look()
}

// nextMeeting turns to the forum's next meeting once this one is over: minutes to approve, actions to come back
// to, what was decided between meetings to ratify, and what was left.
func (w *walk) nextMeeting(*rapid.T) {
	if w.wentOn {
		w.followsUp()
		return
	}
	switch {
	case w.running && rapid.IntRange(0, 9).Draw(w.rt, "over") > 0, w.state.Meeting.Status == panels.Scheduled:
		w.rt.Skip("this one goes on")
	case w.state.Meeting.Status != panels.Closed && !w.isOver():
		return
	}
	w.isSealed()
	w.goesOn()
}

// isOver brings the meeting to its end, as far as those may who are there.
func (w *walk) isOver() bool {
	if p := w.open(); p != nil && w.apart() {
		w.timeComes()
	} else if p != nil {
		w.try(w.inTheChair(), room.CloseVote{VoteID: p.id})
	}
	if w.apart() {
		w.try(w.inTheChair(), room.StopBetween{Reason: "Two more weeks were given"})
	} else {
		w.try(w.inTheChair(), room.CloseMeeting{})
	}
	return w.state.Meeting.Status == panels.Closed
}

func (w *walk) goesOn() {
	w.owner(`update meeting set agenda_version = 0 where id = $1`, w.next.ID)
	store := agendas.Store{DB: w.store.DB}
	_, err := store.BuildAgenda(w.house.t.Context(), w.clerk, w.next.ID)
	w.must(err)
	_, err = store.PublishAgenda(w.house.t.Context(), w.clerk, w.next.ID)
	w.must(err)
	if begins := w.next.StartsAt.Add(time.Minute); w.clock.Now().Before(begins) {
		w.clock.Set(begins)
	}
	w.meeting, w.wentOn = w.next, true
	w.kind, w.running, w.acting, w.list, w.lastDone = panels.Held, false, uuid.Nil, nil, room.Command{}
	clear(w.here)
	clear(w.listed)
	clear(w.screens)
	w.agenda()
	w.rt.Logf("the next meeting has %d items", len(w.lines))
	for _, l := range w.lines {
		if l.CaseID != nil && *l.CaseID == w.caseID {
			w.matter = l.ID
		}
	}
	w.state = w.house.state()
	w.look()
	w.try(w.chair, room.StartMeeting{})
	for _, who := range []access.Actor{w.ann, w.hal} {
		if w.often("comes") {
			w.try(who, room.RecordAttendance{Present: true})
		}
	}
	w.followsUp()
}

// followsUp approves the minutes of the meeting before, or ratifies what was decided between the two.
func (w *walk) followsUp() {
	for _, l := range w.lines {
		if l.RatifiesID == nil && l.Kind != agendas.StandingItem {
			continue
		}
		if open, _ := w.opened(); open != l.ID && w.often("opened") {
			w.try(w.inTheChair(), room.OpenItem{ItemID: l.ID})
		}
		if l.RatifiesID != nil {
			w.try(w.by(w.inTheChair()), room.RatifyDecision{ItemID: l.ID, DecisionID: *l.RatifiesID, Ratified: rapid.Bool().Draw(w.rt, "ratified"), Reason: "It could have waited"})
			continue
		}
		corrections := rapid.SampledFrom([]string{"", "Sam Reed sent apologies"}).Draw(w.rt, "corrections")
		for _, earlier := range w.state.Earlier {
			w.try(w.by(w.inTheChair()), room.ApproveMinutes{ItemID: l.ID, MinutesOf: earlier.MeetingID, Corrections: corrections})
		}
	}
}

// finishes ends the last meeting: its log is whole, and so is its sealed record.
func (w *walk) finishes() {
	if w.state.Meeting.Status == panels.Scheduled {
		w.try(w.chair, room.StartMeeting{})
	}
	if w.state.Meeting.Status == panels.Closed || w.isOver() {
		w.isSealed()
	}
	w.holds(nil)
}

// isSealed checks the log of a meeting that is over and the record that its clerk and chair may take.
func (w *walk) isSealed() {
	if n := int64(len(w.verify())); n != w.state.Seq() {
		w.rt.Fatalf("the meeting stands at %d and has %d events", w.state.Seq(), n)
	}
	if !w.apart() && len(w.awaiting()) == 0 {
		if _, err := w.store.MakeMinutesFinal(w.house.t.Context(), w.clerk, w.meeting.ID); err != nil {
			w.rt.Fatalf("the minutes cannot be made final: %v", err)
		}
		w.state = w.house.state()
	}
	for _, reader := range []access.Actor{w.clerk, w.chair} {
		checked, err := room.CheckSealedRecord(w.export(reader))
		if err != nil {
			w.rt.Fatalf("the sealed record does not hold: %v", err)
		}
		want := 0
		for _, d := range rowsOf[decisionRow](w, `select id, item_id from decision where meeting_id = ?`, w.meeting.ID) {
			if !w.left(reader.PersonID, d.ItemID) {
				want++
			}
		}
		if checked.Decisions != want || checked.Events != len(w.verify()) {
			w.rt.Fatalf("%s has %d decisions and %d events in the record, want %d and %d", reader.Name, checked.Decisions, checked.Events, want, w.state.Seq())
		}
	}
}
