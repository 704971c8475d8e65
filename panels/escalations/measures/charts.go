package measures

import (
	"strings"

	"quorate/server/base/chart"
)

// chartKind is how a measure is drawn.
type chartKind uint8

const (
	asBars         chartKind = iota
	overTime                 // what was published stands to its left, as points
	overTimeAcross           // what was published lies across
)

// Chart is the drawing of a reading, "" where there is nothing to draw. Its title says the finding.
func (r Reading) Chart() string {
	if !r.Judged() || !r.worthDrawing() {
		return ""
	}
	id := "chart-" + string(r.Key)
	if r.chart == asBars {
		return r.bars(id)
	}
	drawn := chart.Quarters{ID: id, Title: r.Finding, Axis: r.Heading + " the quarter that begins"}
	for _, row := range r.Rows {
		first := strings.Split(row.Key, "-")
		point := chart.Point{Label: shortMonth[first[1]] + " " + first[0], Value: r.Percent(row), Known: !row.Held && row.N() > 0}
		switch {
		case row.Held:
			point.Value = "Held"
		case point.Known:
			point.Share = float64(row.tenths()) / 1000
		}
		drawn.Points = append(drawn.Points, point)
	}
	for _, stated := range r.History {
		if r.chart == overTimeAcross {
			drawn.References = append(drawn.References, chart.Reference{Label: stated.Value + ", " + stated.When, Share: float64(stated.Percent) / 100})
			continue
		}
		drawn.Published = append(drawn.Published, chart.Point{Label: stated.When, Value: stated.Value, Share: float64(stated.Percent) / 100, Known: true})
	}
	return drawn.SVG()
}

var shortMonth = map[string]string{"01": "Jan", "04": "Apr", "07": "Jul", "10": "Oct"}

func (r Reading) worthDrawing() bool {
	for _, row := range r.Rows {
		if row.N() > 0 && !row.Held {
			return true
		}
	}
	return r.chart != asBars
}

func (r Reading) bars(id string) string {
	drawn := chart.Bars{ID: id, Title: r.Finding}
	length := func(row Row) float64 {
		switch {
		case row.Held || row.Missing != "":
			return 0
		case r.Shape == Bands || r.Shape == Money:
			return float64(row.Amount)
		case r.Shape == Share:
			return float64(row.Counts[0])
		default:
			return float64(row.N())
		}
	}
	longest := 1.0
	for _, row := range r.Rows {
		longest = max(longest, length(row))
	}
	for _, row := range r.Rows {
		if row.N() == 0 && r.rowsAreMany() {
			continue
		}
		drawn.Bars = append(drawn.Bars, chart.Bar{Label: row.Name, Value: r.barWords(row), Share: length(row) / longest})
	}
	return drawn.SVG()
}

// rowsAreMany says that rows nobody is in only take room.
func (r Reading) rowsAreMany() bool { return len(r.Rows) > 7 }

func (r Reading) barWords(row Row) string {
	switch {
	case row.Missing != "":
		return "Cannot be judged"
	case row.Held:
		return heldWords
	case r.Shape == Bands:
		if r.board && !r.tellsSum() {
			return pounds(row.Amount).Text
		}
		return percentTenths(shareOf(row.Amount, r.Total.Amount))
	case r.Shape == Money:
		return pounds(nearestPound(row.Amount)).Text
	case r.Shape == Share:
		return commas(row.Counts[0]) + " of " + commas(row.N())
	default:
		return commas(row.N())
	}
}

// Wide reports whether the chart needs more room than a phone has.
func (r Reading) Wide() bool { return r.chart != asBars }
