package room

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// MinutesComment is what somebody says of the minutes, with the answer. Each person sees their own; the
// clerk and the chair see all but those on items they left.
type MinutesComment struct {
	ID         uuid.UUID
	ItemID     *uuid.UUID // nil: of the minutes as a whole
	PersonID   uuid.UUID
	By         string
	Text       string
	At         time.Time
	Answer     string
	AnsweredBy string
	AnsweredAt *time.Time
}

// CommentOnMinutes says something of one item's minute, or with no item of all of them, while they are
// open for comment.
func (s *Store) CommentOnMinutes(ctx context.Context, actor access.Actor, meetingID uuid.UUID, itemID *uuid.UUID, text string) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		task, err := workOnMinutes(tx, meetingID, access.ReadDecisions)
		if err != nil {
			return err
		}
		switch {
		case task.row.State == Drafted:
			return fault.New(fault.Conflict, "These minutes have not been sent for comment yet.")
		case task.row.State != ForComment:
			return fault.New(fault.Conflict, "These minutes are %s, so they take no more comments. Tell the forum’s clerk.", lowerFirst(task.row.State.Words()))
		case tx.Today().After(task.row.CommentsUntil):
			return fault.New(fault.Conflict, "Comments closed on %s. Tell the forum’s clerk.", task.row.CommentsUntil.LongWithWeekday())
		}
		text = strings.TrimSpace(text)
		var form fault.Form
		form.Require(text != "", "text", "Enter your comment")
		form.Require(len([]rune(text)) <= 4_000, "text", "The comment must be 4,000 characters or fewer")
		if err := form.Err(); err != nil {
			return err
		}
		if itemID != nil {
			if _, err := task.mayRead(*itemID); err != nil {
				return err
			}
		}
		id := newID()
		err = tx.Exec(`insert into minutes_comment (id, meeting_id, item_id, person_id, text, at) values (?, ?, ?, ?, ?, ?)`,
			id, meetingID, itemID, actor.PersonID, text, tx.Now).Error
		if err != nil {
			return err
		}
		return task.record("minutes.commented", "minutes_comment", id, nil, map[string]any{"item": itemID, "text": text})
	})
}

// AnswerComment says what became of a comment, once. Its author is told that there is an answer. Clerk
// or chair.
func (s *Store) AnswerComment(ctx context.Context, actor access.Actor, meetingID, commentID uuid.UUID, answer string) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		task, err := workOnMinutes(tx, meetingID, access.RecordMeeting)
		if err != nil {
			return err
		}
		var comments []MinutesComment
		err = tx.Raw(`select id, item_id, person_id, answer, answered_at from minutes_comment where id = ? and meeting_id = ?`, commentID, meetingID).Scan(&comments).Error
		if err != nil {
			return err
		}
		if len(comments) == 0 {
			return fault.New(fault.NotFound, "There is no such comment on these minutes.")
		}
		comment := comments[0]
		if comment.ItemID != nil {
			if _, err := task.mayRead(*comment.ItemID); err != nil {
				return err
			}
		}
		switch {
		case task.row.State == Approved:
			return lockedMinutes()
		case comment.AnsweredAt != nil:
			return fault.New(fault.Conflict, "This comment has its answer already.")
		}
		answer = strings.TrimSpace(answer)
		var form fault.Form
		form.Require(answer != "", "answer", "Enter what became of the comment")
		form.Require(len([]rune(answer)) <= 4_000, "answer", "The answer must be 4,000 characters or fewer")
		if err := form.Err(); err != nil {
			return err
		}
		err = db.RequireOne(tx.Exec(`update minutes_comment set answer = ?, answered_by = ?, answered_at = ? where id = ? and answered_at is null`,
			answer, actor.PersonID, tx.Now, commentID))
		if err != nil {
			return err
		}
		if comment.PersonID != actor.PersonID {
			notice := notify.Notice{Kind: NoticeCommentAnswered, IDs: notify.IDs{"meeting": meetingID, "comment": commentID}, To: comment.PersonID}
			if err := notify.Send(tx, notice); err != nil {
				return err
			}
		}
		return task.record("minutes.comment_answered", "minutes_comment", commentID, nil, answer)
	})
}

// comments are those on a meeting's minutes that the viewer may see.
func (p projector) comments(tx db.Tx) ([]MinutesComment, error) {
	var all []MinutesComment
	err := tx.Raw(`
		select c.id, c.item_id, c.person_id, p.name as by, c.text, c.at, c.answer, coalesce(a.name, '') as answered_by, c.answered_at
		from minutes_comment c join person p on p.id = c.person_id left join person a on a.id = c.answered_by
		where c.meeting_id = ? order by c.id`, p.Meeting.ID).Scan(&all).Error
	var seen []MinutesComment
	for _, comment := range all {
		if comment.PersonID != p.viewer.PersonID && !p.viewer.Clerk && !p.viewer.Chair {
			continue
		}
		if comment.ItemID != nil {
			item, found := p.State.item(*comment.ItemID)
			if !found || p.viewer.omits(item) || p.viewer.hides(p.State, item) != "" {
				continue
			}
		}
		seen = append(seen, comment)
	}
	return seen, err
}

// openForComment reports whether minutes take comments on a day.
func (m minutesRow) openForComment(today clock.Date) bool {
	return m.State == ForComment && !today.After(m.CommentsUntil)
}
