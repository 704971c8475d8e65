package chart

import (
	"encoding/xml"
	"strings"
	"testing"
)

// A drawing that breaks the page's rules is not drawn at all: no style, no script, nothing typed taken for markup.
func TestADrawingIsWellFormedAndPlain(t *testing.T) {
	t.Parallel()
	drawings := []string{
		Bars{ID: "a", Title: `A < "B"`, Bars: []Bar{{`<script>&`, "43", 2}, {strings.Repeat("long ", 40), "Held back", 0}, {"Nothing", "0", -1}}}.SVG(),
		Quarters{ID: "b", Title: "T", Axis: "Quarter", Published: []Point{{"<i>", "58%", 0.58, true}}, References: []Reference{{"5%, first", 0.05}, {"6%, then", 0.06}},
			Points: []Point{{"Jan 2026", "100%", 1, true}, {"Apr 2026", "Held", 0, false}, {"Jul 2026", "0%", 0, true}}}.SVG(),
		Bars{ID: "c"}.SVG(), Quarters{ID: "d"}.SVG(),
	}
	for _, drawn := range drawings {
		if err := xml.Unmarshal([]byte(drawn), new(struct{})); err != nil {
			t.Errorf("%v in %s", err, drawn)
		}
		for _, forbidden := range []string{"style=", "<script", "<i>", "NaN", "fill="} {
			if strings.Contains(drawn, forbidden) {
				t.Errorf("%s stands in %s", forbidden, drawn)
			}
		}
		if !strings.Contains(drawn, `role="img"`) || !strings.Contains(drawn, "<title") {
			t.Errorf("nobody is told what this is: %s", drawn)
		}
	}
	if !strings.Contains(drawings[1], "Jan 2026: 100%. Apr 2026: Held. Jul 2026: 0%") || strings.Count(drawings[1], `class="q-chart__point"`) != 2 {
		t.Error("what is held back is drawn, or what is known is not said:", drawings[1])
	}
	if strings.Contains(drawings[1], "L") {
		t.Error("the line goes on where a value is held back:", drawings[1])
	}
}
