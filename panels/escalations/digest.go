package escalations

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/clock"
	"quorate/server/base/money"
)

// Digest is what a board was told, kept as it was sent.
type Digest struct {
	ID      uuid.UUID
	BoardID uuid.UUID
	Period  string // what it was sent for: "meeting:<id>", "week:2026-11-23", "asked:2026-11-26"
	AsAt    clock.Date
	Content DigestContent `gorm:"serializer:json"`
	SentAt  time.Time
	SentBy  *uuid.UUID // nil: by schedule
	SentTo  int
}

// TableName is digest.
func (Digest) TableName() string { return "digest" }

// DigestContent is what a digest says. Its JSON is kept for good, so names of fields do not change.
type DigestContent struct {
	Headline    string        `json:"headline"`
	Since       clock.Date    `json:"since"` // the digest before; Not known for the first
	Asked       int           `json:"asked"` // waiting for the board's answer
	YoungPeople int           `json:"young_people"`
	WeeklyPence int64         `json:"weekly_pence"`
	New         []DigestLine  `json:"new"`
	Oldest      []DigestLine  `json:"oldest"`
	Overdue     []DigestLine  `json:"overdue"` // answers the board owes
	Undone      []DigestLine  `json:"undone"`  // what the board directed and its date passed
	Themes      []DigestTheme `json:"themes"`
}

// DigestLine is one escalation in a digest: an alias and an age band, never who it is.
type DigestLine struct {
	Escalation  uuid.UUID  `json:"escalation"`
	Blocker     string     `json:"blocker"`
	Alias       string     `json:"alias"`
	AgeBand     string     `json:"age_band"`
	Kind        Kind       `json:"kind"`
	Theme       string     `json:"theme"`
	Needed      string     `json:"needed"`
	WeeklyPence *int64     `json:"weekly_pence"`
	YoungPeople int        `json:"young_people"`
	AgeDays     int        `json:"age_days"`
	DueOn       clock.Date `json:"due_on"` // the answer, or what was directed
}

// DigestTheme is what waits about one kind of blocker.
type DigestTheme struct {
	Kind        Kind  `json:"kind"`
	Escalations int   `json:"escalations"`
	YoungPeople int   `json:"young_people"`
	WeeklyPence int64 `json:"weekly_pence"`
}

const oldestShown = 5

// writeDigest says what a board must know today. lines are all its escalations; since is when
// the digest before was sent, the zero time for the first.
func writeDigest(lines []BoardLine, since time.Time) DigestContent {
	var d DigestContent
	if !since.IsZero() {
		d.Since = clock.DateOf(since)
	}
	var waiting []BoardLine
	for _, line := range lines {
		if line.Undone {
			d.Undone = append(d.Undone, line.inDigest(line.ActBy))
		}
		if line.State != Waiting {
			continue
		}
		waiting = append(waiting, line)
		d.YoungPeople += line.YoungPeople
		if line.WeeklyPence != nil {
			d.WeeklyPence += *line.WeeklyPence
		}
		if line.AskedAt.After(since) {
			d.New = append(d.New, line.inDigest(line.AnswerDueOn))
		}
		if line.Overdue {
			d.Overdue = append(d.Overdue, line.inDigest(line.AnswerDueOn))
		}
	}
	d.Asked = len(waiting)
	slices.SortStableFunc(waiting, func(a, b BoardLine) int { return b.AgeDays - a.AgeDays })
	for _, line := range waiting[:min(oldestShown, len(waiting))] {
		d.Oldest = append(d.Oldest, line.inDigest(line.AnswerDueOn))
	}
	for _, t := range themeTotals(waiting) {
		d.Themes = append(d.Themes, DigestTheme(t))
	}
	d.Headline = d.headline()
	return d
}

func (l BoardLine) inDigest(due clock.Date) DigestLine {
	return DigestLine{
		Escalation: l.EscalationID, Blocker: l.Blocker, Alias: l.Alias, AgeBand: l.AgeBand, Kind: l.Kind, Theme: l.Theme,
		Needed: l.Needed, WeeklyPence: l.WeeklyPence, YoungPeople: l.YoungPeople, AgeDays: l.AgeDays, DueOn: due,
	}
}

// headline says the finding first.
func (d DigestContent) headline() string {
	switch {
	case d.Asked == 0 && len(d.Undone) == 0:
		return "Nothing waits for this board’s answer"
	case d.Asked == 0:
		return plural(len(d.Undone), "direction", "directions") + " of this board not carried out by their date"
	}
	said := []string{plural(d.Asked, "escalation waits", "escalations wait") + " for this board’s answer"}
	if n := len(d.Overdue); n > 0 {
		said = append(said, fmt.Sprintf("%d overdue", n))
	}
	if n := len(d.New); n > 0 && n < d.Asked {
		said = append(said, fmt.Sprintf("%d new", n))
	}
	return strings.Join(said, ", ")
}

// worthSending: a week in which nothing is new and nothing overdue needs no message.
func (d DigestContent) worthSending() bool {
	return len(d.New) > 0 || len(d.Overdue) > 0 || len(d.Undone) > 0
}

// facts are what the e-mail may hold: counts and money, and of people nothing under five. Kinds are
// words of the product, so nothing anybody typed is among them.
func (d DigestContent) facts() []fact {
	facts := []fact{
		{"For the board to answer", fmt.Sprint(d.Asked)},
		{"New", fmt.Sprint(len(d.New))},
		{"Answers overdue", fmt.Sprint(len(d.Overdue))},
		{"Directions not carried out by their date", fmt.Sprint(len(d.Undone))},
	}
	if d.Asked == 0 {
		return facts
	}
	facts = append(facts, fact{"Young people affected", d.affected()})
	if d.YoungPeople >= few && d.WeeklyPence > 0 {
		facts = append(facts, fact{"Money at stake", money.Pounds(d.WeeklyPence) + " a week"})
	}
	for _, t := range d.Themes {
		facts = append(facts, fact{"Young people, " + lowerFirst(t.Kind.Words()), people(t.YoungPeople)})
	}
	return facts
}

// few is the count under which people might be told apart.
const few = 5

func people(n int) string {
	if n < few {
		return fmt.Sprintf("fewer than %d", few)
	}
	return fmt.Sprint(n)
}

// affected is how many young people wait, without letting a reader work out a kind's count that is
// held back by taking the others away from the whole.
func (d DigestContent) affected() string {
	shown := 0
	for _, t := range d.Themes {
		if t.YoungPeople >= few {
			shown += t.YoungPeople
		}
	}
	if held := d.YoungPeople - shown; shown > 0 && held > 0 && held < few {
		return fmt.Sprintf("more than %d", shown)
	}
	return people(d.YoungPeople)
}

// lowerFirst begins a kind in the middle of a line; NHS stays NHS.
func lowerFirst(words string) string {
	if strings.HasPrefix(words, "NHS") {
		return words
	}
	return strings.ToLower(words[:1]) + words[1:]
}

type fact struct{ name, value string }

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
