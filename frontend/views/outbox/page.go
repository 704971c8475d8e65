package outbox

import (
	"fmt"
	"strconv"

	"github.com/google/uuid"

	"quorate/frontend/govuk"
	"quorate/notify"
	"quorate/server/base/clock"
)

// Words say what a kind of notice tells.
type Words func(notify.Kind) string

// Now is how the mail stands.
type Now struct {
	notify.MailNow
	What     Words
	Reason   string // why to hold it, as typed
	Problems govuk.Errors
}

func messages(n int) string {
	if n == 1 {
		return "1 message"
	}
	return strconv.Itoa(n) + " messages"
}

func people(n int) string {
	if n == 1 {
		return "1 person"
	}
	return strconv.Itoa(n) + " people"
}

func (p Now) heldWords() string {
	if p.WaitingOld > 0 {
		return fmt.Sprintf("%s held, %d of them for more than a day.", messages(p.Waiting), p.WaitingOld)
	}
	return messages(p.Waiting) + " held."
}

func (p Now) facts() []govuk.Fact {
	undelivered := govuk.Fact{Key: "Could not be delivered", Text: messages(p.Undelivered)}
	if p.Undelivered > 0 {
		undelivered.Actions = []govuk.Link{{Text: "Mend", Of: "messages that could not be delivered", Href: "/mail/undelivered"}}
	}
	failing := govuk.Fact{Key: "Mail does not reach", Text: people(p.Failing)}
	if p.Failing > 0 {
		failing.Actions = []govuk.Link{{Text: "Mend", Of: "addresses that fail", Href: "/mail/addresses"}}
	}
	return []govuk.Fact{
		{Key: "Sent in the last day", Text: messages(p.Sent)},
		{Key: "Waiting", Text: messages(p.Waiting)},
		{Key: "To go later", Text: messages(p.Later)},
		undelivered, failing,
	}
}

func (p Now) waitingCaption() string {
	if all := p.Waiting + p.Later; all > len(p.Next) {
		return fmt.Sprintf("What waits: the first %d of %d messages", len(p.Next), all)
	}
	return "What waits"
}

func (p Now) waitingRows() []govuk.Row {
	rows := make([]govuk.Row, len(p.Next))
	for i, n := range p.Next {
		goes := clock.Moment(n.DueAt)
		switch {
		case p.Hold != nil:
			goes = "Held"
		case n.Failure != "":
			goes += ": " + n.Failure.Words()
		}
		rows[i] = govuk.Cells(p.What(n.Kind), n.Name, clock.Moment(n.CreatedAt), goes, strconv.Itoa(n.Tries))
	}
	return rows
}

// LetGo asks what becomes of what was held.
type LetGo struct {
	notify.MailNow
	Value    string // "all" or "recent", as chosen
	Problems govuk.Errors
}

func (p LetGo) words() string {
	return messages(p.Waiting) + " held since " + clock.Moment(p.Hold.HeldAt) + ", because: " + p.Hold.Reason
}

func (p LetGo) choices() []govuk.Choice {
	return []govuk.Choice{
		{Value: "all", Text: "Send all of it", Hint: messages(p.Waiting)},
		{Value: "recent", Text: "Send what is no older than a day, and drop the rest", Hint: fmt.Sprintf("Sends %s and drops %s for good", messages(p.Waiting-p.WaitingOld), messages(p.WaitingOld))},
	}
}

// Undelivered is a page of what could not be delivered.
type Undelivered struct {
	notify.UndeliveredList
	Filter   notify.UndeliveredFilter
	What     Words
	Ticked   []string
	Reason   string
	Problems govuk.Errors
}

func (p Undelivered) emptyWords() string {
	if p.Filter.Failure != "" {
		return "Nothing failed for that reason"
	}
	return "Everything was delivered"
}

func (p Undelivered) allWords() string {
	all := 0
	for _, f := range p.Failures {
		all += f.Count
	}
	return "All (" + strconv.Itoa(all) + ")"
}

func (p Undelivered) caption() string {
	if p.Filter.Failure != "" {
		return p.Filter.Failure.Words() + ": " + messages(p.Total)
	}
	return messages(p.Total) + ", the latest first"
}

func (p Undelivered) sendAllWords() string {
	return fmt.Sprintf("Send all %d again", p.Total)
}

func (p Undelivered) pageHref(page int) string {
	href := "/mail/undelivered?page=" + strconv.Itoa(page)
	if p.Filter.Failure != "" {
		href += "&failure=" + string(p.Filter.Failure)
	}
	return href
}

func (p Undelivered) rows() []govuk.Row {
	rows := make([]govuk.Row, len(p.Rows))
	for i, u := range p.Rows {
		rows[i] = govuk.Row{Cells: []govuk.Cell{choose(p, u), to(u), govuk.Text(p.What(u.Kind)), why(u), govuk.Text(triedAt(u)), govuk.Text(strconv.Itoa(u.Tries))}}
	}
	return rows
}

func triedAt(u notify.Undelivered) string {
	if u.TriedAt == nil || u.Tries == 0 {
		return "Not tried"
	}
	return clock.Moment(*u.TriedAt)
}

// One is one message that could not be delivered.
type One struct {
	notify.Undelivered
	What     Words
	Typed    string // the address, as typed
	Resend   bool
	Problems govuk.Errors
}

func (p One) facts() []govuk.Fact {
	facts := []govuk.Fact{
		{Key: "To", Text: p.Name},
		{Key: "Address tried", Text: p.SentTo},
		{Key: "What it tells", Text: p.What(p.Kind)},
		{Key: "Why it failed", Text: p.Failure.Words() + ". " + p.Failure.Mend() + "."},
	}
	if p.LastError != "" {
		facts = append(facts, govuk.Fact{Key: "In the mail server’s words", Text: p.LastError})
	}
	return append(facts, govuk.Fact{Key: "Caused", Text: clock.Moment(p.CreatedAt)}, govuk.Fact{Key: "Last tried", Text: triedAt(p.Undelivered)}, govuk.Fact{Key: "Tries", Text: strconv.Itoa(p.Tries)})
}

// Addresses lists whom mail does not reach.
type Addresses struct {
	List     []notify.FailingAddress
	Person   uuid.UUID // whose form was sent
	Typed    string
	Problems govuk.Errors
}

func (p Addresses) typed(a notify.FailingAddress) string {
	if p.Person == a.PersonID {
		return p.Typed
	}
	return a.Email
}

func (p Addresses) problem(a notify.FailingAddress) string {
	if p.Person == a.PersonID {
		return p.Problems.For(emailField(a.PersonID))
	}
	return ""
}

// emailField is the field of one person's address among those of others.
func emailField(person uuid.UUID) string { return EmailField + person.String() }

// EmailField begins the name of the field of a person's address.
const EmailField = "email_"

func addressFacts(a notify.FailingAddress) []govuk.Fact {
	return []govuk.Fact{
		{Key: "Address", Text: a.Email},
		{Key: "Since", Text: clock.Moment(a.Since)},
		{Key: "Why", Text: a.Failure.Words() + ". " + a.Failure.Mend() + "."},
		{Key: "In the mail server’s words", Text: a.Answer},
		{Key: "Kept for them", Text: messages(a.Kept)},
	}
}
