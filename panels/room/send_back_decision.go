package room

import (
	"strings"

	"quorate/agendas"
	"quorate/agendas/requests"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/fault"
)

// perform takes back a decision that waits. While the meeting goes on, its chair puts another; once it
// is over, the item comes to the forum's next agenda, so that it is not lost.
func (c SendBackDecision) perform(s *sitting) (happened, error) {
	if err := s.Actor.Check(access.RunMeeting, s.forum.ID); err != nil {
		return happened{}, err
	}
	waiting, item, err := s.awaiting(c.DecisionID)
	if err != nil {
		return happened{}, err
	}
	if err := s.table.maySendBack(s.Actor.PersonID, waiting); err != nil {
		return happened{}, err
	}
	reason := strings.TrimSpace(c.Reason)
	var form fault.Form
	form.Require(reason != "", "reason", "Enter why it is sent back")
	form.Require(len([]rune(reason)) <= longestReason, "reason", "Shorten the reason to 1,000 characters or fewer")
	if err := form.Err(); err != nil {
		return happened{}, err
	}
	if err := s.settle(waiting, reason); err != nil {
		return happened{}, err
	}
	what := happened{itemID: &item.ID, says: "The decision on item " + item.Number + " is sent back", kind: "decision", object: waiting.ID}
	if s.meeting.Status != panels.Closed {
		return what, nil
	}
	day := s.Today()
	err = agendas.PutDue(s.Tx, agendas.Due{
		ForumID: s.forum.ID, Kind: "deferred", SourceID: waiting.ID, CaseID: item.CaseID, RequestID: item.RequestID, DueOn: day.AddDays(1),
		Text: "The decision of " + s.meeting.On().Long() + " was sent back on " + day.Long() + ": " + reason,
	})
	if err != nil || item.RequestID == nil {
		return what, err
	}
	return what, requests.MarkWaiting(s.Tx, *item.RequestID, s.forum.ID)
}
