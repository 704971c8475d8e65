package history

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"quorate/agendas/tracker"
	"quorate/panels/room"
	"quorate/server/base/clock"
	"quorate/server/base/fault"
)

const (
	headingDepth = 30
	maxWords     = 8_000
	maxName      = 200
)

// A Problem is something in the file that a person should look at.
type Problem struct {
	Sheet   SheetKind
	Error   bool // the row is left out
	Row     int  // the sheet's own number
	Column  string
	Value   string
	Problem string // what is wrong, and how to mend it
}

// A Reading is what a file says, before it is compared with what is held.
type Reading struct {
	File     string
	Sheets   map[SheetKind]string // the name each sheet has in the file
	Rows     []Row                // sheet by sheet, in the order they are brought
	Problems []Problem
	Notices  []string
}

// Read finds the sheets in one workbook, or in up to four CSVs, and reads their rows as they stand
// today. A file in which nothing can be found is refused with what to mend.
func Read(books []*tracker.Workbook, today clock.Date) (*Reading, error) {
	reading := &Reading{Sheets: map[SheetKind]string{}}
	var names []string
	for _, book := range books {
		names = append(names, book.Name)
		for _, sheet := range book.Sheets() {
			if err := reading.readSheet(book.Name, sheet, today); err != nil {
				return nil, err
			}
		}
	}
	reading.File = strings.Join(names, ", ")
	if len(reading.Sheets) == 0 {
		return nil, fault.New(fault.Invalid, "No sheet of people, seats, past decisions or open actions was found in the file. Download the template, copy your rows under its headings and choose it again.")
	}
	slices.SortStableFunc(reading.Rows, func(a, b Row) int { return slices.Index(SheetKinds, a.Sheet) - slices.Index(SheetKinds, b.Sheet) })
	return reading, nil
}

// a layout says which column of a sheet is which.
type layout struct {
	kind    SheetKind
	heading int // its row
	at      map[string]int
	names   map[string]string
	missing []string
}

// readSheet reads a sheet that is one of ours. One without our headings, such as notes, is left alone.
func (r *Reading) readSheet(file string, sheet tracker.Sheet, today clock.Date) error {
	found, err := findLayout(sheet)
	if err != nil || found == nil {
		return err
	}
	name := sheet.Name
	if name == "" {
		name = file
	}
	if len(found.missing) > 0 {
		return fault.New(fault.Invalid, "“%s” has no column for %s. Add it, or change its heading, and choose the file again.", name, strings.Join(found.missing, " or "))
	}
	if other, taken := r.Sheets[found.kind]; taken {
		return fault.New(fault.Invalid, "“%s” and “%s” both hold %s. Put them in one sheet and choose the file again.", other, name, strings.ToLower(found.kind.Title()))
	}
	r.Sheets[found.kind] = name
	if sheet.Hidden {
		r.Notices = append(r.Notices, fmt.Sprintf("“%s” is hidden in the workbook. It was read too.", name))
	}
	rows, examples := 0, 0
	err = sheet.Rows(func(number int, cells []tracker.Cell) bool {
		if number <= found.heading {
			return true
		}
		line := &line{reading: r, layout: found, number: number, cells: cells, today: today}
		switch line.sort() {
		case blankLine:
			return true
		case exampleLine:
			examples++
			return true
		}
		if rows++; rows > MaxRows {
			return false
		}
		line.read()
		return true
	})
	if rows > MaxRows {
		return fault.New(fault.TooLarge, "“%s” holds more than %d rows. Divide it and bring the parts one after the other.", name, MaxRows)
	}
	switch {
	case examples == 1:
		r.Notices = append(r.Notices, fmt.Sprintf("1 example row of “%s” was left out.", name))
	case examples > 1:
		r.Notices = append(r.Notices, fmt.Sprintf("%d example rows of “%s” were left out.", examples, name))
	}
	return err
}

// findLayout looks for a row of headings; nil when the sheet is none of ours.
func findLayout(sheet tracker.Sheet) (*layout, error) {
	var best *layout
	most := 0
	err := sheet.Rows(func(number int, cells []tracker.Cell) bool {
		if number > headingDepth {
			return false
		}
		for _, kind := range SheetKinds {
			tried := &layout{kind: kind, heading: number, at: map[string]int{}, names: map[string]string{}}
			for at, cell := range cells {
				heading := cell.Shown()
				for _, c := range specs[kind].columns {
					if _, taken := tried.at[c.field]; !taken && heading != "" && c.is(heading) {
						tried.at[c.field], tried.names[c.field] = at, heading
						break
					}
				}
			}
			score := 2 * len(tried.at)
			for _, c := range specs[kind].columns {
				if _, there := tried.at[c.field]; c.required && !there {
					tried.missing = append(tried.missing, c.heading)
				}
			}
			score -= 3 * len(tried.missing)
			if plain(sheet.Name) == plain(kind.Title()) {
				score += 4
			}
			if len(tried.at) >= 2 && score > most {
				best, most = tried, score
			}
		}
		return true
	})
	return best, err
}

type lineSort int

const (
	ordinaryLine lineSort = iota
	blankLine
	exampleLine
)

// a line is one row being read.
type line struct {
	reading *Reading
	layout  *layout
	number  int
	cells   []tracker.Cell
	today   clock.Date
	failed  bool
}

func (l *line) sort() lineSort {
	first := ""
	for _, c := range specs[l.layout.kind].columns {
		if shown := l.cell(c.field).Shown(); shown != "" && first == "" {
			first = shown
		}
	}
	switch lower := strings.ToLower(first); {
	case first == "":
		return blankLine
	case strings.HasPrefix(lower, "example:"), strings.HasPrefix(lower, "e.g."):
		return exampleLine
	default:
		return ordinaryLine
	}
}

func (l *line) cell(field string) tracker.Cell {
	at, there := l.layout.at[field]
	if !there || at >= len(l.cells) {
		return tracker.Cell{}
	}
	return l.cells[at]
}

// wrong notes an error: the row is left out.
func (l *line) wrong(field, format string, args ...any) {
	l.failed = true
	l.reading.Problems = append(l.reading.Problems, Problem{
		Sheet: l.layout.kind, Error: true, Row: l.number, Column: l.headingOf(field), Value: l.cell(field).Shown(), Problem: fmt.Sprintf(format, args...),
	})
}

func (l *line) headingOf(field string) string {
	if name := l.layout.names[field]; name != "" {
		return name
	}
	return headingOf(l.layout.kind, field)
}

func headingOf(kind SheetKind, field string) string {
	for _, c := range specs[kind].columns {
		if c.field == field {
			return c.heading
		}
	}
	return ""
}

func (l *line) text(field string, most int, needed string) string {
	cell := l.cell(field)
	text := cell.Text()
	switch {
	case cell.IsError():
		l.wrong(field, "The spreadsheet shows an error here. Mend the formula or type the value.")
	case text == "" && needed != "":
		l.wrong(field, "%s", needed)
	case utf8.RuneCountInString(text) > most:
		l.wrong(field, "This is longer than %d letters. Shorten it.", most)
	}
	return text
}

func (l *line) name(field, needed string) string {
	return strings.Join(strings.Fields(l.text(field, maxName, needed)), " ")
}

func (l *line) date(field, needed string) clock.Date {
	on, problem := l.cell(field).Date(l.today)
	switch {
	case problem != "":
		l.wrong(field, "%s Enter a date like 04/03/2026.", problem)
	case on.IsZero() && needed != "":
		l.wrong(field, "%s", needed)
	case !on.IsZero() && (on.Year < 1990 || on.Year > l.today.Year+20):
		l.wrong(field, "This is %s, which cannot be right. Enter a date like 04/03/2026.", on.Long())
	}
	return on
}

func (l *line) email(field, needed string) string {
	email := strings.ToLower(strings.TrimPrefix(l.name(field, needed), "mailto:"))
	if email == "" {
		return ""
	}
	name, host, ok := strings.Cut(email, "@")
	if !ok || name == "" || !strings.Contains(host, ".") || strings.ContainsAny(email, " \t,;<>\"") {
		l.wrong(field, "This is not an email address. Enter one like name@example.org.")
	}
	return email
}

func (l *line) pence(field string, once bool) *int64 {
	pence, problem := l.cell(field).Pence(once)
	if problem != "" {
		l.wrong(field, "%s", problem)
	}
	return pence
}

func (l *line) person(needed string) string {
	reference, problem := l.cell("person").Reference()
	switch {
	case problem != "":
		l.wrong("person", "%s", problem)
	case reference == "" && needed != "":
		l.wrong("person", "%s", needed)
	}
	return reference
}

func (l *line) read() {
	row := Row{Sheet: l.layout.kind, Number: l.number}
	switch l.layout.kind {
	case People:
		p := &personRow{Name: l.name("name", "There is no name. Enter forename and surname."), Email: l.email("email", "There is no email address. It tells people apart, so enter it."),
			JobTitle: l.name("job", ""), Agency: l.name("agency", ""), LastDay: l.date("left", "")}
		flag, problem := l.cell("presenter").Flag()
		if problem != "" {
			l.wrong("presenter", "%s", problem)
		}
		p.Presenter, row.Person = flag, p
	case Seats:
		s := &seatRow{
			Forum: l.name("forum", "There is no forum. Enter its name as on the Forums page."), Seat: l.name("seat", "There is no seat. Enter what it is called."),
			Agency: l.name("agency", ""), Office: l.name("office", ""), Standing: l.name("standing", ""), Email: l.email("email", ""), To: l.date("to", ""),
		}
		needed := ""
		if s.Email != "" {
			needed = "There is no first day. Enter when they began, like 01/04/2024."
		}
		s.From = l.date("from", needed)
		if order := l.name("order", ""); order != "" && !strings.EqualFold(order, "holder") {
			n, err := strconv.Atoi(order)
			if err != nil || n < 0 || n > 9 {
				l.wrong("order", "Enter 1 for the first deputy, 2 for the second, up to 9, or leave it empty for the holder.")
			}
			s.Order = n
		}
		if !s.To.IsZero() && s.To.Before(s.From) {
			l.wrong("to", "The last day is before the first, %s. Correct one of them.", s.From.Long())
		}
		row.Seat = s
	case Decisions:
		d := &decisionRow{
			Forum: l.name("forum", "There is no forum. Enter its name as on the Forums page."), On: l.date("on", "There is no meeting date. Enter the day it was decided."),
			Person: l.person("There is no person reference. Enter it: the decision cannot be matched without it."), Item: l.name("item", ""),
			Words: l.text("words", maxWords, "There are no words. Enter what was decided, as the record has it."), Conditions: l.text("conditions", maxWords, ""),
			Weekly: l.pence("weekly", false), OneOff: l.pence("one_off", true), WeeklySplit: l.text("weekly_split", 1000, ""), OneOffSplit: l.text("one_off_split", 1000, ""),
			ReviewOn: l.date("review", ""),
		}
		outcome, known := outcomeOf(l.name("outcome", "There is no outcome. Enter one like Agreed, Deferred or Not agreed."))
		if !known && l.cell("outcome").Text() != "" {
			l.wrong("outcome", "This outcome is not known. Enter one of: Agreed, Agreed with conditions, Agreed in part, Agreed in principle, Deferred, Not agreed, Not eligible, Referred, Escalated or Withdrawn.")
		}
		if !d.ReviewOn.IsZero() && !d.ReviewOn.After(d.On) {
			l.wrong("review", "The review date is not after the meeting of %s. Correct one of them.", d.On.Long())
		}
		l.before("on", d.On)
		d.Outcome, row.Decision = outcome, d
	case Actions:
		a := &actionRow{
			Forum: l.name("forum", "There is no forum. Enter its name as on the Forums page."), On: l.date("on", "There is no meeting date. Enter the day of the meeting that raised it."),
			What: l.text("what", 2000, "There is nothing to be done. Enter what the action is."), Email: l.email("email", "There is no owner. Enter the email address of who does it."),
			Agency: l.name("agency", ""), DueOn: l.date("due", "There is no due date. Enter when it is due."), Person: l.person(""),
		}
		if !a.DueOn.IsZero() && a.DueOn.Before(a.On) {
			l.wrong("due", "It is due before the meeting of %s that raised it. Correct one of them.", a.On.Long())
		}
		l.before("on", a.On)
		row.Action = a
	}
	if !l.failed {
		l.reading.Rows = append(l.reading.Rows, row)
	}
}

// before notes a meeting that is still to come.
func (l *line) before(field string, on clock.Date) {
	if !on.IsZero() && !on.Before(l.today) {
		l.wrong(field, "This meeting is not in the past. Only what was decided before today is brought: later meetings are held in Quorate.")
	}
}

var outcomeAlso = map[string]room.Outcome{
	"approved": room.Agreed, "yes": room.Agreed, "agree": room.Agreed, "approved with conditions": room.AgreedWithConditions, "agreed subject to conditions": room.AgreedWithConditions,
	"agreed conditionally": room.AgreedWithConditions, "part agreed": room.AgreedInPart, "partly agreed": room.AgreedInPart, "in principle": room.AgreedInPrinciple, "approved in principle": room.AgreedInPrinciple,
	"defer": room.Deferred, "refused": room.NotAgreed, "declined": room.NotAgreed, "rejected": room.NotAgreed, "not approved": room.NotAgreed, "no": room.NotAgreed,
	"referred": room.Referred, "refer": room.Referred, "escalate": room.EscalatedOn, "withdrawn": room.WithdrawnByReferrer,
}

func outcomeOf(text string) (room.Outcome, bool) {
	asked := plain(text)
	for _, outcome := range room.Outcomes() {
		if asked == plain(outcome.Words()) {
			return outcome, outcome != room.Provisional
		}
	}
	outcome, known := outcomeAlso[asked]
	return outcome, known
}
