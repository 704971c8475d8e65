// Package decisions is what a meeting decided and put on its record, as pages.
package decisions

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"quorate/frontend/govuk"
	"quorate/panels/room"
	"quorate/server/base/clock"
	"quorate/server/base/money"
)

// Href is a decision's page.
func Href(id uuid.UUID) string { return "/decisions/" + id.String() }

// MinutesHref is the minutes of a meeting.
func MinutesHref(meeting uuid.UUID) string { return "/meetings/" + meeting.String() + "/minutes" }

// Correction is a correction as typed.
type Correction struct {
	ID           string // of the command, so that sending twice corrects once
	Text, Reason string
}

// outcomeTag colours an outcome; the words say it.
func outcomeTag(outcome room.Outcome, words string) govuk.Tag {
	switch outcome {
	case room.Agreed, room.AgreedWithConditions, room.AgreedInPart, room.AgreedInPrinciple:
		return govuk.Tag{Text: words, Colour: govuk.Green}
	case room.NotAgreed, room.NotEligible:
		return govuk.Tag{Text: words, Colour: govuk.Red}
	case room.Provisional, room.Deferred:
		return govuk.Tag{Text: words, Colour: govuk.Yellow}
	default:
		return govuk.Tag{Text: words, Colour: govuk.Grey}
	}
}

// facts are a decision as a summary list, in the order people ask.
func facts(d room.DecisionView) []govuk.Fact {
	list := []govuk.Fact{{Key: "Outcome", Value: outcomeTag(d.Outcome, d.Words)}, {Key: "Standing", Text: d.Standing}}
	add := func(key, text string) {
		if text != "" {
			list = append(list, govuk.Fact{Key: key, Text: text})
		}
	}
	add("Reasons", d.Reasons)
	if !d.StartOn.IsZero() {
		add("Starts on", d.StartOn.Long())
	}
	if !d.ReviewOn.IsZero() {
		add("Review on", d.ReviewOn.Long())
	}
	for _, fact := range d.Facts {
		add(fact.Name, fact.Text)
	}
	add("Confirmed", d.ConfirmedBy+", "+clock.Moment(d.ConfirmedAt))
	return list
}

// splitTable is who pays what, with the whole under it.
func splitTable(id string, shares []room.ShareView) govuk.Table {
	table := govuk.Table{ID: id, Caption: "Who pays what", CaptionSize: govuk.Small, Wide: true, Columns: []govuk.Column{
		{Heading: "Agency"}, {Heading: "A week", Numeric: true}, {Heading: "Once", Numeric: true}, {Heading: "A year", Numeric: true},
	}}
	var weekly, once, annual int64
	for _, share := range shares {
		table.Rows = append(table.Rows, govuk.Cells(share.Agency, money.Pounds(share.WeeklyPence), money.Pounds(share.OneOffPence), money.Pounds(share.AnnualPence)))
		weekly, once, annual = weekly+share.WeeklyPence, once+share.OneOffPence, annual+share.AnnualPence
	}
	total := govuk.Cells("Together", money.Pounds(weekly), money.Pounds(once), money.Pounds(annual))
	table.Total = &total
	return table
}

func conditionsTable(id string, conditions []room.ConditionView) govuk.Table {
	table := govuk.Table{ID: id, Caption: "Conditions", CaptionSize: govuk.Small, NoRowHeads: true, Columns: []govuk.Column{{Heading: "Condition", Roomy: true}, {Heading: "Evidence due"}}}
	for _, condition := range conditions {
		table.Rows = append(table.Rows, govuk.Cells(condition.Text, condition.EvidenceDue.Long()))
	}
	return table
}

// votersTable is who voted how in one run of a vote.
func votersTable(vote room.VoteView) govuk.Table {
	table := govuk.Table{
		ID: "vote-" + strconv.Itoa(vote.Run), Caption: "Vote " + strconv.Itoa(vote.Run) + ": " + vote.Proposal, CaptionSize: govuk.Small, Wide: true,
		Columns: []govuk.Column{{Heading: "Position of"}, {Heading: "Given by"}, {Heading: "Position"}, {Heading: "Condition or reason", Roomy: true}},
	}
	for _, voter := range vote.Voters {
		by, position := voter.Name, voter.Words
		switch {
		case by == "":
			by = voter.Absent
		case voter.Deputy:
			by += ", deputy"
		}
		if !voter.Voted {
			position = "None given"
		}
		if voter.Recommendation {
			position += ", as a recommendation above their limit"
		}
		if voter.Disputed {
			position += " (disputed)"
		}
		table.Rows = append(table.Rows, govuk.Row{Cells: []govuk.Cell{govuk.Text(voter.For), govuk.Text(by), govuk.Text(position), govuk.Text(strings.TrimSpace(voter.Condition + " " + voter.Reason))}})
	}
	return table
}

// allRuns are a vote's runs, first to last.
func allRuns(vote *room.VoteView) []room.VoteView {
	if vote == nil {
		return nil
	}
	return append(append([]room.VoteView{}, vote.Earlier...), *vote)
}

// title is what an item is called: its name, and its case number when it has one.
func title(item room.ItemLine) string {
	if item.Reference == "" {
		return item.Title
	}
	return item.Title + " (" + item.Reference + ")"
}

func actionsTable(id string, actions []room.ActionView) govuk.Table {
	table := govuk.Table{ID: id, Caption: "Actions", CaptionSize: govuk.Small, NoRowHeads: true, Columns: []govuk.Column{{Heading: "Action", Roomy: true}, {Heading: "Who"}, {Heading: "Due"}, {Heading: "State"}}}
	for _, action := range actions {
		state := govuk.Tag{Text: "Open", Colour: govuk.Blue}
		if action.Done {
			state = govuk.Tag{Text: "Done", Colour: govuk.Green}
		}
		who := action.Owner
		if action.Agency != "" {
			who += ", " + action.Agency
		}
		table.Rows = append(table.Rows, govuk.Row{Cells: []templ.Component{govuk.Text(action.Text), govuk.Text(who), govuk.Text(action.DueOn.Long()), state}})
	}
	return table
}

// OfCase is what forums have decided about one young person.
func OfCase(lines []room.DecisionLine) govuk.Table {
	table := govuk.Table{ID: "decisions", Caption: "Decisions, latest first", CaptionHidden: true, Wide: true, Columns: []govuk.Column{
		{Heading: "Decision"}, {Heading: "Outcome"}, {Heading: "A week", Numeric: true}, {Heading: "Once", Numeric: true},
	}}
	for _, line := range lines {
		table.Rows = append(table.Rows, govuk.Row{Cells: []govuk.Cell{
			govuk.Link{Text: line.Forum + ", " + clock.DateOf(line.StartsAt).Long(), Of: "item " + line.ItemNumber, Href: Href(line.ID)},
			outcomeTag(line.Outcome, line.Outcome.Words()), govuk.Text(money.Pounds(line.WeeklyPence)), govuk.Text(money.Pounds(line.OneOffPence)),
		}})
	}
	return table
}
