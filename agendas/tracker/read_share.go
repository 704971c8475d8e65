package tracker

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// What a payer pays is told in pounds, or as a percentage of the weekly cost of the same row.

// sharePayers are whom a heading such as “Health %” names, as heading() leaves it without what only says
// that it is a share. “LA” is none of them: it may be adults’ or children’s services, or education.
var sharePayers = map[string]Field{
	"health": HealthWeekly, "icb": HealthWeekly, "ccg": HealthWeekly, "nhs": HealthWeekly, "chc": HealthWeekly, "continuing healthcare": HealthWeekly, "continuing health care": HealthWeekly,
	"asc": ASCWeekly, "adult social care": ASCWeekly, "adults social care": ASCWeekly, "adult services": ASCWeekly, "adults services": ASCWeekly, "adults": ASCWeekly, "adult": ASCWeekly,
	"csc": CSCWeekly, "childrens social care": CSCWeekly, "childrens services": CSCWeekly, "childrens": CSCWeekly, "children": CSCWeekly,
	"education": EducationWeekly, "ed": EducationWeekly, "sen": EducationWeekly, "send": EducationWeekly, "high needs": EducationWeekly, "high needs block": EducationWeekly,
}

// shareRank is behind that of every heading of pounds: where a file gives both, pounds are read.
const shareRank = 1000

// shareWords are what such a heading says besides.
var shareWords = []string{"percent", "percentage", "per", "cent", "share", "split", "contribution", "funding", "funded", "of", "the", "total", "cost", "weekly", "pays", "paid", "by"}

// saysShare reports whether a heading says that its column holds percentages.
func saysShare(text string) bool {
	words := strings.Fields(heading(text))
	return strings.Contains(text, "%") || slices.Contains(words, "percent") || slices.Contains(words, "percentage") || strings.Contains(strings.Join(words, " "), "per cent")
}

// payerOf is the payer whose share such a column holds.
func payerOf(text string) (Field, bool) {
	words := slices.DeleteFunc(strings.Fields(heading(text)), func(word string) bool { return slices.Contains(shareWords, word) })
	payer, ok := sharePayers[strings.Join(words, " ")]
	return payer, ok
}

// A share is a part of the weekly cost, still to be worked out.
type share struct {
	column     *columnReader
	cell       cell
	hundredths int64 // of a per cent
}

var shareText = regexp.MustCompile(`(?i)^(\d{1,3}(?:\.\d+)?)\s*(%|per ?cent)?$`)

// maySayShare reports at little cost whether a cell is worth asking: nearly all say pounds.
func (c *columnReader) maySayShare(said cell) bool {
	if c.percent || said.share {
		return true
	}
	end := strings.TrimSpace(said.text)
	return strings.HasSuffix(end, "%") || len(end) > 4 && strings.EqualFold(end[len(end)-4:], "cent")
}

// readShare reads a payer's cell as a percentage; it is none when told is false.
func (c *columnReader) readShare(said cell, shown string) (hundredths int64, told bool, problem string) {
	const mend = "so it is recorded as Not known. Enter the share like 40%, or the pounds a week like 1204.50."
	var percent float64
	switch m := shareText.FindStringSubmatch(strings.TrimSpace(shown)); {
	case said.kind == numberCell && said.share:
		percent = percentOf(said.number)
	case m == nil, m[2] == "" && !c.percent, said.date:
		return 0, false, ""
	default:
		percent, _ = strconv.ParseFloat(m[1], 64)
		if m[2] == "" && percent > 0 && percent <= 1 {
			return 0, true, fmt.Sprintf("This may be %s%% or %s%% of the weekly cost, %s", m[1], plainNumber(percentOf(percent)), mend)
		}
	}
	if percent < 0 || percent > 100 {
		return 0, true, "A share is from 0% to 100% of the weekly cost, " + mend
	}
	return int64(math.Round(percent * 100)), true, ""
}

// percentOf is a number as its percentage format shows it, without what floating point adds.
func percentOf(number float64) float64 { return math.Round(number*1e8) / 1e6 }

// workOut puts each payer's part of the weekly cost into a case. Parts are rounded together, so that those
// of the whole add up to it.
func (r *rowReader) workOut(row sheetRow, shares []share, into *Case) {
	var all int64
	for _, s := range shares {
		all += s.hundredths
	}
	var before, paid int64
	for _, s := range shares {
		switch {
		case into.WeeklyCostPence == nil:
			r.note(SeverityWarning, row, s.column, s.cell, "This is a share of the weekly cost, and the weekly cost is not known, so it is recorded as Not known. Enter the weekly cost, or the pounds a week that this payer pays.")
			continue
		case all > 100_00:
			r.note(SeverityWarning, row, s.column, s.cell, fmt.Sprintf("The shares of this row come to %s%%, so they are recorded as Not known. Correct them.", plainNumber(float64(all)/100)))
			continue
		}
		before += s.hundredths
		upTo := (*into.WeeklyCostPence*before + 50_00) / 100_00
		pence := upTo - paid
		paid = upTo
		*s.column.rule.pence(into) = &pence
	}
	if into.WeeklyCostPence != nil && all <= 100_00 && len(shares) > 0 {
		r.shared.add(row.number)
	}
}
