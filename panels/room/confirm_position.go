package room

import (
	"strings"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/fault"
)

func (c ConfirmPosition) perform(s *sitting) (happened, error) {
	var found []struct {
		Ballot
		Method panels.VotingMethod
		OfItem uuid.UUID
	}
	err := s.Raw(`select b.*, v.method, v.item_id as of_item from ballot b join vote v on v.id = b.vote_id where b.id = ? and v.meeting_id = ?`,
		c.BallotID, s.meeting.ID).Scan(&found).Error
	if err != nil {
		return happened{}, err
	}
	if len(found) == 0 || found[0].PersonID != s.Actor.PersonID {
		return happened{}, fault.New(fault.NotFound, "That position is not yours.")
	}
	ballot := found[0].Ballot
	switch {
	case found[0].Method != panels.Spoken:
		return happened{}, fault.New(fault.Conflict, "You gave this position yourself, so there is nothing to confirm.")
	case ballot.SupersededAt != nil:
		return happened{}, fault.New(fault.Conflict, "This position has been changed since. Look at the new one.")
	case c.Disputed && strings.TrimSpace(c.Text) == "":
		var form fault.Form
		form.Add("text", "Enter what you said")
		return happened{}, form.Err()
	}
	answer := "confirmed"
	if c.Disputed {
		answer = "disputed"
	}
	err = s.Exec(`update ballot set answer = ?, answer_text = ?, answered_at = ? where id = ?`,
		answer, strings.TrimSpace(c.Text), s.Now, ballot.ID).Error
	return happened{itemID: &found[0].OfItem, kind: "ballot", object: ballot.ID, before: ballot.Answer}, err
}
