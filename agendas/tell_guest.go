package agendas

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// NoticeGuest asks somebody from outside to join one item of a meeting.
const NoticeGuest notify.Kind = "guest_asked"

// writeGuest says nothing once their place is withdrawn, or the meeting is cancelled or over.
func writeGuest(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	var f struct {
		MeetingID     uuid.UUID
		Forum, Agency string
		Kind          panels.AgencyKind
		StartsAt      time.Time
		Status        panels.MeetingStatus
		AgendaVersion int
		EndedAt       *time.Time
	}
	err := tx.Raw(`
		select m.id as meeting_id, f.name as forum, a.name as agency, a.kind, m.starts_at, m.status, m.agenda_version, g.ended_at
		from meeting_guest g join meeting m on m.id = g.meeting_id join forum f on f.id = m.forum_id join agency a on a.id = g.agency_id
		where g.id = ?`, n.IDs["guest"]).Take(&f).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return notify.Mail{}, false, nil
	}
	mail := notify.Mail{
		Subject: fmt.Sprintf("You are asked to join one item: %s, %s.", f.Forum, clock.DateOf(f.StartsAt).LongWithWeekday()),
		Lines: []string{
			fmt.Sprintf("%s asks you to join one item of its meeting on %s, for %s.", f.Forum, clock.Moment(f.StartsAt), f.Agency),
			"You see that item and nothing else of the meeting. If your agency is asked to pay a share, you give its position.",
		},
		Link: notify.Link{Text: "See what needs you", Path: "/"},
		Why:  fmt.Sprintf("You speak for %s.", f.Agency),
	}
	if f.Kind == panels.Families {
		mail.Lines = []string{
			fmt.Sprintf("%s asks you to join one item of its meeting on %s.", f.Forum, clock.Moment(f.StartsAt)),
			"You join it from Quorate when the meeting begins. You see that item and nothing else of the meeting.",
		}
		mail.Why = "You are asked to join one item."
	} else if f.AgendaVersion > 0 {
		mail.Link = notify.Link{Text: "Read your item", Path: "/meetings/" + f.MeetingID.String() + "/agenda/mine"}
	}
	over := f.Status == panels.Cancelled || f.Status == panels.Closed
	return mail, f.EndedAt == nil && !over, err
}
