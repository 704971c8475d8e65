package requests

import (
	"context"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// AnswerLate says whether a request that came after the papers were due is taken at that meeting or put
// to the next. Its presenter is told.
func (s Store) AnswerLate(ctx context.Context, actor access.Actor, id uuid.UUID, version int, answer LateAnswer) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		r, err := LockForPanel(tx, id)
		if err != nil {
			return err
		}
		if answer != LateAccepted && answer != LateNext {
			return fault.New(fault.Invalid, "Choose whether to take it at this meeting or put it to the next.")
		}
		if r.State != Submitted || r.LateMeetingID == nil {
			return fault.New(fault.Conflict, "This request does not wait for an answer about coming late.")
		}
		if err := r.change(tx, version, map[string]any{"late_answer": answer, "late_answered_by": actor.PersonID, "late_answered_at": tx.Now}); err != nil {
			return err
		}
		if err := notify.Send(tx, notify.Notice{Kind: NoticeLateAnswered, IDs: notify.IDs{"request": r.ID}, To: r.SubmittedBy}); err != nil {
			return err
		}
		return Record(tx, "late_answered", r, map[string]string{"answer": string(answer), "meeting": r.LateMeetingID.String()})
	})
}
