package room

import (
	"slices"

	"github.com/google/uuid"

	"quorate/frontend/govuk"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/clock"
)

// Answers lists a decision's answers for a last look, those its outcome calls for and no others.
func Answers(view room.View, d room.ConfirmDecision) []govuk.Fact {
	if view.Item != nil && view.Item.Asked != nil {
		return boardAnswers(view, d)
	}
	facts := []govuk.Fact{{Key: "Outcome", Text: d.Outcome.Words()}, {Key: "Reasons", Text: d.Reasons}}
	add := func(key, text string) {
		if text != "" {
			facts = append(facts, govuk.Fact{Key: key, Text: text})
		}
	}
	agrees := slices.Contains([]room.Outcome{room.Agreed, room.AgreedWithConditions, room.AgreedInPart, room.AgreedInPrinciple, room.Provisional}, d.Outcome)
	switch {
	case agrees && view.Vote != nil:
		for _, share := range view.Vote.Split {
			add(share.Agency, share.Words)
		}
	case agrees && view.Meeting.Kind == panels.ChairsAction && view.Item != nil && view.Item.Request != nil:
		for _, share := range view.Item.Request.Split {
			add(share.Agency, share.Words)
		}
	}
	for _, condition := range d.Conditions {
		owner := condition.OwnerID
		add("Condition", condition.Text+", shown by "+orNobody(chosen(view.Choices.Owners, &owner))+", evidence due "+day(condition.EvidenceDue))
	}
	if agrees && !d.StartOn.IsZero() {
		add("Starts on", d.StartOn.Long())
		review := "The forum’s usual first review"
		if !d.ReviewOn.IsZero() {
			review = d.ReviewOn.Long()
		}
		if view.Vote != nil && !view.Vote.EndOn.IsZero() {
			add("Ends on", view.Vote.EndOn.Long())
		}
		add("Review on", review)
	}
	add("Meanwhile", d.Meanwhile)
	add("How to challenge it", d.Challenge.Words())
	add("What is missing", d.Missing)
	add("Comes back on", chosen(view.Choices.Meetings, d.NextMeetingID))
	add("Referred to", chosen(view.Choices.Forums, d.NextForumID))
	add("What happens now", d.WhatNext)
	add("Casting vote", d.CastingVote.Words())
	add("Needs endorsement by", chosen(view.Choices.Agencies, d.EndorsedByID))
	if view.Item != nil {
		for _, outcome := range view.Item.Outcomes {
			if outcome.Outcome == d.Outcome {
				for _, need := range outcome.Needs {
					add("Before it binds", need)
				}
			}
		}
		add("Replaces the decision of", chosen(view.Item.Replaceable, d.ReplacesID))
	}
	if d.EndorsedByID != nil && slices.Contains(view.Choices.CannotEndorse, *d.EndorsedByID) {
		add("Before it binds", chosen(view.Choices.Agencies, d.EndorsedByID)+": nobody can endorse it yet. An administrator names an authorising officer on the agency’s page.")
	}
	took := "No"
	if d.AssessorPresent {
		took = "Yes"
	}
	add("Someone with the assessor’s expertise took part", took)
	return facts
}

// boardAnswers are those of a board's answer.
func boardAnswers(view room.View, d room.ConfirmDecision) []govuk.Fact {
	facts := []govuk.Fact{{Key: "Outcome", Text: d.Outcome.Words()}}
	switch d.Outcome {
	case room.Agreed:
		facts = append(facts, govuk.Fact{Key: "Direction", Text: d.Direction},
			govuk.Fact{Key: "To be done by", Text: orNobody(chosen(view.Choices.People, d.OwnerID))}, govuk.Fact{Key: "By", Text: day(d.ActBy)})
	case room.NotAgreed:
		facts = append(facts, govuk.Fact{Key: "Because", Text: d.Reasons})
	case room.Deferred:
		facts = append(facts, govuk.Fact{Key: "What is missing", Text: d.Missing}, govuk.Fact{Key: "Comes back on", Text: chosen(view.Choices.Meetings, d.NextMeetingID)})
	}
	return facts
}

func orNobody(name string) string {
	if name == "" {
		return "nobody chosen yet"
	}
	return name
}

func day(d clock.Date) string {
	if d.IsZero() {
		return "a day not entered"
	}
	return d.Long()
}

func chosen(choices []room.Choice, id *uuid.UUID) string {
	if id == nil {
		return ""
	}
	for _, choice := range choices {
		if choice.ID == *id {
			return choice.Text
		}
	}
	return ""
}
