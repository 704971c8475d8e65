package room

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// The kinds of notice the room sends. Each is written when it is sent, and names a meeting and an item
// number at most.
const (
	NoticeVoteOpen notify.Kind = "vote_open"         // to whoever would give a position and is not here
	NoticeDecision notify.Kind = "decision_recorded" // to whoever brought the item, and its guests who are to pay
	NoticeAwaiting notify.Kind = "decision_awaiting" // to the chair who has still to confirm

	NoticeAuthoriser notify.Kind = "authoriser_needed" // to the officer of a funder whose members have all left for an item

	NoticeActionsDue notify.Kind = "actions_due" // to who has them to do
)

// RegisterNotices tells the post who writes them.
func RegisterNotices(post *notify.Store) {
	post.Register(NoticeVoteOpen, notify.Nature{Group: notify.Votes, Words: "A vote is open and your agency’s position is missing", Urgent: true, Fixed: "Your position is needed while the vote is open."}, writeVoteOpen)
	post.Register(NoticeDecision, notify.Nature{Group: notify.Votes, Words: "The outcome of an item you brought or joined is recorded"}, writeDecisionRecorded)
	post.Register(NoticeAwaiting, notify.Nature{Group: notify.Votes, Words: "A decision waits for you to confirm it as chair", Fixed: "It binds nobody until you confirm it."}, writeDecisionAwaiting)
	post.Register(NoticeAuthoriser, notify.Nature{Group: notify.Votes, Words: "Your agency needs an independent authoriser", Urgent: true, Fixed: "Only you can name one, and the meeting may be waiting."}, writeAuthoriserNeeded)
	registerMinutesNotices(post)
	registerPositions(post)
	post.Register(NoticeActionsDue, notify.Nature{Group: notify.Actions, Words: "Your actions are due soon, due today or overdue"}, writeActionsDue)
	registerBinding(post)
	registerBetween(post)
}

// DecisionConfirmed is the event that a decision about a case is on the record.
type DecisionConfirmed struct {
	CaseID uuid.UUID `json:"case_id"`
}

// Kind names the event for good.
func (DecisionConfirmed) Kind() string { return "decision.confirmed" }

// DecisionBound is the event that a decision binds from now on: at once, or when it was endorsed or
// authorised. What follows from a decision follows from this.
type DecisionBound struct {
	DecisionID uuid.UUID `json:"decision_id"`
}

// Kind names the event for good.
func (DecisionBound) Kind() string { return "decision.bound" }

// DecisionCorrected is the event that a correction stands beside a decision. Whoever was told in writing
// what was decided is told anew.
type DecisionCorrected struct {
	DecisionID   uuid.UUID `json:"decision_id"`
	CorrectionID uuid.UUID `json:"correction_id"`
}

// Kind names the event for good.
func (DecisionCorrected) Kind() string { return "decision.corrected" }

// tellOfVote tells the holders of deciding seats that nobody here fills, so that they may still come.
// Those who left for the item hear nothing of it.
func (s *sitting) tellOfVote(vote Vote, funders []panels.Agency) error {
	told := map[uuid.UUID]bool{}
	for _, place := range s.table.speaking(vote.ItemID) {
		if place.Guest && len(funders) == 0 {
			continue
		}
		asked := len(funders) == 0 || slices.ContainsFunc(funders, func(f panels.Agency) bool { return s.table.speaksFor(place, f) })
		_, taken := s.table.Sitting(place, vote.ItemID)
		if !asked || taken || len(place.Fills) == 0 {
			continue
		}
		holder := place.Fills[0]
		if holder.DeputyOrder != 0 || told[holder.PersonID] || s.table.Left(holder.PersonID, vote.ItemID) || s.table.MaySpeakOnly(holder.PersonID, vote.ItemID) || s.table.Present(holder.PersonID) {
			continue
		}
		told[holder.PersonID] = true
		if err := notify.Send(s.Tx, notify.Notice{Kind: NoticeVoteOpen, IDs: notify.IDs{"vote": vote.ID}, To: holder.PersonID}); err != nil {
			return err
		}
	}
	return nil
}

// tellOfDecision tells those who brought the item that its outcome is recorded, and announces it.
func (s *sitting) tellOfDecision(d Decision) error {
	var people []uuid.UUID
	err := s.Raw(`
		select presenter_id from agenda_item where id = @item and presenter_id is not null
		union select submitted_by from funding_request where id = @request
		union select g.person_id from meeting_guest g join decision_share x on x.agency_id = g.agency_id and x.decision_id = @decision
			where g.item_id = @item and g.ended_at is null and x.weekly_pence + x.one_off_pence > 0
			and not exists (select from left_item n where n.item_id = g.item_id and n.person_id = g.person_id)`,
		map[string]any{"item": d.ItemID, "request": d.RequestID, "decision": d.ID}).Scan(&people).Error
	if err != nil {
		return err
	}
	for _, person := range people {
		if err := notify.Send(s.Tx, notify.Notice{Kind: NoticeDecision, IDs: notify.IDs{"decision": d.ID}, To: person}); err != nil {
			return err
		}
	}
	if d.CaseID == nil {
		return nil
	}
	return s.Enqueue(db.Job{Args: DecisionConfirmed{CaseID: *d.CaseID}})
}

// itemFacts are all a message may know of an item.
type itemFacts struct {
	MeetingID uuid.UUID
	Forum     string
	Number    string
	StartsAt  time.Time
	ClosedAt  *time.Time
	RequestID *uuid.UUID
	Guest     bool // the reader joined the item as a guest
}

func (f itemFacts) item() string {
	if f.Number == "" {
		return "an item"
	}
	return "item " + f.Number
}

// writeVoteOpen says nothing once the vote is closed.
func writeVoteOpen(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	var f itemFacts
	err := tx.Raw(`
		select m.id as meeting_id, f.name as forum, i.number, m.starts_at, v.closed_at
		from vote v join agenda_item i on i.id = v.item_id join meeting m on m.id = v.meeting_id join forum f on f.id = m.forum_id
		where v.id = ?`, n.IDs["vote"]).Take(&f).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return notify.Mail{}, false, nil
	}
	return notify.Mail{
		Subject: fmt.Sprintf("A vote is open: %s, %s.", f.Forum, f.item()),
		Lines: []string{
			fmt.Sprintf("%s is voting on %s now.", f.Forum, f.item()),
			"Nobody is there to give your agency’s position. Join the meeting to give it before the chair closes the vote.",
		},
		Link: notify.Link{Text: "Join the meeting", Path: "/meetings/" + f.MeetingID.String() + "/room"},
		Why:  fmt.Sprintf("You speak for your agency at %s.", f.Forum),
	}, f.ClosedAt == nil, err
}

func writeDecisionRecorded(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	var f itemFacts
	err := tx.Raw(`
		select m.id as meeting_id, f.name as forum, i.number, m.starts_at, d.request_id,
			exists (select from meeting_guest g where g.item_id = d.item_id and g.person_id = @to and g.ended_at is null) as guest
		from decision d join agenda_item i on i.id = d.item_id join meeting m on m.id = d.meeting_id join forum f on f.id = d.forum_id
		where d.id = @decision`, map[string]any{"decision": n.IDs["decision"], "to": n.To}).Take(&f).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return notify.Mail{}, false, nil
	}
	mail := notify.Mail{
		Subject: fmt.Sprintf("The outcome is recorded: %s, %s.", f.Forum, f.item()),
		Lines:   []string{fmt.Sprintf("%s has recorded the outcome of %s at its meeting of %s.", f.Forum, f.item(), clock.DateOf(f.StartsAt).LongWithWeekday())},
		Link:    notify.Link{Text: "Read about the meeting", Path: "/meetings/" + f.MeetingID.String()},
		Why:     "You brought this item to the panel.",
	}
	switch {
	case f.Guest:
		mail.Link = notify.Link{Text: "Read the decision", Path: "/decisions/" + n.IDs["decision"].String()}
		mail.Why = "You joined this item for your agency, which is asked to pay."
	case f.RequestID != nil:
		mail.Link = notify.Link{Text: "Read the outcome of your request", Path: "/requests/" + f.RequestID.String()}
	}
	return mail, true, err
}

// writeDecisionAwaiting says nothing once the decision is confirmed or sent back.
func writeDecisionAwaiting(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	var f itemFacts
	err := tx.Raw(`
		select m.id as meeting_id, f.name as forum, i.number, m.starts_at, w.settled_at as closed_at
		from decision_waiting w join agenda_item i on i.id = w.item_id join meeting m on m.id = w.meeting_id join forum f on f.id = m.forum_id
		where w.id = ?`, n.IDs["decision"]).Take(&f).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return notify.Mail{}, false, nil
	}
	return notify.Mail{
		Subject: fmt.Sprintf("A decision waits for your confirmation: %s, %s.", f.Forum, f.item()),
		Lines: []string{
			fmt.Sprintf("The other chair of %s has confirmed the decision on %s of the meeting of %s.", f.Forum, f.item(), clock.DateOf(f.StartsAt).LongWithWeekday()),
			"It binds nobody until you confirm the same words. You can also send it back.",
		},
		Link: notify.Link{Text: "Read the decision", Path: "/decisions/" + n.IDs["decision"].String()},
		Why:  fmt.Sprintf("You chair %s, or stand in for its chair.", f.Forum),
	}, f.ClosedAt == nil, err
}

// tellConflicted asks the authorising officer of a funder, whose last member has just left for an item, to name
// an independent authoriser.
func (s *sitting) tellConflicted(item Item, left uuid.UUID) (err error) {
	if s.table, err = loadTable(s.Tx, s.meeting, s.terms); err != nil {
		return err
	}
	state := State{Table: s.table, Terms: s.terms, Items: []Item{item}}
	if state.Agencies, err = s.allAgencies(); err != nil {
		return err
	}
	if state.Votes, err = votesWhere(s.Tx, `item_id = ?`, item.ID); err != nil {
		return err
	}
	for _, funder := range state.conflicted(item) {
		spoke := slices.ContainsFunc(s.table.deciding(), func(p Place) bool {
			return s.table.speaksFor(p, funder) && s.table.mayEverFill(left, p.Seat.ID)
		})
		if !spoke || funder.OfficerID == nil || s.table.Left(*funder.OfficerID, item.ID) {
			continue
		}
		err := notify.Send(s.Tx, notify.Notice{Kind: NoticeAuthoriser, IDs: notify.IDs{"item": item.ID, "agency": funder.ID}, To: *funder.OfficerID})
		if err != nil {
			return err
		}
	}
	return nil
}

// writeAuthoriserNeeded says nothing once somebody is named, or the meeting is over.
func writeAuthoriserNeeded(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	var f struct {
		Forum, Number, Agency string
		StartsAt              time.Time
		Named                 bool
	}
	err := tx.Raw(`
		select f.name as forum, i.number, m.starts_at, a.name as agency,
			m.status in ('closed', 'cancelled') or exists (select from decision d where d.item_id = i.id) or exists (
				select from meeting_guest g where g.item_id = i.id and g.agency_id = a.id and g.authoriser and g.ended_at is null) as named
		from agenda_item i join meeting m on m.id = i.meeting_id join forum f on f.id = m.forum_id join agency a on a.id = @agency
		where i.id = @item`, map[string]any{"item": n.IDs["item"], "agency": n.IDs["agency"]}).Take(&f).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return notify.Mail{}, false, nil
	}
	item := itemFacts{Number: f.Number}.item()
	return notify.Mail{
		Subject: fmt.Sprintf("An independent authoriser is needed: %s, %s.", f.Forum, item),
		Lines: []string{
			fmt.Sprintf("Everybody who speaks for %s at %s has left for %s of %s, because of an interest.", f.Agency, f.Forum, item, clock.Moment(f.StartsAt)),
			fmt.Sprintf("Name somebody who gives %s’s position on that item. They join it, and see nothing else of the meeting.", f.Agency),
		},
		Link: notify.Link{Text: "Name an independent authoriser", Path: "/agenda-items/" + n.IDs["item"].String() + "/authoriser"},
		Why:  fmt.Sprintf("You are the authorising officer of %s.", f.Agency),
	}, !f.Named, err
}
