package documents

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/pdfcpu/pdfcpu/pkg/api"

	"quorate/agendas"
	"quorate/agendas/packs"
	"quorate/agendas/requests"
	"quorate/panels"
	"quorate/server/base/clock"
)

var house = Setting{Marking: "OFFICIAL-SENSITIVE", BaseURL: "https://quorate.example.org"}

// somePack is a pack of standing items, cases with papers, a funding request, one item taken off and one withheld.
func somePack(cases int) packs.Pack {
	on := clock.MustDate("2026-12-08")
	var p packs.Pack
	p.Meeting = panels.Meeting{StartsAt: on.At(9, 30), EndsAt: on.At(12, 30)}
	p.Forum = panels.Forum{Name: "MAPaC"}
	p.Version, p.Latest, p.PublishedAt, p.Chair, p.Reader = 2, 2, on.At(9, 0), "Petra Lunn", "Mo Member"
	p.Content = agendas.Snapshot{StartsAt: p.Meeting.StartsAt, EndsAt: p.Meeting.EndsAt, Venue: "County Hall", Available: 180}
	p.Changes = agendas.Changes{Items: []agendas.ItemChange{{Number: "2", Subject: "Q1001", Kind: agendas.ItemAltered, Words: []string{"25 minutes. It was 10."}}}}
	p.Agencies = []packs.Agency{{Name: "Adult social care", Seats: []packs.Seat{{Name: "Team manager", Person: "Petra Lunn", Says: "Coming", Decides: true}, {Name: "Clerk", Person: "Bryony Tate", Says: "Has not replied"}}}}
	p.Quorum, p.Forecast = "2 deciding members", panels.Forecast{Outlook: panels.WillBeQuorate, Expected: 2, Needed: 2}
	add := func(e packs.Entry) {
		e.ID, e.Number = uuid.New(), fmt.Sprint(len(p.Entries)+1)
		if e.State == "" {
			e.State = agendas.Listed
		}
		p.Entries = append(p.Entries, e)
	}
	add(packs.Entry{Line: agendas.Line{Item: agendas.Item{Title: "Welcome and apologies", Minutes: 2}}})
	for n := range cases {
		e := packs.Entry{
			Line: agendas.Line{
				Item: agendas.Item{Minutes: 10, LateReason: "Placement broke down", Reasons: []agendas.Reason{{Text: "No support plan; 18 on 20 December 2026", On: clock.MustDate("2026-12-20"), DaysLeft: 12, Law: "Care Act 2014, section 66"}}},
				Case: &agendas.CaseLine{Reference: fmt.Sprintf("Q%d", 1001+n), Name: "Tara Wälker", Born: clock.MustDate("2008-12-20"), Age: 17, NoViews: n == 0}, Presenter: "Pat Presenter",
			},
			Facts: []packs.Fact{{Name: "Locality", Value: "North"}, {Name: "Primary need", Value: "Autistic spectrum disorder"}, {Name: "Support plan", Value: "Not on record"}, {Name: "Allocated worker", Value: "R. Hale"}},
		}
		if n == 0 {
			e.Line.Request = &agendas.RequestLine{Number: 2001, WeeklyPence: 120450}
			e.AsPublished = &agendas.Tabling{
				Told: agendas.ToldBoth, ToldBy: "Pat Presenter", ToldOn: clock.MustDate("2026-11-02"), Representative: "Anna Walker, mother",
				Response: agendas.Objects, Said: "Not with the\nschool there.", Basis: agendas.CourtOrder, BasisDetail: "Marlshire family court, 3 May 2026",
			}
			e.Tabling, e.Since = &agendas.Tabling{Told: agendas.ToldNobody, WhyNotTold: "In hospital", Basis: agendas.PublicTask, Response: ""}, true
			client := int64(20_00)
			e.Request = &packs.Request{
				Request: requests.Request{
					Number: 2001, Kind: requests.Change, Need: "Support day and night\nand at weekends", AlreadyOwed: "EHCP section F", WeeklyPence: 120450, OneOffPence: 30000, ClientWeeklyPence: &client,
					StartsOn: clock.MustDate("2027-01-04"), Previous: &requests.Previous{WeeklyPence: 100000},
					Options: []requests.Option{{What: "At home", Why: "Ruled out\nby the court"}, {What: "A shared house", Why: "Near college", Chosen: true, WeeklyPence: 120450, OneOffPence: 30000}},
				},
				WeeksThousandths: 52143,
				Lines: []requests.Line{
					{Kind: requests.Care, Provider: "Hazel House", Unit: requests.Hour, Quantity: 3750, PricePence: 2250, Paid: requests.SomeWeeks, Weeks: 38},
					{Kind: requests.Equipment, What: "hoist", Unit: requests.Item, Quantity: 100, PricePence: 30000, Paid: requests.Once},
				},
				Split: []requests.ShareLine{
					{Agency: "Adult social care", Share: requests.Share{WeeklyPence: 60225}, Now: &requests.Paying{WeeklyPence: 75000}},
					{Agency: "Marlshire ICB", Share: requests.Share{WeeklyPence: 60225}, Now: &requests.Paying{}},
				},
				Exposure: requests.Exposure{AnnualPence: 6263400, WholePence: 41000000, Until: clock.MustDate("2033-12-19"), Assumed: true, ReviewPence: 1565850, ReviewOn: clock.MustDate("2027-04-05")},
			}
			e.Papers = []packs.Paper{{ID: uuid.New(), Name: "Assessment.pdf", Kind: "PDF", Bytes: 5}, {ID: uuid.New(), Name: "Film.pdf", Kind: "PDF", Bytes: packs.AttachMost}}
		}
		add(e)
	}
	add(packs.Entry{Line: agendas.Line{Item: agendas.Item{State: agendas.TakenOff, RemovedReason: "The family asked for more time"}}})
	add(packs.Entry{Line: agendas.Line{Withheld: "You left for this item: you declared an interest in it."}})
	return p
}

// needs skips a test on a machine without a program, saying which.
func needs(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("%s is not installed", program)
	}
}

func run(t *testing.T, program string, arguments ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), program, arguments...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
	return string(out)
}

func printer(t *testing.T) *Printer {
	t.Helper()
	p := FindPrinter(os.Getenv("QUORATE_CHROMIUM"))
	if !p.Prints() {
		t.Skip("Chromium is not installed")
	}
	return p
}

func kept(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A member who reads by ear or by keyboard prepares from this file; without tags, headings and links it
// is sixty pages of nothing. Its papers travel inside, and must not cost the tags.
func TestPDFIsTaggedOutlinedLinkedAndCarriesItsPapers(t *testing.T) {
	t.Parallel()
	needs(t, "pdfinfo")
	press := Press{Setting: house, Printer: printer(t)}
	pack := somePack(3)
	var opened []uuid.UUID
	pdf, err := press.PDF(t.Context(), pack, func(_ context.Context, id uuid.UUID) (io.ReadCloser, error) {
		opened = append(opened, id)
		return io.NopCloser(strings.NewReader("paper")), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	path := kept(t, "pack.pdf", pdf)
	facts := run(t, "pdfinfo", path)
	for _, want := range []string{"Agenda pack: MAPaC, Tuesday 8 December 2026, version 2", "Tagged:          yes", "(A4)"} {
		if !strings.Contains(facts, want) {
			t.Errorf("pdfinfo does not say %q:\n%s", want, facts)
		}
	}
	structure := run(t, "pdfinfo", "-struct", path)
	for _, want := range []string{" H1 ", " H2 ", " H3 ", " H4 ", " Table", " Caption", " TH", " TD", "/Scope /Column", "/Scope /Row", " LI ", " Link "} {
		if !strings.Contains(structure, want) {
			t.Errorf("the structure has no %s", want)
		}
	}
	if !bytes.Contains(pdf, []byte("/Lang")) {
		t.Error("the file names no language")
	}
	destinations := run(t, "pdfinfo", "-dests", path)
	for _, e := range pack.Entries {
		if !strings.Contains(destinations, `"`+anchor(e)+`"`) {
			t.Errorf("the contents page cannot lead to item %s", e.Number)
		}
	}
	if len(opened) != 1 || opened[0] != pack.Entries[1].Papers[0].ID {
		t.Errorf("opened %v: the paper that fits goes in, the one that does not stays out", opened)
	}
	if list := run(t, "pdfdetach", "-list", path); !strings.Contains(list, "1 embedded file") || !strings.Contains(list, "Item 2, paper 1, Assessment.pdf") {
		t.Errorf("attachments: %s", list)
	}
	text := run(t, "pdftotext", "-layout", path, "-")
	for number, page := range strings.Split(strings.TrimSuffix(text, "\f"), "\f") {
		total := strings.Count(text, "\f")
		if foot := fmt.Sprintf("Page %d of %d", number+1, total); !strings.Contains(page, "OFFICIAL-SENSITIVE") || !strings.Contains(page, foot) {
			t.Errorf("page %d has no marking, or not %q", number+1, foot)
		}
	}
	flat := strings.Join(strings.Fields(text), " ")
	for _, want := range []string{
		"This pack is for Mo Member", "Needed: 2 deciding members.", "Quorate if all who said yes come: 2 expected and 2 needed.", "2. Q1001 Tara Wälker, funding request R2001",
		"12 days left", "Care Act 2014, section 66", noViews, "The young person and their representative: Anna Walker, mother", "2 November 2026, by Pat Presenter",
		"They object to it", "Not with the school there.", "Court order: Marlshire family court, 3 May 2026", "recorded since this version was published", "Neither was told", "In hospital", "Who was told Not on record", "EHCP section F", "£1,204.50", "£410,000 to the 25th birthday", "50%", "A change to a package.",

		"5. Taken off", "Why it was taken off: The family asked for more time", "6. Left out of your pack", "In Quorate: no room in this file", "1 of the 2 papers is attached to the PDF, which carries 20 MB of papers at the most.", "Item 2, Q1001: Changed. 25 minutes. It was 10.",
	} {
		if !strings.Contains(flat, want) {
			t.Errorf("the pack does not say %q", want)
		}
	}
}

// A reader jumps to the item that is called by the outline their viewer shows.
func TestPDFHasAnOutlineOfItsHeadings(t *testing.T) {
	t.Parallel()
	press := Press{Setting: house, Printer: printer(t)}
	pack := somePack(1)
	pack.Entries[1].Papers = nil
	pdf, err := press.PDF(t.Context(), pack, nil)
	if err != nil {
		t.Fatal(err)
	}
	outline, err := api.Bookmarks(bytes.NewReader(pdf), nil)
	if err != nil {
		t.Fatal(err)
	}
	var titles []string
	for _, top := range outline {
		titles = append(titles, top.Title)
		for _, below := range top.Kids {
			titles = append(titles, below.Title)
		}
	}
	for _, want := range []string{"MAPaC: agenda pack", "Contents", heading(pack.Entries[1]), "4. Left out of your pack"} {
		if !slices.Contains(titles, want) {
			t.Errorf("the outline has no %q: %q", want, titles)
		}
	}
}

// What is printed is case content: the browser that prints it must reach nobody, here or elsewhere.
func TestPrintingReachesNoNetworkAndRunsNoScript(t *testing.T) {
	t.Parallel()
	needs(t, "pdftotext")
	p := printer(t)
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer server.Close()
	page := `<!DOCTYPE html><html lang="en-GB"><head><title>T</title><link rel="stylesheet" href="` + server.URL + `/a.css"></head><body><h1>Printed</h1>
		<img src="` + server.URL + `/a.png" alt=""><iframe src="` + server.URL + `/f"></iframe><iframe src="file:///etc/passwd"></iframe>
		<script>document.body.append("Ran")</script></body></html>`
	pdf, err := p.PDF(t.Context(), []byte(page))
	if err != nil {
		t.Fatal(err)
	}
	text := run(t, "pdftotext", kept(t, "t.pdf", pdf), "-")
	if asked.Load() != 0 || strings.Contains(text, "Ran") || strings.Contains(text, "root:") || !strings.Contains(text, "Printed") {
		t.Errorf("asked %d times, says %q", asked.Load(), text)
	}
}

// A browser that outlives its print holds somebody's pack in memory, and its folder keeps it on disk.
func TestPrintThatIsGivenUpLeavesNothingBehind(t *testing.T) {
	p := printer(t)
	scratch := t.TempDir()
	t.Setenv("TMPDIR", scratch)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := p.PDF(ctx, []byte("<h1>Never</h1>"+strings.Repeat("<p>words</p>", 200_000))); err == nil {
		t.Fatal("it printed in no time")
	}
	if left, err := os.ReadDir(scratch); err != nil || len(left) > 0 {
		t.Errorf("left: %v (%v)", left, err)
	}
	running, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, process := range running {
		if line, err := os.ReadFile(process); err == nil && bytes.Contains(line, []byte(scratch)) {
			t.Errorf("still running: %s", bytes.ReplaceAll(line, []byte{0}, []byte{' '}))
		}
	}
}

// Without a browser people are told so and offered the other forms; nothing waits for ever.
func TestWithoutABrowserNothingPrints(t *testing.T) {
	t.Parallel()
	if FindPrinter("/nowhere/chromium").Prints() || (*Printer)(nil).Prints() {
		t.Error("prints with nothing")
	}
	if _, err := FindPrinter("/nowhere/chromium").PDF(t.Context(), nil); err != ErrNoBrowser {
		t.Errorf("got %v", err)
	}
}

// Word users find their way by headings, and a screen reader by heading rows; both must be real ones.
func TestWordHasHeadingsTablesLanguageAndMarking(t *testing.T) {
	t.Parallel()
	pack := somePack(3)
	pack.Entries[1].Facts[0].Value = "pasted\x0b\x00" // what XML cannot hold
	file, err := house.Word(pack)
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(content)
	}
	for part, want := range map[string]string{
		"docProps/core.xml": "<dc:title>Agenda pack: MAPaC, Tuesday 8 December 2026, version 2</dc:title>", "word/styles.xml": `w:val="en-GB"`,
		"word/header1.xml": "OFFICIAL-SENSITIVE", "word/footer1.xml": "NUMPAGES", "word/document.xml": "w:tblHeader",
	} {
		if !strings.Contains(parts[part], want) {
			t.Errorf("%s does not hold %q", part, want)
		}
	}
	needs(t, "soffice")
	folder := t.TempDir()
	path := filepath.Join(folder, "pack.docx")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "soffice", "-env:UserInstallation=file://"+filepath.Join(folder, "profile"), "--headless", "--convert-to", "html", "--outdir", folder, path)
	html, err := os.ReadFile(filepath.Join(folder, "pack.html"))
	if err != nil {
		t.Fatal(err)
	}
	tidy := strings.Join(strings.Fields(regexp.MustCompile(`<(/?h[1-3]|/?title|thead)[^>]*>|<[^>]*>`).ReplaceAllString(string(html), "<$1>")), " ")
	tidy = strings.ReplaceAll(tidy, "<>", "")
	for _, want := range []string{"<h1>Contents", "<h1>2. Q1001 Tara", "<h2>Why it is here", "<h2>Telling the young person", "Not with the school there.", "Court order: Marlshire family court", "<h2>Summary", "<h2>Funding request R2001", "<h3>What is already owed", "<thead>", "<title>Agenda pack: MAPaC"} {
		if !strings.Contains(strings.ReplaceAll(tidy, "> ", ">"), want) {
			t.Errorf("LibreOffice does not find %q", want)
		}
	}
}

// The web page stands alone: one more file to fetch, and a saved pack opens bare at the meeting.
func TestPageIsSelfContainedAndItsStylesAreLetThrough(t *testing.T) {
	t.Parallel()
	page, err := house.Page(t.Context(), somePack(2))
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	for _, not := range []string{"<script", "<link", "src=", "url(", "<dl", "style=\""} {
		if strings.Contains(text, not) {
			t.Errorf("the page has %q", not)
		}
	}
	if !strings.Contains(text, `<html lang="en-GB">`) || !strings.Contains(text, `href="#item-2"`) || !strings.Contains(text, `id="item-2"`) {
		t.Error("the page has no language, or its contents lead nowhere")
	}
	if policy := house.ContentSecurityPolicy(); !strings.Contains(policy, "style-src 'sha256-") {
		t.Errorf("policy %q", policy)
	}
}

// The marking is typed by an administrator and stands inside a style sheet: nothing in it may end either.
func TestMarkingCannotLeaveItsString(t *testing.T) {
	t.Parallel()
	css := Setting{Marking: "A\"</style><script>\\\n{"}.css()
	for _, not := range []string{"</style", "<script", "\n{"} {
		if strings.Contains(strings.TrimPrefix(css, styles), not) {
			t.Errorf("the styles have %q", not)
		}
	}
}
