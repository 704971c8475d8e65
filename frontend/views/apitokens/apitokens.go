// Package apitokens shows which other systems may read, reply and send case records, and how they ask.
package apitokens

import (
	"fmt"
	"strings"

	"github.com/google/uuid"

	"quorate/frontend/govuk"
	"quorate/panels"
	"quorate/server/auth"
	"quorate/server/base/clock"
)

// List is the tokens that reach the reader's forums.
type List struct {
	Tokens []auth.TokenRow
	Today  clock.Date
}

// Form is a new token as typed.
type Form struct {
	Forums   []panels.Forum // that the reader runs
	Name     string
	Chosen   []string // ids of forums
	Scope    string   // "read", "reply" or "cases"
	MayCases bool     // the reader may make one that sends case records
	Expires  govuk.TypedDate
}

// Made is a token that has just been made: the one time its secret is shown.
type Made struct {
	Token  auth.APIToken
	Secret string
	Base   string // the address of the API
}

func href(id uuid.UUID) string { return "/api-tokens/" + id.String() }

func (l List) rows() []govuk.Row {
	var rows []govuk.Row
	for _, t := range l.Tokens {
		used := "Never"
		if t.LastUsedAt != nil {
			used = clock.Moment(*t.LastUsedAt)
		}
		rows = append(rows, govuk.Row{Cells: []govuk.Cell{
			govuk.Text(t.Name), govuk.Text(forumNames(t)), govuk.Text(may(t.APIToken)), state(t, l.Today),
			govuk.Text(used), govuk.Text(t.CreatedByName + ", " + clock.DateOf(t.CreatedAt).Long()), revoke(t, l.Today),
		}})
	}
	return rows
}

func forumNames(t auth.TokenRow) string {
	var names []string
	for _, f := range t.Forums {
		names = append(names, f.Name)
	}
	if t.WritesCases {
		return "None: it sends case records"
	}
	if len(names) > 5 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:4], ", "), len(names)-4)
	}
	return strings.Join(names, ", ")
}

func may(t auth.APIToken) string {
	switch {
	case t.WritesCases:
		return "Send case records, and nothing else"
	case t.MayReply:
		return "Read and reply"
	default:
		return "Read"
	}
}

func (f Form) choices() []govuk.Choice {
	var choices []govuk.Choice
	for _, forum := range f.Forums {
		choices = append(choices, govuk.Choice{Value: forum.ID.String(), Text: forum.Name})
	}
	return choices
}

func (f Form) forumsHint() string {
	if f.MayCases {
		return "This does not matter for one that sends case records"
	}
	return ""
}

func (f Form) scopes() []govuk.Choice {
	choices := []govuk.Choice{
		{Value: "read", Text: "Read", Hint: "The forums’ meetings, who is asked to come and what they replied. People by name, without their email addresses."},
		{Value: "reply", Text: "Read and reply", Hint: "Also record for anybody who is asked whether they will come."},
	}
	if f.MayCases {
		choices = append(choices, govuk.Choice{Value: "cases", Text: "Send case records only", Hint: "For a case-management system that keeps the tracker up to date. It reads nothing back and reaches no forum."})
	}
	return choices
}

// Reference is the API's reference, as its own description has it.
type Reference struct {
	Title, Version, Text string
	Document             string // where the description itself is
	Base                 string
	Operations           []Operation
}

// Operation is one thing that can be asked of the API.
type Operation struct {
	Method, Path, ID, Summary string
	Text                      []string // paragraphs
	Parameters                []Parameter
	Fields                    []Parameter // of what is sent
	Answers                   []Answer
}

// Parameter is something to send.
type Parameter struct {
	Name, In, Kind, Text string
	Required             bool
}

// Answer is what may come back.
type Answer struct {
	Status, Text string
	Fields       []Parameter
}

func (p Parameter) need() string {
	if p.Required {
		return "Yes"
	}
	return "No"
}

func parameterRows(list []Parameter) []govuk.Row {
	var rows []govuk.Row
	for _, p := range list {
		rows = append(rows, govuk.Row{Cells: []govuk.Cell{code(p.Name), govuk.Text(p.In), govuk.Text(p.Kind), govuk.Text(p.need()), govuk.Text(p.Text)}})
	}
	return rows
}

func fieldRows(list []Parameter) []govuk.Row {
	var rows []govuk.Row
	for _, p := range list {
		rows = append(rows, govuk.Row{Cells: []govuk.Cell{code(p.Name), govuk.Text(p.Kind), govuk.Text(p.Text)}})
	}
	return rows
}

func answerRows(list []Answer) []govuk.Row {
	var rows []govuk.Row
	for _, a := range list {
		rows = append(rows, govuk.Cells(a.Status, a.Text))
	}
	return rows
}
