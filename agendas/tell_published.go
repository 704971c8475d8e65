package agendas

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// NoticePublished says that a meeting's agenda is out, or a later version of it.
const NoticePublished notify.Kind = "agenda_published"

// RegisterNotices tells the post who writes them.
func RegisterNotices(post *notify.Store) {
	post.Register(NoticePublished, notify.Nature{Group: notify.Agendas, Words: "An agenda is published, or has changed"}, writePublished)
	post.Register(NoticePapersSoon, notify.Nature{Group: notify.Agendas, Words: "Papers are due for a request you have not submitted"}, writePapersSoon)
	post.Register(NoticePapersLate, notify.Nature{Group: notify.Agendas, Words: "Papers are late for a meeting you are clerk of"}, writePapersLate)
	post.Register(NoticeGuest, notify.Nature{Group: notify.Agendas, Words: "You are asked to join one item of a meeting", Fixed: "You are asked to come, and may have no other way to hear of it."}, writeGuest)
	post.Register(NoticeUnread, notify.Nature{Group: notify.Agendas, Words: "The clerk reminds you to read an agenda"}, writeUnread)
}

// TellPublished tells everybody with a seat at the meeting, and those who present an item, that its
// agenda is out.
func (s Store) TellPublished(ctx context.Context, event Published) error {
	return s.DB.Write(ctx, access.System("agenda"), func(tx db.Tx) error {
		meeting, err := panels.MeetingByID(tx, event.MeetingID)
		if err != nil || meeting.AgendaVersion != event.Version {
			return err // a later version tells of itself
		}
		var people []uuid.UUID
		if err := tx.Raw(`select distinct person_id from (`+readers+`) r`, readersAt(meeting)).Scan(&people).Error; err != nil {
			return err
		}
		days, err := panels.WorkingDays(tx)
		if err != nil {
			return err
		}
		soon := panels.StartsSoon(meeting.StartsAt, tx.Today(), days)
		notices := make([]notify.Notice, len(people))
		for i, person := range people {
			notices[i] = notify.Notice{Kind: NoticePublished, IDs: notify.IDs{"meeting": meeting.ID}, To: person, Urgent: soon}
		}
		return notify.Send(tx, notices...)
	})
}

// writePublished says nothing of a meeting that is over, under way or cancelled.
func writePublished(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	meeting, err := panels.MeetingByID(tx, n.IDs["meeting"])
	if fault.Is(err, fault.NotFound) {
		return notify.Mail{}, false, nil
	}
	if err != nil {
		return notify.Mail{}, false, err
	}
	forum, err := panels.ForumByID(tx, meeting.ForumID)
	if err != nil {
		return notify.Mail{}, false, err
	}
	what := "The agenda is ready"
	if meeting.AgendaVersion > 1 {
		what = fmt.Sprintf("The agenda has changed: version %d", meeting.AgendaVersion)
	}
	path, err := agendaPathFor(tx, meeting, n.To)
	if err != nil {
		return notify.Mail{}, false, err
	}
	ask := "Read it, and declare any interest before the meeting."
	if meeting.AgendaVersion > 1 {
		ask = "What is new since you last read it is marked. Declare any interest before the meeting."
	}
	return notify.Mail{
		Subject: fmt.Sprintf("%s: %s, %s.", what, forum.Name, meeting.On().LongWithWeekday()),
		Lines: []string{
			fmt.Sprintf("%s for the meeting of %s on %s.", what, forum.Name, clock.Moment(meeting.StartsAt)),
			ask,
		},
		Link: notify.Link{Text: "Read the agenda", Path: path},
		Why:  fmt.Sprintf("You have a seat at %s, or present an item there.", forum.Name),
	}, meeting.Status == panels.Scheduled && meeting.StartsAt.After(tx.Now), nil
}

// agendaPathFor is where somebody reads the agenda: those who only present see their own items.
func agendaPathFor(tx db.Tx, meeting panels.Meeting, person uuid.UUID) (string, error) {
	path := "/meetings/" + meeting.ID.String() + "/agenda"
	var seated bool
	err := tx.Raw(`
		select exists (
			select from seat_holding h join seat s on s.id = h.seat_id
			where s.forum_id = @forum and h.person_id = @person and h.from_date <= @on and (h.to_date is null or h.to_date >= @on))`,
		map[string]any{"forum": meeting.ForumID, "person": person, "on": meeting.On()}).Scan(&seated).Error
	if !seated {
		path += "/mine"
	}
	return path, err
}
