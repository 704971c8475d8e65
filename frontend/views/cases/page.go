package cases

import (
	"fmt"
	"strings"
	"time"

	"quorate/agendas"
	"quorate/agendas/tracker"
	"quorate/frontend/govuk"
	views "quorate/frontend/views/tracker"
	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/panels/room"
	"quorate/server/base/clock"

	"github.com/a-h/templ"
)

// Page is everything the reader may see of a case.
type Page struct {
	Case       tracker.Case       // without a protected address, unless Revealed
	Ours       panels.Partnership // who is responsible unless the tracker names others
	Today      clock.Date
	Milestones []tracker.Milestone
	Supplied   tracker.SuppliedFields
	History    tracker.HistoryPage
	People     []tracker.LinkedPerson // who works or brings the case
	Presenters []tracker.LinkedPerson // who could be linked; empty unless the reader may link
	Siblings   []tracker.Case         // linked, and cases the reader may see
	LastHeard  clock.Date
	Views      []tracker.Views
	Capacity   []tracker.Capacity
	InForce    []room.InForce
	WeeksYear  int // thousandths of weeks in a year
	CourtItem  *agendas.CaseItemLine
	CanLink    bool
	MayRecord  bool
	Revealed   bool              // the reader has just asked to see the address, and said why
	Typed      map[string]string // into the page's own small forms
	Problems   govuk.Errors
	Sections   []Section // agenda items, requests, decisions
}

// Section is a part of the page another noun adds: agenda items, funding requests, decisions.
type Section struct {
	Title   string
	Content templ.Component
}

// ID is the section's place on the page: "open-actions".
func (s Section) ID() string { return strings.ReplaceAll(strings.ToLower(s.Title), " ", "-") }

// A part of the page, and where it begins.
type part struct{ ID, Title string }

// contents are the parts of the page in their order.
func (p Page) contents() []part {
	list := []part{{"views", "Their own views"}, {"steps", "Steps to 18 and beyond"}}
	for _, section := range p.Sections {
		list = append(list, part{section.ID(), section.Title})
	}
	return append(list, part{"cost", "Money"}, part{"capacity", "Capacity, decision by decision"}, part{"tracker", "What the tracker says"}, part{"history", "History"},
		part{"references", "References"}, part{"siblings", "Brothers and sisters"}, part{"people", "People"})
}

func (p Page) identity() govuk.IdentityBar {
	c := p.Case
	facts := []govuk.Fact{
		{Key: "Case", Text: c.Reference()},
		{Key: "Age today", Text: p.age()},
		{Key: "Date of birth", Text: c.DateOfBirth.Long()},
		{Key: "Locality", Text: c.Locality},
		{Key: "Responsible council", Value: body(panels.BodyOf(c.ResponsibleCouncil, p.Ours.Council))},
		{Key: "Responsible integrated care board", Value: body(panels.BodyOf(c.ResponsibleICB, p.Ours.ICB))},
	}
	return govuk.IdentityBar{Name: c.Name(), Facts: facts}
}

// age is "17, and 18 on 4 March 2027". Of somebody who has died it says nothing of today.
func (p Page) age() string {
	c := p.Case
	if !c.DiedOn.IsZero() && !c.DiedOn.After(p.Today) {
		return fmt.Sprintf("Died at %d", calendar.Age(c.DateOfBirth, c.DiedOn))
	}
	words := fmt.Sprint(calendar.Age(c.DateOfBirth, p.Today))
	switch eighteenth := calendar.Birthday(c.DateOfBirth, 18); {
	case eighteenth == p.Today:
		words += ", today"
	case eighteenth.After(p.Today):
		words += ", and 18 on " + eighteenth.Long()
	default:
		words += ", 18 since " + eighteenth.Long()
	}
	return words
}

// flag is something to know before a word is said.
type flag struct {
	govuk.Tag
	More string
}

func yes(said *bool) bool { return said != nil && *said }

func (p Page) flags() (flags []flag) {
	c := p.Case
	add := func(text string, colour govuk.Colour, more string) {
		flags = append(flags, flag{govuk.Tag{Text: text, Colour: colour}, more})
	}
	if !c.CourtDateOn.IsZero() && !c.CourtDateOn.Before(p.Today) {
		tabled := ": to be tabled before it"
		if p.CourtItem != nil {
			tabled = ": tabled before it"
		}
		add("Court on "+c.CourtDateOn.Long()+tabled, govuk.Red, p.courtWords())
	}
	if yes(c.LibertyAuthorised) {
		add("Deprivation of liberty authorised", govuk.Purple, "By a court.")
	}
	if yes(c.Section117) {
		add("Section 117", govuk.Purple, "After-care is owed by the NHS and the council, without charge (Mental Health Act 1983).")
	}
	if yes(c.SafeguardingConcern) {
		add("Safeguarding concern", govuk.Red, "")
	}
	if yes(c.ConsentRefused) {
		add("Consent refused", govuk.Grey, "An assessment is not overdue; it is still required where abuse or neglect is suspected and, lacking capacity, where it is in the person’s best interests.")
	}
	if c.Interpreter != "" {
		add("Interpreter", govuk.Blue, c.Interpreter)
	}
	if c.Advocate != "" {
		add("Advocate", govuk.Blue, c.Advocate)
	}
	return flags
}

func (p Page) courtWords() string {
	if p.CourtItem == nil {
		return "It is on no published agenda before that day yet."
	}
	return "It is item " + p.CourtItem.Number + " of " + p.CourtItem.ForumName + " on " + clock.DateOf(p.CourtItem.StartsAt).Long() + "."
}

func (p Page) steps() govuk.Milestones {
	steps := make(govuk.Milestones, len(p.Milestones))
	for i, m := range p.Milestones {
		steps[i] = govuk.Milestone{Text: m.Text, When: p.when(m), Progress: govuk.Progress(m.Progress)}
	}
	return steps
}

// when says how a milestone stands in words, then the law or policy.
func (p Page) when(m tracker.Milestone) string {
	words := ""
	switch days := p.Today.DaysUntil(m.On); {
	case m.Booked:
		words = "Booked for " + m.DoneOn.Long() + ", expected by " + m.On.Long()
	case m.Progress == tracker.Completed && !m.DoneOn.IsZero():
		words = "Done on " + m.DoneOn.Long()
		if m.On.Before(m.DoneOn) {
			words += ", expected by " + m.On.Long()
		}
	case m.Progress == tracker.Completed && m.Happens:
		words = m.On.Long()
	case m.Progress == tracker.Completed:
		words = "Done; expected by " + m.On.Long()
	case m.Unjudged != "":
		words = "Expected by " + m.On.Long() + ". Cannot be judged: no column for " + m.Unjudged.Label()
	case m.Progress == tracker.Unknown:
		words = "Expected by " + m.On.Long() + ". Not known: the tracker does not say whether it was done"
	case m.Refused:
		words = "Consent refused. The offer was expected by " + m.On.Long()
	case m.Progress == tracker.Overdue:
		words = fmt.Sprintf("Overdue %s: expected by %s", inDays(-days), m.On.Long())
	case days == 0:
		words = "Today"
	case m.Happens:
		words = fmt.Sprintf("%s, in %s", m.On.Long(), inDays(days))
	default:
		words = fmt.Sprintf("Due by %s, in %s", m.On.Long(), inDays(days))
	}
	if m.Law != "" {
		words += ". " + m.Law
	}
	return words
}

// inDays counts days, and years once nobody would count days any more.
func inDays(n int) string {
	switch {
	case n == 1:
		return "1 day"
	case n >= 2*365:
		return fmt.Sprintf("%d years", n/365)
	default:
		return fmt.Sprintf("%d days", n)
	}
}

// left says that the person has died or moved away.
func (p Page) left() string {
	switch c := p.Case; {
	case !c.DiedOn.IsZero() && !c.DiedOn.After(p.Today):
		return "This young person died on " + c.DiedOn.Long() + ". Nothing is due, and no rule lists them."
	case tracker.HasLeft(c, p.Today):
		return "This young person moved away on " + c.MovedAwayOn.Long() + ". Nothing is due, and no rule lists them."
	default:
		return ""
	}
}

// hides reports whether where the young person is to be found is kept off the page.
func (p Page) hides() bool { return p.Case.HidesAddress() && !p.Revealed }

// facts lists what is known under a heading, in the order the tracker gives it.
func (p Page) facts(fields ...tracker.Field) govuk.SummaryList {
	var facts []govuk.Fact
	for _, field := range fields {
		fact := govuk.Fact{Key: field.Title(), Text: field.Say(&p.Case)}
		if p.hides() && field.TellsAddress() {
			fact.Text = "Protected. Ask to see it at the top of this page."
		}
		facts = append(facts, fact)
	}
	return govuk.SummaryList{Facts: facts}
}

// references are for those who look a young person up elsewhere.
func (p Page) references() govuk.SummaryList {
	c := p.Case
	facts := []govuk.Fact{{Key: tracker.PersonReference.Title(), Text: c.PersonReference}}
	if p.MayRecord {
		facts = append(facts, govuk.Fact{Key: tracker.NHSNumber.Title(), Text: spaced(c.NHSNumber)})
		for _, field := range []tracker.Field{tracker.UPN, tracker.ChildrensReference, tracker.AdultsReference} {
			facts = append(facts, govuk.Fact{Key: field.Title(), Text: field.Say(&c)})
		}
	}
	return govuk.SummaryList{Facts: facts}
}

// spaced writes an NHS number as it is read out: 943 476 5919.
func spaced(number string) string {
	if len(number) != 10 {
		return number
	}
	return number[:3] + " " + number[3:6] + " " + number[6:]
}

func (p Page) events() []govuk.Event {
	var events []govuk.Event
	for _, entry := range p.History.Entries {
		event := govuk.Event{Title: "Changed by the tracker", By: source(entry), When: clock.DateOf(entry.At).Long() + ", " + clock.Time(entry.At), ISO: entry.At.UTC().Format(time.RFC3339)}
		switch {
		case entry.First:
			event.Title = "First on the tracker"
		case entry.MeetingID != nil:
			event.Title = "Said in a meeting"
		case entry.Source != "":
			event.Title = entry.Source
		case entry.Undone:
			event.Title = "An import was undone"
		}
		switch changes := p.shown(entry.Changes); {
		case len(changes) == 0:
		case entry.First:
			event.Content = began(changes)
		default:
			event.Content = views.Changes(changes)
		}
		events = append(events, event)
	}
	return events
}

// source is where a change came from: a file and who confirmed it, or a meeting.
func source(entry tracker.HistoryEntry) string {
	switch {
	case entry.MeetingID != nil:
		return entry.Forum + ", meeting of " + entry.MetOn.Long()
	case entry.By != "" && entry.File != "":
		return entry.By + ", from " + entry.File
	case entry.File != "":
		return "import of " + entry.File
	default:
		return entry.By
	}
}

// shown leaves out of a change what tells where a protected young person is, or was.
func (p Page) shown(changes []tracker.Change) []tracker.Change {
	if !p.hides() {
		return changes
	}
	kept := make([]tracker.Change, len(changes))
	for i, change := range changes {
		if change.Field.TellsAddress() {
			change.Before, change.After = "Protected", "Protected"
		}
		kept[i] = change
	}
	return kept
}

func (p Page) historyHref(page int) string {
	return fmt.Sprintf("%s?history=%d#history", Href(p.Case), page)
}

func kindWords(kind tracker.LinkKind) string {
	if kind == tracker.Worker {
		return "Works the case"
	}
	return "Brings the case"
}

// typedKind is what was said of whom to link, at first that they work the case.
func (p Page) typedKind() string {
	if kind := p.Typed["kind"]; kind != "" {
		return kind
	}
	return string(tracker.Worker)
}

func (p Page) presenterOptions() []govuk.Option {
	options := []govuk.Option{{Value: "", Text: "Choose a person"}}
	for _, person := range p.Presenters {
		text := person.Name
		if person.JobTitle != "" {
			text += ", " + person.JobTitle
		}
		options = append(options, govuk.Option{Value: person.PersonID.String(), Text: text})
	}
	return options
}

// heardBy is "Through an advocate, Ms Obi": by which way, and who it was.
func heardBy(v tracker.Views) string {
	words := v.How.Words()
	if v.Who != "" {
		words += ": " + v.Who
	}
	return words
}

func whose(v tracker.Views) string {
	switch {
	case v.Words == "":
		return ""
	case v.Verbatim:
		return "In their own words"
	default:
		return "A summary, not their own words"
	}
}

func recorded(name string, at time.Time) string {
	return "Recorded by " + name + " on " + clock.DateOf(at).Long()
}
