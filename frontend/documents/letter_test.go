package documents

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/xuri/excelize/v2"

	"quorate/panels"
	"quorate/panels/room/letters"
	"quorate/server/base/clock"
)

func someLetter(format letters.Format) letters.Page {
	body := "Hello Alex.\n\nThis letter is for you.\n\n## The answer\n\nThe answer is yes.\nYour support starts on 5 April 2027.\n\n## What other people must do\n\n- Look at the stairs\n- Write the plan"
	return letters.Page{
		Letter:  letters.Letter{ID: uuid.New(), Recipient: "Alex Example", CareOf: "Chris Example", Audience: letters.ToYoungPerson, Format: format, State: letters.Draft},
		Subject: "The answer about your <support>", Body: body, Forum: "MAPaC", Mailbox: "mapac@example.org", CaseNumber: 1042,
	}
}

// Somebody who reads by ear gets the letter too: without tags and headings it is one long breath.
func TestLetterPDFIsTaggedAndItsPrintIsLargeEnough(t *testing.T) {
	t.Parallel()
	needs(t, "pdfinfo")
	needs(t, "pdftotext")
	for _, format := range []letters.Format{letters.Plain, letters.EasyRead, letters.LargePrint} {
		page, err := house.PaperPage(t.Context(), LetterPaper(someLetter(format), clock.MustDate("2027-03-03")))
		if err != nil {
			t.Fatal(err)
		}
		pdf, err := printer(t).PDF(t.Context(), page)
		if err != nil {
			t.Fatal(err)
		}
		path := kept(t, string(format)+".pdf", pdf)
		if facts := run(t, "pdfinfo", path); !strings.Contains(facts, "Tagged:          yes") || !strings.Contains(facts, "The answer about your <support>") {
			t.Errorf("%s: %s", format, facts)
		}
		structure := run(t, "pdfinfo", "-struct", path)
		for _, want := range []string{" H1 ", " H2 ", " LI "} {
			if !strings.Contains(structure, want) {
				t.Errorf("%s: the structure has no %s", format, want)
			}
		}
		text := run(t, "pdftotext", "-layout", path, "-")
		for _, want := range []string{"3 March 2027", "Alex Example", "Chris Example", "Your support starts on 5 April 2027.", "mapac@example.org"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: it does not say %q", format, want)
			}
		}
		if strings.Contains(text, "Q1042") {
			t.Errorf("%s: a young person is called by a number", format)
		}
	}
}

func TestLetterIsWrittenForWord(t *testing.T) {
	t.Parallel()
	file, err := house.PaperWord(LetterPaper(someLetter(letters.Plain), clock.MustDate("2027-03-03")), time.Now())
	if err != nil || !bytes.HasPrefix(file, []byte("PK")) {
		t.Fatalf("%v", err)
	}
}

func openBook(t *testing.T, file []byte) *excelize.File {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = book.Close() })
	return book
}

// A cost code is typed by anybody's hand; in a finance officer's spreadsheet it must stay text.
func TestNothingTypedIsAFormula(t *testing.T) {
	t.Parallel()
	start := clock.MustDate("2027-04-05")
	file, err := AuthorisationsExcel([]letters.AuthorisationRow{{
		Authorisation: letters.Authorisation{Number: 4001, Kind: letters.NewPayment, WeeklyPence: 120450, StartOn: start}, Agency: "=HYPERLINK(\"x\")", CaseNumber: 1042,
		Lines: []letters.AuthorisationLine{{WeeklyPence: 120450, CostCode: "@SUM(A1)"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := openBook(t, file).GetRows("Authorisations")
	if err != nil || rows[1][5] != "'=HYPERLINK(\"x\")" || rows[1][8] != "'@SUM(A1)" || rows[1][9] != "1,204.50" || rows[1][3] != "Q1042" {
		t.Errorf("%q, %v", rows, err)
	}
}

func TestRechargeWorkbookKeepsInterimAndAdjustmentsApart(t *testing.T) {
	t.Parallel()
	payer, debtor := uuid.New(), uuid.New()
	line := func(pence int64, interim bool) letters.RechargeLine {
		return letters.RechargeLine{ForMonth: letters.Month{Year: 2027, Month: 4}, CaseNumber: 1042, PayerID: payer, DebtorID: debtor, Interim: interim, From: clock.MustDate("2027-04-01"), To: clock.MustDate("2027-04-30"), Days: 30, WeeklyPence: 700, Pence: pence}
	}
	file, err := RechargeExcel(letters.Schedule{
		Forum: panels.Forum{Name: "MAPaC"}, Month: letters.Month{Year: 2027, Month: 4}, Agencies: map[uuid.UUID]panels.Agency{payer: {Name: "Adult social care"}, debtor: {Name: "Health"}},
		Lines: []letters.RechargeLine{line(3000, false), line(1500, true)}, Adjustments: []letters.RechargeLine{line(-700, false)},
	})
	if err != nil {
		t.Fatal(err)
	}
	book := openBook(t, file)
	for sheet, want := range map[string]string{"Firm": "30.00", "Without prejudice": "15.00", "Adjustments": "-7.00"} {
		rows, err := book.GetRows(sheet)
		if err != nil || len(rows) != 3 || rows[1][9] != want || rows[2][9] != want {
			t.Errorf("%s: %q, %v", sheet, rows, err)
		}
	}
	totals, err := book.GetRows("Totals")
	if err != nil || totals[1][0] != "Health" || totals[1][2] != "23.00" || totals[1][3] != "15.00" {
		t.Errorf("%q, %v", totals, err)
	}
}
