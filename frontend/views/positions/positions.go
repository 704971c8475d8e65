// Package positions is what was written down for somebody in a meeting, for them to confirm or dispute.
package positions

import (
	"github.com/google/uuid"

	"quorate/frontend/govuk"
	"quorate/panels/room"
	"quorate/server/base/clock"
	"quorate/server/base/fault"
)

// Href is the page of the reader's own positions.
const Href = "/positions"

// Title is what the page is called.
const Title = "Positions written down for you"

// Form is what was sent about one position and what was wrong with it. Its fields are named with the
// position's id before them.
type Form struct {
	Ballot  uuid.UUID
	Command string // its id, so that sending twice does it once
	Typed   func(field string) string
	Problem *fault.Fault
}

// Errors are the problems of the form that was sent, named as its fields are.
func (f Form) Errors() govuk.Errors {
	if f.Problem == nil {
		return nil
	}
	if len(f.Problem.Fields) == 0 {
		return govuk.Errors{{Sentence: f.Problem.Sentence}}
	}
	var errors govuk.Errors
	for _, field := range f.Problem.Fields {
		errors = append(errors, fault.Field{Name: f.Ballot.String() + "-" + field.Name, Sentence: field.Sentence})
	}
	return errors
}

func (f Form) typed(ballot uuid.UUID, field string) string {
	if f.Ballot == ballot && f.Typed != nil {
		return f.Typed(ballot.String() + "-" + field)
	}
	return ""
}

func (f Form) wrong(ballot uuid.UUID, field string) string {
	if f.Ballot != ballot {
		return ""
	}
	return f.Errors().For(ballot.String() + "-" + field)
}

func (f Form) answer(w room.WrittenPosition) govuk.Radios {
	return govuk.Radios{
		Name: w.BallotID.String() + "-disputed", Legend: govuk.Legend{Text: "Is this what you said?", Size: govuk.Small},
		Value: f.typed(w.BallotID, "disputed"), Error: f.wrong(w.BallotID, "disputed"),
		Choices: []govuk.Choice{
			{Value: "no", Text: "Yes, I confirm it"},
			{Value: "yes", Text: "No, I dispute it", Conditional: govuk.Textarea{
				Name: w.BallotID.String() + "-text", Label: "What did you say?", Hint: "It is shown in the record beside the position.",
				Rows: 3, Value: f.typed(w.BallotID, "text"), Error: f.wrong(w.BallotID, "text"),
			}},
		},
	}
}

// heading is the meeting and the item: "MAPaC, 26 November 2026, item 3".
func heading(w room.WrittenPosition) string {
	return w.Forum + ", " + clock.DateOf(w.StartsAt).Long() + ", item " + w.Number
}

func facts(w room.WrittenPosition) []govuk.Fact {
	item := "Item " + w.Number
	if w.Reference != "" {
		item += " (" + w.Reference + ")"
	}
	list := []govuk.Fact{
		{Key: "Item", Text: item},
		{Key: "Stated", Text: w.Proposal},
		{Key: "Position of", Text: w.For},
		{Key: "Written down", Text: w.Words()},
	}
	if w.Condition != "" {
		list = append(list, govuk.Fact{Key: "Conditions", Text: w.Condition})
	}
	if w.Reason != "" {
		list = append(list, govuk.Fact{Key: "Reason", Text: w.Reason})
	}
	list = append(list, govuk.Fact{Key: "Written down by", Text: w.By + ", " + clock.Moment(w.WrittenAt)})
	if w.AnsweredAt != nil {
		answer := "You confirmed it"
		if w.Disputed {
			answer = "You dispute it: “" + w.Said + "”"
		}
		list = append(list, govuk.Fact{Key: "Your answer", Text: answer + ", " + clock.Moment(*w.AnsweredAt)})
	}
	return list
}

// split parts what waits from what is answered.
func split(all []room.WrittenPosition) (waiting, answered []room.WrittenPosition) {
	for _, w := range all {
		if w.Waits() {
			waiting = append(waiting, w)
		} else {
			answered = append(answered, w)
		}
	}
	return waiting, answered
}
