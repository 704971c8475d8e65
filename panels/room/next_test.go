package room_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
)

// A chair who does not see what comes next loses the room.
func TestNext(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, clock.London)
	chair, deputy, member := id(), id(), id()
	agency := panels.Agency{ID: id(), Name: "Health", Funder: true}
	place := func(office access.Office, standing access.Standing, agency panels.Agency, people ...uuid.UUID) room.Place {
		p := room.Place{Seat: panels.Seat{ID: id(), Name: string(office), Office: office, Standing: standing}, Agency: agency}
		for order, person := range people {
			p.Fills = append(p.Fills, room.Sitter{PersonID: person, Name: string(office), DeputyOrder: order})
		}
		return p
	}
	item := func(number string, kind agendas.ItemKind, progress room.Progress) room.Item {
		return room.Item{Item: agendas.Item{ID: id(), Number: number, Title: "Title " + number, Kind: kind, State: agendas.Listed}, Progress: progress, Stage: room.Presenting}
	}
	begin := func() room.State {
		return room.State{
			Now:     now,
			Meeting: panels.Meeting{Status: panels.InSession, AgendaVersion: 1, StartsAt: now, EndsAt: now.Add(time.Hour)},
			Terms:   panels.Terms{QuorumMembers: 1, PrivateDeliberation: true},
			Table: room.Table{
				Places: []room.Place{place(access.Chair, access.InAttendance, panels.Agency{}, chair), place(access.DeputyChair, access.InAttendance, panels.Agency{}, deputy), place(access.Member, access.Deciding, agency, member)},
				Here:   map[uuid.UUID]room.Attendance{chair: {PersonID: chair, Present: true}, deputy: {PersonID: deputy, Present: true}, member: {PersonID: member, Present: true}},
			},
			Agencies: []panels.Agency{agency},
			Items:    []room.Item{item("1", agendas.StandingItem, room.Waiting), item("2", agendas.RequestItem, room.Waiting), item("3", agendas.CaseItem, room.Waiting)},
		}
	}
	progress := func(states ...room.Progress) func(*room.State) {
		return func(s *room.State) {
			for i, p := range states {
				s.Items[i].Progress = p
			}
		}
	}
	stage := func(of int, at room.Stage) func(*room.State) {
		return func(s *room.State) { s.Items[of].Progress, s.Items[of].Stage = room.Open, at }
	}
	vote := func(of int, closed bool, ballots ...room.Ballot) func(*room.State) {
		return func(s *room.State) {
			v := room.Vote{ID: id(), ItemID: s.Items[of].ID, Run: 1, Rule: panels.FunderConsent, Shares: []room.VoteShare{{AgencyID: agency.ID, WeeklyPence: 1}}, Ballots: ballots}
			if closed {
				v.ClosedAt = &now
			}
			s.Votes = []room.Vote{v}
		}
	}
	aloud := func(s *room.State) {
		s.Terms.VotingMethod = panels.Spoken
		for i := range s.Votes {
			s.Votes[i].Method = panels.Spoken
		}
	}
	decided := func(of int) func(*room.State) {
		return func(s *room.State) { s.Decisions = []room.Decision{{ItemID: s.Items[of].ID}} }
	}
	for name, c := range map[string]struct {
		change []func(*room.State)
		kind   room.NextKind
		label  string
		words  string
	}{
		"NothingWithoutAnAgenda": {[]func(*room.State){func(s *room.State) { s.Meeting.Status, s.Meeting.AgendaVersion = panels.Scheduled, 0 }},
			room.NextPublish, "Publish the agenda", "A meeting only decides what its members could read."},
		"Start":            {[]func(*room.State){func(s *room.State) { s.Meeting.Status = panels.Scheduled }}, room.NextStart, "Start the meeting", ""},
		"RecordWhoIsHere":  {[]func(*room.State){func(s *room.State) { s.Table.Here = nil }}, room.NextAttend, "Record who is here", "Nobody is recorded as here yet."},
		"NotAskedOnceGone": {[]func(*room.State){func(s *room.State) { s.Table.Here = nil }, progress(room.Done)}, room.NextOpen, "Open item 2: Title 2", ""},
		"OpenTheFirst":     {nil, room.NextOpen, "Open item 1: Title 1", ""},
		"GoOnAfterTheOpen": {[]func(*room.State){progress(room.Open)}, room.NextOpen, "Open item 2: Title 2", ""},
		"BackToWhatWasLeft": {[]func(*room.State){progress(room.Waiting, room.Done, room.Done)},
			room.NextOpen, "Open item 1: Title 1", ""},
		"SkipWhatWasTakenOff":  {[]func(*room.State){func(s *room.State) { s.Items[0].State = agendas.TakenOff }}, room.NextOpen, "Open item 2: Title 2", ""},
		"Questions":            {[]func(*room.State){stage(1, room.Presenting)}, room.NextStage, "Move to questions", ""},
		"Deliberation":         {[]func(*room.State){stage(1, room.Questions)}, room.NextStage, "Move to deliberation", "In private: presenters and observers are out until it is over."},
		"DeliberationInPublic": {[]func(*room.State){stage(1, room.Questions), func(s *room.State) { s.Terms.PrivateDeliberation = false }}, room.NextStage, "Move to deliberation", ""},
		"OpenTheVote":          {[]func(*room.State){stage(1, room.Deliberation)}, room.NextPropose, "Open the vote", ""},
		"OpenItAllTheSame": {[]func(*room.State){stage(1, room.Deliberation), func(s *room.State) { delete(s.Table.Here, member) }},
			room.NextPropose, "Open the vote", "Not quorate: 1 more member is needed."},
		"CloseWithOneMissing": {[]func(*room.State){stage(1, room.Deliberation), vote(1, false)}, room.NextCloseVote, "Close the vote with 1 position missing", ""},
		"CloseTheVote":        {[]func(*room.State){stage(1, room.Deliberation), vote(1, false, room.Ballot{VotesFor: agency.ID})}, room.NextCloseVote, "Close the vote", ""},
		"AVoteAtAnyStage":     {[]func(*room.State){stage(1, room.Presenting), vote(1, false)}, room.NextCloseVote, "Close the vote with 1 position missing", ""},
		"StateTheOutcome":     {[]func(*room.State){stage(1, room.Deliberation), aloud}, room.NextPropose, "State the outcome", ""},
		"GoOnWithOneMissing":  {[]func(*room.State){stage(1, room.Deliberation), vote(1, false), aloud}, room.NextCloseVote, "Go on with 1 position missing", ""},
		"PositionsComplete":   {[]func(*room.State){stage(1, room.Deliberation), vote(1, false, room.Ballot{VotesFor: agency.ID}), aloud}, room.NextCloseVote, "The positions are complete", ""},
		"CheckAndConfirm":     {[]func(*room.State){stage(1, room.Deliberation), vote(1, true)}, room.NextDecide, "Check and confirm the decision", ""},
		"NextWhenDecided":     {[]func(*room.State){stage(1, room.Deliberation), vote(1, true), decided(1), progress(room.Done)}, room.NextOpen, "Open item 3: Title 3", ""},
		"ACaseIsDecidedToo":   {[]func(*room.State){stage(2, room.Deliberation)}, room.NextDecide, "Check and confirm the decision", ""},
		"NotInAWalkDownNames": {[]func(*room.State){stage(2, room.Presenting), func(s *room.State) { s.Terms.ListMode = true }}, room.NextOpen, "Open item 1: Title 1", ""},
		"HandOverWhatTheyLeft": {[]func(*room.State){stage(1, room.Presenting), func(s *room.State) {
			s.Table.Absences = []room.Absence{{PersonID: chair, ItemID: s.Items[1].ID}}
		}}, room.NextHand, "Hand over the chair", "Because of an interest, somebody else must chair item 2."},
		"GoOnWhenNobodyCanTakeIt": {[]func(*room.State){stage(1, room.Presenting), func(s *room.State) {
			s.Table.Absences = []room.Absence{{PersonID: chair, ItemID: s.Items[1].ID}}
			delete(s.Table.Here, deputy)
		}}, room.NextOpen, "Open item 3: Title 3", ""},
		"Resume": {[]func(*room.State){stage(1, room.Presenting), func(s *room.State) { s.Meeting.PausedAt, s.Meeting.PausedText = &now, "Back at 11am" }},
			room.NextResume, "Go on with the meeting", "Paused since 10am: Back at 11am"},
		"CloseTheMeeting": {[]func(*room.State){progress(room.Done, room.Done, room.PassedOver), decided(1)}, room.NextClose, "Close the meeting", "Passed over: item 3."},
		"CloseUndecided":  {[]func(*room.State){progress(room.Done, room.Done, room.Done)}, room.NextClose, "Close the meeting", "Not decided: item 2. It comes to the next agenda."},
		"Reconvene":       {[]func(*room.State){func(s *room.State) { s.Meeting.Status = panels.Adjourned }}, room.NextStart, "Start the meeting again", ""},
		"NotBeforeItsDay": {[]func(*room.State){func(s *room.State) { s.Meeting.Status, s.Meeting.StartsAt = panels.Adjourned, now.AddDate(0, 0, 2) }},
			room.NextNothing, "", "The meeting is adjourned until Thursday 26 November 2026, 10am."},
		"Over":      {[]func(*room.State){func(s *room.State) { s.Meeting.Status = panels.Closed }}, room.NextNothing, "", "The meeting has closed."},
		"Cancelled": {[]func(*room.State){func(s *room.State) { s.Meeting.Status = panels.Cancelled }}, room.NextNothing, "", "This meeting was cancelled."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			state := begin()
			for _, change := range c.change {
				change(&state)
			}
			next := room.Next(state, room.Viewer{PersonID: chair, Chair: true, AtTable: true, InChair: true})
			if next.Kind != c.kind || next.Label != c.label || next.Words != c.words {
				t.Errorf("got %s %q %q\nwant %s %q %q", next.Kind, next.Label, next.Words, c.kind, c.label, c.words)
			}
		})
	}
}
