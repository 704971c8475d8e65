package documents

import (
	"archive/zip"
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"

	"quorate/agendas/packs"
	"quorate/agendas/requests"
	"quorate/server/base/clock"
)

// A member who is asked for money decides from the pack: what is bought, of whom, how much of it and for how
// many weeks, what the young person pays, what is paid now, what else was weighed and what it comes to.
var toDecideBy = []string{
	"A change to a package.", "Options considered", "At home", "No cost given", "Ruled out by the court", "A shared house (proposed)", "£1,204.50 a week and £300 once", "Near college",
	"What is to be paid for", "Care and support", "Hazel House", "37.5 hours a week at £22.50 each, 38 weeks a year", "£614.90", "£32,062.50", "Equipment, hoist", "1 item at £300 each, once", "Together",
	"The young person’s own contribution", "£20 a week, already taken off below", "From the tracker: £1,000 a week now, £204.50 more", "In a year of 52.143 weeks", "£62,634",
	"To the review", "£15,658.50 to 4 April 2027", "£410,000 to the 25th birthday, as no end is named", "A week now", "£750", "75%",
}

func TestRequestIsDecidedFromThePackAlone(t *testing.T) {
	t.Parallel()
	pack := somePack(1)
	page, err := house.Page(t.Context(), pack)
	if err != nil {
		t.Fatal(err)
	}
	word, err := house.Word(pack)
	if err != nil {
		t.Fatal(err)
	}
	for form, text := range map[string]string{"the web page": words(string(page)), "Word": words(wordText(t, word))} {
		for _, want := range toDecideBy {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %q", form, want)
			}
		}
	}
}

// Who reads by ear hears “£614.90” and no more where a cell has no heading: every table of a request has one
// for each column and each row, in the file that is carried as well.
func TestRequestsTablesHaveHeadingsInThePDF(t *testing.T) {
	t.Parallel()
	needs(t, "pdfinfo")
	press := Press{Setting: house, Printer: printer(t)}
	pack := somePack(1)
	pack.Entries = pack.Entries[1:2]
	pack.Entries[0].Papers, pack.Entries[0].Facts, pack.Entries[0].Reasons = nil, nil, nil
	pdf, err := press.PDF(t.Context(), pack, nil)
	if err != nil {
		t.Fatal(err)
	}
	structure := run(t, "pdfinfo", "-struct-text", kept(t, "pack.pdf", pdf))
	tables := regexp.MustCompile(`(?m)^ *Table\b`).Split(structure, -1)
	at := 0
	for _, f := range figuresOf(*pack.Entries[0].Request) {
		for at < len(tables) && !strings.Contains(words(tables[at]), `"`+f.Title+", item 2") {
			at++
		}
		if at == len(tables) {
			t.Fatalf("there is no table %q:\n%s", f.Title, structure)
		}
		if columns, rows := strings.Count(tables[at], "/Scope /Column"), strings.Count(tables[at], "/Scope /Row"); columns != len(f.Columns) || rows != len(f.Rows) {
			t.Errorf("%q has %d headings for %d columns and %d for %d rows", f.Title, columns, len(f.Columns), rows, len(f.Rows))
		}
	}
}

// An uplift is read package by package, and whoever left for one of its young people sees that something is
// left out and not whom.
func TestUpliftIsReadPackageByPackage(t *testing.T) {
	t.Parallel()
	present := int64(800_00)
	uplift := packs.Request{
		Request:  requests.Request{Number: 2002, Kind: requests.Uplift, Reason: "Wages rise", WeeklyPence: 60_00, AnnualPence: 3120_00, StartsOn: clock.MustDate("2027-04-01")},
		Packages: []packs.Package{{Person: "Q1002 Tara Walker", Line: requests.Line{Provider: "Oak Lodge", PricePence: 830_00, PresentPence: &present}}}, Closed: 1,
		Exposure: requests.Exposure{AnnualPence: 3120_00}, WeeksThousandths: 52000,
	}
	for name, c := range map[string]struct {
		change func(*packs.Request)
		says   []string
		not    []string
	}{
		"one closed":  {func(*packs.Request) {}, []string{"Q1002 Tara Walker Oak Lodge £800 £830 £30 3.75%", "1 package is left out, because you declared an interest.", "£60 more", "£3,120 more", "Why prices go up Wages rise"}, []string{"never whether", "already owed", "whole life", "own contribution"}},
		"none closed": {func(r *packs.Request) { r.Closed = 0 }, []string{"Together £800 £830 £30 3.75%"}, []string{"left out"}},
		"all closed":  {func(r *packs.Request) { r.Packages, r.Closed = nil, 2 }, []string{"2 packages are left out, because you declared an interest."}, []string{"Together", "Young person Provider"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, pack := uplift, somePack(1)
			c.change(&r)
			pack.Entries = pack.Entries[1:2]
			pack.Entries[0].Request = &r
			page, err := house.Page(t.Context(), pack)
			if err != nil {
				t.Fatal(err)
			}
			word, err := house.Word(pack)
			if err != nil {
				t.Fatal(err)
			}
			for form, text := range map[string]string{"the web page": words(string(page)), "Word": words(wordText(t, word))} {
				for _, want := range c.says {
					if !strings.Contains(text, want) {
						t.Errorf("%s does not say %q", form, want)
					}
				}
				for _, not := range c.not {
					if strings.Contains(text, not) {
						t.Errorf("%s says %q", form, not)
					}
				}
			}
		})
	}
}

// £232,624.60 broken after £232,62 is another amount to whoever reads in a hurry; and on a phone an amount
// without its heading is no amount at all.
func TestAmountsStayWholeAndBesideTheirHeadings(t *testing.T) {
	t.Parallel()
	page, err := house.Page(t.Context(), somePack(1))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"td.figure { white-space: nowrap; }", `<table class="stacks">`, `<td class="figure" data-heading="A year">£32,062.50</td>`, `content: attr(data-heading) ": "`} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page has no %s", want)
		}
	}
}

// What a kind of request has of its own is what it is decided by.
func TestEachKindOfRequestSaysItsOwn(t *testing.T) {
	t.Parallel()
	for kind, c := range map[requests.Kind]struct{ says, not []string }{
		requests.Notice:        {[]string{"The provider’s notice Oak Lodge gave notice on 1 March 2027. Its last day is 30 April 2027. Staff left"}, nil},
		requests.Retrospective: {[]string{"Authorised by A director, 2 March 2027", "Why it could not wait Overnight"}, nil},
		requests.Ending:        {[]string{"What stops being paid", "Last day 31 August 2027", "£1,000 (From the tracker)", "£52,000 less"}, []string{"What it costs", "Options considered", "own contribution"}},
		requests.Extension:     {[]string{"Why it goes on Staff left", "Options considered Not known", "The young person’s own contribution Not known"}, nil},
	} {
		pack := somePack(1)
		pack.Entries = pack.Entries[1:2]
		pack.Entries[0].Request = &packs.Request{Request: requests.Request{
			Kind: kind, Provider: "Oak Lodge", NoticedOn: clock.MustDate("2027-03-01"), NoticeEndsOn: clock.MustDate("2027-04-30"), Reason: "Staff left", AuthorisedBy: "A director",
			AuthorisedOn: clock.MustDate("2027-03-02"), WhyNotWait: "Overnight", EndsOn: clock.MustDate("2027-08-31"), Previous: &requests.Previous{WeeklyPence: 1000_00},
		}, WeeksThousandths: 52000}
		page, err := house.Page(t.Context(), pack)
		if err != nil {
			t.Fatal(err)
		}
		text := words(string(page))
		for _, want := range c.says {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %q: %s", kind, want, text)
			}
		}
		for _, not := range c.not {
			if strings.Contains(text, not) {
				t.Errorf("%s says %q", kind, not)
			}
		}
	}
}

var tags = regexp.MustCompile(`<[^>]*>`)

// words are a page's without its tags.
func words(markup string) string {
	return strings.Join(strings.Fields(tags.ReplaceAllString(markup, " ")), " ")
}

func wordText(t *testing.T, file []byte) string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	document, err := archive.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer document.Close()
	content, err := io.ReadAll(document)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
