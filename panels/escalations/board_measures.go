package escalations

import (
	"github.com/google/uuid"

	"quorate/panels/escalations/measures"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// BoardMeasure is a measure as a digest or a yearly report tells it: of the forums that lead to the board,
// without names, small counts held back. Its JSON is kept for good, so names of fields do not change.
type BoardMeasure struct {
	Key     measures.Key `json:"key"`
	Name    string       `json:"name"`
	Value   string       `json:"value"`   // "35%" of a share; "" where the finding says it all
	Finding string       `json:"finding"` // what it comes to, in a sentence
	Target  string       `json:"target"`  // "100%"; "" where none is published
	Means   string       `json:"means"`   // what is counted
	Before  string       `json:"before"`  // what the digest before found; "" where it said nothing of it
}

// boardMeasures reads what a board is told of its forums' measures. Those that no tracker has the columns for
// are left out: a board can do nothing with them.
func boardMeasures(tx db.Tx, asAt clock.Date, forums []uuid.UUID) ([]BoardMeasure, error) {
	readings, err := measures.Read(tx, asAt, forums, KindWords)
	if err != nil {
		return nil, err
	}
	var list []BoardMeasure
	for _, r := range readings {
		if !r.Judged() {
			continue
		}
		m := BoardMeasure{Key: r.Key, Name: r.Name, Finding: r.Finding, Means: r.Counted}
		if r.Target != nil {
			m.Target = r.Target.Share()
		}
		if r.Shape == measures.Share && r.Total.N() > 0 {
			m.Value = r.Percent(r.Total)
		}
		list = append(list, m)
	}
	return list, nil
}

// since says of each measure what the digest before found.
func since(list []BoardMeasure, before *Digest) []BoardMeasure {
	if before == nil {
		return list
	}
	found := map[measures.Key]string{}
	for _, m := range before.Content.Measures {
		found[m.Key] = m.Finding
	}
	for i, m := range list {
		list[i].Before = found[m.Key]
	}
	return list
}

// Trend is how a measure compares with the digest before.
func (m BoardMeasure) Trend() string {
	switch m.Before {
	case "":
		return "not told before"
	case m.Finding:
		return "the same as last time"
	default:
		return "last time: " + m.Before
	}
}

// targeted are the measures with a target, as an e-mail tells them.
func (d DigestContent) targeted() [][]string {
	var rows [][]string
	for _, m := range d.Measures {
		if m.Target == "" {
			continue
		}
		value := m.Value
		if value == "" {
			value = m.Finding
		}
		rows = append(rows, []string{m.Name, value, m.Target})
	}
	return rows
}

// asFigures are measures as a yearly report lists them. What is blocked has a table of its own there, which
// holds more back.
func asFigures(list []BoardMeasure) []Figure {
	var figures []Figure
	for _, m := range list {
		if m.Key == measures.BlockersByAge {
			continue
		}
		figures = append(figures, Figure{Name: m.Name, Value: m.Finding, Target: m.Target, Means: m.Means})
	}
	return figures
}
