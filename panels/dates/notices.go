package dates

import (
	"errors"
	"fmt"

	"gorm.io/gorm"

	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// The kinds of notice about polls. Each names the forum and dates, and nothing anybody wrote.
const (
	NoticeAsked     notify.Kind = "dates_asked"     // say which dates suit you
	NoticeReminder  notify.Kind = "dates_reminder"  // you have not answered yet
	NoticeClosed    notify.Kind = "dates_closed"    // to the clerk: what the answers are
	NoticeChosen    notify.Kind = "dates_chosen"    // to those who get no calendar invitation
	NoticeWithdrawn notify.Kind = "dates_withdrawn" // no date is looked for any more
)

// RegisterNotices tells the post who writes them.
func RegisterNotices(post *notify.Store) {
	post.Register(NoticeAsked, notify.Nature{Group: notify.Dates, Words: "You are asked which dates suit you", Fixed: "You are asked for an answer, and the link in the email is how you give it without signing in."}, aboutPoll(writeAsked))
	post.Register(NoticeReminder, notify.Nature{Group: notify.Dates, Words: "A reminder to say which dates suit you"}, aboutPoll(writeReminder))
	post.Register(NoticeClosed, notify.Nature{Group: notify.Dates, Words: "The answers are in, and you choose a date"}, aboutPoll(writeClosed))
	post.Register(NoticeChosen, notify.Nature{Group: notify.Dates, Words: "The date is chosen, when your calendar gets no invitation", Fixed: "You are asked to come to this meeting."}, aboutPoll(writeChosen))
	post.Register(NoticeWithdrawn, notify.Nature{Group: notify.Dates, Words: "No date is looked for any more"}, aboutPoll(writeWithdrawn))
}

// about is what a message may know of a poll.
type about struct {
	poll  Poll
	forum panels.Forum
}

func aboutPoll(write func(db.Tx, about, notify.Notice) (notify.Mail, bool, error)) notify.Compose {
	return func(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
		poll, err := pollByID(tx, n.IDs["poll"])
		if fault.Is(err, fault.NotFound) {
			return notify.Mail{}, false, nil
		}
		if err != nil {
			return notify.Mail{}, false, err
		}
		forum, err := panels.ForumByID(tx, poll.ForumID)
		if err != nil {
			return notify.Mail{}, false, err
		}
		return write(tx, about{poll, forum}, n)
	}
}

// form is what the reader is asked; ok is false when they cannot answer, or no longer.
func (a about) form(tx db.Tx, n notify.Notice) (form Form, ok bool, err error) {
	if !a.poll.IsOpen(tx.Now) {
		return form, false, nil
	}
	invitee, err := inviteeOf(tx, a.poll.ID, n.To)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return form, false, nil
	}
	if err != nil {
		return form, false, err
	}
	form, err = formFor(tx, a.poll, invitee)
	return form, err == nil && len(form.Slots) > 0, err
}

// unanswered counts the dates that wait for the reader.
func (f Form) unanswered() int {
	count := 0
	for _, slot := range f.Slots {
		if f.Answers[slot.ID] == "" {
			count++
		}
	}
	return count
}

func countDates(n int) string {
	if n == 1 {
		return "1 date"
	}
	return fmt.Sprintf("%d dates", n)
}

func countAdded(n int) string {
	if n == 1 {
		return "1 date was"
	}
	return fmt.Sprintf("%d dates were", n)
}

func (a about) why(invitee Invitee) string {
	if invitee.Reason == "" {
		return fmt.Sprintf("You sit on %s, or are a named deputy.", a.forum.Name)
	}
	return fmt.Sprintf("The clerk of %s asked for you to be there.", a.forum.Name)
}

// openMail is a message with a link by which its reader answers.
func (a about) openMail(tx db.Tx, form Form, text string, mail notify.Mail) (notify.Mail, bool, error) {
	path, err := makeLink(tx, a.poll, form.Invitee)
	mail.Facts = []notify.Fact{{Name: "Dates", Value: fmt.Sprint(len(form.Slots))}, {Name: "Answer by", Value: clock.Moment(a.poll.ClosesAt)}}
	mail.Link = notify.Link{Text: text, Path: path, Open: true, Inside: "/dates/" + a.poll.ID.String() + "/answer"}
	mail.Why = a.why(form.Invitee)
	return mail, err == nil, err
}

func writeAsked(tx db.Tx, a about, n notify.Notice) (notify.Mail, bool, error) {
	form, ok, err := a.form(tx, n)
	if err != nil || !ok {
		return notify.Mail{}, false, err
	}
	closes := clock.Moment(a.poll.ClosesAt)
	left := form.unanswered()
	switch {
	case left == 0:
		return a.openMail(tx, form, "See or change your answers", notify.Mail{
			Subject: fmt.Sprintf("Your answers: dates for %s.", a.forum.Name),
			Lines:   []string{fmt.Sprintf("You have said when you can come to an extraordinary meeting of %s. You can change your answers until %s.", a.forum.Name, closes)},
		})
	case len(form.Answers) > 0:
		return a.openMail(tx, form, "Answer the new dates", notify.Mail{
			Subject: fmt.Sprintf("New dates to answer: %s. Answer by %s.", a.forum.Name, closes),
			Lines:   []string{fmt.Sprintf("%s is looking for a date for an extraordinary meeting. Since you answered, %s added.", a.forum.Name, countAdded(left))},
		})
	default:
		return a.openMail(tx, form, "Say when you can come", notify.Mail{
			Subject: fmt.Sprintf("When can you meet? %s. Answer by %s.", a.forum.Name, closes),
			Lines: []string{
				fmt.Sprintf("%s is looking for a date for an extraordinary meeting and asks which of %s suit you.", a.forum.Name, countDates(len(form.Slots))),
				"It takes a minute and you do not need to sign in. You can change your answers for as long as they are taken.",
			},
		})
	}
}

func writeReminder(tx db.Tx, a about, n notify.Notice) (notify.Mail, bool, error) {
	form, ok, err := a.form(tx, n)
	if err != nil || !ok || form.unanswered() == 0 {
		return notify.Mail{}, false, err
	}
	return a.openMail(tx, form, "Say when you can come", notify.Mail{
		Subject: fmt.Sprintf("Not answered yet: dates for %s. Answer by %s.", a.forum.Name, clock.Moment(a.poll.ClosesAt)),
		Lines: []string{
			fmt.Sprintf("%s is looking for a date for an extraordinary meeting and has not heard from you about %s.", a.forum.Name, countDates(form.unanswered())),
			"Without your answer the date may be one on which you cannot come. You do not need to sign in.",
		},
	})
}

func writeClosed(tx db.Tx, a about, n notify.Notice) (notify.Mail, bool, error) {
	if a.poll.Status != Closed {
		return notify.Mail{}, false, nil
	}
	judged, err := judge(tx, a.poll)
	if err != nil {
		return notify.Mail{}, false, err
	}
	people, err := askedPeople(tx, a.poll, judged)
	if err != nil {
		return notify.Mail{}, false, err
	}
	answered, sure, likely := 0, 0, 0
	for _, person := range people {
		if person.AnsweredAt != nil {
			answered++
		}
	}
	for _, p := range judged.prospects {
		switch {
		case p.Past:
		case p.Sure.Met():
			sure++
		case p.Likely.Met():
			likely++
		}
	}
	mail := notify.Mail{
		Subject: fmt.Sprintf("Choose a date: %s.", a.forum.Name),
		Lines:   []string{fmt.Sprintf("The time to answer about an extraordinary meeting of %s is over. Choose a date, or give people more time.", a.forum.Name)},
		Facts: []notify.Fact{
			{Name: "Answered", Value: fmt.Sprintf("%d of %d people", answered, len(people))},
			{Name: "Quorate", Value: countDates(sure)},
			{Name: "Quorate if those who said “if need be” come", Value: countDates(likely)},
		},
		Link: notify.Link{Text: "See the answers and choose", Path: "/dates/" + a.poll.ID.String()},
		Why:  fmt.Sprintf("You are the clerk of %s.", a.forum.Name),
	}
	if a.poll.ProposedBy == n.To {
		mail.Why = "The date is yours to choose."
	}
	return mail, true, nil
}

func writeChosen(tx db.Tx, a about, n notify.Notice) (notify.Mail, bool, error) {
	if a.poll.MeetingID == nil {
		return notify.Mail{}, false, nil
	}
	meeting, err := panels.MeetingByID(tx, *a.poll.MeetingID)
	if err != nil || meeting.Status != panels.Scheduled {
		return notify.Mail{}, false, err
	}
	var invitee Invitee
	err = tx.Raw(`select * from date_invitee where poll_id = ? and person_id = ?`, a.poll.ID, n.To).Take(&invitee).Error
	if err != nil {
		return notify.Mail{}, false, err
	}
	reader, err := panels.PersonByID(tx, n.To)
	if err != nil {
		return notify.Mail{}, false, err
	}
	actor, err := panels.ActorFor(tx, reader, tx.Today())
	if err != nil {
		return notify.Mail{}, false, err
	}
	slot := Slot{StartsAt: meeting.StartsAt, EndsAt: meeting.EndsAt}
	mail := notify.Mail{
		Subject: fmt.Sprintf("Date chosen: %s, %s.", a.forum.Name, clock.Moment(meeting.StartsAt)),
		Lines:   []string{fmt.Sprintf("The extraordinary meeting of %s is on %s.", a.forum.Name, slot.Words())},
		Link:    notify.Link{Text: "See what you answered", Path: "/dates/" + a.poll.ID.String()},
		Why:     a.why(invitee),
	}
	if actor.May(access.ReadMeeting, a.forum.ID) {
		mail.Link = notify.Link{Text: "See this meeting", Path: "/meetings/" + meeting.ID.String()}
	}
	for _, fact := range []notify.Fact{{Name: "Venue", Value: meeting.Venue}, {Name: "Joining link", Value: meeting.JoiningLink}} {
		if fact.Value != "" {
			mail.Facts = append(mail.Facts, fact)
		}
	}
	return mail, true, nil
}

func writeWithdrawn(_ db.Tx, a about, _ notify.Notice) (notify.Mail, bool, error) {
	return notify.Mail{
		Subject: fmt.Sprintf("No longer needed: dates for %s.", a.forum.Name),
		Lines:   []string{fmt.Sprintf("%s no longer looks for a date for the extraordinary meeting you were asked about. There is nothing for you to do.", a.forum.Name)},
		Link:    notify.Link{Text: "Read why", Path: "/dates/" + a.poll.ID.String()},
		Why:     "You were asked which dates suit you.",
	}, a.poll.Status == Withdrawn, nil
}
