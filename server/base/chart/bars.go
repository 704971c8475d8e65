package chart

import (
	"fmt"
	"strings"
)

// Bar is one of Bars.
type Bar struct {
	Label string
	Value string  // as it is written beside the bar: "43", "60.5%", "Held back"
	Share float64 // of the longest bar, from 0 to 1
}

// Bars are horizontal bars, each under its label with its value at its end.
type Bars struct {
	ID    string // one for each chart of a page
	Title string // the finding, for those who do not see the chart
	Bars  []Bar
}

const (
	barsWidth   = 480
	barStep     = 50
	barHeight   = 18
	longestBar  = 350 // leaves room for the value
	barLabelFit = 50
)

// SVG is the drawing.
func (b Bars) SVG() string {
	var c canvas
	said := make([]string, len(b.Bars))
	for i, bar := range b.Bars {
		said[i] = bar.Label + ": " + bar.Value
	}
	c.begin(classChart, b.ID, b.Title, strings.Join(said, ". "), barsWidth, len(b.Bars)*barStep+4)
	for i, bar := range b.Bars {
		top := float64(i * barStep)
		c.text(classText, "start", 8, top+18, shorten(bar.Label, barLabelFit))
		long := longestBar * within(bar.Share)
		if long > 0 {
			fmt.Fprintf(&c, `<rect class="%s" x="0" y="%s" width="%s" height="%d"/>`, classBar, at(top+24), at(max(long, 2)), barHeight)
		}
		c.text(classValue, "start", long+8, top+39, bar.Value)
	}
	c.line(classAxis, 0, 0, 0, float64(len(b.Bars)*barStep))
	return c.end()
}
