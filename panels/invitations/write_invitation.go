package invitations

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
	"quorate/server/base/token"
)

// write is the message that brings one person's copy of a meeting up to date, when its turn has come.
// It says what is true now, and is not sent when that is what they were told before.
func (s Store) write(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	nothing := notify.Mail{}
	meeting, err := panels.MeetingByID(tx, n.IDs["meeting"])
	if fault.Is(err, fault.NotFound) {
		return nothing, false, nil
	}
	if err != nil {
		return nothing, false, err
	}
	endedBefore := meeting.Status == panels.Closed && meeting.StartsAt.After(tx.Now) // adjourned, and never gone on with
	if !toCome(meeting) && meeting.Status != panels.Cancelled && !endedBefore || !meeting.EndsAt.After(tx.Now) {
		return nothing, false, nil
	}
	forum, err := panels.ForumByID(tx, meeting.ForumID)
	if err != nil {
		return nothing, false, err
	}
	attendees, err := panels.Attendees(tx, meeting)
	if err != nil {
		return nothing, false, err
	}
	told, err := invitationsTo(tx, meeting)
	if err != nil {
		return nothing, false, err
	}
	var attendee *panels.Attendee
	if at := slices.IndexFunc(attendees, func(a panels.Attendee) bool { return a.PersonID == n.To }); at >= 0 {
		attendee = &attendees[at]
	}
	last := told[meeting.ID][n.To]
	now := copyFor(meeting, forum.Name, attendee)
	news := newsFor(last, now)
	if news == Nothing {
		return nothing, false, nil
	}
	invitation := last.next(news, now, meeting)
	if last == nil {
		s.organise(&invitation, forum)
		invitation.ID, invitation.PersonID = uuid.Must(uuid.NewV7()), n.To
	}
	invitation.OfferedAt = tx.Now
	if err := keep(tx, invitation); err != nil {
		return nothing, false, err
	}
	mail, err := s.message(tx, telling{news: news, last: last, copy: invitation, meeting: meeting, forum: forum, attendee: attendee})
	return mail, err == nil, err
}

// organise says, once for the invitation's life, who calls the meeting in this person's calendar: an
// address of its own when its mail comes to us, else the forum's mailbox, else the product.
func (s Store) organise(i *Invitation, forum panels.Forum) {
	switch {
	case s.Inbound != "":
		secret, _ := token.New()
		i.OrganiserEmail, i.Tokenised = strings.ToLower("reply-"+secret+"@"+s.Inbound), true
	case forum.MailboxEmail != "":
		i.OrganiserEmail = strings.ToLower(forum.MailboxEmail)
	default:
		i.OrganiserEmail = strings.ToLower(s.Sender)
	}
}

// keep remembers what is being told. One drain of a person's messages runs at a time, so nobody else
// writes the row.
func keep(tx db.Tx, i Invitation) error {
	return tx.Exec(`
		insert into invitation (id, meeting_id, person_id, organiser_email, tokenised, attendee_email, sequence, timed_at_sequence, meeting_sequence, title, place, starts_at, ends_at, cancelled, offered_at)
		values (@id, @meeting, @person, @organiser, @tokenised, @attendee, @sequence, @timed, @meeting_sequence, @title, @place, @starts, @ends, @cancelled, @offered)
		on conflict (meeting_id, person_id) do update set
			attendee_email = excluded.attendee_email, sequence = excluded.sequence, timed_at_sequence = excluded.timed_at_sequence,
			meeting_sequence = excluded.meeting_sequence, title = excluded.title, place = excluded.place,
			starts_at = excluded.starts_at, ends_at = excluded.ends_at, cancelled = excluded.cancelled,
			offered_at = excluded.offered_at, told_at = null`,
		map[string]any{
			"id": i.ID, "meeting": i.MeetingID, "person": i.PersonID, "organiser": i.OrganiserEmail, "tokenised": i.Tokenised, "attendee": i.AttendeeEmail,
			"sequence": i.Sequence, "timed": i.TimedAtSequence, "meeting_sequence": i.MeetingSequence, "title": i.Title, "place": i.Place,
			"starts": i.StartsAt, "ends": i.EndsAt, "cancelled": i.Cancelled, "offered": i.OfferedAt,
		}).Error
}

// telling is what a message is written from.
type telling struct {
	news     News
	last     *Invitation // nil: they were told nothing yet
	copy     Invitation
	meeting  panels.Meeting
	forum    panels.Forum
	attendee *panels.Attendee // nil: not asked to come
}

func (s Store) message(tx db.Tx, t telling) (notify.Mail, error) {
	name, day, when := t.copy.Title, clock.DateOf(t.copy.StartsAt).LongWithWeekday(), clock.Moment(t.copy.StartsAt)
	mail := notify.Mail{
		Facts: []notify.Fact{{Name: "Meeting", Value: name}, {Name: "When", Value: fromTo(t.copy.StartsAt, t.copy.EndsAt)}, {Name: "Where", Value: orNotKnown(t.copy.Place)}},
		From:  notify.Sender{Name: name, Email: t.copy.OrganiserEmail},
		Why:   t.why(),
	}
	switch t.news {
	case Asked, Repeated:
		mail.Subject = fmt.Sprintf("Invitation: %s, %s.", name, when)
		mail.Lines = []string{fmt.Sprintf("You are asked to come to %s on %s.", name, when)}
	case AskedNew:
		mail.Subject = fmt.Sprintf("On again: %s, %s.", name, when)
		mail.Lines = []string{fmt.Sprintf("You are asked to come to %s on %s after all.", name, when)}
	case Moved:
		mail.Subject = fmt.Sprintf("Moved: %s is now on %s.", name, when)
		mail.Lines = []string{fmt.Sprintf("%s is now on %s. It was to be on %s.", name, when, clock.Moment(t.last.StartsAt))}
		if t.meeting.FirstStartsAt != nil && t.meeting.FirstStartsAt.Equal(t.last.StartsAt) {
			mail.Subject = fmt.Sprintf("Adjourned: %s goes on on %s.", name, when)
			mail.Lines[0] = fmt.Sprintf("The meeting of %s on %s was adjourned. It goes on on %s with what was not reached.", name, clock.Moment(t.last.StartsAt), when)
		}
		if t.attendee.Reply == nil {
			mail.Lines = append(mail.Lines, "Any reply to the day and time before no longer counts.")
		}
	case Changed:
		mail.Subject = fmt.Sprintf("Changed: %s, %s.", name, when)
		mail.Lines = []string{t.changes()}
	case TakenOut:
		mail.Subject = fmt.Sprintf("Cancelled: %s, %s.", name, when)
		mail.Lines = []string{fmt.Sprintf("%s on %s is cancelled.", name, when), "It goes out of your calendar by itself, or when you choose Remove."}
		if t.meeting.Status != panels.Cancelled {
			mail.Subject = fmt.Sprintf("No longer asked to come: %s, %s.", name, when)
			mail.Lines[0] = fmt.Sprintf("You are no longer asked to come to %s on %s.", name, when)
		} else if t.attendee != nil && len(t.attendee.Seats) > 0 {
			mail.Link = notify.Link{Text: "Read why it is cancelled", Path: meetingPath(t.meeting)}
		}
	}
	if t.news != TakenOut {
		path, err := panels.ReplyLink(tx, t.meeting, t.copy.PersonID)
		if err != nil {
			return mail, err
		}
		mail.Link = notify.Link{Text: "Say whether you will come", Path: path, Open: true, Inside: meetingPath(t.meeting) + "/reply"}
		mail.Lines = append(mail.Lines, t.howToAnswer())
	}
	var err error
	mail.Calendar, err = t.copy.text(s.words(t, day), s.link(t), t.says(), t.personName(), tx.Now)
	mail.Delivered = delivered(t.copy)
	return mail, err
}

// delivered notes that the copy arrived, unless another has been offered since.
func delivered(i Invitation) func(db.Tx) error {
	return func(tx db.Tx) error {
		return tx.Exec(`update invitation set told_at = ?, heard = true where meeting_id = ? and person_id = ? and offered_at = ?`,
			tx.Now, i.MeetingID, i.PersonID, i.OfferedAt).Error
	}
}

func (t telling) why() string {
	switch {
	case t.attendee == nil:
		return fmt.Sprintf("You were invited to this meeting of %s.", t.copy.Title)
	case t.attendee.Guest:
		return fmt.Sprintf("You are asked to join a part of this meeting of %s.", t.copy.Title)
	case t.attendee.DeputyFor != uuid.Nil:
		return fmt.Sprintf("You are sent to %s as deputy.", t.copy.Title)
	default:
		return fmt.Sprintf("You have a seat on %s.", t.copy.Title)
	}
}

// changes says what is different; a lock screen may show it.
func (t telling) changes() string {
	when := clock.Moment(t.copy.StartsAt)
	switch {
	case t.last.Title != t.copy.Title:
		return fmt.Sprintf("%s is now called %s. It meets on %s as before.", t.last.Title, t.copy.Title, when)
	case t.last.Place != t.copy.Place:
		return fmt.Sprintf("The place of %s on %s has changed. The time has not.", t.copy.Title, when)
	default:
		return fmt.Sprintf("You are asked to come to %s on %s.", t.copy.Title, when)
	}
}

func (t telling) howToAnswer() string {
	if t.copy.Tokenised {
		return "Accept or decline in your calendar, or follow the link. To send your deputy, follow the link."
	}
	return "To reply, follow the link: your calendar’s own Accept does not reach Quorate."
}

// says is what the person has answered, so that a change of place does not ask them again.
func (t telling) says() calendar.Participation {
	if t.attendee == nil || t.attendee.Reply == nil {
		return calendar.NeedsAction
	}
	switch t.attendee.Reply.Answer {
	case panels.Attending:
		return calendar.Accepted
	case panels.Tentative:
		return calendar.TentativelyAccepted
	default: // who sends a deputy does not come
		return calendar.Declined
	}
}

func (t telling) personName() string {
	if t.attendee == nil {
		return t.copy.AttendeeEmail
	}
	return t.attendee.Name
}

// link is the meeting's page, for those who may see it.
func (s Store) link(t telling) string {
	if t.attendee == nil || len(t.attendee.Seats) == 0 {
		return ""
	}
	return s.BaseURL + meetingPath(t.meeting)
}

func (s Store) words(t telling, day string) string {
	if link := s.link(t); link != "" && t.news != TakenOut {
		return fmt.Sprintf("%s, %s. Its agenda and papers are in Quorate, behind sign-in: %s", t.copy.Title, day, link)
	}
	return ""
}

func meetingPath(m panels.Meeting) string { return "/meetings/" + m.ID.String() }

// fromTo is "Tuesday 24 November 2026, 1:30pm to 4pm".
func fromTo(start, end time.Time) string { return clock.Moment(start) + " to " + clock.Time(end) }

func orNotKnown(place string) string {
	if place == "" {
		return "Not known yet"
	}
	return place
}
