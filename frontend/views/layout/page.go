// Package layout is the frame round every page: its title, who is signed in, where they can go,
// and what has just happened.
package layout

import (
	"strings"

	"github.com/a-h/templ"

	"quorate/frontend/govuk"
)

// ProductName ends every page's title.
const ProductName = "Quorate"

// PageInfo is what the frame needs to know of a page.
type PageInfo struct {
	Title   string // of the thing: "Agenda for 4 March 2027"; the page's h1 says the same
	Section string // where it belongs: "MAPaC"
	Person  *Person
	Unread  int // notices the person has not read
	Demo    *Demo
	Nav     []govuk.NavItem // empty when signed out

	Before templ.Component // a govuk.BackLink or govuk.Breadcrumbs
	Errors govuk.Errors    // of the form on the page; they push out Flash
	Flash  *Flash

	Marking Marking  // the running head on paper
	Live    bool     // the page moves by itself: it gets the one region that is read out
	Again   int      // without script the page loads itself again after so many seconds, while something runs; 0 never
	Wide    bool     // registers and trackers
	Bare    bool     // for a projector: no header, which says who is signed in, and no footer
	Across  bool     // printed on its side
	Failed  bool     // it says that something went wrong: what was sent to it was not taken
	Scripts []string // further scripts of this page, with their styles: "room.js"
}

// Person is who is signed in. Roles are said as people say them: "Chair of MAPaC".
type Person struct {
	Key   string // names their drafts in the browser: their id, never their e-mail
	Name  string
	Roles []string
}

// roles follow the name after a comma.
func (p Person) roles() string {
	if len(p.Roles) == 0 {
		return ""
	}
	return ", " + strings.Join(p.Roles, ", ")
}

// Demo is the banner that nobody is real, and the way to become someone else.
type Demo struct {
	Cards   []DemoCard
	Current string // the Value of the card in use
	Action  string // takes a POST of "person"; "/demo/become" when empty
	Reset   string // takes a POST that starts the demo again; empty where it is not offered
	Mailbox string // the demo's mailbox page
}

// DemoCard is someone to be in the demo: "Chair of MAPaC, adult social care".
type DemoCard struct{ Value, Text string }

func (d Demo) action() string {
	if d.Action == "" {
		return "/demo/become"
	}
	return d.Action
}

// Flash is what has just happened, said once on the page after.
type Flash struct {
	Kind govuk.NoticeKind
	Text string
}

// Marking is the protective marking on paper. Official and OfficialSensitive head every sheet;
// other words stand at the top of the first.
type Marking string

// The markings there are. Unmarked pages (sign in, help) print none.
const (
	Unmarked          Marking = ""
	Official          Marking = "OFFICIAL"
	OfficialSensitive Marking = "OFFICIAL-SENSITIVE"
)

// class chooses the sheet whose running head is the marking; the styles hold one for each.
func (m Marking) class() string {
	switch m {
	case Official, OfficialSensitive:
		return "q-marking--" + strings.ToLower(string(m))
	}
	return ""
}

// Headline is the page's <title>: "Thing – Section – Quorate", beginning "Error: " while
// something is to be mended.
func (p PageInfo) Headline() string {
	parts := []string{p.Title}
	if p.Section != "" && p.Section != p.Title {
		parts = append(parts, p.Section)
	}
	headline := strings.Join(append(parts, ProductName), " – ")
	if len(p.Errors) > 0 {
		return "Error: " + headline
	}
	return headline
}

func (p PageInfo) bodyAttributes() templ.Attributes {
	class := "govuk-template__body"
	if marking := p.Marking.class(); marking != "" {
		class += " " + marking
	}
	if p.Across {
		class += " q-landscape"
	}
	all := templ.Attributes{"class": class}
	if p.Person != nil && p.Person.Key != "" {
		all["data-person"] = p.Person.Key
	}
	if p.Failed {
		all["data-failed"] = true
	}
	return all
}

func (p PageInfo) pageClass() string {
	if p.Bare {
		return "q-page q-page--bare"
	}
	if p.Wide {
		return "q-page q-page--wide"
	}
	return "q-page"
}
