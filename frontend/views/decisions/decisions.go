// Package decisions is what a meeting decided and put on its record, as pages.
package decisions

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"quorate/frontend/govuk"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/clock"
	"quorate/server/base/fault"
	"quorate/server/base/money"
)

// Href is a decision's page.
func Href(id uuid.UUID) string { return "/decisions/" + id.String() }

// MinutesHref is the minutes of a meeting.
func MinutesHref(meeting uuid.UUID) string { return "/meetings/" + meeting.String() + "/minutes" }

// Form is what was sent of one of the forms on a decision's page, and what was wrong with it. The fields
// of a form are named with its own name before them, so that each is one of its kind on the page.
type Form struct {
	Name    string
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
		errors = append(errors, fault.Field{Name: f.Name + "-" + field.Name, Sentence: field.Sentence})
	}
	return errors
}

func (f Form) typed(form, field string) string {
	if f.Name == form && f.Typed != nil {
		return f.Typed(form + "-" + field)
	}
	return ""
}

func (f Form) wrong(form, field string) string {
	if f.Name != form {
		return ""
	}
	return f.Errors().For(form + "-" + field)
}

func (f Form) area(form, field, label, hint string, rows int) govuk.Textarea {
	return govuk.Textarea{Name: form + "-" + field, Label: label, Hint: hint, Rows: rows, Value: f.typed(form, field), Error: f.wrong(form, field)}
}

func (f Form) answer(form, field, legend, yes, no string) govuk.Radios {
	return govuk.Radios{
		Name: form + "-" + field, Legend: govuk.Legend{Text: legend, Size: govuk.Small}, Value: f.typed(form, field), Error: f.wrong(form, field),
		Choices: []govuk.Choice{{Value: "yes", Text: yes}, {Value: "no", Text: no}},
	}
}

func (f Form) day(form, field, legend, hint string) govuk.DateInput {
	var typed govuk.TypedDate
	if f.Name == form && f.Typed != nil {
		typed = govuk.ReadDate(f.Typed, form+"-"+field)
	}
	return typed.Input(form+"-"+field, legend, hint, f.wrong(form, field))
}

func (f Form) paper(form string, papers []room.PaperView) govuk.Select {
	options := []govuk.Option{{Text: "No paper"}}
	for _, paper := range papers {
		options = append(options, govuk.Option{Value: paper.ID.String(), Text: paper.Name})
	}
	return govuk.Select{Name: form + "-paper_id", Label: "Paper that shows it (optional)", Hint: "One of the item’s papers. Attach a new one on the item’s page first", Options: options, Value: f.typed(form, "paper_id"), Error: f.wrong(form, "paper_id")}
}

// answerForm names the form that answers for an agency.
func answerForm(need room.NeedView) string {
	return "answer-" + string(need.Kind) + "-" + need.AgencyID.String()
}

// answerCommand is the room's command that answers a need.
func answerCommand(need room.NeedView) string {
	if need.Kind == room.Authorisation {
		return room.AuthoriseDecision{}.Type()
	}
	return room.EndorseDecision{}.Type()
}

func answerWords(need room.NeedView) (legend, yes, no, button string) {
	if need.Kind == room.Authorisation {
		return "Do you authorise it for " + need.Agency + "?", "Yes, I authorise it", "No, I refuse", "Record my answer"
	}
	return "Do you endorse it for " + need.Agency + "?", "Yes, I endorse it", "No, I refuse", "Record my answer"
}

// needsTable is whose yes the decision waits for, or got.
func needsTable(needs []room.NeedView) govuk.Table {
	table := govuk.Table{ID: "needs", Caption: "What it needs before it binds", CaptionSize: govuk.Small, Wide: true, Stacks: true, Columns: []govuk.Column{
		{Heading: "Agency"}, {Heading: "Why"}, {Heading: "State"}, {Heading: "How it stands", Roomy: true},
	}}
	for _, need := range needs {
		table.Rows = append(table.Rows, govuk.Row{Cells: []govuk.Cell{govuk.Text(need.Agency), govuk.Text(need.Why), needTag(need), govuk.Text(need.Words)}})
	}
	return table
}

func needTag(need room.NeedView) govuk.Tag {
	switch {
	case need.Answered && !need.Agreed:
		return govuk.Tag{Text: "Refused", Colour: govuk.Red}
	case need.Answered && need.Kind == room.Authorisation:
		return govuk.Tag{Text: "Authorised", Colour: govuk.Green}
	case need.Answered:
		return govuk.Tag{Text: "Endorsed", Colour: govuk.Green}
	case need.Nobody:
		return govuk.Tag{Text: "Nobody to answer", Colour: govuk.Red}
	default:
		return govuk.Tag{Text: "Waiting", Colour: govuk.Yellow}
	}
}

func conditionTag(c room.ConditionView) govuk.Tag {
	switch c.State {
	case room.ConditionMet:
		return govuk.Tag{Text: "Met", Colour: govuk.Green}
	case room.ConditionGiven:
		return govuk.Tag{Text: "To be accepted", Colour: govuk.Blue}
	case room.ConditionAskedAgain:
		return govuk.Tag{Text: "Asked again", Colour: govuk.Yellow}
	default:
		return govuk.Tag{Text: "Not shown yet", Colour: govuk.Yellow}
	}
}

// met counts the conditions that are met: "1 of 2 conditions met".
func met(conditions []room.ConditionView) string {
	n := 0
	for _, c := range conditions {
		if c.State == room.ConditionMet {
			n++
		}
	}
	if len(conditions) == 1 {
		return strconv.Itoa(n) + " of 1 condition met"
	}
	return strconv.Itoa(n) + " of " + strconv.Itoa(len(conditions)) + " conditions met"
}

// whose is whom a condition belongs to, and who asked for it.
func whose(c room.ConditionView) string {
	words := "To be shown by " + c.Owner + ", evidence due " + c.EvidenceDue.Long()
	if c.AskedBy != "" {
		words += ". Asked for by " + c.AskedBy
	}
	return words
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
	if d.BoundAt != nil {
		add("Binds since", clock.Moment(*d.BoundAt))
	}
	if d.Replaces != nil {
		list = append(list, govuk.Fact{Key: "Replaces", Value: govuk.Link{Text: "The decision of " + d.Replaces.Words, Href: Href(d.Replaces.ID)}})
	}
	return list
}

// pageFacts are those of a decision's own page, which also names the meeting that made it; one that was made
// between two says so among its facts.
func pageFacts(p room.DecisionPage) []govuk.Fact {
	list := facts(p.Decision)
	if p.Meeting.Kind != panels.Held {
		return list
	}
	made := "At the meeting of " + p.Meeting.Forum + " on " + clock.DateOf(p.Meeting.StartsAt).Long()
	return slices.Insert(list, 1, govuk.Fact{Key: "How it was made", Text: made})
}

// splitTable is who pays what, with the whole under it.
func splitTable(id string, shares []room.ShareView) govuk.Table {
	table := govuk.Table{ID: id, Caption: "Who pays what", CaptionSize: govuk.Small, Wide: true, Stacks: true, Columns: []govuk.Column{
		{Heading: "Agency"}, {Heading: "A week", Numeric: true}, {Heading: "Once", Numeric: true}, {Heading: "A year", Numeric: true},
	}}
	var weekly, once, annual int64
	for _, share := range shares {
		table.Rows = append(table.Rows, govuk.Cells(share.Payer(), money.Pounds(share.WeeklyPence), money.Pounds(share.OneOffPence), money.Pounds(share.AnnualPence)))
		weekly, once, annual = weekly+share.WeeklyPence, once+share.OneOffPence, annual+share.AnnualPence
	}
	total := govuk.Cells("Total", money.Pounds(weekly), money.Pounds(once), money.Pounds(annual))
	table.Total = &total
	return table
}

// conditionsTable is each condition with who shows it and how it stands.
func conditionsTable(id string, conditions []room.ConditionView) govuk.Table {
	table := govuk.Table{ID: id, Caption: "Conditions", CaptionSize: govuk.Small, NoRowHeads: true, Stacks: true, Columns: []govuk.Column{
		{Heading: "Condition", Roomy: true}, {Heading: "To be shown by"}, {Heading: "Evidence due"}, {Heading: "How it stands"},
	}}
	for _, condition := range conditions {
		table.Rows = append(table.Rows, govuk.Cells(condition.Text, condition.Owner, condition.EvidenceDue.Long(), condition.Words))
	}
	return table
}

// votersTable is who voted how in one run of a vote.
func votersTable(vote room.VoteView) govuk.Table {
	table := govuk.Table{
		ID: "vote-" + strconv.Itoa(vote.Run), Caption: "Vote " + strconv.Itoa(vote.Run) + ": " + vote.Proposal, CaptionSize: govuk.Small, Wide: true, Stacks: true,
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
		if voter.Voted && (voter.Position == room.Refuse || voter.Position == room.Against) {
			position += ", in dissent"
		}
		if voter.Recommendation {
			position += ", as a recommendation above their limit"
		}
		why := strings.TrimSpace(voter.Condition + " " + voter.Reason)
		if voter.Record != "" {
			why = strings.TrimSpace(why + " " + voter.Record + ".")
		}
		if voter.Disputed {
			position += " (disputed)"
		}
		table.Rows = append(table.Rows, govuk.Row{Cells: []govuk.Cell{govuk.Text(voter.For), govuk.Text(by), govuk.Text(position), govuk.Text(why)}})
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
	table := govuk.Table{ID: id, Caption: "Actions", CaptionSize: govuk.Small, NoRowHeads: true, Stacks: true, Columns: []govuk.Column{{Heading: "Action", Roomy: true}, {Heading: "Who"}, {Heading: "Due"}, {Heading: "State"}}}
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
	table := govuk.Table{ID: "decisions", Caption: "Decisions, latest first", CaptionHidden: true, Wide: true, Stacks: true, Columns: []govuk.Column{
		{Heading: "Decision"}, {Heading: "Outcome"}, {Heading: "How it stands", Roomy: true}, {Heading: "A week", Numeric: true}, {Heading: "Once", Numeric: true},
	}}
	for _, line := range lines {
		standing := line.StandingWords()
		if line.Kind.Words() != "" {
			standing += ". " + line.KindWords()
		}
		if ratification := line.RatificationWords(line.Outcome); ratification != "" {
			standing += ". " + ratification
		}
		for _, correction := range line.Corrections {
			standing += ". Corrected: " + correction.Words()
		}
		for _, settled := range line.Settled {
			standing += ". Dispute: " + settled.Line()
		}
		table.Rows = append(table.Rows, govuk.Row{Cells: []govuk.Cell{
			govuk.Link{Text: line.Forum + ", " + clock.DateOf(line.StartsAt).Long(), Of: "item " + line.ItemNumber, Href: Href(line.ID)},
			outcomeTag(line.Outcome, line.Outcome.Words()), govuk.Text(standing), govuk.Text(money.Pounds(line.WeeklyPence)), govuk.Text(money.Pounds(line.OneOffPence)),
		}})
	}
	return table
}
