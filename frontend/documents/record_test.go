package documents

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/panels/room"
	"quorate/server/base/clock"
)

// someMinutes are minutes of so many items, each with a decision, a vote, actions and a discussion.
func someMinutes(items int) room.Minutes {
	on := clock.MustDate("2026-12-08")
	at := on.At(11, 0)
	m := room.Minutes{
		Meeting: room.MeetingView{Forum: "MAPaC", StartsAt: on.At(9, 30), When: "Tuesday 8 December 2026, 9:30am", Venue: "County Hall", Chair: "Petra Lunn"},
		Reader:  "Mo Member", State: room.FinalOnes, Ended: at, FinalAt: &at,
		There: room.WhoWasThere{
			Present:   []room.Presence{{Name: "Petra Lunn", Capacity: "Chair", Times: "9:30am to the end"}, {Name: "Sam Reed", Capacity: "deputy for Hal Hart, Health", Times: "9:40am to 10:15am by video or phone"}},
			Apologies: []room.Missing{{Name: "Hal Hart", Seat: "Health", Came: "Sam Reed"}},
		},
		Corrections: []room.MinutesCorrection{{Text: "Sam Reed came at 9:45am.", By: "Petra Lunn", MadeAt: at, AtApproval: true}},
	}
	for n := range items {
		number := strconv.Itoa(n + 1)
		m.Items = append(m.Items, room.MinuteItem{
			ItemLine: room.ItemLine{ID: uuid.New(), Number: number, Title: "Tara Wälker", Reference: "Q100" + number}, Label: strconv.Itoa(n+20) + "/26",
			Wording: "The panel heard the school.\nThe family was heard too.",
			MinuteFacts: room.MinuteFacts{
				Interests: []room.MinuteInterest{{Name: "Eve Lane", Extent: room.StaysOut}},
				Decision: &room.DecisionView{
					Words: "Agreed with conditions", Standing: "Decided", Reasons: "Assessed need", ConfirmedBy: "Petra Lunn", ConfirmedAt: at, StartOn: clock.MustDate("2027-01-04"),
					Split:      []room.ShareView{{Agency: "Adult social care", WeeklyPence: 60225, AnnualPence: 3131700}, {Agency: "Health", WeeklyPence: 60225, AnnualPence: 3131700}},
					Conditions: []room.ConditionView{{Text: "Staffing plan seen", EvidenceDue: clock.MustDate("2027-01-18")}},
				},
				Vote: &room.VoteView{Run: 1, Proposal: "Agree", Rule: "Funder consent", Result: "Carried", Voters: []room.VoterView{
					{For: "Adult social care", Name: "Ann Bell", Voted: true, Words: "Agrees"}, {For: "Health", Name: "Sam Reed", Deputy: true, Voted: true, Words: "Agrees", Condition: "Staffing plan"},
				}},
				Actions: []room.ActionView{{Owner: "Ann Bell", Agency: "Adult social care", Text: "Send the plan", DueOn: clock.MustDate("2026-12-18")}},
			},
		})
	}
	m.Items = append(m.Items, room.MinuteItem{ItemLine: room.ItemLine{ID: uuid.New(), Number: "99", Hidden: "You have left for this item"}, Label: "99/26"})
	return m
}

// Somebody who reads by ear finds each item by its heading and each figure by its column, and everybody
// sees on every page how the paper is to be handled.
func TestMinutesAsPDF(t *testing.T) {
	t.Parallel()
	needs(t, "pdfinfo")
	page, err := house.MinutesPage(t.Context(), someMinutes(3))
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	pdf, err := printer(t).PDF(t.Context(), page)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("printed in %s", time.Since(began))
	path := kept(t, "minutes.pdf", pdf)
	facts := run(t, "pdfinfo", path)
	for _, want := range []string{"Minutes: MAPaC, Tuesday 8 December 2026, final", "Tagged:          yes", "(A4)"} {
		if !strings.Contains(facts, want) {
			t.Errorf("pdfinfo does not say %q:\n%s", want, facts)
		}
	}
	structure := run(t, "pdfinfo", "-struct", path)
	for _, want := range []string{" H1 ", " H2 ", " H3 ", " Table", " Caption", " TH", " TD", "/Scope /Column", "/Scope /Row", " LI "} {
		if !strings.Contains(structure, want) {
			t.Errorf("the structure has no %s", want)
		}
	}
	if !bytes.Contains(pdf, []byte("/Lang")) || !bytes.Contains(pdf, []byte("/Outlines")) {
		t.Error("the file names no language, or has no outline")
	}
	text := run(t, "pdftotext", "-layout", path, "-")
	for number, sheet := range strings.Split(strings.TrimSuffix(text, "\f"), "\f") {
		if !strings.Contains(sheet, "OFFICIAL-SENSITIVE") {
			t.Errorf("page %d has no marking", number+1)
		}
	}
	flat := strings.Join(strings.Fields(text), " ")
	for _, want := range []string{
		"20/26. Item 1: Tara Wälker (Q1001)", "Decision:", "Minutes:", "deputy for Hal Hart, Health", "Sam Reed came as deputy", "Eve Lane declared an interest",
		"£602.25", "Staffing plan seen", "Send the plan", "This copy is for Mo Member", "Corrected when they were approved", "99/26. Item 99: You have left for this item",
	} {
		if !strings.Contains(flat, want) {
			t.Errorf("the minutes do not say %q", want)
		}
	}
}

// Word opens what the clerk sends: headings that its outline shows, and the marking on each page.
func TestMinutesAsWord(t *testing.T) {
	t.Parallel()
	needs(t, "soffice")
	file, err := house.MinutesWord(someMinutes(2))
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	path := filepath.Join(folder, "minutes.docx")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "soffice", "-env:UserInstallation=file://"+filepath.Join(folder, "profile"), "--headless", "--convert-to", "html", "--outdir", folder, path)
	html, err := os.ReadFile(filepath.Join(folder, "minutes.html"))
	if err != nil {
		t.Fatal(err)
	}
	tidy := strings.Join(strings.Fields(regexp.MustCompile(`<(/?h[1-3]|/?title|thead)[^>]*>|<[^>]*>`).ReplaceAllString(string(html), "<$1>")), " ")
	tidy = strings.ReplaceAll(strings.ReplaceAll(tidy, "<>", ""), "> ", ">")
	for _, want := range []string{"<h1>20/26. Item 1: Tara", "<h2>Decision:", "<h2>Minutes:", "<h2>Who voted how", "<thead>", "<title>Minutes: MAPaC", "OFFICIAL-SENSITIVE", "The family was heard too."} {
		if !strings.Contains(tidy, want) {
			t.Errorf("LibreOffice does not find %q", want)
		}
	}
}

// An extract goes into another agency's system: it has no list of who was there and nobody's own vote.
func TestExtractLeavesPeopleOut(t *testing.T) {
	t.Parallel()
	item := someMinutes(1).Items[0]
	page, err := house.ExtractPage(t.Context(), room.Extract{ExtractContent: room.ExtractContent{
		Forum: "MAPaC", MeetingOn: clock.MustDate("2026-12-08"), State: "Final", Label: "20/26", Number: "1", Name: "Tara Wälker", Reference: "Q1001",
		Decision: item.Decision, Votes: []room.ExtractVote{{Run: 1, Proposal: "Agree", Result: "Carried", Positions: []room.ExtractPosition{{For: "Health", Position: "Agrees", Why: "Staffing plan"}}}},
		Actions: item.Actions, Wording: item.Wording, Corrections: []string{"Six hours."},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Extract of minutes: Q1001 Tara Wälker", "20/26, item 1", "<h2 id=\"decision\">", "<h2 id=\"votes\">", "<h2 id=\"discussion\">", "<h2 id=\"actions\">", "£602.25", "Six hours."} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the extract does not say %q", want)
		}
	}
	for _, not := range []string{"Sam Reed", "Eve Lane", "Present"} {
		if strings.Contains(string(page), not) {
			t.Errorf("the extract names %q", not)
		}
	}
}
