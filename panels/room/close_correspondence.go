package room

import (
	"context"

	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

var postman = access.System("correspondence")

// CloseCorrespondence ends a vote by correspondence when its time has come. One that the chair has closed
// or stopped before is left as it is.
func (s *Store) CloseCorrespondence(ctx context.Context, due CorrespondenceCloses) error {
	return s.DB.Write(ctx, postman, func(tx db.Tx) error {
		meeting, err := panels.LockMeeting(tx, due.MeetingID)
		if err != nil || meeting.Kind != panels.Correspondence || meeting.Status != panels.InSession || tx.Now.Before(meeting.EndsAt) {
			return err
		}
		at, err := standsAt(tx, meeting, nil)
		if err != nil {
			return err
		}
		sitting, err := s.sitApart(tx, meeting, at)
		if err != nil {
			return err
		}
		vote, err := sitting.openVote()
		if err != nil || vote == nil {
			return err
		}
		return s.step(sitting, Command{ID: newID(), Change: closeAtItsTime{CloseVote{VoteID: vote.ID}}})
	})
}

// closeAtItsTime is the close that nobody asks for.
type closeAtItsTime struct{ CloseVote }

func (c closeAtItsTime) perform(s *sitting) (happened, error) {
	vote, err := s.vote(c.VoteID)
	if err != nil {
		return happened{}, err
	}
	item, err := s.itemOf(vote.ItemID)
	if err != nil {
		return happened{}, err
	}
	quorum, err := s.endVote(vote)
	if err != nil {
		return happened{}, err
	}
	ended, err := s.afterCorrespondence(item, quorum)
	return happened{itemID: &item.ID, says: "Voting on item " + item.Number + " has closed", kind: "vote", object: vote.ID, record: ended}, err
}

// mayCloseEarly refuses to close a vote in writing before its time while an answer may still come: each
// position must be in, and the quorum, unless everybody has answered.
func (s *sitting) mayCloseEarly(vote Vote) error {
	if !s.Now.Before(s.meeting.EndsAt) {
		return nil
	}
	list, err := s.whoAnswers(vote)
	if err != nil {
		return err
	}
	answered := s.table.answered([]Vote{vote})
	positions, others := 0, 0
	for _, one := range list {
		if _, given := vote.standing(one.VotesFor); one.Gives && !given {
			positions++
		} else if !one.Gives && !answered.Present(one.PersonID) {
			others++
		}
	}
	agencies, err := s.allAgencies()
	if err != nil {
		return err
	}
	quorum := QuorumFor(answered, s.terms, vote.ItemID, vote.funders(agencies))
	switch {
	case positions > 0:
		return fault.New(fault.Conflict, "Voting cannot close yet: %s to come. It closes by itself %s.", counted(positions, "position is still", "positions are still"), closingWords(s.meeting))
	case !quorum.Met && others > 0:
		return fault.New(fault.Conflict, "Voting cannot close yet: there is no quorum, and %s to come. It closes by itself %s.", counted(others, "answer is still", "answers are still"), closingWords(s.meeting))
	}
	return nil
}

// afterCorrespondence sees to what follows from the close: the chair confirms a decision, or, without a
// quorum, the item goes to the next meeting and the chair and the clerk are told. It returns what that puts on the record.
func (s *sitting) afterCorrespondence(item Item, quorum Quorum) (ended several, err error) {
	kind, people := NoticeCorrespondenceClosed, s.holders(item, access.Chair)
	if !quorum.Met {
		kind, people = NoticeCorrespondenceLost, s.holders(item, access.Chair, access.Clerk)
		if ended, err = s.endUndecided(item, NoQuorum, ""); err != nil {
			return nil, err
		}
	}
	if len(people) == 0 {
		people = s.holders(item, access.DeputyChair)
	}
	var notices []notify.Notice
	for _, person := range people {
		notices = append(notices, notify.Notice{Kind: kind, IDs: notify.IDs{"meeting": s.meeting.ID}, To: person})
	}
	return ended, notify.Send(s.Tx, notices...)
}
