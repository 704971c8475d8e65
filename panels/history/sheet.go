// Package history brings what a partnership knew before Quorate: its people, who sat where, what was decided and what was promised.
package history

import (
	"strings"
	"unicode"

	"quorate/panels/room"
	"quorate/server/base/clock"
)

// SheetKind is what a sheet holds.
type SheetKind string

// The sheets, in the order they are brought: each may name what the ones before it hold.
const (
	People    SheetKind = "people"
	Seats     SheetKind = "seats"
	Decisions SheetKind = "decisions"
	Actions   SheetKind = "actions"
)

// SheetKinds are all of them, in order.
var SheetKinds = []SheetKind{People, Seats, Decisions, Actions}

// Title is the sheet's name in the template.
func (k SheetKind) Title() string { return specs[k].title }

// MaxRows is the most rows a sheet may hold.
const MaxRows = 5_000

// A column of a sheet: what it is called, what else it may be called, and what goes in it.
type column struct {
	field    string
	heading  string
	also     []string
	required bool // the sheet must have it, though a row may leave it empty
	note     string
	examples [2]string
}

type spec struct {
	title   string
	columns []column
}

var specs = map[SheetKind]spec{
	People: {"People", []column{
		{field: "name", heading: "Name", also: []string{"full name", "person"}, required: true, note: "Forename and surname.", examples: [2]string{"Example: Robin Hale", "Example: Sandy Moor"}},
		{field: "email", heading: "Email", also: []string{"email address", "e mail", "e mail address"}, required: true, note: "Their work address. It tells people apart, so each is there once.", examples: [2]string{"robin.hale@example.org", "sandy.moor@example.org"}},
		{field: "job", heading: "Job title", also: []string{"job", "role", "title"}, note: "Optional.", examples: [2]string{"Service manager", "Social worker"}},
		{field: "agency", heading: "Agency", also: []string{"organisation", "employer"}, note: "Optional. The agency’s name or short name, as on the Agencies page.", examples: [2]string{"Adult social care", "CSC"}},
		{field: "presenter", heading: "Presenter?", also: []string{"presenter", "presents", "brings cases"}, note: "Y if they bring cases and funding requests.", examples: [2]string{"N", "Y"}},
		{field: "left", heading: "Left on", also: []string{"left", "leaving date", "last day"}, note: "Optional: their last day, for somebody who has left and sat in a past seat.", examples: [2]string{"", ""}},
	}},
	Seats: {"Seats", []column{
		{field: "forum", heading: "Forum", also: []string{"panel", "meeting"}, required: true, note: "As on the Forums page.", examples: [2]string{"Example: MAPaC", "Example: MAPaC"}},
		{field: "seat", heading: "Seat", also: []string{"seat name", "place"}, required: true, note: "What the seat is called. A seat the forum does not have is added.", examples: [2]string{"Adult social care", "Adult social care"}},
		{field: "agency", heading: "Agency", also: []string{"organisation"}, note: "Whose seat it is. Needed for a new seat, unless it belongs to none.", examples: [2]string{"ASC", "ASC"}},
		{field: "office", heading: "Office", also: []string{"part"}, note: "Chair, Deputy chair, Clerk or Member. Empty is Member.", examples: [2]string{"Member", "Member"}},
		{field: "standing", heading: "Standing", also: []string{"votes"}, note: "Deciding, Advisory or In attendance. Needed for a new seat.", examples: [2]string{"Deciding", "Deciding"}},
		{field: "email", heading: "Holder’s email", also: []string{"holder email", "held by", "email", "holder"}, required: true, note: "Of somebody in Quorate or in the People sheet. Empty: the seat alone.", examples: [2]string{"robin.hale@example.org", "sandy.moor@example.org"}},
		{field: "order", heading: "Deputy order", also: []string{"deputy", "order"}, note: "Empty or 0 for the holder, 1 for the first deputy, 2 for the second.", examples: [2]string{"", "1"}},
		{field: "from", heading: "From", also: []string{"first day", "start", "start date", "held from"}, required: true, note: "First day.", examples: [2]string{"01/04/2024", "01/09/2024"}},
		{field: "to", heading: "To", also: []string{"last day", "end", "end date", "held to", "until"}, note: "Last day. Empty: still there.", examples: [2]string{"", ""}},
	}},
	Decisions: {"Past decisions", []column{
		{field: "forum", heading: "Forum", also: []string{"panel", "meeting"}, required: true, note: "As on the Forums page.", examples: [2]string{"Example: MAPaC", "Example: MAPaC"}},
		{field: "on", heading: "Meeting date", also: []string{"date", "panel date", "date of meeting", "decision date"}, required: true, note: "The day it was decided, before today.", examples: [2]string{"03/02/2026", "03/02/2026"}},
		{field: "person", heading: "Person reference", also: []string{"reference", "mosaic id", "lcs id", "person id", "case", "case number", "quorate number", "child unique id", "person reference or quorate number"}, required: true, note: "The tracker’s reference, or Quorate’s own number like Q1042.", examples: [2]string{"100234", "Q1042"}},
		{field: "item", heading: "Item", also: []string{"agenda item", "about"}, note: "Only when one meeting decided twice about one person: what tells the two apart.", examples: [2]string{"", ""}},
		{field: "outcome", heading: "Outcome", also: []string{"decision", "result"}, required: true, note: "Agreed, Agreed with conditions, Agreed in part, Agreed in principle, Deferred, Not agreed, Not eligible, Referred, Escalated or Withdrawn.", examples: [2]string{"Agreed with conditions", "Deferred"}},
		{field: "words", heading: "Words", also: []string{"reasons", "minute", "what was decided", "decision words", "notes"}, required: true, note: "What was decided and why, as the record has it.", examples: [2]string{"Supported living from April.", "Costed plan missing."}},
		{field: "weekly", heading: "Weekly amount", also: []string{"weekly cost", "weekly", "cost per week", "£ pw"}, note: "Pounds a week.", examples: [2]string{"1204.50", ""}},
		{field: "weekly_split", heading: "Weekly split by payer", also: []string{"weekly split", "split", "split by payer"}, note: "Each payer and its share, between semicolons: ASC 702.50; ICB 502, or ASC 60%; ICB 40%.", examples: [2]string{"ASC 702.50; ICB 502", ""}},
		{field: "one_off", heading: "One-off amount", also: []string{"one off", "one off cost", "single amount"}, note: "Pounds, once.", examples: [2]string{"", ""}},
		{field: "one_off_split", heading: "One-off split by payer", also: []string{"one off split"}, note: "As for the weekly split.", examples: [2]string{"", ""}},
		{field: "review", heading: "Review date", also: []string{"review", "review on", "review due"}, note: "When it comes back. The latest decision about a person comes back to the forum’s agenda on that day.", examples: [2]string{"03/05/2026", ""}},
		{field: "conditions", heading: "Conditions", also: []string{"condition"}, note: "Optional.", examples: [2]string{"Tenancy signed by March", ""}},
	}},
	Actions: {"Open actions", []column{
		{field: "forum", heading: "Forum", also: []string{"panel", "meeting"}, required: true, note: "As on the Forums page.", examples: [2]string{"Example: MAPaC", "Example: MAPaC"}},
		{field: "on", heading: "Meeting date", also: []string{"date", "panel date", "raised on", "date of meeting"}, required: true, note: "The meeting that raised it, before today.", examples: [2]string{"03/02/2026", "03/02/2026"}},
		{field: "what", heading: "What", also: []string{"action", "what is to be done", "description"}, required: true, note: "What is to be done.", examples: [2]string{"Send the costed plan", "Agree the chair’s report"}},
		{field: "email", heading: "Owner’s email", also: []string{"owner email", "owner", "email", "who"}, required: true, note: "Of somebody in Quorate.", examples: [2]string{"robin.hale@example.org", "robin.hale@example.org"}},
		{field: "agency", heading: "Agency", also: []string{"organisation"}, note: "Optional: the owner’s agency otherwise.", examples: [2]string{"", ""}},
		{field: "due", heading: "Due date", also: []string{"due", "due on", "by when", "deadline"}, required: true, note: "A day that has passed is overdue.", examples: [2]string{"28/02/2026", "31/03/2026"}},
		{field: "person", heading: "Person reference", also: []string{"reference", "mosaic id", "person id", "case", "case number", "quorate number"}, note: "Only for an action about one young person.", examples: [2]string{"100234", ""}},
	}},
}

// A Row is one row of a sheet as it was read; only the part of its sheet is there.
type Row struct {
	Sheet    SheetKind    `json:"sheet"`
	Number   int          `json:"number"` // the sheet's own
	Person   *personRow   `json:"person,omitempty"`
	Seat     *seatRow     `json:"seat,omitempty"`
	Decision *decisionRow `json:"decision,omitempty"`
	Action   *actionRow   `json:"action,omitempty"`
}

type personRow struct {
	Name, Email, JobTitle, Agency string
	Presenter                     *bool
	LastDay                       clock.Date
}

type seatRow struct {
	Forum, Seat, Agency, Office, Standing, Email string
	Order                                        int
	From, To                                     clock.Date
}

type decisionRow struct {
	Forum                    string
	On                       clock.Date
	Person, Item             string
	Outcome                  room.Outcome
	Words, Conditions        string
	Weekly, OneOff           *int64
	WeeklySplit, OneOffSplit string
	ReviewOn                 clock.Date
}

type actionRow struct {
	Forum         string
	On            clock.Date
	What          string
	Email, Agency string
	DueOn         clock.Date
	Person        string
}

// plain is a heading or a name without what people vary: case, spaces and marks.
func plain(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '£' }), " ")
}

func (c column) is(heading string) bool {
	asked := plain(heading)
	if asked == plain(c.heading) {
		return true
	}
	for _, other := range c.also {
		if asked == plain(other) {
			return true
		}
	}
	return false
}
