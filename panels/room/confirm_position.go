package room

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/fault"
)

// PositionAnswer is what somebody says of a position that was written down for them. A later one follows
// it and never takes its place.
type PositionAnswer struct {
	ID         uuid.UUID
	BallotID   uuid.UUID
	Disputed   bool
	Text       string // disputed: what they say that they said
	AnsweredAt time.Time
}

// perform keeps what the person says of a position that was written down for them: in the meeting, or
// afterwards within the forum's days. A dispute reopens nothing. It stands beside the position, and the
// chair and the clerk are told.
func (c ConfirmPosition) perform(s *sitting) (happened, error) {
	var found []struct {
		Ballot
		ItemID uuid.UUID
		Number string
	}
	err := s.Raw(`select b.*, v.item_id, i.number from ballot b join vote v on v.id = b.vote_id join agenda_item i on i.id = v.item_id
		where b.id = ? and v.meeting_id = ?`, c.BallotID, s.meeting.ID).Scan(&found).Error
	if err != nil {
		return happened{}, err
	}
	if len(found) == 0 || found[0].PersonID != s.Actor.PersonID {
		return happened{}, fault.New(fault.NotFound, "That position is not yours.")
	}
	ballot, number := found[0].Ballot, found[0].Number
	switch {
	case s.table.Left(s.Actor.PersonID, found[0].ItemID):
		return happened{}, fault.New(fault.Denied, "You have left for item %s, so its positions are not shown to you.", number)
	case ballot.SupersededAt != nil:
		return happened{}, fault.New(fault.Conflict, "This position has been changed since. Look at the new one.")
	case ballot.AnswerBy.IsZero() && ballot.CarriedFrom != nil:
		return happened{}, fault.New(fault.Conflict, "This position was carried over from an earlier vote. Answer it there.")
	case ballot.AnswerBy.IsZero():
		return happened{}, fault.New(fault.Conflict, "You gave this position yourself, so there is nothing to confirm.")
	case s.Today().After(ballot.AnswerBy):
		return happened{}, fault.New(fault.Conflict, "This could be answered until %s. Tell the clerk if the record is wrong: a correction can be put beside it.", ballot.AnswerBy.Long())
	}
	answer := PositionAnswer{ID: newID(), BallotID: ballot.ID, Disputed: c.Disputed, AnsweredAt: s.Now}
	what := happened{itemID: &found[0].ItemID, kind: "ballot", object: ballot.ID}
	if c.Disputed {
		answer.Text = strings.TrimSpace(c.Text)
		var form fault.Form
		form.Require(answer.Text != "", "text", "Enter what you said")
		if err := form.Err(); err != nil {
			return happened{}, err
		}
		what.says = "A position recorded on item " + number + " is disputed"
		if err := s.tellOfDispute(ballot.ID, found[0].ItemID); err != nil {
			return happened{}, err
		}
	}
	return what, s.Create(&answer).Error
}
