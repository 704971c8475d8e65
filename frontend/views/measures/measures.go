package measures

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"quorate/frontend/govuk"
	"quorate/panels/escalations/measures"
)

// Page is the figures of a scope.
type Page struct {
	Scopes   []measures.Scope
	Scope    measures.Scope
	Readings []measures.Reading
}

// Href is the page of a scope's figures.
func Href(of measures.Scope) string { return "/measures" + asked(of) }

func asked(of measures.Scope) string {
	if of.Slug == "" {
		return ""
	}
	return "?of=" + url.QueryEscape(of.Slug)
}

func (p Page) asAt() string { return p.Readings[0].AsAt.Long() }

// in are the readings under a heading.
func (p Page) in(section measures.Section) (list []measures.Reading) {
	for _, r := range p.Readings {
		if r.Section == section {
			list = append(list, r)
		}
	}
	return list
}

func (p Page) file(ending string) string { return "/measures." + ending + asked(p.Scope) }

func (p Page) tableFile(r measures.Reading, ending string) string {
	return "/measures/" + string(r.Key) + "/table." + ending + asked(p.Scope)
}

func (p Page) list(r measures.Reading, row string, part int) string {
	query := url.Values{"row": {row}, "part": {strconv.Itoa(part)}}
	if p.Scope.Slug != "" {
		query.Set("of", p.Scope.Slug)
	}
	return "/measures/" + string(r.Key) + "/list?" + query.Encode()
}

func scopeOptions(scopes []measures.Scope) (options []govuk.Option) {
	for _, s := range scopes {
		text := s.Name
		if s.Board {
			text += ": the whole partnership, without names"
		}
		options = append(options, govuk.Option{Value: s.Slug, Text: text})
	}
	return options
}

// finding is a measure's title: what it comes to, or that it cannot be judged.
func finding(r measures.Reading) string {
	if !r.Judged() {
		return r.CannotBeJudged()
	}
	return r.Finding
}

func (p Page) table(r measures.Reading) govuk.Table {
	told := r.Table()
	table := govuk.Table{ID: "table-" + string(r.Key), Wide: len(told.Columns) > 3, Compact: true, Caption: r.Name + ", " + r.DaysWords(), CaptionHidden: true}
	for _, column := range told.Columns {
		table.Columns = append(table.Columns, govuk.Column{Heading: column.Heading, Numeric: column.Kind != measures.Words})
	}
	for _, cells := range told.Rows {
		table.Rows = append(table.Rows, p.row(r, cells, len(told.Columns)))
	}
	for i, cells := range told.Totals {
		row := p.row(r, cells, len(told.Columns))
		if i == len(told.Totals)-1 {
			table.Total = &row
		} else {
			table.Rows = append(table.Rows, row)
		}
	}
	return table
}

// row draws cells; one that opens a list is a link that says of what.
func (p Page) row(r measures.Reading, cells []measures.Cell, width int) (row govuk.Row) {
	for i, cell := range cells {
		drawn := govuk.Text(cell.Text)
		if cell.Row != "" {
			of := cells[0].Text
			if heading := r.Table().Columns[i].Heading; heading != "" {
				of += ", " + heading
			}
			drawn = govuk.Link{Text: cell.Text, Of: of, Href: p.list(r, cell.Row, cell.Part)}
		}
		row.Cells = append(row.Cells, drawn)
	}
	for len(row.Cells) < width {
		row.Cells = append(row.Cells, govuk.Text(""))
	}
	return row
}

func (p Page) aside(r measures.Reading, a measures.Aside) templ.Component {
	if !r.Lists || a.N == 0 {
		return govuk.Text(a.Words())
	}
	return govuk.Link{Text: a.Words(), Of: a.Name, Href: p.list(r, "", a.Part)}
}

func definition(r measures.Reading) govuk.SummaryList {
	list := govuk.SummaryList{Facts: []govuk.Fact{{Key: "What is counted", Text: r.Counted}, {Key: "Over whom", Text: r.Over}, {Key: "By when", Text: r.By}, {Key: "Left out", Text: r.LeftOut}}}
	if r.Rounded != "" {
		list.Facts = append(list.Facts, govuk.Fact{Key: "Rounding", Text: r.Rounded})
	}
	target := "None is set: nobody has published one."
	if r.Target != nil {
		target = r.Target.Words()
	}
	return govuk.SummaryList{Facts: append(list.Facts, govuk.Fact{Key: "Target", Text: target}, govuk.Fact{Key: "As at", Text: r.AsAt.Long()})}
}

func publishedRows(r measures.Reading) (rows []govuk.Row) {
	for _, s := range r.History {
		rows = append(rows, govuk.Cells(s.When, s.Value, s.Words, s.Body))
	}
	return rows
}

// lineColumns and lineRows show a list behind a figure: case numbers, never the tracker's reference.
func lineColumns(l measures.List) []govuk.Column {
	if l.ListAction != "" {
		return []govuk.Column{{Heading: "What"}, {Heading: "Case"}, {Heading: "Date"}}
	}
	return []govuk.Column{{Heading: "Case"}, {Heading: "Name"}, {Heading: "Age", Numeric: true}, {Heading: "Locality"}, {Heading: "Date"}}
}

func lineRows(l measures.List) (rows []govuk.Row) {
	for _, line := range l.Lines {
		on := ""
		if !line.On.IsZero() {
			on = line.On.Long()
		}
		of := templ.Component(govuk.Text("No one case"))
		if line.Number != nil {
			of = govuk.Link{Text: line.Case(), Href: "/cases/" + line.Case()}
		}
		if l.ListAction == "" {
			rows = append(rows, govuk.Row{Cells: []govuk.Cell{of, govuk.Text(line.Forename + " " + line.Surname), govuk.Text(strconv.Itoa(line.Age)), govuk.Text(line.Locality), govuk.Text(on)}})
			continue
		}
		rows = append(rows, govuk.Row{Cells: []govuk.Cell{govuk.Link{Text: leadsWords(line), Href: line.Leads}, of, govuk.Text(on)}})
	}
	return rows
}

// leadsWords say what a line leads to.
func leadsWords(line measures.Listed) string {
	for _, page := range []struct{ address, word string }{{"/decisions/", "Decision"}, {"/letters/", "Letter"}, {"/blockers/", "Blocker"}} {
		if strings.HasPrefix(line.Leads, page.address) {
			return page.word + " of " + line.On.Long()
		}
	}
	return "Meeting of " + line.On.Long()
}

func listFacts(l measures.List) (facts []govuk.Fact) {
	facts = append(facts, govuk.Fact{Key: "Figures of", Text: l.Scope.Name})
	if l.Row != "" {
		facts = append(facts, govuk.Fact{Key: "Row", Text: l.Row})
	}
	if l.Part != "" {
		facts = append(facts, govuk.Fact{Key: "Column", Text: l.Part})
	}
	return append(facts, govuk.Fact{Key: "How many", Text: strconv.Itoa(len(l.Lines))})
}
