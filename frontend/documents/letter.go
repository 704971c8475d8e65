package documents

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"quorate/panels/room/letters"
	"quorate/server/base/clock"
)

// A Paper is a document of plain parts: a letter or an authorisation, in all its forms the same.
type Paper struct {
	Title   string
	Dated   clock.Date
	To      []string // the lines of who it is written to
	Opening []string // lines above the heading: a reference
	Heading string
	Blocks  []letters.Block
	Tables  []PaperTable
	After   []string // lines under all of it
	Size    string   // "" or "easy" or "large": how large its print is
}

// PaperTable is a table of a paper; the first cell of each row heads it.
type PaperTable struct {
	Caption string
	Columns []string // none: a list of facts, in two columns
	Widths  []int    // percent
	Numeric []bool
	Rows    [][]string
}

type paperSheet struct {
	Paper
	Setting
}

func (t PaperTable) numeric(column int) string {
	if column < len(t.Numeric) && t.Numeric[column] {
		return "figure"
	}
	return ""
}

// LetterPaper is a letter as it is printed.
func LetterPaper(p letters.Page, today clock.Date) Paper {
	to := []string{p.Recipient}
	if p.CareOf != "" {
		to = append(to, "to be handed over by "+p.CareOf)
	}
	paper := Paper{Title: p.Subject, Dated: p.DatedOn(today), To: to, Opening: []string{p.Forum}, Heading: p.Subject, Blocks: letters.Blocks(p.Body)}
	if p.Reference() != "" && !p.Audience.Family() {
		paper.Opening = append(paper.Opening, "Our reference: "+p.Reference())
	}
	if p.State == letters.Draft {
		paper.Opening = append(paper.Opening, "Draft: not approved, not to be sent")
	}
	if p.Mailbox != "" {
		paper.After = append(paper.After, "Questions about this letter: "+p.Mailbox)
	}
	switch p.Format {
	case letters.EasyRead:
		paper.Size = "easy"
	case letters.LargePrint:
		paper.Size = "large"
	}
	return paper
}

// AuthorisationPaper is a funding authorisation as it is printed.
func AuthorisationPaper(a letters.AuthorisationRow) Paper {
	title := "Funding authorisation " + a.Reference()
	facts := [][]string{}
	for _, fact := range letters.AuthorisationFacts(a) {
		facts = append(facts, []string{fact.Name, fact.Text})
	}
	lines := PaperTable{Caption: "What is paid, and the code it is booked to", Columns: []string{"Support", "A week", "Once", "Cost code"}, Widths: []int{40, 18, 18, 24}, Numeric: []bool{false, true, true, false}}
	for _, l := range a.Lines {
		lines.Rows = append(lines.Rows, []string{l.SupportWords(), amount(l.WeeklyPence), amount(l.OneOffPence), orNotKnown(l.CostCode)})
	}
	lines.Rows = append(lines.Rows, []string{"Together", amount(a.WeeklyPence), amount(a.OneOffPence), ""})
	paper := Paper{
		Title: title, Heading: title, Opening: []string{a.Forum}, To: []string{a.Agency, a.LegalBody},
		Tables: []PaperTable{{Caption: "The authorisation", Widths: []int{36, 64}, Rows: facts}, lines},
	}
	if a.IssuedAt != nil {
		paper.Dated = clock.DateOf(*a.IssuedAt)
	} else {
		paper.After = []string{"This is a draft. It authorises nothing until it is issued."}
	}
	return paper
}

func orNotKnown(text string) string {
	if text == "" {
		return "Not known"
	}
	return text
}

// PaperPage is a paper as one self-contained web page, which is also what is printed.
func (s Setting) PaperPage(ctx context.Context, p Paper) ([]byte, error) {
	var out bytes.Buffer
	err := paperPage(paperSheet{p, s}).Render(ctx, &out)
	return out.Bytes(), err
}

// PaperWord is a paper as a Word file.
func (s Setting) PaperWord(p Paper, made time.Time) ([]byte, error) {
	w, err := newWord(s.Marking, p.Title, made)
	if err != nil {
		return nil, err
	}
	for _, line := range p.Opening {
		w.text(line)
	}
	if !p.Dated.IsZero() {
		w.text(p.Dated.Long())
	}
	for _, line := range p.To {
		if line != "" {
			w.text(line)
		}
	}
	w.heading(0, p.Heading)
	for _, block := range p.Blocks {
		if block.Heading != "" {
			w.heading(1, block.Heading)
		}
		for _, point := range block.Points {
			w.point(point)
		}
		for _, line := range block.Lines {
			w.text(line)
		}
	}
	for _, t := range p.Tables {
		w.heading(1, t.Caption)
		columns := t.Columns
		if len(columns) == 0 {
			columns = []string{"What", "Answer"}
		}
		w.table(columns, t.Widths, t.Rows)
	}
	for _, line := range p.After {
		w.text(line)
	}
	if w.err != nil {
		return nil, fmt.Errorf("documents: %w", w.err)
	}
	var out bytes.Buffer
	if err := w.doc.Write(&out); err != nil {
		return nil, fmt.Errorf("documents: %w", err)
	}
	return out.Bytes(), nil
}
