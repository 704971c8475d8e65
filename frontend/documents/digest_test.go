package documents

import (
	"bytes"
	"image/png"
	"strings"
	"testing"

	"github.com/google/uuid"

	"quorate/panels/escalations"
	"quorate/server/base/clock"
)

func someDigest() escalations.Digest {
	on, before := clock.MustDate("2026-12-07"), 1
	return escalations.Digest{ID: uuid.New(), AsAt: on, SentAt: on.At(7, 0), Content: escalations.DigestContent{
		Headline: "2 escalations wait for this board’s answer, 1 overdue", Asked: 2, New: 1, Overdue: 1, YoungPeople: 13, WeeklyPence: 740050,
		Asks: []escalations.DigestLine{
			{Blocker: "B1", Alias: "Heron-1", AgeBand: "16–17", Kind: escalations.Housing, Theme: "Flats in the north", Needed: "Two flats", YoungPeople: 1, AgeDays: 40, DueOn: clock.MustDate("2026-12-03"), Overdue: true},
			{Blocker: "B2", Kind: escalations.Provider, Theme: "Night care", Needed: "Two providers", YoungPeople: 12, AgeDays: 9, DueOn: clock.MustDate("2026-12-21"), New: true},
		},
		Themes: []escalations.DigestTheme{
			{Kind: escalations.Provider, Escalations: 1, YoungPeople: 12, WeeklyPence: 500000, Before: new(int)},
			{Kind: escalations.Housing, Escalations: 1, YoungPeople: 1, WeeklyPence: 240050, Before: &before},
		},
		History: []escalations.DigestPoint{{AsAt: clock.MustDate("2026-09-07"), Asked: 1, YoungPeople: 1, WeeklyPence: 240050}, {AsAt: on, Asked: 2, New: 1, Overdue: 1, OldestDays: 40, YoungPeople: 13, WeeklyPence: 740050}},
	}}
}

// A director who reads by ear must find the finding, each chart's words and each figure's column.
func TestADigestAsPDF(t *testing.T) {
	t.Parallel()
	needs(t, "pdfinfo")
	page, err := house.DigestPage(t.Context(), someDigest(), "Strategic transitions board")
	if err != nil {
		t.Fatal(err)
	}
	pdf, err := printer(t).PDF(t.Context(), page)
	if err != nil {
		t.Fatal(err)
	}
	file := kept(t, "digest.pdf", pdf)
	structure := run(t, "pdfinfo", "-struct", file)
	for _, want := range []string{" H1 ", " H2 ", " Figure", " Table", " TH", "/Scope /Column"} {
		if !strings.Contains(structure, want) {
			t.Errorf("the structure has no %s:\n%s", want, structure)
		}
	}
	words := strings.Join(strings.Fields(run(t, "pdftotext", "-layout", file, "-")), " ")
	for _, want := range []string{"1 more than last time", "Most young people wait because of: no provider (12 of 13)", "2 escalations wait for an answer, 1 more than last time", "overdue", "Heron-1,"} {
		if !strings.Contains(words, want) {
			t.Errorf("%q is not in the PDF: %s", want, words)
		}
	}
}

// What stands in an e-mail must be a picture every program shows, sharp and no wider than the message.
func TestAChartAsPicture(t *testing.T) {
	t.Parallel()
	chart, _ := someDigest().Content.KindChart(true)
	if strings.Contains(chart.SVG, ">1<") || !strings.Contains(chart.SVG, "fewer than 5") {
		t.Error("a count under five is in a chart that leaves the product")
	}
	picture, err := printer(t).Picture(t.Context(), chart.SVG, 560)
	if err != nil {
		t.Fatal(err)
	}
	image, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	if size := image.Bounds(); size.Dx() != 1120 || size.Dy() < 150 || size.Dy() > 800 {
		t.Errorf("the picture is %v", size)
	}
	if len(picture) > 60_000 {
		t.Errorf("the picture is %d bytes", len(picture))
	}
}
