package requests

import (
	"errors"
	"fmt"
	"time"

	"quorate/notify"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// The kinds of notice about a request.
const (
	NoticeReturned     notify.Kind = "request_returned"      // to its presenter
	NoticeLate         notify.Kind = "request_late"          // to the panel's clerk
	NoticeLateAnswered notify.Kind = "request_late_answered" // to its presenter
)

// RegisterNotices tells the post who writes them.
func RegisterNotices(post *notify.Store) {
	post.Register(NoticeReturned, notify.Nature{Group: notify.Requests, Words: "A request you bring has come back with questions"}, writeReturned)
	post.Register(NoticeLate, notify.Nature{Group: notify.Requests, Words: "A late request waits for you as clerk"}, writeLate)
	post.Register(NoticeLateAnswered, notify.Nature{Group: notify.Requests, Words: "What the clerk says of a late request you bring"}, writeLateAnswered)
}

// told is a request as an e-mail may speak of it: by its own number, never by the case.
type told struct {
	Request
	ForumName    string
	LateStartsAt *time.Time
}

// tell reads what a notice is about; there is none once the request is gone.
func tell(tx db.Tx, n notify.Notice) (about told, found bool, err error) {
	about.Request, err = ByID(tx, n.IDs["request"])
	if errors.Is(err, notThere) {
		return about, false, nil
	}
	if err != nil {
		return about, false, err
	}
	err = tx.Raw(`select f.name, m.starts_at from forum f left join meeting m on m.id = ? where f.id = ?`, about.LateMeetingID, about.ForumID).
		Row().Scan(&about.ForumName, &about.LateStartsAt)
	return about, true, err
}

// writeReturned says nothing once the request is submitted again.
func writeReturned(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	r, found, err := tell(tx, n)
	questions := "There is one question to answer."
	if len(r.Questions) != 1 {
		questions = fmt.Sprintf("There are %d questions to answer.", len(r.Questions))
	}
	return notify.Mail{
		Subject: fmt.Sprintf("Funding request %s has come back with questions.", r.Reference()),
		Lines: []string{
			fmt.Sprintf("The clerk of %s sent funding request %s back to you. %s", r.ForumName, r.Reference(), questions),
			"Each question stands beside the section it is about. Answer them, then submit the request again.",
		},
		Link: notify.Link{Text: "Answer the questions", Path: "/requests/" + r.ID.String() + "/edit"},
		Why:  "You bring this request.",
	}, found && r.State == Returned && r.SubmittedBy == n.To, err
}

// writeLate says nothing once somebody has answered.
func writeLate(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	r, found, err := tell(tx, n)
	if err != nil || !found || !r.AwaitsLateAnswer() || r.LateStartsAt == nil || !r.LateStartsAt.After(tx.Now) {
		return notify.Mail{}, false, err
	}
	return notify.Mail{
		Subject: fmt.Sprintf("A late funding request waits for you: %s, %s.", r.ForumName, clock.DateOf(*r.LateStartsAt).LongWithWeekday()),
		Lines: []string{
			fmt.Sprintf("Funding request %s came after the papers were due for the meeting of %s on %s. It says why.", r.Reference(), r.ForumName, clock.Moment(*r.LateStartsAt)),
			"Accept it for this meeting, or put it to the next.",
		},
		Link: notify.Link{Text: "Read the request", Path: "/requests/" + r.ID.String()},
		Why:  fmt.Sprintf("You are the clerk of %s.", r.ForumName),
	}, true, nil
}

// writeLateAnswered tells the presenter what the clerk said.
func writeLateAnswered(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	r, found, err := tell(tx, n)
	if err != nil || !found || r.LateAnswer == LateWaiting || r.LateStartsAt == nil || r.SubmittedBy != n.To {
		return notify.Mail{}, false, err
	}
	subject := fmt.Sprintf("Funding request %s is accepted, though late.", r.Reference())
	line := fmt.Sprintf("The clerk of %s accepted funding request %s for the meeting on %s, though its papers were due before it came.", r.ForumName, r.Reference(), clock.Moment(*r.LateStartsAt))
	if r.LateAnswer == LateNext {
		subject = fmt.Sprintf("Funding request %s is put to the next meeting.", r.Reference())
		line = fmt.Sprintf("Funding request %s came too late for the meeting of %s on %s. The clerk puts it to the meeting after that.", r.Reference(), r.ForumName, clock.Moment(*r.LateStartsAt))
	}
	return notify.Mail{
		Subject: subject, Lines: []string{line},
		Link: notify.Link{Text: "Read the request", Path: "/requests/" + r.ID.String()},
		Why:  "You bring this request.",
	}, true, nil
}
