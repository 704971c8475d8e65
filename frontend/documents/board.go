package documents

import (
	"quorate/panels/escalations"
)

// ReportPaper is a board's yearly report as it is printed.
func ReportPaper(r escalations.YearlyReport) Paper {
	title := "Yearly report, " + r.Year.Words()
	p := Paper{Title: title, Heading: title, Opening: []string{r.Board.Name}}
	if r.IssuedAt != nil {
		p.Opening = append(p.Opening, "Issued by "+r.IssuedBy)
	} else {
		p.Opening = append(p.Opening, "Draft: not issued")
	}
	p.Dated = r.Content.AsAt
	figures := func(t PaperTable, list []escalations.Figure) {
		if len(list) == 0 {
			return
		}
		for _, f := range list {
			t.Rows = append(t.Rows, []string{f.Name, f.Value, f.Target, f.Means})
		}
		p.Tables = append(p.Tables, t)
	}
	figures(PaperTable{Caption: "The board in the year", Columns: []string{"Measure", "Figure", "Target", "What it counts"}, Widths: []int{32, 16, 14, 38}, Numeric: []bool{false, true, true, false}}, r.Content.Headlines)
	figures(PaperTable{Caption: "Measures", Columns: []string{"Measure", "What it comes to", "Target", "What it counts"}, Widths: []int{20, 32, 10, 38}, Numeric: []bool{false, false, true, false}}, r.Content.Measures)
	if len(r.Content.Outcomes) > 0 {
		t := PaperTable{Caption: "Decisions by forum and outcome", Columns: []string{"Forum", "Outcome", "Decisions"}, Widths: []int{44, 40, 16}, Numeric: []bool{false, false, true}}
		for _, o := range r.Content.Outcomes {
			t.Rows = append(t.Rows, []string{o.Forum, o.Outcome, o.Count})
		}
		p.Tables = append(p.Tables, t)
	}
	if len(r.Content.Themes) > 0 {
		t := PaperTable{Caption: "What was blocked, by kind", Columns: []string{"Kind", "Raised", "Resolved", "Open at the end", "Reached the board"}, Widths: []int{36, 16, 16, 16, 16}, Numeric: []bool{false, true, true, true, true}}
		for _, k := range r.Content.Themes {
			t.Rows = append(t.Rows, []string{k.Kind, k.Raised, k.Resolved, k.Open, k.Board})
		}
		p.Tables = append(p.Tables, t)
	}
	if len(r.Content.Delivery) > 0 {
		t := PaperTable{Caption: "Progress against the delivery plan", Columns: []string{"Action", "How quality is judged", "Owner", "Deadline", "State", "Latest"}, Widths: []int{24, 22, 14, 12, 12, 16}}
		for _, d := range r.Content.Delivery {
			t.Rows = append(t.Rows, []string{d.Title, d.Measure, d.Owner, d.DueOn.Long(), d.Words(), d.Latest})
		}
		p.Tables = append(p.Tables, t)
	}
	p.After = []string{"This report names no young person. A count of young people, and of decisions or blockers about them, is held back where it is under five or such a count could be worked out from it. How the forums decide counts their work and not people."}
	return p
}

// RecommendationsExcel is a register of recommendations as it is filtered.
func RecommendationsExcel(list escalations.Register) ([]byte, error) {
	b := newBook()
	b.sheet("Recommendations", []string{"Number", "Recommendation", "Source", "Name of the source", "Made on", "Made to", "Lead", "Response due", "Response", "Reason", "Responded on", "To be done by", "State", "Progress", "Done on", "Evidence"})
	for _, r := range list.Rows {
		b.row(r.Reference(), r.Text, r.Source.Words(), r.SourceName, dateOrNone(r.MadeOn), r.MadeTo, r.Lead, dateOrNone(r.ResponseDue), r.Response.Words(), r.Reason,
			dateOrNone(r.RespondedOn), dateOrNone(r.DueOn), r.State.Words(), r.Latest, dateOrNone(r.DoneOn), r.Evidence)
	}
	return b.bytes()
}
