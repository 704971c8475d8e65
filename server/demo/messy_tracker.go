package demo

import (
	"context"
	"fmt"

	"github.com/xuri/excelize/v2"

	"quorate/agendas/tracker"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/money"
)

// messyPeople is how many of the demo's young people stand in the messy tracker.
const messyPeople = 60

var messyHeadings = []string{
	"Mosaic ID", "Forename", "Surname", "DoB", "Patch", "School", "EHC Plan?", "Date ref'd", "SW", "CAA completed", "Support plan", "Total £ p/w", "RAG", "Next steps", "LAC status", "Lives at",
}

// MessyTracker is a workbook as an office might keep it, for trying an import in the demo: a title
// above the headings, dates as dates and as text, a total, changes, new people and rows to mend. One column has a
// heading nobody else uses, and some words are the office's own.
func MessyTracker(ctx context.Context, d *db.DB) ([]byte, error) {
	var cases []tracker.Case
	var today clock.Date
	err := d.Read(ctx, access.System("demo"), func(tx db.Tx) error {
		today = tx.Today()
		return tx.Order("number").Limit(messyPeople).Find(&cases).Error
	})
	if err != nil {
		return nil, err
	}
	if len(cases) < 10 {
		return nil, fmt.Errorf("demo: %d cases are too few to make a mess of", len(cases))
	}
	book := excelize.NewFile()
	defer book.Close()
	w := messyWriter{book: book, sheet: "Tracker", today: today}
	w.begin()
	for i, c := range cases {
		w.person(i, c)
	}
	w.oddities(cases)
	if w.err != nil {
		return nil, w.err
	}
	file, err := book.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return file.Bytes(), nil
}

type messyWriter struct {
	book  *excelize.File
	sheet string
	today clock.Date
	date  int // style of a real date cell
	row   int
	err   error
}

func (w *messyWriter) begin() {
	w.keep(w.book.SetSheetName("Sheet1", "READ ME"))
	w.keep(w.book.SetCellValue("READ ME", "A1", "Please do not change the column headings."))
	_, err := w.book.NewSheet(w.sheet)
	w.keep(err)
	dayFirst := "dd/mm/yyyy"
	w.date, err = w.book.NewStyle(&excelize.Style{CustomNumFmt: &dayFirst})
	w.keep(err)
	w.keep(w.book.SetCellValue(w.sheet, "A1", "TRANSITIONS TRACKER – fictional – as at "+w.today.Long()))
	w.keep(w.book.MergeCell(w.sheet, "A1", "P1"))
	w.row = 3
	headings := make([]any, len(messyHeadings))
	for i, heading := range messyHeadings {
		headings[i] = heading
	}
	w.line(headings...)
}

// person writes a row, every few with something changed since the last import.
func (w *messyWriter) person(i int, c tracker.Case) {
	worker, support, cost := c.AllocatedWorker, c.SupportPlanOn, c.WeeklyCostPence
	switch {
	case i%9 == 4:
		worker = "M. Lindqvist (duty)"
	case i%11 == 7:
		support = w.today.AddDays(-3)
	}
	weekly := any("n/a")
	if cost != nil {
		weekly = money.Pounds(*cost) + " pw"
	}
	ehcp, patch := "TBC", c.Locality
	switch {
	case c.EHCP != nil && *c.EHCP && i%12 == 5:
		ehcp = "Has plan"
	case c.EHCP != nil && *c.EHCP:
		ehcp = "Yes"
	case c.EHCP != nil:
		ehcp = "No"
	}
	if c.Locality == "North" && i%4 == 2 {
		patch = "North patch"
	}
	w.line(c.PersonReference, c.Forename, c.Surname, w.day(c.DateOfBirth, i%3 == 0), patch, c.School, ehcp,
		w.day(c.ReferredOn, i%2 == 0), worker, w.day(c.CareActAssessedOn, i%4 == 0), w.day(support, false), weekly, c.RAG, c.Notes, c.LegalStatus, c.Placement)
}

// oddities are new people, and the rows every office has and nobody means to send.
func (w *messyWriter) oddities(cases []tracker.Case) {
	born := w.today.AddMonths(-16 * 12)
	w.line("T900001", "Mina", "Fairhaven", w.day(born, false), "North", "Ashdown Academy", "Y", w.today.AddDays(-40).Long(), "", "", "", "£1,204.50", "Amber", "")
	w.line("T900002", "Tobias", "Quill", w.day(born.AddDays(200), true), "South", "Hillcrest College", "TRUE", "-", "", "", "", "2,500 pw", "Red", "=HYPERLINK(\"https://example.org\")", "C2")
	w.line()
	w.line("T900003", "Edda", "Marlowe", "31/02/2009", "Central", "", "Y", "", "", "", "", "", "", "Birthday to check")
	w.line("T900004", "Jonah", "Winterbourne", w.day(born, false), "Central", "", "Y", "31/02/2026", "", "", "", "", "Green", "")
	w.line("", "No", "Reference", w.day(born, false), "North", "", "N", "", "", "", "", "", "", "")
	twice := cases[5]
	w.line("T900005", twice.Forename, twice.Surname, w.day(born, false), "North", "", "Y", "", "", "", "", "", "", "")
	w.line("T900005", twice.Forename, "Somebody-Else", w.day(born.AddDays(31), false), "South", "", "N", "", "", "", "", "", "", "")
	w.line("TOTAL", "", "", "", "", "", "", "", "", "", "", "£41,880.12", "", "")
}

// day is a date as the office happened to enter it: a real one, or text.
func (w *messyWriter) day(d clock.Date, asText bool) any {
	switch {
	case d.IsZero():
		return ""
	case asText:
		return fmt.Sprintf("%02d/%02d/%d", d.Day, d.Month, d.Year)
	default:
		return d
	}
}

func (w *messyWriter) line(values ...any) {
	for i, value := range values {
		cell, err := excelize.CoordinatesToCellName(i+1, w.row)
		w.keep(err)
		if day, is := value.(clock.Date); is {
			w.keep(w.book.SetCellValue(w.sheet, cell, clock.NewDate(1899, 12, 30).DaysUntil(day))) // Excel counts days from here
			w.keep(w.book.SetCellStyle(w.sheet, cell, cell, w.date))
		} else {
			w.keep(w.book.SetCellValue(w.sheet, cell, value))
		}
	}
	w.row++
}

func (w *messyWriter) keep(err error) {
	if w.err == nil {
		w.err = err
	}
}
