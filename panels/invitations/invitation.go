// Package invitations keeps people's own calendars right: it invites those asked to a meeting, tells them when it moves, and takes it out again when it is cancelled.
package invitations

import (
	"time"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// Notice is the kind of an invitation in the outbox, whether it asks, moves or cancels: which of them
// is decided when it goes out.
const Notice notify.Kind = "meeting_invitation"

// settles is how long a change may be changed again before anybody's calendar hears of it.
const settles = 10 * time.Minute

// Store writes and reads invitations and feeds.
type Store struct {
	DB      *db.DB
	BaseURL string // where links lead, without a slash at the end
	Sender  string // the product's own address: the organiser where a forum has no mailbox
	Inbound string // the domain whose mail comes to us; "": calendars cannot answer by themselves
}

// RegisterNotices tells the post who writes invitations.
func (s Store) RegisterNotices(post *notify.Store) {
	post.Register(Notice, notify.Nature{
		Group: notify.Meetings, Words: "Invitations for your calendar, and what becomes of them", Alone: true,
		Fixed: "You have a part in these meetings, and your calendar follows them.",
	}, s.write)
}

var system = access.System("invitations")

// Invitation is one person's copy of a meeting, as their calendar was last told of it.
type Invitation struct {
	ID              uuid.UUID
	MeetingID       uuid.UUID
	PersonID        uuid.UUID
	OrganiserEmail  string // the same for the copy's whole life
	Tokenised       bool   // the organiser's address was made for this invitation
	AttendeeEmail   string
	Sequence        int // of the copy: one more each time it says something else
	TimedAtSequence int // since which its day and hour stand
	MeetingSequence int // of the meeting, as the copy tells it
	Title           string
	Place           string
	StartsAt        time.Time
	EndsAt          time.Time
	Cancelled       bool
	OfferedAt       time.Time
	ToldAt          *time.Time // nil: not known to have arrived
	Heard           bool       // something of it arrived at some time
	ReplyStamp      *time.Time // of the last answer taken
}

// copyNow is what a person's copy of a meeting should say.
type copyNow struct {
	asked    bool // false: the meeting is cancelled, or they are not asked to come
	email    string
	title    string
	place    string
	startsAt time.Time
	endsAt   time.Time
}

// News is what a message tells a calendar.
type News string

// The news there are.
const (
	Nothing  News = ""
	Asked    News = "asked"    // come to this meeting
	AskedNew News = "again"    // it was cancelled, or they were no longer asked, and now it is on for them
	Moved    News = "moved"    // another day or hour
	Changed  News = "changed"  // another place or name
	Repeated News = "repeated" // as before: the last message may not have arrived, or is asked for again
	TakenOut News = "cancelled"
)

// newsFor compares what a person should be told with what they were told last; last is nil when that is
// nothing. What was offered and is not known to have arrived may have, so it is taken out as well.
func newsFor(last *Invitation, now copyNow) News {
	switch {
	case last == nil && !now.asked:
		return Nothing
	case last == nil:
		return Asked
	case !now.asked && last.Cancelled && last.ToldAt != nil:
		return Nothing
	case !now.asked:
		return TakenOut
	case last.Cancelled:
		return AskedNew
	case last.timed(now) && last.called(now):
		if last.ToldAt == nil {
			return Repeated
		}
		return Nothing
	case !last.Heard:
		return Asked // of what it was before they may know nothing
	case !last.timed(now):
		return Moved
	default:
		return Changed
	}
}

// timed reports whether the copy has the day and hour that it should.
func (i Invitation) timed(now copyNow) bool {
	return i.StartsAt.Equal(now.startsAt) && i.EndsAt.Equal(now.endsAt)
}

// called reports whether the copy says all else that it should.
func (i Invitation) called(now copyNow) bool {
	return i.Title == now.title && i.Place == now.place && i.AttendeeEmail == now.email
}

// next is the copy after the news. Its sequence rises when it says something else, and is never behind
// the meeting's own, which a downloaded file may have told the same calendar.
func (last *Invitation) next(news News, now copyNow, meeting panels.Meeting) Invitation {
	var i Invitation
	if last != nil {
		i = *last
	}
	same := news == Repeated || news == TakenOut && last.Cancelled
	switch {
	case last == nil:
		i.Sequence = meeting.Sequence
	case !same:
		i.Sequence = max(last.Sequence+1, meeting.Sequence)
	}
	if news == Asked || news == AskedNew || news == Moved {
		i.TimedAtSequence = i.Sequence
	}
	i.MeetingID, i.MeetingSequence = meeting.ID, meeting.Sequence
	i.Cancelled = news == TakenOut
	if !i.Cancelled { // what is taken out is what they were told of
		i.AttendeeEmail, i.Title, i.Place, i.StartsAt, i.EndsAt = now.email, now.title, now.place, now.startsAt, now.endsAt
	}
	i.ToldAt = nil
	return i
}

// text is the copy as the calendar reads it.
func (i Invitation) text(words, link string, says calendar.Participation, person string, now time.Time) (*notify.Calendar, error) {
	invitation := calendar.Invitation{
		Entry: calendar.Entry{
			UID: UID(i.MeetingID), Sequence: i.Sequence, Stamp: now, Start: i.StartsAt, End: i.EndsAt,
			Title: i.Title, Place: i.Place, Words: words, Link: link, Cancelled: i.Cancelled,
		},
		Organiser: calendar.Party{Name: i.Title, Email: i.OrganiserEmail},
		Attendee:  calendar.Party{Name: person, Email: i.AttendeeEmail},
		Says:      says,
	}
	text, err := invitation.Text()
	return &notify.Calendar{Method: invitation.Method(), Text: text}, err
}

// UID is a meeting's name among calendars. It does not change when the product moves to another address.
func UID(meeting uuid.UUID) string { return meeting.String() }

// Place is where a meeting is, in one line: its venue and its joining link.
func Place(m panels.Meeting) string {
	if m.Venue != "" && m.JoiningLink != "" {
		return m.Venue + ", " + m.JoiningLink
	}
	return m.Venue + m.JoiningLink
}
