package tracker

import (
	"cmp"
	"slices"
	"strings"
	"sync/atomic"

	"quorate/server/base/clock"
)

// An UnknownValue is something a column says that its field's words do not cover, and how often.
type UnknownValue struct {
	Field   Field
	Heading string
	Value   string
	Count   int
	Chosen  string // how the choice reads it, "" for Not known
	Decided bool   // the choice says how
}

// The most unknown values listed for one field: a column with more is no list of words.
const mostUnknown = 40

// Words are what a field may be told in, nil when it takes any text, date or amount.
func (f Field) Words() []string {
	switch f {
	case LegalStatus:
		return []string{"Section 20", "Section 31", "Section 38", "Looked after", "Care leaver", "None"}
	case SocialCareStatus:
		return []string{"Child in need", "Child protection", "Education", "None"}
	case RAG:
		return []string{"Red", "Amber", "Green"}
	}
	if rule := ruleOf[f]; rule != nil && rule.kind == flagField {
		return []string{"Yes", "No"}
	}
	return nil
}

// LookValues lists what the columns chosen say that nobody would understand, in the columns' order and
// the commonest first: under yes and no, RAG, the statuses, and the localities when the partnership's
// are given. Choice.Values may then say once how each is read.
func LookValues(book *Workbook, choice Choice, localities []string) ([]UnknownValue, error) {
	return lookValues(book, choice, localities, new(atomic.Int64))
}

// lookValues does it and says in seen how many rows it has gone through.
func lookValues(book *Workbook, choice Choice, localities []string, seen *atomic.Int64) ([]UnknownValue, error) {
	found, err := findLayout(book, choice)
	if err != nil {
		return nil, err
	}
	rows := newRowReader(book, clock.Date{}, choice, nil, found, &Reading{})
	counts := make([]map[string]int, len(rows.columns))
	for i := range counts {
		counts[i] = map[string]int{}
	}
	err = found.sheet.rows(func(row sheetRow) bool {
		seen.Add(1)
		if row.number <= found.headingRow || rows.skips(row) {
			return true
		}
		for i := range rows.columns {
			column := &rows.columns[i]
			if column.rule == nil || column.Field != Locality && column.Field.Words() == nil {
				continue
			}
			if c := row.at(column.at); c.kind != blankCell && c.kind != errorCell && !column.understands(c, book.system, localities) {
				shown := shorten(c.shown(book.system), sampleWords)
				if _, known := counts[i][shown]; known || len(counts[i]) < mostUnknown {
					counts[i][shown]++
				}
			}
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	var unknown []UnknownValue
	for i := range rows.columns {
		column := &rows.columns[i]
		from := len(unknown)
		for value, count := range counts[i] {
			chosen, decided := column.said[strings.ToLower(value)]
			unknown = append(unknown, UnknownValue{column.Field, column.Heading, value, count, chosen, decided})
		}
		slices.SortFunc(unknown[from:], func(a, b UnknownValue) int { return cmp.Or(b.Count-a.Count, strings.Compare(a.Value, b.Value)) })
	}
	return unknown, nil
}

// understands reports whether a cell says one of its field's words.
func (c *columnReader) understands(said cell, system dateSystem, localities []string) bool {
	shown := said.shown(system)
	if saysNothing(shown) {
		return true
	}
	switch {
	case c.Field == Locality:
		return len(localities) == 0 || slices.ContainsFunc(localities, func(name string) bool { return strings.EqualFold(name, shown) })
	case c.rule.kind == flagField:
		_, problem := readFlag(said, shown)
		return problem == ""
	case c.rule.kind == wordField:
		_, known := c.rule.words[strings.ToLower(shown)]
		return known
	default:
		return understandsStatus(c.rule, c.Heading, shown)
	}
}
