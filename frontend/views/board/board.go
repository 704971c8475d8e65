// Package board shows a strategic board what is escalated to it, and its digests. Nothing here knows who a young person is: the types it is given hold an alias and an age band.
package board

import (
	"fmt"

	"quorate/frontend/govuk"
	"quorate/panels"
	"quorate/panels/escalations"
	"quorate/server/base/clock"
	"quorate/server/base/money"
)

func slugHref(b panels.Forum) string { return "/board/" + b.Slug }

// sections are a board's pages; current is the part of the address that names one of them.
func sections(b panels.Forum, current string) []govuk.NavItem {
	var items []govuk.NavItem
	for _, page := range []struct{ text, path string }{
		{"Escalations", ""}, {"Recommendations", "recommendations"}, {"Forward plan", "forward-plan"}, {"Delivery plan", "delivery-plan"}, {"Yearly reports", "reports"}, {"Delegates", "delegates"},
	} {
		href := slugHref(b)
		if page.path != "" {
			href += "/" + page.path
		}
		items = append(items, govuk.NavItem{Text: page.text, Href: href, Current: page.path == current})
	}
	return items
}

func escalationHref(l escalations.BoardLine) string {
	return "/board/escalations/" + l.EscalationID.String()
}

// who is the alias and age band, or how many a theme affects.
func who(alias, ageBand string, people int) string {
	if alias == "" {
		return count(people, "young person", "young people")
	}
	return alias + ", " + ageBand
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func figure(pence *int64) string {
	if pence == nil {
		return "Not known"
	}
	return money.Pounds(*pence)
}

func waitingRows(b escalations.Board) []govuk.Row {
	var rows []govuk.Row
	for _, l := range b.Waiting {
		rows = append(rows, govuk.Row{Cells: []govuk.Cell{
			govuk.Link{Text: l.Blocker, Of: ", " + l.Theme, Href: escalationHref(l)}, govuk.Text(who(l.Alias, l.AgeBand, l.YoungPeople)), govuk.Text(l.Kind.Words()),
			govuk.Text(theme(l)), govuk.Text(l.Needed), govuk.Text(figure(l.WeeklyPence)), govuk.Text(fmt.Sprint(l.AgeDays)), due(l),
		}})
	}
	return rows
}

func due(l escalations.BoardLine) govuk.Cell {
	if l.Overdue {
		return govuk.Tag{Text: "Overdue since " + l.AnswerDueOn.Long(), Colour: govuk.Red}
	}
	if awaitsReply(l) {
		return govuk.Text(l.AnswerDueOn.Long() + ". A reply from " + l.Forum + " is due by " + l.ReplyBy.Long())
	}
	return govuk.Text(l.AnswerDueOn.Long())
}

// awaitsReply reports whether the board waits for the forum, and not the forum for the board.
func awaitsReply(l escalations.BoardLine) bool {
	return l.State == escalations.Waiting && l.Question != "" && l.RepliedOn.IsZero()
}

// theme is the theme, and that it came back.
func theme(l escalations.BoardLine) string {
	if l.Returned {
		return l.Theme + ". Back: the last answer had no effect by its date"
	}
	return l.Theme
}

func answeredRows(b escalations.Board) []govuk.Row {
	var rows []govuk.Row
	for _, l := range b.Answered {
		rows = append(rows, govuk.Row{Cells: []govuk.Cell{
			govuk.Link{Text: l.Blocker, Of: ", " + l.Theme, Href: escalationHref(l)}, govuk.Text(who(l.Alias, l.AgeBand, l.YoungPeople)), govuk.Text(l.Theme),
			govuk.Text(l.AnsweredOn.Long()), govuk.Text(said(l)), effect(l),
		}})
	}
	return rows
}

// said is the answer in words.
func said(l escalations.BoardLine) string {
	if l.Agreed {
		return l.Direction
	}
	return "Not agreed, because: " + l.Reason
}

var becameColours = map[escalations.BecameState]govuk.Colour{
	escalations.BecameDone: govuk.Green, escalations.BecameReported: govuk.Teal, escalations.BecameReturned: govuk.Orange, escalations.BecameLate: govuk.Red, escalations.BecameNotYet: govuk.Grey,
}

func comingRows(b escalations.Board) []govuk.Row {
	var rows []govuk.Row
	for _, l := range b.Coming {
		rows = append(rows, govuk.Row{Cells: []govuk.Cell{
			govuk.Text(l.Blocker), govuk.Text(who(l.Alias, l.AgeBand, l.YoungPeople)), govuk.Text(l.Kind.Words()), govuk.Text(l.Theme),
			govuk.Text(l.Level), govuk.Text(fmt.Sprint(l.AgeDays)), govuk.Text(l.RisesOn.Long()),
		}})
	}
	return rows
}

func themeRows(themes []escalations.ThemeTotal) []govuk.Row {
	var rows []govuk.Row
	for _, t := range themes {
		rows = append(rows, govuk.Cells(t.Kind.Words(), fmt.Sprint(t.Escalations), fmt.Sprint(t.YoungPeople), money.Pounds(t.WeeklyPence)))
	}
	return rows
}

func digestThemeColumns() []govuk.Column {
	return []govuk.Column{{Heading: "Kind"}, {Heading: "Escalations", Numeric: true}, {Heading: "Change"}, {Heading: "Young people", Numeric: true}, {Heading: "Weekly money", Numeric: true}}
}

func themeColumns() []govuk.Column {
	return []govuk.Column{{Heading: "Kind"}, {Heading: "Escalations", Numeric: true}, {Heading: "Young people", Numeric: true}, {Heading: "Weekly money", Numeric: true}}
}

func digestRows(b escalations.Board, reads bool) []govuk.Row {
	var rows []govuk.Row
	for _, d := range b.Digests {
		first := govuk.Cell(govuk.Text(d.AsAt.Long()))
		if reads {
			first = govuk.Link{Text: d.AsAt.Long(), Href: "/board/digests/" + d.ID.String()}
		}
		rows = append(rows, govuk.Row{Cells: []govuk.Cell{first, govuk.Text(clock.Time(d.SentAt)), govuk.Text(count(d.SentTo, "member", "members"))}})
	}
	return rows
}

// facts are what a board knows of an escalation.
func facts(p escalations.BoardCase) []govuk.Fact {
	facts := []govuk.Fact{
		{Key: "About", Text: who(p.Alias, p.AgeBand, p.YoungPeople)},
		{Key: "Kind", Text: p.Kind.Words()},
		{Key: "Theme", Text: p.Theme},
		{Key: "What is needed", Text: p.Needed},
		{Key: "Weekly money", Text: figure(p.WeeklyPence)},
		{Key: "Raised by", Text: p.Forum + ", " + count(p.AgeDays, "day", "days") + " ago"},
		{Key: "Reached the board", Text: p.ReachedOn.Long()},
	}
	if p.Question != "" {
		facts = append(facts, govuk.Fact{Key: "The board asked", Text: p.Question + " (asked on " + p.QuestionOn.Long() + ")"}, govuk.Fact{Key: "Reply", Text: reply(p.BoardLine)})
	}
	switch p.State {
	case escalations.Waiting:
		facts = append(facts, govuk.Fact{Key: "Answer due by", Value: due(p.BoardLine)})
	case escalations.Withdrawn:
		facts = append(facts, govuk.Fact{Key: "Answer", Text: "No longer needed: the forum resolved it or took it back"})
	default:
		facts = append(facts, govuk.Fact{Key: "Answered", Text: p.AnsweredOn.Long() + ", by " + p.AnsweredBy}, govuk.Fact{Key: "Answer", Text: said(p.BoardLine)}, govuk.Fact{Key: "What became of it", Value: effect(p.BoardLine)})
	}
	return facts
}

// reply is what the forum replied to the board's last question, or by when it is due.
func reply(l escalations.BoardLine) string {
	switch {
	case !l.RepliedOn.IsZero():
		return l.Reply + " (" + l.RepliedOn.Long() + ")"
	case l.State != escalations.Waiting:
		return "None came before the board answered"
	}
	return "Due by " + l.ReplyBy.Long() + ", from " + l.Forum
}

// inNames offers in whose name somebody answers.
func inNames(p escalations.BoardCase) []govuk.Option {
	options := []govuk.Option{{Text: "Select a name"}}
	if p.Member {
		options[0].Text = "My own"
	}
	for _, d := range p.For {
		options = append(options, govuk.Option{Value: d.MemberID.String(), Text: d.Member})
	}
	return options
}

// chooses reports whether it must be asked in whose name somebody answers.
func chooses(p escalations.BoardCase) bool { return p.Member && len(p.For) > 0 || len(p.For) > 1 }

var stepTitles = map[escalations.StepKind]string{
	escalations.StepRaised: "Raised", escalations.StepRisen: "Went up by rule", escalations.StepMoved: "Moved", escalations.StepAnswered: "Answered by the board",
	escalations.StepAskedBack: "The board asked for more", escalations.StepReplied: "The forum replied", escalations.StepReported: "What became of it", escalations.StepReturned: "Came back to the board",
	escalations.StepChased: "Reminder sent", escalations.StepPassedOn: "Passed on", escalations.StepJoined: "Joined", escalations.StepResolved: "Resolved",
}

func story(p escalations.BoardCase) govuk.Timeline {
	t := govuk.Timeline{HeadingLevel: 3}
	for i := len(p.Story) - 1; i >= 0; i-- {
		s := p.Story[i]
		t.Events = append(t.Events, govuk.Event{Title: stepTitles[s.Kind], When: s.HappenedOn.Long(), ISO: s.HappenedOn.String(), Content: govuk.Text(s.BoardWords)})
	}
	return t
}

// Typed is what was typed into the forms of an escalation's page.
type Typed struct {
	Form     string // which of them: "answer", "question" or "report"
	Answer   Answer
	Question Question
	Report   Report
}

// Question is the form that asks the forum for more.
type Question struct {
	For      string
	Question string
	ReplyBy  govuk.TypedDate
}

// Report is the form that says what became of an answer.
type Report struct {
	Done  string // "yes", "no" or ""
	Words string
}

// Answer is the form that answers an escalation, as it was typed.
type Answer struct {
	For       string
	Agreed    string // "yes", "no" or ""
	Direction string
	Owner     string
	ActBy     govuk.TypedDate
	Reason    string
}

func lineColumns(last string) []govuk.Column {
	return []govuk.Column{{Heading: "Escalation"}, {Heading: "About"}, {Heading: "Kind"}, {Heading: "Theme"}, {Heading: "What is needed"},
		{Heading: "Weekly money", Numeric: true}, {Heading: "Age in days", Numeric: true}, {Heading: last}}
}

func digestLineRows(lines []escalations.DigestLine) []govuk.Row {
	var rows []govuk.Row
	for _, l := range lines {
		rows = append(rows, govuk.Row{Cells: []govuk.Cell{
			govuk.Link{Text: l.Blocker, Of: ", " + l.Theme, Href: "/board/escalations/" + l.Escalation.String()}, govuk.Text(l.About()),
			govuk.Text(l.Kind.Words()), govuk.Text(l.Theme), govuk.Text(l.Needed), govuk.Text(l.Money()), govuk.Text(fmt.Sprint(l.AgeDays)), dueInDigest(l),
		}})
	}
	return rows
}

func dueInDigest(l escalations.DigestLine) govuk.Cell {
	switch {
	case l.Overdue:
		return govuk.Tag{Text: l.Due(), Colour: govuk.Red}
	case l.New:
		return govuk.Tag{Text: l.Due(), Colour: govuk.Blue}
	default:
		return govuk.Text(l.Due())
	}
}

func digestThemeRows(themes []escalations.DigestTheme) []govuk.Row {
	var rows []govuk.Row
	for _, t := range themes {
		rows = append(rows, govuk.Cells(t.Kind.Words(), fmt.Sprint(t.Escalations), t.Change(), fmt.Sprint(t.YoungPeople), money.Pounds(t.WeeklyPence)))
	}
	return rows
}

func sentWords(d escalations.Digest) string {
	return "This is what the digest said when it was sent on " + clock.DateOf(d.SentAt).Long() + ", " + clock.Time(d.SentAt) + ". "
}

func digestFigureRows(c escalations.DigestContent) []govuk.Row {
	var rows []govuk.Row
	for _, f := range c.Figures() {
		rows = append(rows, govuk.Cells(f.Name, f.Value, f.Change))
	}
	return rows
}

func digestMeasureColumns() []govuk.Column {
	return []govuk.Column{{Heading: "Measure"}, {Heading: "What it comes to", Roomy: true}, {Heading: "Target", Numeric: true}, {Heading: "Against the digest before", Roomy: true}}
}

func digestMeasureRows(list []escalations.BoardMeasure) []govuk.Row {
	var rows []govuk.Row
	for _, m := range list {
		rows = append(rows, govuk.Cells(m.Name, m.Finding, orDash(m.Target), m.Trend()))
	}
	return rows
}

func historyRows(points []escalations.DigestPoint) []govuk.Row {
	var rows []govuk.Row
	for _, p := range points {
		rows = append(rows, govuk.Cells(p.AsAt.Long(), fmt.Sprint(p.Asked), fmt.Sprint(p.New), fmt.Sprint(p.Overdue), fmt.Sprint(p.YoungPeople), money.Pounds(p.WeeklyPence)))
	}
	return rows
}

func historyColumns() []govuk.Column {
	return []govuk.Column{{Heading: "Digest of"}, {Heading: "For an answer", Numeric: true}, {Heading: "New", Numeric: true}, {Heading: "Overdue", Numeric: true}, {Heading: "Young people", Numeric: true}, {Heading: "Weekly money", Numeric: true}}
}

// more says how many escalations are asked about and not listed.
func more(c escalations.DigestContent) string {
	if n := c.Asked - len(c.Asks); n > 0 && len(c.Asks) > 0 {
		return fmt.Sprintf("And %d more, on the board’s page.", n)
	}
	return ""
}
