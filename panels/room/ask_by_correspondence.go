package room

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Correspondence asks a panel to decide a funding request in writing, until a day.
type Correspondence struct {
	ID        uuid.UUID // made where it is asked for, so that asking twice asks once
	RequestID uuid.UUID
	Why       string // it cannot wait for the next meeting
	Text      string // anything to add to the proposal
	ClosesOn  clock.Date
}

// closesAtHour is when a vote by correspondence closes on its day.
const closesAtHour = 17

// longestCorrespondence is how many days a vote by correspondence may run: after that there is a meeting.
const longestCorrespondence = 31

// CorrespondenceCloses is the event that the time of a vote by correspondence has come.
type CorrespondenceCloses struct {
	MeetingID uuid.UUID `json:"meeting_id"`
}

// Kind names the event for good.
func (CorrespondenceCloses) Kind() string { return "correspondence.closes" }

// AskByCorrespondence puts a request that waits for the panel to a vote in writing. Everybody who decides
// there is asked for an answer: who is to pay gives their agency's position, the others say that they have
// read it, and the quorum is counted of those who answered. Clerk or chair.
func (s *Store) AskByCorrespondence(ctx context.Context, actor access.Actor, asked Correspondence) error {
	asked.Why, asked.Text = strings.TrimSpace(asked.Why), strings.TrimSpace(asked.Text)
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if err := asked.check(tx); err != nil {
			return err
		}
		closes := asked.ClosesOn.At(closesAtHour, 0)
		return s.beginBetween(tx, asked.ID, panels.Correspondence, asked.RequestID, closes, asked.Why, func(item Item) Change {
			return openCorrespondence{ItemID: item.ID, ClosesAt: closes.UTC(), Why: asked.Why, Text: asked.Text}
		})
	})
}

func (c Correspondence) check(tx db.Tx) error {
	days, err := panels.WorkingDays(tx)
	if err != nil {
		return err
	}
	var form fault.Form
	checkWhy(&form, c.Why)
	form.Require(len([]rune(c.Text)) <= longestWhy, "text", "Shorten what you add to 1,000 characters or fewer")
	switch {
	case c.ClosesOn.IsZero():
		form.Add("closes_on", "Enter the day on which voting closes")
	case !c.ClosesOn.After(tx.Today()):
		form.Add("closes_on", "The day on which voting closes must be after today")
	case c.ClosesOn.After(tx.Today().AddDays(longestCorrespondence)):
		form.Add("closes_on", "The day on which voting closes must be within a month")
	case !days.IsWorkingDay(c.ClosesOn):
		form.Add("closes_on", "Voting must close on a working day. The next one is %s", days.NextWorkingDay(c.ClosesOn).LongWithWeekday())
	}
	return form.Err()
}

// openCorrespondence is the first event of a vote by correspondence.
type openCorrespondence struct {
	ItemID   uuid.UUID `json:"item_id"`
	ClosesAt time.Time `json:"closes_at"`
	Why      string    `json:"why"`
	Text     string    `json:"text"`
}

func (openCorrespondence) Type() string { return "correspondence.open" }

func (c openCorrespondence) perform(s *sitting) (happened, error) {
	if err := s.records(); err != nil {
		return happened{}, err
	}
	item, err := s.itemOf(c.ItemID)
	if err != nil {
		return happened{}, err
	}
	agencies, err := s.allAgencies()
	if err != nil {
		return happened{}, err
	}
	for _, voter := range Voters(s.table, item.ID, fundersOf(item.Shares, agencies, s.terms.ByLegalBody)) {
		if voter.PersonID == uuid.Nil {
			return happened{}, fault.New(fault.Conflict, "Nobody could give the position of %s: %s. Take the request to a meeting instead.", voter.Name, lowerFirst(voter.Absent))
		}
	}
	what, err := s.putToVote(OpenVote{ItemID: item.ID, Outcome: Agreed, Text: c.Text}, item)
	if err != nil {
		return happened{}, err
	}
	return what, s.Enqueue(db.Job{Args: CorrespondenceCloses{MeetingID: s.meeting.ID}, At: c.ClosesAt})
}

// answerAsked is somebody of whom a vote by correspondence asks an answer.
type answerAsked struct {
	VoteID   uuid.UUID
	VotesFor uuid.UUID // the agency, or themselves
	PersonID uuid.UUID
	Gives    bool // a position; else that they have read it
	AskedAt  time.Time
}

// TableName is correspondence_asked.
func (answerAsked) TableName() string { return "correspondence_asked" }

// whoAnswers lists of whom a vote in writing asks an answer now: who gives each position, and everybody
// else who decides here, for the quorum.
func (s *sitting) whoAnswers(vote Vote) ([]answerAsked, error) {
	agencies, err := s.allAgencies()
	if err != nil {
		return nil, err
	}
	var list []answerAsked
	answers := map[uuid.UUID]bool{}
	for _, voter := range Voters(s.table, vote.ItemID, vote.funders(agencies)) {
		if voter.PersonID != uuid.Nil {
			list = append(list, answerAsked{VoteID: vote.ID, VotesFor: voter.For, PersonID: voter.PersonID, Gives: true, AskedAt: s.Now})
			answers[voter.PersonID] = true
		}
	}
	for _, member := range membersHere(s.table, vote.ItemID) {
		if !answers[member.PersonID] {
			list = append(list, answerAsked{VoteID: vote.ID, VotesFor: member.PersonID, PersonID: member.PersonID, AskedAt: s.Now})
		}
	}
	return list, nil
}

// askInWriting asks everybody who is to answer and was not asked yet.
func (s *sitting) askInWriting(vote Vote) error {
	list, err := s.whoAnswers(vote)
	if err != nil {
		return err
	}
	told := map[uuid.UUID]bool{}
	for _, one := range list {
		claim := s.Exec(`insert into correspondence_asked (vote_id, votes_for, person_id, gives, asked_at) values (?, ?, ?, ?, ?) on conflict do nothing`,
			one.VoteID, one.VotesFor, one.PersonID, one.Gives, one.AskedAt)
		if claim.Error != nil {
			return claim.Error
		}
		if claim.RowsAffected == 0 || told[one.PersonID] {
			continue
		}
		told[one.PersonID] = true
		if err := notify.Send(s.Tx, notify.Notice{Kind: NoticeCorrespondence, IDs: notify.IDs{"vote": vote.ID}, To: one.PersonID}); err != nil {
			return err
		}
	}
	return nil
}

// askNext asks whoever is to answer since somebody left for the item.
func (s *sitting) askNext() error {
	vote, err := s.openVote()
	if err != nil || vote == nil {
		return err
	}
	if s.table, err = loadTable(s.Tx, s.meeting, s.terms); err != nil {
		return err
	}
	return s.askInWriting(*vote)
}
