package room

import (
	"fmt"

	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// The kinds of notice about minutes. They say which meeting, and nothing of what is in them.
const (
	NoticeMinutesComment  notify.Kind = "minutes_for_comment" // to whoever was asked to the meeting
	NoticeMinutesFinal    notify.Kind = "minutes_sent"        // to the same
	NoticeCommentAnswered notify.Kind = "minutes_answered"    // to whoever commented
	NoticeCommentsClosed  notify.Kind = "minutes_closed"      // to the clerk: the time for comments is over
)

func registerMinutesNotices(post *notify.Store) {
	post.Register(NoticeMinutesComment, notify.Nature{Group: notify.Minutes, Words: "Minutes are open for comment"}, writeMinutesComment)
	post.Register(NoticeMinutesFinal, notify.Nature{Group: notify.Minutes, Words: "Minutes are final"}, writeMinutesFinal)
	post.Register(NoticeCommentAnswered, notify.Nature{Group: notify.Minutes, Words: "Your comment on minutes has an answer"}, writeCommentAnswered)
	post.Register(NoticeCommentsClosed, notify.Nature{Group: notify.Minutes, Words: "The time for comments is over and you finish the minutes"}, writeCommentsClosed)
}

// minutesMail is what every message about a meeting's minutes has in common.
func minutesMail(tx db.Tx, n notify.Notice) (mail notify.Mail, meeting panels.Meeting, forum panels.Forum, row minutesRow, err error) {
	if meeting, err = panels.MeetingByID(tx, n.IDs["meeting"]); err != nil {
		if fault.Is(err, fault.NotFound) {
			err = nil
		}
		return mail, panels.Meeting{}, forum, row, err
	}
	if forum, err = panels.ForumByID(tx, meeting.ForumID); err != nil {
		return mail, meeting, forum, row, err
	}
	row, err = minutesOf(tx, meeting.ID)
	mail.Link = notify.Link{Text: "Read the minutes", Path: "/meetings/" + meeting.ID.String() + "/minutes"}
	mail.Why = fmt.Sprintf("You have a seat at %s.", forum.Name)
	return mail, meeting, forum, row, err
}

// writeMinutesComment says nothing once the minutes take no more comments.
func writeMinutesComment(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	mail, meeting, forum, row, err := minutesMail(tx, n)
	mail.Subject = fmt.Sprintf("The minutes are open for comment: %s, %s.", forum.Name, meeting.On().LongWithWeekday())
	mail.Lines = []string{
		fmt.Sprintf("The minutes of the meeting of %s on %s are ready to read.", forum.Name, clock.Moment(meeting.StartsAt)),
		fmt.Sprintf("If something in them is not right, say so on that page by %s.", row.CommentsUntil.LongWithWeekday()),
	}
	mail.Link.Text = "Read the minutes and comment"
	return mail, row.openForComment(tx.Today()), err
}

func writeMinutesFinal(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	mail, meeting, forum, row, err := minutesMail(tx, n)
	mail.Subject = fmt.Sprintf("The minutes are final: %s, %s.", forum.Name, meeting.On().LongWithWeekday())
	mail.Lines = []string{
		fmt.Sprintf("The minutes of the meeting of %s on %s are final.", forum.Name, clock.Moment(meeting.StartsAt)),
		"The next meeting is asked to approve them as a correct record. If something in them is not right, say so there or tell the forum’s clerk.",
	}
	return mail, row.State == FinalOnes, err
}

func writeCommentAnswered(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	mail, meeting, forum, row, err := minutesMail(tx, n)
	mail.Subject = fmt.Sprintf("Your comment has an answer: %s, %s.", forum.Name, meeting.On().LongWithWeekday())
	mail.Lines = []string{fmt.Sprintf("Your comment on the minutes of the meeting of %s on %s has an answer.", forum.Name, clock.Moment(meeting.StartsAt))}
	mail.Link.Text = "Read the answer"
	mail.Why = "You commented on these minutes."
	return mail, row.MeetingID == meeting.ID && row.State != "", err
}

// writeCommentsClosed says nothing once the minutes are open again, or final.
func writeCommentsClosed(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	mail, meeting, forum, row, err := minutesMail(tx, n)
	if err != nil || row.State != ForComment {
		return notify.Mail{}, false, err
	}
	var unanswered int
	err = tx.Raw(`select count(*) from minutes_comment where meeting_id = ? and answered_at is null`, meeting.ID).Scan(&unanswered).Error
	mail.Subject = fmt.Sprintf("The time for comments is over: %s, %s.", forum.Name, meeting.On().LongWithWeekday())
	mail.Lines = []string{fmt.Sprintf("The minutes of the meeting of %s on %s took comments until %s.", forum.Name, clock.Moment(meeting.StartsAt), row.CommentsUntil.LongWithWeekday())}
	switch unanswered {
	case 0:
		mail.Lines = append(mail.Lines, "Every comment has its answer. Make the minutes final, or give more time.")
	case 1:
		mail.Lines = append(mail.Lines, "1 comment waits for your answer. Then make the minutes final, or give more time.")
	default:
		mail.Lines = append(mail.Lines, fmt.Sprintf("%d comments wait for your answer. Then make the minutes final, or give more time.", unanswered))
	}
	mail.Link.Text = "Finish the minutes"
	mail.Why = fmt.Sprintf("You are the clerk of %s.", forum.Name)
	return mail, !row.openForComment(tx.Today()), err
}
