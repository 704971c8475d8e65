package web

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"quorate/agendas/tracker"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/files"
	"quorate/server/base/money"
)

// dorset is the bands of the 172 people whose costs Dorset published: how many, and what they cost a week.
var dorset = []struct {
	people        int
	pence         int64
	lower, upper  int64
	name, percent string
}{
	{23, 1_327_56, 0, 100_00, "£0 to £99.99", "0.7%"},
	{43, 7_809_10, 100_00, 300_00, "£100 to £299.99", "4.2%"},
	{25, 9_933_69, 300_00, 500_00, "£300 to £499.99", "5.3%"},
	{21, 13_053_79, 500_00, 800_00, "£500 to £799.99", "6.9%"},
	{6, 5_457_96, 800_00, 1_000_00, "£800 to £999.99", "2.9%"},
	{27, 36_735_88, 1_000_00, 2_000_00, "£1,000 to £1,999.99", "19.5%"},
	{27, 113_695_87, 2_000_00, 100_000_00, "£2,000 and over", "60.5%"},
}

// dorsetTracker is a tracker of such people: in each band one stands on its lower bound where the sum allows it,
// and no two need cost the same.
func dorsetTracker(t *testing.T, today clock.Date) []byte {
	t.Helper()
	var out bytes.Buffer
	out.WriteString("Person ref,Forename,Surname,Date of birth,Locality,Primary need,Weekly cost\n")
	number := 0
	for _, band := range dorset {
		left := band.pence
		for i := range band.people {
			rest := int64(band.people - i)
			cost := left / rest
			if i == 0 {
				cost = band.lower // the lower bound is in
			} else if rest > 1 && i%2 == 1 {
				cost -= min(cost-band.lower, 7_31)
			}
			if rest == 1 {
				cost = left
			}
			if cost < band.lower || cost >= band.upper {
				t.Fatalf("band %s: %d pence", band.name, cost)
			}
			left -= cost
			born := today.AddMonths(-12*18 - number%94).AddDays(-1 - number%25)
			number++
			fmt.Fprintf(&out, "D%04d,Ivo,Marsh%d,%s,North,Learning disability,\"%s\"\n", number, number, born, money.Pounds(cost))
		}
		if left != 0 {
			t.Fatalf("band %s: %d pence are left", band.name, left)
		}
	}
	return out.Bytes()
}

func (h *house) imports(name string, file []byte) {
	h.t.Helper()
	store := tracker.Store{DB: h.db, Files: files.InMemory()}
	if _, err := store.RunImport(h.t.Context(), access.System("import"), name, file, tracker.ImportOptions{}); err != nil {
		h.t.Fatal(err)
	}
}

var tags = regexp.MustCompile(`<[^>]*>`)

// rowOf is the words of a table's row that begins with a name.
func rowOf(page, table, name string) []string {
	_, at, _ := strings.Cut(page, `id="table-`+table+`"`)
	at, _, _ = strings.Cut(at, "</table>")
	for _, row := range strings.Split(at, "<tr")[1:] {
		cells := strings.FieldsFunc(strings.NewReplacer("</th>", "\n", "</td>", "\n").Replace(row), func(r rune) bool { return r == '\n' })
		var said []string
		for i, cell := range cells {
			if i == 0 {
				_, cell, _ = strings.Cut(cell, ">")
			}
			if cell = strings.TrimSpace(tags.ReplaceAllString(unseen.ReplaceAllString(cell, ""), "")); cell != "" {
				said = append(said, cell)
			}
		}
		if len(said) > 0 && said[0] == name {
			return said[1:]
		}
	}
	return nil
}

var unseen = regexp.MustCompile(`<span class="govuk-visually-hidden">[^<]*</span>`)

// A board that read a wrong sum would plan a year's money by it: the published table comes out of a real import
// and the real page, to the penny and the tenth of a per cent.
func TestDorsetsCostBandsAreReproduced(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.imports("dorset.csv", dorsetTracker(t, clock.DateOf(h.clock.Now())))
	page := h.get("Cleo", "/measures")
	want(t, page, 200, "60.5% of the weekly cost is for the 27 people who cost £2,000 or more")
	body := page.Body.String()
	for _, band := range dorset {
		year := money.Pounds((band.pence*52 + 50) / 100 * 100)
		if got, expected := rowOf(body, "weekly-cost-bands", band.name), []string{fmt.Sprint(band.people), money.Pounds(band.pence), band.percent, year}; !slices.Equal(got, expected) {
			t.Errorf("%s: %q, want %q", band.name, got, expected)
		}
	}
	// Published: £188,014 a week and £9,776,719 a year.
	if got := rowOf(body, "weekly-cost-bands", "All"); !slices.Equal(got, []string{"172", "£188,013.85", "100%", "£9,776,720"}) {
		t.Errorf("in all: %q", got)
	}

	file := h.get("Cleo", "/measures/weekly-cost-bands/table.csv")
	reader := csv.NewReader(strings.NewReader(strings.TrimPrefix(file.Body.String(), "\ufeff")))
	reader.FieldsPerRecord = -1
	lines, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	said := fmt.Sprint(lines)
	for _, part := range []string{"[Measure Weekly cost bands]", "[As at 26 November 2026]", "[£2,000 and over 27 113695.87 60.5 5912185.00]", "[All 172 188013.85 100.0 9776720.00]", "[What is counted People by what they cost a week"} {
		if !strings.Contains(said, part) {
			t.Errorf("the CSV does not say %s:\n%s", part, said)
		}
	}
	book, err := excelize.OpenReader(h.get("Cleo", "/measures.xlsx").Body)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if people, err := book.GetCellValue("weekly-cost-bands", "B9"); err != nil || people != "172" {
		t.Errorf("the workbook has %q people, %v", people, err)
	}
	if cost, err := book.GetCellValue("weekly-cost-bands", "C9", excelize.Options{RawCellValue: true}); err != nil || cost != "188013.85" {
		t.Errorf("the workbook has %q a week, %v", cost, err)
	}

	// Each figure opens as many cases as it says.
	list := h.get("Cleo", "/measures/weekly-cost-bands/list?row=200000&part=0")
	want(t, list, 200, "Marsh172", "£2,000 and over")
	if links := strings.Count(list.Body.String(), `href="/cases/Q`); links != 27 {
		t.Errorf("%d cases are behind a figure of 27", links)
	}
	wantNot(t, list, "D0172") // the tracker's reference stays on the case page
}
