package panels

import (
	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// ReplyPage is what somebody is asked about one meeting.
type ReplyPage struct {
	Meeting  Meeting
	Forum    Forum
	Attendee Attendee
	Closed   string // why nobody can reply any more; "" while they can
}

// ShowReply is what the actor is asked, or, for those who record replies, what another person is;
// person uuid.Nil is the actor. For whoever is neither asked to come nor may know of the meeting,
// there is no such meeting.
func ShowReply(tx db.Tx, meetingID, person uuid.UUID) (page ReplyPage, err error) {
	if page.Meeting, err = MeetingByID(tx, meetingID); err != nil {
		return page, err
	}
	if person == uuid.Nil {
		person = tx.Actor.PersonID
	} else if err := mayRecordReplies(tx, page.Meeting); err != nil {
		return page, err
	}
	if page.Attendee, err = askedTo(tx, page.Meeting, person); err != nil {
		return page, err
	}
	if problem := fault.As(page.Meeting.takesReplies(tx)); problem != nil {
		page.Closed = problem.Sentence
	}
	page.Forum, err = ForumByID(tx, page.Meeting.ForumID)
	return page, err
}

// RepliesPage is who is coming to a meeting, and whether they are enough.
type RepliesPage struct {
	Meeting  Meeting
	Forecast MeetingForecast
}

// ShowReplies is who is coming, for those who look after the forum's replies; shown is false for all
// others, and once it no longer matters.
func ShowReplies(tx db.Tx, meeting Meeting) (page RepliesPage, shown bool, err error) {
	if meeting.Status == Draft || meeting.takesReplies(tx) != nil || !tx.Actor.May(access.RecordReplies, meeting.ForumID) {
		return page, false, nil
	}
	forecasts, err := ForecastOf(tx, meeting)
	return RepliesPage{Meeting: meeting, Forecast: forecasts[meeting.ID]}, true, err
}
