package room

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

// The kinds of notice about what is decided between meetings.
const (
	NoticeCorrespondence         notify.Kind = "correspondence_asked"    // to whoever is to answer
	NoticeCorrespondenceReminder notify.Kind = "correspondence_reminder" // to whoever has not answered
	NoticeCorrespondenceClosed   notify.Kind = "correspondence_closed"   // to the chair, who confirms the decision
	NoticeCorrespondenceLost     notify.Kind = "correspondence_lost"     // to the chair and the clerk: there was no quorum
)

func registerBetween(post *notify.Store) {
	post.Register(NoticeCorrespondence, notify.Nature{Group: notify.Votes, Words: "Your answer is needed in a vote by correspondence", Fixed: "You are asked to decide, and the vote closes by itself."}, writeToVoter(false))
	post.Register(NoticeCorrespondenceReminder, notify.Nature{Group: notify.Votes, Words: "A reminder to answer in a vote by correspondence", Fixed: "You are asked to decide, and the vote closes by itself."}, writeToVoter(true))
	post.Register(NoticeCorrespondenceClosed, notify.Nature{Group: notify.Votes, Words: "A vote by correspondence has closed and you confirm it", Fixed: "Nothing is decided until you confirm it."}, writeCorrespondenceClosed)
	post.Register(NoticeCorrespondenceLost, notify.Nature{Group: notify.Votes, Words: "A vote by correspondence had no quorum"}, writeCorrespondenceLost)
}

// closingWords is when a vote by correspondence closes: "on Thursday 26 November 2026 at 5pm".
func closingWords(m panels.Meeting) string { return closingAt(m.EndsAt) }

func closingAt(at time.Time) string {
	return "on " + clock.DateOf(at).LongWithWeekday() + " at " + clock.Time(at)
}

func betweenPath(meeting fmt.Stringer) string { return "/meetings/" + meeting.String() + "/room" }

// writeToVoter asks for an answer, or reminds of it, while it is still waited for.
func writeToVoter(reminder bool) notify.Compose {
	return func(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
		var f struct {
			MeetingID uuid.UUID
			Forum     string
			EndsAt    time.Time
			ClosedAt  *time.Time
			Gives     bool
			Waits     bool
		}
		err := tx.Raw(`
			select m.id as meeting_id, f.name as forum, m.ends_at, v.closed_at, bool_or(a.gives) as gives, bool_or(`+notAnswered+`) as waits
			from correspondence_asked a join vote v on v.id = a.vote_id join meeting m on m.id = v.meeting_id join forum f on f.id = m.forum_id
			where a.vote_id = ? and a.person_id = ? group by m.id, f.name, v.closed_at`, n.IDs["vote"], n.To).Take(&f).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return notify.Mail{}, false, nil
		}
		mail := notify.Mail{
			Subject: fmt.Sprintf("Your answer is needed: %s, vote by correspondence.", f.Forum),
			Lines: []string{
				fmt.Sprintf("%s decides one item in writing, because it cannot wait for the next meeting.", f.Forum),
				fmt.Sprintf("Voting closes %s. Read the request and its papers, and give your agency’s position before then.", closingAt(f.EndsAt)),
			},
			Link: notify.Link{Text: "Read it and answer", Path: betweenPath(f.MeetingID)},
			Why:  fmt.Sprintf("You decide at %s, or stand in for somebody who does.", f.Forum),
		}
		if !f.Gives {
			mail.Lines[1] = fmt.Sprintf("Voting closes %s. Your agency is not asked to pay. Read the request and its papers, and say that you have: your answer counts towards the quorum.", closingAt(f.EndsAt))
		}
		if reminder {
			mail.Subject = "Reminder. " + mail.Subject
		}
		return mail, f.ClosedAt == nil && f.Waits && tx.Now.Before(f.EndsAt), err
	}
}

// betweenFacts are all a message may know of what is decided between meetings.
type betweenFacts struct {
	MeetingID uuid.UUID
	Forum     string
	Status    panels.MeetingStatus
	Decided   bool // or waits for the other chair
}

func betweenFactsOf(tx db.Tx, n notify.Notice) (f betweenFacts, found bool, err error) {
	err = tx.Raw(`
		select m.id as meeting_id, f.name as forum, m.status,
			exists (select from decision d where d.meeting_id = m.id) or exists (select from decision_waiting w where w.meeting_id = m.id and w.settled_at is null) as decided
		from meeting m join forum f on f.id = m.forum_id where m.id = ?`, n.IDs["meeting"]).Take(&f).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return f, false, nil
	}
	return f, err == nil, err
}

func writeCorrespondenceClosed(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	f, found, err := betweenFactsOf(tx, n)
	return notify.Mail{
		Subject: fmt.Sprintf("Voting has closed: %s, vote by correspondence.", f.Forum),
		Lines:   []string{"There is a quorum. See who voted how, then confirm the decision. Until you do, nothing is decided."},
		Link:    notify.Link{Text: "See the result and confirm the decision", Path: betweenPath(f.MeetingID)},
		Why:     fmt.Sprintf("You chair %s, or stand in for its chair.", f.Forum),
	}, found && f.Status == panels.InSession && !f.Decided, err
}

func writeCorrespondenceLost(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	f, found, err := betweenFactsOf(tx, n)
	return notify.Mail{
		Subject: fmt.Sprintf("No quorum: %s, vote by correspondence.", f.Forum),
		Lines: []string{
			"Too few answered before voting closed, so nothing is decided.",
			"The request waits for the panel again and comes to the next meeting’s agenda by itself. If it cannot wait until then, call a meeting, or the chair decides by chair’s action.",
		},
		Link: notify.Link{Text: "See who answered", Path: betweenPath(f.MeetingID)},
		Why:  fmt.Sprintf("You are chair or clerk of %s.", f.Forum),
	}, found, err
}
