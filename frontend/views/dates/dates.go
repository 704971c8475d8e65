// Package dates shows how a date is found: what is asked, what people answer, and which date would be quorate.
package dates

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"quorate/frontend/govuk"
	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/panels/dates"
	"quorate/server/base/clock"
)

// Href is the address of a poll's page.
func Href(id uuid.UUID) string { return "/dates/" + id.String() }

// ListHref lists a forum's polls.
func ListHref(forum panels.Forum) string { return "/dates?forum=" + forum.Slug }

// NewHref is where people are asked about dates.
func NewHref(forum panels.Forum) string { return "/forums/" + forum.Slug + "/dates/new" }

// SlotRow is one date as typed.
type SlotRow struct {
	On                           govuk.TypedDate
	Start, Duration, Venue, Link string
}

// IsEmpty reports whether no day or time is typed.
func (r SlotRow) IsEmpty() bool { return r.On.IsEmpty() && r.Start == "" }

// RowName is what the fields of the nth row begin with.
func RowName(n int) string { return "slot_" + strconv.Itoa(n+1) + "_" }

// Seated is somebody who sits on the forum or is a named deputy.
type Seated struct {
	PersonID     uuid.UUID
	Name, Seat   string
	Deputy, Away bool
}

// Warned is what stands against one date.
type Warned struct {
	When    string
	Clashes []panels.Clash
}

// Proposal is the form that asks people about dates, as typed.
type Proposal struct {
	Forum                 panels.Forum
	Suggested             []panels.Slot
	Ticked                []string // of those suggested
	Rows                  []SlotRow
	Duration, Venue, Link string // of every date that does not say another
	People                []Seated
	Asked                 []string // ids of those ticked
	Everybody             []panels.Person
	Other, Reason         string
	ClosesOn              govuk.TypedDate
	ClosesTime            string
	Warned                []Warned
	ClashesKnown          bool
	Checked               bool // the reader asked what clashes
}

// SuggestionValue is a suggested date as its box sends it; ReadSuggestion reads it again.
func SuggestionValue(s panels.Slot) string {
	return s.StartsAt.UTC().Format(time.RFC3339) + "/" + strconv.Itoa(int(s.EndsAt.Sub(s.StartsAt)/time.Minute)) + "/" + s.Venue
}

// ReadSuggestion reads the value of a suggested date's box.
func ReadSuggestion(value string) (slot panels.Slot, ok bool) {
	parts := strings.SplitN(value, "/", 3)
	if len(parts) != 3 {
		return slot, false
	}
	start, err := time.Parse(time.RFC3339, parts[0])
	minutes, errMinutes := strconv.Atoi(parts[1])
	if err != nil || errMinutes != nil || minutes < 1 || minutes > 24*60 {
		return slot, false
	}
	return panels.Slot{StartsAt: start, EndsAt: start.Add(time.Duration(minutes) * time.Minute), Venue: parts[2]}, true
}

func (p Proposal) suggestions() []govuk.Choice {
	var choices []govuk.Choice
	for _, s := range p.Suggested {
		choices = append(choices, govuk.Choice{Value: SuggestionValue(s), Text: When(s), Hint: s.Venue})
	}
	return choices
}

// When is "Tuesday 1 December 2026, 9:30am to 11am".
func When(s panels.Slot) string { return dates.Slot{StartsAt: s.StartsAt, EndsAt: s.EndsAt}.Words() }

func (p Proposal) people() []govuk.Choice {
	var choices []govuk.Choice
	for _, s := range p.People {
		choices = append(choices, govuk.Choice{Value: s.PersonID.String(), Text: s.Name, Hint: s.Seat})
	}
	return choices
}

// ClosesIn is when a form first proposes to close: the last working afternoon within a week.
func ClosesIn(now time.Time, days calendar.WorkingDays) (clock.Date, string) {
	today := clock.DateOf(now)
	last := today.AddDays(7)
	if last.At(17, 0).After(now.Add(dates.LongestOpen)) {
		last = today.AddDays(6)
	}
	if on := days.OnOrBefore(last); on.At(17, 0).After(now) {
		last = on
	}
	return last, "5pm"
}

// Typed is what was typed into one of the forms of a poll's page.
type Typed struct {
	Slot          SlotRow
	Person        string
	Reason        string
	ClosesOn      govuk.TypedDate
	ClosesTime    string
	ClashesKnown  bool
	AskClashes    bool // the date that was typed clashes with something
	Everybody     []panels.Person
	NewClashes    []panels.Clash
	CommonVenue   string
	CommonMinutes string
}

func title(status dates.Status) string {
	if status == dates.Settled {
		return "How the date was found"
	}
	return "Find a date for an extraordinary meeting"
}

func answered(p dates.Page) string {
	count := 0
	for _, person := range p.People {
		if person.HasAnswered {
			count++
		}
	}
	return fmt.Sprintf("%d of %s answered", count, countPeople(len(p.People)))
}

func countPeople(n int) string {
	if n == 1 {
		return "1 person has"
	}
	return strconv.Itoa(n) + " people have"
}

func quorumTag(p dates.Prospect) govuk.Tag {
	switch {
	case p.Past:
		return govuk.Tag{Text: "Passed", Colour: govuk.Grey}
	case p.Sure.Met():
		return govuk.Tag{Text: "Quorate", Colour: govuk.Green}
	case p.Likely.Met():
		return govuk.Tag{Text: "Quorate if need be", Colour: govuk.Yellow}
	default:
		return govuk.Tag{Text: "Not quorate", Colour: govuk.Red}
	}
}

func prospectColumns(p dates.Page) []govuk.Column {
	columns := []govuk.Column{
		{Heading: "Date", Roomy: true}, {Heading: "Quorum by the answers", Roomy: true}, {Heading: "Yes", Numeric: true}, {Heading: "If need be", Numeric: true},
		{Heading: "No", Numeric: true}, {Heading: "In the way", Roomy: true},
	}
	if p.Poll.IsUnsettled() { // beside the day, where no narrow screen hides it
		columns = slices.Insert(columns, 1, govuk.Column{Heading: "Choose", Hidden: true})
	}
	return columns
}

func prospectRows(p dates.Page) []govuk.Row {
	var rows []govuk.Row
	for _, prospect := range p.Prospects {
		slot := prospect.Slot
		row := govuk.Row{Cells: []govuk.Cell{
			slotCell(slot), quorumCell(prospect), govuk.Text(strconv.Itoa(prospect.Yes)), govuk.Text(strconv.Itoa(prospect.IfNeedBe)),
			govuk.Text(strconv.Itoa(prospect.No)), clashCell(p.Clashes[slot.ID]),
		}}
		if p.Poll.IsUnsettled() {
			var choose templ.Component
			if !prospect.Past {
				choose = govuk.Link{Text: "Choose", Of: slot.Words(), Href: Href(p.Poll.ID) + "/slots/" + slot.ID.String()}
			}
			row.Cells = slices.Insert(row.Cells, 1, govuk.Cell(choose))
		}
		rows = append(rows, row)
	}
	return rows
}

func peopleColumns(p dates.Page) []govuk.Column {
	columns := []govuk.Column{{Heading: "Person"}, {Heading: "Agency and seat", Roomy: true}}
	for _, slot := range p.Slots {
		columns = append(columns, govuk.Column{Heading: shortly(slot)})
	}
	columns = append(columns, govuk.Column{Heading: "Comment", Roomy: true})
	if p.Poll.IsUnsettled() {
		columns = append(columns, govuk.Column{Heading: "Change", Hidden: true})
	}
	return columns
}

// shortly is "Tue 1 Dec, 9:30am", for the head of a column.
func shortly(s dates.Slot) string {
	return s.StartsAt.In(clock.London).Format("Mon 2 Jan") + ", " + clock.Time(s.StartsAt)
}

func peopleRows(p dates.Page) []govuk.Row {
	var rows []govuk.Row
	for _, person := range p.People {
		row := govuk.Row{Cells: []govuk.Cell{govuk.Text(person.Name), govuk.Text(whence(person))}}
		for _, slot := range p.Slots {
			row.Cells = append(row.Cells, govuk.Text(person.Answers[slot.ID].Words()))
		}
		row.Cells = append(row.Cells, govuk.Text(person.Comment))
		if p.Poll.IsUnsettled() {
			row.Cells = append(row.Cells, personCell(p.Poll, person))
		}
		rows = append(rows, row)
	}
	return rows
}

// whence is where somebody sits, or why they are asked.
func whence(a dates.Asked) string {
	switch {
	case a.Seat == "" && a.Agency == "":
		return "Asked because: " + a.Reason
	case a.Seat == "":
		return a.Agency + ". Asked because: " + a.Reason
	case a.Agency == "" || strings.EqualFold(a.Agency, a.Seat):
		return a.Seat
	default:
		return a.Agency + ": " + a.Seat
	}
}

func mayAskAgain(p dates.Page) bool {
	for _, person := range p.People {
		if person.MayAskAgain {
			return true
		}
	}
	return false
}

func answerChoices() []govuk.Choice {
	var choices []govuk.Choice
	for _, answer := range dates.AllAnswers {
		choices = append(choices, govuk.Choice{Value: string(answer), Text: answer.Words()})
	}
	return choices
}

// SlotName is the name of the field that answers a date.
func SlotName(id uuid.UUID) string { return "slot_" + id.String() }

func slotFacts(forum panels.Forum, p dates.Prospect) []govuk.Fact {
	facts := []govuk.Fact{{Key: "When", Text: p.Slot.Words()}}
	if p.Slot.Venue != "" {
		facts = append(facts, govuk.Fact{Key: "Venue", Text: p.Slot.Venue})
	}
	if p.Slot.JoiningLink != "" {
		facts = append(facts, govuk.Fact{Key: "Joining link", Text: p.Slot.JoiningLink})
	}
	return append(facts,
		govuk.Fact{Key: "Quorum by the answers", Value: quorumCell(p)},
		govuk.Fact{Key: "Answers", Text: fmt.Sprintf("%d yes, %d if need be, %d no", p.Yes, p.IfNeedBe, p.No)})
}

func statusTag(now time.Time, p dates.Poll) govuk.Tag {
	switch {
	case p.IsOpen(now):
		return govuk.Tag{Text: "Open", Colour: govuk.Blue}
	case p.IsUnsettled():
		return govuk.Tag{Text: "Closed", Colour: govuk.Yellow}
	case p.Status == dates.Settled:
		return govuk.Tag{Text: "Date chosen", Colour: govuk.Green}
	default:
		return govuk.Tag{Text: "Withdrawn", Colour: govuk.Grey}
	}
}

// List is the polls somebody runs or is asked in.
type List struct {
	Now    time.Time
	Rows   []dates.Row
	Forums []panels.Forum // for which the reader may ask about dates
	Forum  *panels.Forum  // the one chosen; nil is all
}

func listRows(l List) []govuk.Row {
	var rows []govuk.Row
	for _, row := range l.Rows {
		rows = append(rows, govuk.Row{Cells: []govuk.Cell{
			govuk.Link{Text: row.ForumName, Of: "asked on " + clock.DateOf(row.ProposedAt).Long(), Href: Href(row.ID)},
			govuk.Text(clock.DateOf(row.ProposedAt).Long()), statusTag(l.Now, row.Poll), govuk.Text(clock.Moment(row.ClosesAt)),
			govuk.Text(strconv.Itoa(row.Slots)), govuk.Text(fmt.Sprintf("%d of %d", row.Answered, row.People)),
		}})
	}
	return rows
}
