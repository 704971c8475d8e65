package room

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/panels"
	"quorate/server/base/clock"
)

// NextKind is what the chair's one big button does.
type NextKind string

// The kinds of next step.
const (
	NextNothing   NextKind = "none"
	NextPublish   NextKind = "publish"    // the agenda, which is not out yet
	NextStart     NextKind = "start"      // the meeting, for the first time or again
	NextAttend    NextKind = "attend"     // record who is here
	NextResume    NextKind = "resume"     // after a pause
	NextOpen      NextKind = "open"       // an item
	NextStage     NextKind = "stage"      // of the open item
	NextPropose   NextKind = "propose"    // put it to the vote
	NextCloseVote NextKind = "close_vote" // whoever has voted
	NextDecide    NextKind = "decide"     // check and confirm
	NextHand      NextKind = "hand"       // the chair to somebody else, for an item the chair has left
	NextClose     NextKind = "close"      // the meeting
)

// NextView is the chair's one next step, in words.
type NextView struct {
	Kind    NextKind   `json:"kind"`
	Label   string     `json:"label"`   // what the button says; "" for none
	Words   string     `json:"words"`   // beside it: what it means, or why there is none
	ItemID  *uuid.UUID `json:"item_id"` // open, stage
	Stage   Stage      `json:"stage"`
	VoteID  *uuid.UUID `json:"vote_id"`
	Missing int        `json:"missing"` // positions, when the vote is closed now
}

// Next is the chair's one next step: whatever has happened, there is one clear thing to do, and it says
// what it will do. The other things a chair may do stand beside it on the page.
func Next(s State, v Viewer) NextView {
	m := s.Meeting
	switch {
	case m.Status == panels.Cancelled:
		return NextView{Words: "This meeting was cancelled.", Kind: NextNothing}
	case m.Status == panels.Closed:
		return NextView{Words: "The meeting has closed.", Kind: NextNothing}
	case m.AgendaVersion == 0:
		return NextView{Kind: NextPublish, Label: "Publish the agenda", Words: "A meeting only decides what its members could read."}
	case m.Status == panels.Adjourned && s.Now.Before(m.On().Start()):
		return NextView{Kind: NextNothing, Words: "The meeting is adjourned until " + clock.Moment(m.StartsAt) + "."}
	case m.Status == panels.Adjourned:
		return NextView{Kind: NextStart, Label: "Start the meeting again"}
	case m.Status != panels.InSession:
		return NextView{Kind: NextStart, Label: "Start the meeting"}
	case m.PausedAt != nil:
		return NextView{Kind: NextResume, Label: "Go on with the meeting", Words: s.pauseWords()}
	}
	open, isOpen := s.open()
	if isOpen {
		if next, found := s.nextOn(open, v); found {
			return next
		}
	} else if !s.anybodyHere() {
		return NextView{Kind: NextAttend, Label: "Record who is here", Words: "Nobody is recorded as here yet."}
	}
	if item, found := s.nextItem(); found {
		title := projector{s, v}.line(item).Title
		return NextView{Kind: NextOpen, ItemID: &item.ID, Label: fmt.Sprintf("Open item %s: %s", cmp.Or(item.Number, "–"), cmp.Or(title, "hidden from you"))}
	}
	if isOpen {
		if waiting, found := s.awaiting(open.ID); found {
			return NextView{Kind: NextNothing, Words: fmt.Sprintf("The decision on item %s waits for %s.", open.Number, s.AwaitingView(waiting).WaitsFor)}
		}
	}
	return NextView{Kind: NextClose, Label: "Close the meeting", Words: s.unfinished()}
}

// nextOn is the next step on the open item; false when it is done with.
func (s State) nextOn(item Item, v Viewer) (NextView, bool) {
	runs := s.runs(item.ID)
	voting := len(runs) > 0 && runs[len(runs)-1].IsOpen()
	if s.Table.Left(v.PersonID, item.ID) || s.Table.MaySpeakOnly(v.PersonID, item.ID) {
		if len(s.handTo()) == 0 && !voting {
			return NextView{}, false
		}
		return NextView{Kind: NextHand, Label: "Hand over the chair", Words: "Because of an interest, somebody else must chair item " + item.Number + "."}, true
	}
	if voting {
		return s.closeVote(runs[len(runs)-1]), true
	}
	_, decided := s.decision(item.ID)
	_, waits := s.awaiting(item.ID)
	if decided || waits || !s.decides(item) {
		return NextView{}, false
	}
	funding := item.Kind == agendas.RequestItem
	switch {
	case (len(runs) > 0 || item.Stage == Deliberation) && item.asks() != nil:
		return NextView{Kind: NextDecide, Label: "Check and confirm the board’s answer"}, true
	case len(runs) > 0 || item.Stage == Deliberation && !funding:
		return NextView{Kind: NextDecide, Label: "Check and confirm the decision"}, true
	case item.Stage == Presenting:
		return NextView{Kind: NextStage, ItemID: &item.ID, Stage: Questions, Label: "Move to questions"}, true
	case item.Stage == Questions:
		next := NextView{Kind: NextStage, ItemID: &item.ID, Stage: Deliberation, Label: "Move to deliberation"}
		if s.Terms.PrivateDeliberation {
			next.Words = "In private: presenters and observers are out until it is over."
		}
		return next, true
	}
	next := NextView{Kind: NextPropose, Label: "Open the vote"}
	if s.Terms.VotingMethod == panels.Spoken {
		next.Label = "State the outcome"
	}
	if quorum := QuorumFor(s.Table, s.Terms, item.ID, s.funders(item)); !quorum.Met {
		next.Words = quorum.Words() + "."
	}
	return next, true
}

// decides reports whether the room is to decide an item: not one that is only heard, nor one of a walk down
// a list, nor what a board has answered elsewhere.
func (s State) decides(item Item) bool {
	switch item.Kind {
	case agendas.RequestItem:
		return true
	case agendas.CaseItem:
		return !s.Terms.ListMode
	case agendas.EscalationItem:
		return s.Asked[item.ID].Waiting
	}
	return false
}

func (s State) closeVote(vote Vote) NextView {
	voters := vote.asked(s.Table, payers(vote.split(), s.Agencies))
	next := NextView{Kind: NextCloseVote, VoteID: &vote.ID, Label: "Close the vote"}
	for _, voter := range voters {
		if _, given := vote.standing(voter.For); !given {
			next.Missing++
		}
	}
	spoken := vote.Method == panels.Spoken
	switch missing := counted(next.Missing, "position", "positions") + " missing"; {
	case spoken && next.Missing > 0:
		next.Label = "Go on with " + missing
	case spoken:
		next.Label = "The positions are complete"
	case next.Missing > 0:
		next.Label += " with " + missing
	}
	return next
}

// anybodyHere reports whether somebody is recorded as here, or an item was opened without that.
func (s State) anybodyHere() bool {
	for _, here := range s.Table.Here {
		if here.Present {
			return true
		}
	}
	return slices.ContainsFunc(s.Items, func(item Item) bool { return item.Progress == Done })
}

// nextItem is the item to turn to: the first that waits after the open one, else the first that waits.
func (s State) nextItem() (Item, bool) {
	waits := func(item Item) bool { return item.Progress == Waiting && item.State == agendas.Listed }
	at := slices.IndexFunc(s.Items, func(item Item) bool { return item.Progress == Open })
	if i := slices.IndexFunc(s.Items[at+1:], waits); i >= 0 {
		return s.Items[at+1+i], true
	}
	if i := slices.IndexFunc(s.Items, waits); i >= 0 {
		return s.Items[i], true
	}
	return Item{}, false
}

// unfinished is what a chair who closes the meeting leaves behind.
func (s State) unfinished() string {
	var passed, undecided []string
	for _, item := range s.Items {
		_, decided := s.decision(item.ID)
		_, waits := s.awaiting(item.ID)
		switch {
		case item.State != agendas.Listed:
		case item.Progress == PassedOver:
			passed = append(passed, item.Number)
		case (item.Kind == agendas.RequestItem || item.asks() != nil && s.decides(item)) && !decided && !waits:
			undecided = append(undecided, item.Number)
		}
	}
	var words []string
	if len(passed) > 0 {
		words = append(words, "Passed over: item "+join(passed)+".")
	}
	if len(undecided) > 0 {
		words = append(words, "Not decided: item "+join(undecided)+". It comes to the next agenda.")
	}
	return strings.Join(words, " ")
}

// pauseWords is "Paused since 10:40am. Back at 11am."
func (s State) pauseWords() string {
	if s.Meeting.PausedAt == nil {
		return ""
	}
	words := "Paused since " + clock.Time(*s.Meeting.PausedAt)
	if s.Meeting.PausedText != "" {
		words += ": " + s.Meeting.PausedText
	}
	return words
}
