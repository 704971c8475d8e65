package measures

import (
	"fmt"
	"strings"

	"quorate/agendas/tracker"
	"quorate/server/base/clock"
)

// A Reading is a measure as it stands on a day, for somebody.
type Reading struct {
	Definition
	AsAt    clock.Date
	From    clock.Date // of the days it looks at
	To      clock.Date
	Missing []string // the columns it cannot be judged without
	Finding string   // what it comes to, in a sentence: the title of its chart
	Rows    []Row
	Total   Row // what the rows come to; of a measure over two years, of the last four rows
	Before  Row // the year before, of such a measure
	Asides  []Aside
	Median  int    // days, from tabled to decided
	Change  string // since the last month that was kept: "4 fewer than on 1 October 2026"
	Lists   bool   // a list stands behind each figure for this reader

	board bool
	lacks []string // the columns without which fewer are left out
}

// Row is a line of a measure's table.
type Row struct {
	Key    string `json:"key"`
	Name   string `json:"name"`
	Counts []int  `json:"counts"` // one for each part
	Amount int64  `json:"amount"` // pence, days or people, as the measure says

	Held    bool   `json:"-"` // told to nobody who may not know whom it counts
	Missing string `json:"-"` // the column without which it cannot be judged
	people  int    // of a measure of money: how many people, each once
}

// Aside is a figure beside the table.
type Aside struct {
	Name string
	N    int
	Part int // of the list behind it
	Held bool

	Missing string // the column without which it cannot be judged
}

// Words is the figure, or why it is not told.
func (a Aside) Words() string {
	if a.Missing != "" {
		return "cannot be judged, no column for " + a.Missing
	}
	if a.Held {
		return heldWords
	}
	return commas(a.N)
}

const heldWords = "Held back"

// Judged reports whether the measure could be judged at all.
func (r Reading) Judged() bool { return len(r.Missing) == 0 }

// CannotBeJudged says why not.
func (r Reading) CannotBeJudged() string {
	return "Cannot be judged: no column for " + strings.Join(r.Missing, " and ") + "."
}

// N is how many a row counts.
func (r Row) N() int { return sum(r.Counts) }

// tenths is the first part of all parts, in tenths of a per cent, rounded once.
func (r Row) tenths() int { return shareOf(int64(r.Counts[0]), int64(r.N())) }

// shareOf is a part of a whole in tenths of a per cent, half a tenth up.
func shareOf(part, whole int64) int {
	if whole == 0 {
		return 0
	}
	return int((part*2000 + whole) / (whole * 2))
}

// percent is tenths of a per cent as people read a share of people: where there are few, tenths would only pretend.
func percent(tenths int) string { return fmt.Sprintf("%d%%", (tenths+5)/10) }

func percentTenths(tenths int) string {
	if tenths%10 == 0 {
		return fmt.Sprintf("%d%%", tenths/10)
	}
	return fmt.Sprintf("%d.%d%%", tenths/10, tenths%10)
}

// Percent is a row's share as it is told. Where one of the two parts is small it gives no more than a bound.
func (r Reading) Percent(row Row) string {
	switch {
	case row.Missing != "":
		return row.Missing
	case row.N() == 0:
		return "None"
	case !row.Held:
		return percent(row.tenths())
	case row.N() < few || len(row.Counts) < 2:
		return heldWords
	case row.Counts[0] >= few && row.N()-row.Counts[0] < few:
		return fmt.Sprintf("At least %d%%", (row.N()-few+1)*100/row.N())
	case row.Counts[0] < few && row.N()-row.Counts[0] >= few:
		return fmt.Sprintf("At most %d%%", ((few-1)*100+row.N()-1)/row.N())
	default:
		return heldWords
	}
}

// missingOf are the fields of a list that no tracker supplies, by their labels.
func missingOf(fields []tracker.Field, supplied tracker.SuppliedFields) (labels []string) {
	for _, field := range fields {
		if !supplied[field] {
			labels = append(labels, field.Label())
		}
	}
	return labels
}

func commas(n int) string {
	digits := fmt.Sprint(n)
	for at := len(digits) - 3; at > 0 && digits[at-1] != '-'; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}
