package panels

import (
	"fmt"
	"slices"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// The kinds of notice about replies. Each names a forum, a day and a place alone.
const (
	NoticeDeputySent       notify.Kind = "deputy_sent"        // to a deputy who is to come
	NoticeDeputyReleased   notify.Kind = "deputy_released"    // to one who is no longer
	NoticeDeputyCannotCome notify.Kind = "deputy_cannot_come" // to whoever sent one who sends apologies
	NoticeReplyChased      notify.Kind = "reply_chased"       // to whoever has not answered
)

// coming is what a notice about replies is written from.
type coming struct {
	meeting   Meeting
	forum     Forum
	attendees []Attendee
	to        uuid.UUID
}

// asked is the reader among those asked to come, or nil.
func (c coming) asked() *Attendee {
	at := slices.IndexFunc(c.attendees, func(a Attendee) bool { return a.PersonID == c.to })
	if at < 0 {
		return nil
	}
	return &c.attendees[at]
}

func (c coming) facts() []notify.Fact {
	facts := []notify.Fact{{Name: "Meeting", Value: c.forum.Name}, {Name: "When", Value: clock.Moment(c.meeting.StartsAt)}}
	if c.meeting.Venue != "" {
		facts = append(facts, notify.Fact{Name: "Where", Value: c.meeting.Venue})
	}
	return facts
}

// aboutComing reads what a notice is about, and drops it once nobody can answer about the meeting.
func aboutComing(write func(db.Tx, coming) (notify.Mail, bool, error)) notify.Compose {
	return func(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
		c := coming{to: n.To}
		var err error
		if c.meeting, err = MeetingByID(tx, n.IDs["meeting"]); fault.Is(err, fault.NotFound) {
			return notify.Mail{}, false, nil
		} else if err != nil {
			return notify.Mail{}, false, err
		}
		if c.meeting.Status == Draft || c.meeting.takesReplies(tx) != nil {
			return notify.Mail{}, false, nil
		}
		if c.forum, err = ForumByID(tx, c.meeting.ForumID); err != nil {
			return notify.Mail{}, false, err
		}
		if c.attendees, err = Attendees(tx, c.meeting); err != nil {
			return notify.Mail{}, false, err
		}
		return write(tx, c)
	}
}

func writeDeputySent(tx db.Tx, c coming) (notify.Mail, bool, error) {
	asked := c.asked()
	if asked == nil || asked.DeputyFor == uuid.Nil {
		return notify.Mail{}, false, nil
	}
	path, err := ReplyLink(tx, c.meeting, c.to)
	return notify.Mail{
		Subject: fmt.Sprintf("You are asked to come as deputy: %s, %s.", c.forum.Name, c.meeting.On().LongWithWeekday()),
		Lines: []string{
			fmt.Sprintf("You are asked to come to %s on %s as deputy.", c.forum.Name, clock.Moment(c.meeting.StartsAt)),
			"Whoever sits there cannot come and is sending you. If you cannot come either, say so now, so that somebody else can be found.",
		},
		Facts: append(c.facts(), notify.Fact{Name: "You sit for", Value: seatNames(asked.Seats)}),
		Link:  notify.Link{Text: "Say whether you will come", Path: path, Open: true, Inside: "/meetings/" + c.meeting.ID.String() + "/reply"},
		Why:   fmt.Sprintf("You are named as deputy at %s.", c.forum.Name),
	}, true, err
}

func writeDeputyReleased(_ db.Tx, c coming) (notify.Mail, bool, error) {
	return notify.Mail{
		Subject: fmt.Sprintf("You are no longer needed as deputy: %s, %s.", c.forum.Name, c.meeting.On().LongWithWeekday()),
		Lines:   []string{fmt.Sprintf("You are no longer needed as deputy at %s on %s.", c.forum.Name, clock.Moment(c.meeting.StartsAt))},
		Link:    notify.Link{Text: "See the meeting", Path: "/meetings/" + c.meeting.ID.String()},
		Why:     fmt.Sprintf("You were asked to come as deputy at %s.", c.forum.Name),
	}, c.asked() == nil, nil
}

// writeDeputyCannotCome says nothing once somebody else is sent, or the deputy comes after all.
func writeDeputyCannotCome(tx db.Tx, c coming) (notify.Mail, bool, error) {
	asked := c.asked()
	if asked == nil || asked.Reply == nil || asked.Reply.DeputyID == nil {
		return notify.Mail{}, false, nil
	}
	deputy := coming{attendees: c.attendees, to: *asked.Reply.DeputyID}.asked()
	if deputy == nil || deputy.Reply == nil || deputy.Reply.Answer != Apologies {
		return notify.Mail{}, false, nil
	}
	path, err := ReplyLink(tx, c.meeting, c.to)
	return notify.Mail{
		Subject: fmt.Sprintf("Your deputy cannot come: %s, %s.", c.forum.Name, c.meeting.On().LongWithWeekday()),
		Lines: []string{
			fmt.Sprintf("The deputy you are sending to %s on %s cannot come.", c.forum.Name, clock.Moment(c.meeting.StartsAt)),
			"Come yourself, send another deputy, or say that nobody can come.",
		},
		Facts: c.facts(),
		Link:  notify.Link{Text: "Change your reply", Path: path, Open: true, Inside: "/meetings/" + c.meeting.ID.String() + "/reply"},
		Why:   fmt.Sprintf("You have a seat at %s.", c.forum.Name),
	}, true, err
}

// writeReplyChased says nothing to whoever has answered meanwhile.
func writeReplyChased(tx db.Tx, c coming) (notify.Mail, bool, error) {
	asked := c.asked()
	if asked == nil || asked.Reply != nil {
		return notify.Mail{}, false, nil
	}
	path, err := ReplyLink(tx, c.meeting, c.to)
	return notify.Mail{
		Subject: fmt.Sprintf("Will you come? %s, %s.", c.forum.Name, c.meeting.On().LongWithWeekday()),
		Lines: []string{
			fmt.Sprintf("Please say whether you will come to %s on %s.", c.forum.Name, clock.Moment(c.meeting.StartsAt)),
			"Without enough replies nobody can tell whether the meeting can decide anything. You can say that you are coming, send a deputy or send apologies.",
		},
		Facts: c.facts(),
		Link:  notify.Link{Text: "Reply now", Path: path, Open: true, Inside: "/meetings/" + c.meeting.ID.String() + "/reply"},
		Why:   c.why(*asked),
	}, true, err
}

func (c coming) why(asked Attendee) string {
	if asked.Guest {
		return fmt.Sprintf("You are asked to join %s for one item.", c.forum.Name)
	}
	return fmt.Sprintf("You have a seat at %s, or are named as deputy there.", c.forum.Name)
}

func seatNames(seats []TableSeat) string {
	names := make([]string, len(seats))
	for i, seat := range seats {
		names[i] = seat.Name
	}
	return andList(names)
}
