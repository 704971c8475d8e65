package requests

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Lateness is what the presenter says when the papers of the panel’s next meeting were due already.
type Lateness struct {
	Asked  bool   // the presenter chose; asked for only when the request is late
	Take   bool   // asks to be taken at that meeting all the same; else it waits for the one after
	Reason string // why it comes late
}

// reasonLimit is the most characters a reason may have.
const reasonLimit = 500

// Submit hands a complete request to its panel's clerk. Its shares add up to the cost to the penny.
// One that comes after the papers of the next meeting were due waits for the meeting after it, or asks
// the clerk to take it all the same, with its reason.
func (s Store) Submit(ctx context.Context, actor access.Actor, id uuid.UUID, version int, late Lateness) (sent Request, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if err := actor.Check(access.MakeRequest, uuid.Nil); err != nil {
			return err
		}
		w, err := lockOwn(tx, id, version)
		if err != nil {
			return err
		}
		if err := w.answer(tx, true, nil); err != nil {
			return err
		}
		var form fault.Form
		for _, problem := range w.AllMissing() {
			form.Add(problem.Name, "%s", problem.Sentence)
		}
		if err := w.comesLate(tx, &form, late); err != nil {
			return err
		}
		if err := form.Err(); err != nil {
			return err
		}
		w.State, w.SubmittedAt, w.Questions = Submitted, &tx.Now, nil
		if err := w.put(tx); err != nil {
			return err
		}
		if err := w.keepSubmission(tx); err != nil {
			return err
		}
		if err := w.tellClerks(tx); err != nil {
			return err
		}
		sent = w.Request
		return Record(tx, "submitted", sent, w.audited())
	})
	return sent, err
}

// LateFor is the panel’s next meeting when its papers were due before today, and the one after it; nil
// when the request is in time.
func LateFor(tx db.Tx, forumID uuid.UUID) (next, after *panels.Meeting, err error) {
	var coming []panels.Meeting
	err = tx.Raw(`select * from meeting where forum_id = ? and starts_at > ? and status = 'scheduled' order by starts_at limit 2`, forumID, tx.Now).Scan(&coming).Error
	if err != nil || len(coming) == 0 || !tx.Today().After(coming[0].PapersDueOn) {
		return nil, nil, err
	}
	if len(coming) > 1 {
		after = &coming[1]
	}
	return &coming[0], after, nil
}

// comesLate notes whether the request is late and what its presenter must still say about it.
func (w *Written) comesLate(tx db.Tx, form *fault.Form, late Lateness) error {
	w.LateMeetingID, w.LateReason, w.LateAnswer, w.LateAnsweredBy, w.LateAnsweredAt = nil, "", LateWaiting, nil, nil
	next, _, err := LateFor(tx, w.ForumID)
	if err != nil || next == nil {
		return err
	}
	reason := strings.TrimSpace(late.Reason)
	form.Require(late.Asked, "late", "Choose whether the request can wait for a later meeting")
	if late.Asked && late.Take {
		form.Require(reason != "", "late_reason", "Enter why the request comes late")
		form.Require(len([]rune(reason)) <= reasonLimit, "late_reason", "Shorten the reason to 500 characters or fewer")
		w.LateMeetingID, w.LateReason = &next.ID, reason
	}
	return nil
}

// tellClerks tells whoever clerks the panel that a late request waits for their answer.
func (w Written) tellClerks(tx db.Tx) error {
	if w.LateMeetingID == nil {
		return nil
	}
	clerks, err := clerksOf(tx, w.ForumID)
	if err != nil {
		return err
	}
	for _, clerk := range clerks {
		if err := notify.Send(tx, notify.Notice{Kind: NoticeLate, IDs: notify.IDs{"request": w.ID}, To: clerk}); err != nil {
			return err
		}
	}
	return nil
}

// clerksOf are those who clerk a panel today.
func clerksOf(tx db.Tx, forumID uuid.UUID) (people []uuid.UUID, err error) {
	err = tx.Raw(`
		select distinct h.person_id from seat_holding h join seat s on s.id = h.seat_id
		where s.forum_id = @forum and s.office = 'clerk' and h.from_date <= @today and (h.to_date is null or h.to_date >= @today)`,
		map[string]any{"forum": forumID, "today": tx.Today()}).Scan(&people).Error
	return people, err
}
