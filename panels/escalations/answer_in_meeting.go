package escalations

import (
	"quorate/panels/room"
	"quorate/server/base/db"
)

// AnswerInMeeting keeps what a board answered in its meeting, in the transaction that puts the decision on
// the meeting's record: the one is never there without the other. The room has checked who may confirm it.
func AnswerInMeeting(tx db.Tx, given room.BoardAnswer) error {
	e, b, err := lockEscalation(tx, given.EscalationID)
	if err != nil {
		return err
	}
	if err := e.stillWaits(tx); err != nil {
		return err
	}
	_, err = answer(tx, e, b, BoardAnswer{
		Agreed: given.Agreed, Direction: given.Direction, OwnerID: given.OwnerID, ActBy: given.ActBy, Reason: given.Reason,
	}, Answer{MeetingID: &given.MeetingID})
	return err
}
