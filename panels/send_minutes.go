package panels

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// NoticeMinutesSent says to whoever sits at a forum that the minutes of a meeting can be read.
const NoticeMinutesSent notify.Kind = "minutes_sent"

// SendMinutes sends out the minutes of a meeting that is closed: it keeps when, and tells those who
// were asked to come and still have a seat there. Minutes go out once.
func (s Store) SendMinutes(ctx context.Context, actor access.Actor, meetingID uuid.UUID) (told int, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		meeting, err := LockMeeting(tx, meetingID)
		if err != nil {
			return err
		}
		if !actor.May(access.ReadMeeting, meeting.ForumID) {
			return noSuchMeeting()
		}
		if err := actor.Check(access.RecordMeeting, meeting.ForumID); err != nil {
			return err
		}
		if meeting.Status != Closed {
			return fault.New(fault.Conflict, "The minutes go out once the meeting is closed. Its chair closes it in the meeting room.")
		}
		if meeting.MinutesSentAt != nil {
			return fault.New(fault.Conflict, "The minutes were already sent out, on %s.", clock.Moment(*meeting.MinutesSentAt))
		}
		people, err := minutesReaders(tx, meeting)
		if err != nil {
			return err
		}
		err = db.RequireOne(tx.Model(&Meeting{}).Where("id = ? and version = ?", meeting.ID, meeting.Version).
			Updates(map[string]any{"minutes_sent_at": tx.Now, "version": meeting.Version + 1}))
		if err != nil {
			return err
		}
		told = len(people)
		if err := tell(tx, NoticeMinutesSent, meeting, people); err != nil {
			return err
		}
		return record(tx, "meeting.minutes_sent", meeting.ID, meeting.ForumID, nil, map[string]any{"told": told})
	})
	return told, err
}

// tell sends several people the same notice about a meeting.
func tell(tx db.Tx, kind notify.Kind, meeting Meeting, people []uuid.UUID) error {
	notices := make([]notify.Notice, len(people))
	for i, person := range people {
		notices[i] = notify.Notice{Kind: kind, IDs: notify.IDs{"meeting": meeting.ID}, To: person}
	}
	return notify.Send(tx, notices...)
}

// minutesReaders are those who were asked to a meeting in a seat and may still read its minutes.
func minutesReaders(tx db.Tx, meeting Meeting) ([]uuid.UUID, error) {
	attendees, err := Attendees(tx, meeting)
	if err != nil {
		return nil, err
	}
	var asked []uuid.UUID
	for _, a := range attendees {
		if !a.Guest {
			asked = append(asked, a.PersonID)
		}
	}
	actors, err := ActorsFor(tx, asked, tx.Today())
	return slices.DeleteFunc(asked, func(person uuid.UUID) bool {
		return !actors[person].May(access.ReadDecisions, meeting.ForumID)
	}), err
}

func writeMinutesSent(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	meeting, err := MeetingByID(tx, n.IDs["meeting"])
	if err != nil {
		return notify.Mail{}, false, unlessGone(err)
	}
	forum, err := ForumByID(tx, meeting.ForumID)
	return notify.Mail{
		Subject: fmt.Sprintf("The minutes are ready: %s, %s.", forum.Name, meeting.On().LongWithWeekday()),
		Lines: []string{
			fmt.Sprintf("The minutes of the meeting of %s on %s are ready to read.", forum.Name, clock.Moment(meeting.StartsAt)),
			"If something in them is not right, tell the forum’s clerk.",
		},
		Link: notify.Link{Text: "Read the minutes", Path: "/meetings/" + meeting.ID.String() + "/minutes"},
		Why:  fmt.Sprintf("You have a seat at %s.", forum.Name),
	}, meeting.MinutesSentAt != nil, err
}

// unlessGone drops a notice about what is no longer there, and keeps every other error.
func unlessGone(err error) error {
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}
