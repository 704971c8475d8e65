package chart

import (
	"fmt"
	"strings"
)

// Point is a value at a time. One that is not known breaks the line and says why.
type Point struct {
	Label string  // under the axis: "Jul 2026"
	Value string  // beside the point: "62%", "Held back"
	Share float64 // of the height, from 0 to 1
	Known bool
}

// Reference is a value that others published for the same thing, drawn across as a broken line.
type Reference struct {
	Label string // "35%, 2025"
	Share float64
}

// Quarters are values over time as one line. What was published under other definitions stands to its left
// as points that no line joins; what was published under the same one lies across as broken lines.
type Quarters struct {
	ID         string
	Title      string
	Axis       string // what the times are: "Quarter beginning"
	Points     []Point
	Published  []Point
	References []Reference
}

const (
	quartersWidth  = 640
	quartersHeight = 310
	plotTop        = 66.0
	plotBottom     = 226.0
	plotRight      = 628.0
)

// SVG is the drawing.
func (q Quarters) SVG() string {
	var c canvas
	c.begin(classWide, q.ID, q.Title, q.description(), quartersWidth, quartersHeight)
	high := func(share float64) float64 { return plotBottom - (plotBottom-plotTop)*within(share) }
	slots := len(q.Points) + len(q.Published)
	left := 12.0
	if len(q.References) > 0 {
		left = 92
	}
	step := (plotRight - left) / float64(max(slots, 1))
	middle := func(slot int) float64 { return left + step*(float64(slot)+0.5) }

	c.line(classAxis, left, plotBottom, plotRight, plotBottom)
	for i, y := range spread(q.References, high) {
		r := q.References[i]
		c.line(classReference, left, high(r.Share), plotRight, high(r.Share))
		c.text(classQuiet, "start", 0, y+5, shorten(r.Label, 12))
	}
	for i, p := range q.Published {
		x, y := middle(i), high(p.Share)
		fmt.Fprintf(&c, `<path class="%s" d="M%s %sl7 7-7 7-7-7z"/>`, classPublished, at(x), at(y-7))
		c.text(classValue, "middle", x, y-13, p.Value)
		c.label(x, p.Label)
	}
	if len(q.Published) > 0 {
		between := left + step*float64(len(q.Published))
		c.line(classAxis, between, 4, between, plotBottom)
		c.text(classQuiet, "start", left, 18, "Published before")
		c.text(classQuiet, "start", between+8, 18, "Here")
	}
	var path strings.Builder
	for i, p := range q.Points {
		if !p.Known {
			path.WriteByte(' ')
			continue
		}
		move := "L"
		if i == 0 || !q.Points[i-1].Known {
			move = "M"
		}
		fmt.Fprintf(&path, "%s%s %s", move, at(middle(len(q.Published)+i)), at(high(p.Share)))
	}
	if drawn := strings.TrimSpace(path.String()); drawn != "" {
		fmt.Fprintf(&c, `<path class="%s" d="%s"/>`, classLine, drawn)
	}
	for i, p := range q.Points {
		x := middle(len(q.Published) + i)
		c.label(x, p.Label)
		if !p.Known {
			c.text(classQuiet, "middle", x, plotBottom-8, p.Value)
			continue
		}
		fmt.Fprintf(&c, `<circle class="%s" cx="%s" cy="%s" r="5"/>`, classPoint, at(x), at(high(p.Share)))
		c.text(classValue, "middle", x, high(p.Share)-12, p.Value)
	}
	c.text(classQuiet, "end", plotRight, quartersHeight-12, q.Axis)
	return c.end()
}

// label writes a time under the axis, a word a line.
func (c *canvas) label(x float64, label string) {
	for i, word := range strings.Fields(label) {
		c.text(classText, "middle", x, plotBottom+20+float64(i)*18, shorten(word, 9))
	}
}

// spread are the heights of the references' labels, kept apart so that none lies on another.
func spread(references []Reference, high func(float64) float64) []float64 {
	const apart = 17
	heights := make([]float64, len(references))
	for i, r := range references {
		heights[i] = high(r.Share)
		for j := range i {
			if gap := heights[i] - heights[j]; gap > -apart && gap < apart {
				heights[i] = heights[j] - apart
			}
		}
	}
	return heights
}

func (q Quarters) description() string {
	var said []string
	for _, p := range q.Published {
		said = append(said, "Published, "+p.Label+": "+p.Value)
	}
	for _, r := range q.References {
		said = append(said, "Published: "+r.Label)
	}
	for _, p := range q.Points {
		said = append(said, p.Label+": "+p.Value)
	}
	return strings.Join(said, ". ")
}
