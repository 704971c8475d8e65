package room

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/agendas"
	"quorate/agendas/requests"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Urgent is why one item is decided between two meetings. It never changes.
type Urgent struct {
	MeetingID uuid.UUID
	Why       string // it cannot wait for the next meeting
	BegunBy   uuid.UUID
	BegunAt   time.Time
	By        string `gorm:"->;-:migration"` // their name
}

// Ending is how urgent business ended without a decision.
type Ending struct {
	MeetingID uuid.UUID
	How       HowEnded
	Reason    string
	EndedBy   *uuid.UUID // nil: it closed at its time
	EndedAt   time.Time
}

// TableName is urgent_business_end.
func (Ending) TableName() string { return "urgent_business_end" }

// HowEnded is why there is no decision.
type HowEnded string

// The ways to end without a decision. Either way the item goes to the next meeting.
const (
	NoQuorum HowEnded = "no_quorum" // too few answered
	Stopped  HowEnded = "stopped"   // by the chair
)

// allows refuses, of what is decided between meetings, whatever only people who meet can do.
func (s *sitting) allows(change Change) error {
	if !s.meeting.Between() {
		return nil
	}
	switch change.(type) {
	case CastBallot, CloseVote, ConfirmDecision, SecondDecision, SendBackDecision, CorrectDecision, EndorseDecision, AuthoriseDecision,
		RecordEvidence, JudgeEvidence, DeclareInterest, WithdrawInterest, AnswerInterest, RecordAttendance, StopBetween:
		return nil
	}
	return fault.New(fault.Conflict, "Nobody meets for this: it is decided between meetings. Nothing was recorded.")
}

// apart is the table of what nobody meets for: each seat's holder speaks for it, and a deputy where the
// holder is away for all the days that are left.
func (t Table) apart(tx db.Tx, meeting panels.Meeting) (Table, error) {
	t.Apart = true
	closes := clock.DateOf(meeting.EndsAt)
	if meeting.Kind != panels.Correspondence || tx.Today().After(closes) {
		return t, nil
	}
	var people []uuid.UUID
	for _, place := range t.Places {
		for _, sitter := range place.Fills {
			people = append(people, sitter.PersonID)
		}
	}
	away, err := panels.AwayOn(tx, people, tx.Today(), closes)
	isAway := func(sitter Sitter) bool {
		return slices.ContainsFunc(away[sitter.PersonID], func(a panels.Away) bool { return a.Covers(tx.Today()) && a.Covers(closes) })
	}
	for i := range t.Places {
		slices.SortStableFunc(t.Places[i].Fills, func(a, b Sitter) int {
			switch {
			case isAway(a) == isAway(b):
				return 0
			case isAway(a):
				return 1
			}
			return -1
		})
	}
	return t, err
}

// unasked stands for the vote there was not, where the chair decides alone: what each would pay, and
// nobody's consent.
func unasked(itemID uuid.UUID, split []Share) *Vote {
	vote := &Vote{ItemID: itemID}
	for _, share := range split {
		vote.Shares = append(vote.Shares, VoteShare{AgencyID: share.AgencyID, WeeklyPence: share.WeeklyPence, OneOffPence: share.OneOffPence})
	}
	return vote
}

// asRequested fills in what the chair's own decision takes from the request: nobody was asked for
// anything else. It is provisional until every funder endorses its share, the largest named first.
func (c *ConfirmDecision) asRequested(item Item) {
	c.Split = item.Shares
	if c.StartOn.IsZero() {
		c.StartOn = item.StartsOn
	}
	if c.EndOn.IsZero() {
		c.EndOn = item.EndsOn
	}
	if c.Outcome != Provisional || c.EndorsedByID != nil {
		return
	}
	var largest Share
	for _, share := range item.Shares {
		if share.WeeklyPence > largest.WeeklyPence || share.WeeklyPence == largest.WeeklyPence && share.OneOffPence > largest.OneOffPence {
			largest = share
		}
	}
	if largest.AgencyID != uuid.Nil {
		c.EndorsedByID = &largest.AgencyID
	}
}

// beginBetween makes what stands for a meeting, with its one item, and takes its first step. Asked again
// under the same id it changes nothing.
func (s *Store) beginBetween(tx db.Tx, id uuid.UUID, kind panels.MeetingKind, requestID uuid.UUID, closesAt time.Time, why string, first func(Item) Change) error {
	var begun bool
	err := tx.Raw(`select exists (select from urgent_business where meeting_id = ? and begun_by = ?)`, id, tx.Actor.PersonID).Scan(&begun).Error
	if err != nil || begun {
		return err
	}
	request, err := requests.LockForPanel(tx, requestID)
	if err != nil {
		return err
	}
	meeting, err := panels.BeginBetween(tx, id, request.ForumID, kind, closesAt)
	if err != nil {
		return err
	}
	meeting, listed, err := agendas.ListBetween(tx, meeting, agendas.Urgent{RequestID: requestID, Why: why})
	if err != nil {
		return err
	}
	urgent := Urgent{MeetingID: meeting.ID, Why: why, BegunBy: tx.Actor.PersonID, BegunAt: tx.Now}
	if err := tx.Table("urgent_business").Omit("By").Create(&urgent).Error; err != nil {
		return err
	}
	err = tx.Exec(`insert into item_progress (item_id, meeting_id, progress, stage, opened_at) values (?, ?, 'open', 'deliberation', ?)`, listed.ID, meeting.ID, tx.Now).Error
	if err != nil {
		return err
	}
	sitting, err := s.sitApart(tx, meeting, stands{last: make([]byte, hashLength)})
	if err != nil {
		return err
	}
	item, err := sitting.itemOf(listed.ID)
	if err != nil {
		return err
	}
	return s.step(sitting, Command{ID: newID(), Change: first(item)})
}

// sitApart reads the table of what nobody meets for, for whoever's turn it is: a person, or a job.
func (s *Store) sitApart(tx db.Tx, meeting panels.Meeting, at stands) (*sitting, error) {
	sitting := &sitting{Tx: tx, meeting: meeting, last: at.last}
	return sitting, sitting.knows(at, &s.memory)
}

// step makes one change and gives it its place in the log.
func (s *Store) step(sitting *sitting, command Command) error {
	what, err := command.Change.perform(sitting)
	if err != nil {
		return err
	}
	event, err := sitting.log(command, what)
	if err != nil {
		return err
	}
	move, next, err := sitting.moved(event)
	sitting.AfterCommit(func() {
		s.memory.keep(event.MeetingID, next)
		if s.Moved != nil {
			s.Moved(move)
		}
	})
	return err
}

// longestWhy bounds why something cannot wait.
const longestWhy = 1000

func checkWhy(form *fault.Form, why string) {
	form.Require(strings.TrimSpace(why) != "", "why", "Enter why it cannot wait for the next meeting")
	form.Require(len([]rune(why)) <= longestWhy, "why", "Shorten why it cannot wait to 1,000 characters or fewer")
}

// urgent reads why the item could not wait.
func (s *sitting) urgent() (urgent Urgent, err error) {
	return urgentOf(s.Tx, s.meeting.ID)
}

func urgentOf(tx db.Tx, meetingID uuid.UUID) (urgent Urgent, err error) {
	err = tx.Raw(`select u.*, p.name as by from urgent_business u join person p on p.id = u.begun_by where u.meeting_id = ?`, meetingID).Take(&urgent).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		err = fault.New(fault.NotFound, "Nothing is decided between meetings here.")
	}
	return urgent, err
}

// endBetween ends what was decided between meetings, and returns what that puts on the record. The next
// meeting is asked to ratify it, unless it was only put off.
func (s *sitting) endBetween(d Decision) (record meetingRecord, err error) {
	if err := s.finishOpen(); err != nil {
		return record, err
	}
	if _, err := s.turnMeeting(panels.Closed, ""); err != nil {
		return record, err
	}
	if record, err = s.meetingRecord(); err != nil || d.Outcome == Deferred {
		return record, err
	}
	how := lowerFirst(s.meeting.Kind.Words())
	return record, agendas.PutDue(s.Tx, agendas.Due{
		ForumID: d.ForumID, Kind: "ratify", SourceID: d.ID, CaseID: d.CaseID, DueOn: s.Today(),
		Title: "Ratify: " + how + " of " + s.Today().Long(),
		Text:  "Decided between meetings by " + how + " on " + s.Today().Long() + ": " + lowerFirst(d.Outcome.Words()) + ". Why it could not wait: " + record.Why,
		Law:   "Terms of reference",
	})
}

// endUndecided ends it without a decision, and returns what that puts on the record: its request waits for
// the panel again and comes to the next meeting.
func (s *sitting) endUndecided(item Item, how HowEnded, reason string) (several, error) {
	ending := Ending{MeetingID: s.meeting.ID, How: how, Reason: reason, EndedAt: s.Now}
	if s.Actor.IsPerson() {
		ending.EndedBy = &s.Actor.PersonID
	}
	if err := s.Create(&ending).Error; err != nil {
		return nil, err
	}
	why := "The vote by correspondence that closed on " + s.Today().Long() + " had no quorum"
	if how == Stopped {
		why = "It was to be decided between meetings. That was stopped on " + s.Today().Long() + ": " + reason
	}
	if err := agendas.BringBack(s.Tx, s.meeting, []agendas.Item{item.Item}, why); err != nil {
		return nil, err
	}
	if err := s.finishOpen(); err != nil {
		return nil, err
	}
	if _, err := s.turnMeeting(panels.Closed, ""); err != nil {
		return nil, err
	}
	meeting, err := s.meetingRecord()
	return several{meeting, endingRecord{Kind: ofEnding, Item: item.Number, How: how, Reason: reason, By: s.Actor.Name, At: s.Now}}, err
}

// holders are who fills the seats of some offices, but those who left for the item.
func (s *sitting) holders(item Item, offices ...access.Office) (people []uuid.UUID) {
	for _, place := range s.table.Places {
		if !slices.Contains(offices, place.Seat.Office) {
			continue
		}
		for _, sitter := range place.Fills {
			if !s.table.Left(sitter.PersonID, item.ID) {
				if !slices.Contains(people, sitter.PersonID) {
					people = append(people, sitter.PersonID)
				}
				break
			}
		}
	}
	return people
}

// theItem is the one item of what is decided between meetings.
func (s *sitting) theItem() (Item, error) {
	var ids []uuid.UUID
	if err := s.Raw(`select id from agenda_item where meeting_id = ? and state = 'listed'`, s.meeting.ID).Scan(&ids).Error; err != nil {
		return Item{}, err
	}
	if len(ids) != 1 {
		return Item{}, fault.New(fault.NotFound, "Nothing is decided between meetings here.")
	}
	return s.itemOf(ids[0])
}
