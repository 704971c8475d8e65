package tracker

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"quorate/server/base/clock"
)

// everyone keeps all rows and problems.
type everyone struct {
	rows     []Row
	problems []string
}

func (e *everyone) Person(row Row) error { e.rows = append(e.rows, row); return nil }

func (e *everyone) Problem(p Problem) error {
	sentence, _, _ := strings.Cut(p.Problem, ".")
	e.problems = append(e.problems, p.Column+" "+p.Value+": "+sentence)
	return nil
}

func scanned(t *testing.T, book *Workbook) (everyone, *Reading) {
	t.Helper()
	var held everyone
	reading, err := Scan(book, clock.MustDate("2026-11-24"), Choice{}, &held)
	if err != nil {
		t.Fatal(err)
	}
	return held, reading
}

// Half of £1,000 read as 50p, or as £50, is a package nobody can pay.
func TestAPayersShareIsWorkedOutFromTheWeeklyCost(t *testing.T) {
	t.Parallel()
	held, reading := scanned(t, opened(t, "t.csv", "Ref,Forename,Surname,DoB,Health %,ASC per cent,LA %,Education pw,Total £ p/w\n"+
		"1,A,One,04/03/2009,33.33%,66.67,5,0,100.01\n"+
		"2,B,Two,04/03/2009,50%,£20,5,12.50,\"1,000\"\n"+
		"3,C,Three,04/03/2009,0.4,,5,25%,1000\n"+
		"4,D,Four,04/03/2009,40%,,5,,TBC\n"+
		"5,E,Five,04/03/2009,60%,50%,5,,1000\n"+
		"6,F,Six,04/03/2009,140%,50:50,5,,1000\n"+
		"7,G,Seven,04/03/2009,n/a,0,5,,1000\n"))
	var got []string
	for _, row := range held.rows {
		c := row.Case
		got = append(got, HealthWeekly.Say(&c)+" "+ASCWeekly.Say(&c)+" "+EducationWeekly.Say(&c))
	}
	if diff := cmp.Diff([]string{"£33.33 £66.68 £0", "£500 £20 £12.50", "Not known Not known £250", "Not known Not known Not known", "Not known Not known Not known", "Not known Not known Not known", "Not known £0 Not known"}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{
		"Health % 0.4: This may be 0", // 0.4% or 40%
		"Health % 40%: This is a share of the weekly cost, and the weekly cost is not known, so it is recorded as Not known",
		"Health % 60%: The shares of this row come to 110%, so they are recorded as Not known",
		"ASC per cent 50%: The shares of this row come to 110%, so they are recorded as Not known",
		"Health % 140%: A share is from 0% to 100% of the weekly cost, so it is recorded as Not known",
		"ASC per cent 50:50: This is how a cost is split, not an amount of money, so it is recorded as Not known",
	}, held.problems); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(strings.Join(reading.Notices, " "), "What the payers of 4 rows pay was worked out from their shares of the weekly cost of each, the first of them row 2.") {
		t.Errorf("%q", reading.Notices)
	}
	if diff := cmp.Diff([]string{"LA %"}, reading.Ignored); diff != "" { // adults’, children’s or education: nobody can tell
		t.Error(diff)
	}
}

// coloured is a workbook whose second row on are these: each a colour for the reference, one for the RAG, and its word.
func coloured(t *testing.T, rated bool, rows ...[3]string) *Workbook {
	t.Helper()
	file := excelize.NewFile()
	set := func(cell string, value any, colour string) {
		t.Helper()
		if value != "" {
			if err := file.SetCellValue("Sheet1", cell, value); err != nil {
				t.Fatal(err)
			}
		}
		if colour == "" {
			return
		}
		style, err := file.NewStyle(&excelize.Style{Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}})
		if err != nil {
			t.Fatal(err)
		}
		if err := file.SetCellStyle("Sheet1", cell, cell, style); err != nil {
			t.Fatal(err)
		}
	}
	headings := []string{"Ref", "Forename", "Surname", "DoB", "Health pw", "Total pw", "RAG"}
	if !rated {
		headings[6] = "How it goes"
	}
	for i, heading := range headings {
		set(columnName(i)+"1", heading, "")
	}
	percent, err := file.NewStyle(&excelize.Style{NumFmt: 9})
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		at := string(rune('2' + i))
		set("A"+at, "T"+at, row[0])
		set("B"+at, "Rosa", "")
		set("C"+at, "Walker", "")
		set("D"+at, "04/03/2009", row[0])
		set("E"+at, 0.07, "")
		if err := file.SetCellStyle("Sheet1", "E"+at, "E"+at, percent); err != nil {
			t.Fatal(err)
		}
		set("F"+at, 1000, "")
		set("G"+at, row[2], row[1])
	}
	var whole bytes.Buffer
	if err := file.Write(&whole); err != nil {
		t.Fatal(err)
	}
	return opened(t, "t.xlsx", whole.String())
}

// A rating that only a colour tells is lost unless it is read, and made up where the colour means something else.
func TestARAGIsReadFromTheColourOfItsCell(t *testing.T) {
	t.Parallel()
	held, reading := scanned(t, coloured(t, true,
		[3]string{"", "FF0000", ""}, [3]string{"", "FFC000", ""}, [3]string{"", "92D050", ""}, [3]string{"", "C6EFCE", ""},
		[3]string{"", "FF0000", "Green"}, [3]string{"", "5B9BD5", ""}, [3]string{"00B050", "00B050", ""}, [3]string{"", "FFFFFF", ""}))
	var ratings []string
	for _, row := range held.rows {
		c := row.Case
		ratings = append(ratings, RAG.Say(&c))
		if HealthWeekly.Say(&c) != "£70" {
			t.Errorf("7%% of £1,000 is %s", HealthWeekly.Say(&c))
		}
	}
	if diff := cmp.Diff([]string{"Red", "Amber", "Green", "Green", "Green", "Not known", "Not known", "Not known"}, ratings); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{
		"RAG Green: This says Green and the cell is coloured Red",
		"RAG : This cell is coloured, and not red, amber or green, so the RAG is recorded as Not known",
		"RAG : The whole row is coloured, so nobody can tell whether the colour is the RAG",
	}, held.problems); diff != "" {
		t.Error(diff)
	}
	if said := strings.Join(reading.Notices, " "); !strings.Contains(said, "The RAG of 4 rows was told by the colour of its cell alone, the first of them row 2.") {
		t.Errorf("%q", said)
	}
	_, unread := scanned(t, coloured(t, false, [3]string{"FF0000", "", "Well"}))
	if said := strings.Join(unread.Notices, " "); !strings.Contains(said, "Some cells are red, amber or green, the first of them in row 2, and no column is the RAG.") {
		t.Errorf("%q", said)
	}
}
