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
			govuk.Text(l.Theme), govuk.Text(l.Needed), govuk.Text(figure(l.WeeklyPence)), govuk.Text(fmt.Sprint(l.AgeDays)), due(l),
		}})
	}
	return rows
}

func due(l escalations.BoardLine) govuk.Cell {
	if l.Overdue {
		return govuk.Tag{Text: "Overdue since " + l.AnswerDueOn.Long(), Colour: govuk.Red}
	}
	return govuk.Text(l.AnswerDueOn.Long())
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

// effect is what became of an answer.
func effect(l escalations.BoardLine) govuk.Cell {
	switch {
	case l.Resolved:
		return govuk.Tag{Text: "Resolved", Colour: govuk.Green}
	case l.Undone:
		return govuk.Tag{Text: "Overdue since " + l.ActBy.Long(), Colour: govuk.Red}
	case l.Agreed:
		return govuk.Text(l.Owner + ", by " + l.ActBy.Long())
	default:
		return govuk.Text("Back with the forum")
	}
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
	switch p.State {
	case escalations.Waiting:
		facts = append(facts, govuk.Fact{Key: "Answer due by", Value: due(p.BoardLine)})
	case escalations.Withdrawn:
		facts = append(facts, govuk.Fact{Key: "Answer", Text: "No longer needed: the forum resolved it or took it back"})
	default:
		facts = append(facts, govuk.Fact{Key: "Answered", Text: p.AnsweredOn.Long()}, govuk.Fact{Key: "Answer", Text: said(p.BoardLine)}, govuk.Fact{Key: "What became of it", Value: effect(p.BoardLine)})
	}
	return facts
}

var stepTitles = map[escalations.StepKind]string{
	escalations.StepRaised: "Raised", escalations.StepRisen: "Went up by rule", escalations.StepMoved: "Moved", escalations.StepAnswered: "Answered by the board",
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

// Answer is the form that answers an escalation, as it was typed.
type Answer struct {
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
			govuk.Link{Text: l.Blocker, Of: ", " + l.Theme, Href: "/board/escalations/" + l.Escalation.String()}, govuk.Text(who(l.Alias, l.AgeBand, l.YoungPeople)),
			govuk.Text(l.Kind.Words()), govuk.Text(l.Theme), govuk.Text(l.Needed), govuk.Text(figure(l.WeeklyPence)), govuk.Text(fmt.Sprint(l.AgeDays)), govuk.Text(l.DueOn.Long()),
		}})
	}
	return rows
}

func digestThemeRows(themes []escalations.DigestTheme) []govuk.Row {
	var rows []govuk.Row
	for _, t := range themes {
		rows = append(rows, govuk.Cells(t.Kind.Words(), fmt.Sprint(t.Escalations), fmt.Sprint(t.YoungPeople), money.Pounds(t.WeeklyPence)))
	}
	return rows
}

func sentWords(d escalations.Digest) string {
	return "This is what the digest said when it was sent on " + clock.DateOf(d.SentAt).Long() + ", " + clock.Time(d.SentAt) + ". "
}

func figures(c escalations.DigestContent) []govuk.Fact {
	return []govuk.Fact{
		{Key: "For the board to answer", Text: fmt.Sprint(c.Asked)},
		{Key: "New since the last digest", Text: fmt.Sprint(len(c.New))},
		{Key: "Answers overdue", Text: fmt.Sprint(len(c.Overdue))},
		{Key: "Directions past their date", Text: fmt.Sprint(len(c.Undone))},
		{Key: "Young people affected", Text: fmt.Sprint(c.YoungPeople)},
		{Key: "Weekly money at stake", Text: money.Pounds(c.WeeklyPence)},
	}
}
