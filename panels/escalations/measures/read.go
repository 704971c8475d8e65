package measures

import (
	"cmp"
	"maps"
	"slices"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/money"
)

// Kinds are the names of blockers' kinds, which a higher word keeps.
type Kinds func(kind string) string

// ReadAll reads every measure as it stands on a day: one query each.
func ReadAll(tx db.Tx, scope Scope, asAt clock.Date, kinds Kinds) ([]Reading, error) {
	r, err := newReader(tx, scope, asAt, kinds)
	if err != nil {
		return nil, err
	}
	readings := make([]Reading, 0, len(All))
	for _, d := range All {
		reading, err := r.read(d)
		if err != nil {
			return nil, err
		}
		readings = append(readings, reading)
	}
	holdAcross(readings)
	return readings, r.compare(readings)
}

// ReadOne reads one of them.
func ReadOne(tx db.Tx, scope Scope, d Definition, asAt clock.Date, kinds Kinds) (Reading, error) {
	r, err := newReader(tx, scope, asAt, kinds)
	if err != nil {
		return Reading{}, err
	}
	var readings []Reading
	for _, other := range All {
		if other.Key != d.Key && !(d.Key == TotalCost && other.Key == CostBands) { // whose sum the other may give away
			continue
		}
		reading, err := r.read(other)
		if err != nil {
			return Reading{}, err
		}
		readings = append(readings, reading)
	}
	holdAcross(readings)
	one := readings[len(readings)-1:]
	err = r.compare(one)
	return one[0], err
}

// Read is the figures for what goes to a board: its digest and its yearly report. It counts what the forums did,
// and everybody they follow; it gives nobody's name, number or alias, and holds back small counts. The actor's own
// permissions play no part: the caller knows for whom it writes.
func Read(tx db.Tx, asAt clock.Date, forums []uuid.UUID, kinds Kinds) ([]Reading, error) {
	all, err := panels.Forums(tx)
	if err != nil {
		return nil, err
	}
	scope := Scope{Board: true, actor: tx.Actor}
	for _, f := range all {
		if slices.Contains(forums, f.ID) && !f.Board {
			scope.forums = append(scope.forums, f)
		}
	}
	return ReadAll(tx, scope, asAt, kinds)
}

// reader is what is read once for all measures.
type reader struct {
	tx       db.Tx
	scope    Scope
	asAt     clock.Date
	kinds    Kinds
	supplied tracker.SuppliedFields
	limit    int64 // pence a year above which a placement is high-cost
}

func newReader(tx db.Tx, scope Scope, asAt clock.Date, kinds Kinds) (r reader, err error) {
	r = reader{tx: tx, scope: scope, asAt: asAt, kinds: kinds}
	if r.supplied, err = tracker.Supplied(tx); err != nil {
		return r, err
	}
	rules, err := agendas.RulesInForce(tx)
	for _, rule := range rules {
		if rule.Key == "high_cost" {
			if limit, found := rule.Parameter("limit"); found {
				r.limit = int64(limit.Value) * 100
			}
		}
	}
	return r, err
}

// weeks in a year, for sums that no one forum's terms of reference count.
const weeks = 52

// ask is what a measure's query is given.
func (r reader) ask(d Definition) (period, map[string]any) {
	p := d.period(r.asAt)
	ask := maps.Clone(p.ask)
	ask["cases"], ask["forums"], ask["weekly_over"] = r.scope.cases(r.tx), r.scope.forumIDs(), r.limit/weeks
	ask["reader"] = r.tx.Actor.PersonID
	return p, ask
}

// counted is the query of a measure's lines, without those of a case the reader has left for an interest.
func (r reader) counted(d Definition) string {
	if r.scope.Board || d.ListAction == "" {
		return d.lines() // whoever left for a case does not see it, so its cases have none
	}
	return `select l.* from (` + d.lines() + `
) l where l.case_id is null or not exists (` + tracker.InterestIn("@reader", "l.case_id") + `)`
}

func (r reader) read(d Definition) (Reading, error) {
	p, ask := r.ask(d)
	reading := Reading{
		Definition: d, AsAt: r.asAt, From: p.from, To: p.to, Lists: r.scope.mayList(d), board: r.scope.Board,
		Missing: missingOf(d.Needs, r.supplied),
	}
	reading.Counted = inWords(d.Counted, r.limit)
	if !reading.Judged() {
		return reading, nil
	}
	var lines []struct {
		Row    *string
		Label  string
		Part   int
		Things int
		People int
		Amount int64
		Median int
	}
	measured := "0 as people, 0 as median"
	switch d.Key {
	case TotalCost:
		measured = "count(distinct id) as people, 0 as median"
	case TabledToDecided:
		measured = "0 as people, percentile_disc(0.5) within group (order by amount) as median"
	}
	err := r.tx.Raw(`select "row", coalesce(min(label), '') as label, coalesce(part, 0) as part, count(*) as things, coalesce(sum(amount), 0) as amount, `+measured+`
from (`+r.counted(d)+`
) counted group by grouping sets (("row", part), ())`, ask).Scan(&lines).Error
	if err != nil {
		return reading, err
	}
	if d.rows != nil {
		reading.Rows = d.rows(p)
	}
	for i := range reading.Rows {
		reading.Rows[i].Counts = make([]int, len(d.Parts))
	}
	beside := make([]int, len(d.Beside))
	for _, line := range lines {
		switch {
		case line.Row == nil: // of all
			reading.Median, reading.Total.people = line.Median, line.People
		case line.Part >= len(d.Parts):
			beside[line.Part-len(d.Parts)] += line.Things
		default:
			row := reading.row(*line.Row, line.Label)
			row.Counts[line.Part] += line.Things
			row.Amount += line.Amount
		}
	}
	if d.Key == BlockersByAge {
		for i := range reading.Rows {
			reading.Rows[i].Name = r.kinds(reading.Rows[i].Key)
		}
	}
	if d.rows == nil {
		slices.SortStableFunc(reading.Rows, func(a, b Row) int { return cmp.Or(b.N()-a.N(), cmp.Compare(a.Name, b.Name)) })
	}
	for i, n := range beside {
		aside := Aside{Name: d.Beside[i], N: n, Part: len(d.Parts) + i}
		if i < len(d.BesideNeeds) {
			if missing := missingOf(d.BesideNeeds[i:i+1], r.supplied); d.BesideNeeds[i] != "" && len(missing) > 0 {
				aside.Missing = missing[0]
			}
		}
		reading.Asides = append(reading.Asides, aside)
	}
	r.missRows(&reading)
	reading.addUp()
	reading.withhold()
	reading.lacks = missingOf(d.Prefers, r.supplied)
	reading.Finding = d.finding(&reading)
	return reading, nil
}

// row is the row of a key, made where there is none.
func (r *Reading) row(key, name string) *Row {
	i := slices.IndexFunc(r.Rows, func(row Row) bool { return row.Key == key })
	if i < 0 {
		i = len(r.Rows)
		r.Rows = append(r.Rows, Row{Key: key, Name: name, Counts: make([]int, len(r.Parts))})
	}
	return &r.Rows[i]
}

// missRows marks the rows for which no tracker has a column.
func (r reader) missRows(reading *Reading) {
	for i, row := range reading.Rows {
		if missing := missingOf(reading.RowNeeds[row.Key], r.supplied); len(missing) > 0 {
			reading.Rows[i].Missing = "No column for " + missing[0]
		}
	}
}

// addUp makes the totals.
func (r *Reading) addUp() {
	add := func(rows []Row, name string) Row {
		total := Row{Name: name, Counts: make([]int, len(r.Parts))}
		for _, row := range rows {
			for p, n := range row.Counts {
				total.Counts[p] += n
			}
			total.Amount += row.Amount
		}
		return total
	}
	if r.years {
		half := len(r.Rows) / 2
		r.Total, r.Before = add(r.Rows[half:], "The last four quarters"), add(r.Rows[:half], "The four before")
		return
	}
	people := r.Total.people
	r.Total = add(r.Rows, "All")
	if r.Shape == Money {
		r.Total.Counts[0] = people
	}
}

// inWords puts the sum of the setting into a definition.
func inWords(text string, limit int64) string {
	return replaceLimit(text, money.Pounds(limit))
}
