// Package between is how a panel comes to decide something between two meetings, as pages.
package between

import (
	"github.com/google/uuid"

	"quorate/agendas/requests"
	"quorate/frontend/govuk"
	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/fault"
)

// Ask is the page of a funding request that asks how it is decided between meetings.
type Ask struct {
	Request requests.Page
	Next    *panels.MeetingRow // the panel's next meeting; nil when none is called
	MayAct  bool               // the reader may decide as chair
	ID      uuid.UUID          // of what is begun, so that sending twice begins once

	Form    string // which form was sent: "vote" or "action"; its fields are named "vote-why"
	Typed   func(field string) string
	Problem *fault.Fault
}

// Href is the page of a request where it is decided between meetings.
func Href(request uuid.UUID) string { return "/requests/" + request.String() + "/between" }

// ForumHref is what a forum decides between meetings.
func ForumHref(slug string) string { return "/forums/" + slug + "/between" }

// Errors are the problems of the form that was sent, named as its fields are.
func (a Ask) Errors() govuk.Errors {
	if a.Problem == nil {
		return nil
	}
	if len(a.Problem.Fields) == 0 {
		return govuk.Errors{{Sentence: a.Problem.Sentence}}
	}
	var errors govuk.Errors
	for _, field := range a.Problem.Fields {
		errors = append(errors, fault.Field{Name: a.Form + "-" + field.Name, Sentence: field.Sentence})
	}
	return errors
}

func (a Ask) area(form, field, label, hint string) govuk.Textarea {
	value := ""
	if a.Form == form && a.Typed != nil {
		value = a.Typed(form + "-" + field)
	}
	return govuk.Textarea{Name: form + "-" + field, Label: label, Hint: hint, Rows: 3, MaxLength: 1000, Value: value, Error: a.Errors().For(form + "-" + field)}
}

func (a Ask) closes() govuk.DateInput {
	var typed govuk.TypedDate
	if a.Form == "vote" && a.Typed != nil {
		typed = govuk.ReadDate(a.Typed, "vote-closes_on")
	}
	return typed.Input("vote-closes_on", "On which day does voting close?", "A working day within a month. It closes at 5pm", a.Errors().For("vote-closes_on"))
}

// nextWords say when the panel meets again: before that, something must be urgent.
func (a Ask) nextWords() string {
	if a.Next == nil {
		return "No meeting of " + a.Request.Forum.Name + " is called."
	}
	return a.Request.Forum.Name + " meets next on " + clock.Moment(a.Next.StartsAt) + "."
}

// Urgent is what a forum decides between meetings: what is under way, and the requests that wait.
type Urgent struct {
	Forum   panels.Forum
	Open    []panels.MeetingRow
	Waiting []requests.Row
}
