package escalations

import (
	"fmt"
	"strings"

	"quorate/server/base/chart"
)

// DigestChart is a drawing of a digest. The table beside it says the same.
type DigestChart struct {
	Title string // the finding
	SVG   string
	Wide  bool // needs room: on a phone it scrolls in a pane of its own
}

// TrendChart draws how many escalations waited, digest after digest; there is none before the second.
func (d DigestContent) TrendChart() (DigestChart, bool) {
	now, _ := d.Now()
	before, known := d.Before()
	if !known {
		return DigestChart{}, false
	}
	most := 1
	for _, p := range d.History {
		most = max(most, p.Asked)
	}
	title := fmt.Sprintf("%s for an answer, %s", plural(now.Asked, "escalation waits", "escalations wait"), Change(now.Asked, before.Asked))
	drawing := chart.Quarters{ID: "trend", Title: title, Axis: "Digest of"}
	for _, p := range d.History {
		drawing.Points = append(drawing.Points, chart.Point{Label: p.AsAt.Long(), Value: fmt.Sprint(p.Asked), Share: float64(p.Asked) / float64(most), Known: true})
	}
	return DigestChart{title, drawing.SVG(), true}, true
}

// KindChart draws how many young people wait for what kind of thing; there is none where nothing waits. held
// leaves out counts that must not leave the product.
func (d DigestContent) KindChart(held bool) (DigestChart, bool) {
	if len(d.Themes) == 0 {
		return DigestChart{}, false
	}
	first, most := d.Themes[0], 1
	for _, t := range d.Themes {
		most = max(most, t.YoungPeople)
	}
	title := fmt.Sprintf("Most young people wait because of: %s", lowerFirst(first.Kind.Words()))
	if !held {
		title += fmt.Sprintf(" (%d of %d)", first.YoungPeople, d.YoungPeople)
	}
	drawing := chart.Bars{ID: "kinds", Title: title}
	for _, t := range d.Themes {
		bar := chart.Bar{Label: t.Kind.Words(), Value: fmt.Sprint(t.YoungPeople), Share: float64(t.YoungPeople) / float64(most)}
		if held && t.YoungPeople < few {
			bar.Value, bar.Share = people(t.YoungPeople), 0
		}
		drawing.Bars = append(drawing.Bars, bar)
	}
	return DigestChart{title, drawing.SVG(), false}, true
}

// lowerFirst begins a kind in the middle of a line; NHS stays NHS.
func lowerFirst(words string) string {
	if strings.HasPrefix(words, "NHS") || strings.HasPrefix(words, "CHC") {
		return words
	}
	return strings.ToLower(words[:1]) + words[1:]
}
