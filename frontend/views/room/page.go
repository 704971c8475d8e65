// Package room is the meeting while it happens, as a page: it works by forms and a link to refresh,
// and is what the live page begins with.
package room

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/frontend/govuk"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/fault"
	"quorate/server/base/money"
)

// Page is the room as one person sees it, with the form they last sent when something was wrong with it.
type Page struct {
	room.View
	Now      time.Time
	Editing  uuid.UUID       // the name whose form is open, in a meeting that runs down a list
	VotingOn uuid.UUID       // the name the chair puts to the vote, in a meeting that runs down a list
	Reading  agendas.Reading // of the agenda, when one is out for the reader

	Form    string // which form was sent: "decide"; its fields are named "decide-reasons"
	Typed   func(field string) string
	Problem *fault.Fault
	Kept    []string // what was typed into a form that can no longer be sent

	Demo      bool // whoever is asked to sign in again needs no password
	Interests bool // the page of interests, not the room

	Confirming *Confirming // the answers of a decision, to be looked at before it is final
}

// Confirming is a decision that waits to be confirmed: what its form held, and how it reads.
type Confirming struct {
	CommandID uuid.UUID
	Fields    [][2]string // name and value, to be sent again
	Answers   []govuk.Fact
}

// Frame is the first frame of the live page: the view as it was when the page was made.
type Frame struct {
	Type       string    `json:"type"`
	Seq        int64     `json:"seq"`
	Says       string    `json:"says"`
	Whole      bool      `json:"whole"`
	CatchingUp bool      `json:"catching_up"`
	Sections   room.View `json:"sections"`
}

func (p Page) frame() Frame {
	return Frame{Type: "frame", Seq: p.Seq, Whole: true, Sections: p.View}
}

// Href is the room's address.
func Href(meeting uuid.UUID) string { return "/meetings/" + meeting.String() + "/room" }

func (p Page) href() string { return Href(p.Meeting.ID) }

// Errors are the problems of the form that was sent, named as its fields are.
func (p Page) Errors() govuk.Errors {
	if p.Problem == nil {
		return nil
	}
	if len(p.Problem.Fields) == 0 {
		return govuk.Errors{{Sentence: p.Problem.Sentence}}
	}
	var errors govuk.Errors
	for _, field := range p.Problem.Fields {
		errors = append(errors, fault.Field{Name: p.Form + "-" + field.Name, Sentence: field.Sentence})
	}
	return errors
}

// typed is what stands in a form's field: what was typed, when it is the form that was sent.
func (p Page) typed(form, field, otherwise string) string {
	if p.Form == form && p.Typed != nil {
		return p.Typed(form + "-" + field)
	}
	return otherwise
}

func (p Page) wrong(form, field string) string { return p.Errors().For(form + "-" + field) }

func (p Page) day(form, field, legend, hint string, otherwise clock.Date) govuk.DateInput {
	typed := govuk.TypeDate(otherwise)
	if p.Form == form && p.Typed != nil {
		typed = govuk.ReadDate(p.Typed, form+"-"+field)
	}
	return typed.Input(form+"-"+field, legend, hint, p.wrong(form, field))
}

func (p Page) area(form, field, label, hint string, rows int) govuk.Textarea {
	return govuk.Textarea{Name: form + "-" + field, Label: label, Hint: hint, Rows: rows, Value: p.typed(form, field, ""), Error: p.wrong(form, field)}
}

func (p Page) line(form, field, label, hint, otherwise string) govuk.Input {
	return govuk.Input{Name: form + "-" + field, Label: label, Hint: hint, Value: p.typed(form, field, otherwise), Error: p.wrong(form, field)}
}

func (p Page) pick(form, field, label, none string, choices []room.Choice) govuk.Select {
	options := []govuk.Option{{Text: none}}
	for _, choice := range choices {
		options = append(options, govuk.Option{Value: choice.ID.String(), Text: choice.Text})
	}
	return govuk.Select{Name: form + "-" + field, Label: label, Options: options, Value: p.typed(form, field, ""), Error: p.wrong(form, field)}
}

func (p Page) radios(form, field, legend, otherwise string, choices ...govuk.Choice) govuk.Radios {
	return govuk.Radios{
		Name: form + "-" + field, Legend: govuk.Legend{Text: legend, Size: govuk.Small}, Small: true,
		Value: p.typed(form, field, otherwise), Error: p.wrong(form, field), Choices: choices,
	}
}

func (p Page) tick(form, field, text, hint string) govuk.Checkbox {
	return govuk.Checkbox{Name: form + "-" + field, Value: "yes", Text: text, Hint: hint, Small: true, Checked: p.typed(form, field, "") == "yes", Error: p.wrong(form, field)}
}

// What the screen says, decided once so that the page reads top to bottom.

func (p Page) running() bool { return p.Meeting.Status == panels.InSession }

func (p Page) over() bool {
	return p.Meeting.Status == panels.Closed || p.Meeting.Status == panels.Cancelled
}

func (p Page) records() bool { return p.Me.Clerk || p.Me.Chair }

func (p Page) seated() bool {
	return slices.ContainsFunc(p.People, func(person room.PersonView) bool {
		return person.PersonID == p.Me.PersonID && len(person.Seats) > 0
	})
}

func (p Page) showsItem() bool {
	return p.Item != nil && (!p.Meeting.ListMode || p.Vote != nil || p.Item.Kind != "case" || p.VotingOn == p.Item.ID || p.Form == "propose")
}

func (p Page) mayPropose() bool {
	return p.Me.Chair && p.running() && p.Decision == nil && p.Awaiting == nil && (p.Vote == nil || !p.Vote.Open) && (p.Item.Kind == "request" || p.Item.Kind == "case")
}

// raises is whether a blocker can be raised from the open item: what was escalated is raised already.
func (p Page) raises() bool {
	return (p.Me.Chair || p.Me.Clerk) && p.Item.Kind != "standing" && p.Item.Kind != "escalation"
}

// decided is what the chair confirms.
func (p Page) decided() string {
	if p.Item != nil && p.Item.Asked != nil {
		return "the board’s answer"
	}
	return "the decision"
}

func (p Page) mayDecide() bool {
	return p.Me.Chair && p.running() && p.Decision == nil && p.Awaiting == nil && (p.Vote == nil || !p.Vote.Open) && len(p.Item.Outcomes) > 0 && (p.Vote != nil || p.Item.Kind != "request")
}

// notYet is who has not voted, never how anybody did.
func (p Page) notYet() string {
	words := fmt.Sprintf("%d of %d have voted.", p.Vote.Voted, p.Vote.Of)
	if p.aloud() {
		words = fmt.Sprintf("%d of %d positions are recorded.", p.Vote.Voted, p.Vote.Of)
	}
	var waiting []string
	for _, voter := range p.Vote.Voters {
		switch {
		case voter.Voted:
		case voter.Name != "" && voter.Name != voter.For:
			waiting = append(waiting, voter.For+" ("+voter.Name+")")
		default:
			waiting = append(waiting, voter.For)
		}
	}
	if len(waiting) > 0 {
		words += " Not yet: " + strings.Join(waiting, ", ") + "."
	}
	return words
}

// usually is when the forum's meetings begin.
func (p Page) usually() string {
	if p.View.Chair.AtUsed == "" {
		return ""
	}
	return "The forum usually meets at " + p.View.Chair.AtUsed
}

// agendaLines are the items but the names of a meeting that runs down a list: those stand there.
func (p Page) agendaLines() []room.ItemLine {
	return slices.DeleteFunc(slices.Clone(p.Items), func(line room.ItemLine) bool {
		return slices.ContainsFunc(p.List, func(row room.ListRow) bool { return row.ItemID == line.ID })
	})
}

// asked is which funder asks for a condition: to begin with, the one that gave it.
func (p Page) asked(form, field, label string, n int) govuk.Select {
	asks := p.pick(form, field, label, "The panel", p.Choices.Funders)
	if p.Form == form || p.Vote == nil {
		return asks
	}
	for _, voter := range p.Vote.Voters {
		if voter.Condition == "" {
			continue
		}
		if n == 0 {
			asks.Value = voter.ForID.String()
			break
		}
		n--
	}
	return asks
}

// bindingCondition is the nth condition a funder gave: it binds the decision, so it is there to begin with.
func (p Page) bindingCondition(n int) string {
	if p.Vote == nil {
		return ""
	}
	for _, voter := range p.Vote.Voters {
		if voter.Condition == "" {
			continue
		}
		if n == 0 {
			return voter.Condition
		}
		n--
	}
	return ""
}

func lineTag(line room.ItemLine) govuk.Tag {
	switch {
	case line.TakenOff:
		return govuk.Tag{Text: "Taken off", Colour: govuk.Grey}
	case line.Progress == room.Open:
		return govuk.Tag{Text: "Open now", Colour: govuk.Blue}
	case line.Progress == room.PassedOver:
		return govuk.Tag{Text: "Passed over", Colour: govuk.Yellow}
	case line.Progress == room.Done && line.Outcome != "":
		return govuk.Tag{Text: line.Outcome, Colour: govuk.Green}
	case line.Progress == room.Done:
		return govuk.Tag{Text: "Done", Colour: govuk.Green}
	}
	return govuk.Tag{Text: "To come", Colour: govuk.Grey}
}

func where(person room.PersonView) string {
	switch {
	case person.LeftItem:
		return "Left for this item"
	case person.Out:
		return "Out for the deliberation"
	case person.Voteless:
		return "Here to speak, with no vote"
	case person.Present && person.Remote:
		return "Here by video or phone since " + clock.Time(*person.Since)
	case person.Present:
		return "Here since " + clock.Time(*person.Since)
	case person.Since != nil:
		return "Left at " + clock.Time(*person.Since)
	}
	return "Not here"
}

// seatOf is what a person sits as: "Health, deputy for Hal Hart".
func seatOf(person room.PersonView) string {
	seat := person.Seats[0]
	switch {
	case seat.For != "":
		return seat.Name + ", deputy for " + seat.For
	case seat.Deputy:
		return seat.Name + " (deputy)"
	}
	return seat.Name
}

// mark is the sign beside a name: a full circle for who is here.
func mark(person room.PersonView) string {
	if person.Present && !person.LeftItem {
		return "q-room__mark--here"
	}
	return "q-room__mark--away"
}

// mine is whether a line of the table is the reader's own, who may say that they leave.
func (p Page) mine(person room.PersonView) bool {
	return person.PersonID == p.Me.PersonID && person.Present && !p.Me.Observing
}

type agencyGroup struct {
	Name   string
	People []room.PersonView
}

// byAgency groups the people in the order of the table.
func (p Page) byAgency() []agencyGroup {
	var groups []agencyGroup
	for _, person := range p.People {
		name := "Presenting"
		if len(person.Seats) > 0 {
			name = person.Seats[0].Agency
			if name == "" {
				name = "Independent"
			}
		}
		i := slices.IndexFunc(groups, func(g agencyGroup) bool { return g.Name == name })
		if i < 0 {
			groups, i = append(groups, agencyGroup{Name: name}), len(groups)
		}
		groups[i].People = append(groups[i].People, person)
	}
	return groups
}

func (p Page) here() int {
	count := 0
	for _, person := range p.People {
		if person.Present {
			count++
		}
	}
	return count
}

func minutes(n int) string {
	if n == 1 {
		return "1 minute"
	}
	return fmt.Sprintf("%d minutes", n)
}

func againstPlan(spent, planned int) string {
	text := fmt.Sprintf("%d of %s", spent, minutes(planned))
	if spent > planned {
		text += ": " + minutes(spent-planned) + " over"
	}
	return text
}

func (p Page) timeGone() string {
	gone := max(0, int(p.Now.Sub(p.Meeting.StartsAt).Minutes()))
	return againstPlan(gone, int(p.Meeting.EndsAt.Sub(p.Meeting.StartsAt).Minutes())) + " gone"
}

func (p Page) itemTime() string {
	spent := time.Duration(p.Item.SpentSince) * time.Second
	if p.Item.OpenedAt != nil {
		spent += max(0, p.Now.Sub(*p.Item.OpenedAt))
	}
	return againstPlan(int(spent.Minutes()), p.Item.Minutes)
}

var stageWords = map[room.Stage]string{room.Presenting: "Presenting", room.Questions: "Questions", room.Deliberation: "Deliberation"}

func (p Page) stage() string {
	words := stageWords[p.Item.Stage]
	if p.Item.Stage == room.Deliberation && p.Meeting.Private {
		words += ", in private"
	}
	return words
}

func (p Page) nextStage() room.Stage {
	switch p.Item.Stage {
	case room.Presenting:
		return room.Questions
	case room.Questions:
		return room.Deliberation
	}
	return ""
}

func (p Page) stageBefore() room.Stage {
	switch p.Item.Stage {
	case room.Questions:
		return room.Presenting
	case room.Deliberation:
		return room.Questions
	}
	return ""
}

func lowered(words string) string { return strings.ToLower(words[:1]) + words[1:] }

func sharesTable(caption string, shares []room.ShareView) govuk.Table {
	table := govuk.Table{
		Caption: caption, CaptionSize: govuk.Small, Stacks: true,
		Columns: []govuk.Column{{Heading: "Agency"}, {Heading: "A week", Numeric: true}, {Heading: "Once", Numeric: true}, {Heading: "A year", Numeric: true}},
	}
	var week, once, year int64
	for _, share := range shares {
		table.Rows = append(table.Rows, govuk.Cells(share.Payer(), money.Pounds(share.WeeklyPence), money.Pounds(share.OneOffPence), money.Pounds(share.AnnualPence)))
		week, once, year = week+share.WeeklyPence, once+share.OneOffPence, year+share.AnnualPence
	}
	total := govuk.Cells("Total", money.Pounds(week), money.Pounds(once), money.Pounds(year))
	table.Total = &total
	return table
}

func (p Page) votersTable(vote room.VoteView) govuk.Table {
	table := govuk.Table{
		Caption: fmt.Sprintf("%d of %d have voted", vote.Voted, vote.Of), CaptionSize: govuk.Small, Stacks: true,
		Columns: []govuk.Column{{Heading: "For"}, {Heading: "Given by"}, {Heading: "Position"}},
	}
	if p.aloud() {
		table.Caption = fmt.Sprintf("%d of %d positions are recorded", vote.Voted, vote.Of)
	}
	for _, voter := range vote.Voters {
		name := voter.Name
		if name == voter.For {
			name = "" // where each member votes for themselves
		}
		if voter.Deputy {
			name += " (deputy)"
		}
		table.Rows = append(table.Rows, govuk.Cells(voter.For, name, positionOf(voter, p.aloud())))
	}
	return table
}

func positionOf(voter room.VoterView, aloud bool) string {
	words := voter.Words
	switch {
	case words != "" && voter.Condition != "":
		words += ", on condition: " + voter.Condition
	case words == "" && voter.Voted:
		words = "Has voted"
	case words == "" && voter.Absent != "":
		words = voter.Absent
	case words == "" && aloud:
		words = "Not recorded yet"
	case words == "":
		words = "Has not voted yet"
	}
	if voter.Reason != "" {
		words += ". Reason: " + voter.Reason
	}
	if voter.CarriedFrom > 0 {
		words += fmt.Sprintf(". Carried over from run %d; share unchanged", voter.CarriedFrom)
	}
	if voter.Recommendation {
		words += ". A recommendation: above the delegated limit"
	}
	if voter.Record != "" {
		words += ". " + voter.Record
	}
	return words
}

var positionChoices = map[room.Position]govuk.Choice{
	room.Consent:   {Value: string(room.Consent), Text: "Agree", Hint: "Your agency pays its own share"},
	room.ConsentIf: {Value: string(room.ConsentIf), Text: "Agree with conditions", Hint: "Your conditions bind the decision"},
	room.Refuse:    {Value: string(room.Refuse), Text: "Do not agree"},
	room.For:       {Value: string(room.For), Text: "Agree"},
	room.ForIf:     {Value: string(room.ForIf), Text: "Agree with conditions", Hint: "Your conditions bind the decision"},
	room.Against:   {Value: string(room.Against), Text: "Do not agree"},
	room.Abstain:   {Value: string(room.Abstain), Text: "Abstain", Hint: "Abstaining is not consent"},
}

func choicesOf(positions []room.Position) []govuk.Choice {
	var choices []govuk.Choice
	for _, position := range positions {
		choices = append(choices, positionChoices[position])
	}
	return choices
}

// saidOf are the positions as the clerk writes them down.
func saidOf(positions []room.Position) []govuk.Choice {
	choices := choicesOf(positions)
	for i := range choices {
		choices[i].Hint = ""
	}
	return choices
}

// aloud reports whether positions are spoken, and written down by the clerk.
func (p Page) aloud() bool { return p.Meeting.Method == panels.Spoken }

// recordsFor reports whether the viewer writes down a voter's position: the clerk, or the chair while no
// clerk is here; on devices the clerk alone, for a member who is here and has not voted.
func (p Page) recordsFor(vote room.VoteView, voter room.VoterView) bool {
	switch {
	case !vote.Open || voter.Name == "":
		return false
	case p.aloud():
		return p.Me.Clerk || p.Me.Chair && !p.clerkIsHere()
	default:
		return p.Me.Clerk && !voter.Voted
	}
}

func (p Page) clerkIsHere() bool {
	return slices.ContainsFunc(p.People, func(person room.PersonView) bool {
		return person.Present && slices.ContainsFunc(person.Seats, func(seat room.SeatView) bool { return seat.Office == string(access.Clerk) })
	})
}

// asks and addsTo are what a proposal's fields are called.
func (p Page) asks() string {
	if p.aloud() {
		return "The panel’s outcome is to"
	}
	return "The panel is asked to"
}

func (p Page) addsTo() string {
	if p.aloud() {
		return "What was concluded, in words"
	}
	return "Anything to add to the proposal"
}

// writtenWords is what was written down for the reader, and by whom.
func writtenWords(w room.WrittenView) string {
	words := w.Words
	if w.Condition != "" {
		words += ", on condition: " + w.Condition
	}
	if w.Reason != "" {
		words += ". Reason: " + w.Reason
	}
	return words + ". Written down by " + w.By + " at " + clock.Time(w.At) + ". You can answer until " + w.Until.Long() + "."
}

// proposals are what a panel may be asked to agree.
var proposals = []govuk.Choice{
	{Value: string(room.Agreed), Text: "Agree"},
	{Value: string(room.AgreedWithConditions), Text: "Agree with conditions"},
	{Value: string(room.AgreedInPart), Text: "Agree in part"},
	{Value: string(room.AgreedInPrinciple), Text: "Agree in principle"},
	{Value: string(room.NotAgreed), Text: "Not agree"},
}

func (p Page) outcomes() []govuk.Choice {
	var choices []govuk.Choice
	for _, outcome := range p.Item.Outcomes {
		choices = append(choices, govuk.Choice{Value: string(outcome.Outcome), Text: outcome.Words, Hint: outcome.Barred, Disabled: outcome.Barred != ""})
	}
	return choices
}

var challenges = []govuk.Choice{
	{Value: string(room.ChallengeEHCP), Text: room.ChallengeEHCP.Words()},
	{Value: string(room.ChallengeCHC), Text: room.ChallengeCHC.Words()},
	{Value: string(room.ChallengeCareAct), Text: room.ChallengeCareAct.Words()},
	{Value: string(room.ChallengeChildrenAct), Text: room.ChallengeChildrenAct.Words()},
}

var interests = []govuk.Choice{
	{Value: string(room.Financial), Text: "Financial"}, {Value: string(room.Personal), Text: "Personal"},
	{Value: string(room.Professional), Text: "Professional"}, {Value: string(room.Family), Text: "Family"},
}

// note is the open item's note.
func (p Page) note() (note room.NoteView, found bool) {
	for _, n := range p.Notes {
		if n.ItemID == p.Item.ID {
			return n, true
		}
	}
	return note, false
}

// writer is who writes the open item's notes now, if that is somebody else who has not fallen silent.
func (p Page) writer() (name string, writing bool) {
	for _, pen := range p.Writing {
		if pen.ItemID == p.Item.ID && pen.PersonID != p.Me.PersonID && p.Now.Before(pen.RestsAt) {
			return pen.Name, true
		}
	}
	return "", false
}

// noteMoved reports whether the notes that were sent were built on an older version than the newest.
func (p Page) noteMoved() bool {
	return p.Form == "note" && p.Problem != nil && p.Problem.Kind == fault.Stale
}

func (p Page) discussed() string {
	count := 0
	for _, row := range p.List {
		if row.Discussed {
			count++
		}
	}
	return fmt.Sprintf("%d of %d discussed", count, len(p.List))
}

func rating(rag string) govuk.Rating { return govuk.Rating{Rating: strings.ToLower(rag)} }

var ratings = []govuk.Choice{{Value: "Red", Text: "Red"}, {Value: "Amber", Text: "Amber"}, {Value: "Green", Text: "Green"}, {Value: "none", Text: "Not rated"}}

func ratingValue(rag string) string {
	if rag == "" {
		return "none"
	}
	return rag
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }

// toldHow and forWhom say of a vote on devices how the clerk heard a member's position, and why they write it
// down: in a meeting or, between two, from a member who is somewhere else.
func (p Page) toldHow() string {
	if p.between() {
		return "told to you"
	}
	return "spoken"
}

func (p Page) forWhom() string {
	if p.between() {
		return "For a member who cannot vote on a screen of their own."
	}
	return "For a member whose line is down."
}

func (p Page) between() bool {
	return p.Meeting.Kind == panels.Correspondence || p.Meeting.Kind == panels.ChairsAction
}
