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
	Headline    string         `json:"headline"`
	Since       clock.Date     `json:"since"` // the digest before; Not known for the first
	Asked       int            `json:"asked"` // waiting for the board's answer
	YoungPeople int            `json:"young_people"`
	WeeklyPence int64          `json:"weekly_pence"`
	Asks        []DigestLine   `json:"asks"` // what the board is asked today, the most pressing first, as many as mostAsks
	New         int            `json:"new"`  // of those it is asked, since the digest before
	Overdue     int            `json:"overdue"`
	Oldest      []DigestLine   `json:"oldest"` // where they are not all in sight already
	Undone      []DigestLine   `json:"undone"` // what the board directed and its date passed
	Themes      []DigestTheme  `json:"themes"`
	History     []DigestPoint  `json:"history"` // what the digests before said, oldest first, and this one last
	Measures    []BoardMeasure `json:"measures"`
}

// DigestPoint is one digest in the line of them.
type DigestPoint struct {
	AsAt        clock.Date `json:"as_at"`
	Asked       int        `json:"asked"`
	New         int        `json:"new"`
	Overdue     int        `json:"overdue"`
	Undone      int        `json:"undone"`
	OldestDays  int        `json:"oldest_days"` // the age of the oldest that waits; 0 where none does
	YoungPeople int        `json:"young_people"`
	WeeklyPence int64      `json:"weekly_pence"`
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
	New         bool       `json:"new"`
	Overdue     bool       `json:"overdue"`
}

// DigestTheme is what waits about one kind of blocker.
type DigestTheme struct {
	Kind        Kind  `json:"kind"`
	Escalations int   `json:"escalations"`
	YoungPeople int   `json:"young_people"`
	WeeklyPence int64 `json:"weekly_pence"`
	Before      *int  `json:"before,omitempty"` // escalations of the kind in the digest before; nil for the first digest
}

const (
	oldestShown = 5
	mostAsks    = 40 // more than a meeting gets through
	pointsKept  = 8  // two years of quarterly boards
)

// writeDigest says what a board must know today. lines are all its escalations; before is the digest that
// was sent last, nil for the first.
func writeDigest(lines []BoardLine, before *Digest, asAt clock.Date) DigestContent {
	var d DigestContent
	var since time.Time
	if before != nil {
		since = before.SentAt
		d.Since = clock.DateOf(since)
	}
	var waiting []BoardLine
	for _, line := range lines {
		if line.Undone {
			d.Undone = append(d.Undone, line.inDigest(line.ActBy, since))
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
			d.New++
		}
		if line.Overdue {
			d.Overdue++
		}
	}
	d.Asked = len(waiting)
	slices.SortStableFunc(waiting, func(a, b BoardLine) int { return b.AgeDays - a.AgeDays })
	oldest := 0
	if len(waiting) > 0 {
		oldest = waiting[0].AgeDays
	}
	if len(waiting) > 2*oldestShown {
		for _, line := range waiting[:oldestShown] {
			d.Oldest = append(d.Oldest, line.inDigest(line.AnswerDueOn, since))
		}
	}
	slices.SortStableFunc(waiting, func(a, b BoardLine) int { return b.AnswerDueOn.DaysUntil(a.AnswerDueOn) })
	for _, line := range waiting[:min(mostAsks, len(waiting))] {
		d.Asks = append(d.Asks, line.inDigest(line.AnswerDueOn, since))
	}
	for _, t := range themeTotals(waiting) {
		d.Themes = append(d.Themes, DigestTheme{Kind: t.Kind, Escalations: t.Escalations, YoungPeople: t.YoungPeople, WeeklyPence: t.WeeklyPence, Before: before.asked(t.Kind)})
	}
	now := DigestPoint{AsAt: asAt, Asked: d.Asked, New: d.New, Overdue: d.Overdue, Undone: len(d.Undone), OldestDays: oldest, YoungPeople: d.YoungPeople, WeeklyPence: d.WeeklyPence}
	if before != nil {
		d.History = slices.Clone(before.Content.History)
	}
	d.History = append(d.History, now)
	d.History = d.History[max(0, len(d.History)-pointsKept):]
	d.Headline = d.headline()
	return d
}

// asked is how many escalations of a kind a digest said wait; nil for no digest.
func (d *Digest) asked(kind Kind) *int {
	if d == nil {
		return nil
	}
	n := 0
	for _, t := range d.Content.Themes {
		if t.Kind == kind {
			n = t.Escalations
		}
	}
	return &n
}

func (l BoardLine) inDigest(due clock.Date, since time.Time) DigestLine {
	return DigestLine{
		Escalation: l.EscalationID, Blocker: l.Blocker, Alias: l.Alias, AgeBand: l.AgeBand, Kind: l.Kind, Theme: l.Theme,
		Needed: l.Needed, WeeklyPence: l.WeeklyPence, YoungPeople: l.YoungPeople, AgeDays: l.AgeDays, DueOn: due,
		New: l.State == Waiting && l.AskedAt.After(since), Overdue: l.Overdue || l.Undone,
	}
}

// About is whom an escalation concerns as far as a board knows: an alias and an age band, or how many.
func (l DigestLine) About() string {
	if l.Alias == "" {
		return plural(l.YoungPeople, "young person", "young people")
	}
	return l.Alias + ", " + l.AgeBand
}

// Due is the day something is due by, with what a reader should see of it first.
func (l DigestLine) Due() string {
	switch {
	case l.Overdue:
		return l.DueOn.Long() + ", overdue"
	case l.New:
		return l.DueOn.Long() + ", new"
	default:
		return l.DueOn.Long()
	}
}

// Money is the weekly money at stake, or that nobody has said.
func (l DigestLine) Money() string {
	if l.WeeklyPence == nil {
		return "Not known"
	}
	return money.Pounds(*l.WeeklyPence)
}

// Change is how many more or fewer of the kind wait than the digest before said.
func (t DigestTheme) Change() string {
	if t.Before == nil {
		return "first digest"
	}
	return Change(t.Escalations, *t.Before)
}

// DigestFigure is one of the numbers a digest begins with.
type DigestFigure struct {
	Name   string
	Value  string
	Change string // since the digest before; "" where there is nothing to compare
}

// Figures are the numbers a digest begins with.
func (d DigestContent) Figures() []DigestFigure {
	now, drawn := d.Now()
	before, known := d.Before()
	since := func(now, then int) string {
		if !known {
			return ""
		}
		return Change(now, then)
	}
	figures := []DigestFigure{
		{"For the board to answer", fmt.Sprint(d.Asked), since(d.Asked, before.Asked)},
		{"New since the last digest", fmt.Sprint(d.New), ""},
		{"Answers overdue", fmt.Sprint(d.Overdue), since(d.Overdue, before.Overdue)},
		{"Directions past their date", fmt.Sprint(len(d.Undone)), since(len(d.Undone), before.Undone)},
		{"Young people affected", fmt.Sprint(d.YoungPeople), since(d.YoungPeople, before.YoungPeople)},
		{"Weekly money at stake", money.Pounds(d.WeeklyPence), d.moneyChange()},
	}
	if drawn && now.OldestDays > 0 {
		figures = append(figures, DigestFigure{"The oldest was raised", plural(now.OldestDays, "day", "days") + " ago", ""})
	}
	return figures
}

func (d DigestContent) moneyChange() string {
	before, known := d.Before()
	switch more := d.WeeklyPence - before.WeeklyPence; {
	case !known:
		return ""
	case more == 0:
		return "the same as last time"
	case more > 0:
		return money.Pounds(more) + " more than last time"
	default:
		return money.Pounds(-more) + " less than last time"
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
	if n := d.Overdue; n > 0 {
		said = append(said, fmt.Sprintf("%d overdue", n))
	}
	if n := d.New; n > 0 && n < d.Asked {
		said = append(said, fmt.Sprintf("%d new", n))
	}
	return strings.Join(said, ", ")
}

// Now is what this digest says, as a point of the line. Digests kept before there was a line have none.
func (d DigestContent) Now() (DigestPoint, bool) {
	if len(d.History) == 0 {
		return DigestPoint{}, false
	}
	return d.History[len(d.History)-1], true
}

// Before is what the digest before said.
func (d DigestContent) Before() (DigestPoint, bool) {
	if len(d.History) < 2 {
		return DigestPoint{}, false
	}
	return d.History[len(d.History)-2], true
}

// Change is how a number compares with the digest before, in words: "2 more than last time".
func Change(now, before int) string {
	switch {
	case now == before:
		return "the same as last time"
	case now > before:
		return fmt.Sprintf("%d more than last time", now-before)
	default:
		return fmt.Sprintf("%d fewer than last time", before-now)
	}
}

// AskedToday is what is asked of the board today, in a sentence.
func (d DigestContent) AskedToday() string {
	if len(d.Asks) == 0 {
		return "Nothing is asked of the board today."
	}
	first := d.Asks[0].DueOn
	by := "by " + first.LongWithWeekday()
	if now, ok := d.Now(); ok && first.Before(now.AsAt) {
		by = "which was due by " + first.LongWithWeekday()
	}
	if d.Asked == 1 {
		return "The board is asked to answer one escalation, " + by + "."
	}
	return fmt.Sprintf("The board is asked to answer %d escalations, the first %s.", d.Asked, strings.Replace(by, "which was due", "due", 1))
}

// worthSending: a week in which nothing is new and nothing overdue needs no message.
func (d DigestContent) worthSending() bool {
	return d.New > 0 || d.Overdue > 0 || len(d.Undone) > 0
}

// facts are what the e-mail may hold: counts and money, and of people nothing under five. Kinds are
// words of the product, so nothing anybody typed is among them.
func (d DigestContent) facts() []fact {
	before, known := d.Before()
	counted := func(now, then int) string {
		if !known {
			return fmt.Sprint(now)
		}
		return fmt.Sprintf("%d, %s", now, Change(now, then))
	}
	facts := []fact{
		{"For the board to answer", counted(d.Asked, before.Asked)},
		{"New", fmt.Sprint(d.New)},
		{"Answers overdue", counted(d.Overdue, before.Overdue)},
		{"Directions not carried out by their date", counted(len(d.Undone), before.Undone)},
	}
	if now, ok := d.Now(); ok && now.OldestDays > 0 {
		facts = append(facts, fact{"The oldest was raised", plural(now.OldestDays, "day", "days") + " ago"})
	}
	if d.Asked == 0 {
		return facts
	}
	facts = append(facts, fact{"Young people affected", d.affected()})
	if held := d.heldBack(); d.YoungPeople >= few && d.WeeklyPence > 0 && (held == 0 || held >= few) {
		facts = append(facts, fact{"Money at stake", money.Pounds(d.WeeklyPence) + " a week"})
	}
	return facts
}

// byKind are the kinds with what an e-mail may say of each.
func (d DigestContent) byKind() [][]string {
	var rows [][]string
	for _, t := range d.Themes {
		sum := "not shown"
		if t.YoungPeople >= few {
			sum = money.Pounds(t.WeeklyPence)
		}
		rows = append(rows, []string{t.Kind.Words(), people(t.YoungPeople), sum})
	}
	return rows
}

// few is the count under which people might be told apart.
const few = 5

func people(n int) string {
	if n < few {
		return fmt.Sprintf("fewer than %d", few)
	}
	return fmt.Sprint(n)
}

// heldBack is how many young people wait in kinds whose count is not told.
func (d DigestContent) heldBack() int {
	held := 0
	for _, t := range d.Themes {
		if t.YoungPeople < few {
			held += t.YoungPeople
		}
	}
	return held
}

// affected is how many young people wait, without letting a reader work out a kind's count that is
// held back by taking the others away from the whole.
func (d DigestContent) affected() string {
	held := d.heldBack()
	if shown := d.YoungPeople - held; shown > 0 && held > 0 && held < few {
		return fmt.Sprintf("more than %d", shown)
	}
	return people(d.YoungPeople)
}

type fact struct{ name, value string }

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
