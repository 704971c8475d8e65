// Package chart draws figures as SVG: each value stands beside its mark, and no colour, script or style is in the drawing itself.
package chart

import (
	"fmt"
	"html"
	"strings"
)

// The classes of a drawing's parts, whose colours the stylesheet gives; a document of its own brings rules for
// the same names.
const (
	classChart     = "q-chart"
	classWide      = "q-chart q-chart--wide" // needs room: on a phone it scrolls in a pane of its own
	classText      = "q-chart__text"
	classValue     = "q-chart__value"
	classQuiet     = "q-chart__quiet"
	classBar       = "q-chart__bar"
	classAxis      = "q-chart__axis"
	classLine      = "q-chart__line"
	classPoint     = "q-chart__point"
	classPublished = "q-chart__published"
	classReference = "q-chart__reference"
)

// canvas is a drawing being written.
type canvas struct{ strings.Builder }

// begin opens the drawing. id is unique on its page; the title says the finding and the description the values,
// for those who do not see it.
func (c *canvas) begin(class, id, title, description string, width, height int) {
	id = html.EscapeString(id)
	fmt.Fprintf(c, `<svg xmlns="http://www.w3.org/2000/svg" class="%s" viewBox="0 0 %d %d" role="img" aria-labelledby="%s-title %s-about">`, class, width, height, id, id)
	fmt.Fprintf(c, `<title id="%s-title">%s</title><desc id="%s-about">%s</desc>`, id, html.EscapeString(title), id, html.EscapeString(description))
}

func (c *canvas) end() string {
	c.WriteString("</svg>")
	return c.String()
}

// text writes words at a place; anchor is start, middle or end.
func (c *canvas) text(class, anchor string, x, y float64, words string) {
	fmt.Fprintf(c, `<text class="%s" text-anchor="%s" x="%s" y="%s">%s</text>`, class, anchor, at(x), at(y), html.EscapeString(words))
}

func (c *canvas) line(class string, x1, y1, x2, y2 float64) {
	fmt.Fprintf(c, `<line class="%s" x1="%s" y1="%s" x2="%s" y2="%s"/>`, class, at(x1), at(y1), at(x2), at(y2))
}

// at is a place in the drawing, to a tenth.
func at(v float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0") }

// within holds a share between nothing and all.
func within(share float64) float64 {
	if !(share > 0) { // NaN too
		return 0
	}
	return min(share, 1)
}

// shorten keeps a label on its line; the table beside the chart has it whole.
func shorten(words string, most int) string {
	letters := []rune(words)
	if len(letters) <= most {
		return words
	}
	return strings.TrimSpace(string(letters[:most-1])) + "…"
}
