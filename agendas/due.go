package agendas

import (
	"github.com/google/uuid"

	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// dueWeights rank what comes back to a forum beside the rules, whose weights are settings.
var dueWeights = map[string]int{
	"escalation": 100, "blocker": 95, "referred": 90, "answer": 100, "ratify": 100, "request": 90, "deferred": 85, "put_over": 80, "condition": 75, "action": 60, "review": 55,
}

// MinutesDue is the kind of what is due while the minutes of a meeting, its source, wait to be approved.
const MinutesDue = "minutes"

// PutDue says that something comes back to a forum on a day. Saying it again about the same source
// changes the day and the words, and opens it again.
func PutDue(tx db.Tx, due Due) error {
	return tx.Exec(`
		insert into due (id, forum_id, kind, source_id, case_id, request_id, due_on, title, text, law)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		on conflict on constraint due_source_key do update
		set case_id = excluded.case_id, request_id = excluded.request_id, due_on = excluded.due_on,
			title = excluded.title, text = excluded.text, law = excluded.law, done_at = null`,
		newID(), due.ForumID, due.Kind, due.SourceID, due.CaseID, due.RequestID, due.DueOn, due.Title, due.Text, due.Law).Error
}

// PutOff moves what is still due to a later day, with why beside what it says already.
func PutOff(tx db.Tx, kind string, sourceID uuid.UUID, on clock.Date, why string) error {
	return tx.Exec(`update due set due_on = ?, law = law || ? where kind = ? and source_id = ? and done_at is null`, on, ". "+why, kind, sourceID).Error
}

// MarkDone says that something is no longer due, on whichever forum it was: the action is done, the
// escalation answered.
func MarkDone(tx db.Tx, kind string, sourceID uuid.UUID) error {
	return tx.Exec(`update due set done_at = ? where kind = ? and source_id = ? and done_at is null`, tx.Now, kind, sourceID).Error
}

// MarkDoneAt says that something is no longer due to one forum.
func MarkDoneAt(tx db.Tx, forumID uuid.UUID, kind string, sourceID uuid.UUID) error {
	return tx.Exec(`update due set done_at = ? where forum_id = ? and kind = ? and source_id = ? and done_at is null`, tx.Now, forumID, kind, sourceID).Error
}

// RewordDue says something still due to a forum in other words, because there is news of it.
func RewordDue(tx db.Tx, forumID uuid.UUID, kind string, sourceID uuid.UUID, text string) error {
	return tx.Exec(`update due set text = ? where forum_id = ? and kind = ? and source_id = ? and done_at is null and text <> ?`, text, forumID, kind, sourceID, text).Error
}

// MarkHeard closes what brought an item to its meeting, once the forum has dealt with the item.
// Actions stay due until they are done, what is to be ratified until it is, and what comes back on a later
// day stays due.
func MarkHeard(tx db.Tx, item Item, forumID uuid.UUID, on clock.Date) error {
	return tx.Exec(`
		update due set done_at = @now
		where forum_id = @forum and done_at is null and due_on <= @on and kind <> 'action' and not (kind = 'ratify' and title <> '')
			and (case_id = @case or request_id = @request or (kind in ('answer', 'escalation') and source_id = @escalation))`,
		map[string]any{"now": tx.Now, "forum": forumID, "on": on, "case": item.CaseID, "request": item.RequestID, "escalation": item.EscalationID}).Error
}

// dueBy lists what a forum is to take up by a day, earliest first.
func dueBy(tx db.Tx, forumID uuid.UUID, on clock.Date) ([]Due, error) {
	var due []Due
	err := tx.Raw(`select * from due where forum_id = ? and done_at is null and due_on <= ? order by due_on, id limit 2000`, forumID, on).Scan(&due).Error
	return due, err
}

// finding is the reason something due gives.
func (d Due) finding(meetingOn clock.Date) Finding {
	return Finding{
		Reason: Reason{Rule: d.Kind, Text: d.Text, On: d.DueOn, DaysLeft: daysLeft(meetingOn, d.DueOn), Law: d.Law},
		Weight: dueWeights[d.Kind],
	}
}
