package documents

import (
	"context"
	"fmt"

	"quorate/panels/escalations"
	"quorate/server/base/clock"
	"quorate/server/base/money"
)

// DigestPage is a board's digest as it was sent, as one self-contained page to print.
func (s Setting) DigestPage(ctx context.Context, d escalations.Digest, board string) ([]byte, error) {
	return s.digest(d, board).page(ctx)
}

func (s Setting) digest(d escalations.Digest, board string) record {
	c := d.Content
	r := record{Setting: s, Title: board + ", digest of " + d.AsAt.Long(), Made: d.SentAt, Name: board + ": digest of " + d.AsAt.Long()}
	r.text(c.Headline + ".")
	r.text(c.AskedToday())
	r.text("Young people are shown by a board-only alias and an age band. As sent on " + clock.Moment(d.SentAt) + ".")
	var figures [][]string
	for _, f := range c.Figures() {
		figures = append(figures, []string{f.Name, f.Value, f.Change})
	}
	r.table("In numbers", []string{"Figure", "Now", "Change"}, []int{50, 20, 30}, figures)
	r.lines("What the board is asked today", "The most pressing first", "Answer due by", c.Asks)
	if more := c.Asked - len(c.Asks); more > 0 {
		r.text(fmt.Sprintf("And %d more, on the board’s page.", more))
	}
	r.lines("The oldest", "Raised longest ago", "Answer due by", c.Oldest)
	r.lines("Directed, and past its date", "Not carried out", "Was to be done by", c.Undone)
	if chart, ok := c.KindChart(false); ok {
		r.heading(2, "By kind", "")
		r.text(chart.Title + ".")
		r.drawing(chart.SVG)
		var rows [][]string
		for _, t := range c.Themes {
			rows = append(rows, []string{t.Kind.Words(), fmt.Sprint(t.Escalations), t.Change(), fmt.Sprint(t.YoungPeople), money.Pounds(t.WeeklyPence)})
		}
		r.table("What waits, by kind", []string{"Kind", "Escalations", "Change", "Young people", "Weekly money"}, []int{34, 14, 22, 14, 16}, rows)
	}
	if chart, ok := c.TrendChart(); ok {
		r.heading(2, "Against the digests before", "")
		r.text(chart.Title + ".")
		r.drawing(chart.SVG)
		var rows [][]string
		for _, p := range c.History {
			rows = append(rows, []string{p.AsAt.Long(), fmt.Sprint(p.Asked), fmt.Sprint(p.New), fmt.Sprint(p.Overdue), fmt.Sprint(p.YoungPeople), money.Pounds(p.WeeklyPence)})
		}
		r.table("What each digest said", []string{"Digest of", "For an answer", "New", "Overdue", "Young people", "Weekly money"}, []int{26, 16, 12, 12, 16, 18}, rows)
	}
	if len(c.Measures) > 0 {
		var rows [][]string
		for _, m := range c.Measures {
			target := m.Target
			if target == "" {
				target = "None"
			}
			rows = append(rows, []string{m.Name, m.Finding, target, m.Trend()})
		}
		r.heading(2, "Measures and their targets", "")
		r.table("Of the forums that lead to this board", []string{"Measure", "What it comes to", "Target", "Against the digest before"}, []int{23, 33, 14, 30}, rows)
	}
	return r
}

// lines are escalations under a heading of their own.
func (r *record) lines(heading, caption, last string, lines []escalations.DigestLine) {
	if len(lines) == 0 {
		return
	}
	r.heading(2, heading, "")
	var rows [][]string
	for _, l := range lines {
		rows = append(rows, []string{l.Blocker, l.About(), l.Kind.Words() + ": " + l.Theme, l.Needed, l.Money(), fmt.Sprint(l.AgeDays), l.Due()})
	}
	r.table(fmt.Sprintf("%s (%d)", caption, len(lines)), []string{"No.", "About", "What", "What is needed", "Weekly money", "Age in days", last}, []int{11, 14, 20, 25, 10, 8, 12}, rows)
}
