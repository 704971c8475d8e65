package documents

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"quorate/agendas/tracker"
	"quorate/panels/room/letters"
	"quorate/server/base/clock"
)

// AuthorisationsExcel is authorisations as rows, one for each cost code.
func AuthorisationsExcel(rows []letters.AuthorisationRow) ([]byte, error) {
	b := newBook()
	b.sheet("Authorisations", []string{"Authorisation", "Kind", "Follows", "Case", "Decision", "Agency", "Legal body", "Support", "Cost code", "A week (£)", "Once (£)", "From", "To", "Review", "Without prejudice", "Pays the provider", "Committed by", "Authorised by", "Issued"})
	for _, a := range rows {
		follows, issued := "", "Not issued"
		if a.Follows > 0 {
			follows = letters.AuthorisationReference(a.Follows)
		}
		if a.IssuedAt != nil {
			issued = clock.DateOf(*a.IssuedAt).Long()
		}
		for _, l := range a.Lines {
			b.row(a.Reference(), a.Kind.Words(), follows, a.Case(), a.Decision(), a.Agency, a.LegalBody, l.SupportWords(), l.CostCode, pounds(l.WeeklyPence), pounds(l.OneOffPence),
				dateOrNone(a.StartOn), dateOrNone(a.EndOn), dateOrNone(a.ReviewOn), yesOrNo(a.WithoutPrejudice), a.PaysProvider, a.Committed, a.Authorised, issued)
		}
	}
	return b.bytes()
}

// RechargeExcel is a month's recharge: what is firm, what is without prejudice, what adjusts earlier months, and
// the totals.
func RechargeExcel(s letters.Schedule) ([]byte, error) {
	b := newBook()
	name := func(l letters.RechargeLine, payer bool) string {
		if payer {
			return s.Agencies[l.PayerID].Name
		}
		return s.Agencies[l.DebtorID].Name
	}
	columns := []string{"Case", "Repays", "To", "For month", "From", "To day", "Days", "A week (£)", "Once (£)", "Amount (£)"}
	part := func(title string, lines []letters.RechargeLine, keep func(letters.RechargeLine) bool) {
		b.sheet(title, columns)
		var sum int64
		for _, l := range lines {
			if keep(l) {
				b.row(CaseOrSeveral(l.CaseNumber), name(l, false), name(l, true), l.ForMonth.Words(), dateOrNone(l.From), dateOrNone(l.To), l.Days, pounds(l.WeeklyPence), pounds(l.OneOffPence), pounds(l.Pence))
				sum += l.Pence
			}
		}
		b.row("Total", "", "", "", "", "", "", "", "", pounds(sum))
	}
	b.sheet("Totals", []string{"Repays", "To", "Firm (£)", "Without prejudice (£)"})
	for _, t := range letters.Totals(s.All()) {
		b.row(s.Agencies[t.DebtorID].Name, s.Agencies[t.PayerID].Name, pounds(t.Pence), pounds(t.InterimPence))
	}
	state := "Not issued yet."
	if s.IssuedAt != nil {
		state = "Issued on " + clock.DateOf(*s.IssuedAt).Long() + " by " + s.Issuer + "."
	}
	b.row("")
	b.row(s.Forum.Name + ", " + s.Month.Words() + ". " + state)
	b.row(RechargeRule)
	part("Firm", s.Lines, func(l letters.RechargeLine) bool { return !l.Interim })
	part("Without prejudice", s.Lines, func(l letters.RechargeLine) bool { return l.Interim })
	part("Adjustments", s.Adjustments, func(letters.RechargeLine) bool { return true })
	return b.bytes()
}

// RechargeRule is how a month is worked out, as the page and the workbook say it.
const RechargeRule = "Each day on which support is in force, the first and the last day too, costs a seventh of the week. Each line is rounded once, to the nearest penny, half a penny up. What is spent once is repaid in the month the support starts. Days after a young person has died are not charged."

// CaseOrSeveral is a case's number as people see it; a decision about many has none.
func CaseOrSeveral(number int64) string {
	if number == 0 {
		return "Several young people"
	}
	return tracker.CaseReference(number)
}

func dateOrNone(d clock.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.Long()
}

func yesOrNo(yes bool) string {
	if yes {
		return "Yes"
	}
	return "No"
}

// pounds is an amount as a spreadsheet adds it up.
type pounds int64

// book is a workbook being written, row by row; the first error is kept.
type book struct {
	file                *excelize.File
	bold, plain, figure int
	name                string
	at                  int
	err                 error
}

func newBook() *book {
	b := &book{file: excelize.NewFile()}
	style := func(s excelize.Style) int {
		id, err := b.file.NewStyle(&s)
		b.keep(err)
		return id
	}
	b.bold = style(excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	b.plain = style(excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top"}}) // 49: text
	b.figure = style(excelize.Style{NumFmt: 4, Alignment: &excelize.Alignment{Vertical: "top"}}) // 4: 1,204.50
	return b
}

func (b *book) sheet(name string, headings []string) {
	if b.name == "" {
		b.keep(b.file.SetSheetName(b.file.GetSheetName(0), name))
	} else {
		_, err := b.file.NewSheet(name)
		b.keep(err)
	}
	b.name, b.at = name, 0
	b.keep(b.file.SetColWidth(name, "A", "S", 20))
	b.keep(b.file.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
	cells := make([]any, len(headings))
	for i, heading := range headings {
		cells[i] = heading
	}
	b.row(cells...)
	b.keep(b.file.SetRowStyle(name, 1, 1, b.bold))
	last, err := excelize.CoordinatesToCellName(len(headings), 1)
	b.keep(err)
	b.keep(b.file.SetCellStyle(name, "A1", last, b.bold))
}

func (b *book) row(cells ...any) {
	b.at++
	for i, cell := range cells {
		at, err := excelize.CoordinatesToCellName(i+1, b.at)
		b.keep(err)
		style := b.plain
		switch value := cell.(type) {
		case pounds:
			style = b.figure
			b.keep(b.file.SetCellFloat(b.name, at, float64(value)/100, 2, 64))
		case int:
			b.keep(b.file.SetCellInt(b.name, at, int64(value)))
			style = 0 // a count is a plain number
		default:
			b.keep(b.file.SetCellStr(b.name, at, harmless(fmt.Sprint(value))))
		}
		if style != 0 {
			b.keep(b.file.SetCellStyle(b.name, at, at, style))
		}
	}
}

func (b *book) keep(err error) {
	if b.err == nil {
		b.err = err
	}
}

func (b *book) bytes() ([]byte, error) {
	defer b.file.Close()
	if b.err != nil {
		return nil, fmt.Errorf("documents: %w", b.err)
	}
	out, err := b.file.WriteToBuffer()
	if err != nil {
		return nil, fmt.Errorf("documents: %w", err)
	}
	return out.Bytes(), nil
}

// harmless keeps text from being taken for a formula, also once the workbook is saved as CSV and opened again.
func harmless(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
