package escalations

import (
	"fmt"
	"strings"

	"quorate/frontend/govuk"
	domain "quorate/panels/escalations"
	"quorate/server/base/clock"
	"quorate/server/base/money"
)

// DisputeHref is where a form of a dispute is.
func DisputeHref(d domain.DisputePart, form string) string {
	return "/disputes/" + d.ID.String() + "/" + form
}

func positionHref(d domain.DisputePart, party domain.Party) string {
	return DisputeHref(d, "position") + "?agency=" + party.AgencyID.String()
}

// blockerHref leads back from a dispute's form to its part of the blocker's page.
func blockerHref(p domain.DisputePage) string { return href(p.Blocker.Blocker) + "#dispute" }

func disputeTitle(d domain.DisputePart) string {
	title := "In dispute"
	if d.EndedAt != nil {
		title = "A dispute that has ended"
	}
	if d.Of != 0 {
		title += ", which began with " + domain.Reference(d.Of)
	}
	return title
}

// disputeID is the dispute's place on the page; the first one's address is in messages.
func disputeID(d domain.DisputePart, first bool) string {
	if first {
		return "dispute"
	}
	return "dispute-" + d.ID.String()
}

// disputeFacts are what is known of a dispute.
func disputeFacts(p domain.BlockerPage, d domain.DisputePart) []govuk.Fact {
	facts := []govuk.Fact{{Key: "How it is settled", Text: d.Kind.Words()}}
	if d.About != "" {
		facts = append(facts, govuk.Fact{Key: "What they do not agree about", Text: d.About})
	}
	open := d.EndedAt == nil && p.State == domain.Open
	switch {
	case open && !d.DecideBy.IsZero():
		facts = append(facts, govuk.Fact{Key: "To be decided by", Text: d.DecideBy.LongWithWeekday() + ", by " + p.LevelName + ". Not decided by then, it goes up a level on the next working day."},
			govuk.Fact{Key: "Why that day", Text: fmt.Sprintf("%s has %s. %s", p.LevelName, days(d.Days), d.Source)})
	case open && p.Asked != nil && p.Asked.State == domain.Waiting:
		facts = append(facts, govuk.Fact{Key: "To be decided by", Text: p.Asked.AnswerDueOn.LongWithWeekday() + ", the day by which " + p.LevelName + " answers."})
	case open:
		facts = append(facts, govuk.Fact{Key: "To be decided by", Text: p.LevelName + ", which has answered. Record below how the dispute ended."})
	}
	facts = append(facts, govuk.Fact{Key: "Opened", Text: d.OpenedOn.Long() + ", by " + d.OpenedByName})
	if !d.Closed {
		facts = append(facts, govuk.Fact{Key: "Pays meanwhile, without prejudice", Text: interimWords(d)})
	}
	if r := d.Result; r != nil {
		facts = append(facts, govuk.Fact{Key: "How it ended", Text: r.Ending.Words(r.LevelName) + " on " + r.SettledOn.Long()}, govuk.Fact{Key: "The result", Text: r.Words})
		if r.Payer != "" {
			facts = append(facts, govuk.Fact{Key: "Pays from now on", Text: r.Payer})
		}
		facts = append(facts, govuk.Fact{Key: "Recorded", Text: "By " + r.RecordedName + ", " + clock.Moment(r.RecordedAt)})
	}
	return facts
}

// interimWords say who pays meanwhile, and who agreed to it.
func interimWords(d domain.DisputePart) string {
	if len(d.Interims) == 0 {
		if d.EndedAt != nil {
			return "Nobody was named"
		}
		return "Nobody yet"
	}
	return interimLine(d.Interims[0])
}

func interimLine(i domain.InterimLine) string {
	return fmt.Sprintf("%s, %s a week from %s. Agreed for it by %s. Recorded by %s, %s.",
		i.Agency, money.Pounds(i.WeeklyPence), i.FromOn.Long(), i.AgreedByName, i.RecordedName, clock.Moment(i.RecordedAt))
}

// saidBy names who stated a position, or who wrote it down on whose word.
func saidBy(line domain.PositionLine) string {
	if line.SaidBy != "" {
		return fmt.Sprintf("Said by %s. Written down on its behalf by %s, %s.", line.SaidBy, line.ByName, clock.Moment(line.StatedAt))
	}
	return fmt.Sprintf("Stated by %s, %s.", line.ByName, clock.Moment(line.StatedAt))
}

func share(line domain.PositionLine) string {
	if line.WeeklyPence == nil {
		return ""
	}
	return "It would pay " + money.Pounds(*line.WeeklyPence) + " a week."
}

// paragraphs are the lines somebody typed.
func paragraphs(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' })
}

func stateWords(party domain.Party) string {
	switch {
	case party.OnBehalf:
		return "Write down its position"
	case party.Says != nil:
		return "Change your position"
	default:
		return "State your position"
	}
}

// OpenForm is the form that opens a dispute, as it was typed.
type OpenForm struct {
	domain.DisputeForm
	Kind, About, Level string
	Chosen             []string
	PositionsBy        govuk.TypedDate
}

// FillOpen is the form to begin with: the kind that goes with the blocker, and the next level decides.
func FillOpen(form domain.DisputeForm) OpenForm {
	open := OpenForm{DisputeForm: form, PositionsBy: govuk.TypeDate(form.PositionsBy)}
	if form.BlockerPage.Kind == domain.CHCEligibility {
		open.Kind = string(domain.CHCDispute)
	}
	return open
}

func (f OpenForm) kindChoices() []govuk.Choice {
	var choices []govuk.Choice
	for _, p := range f.Periods {
		hint := fmt.Sprintf("Each level has %s.", days(p.Days))
		if p.Kind == domain.PanelDispute {
			hint = "MARP or its like. " + hint
		}
		choices = append(choices, govuk.Choice{Value: string(p.Kind), Text: p.Kind.Words(), Hint: hint})
	}
	return choices
}

func (f OpenForm) agencyChoices() []govuk.Choice {
	var choices []govuk.Choice
	for _, a := range f.Agencies {
		choice := govuk.Choice{Value: a.ID.String(), Text: a.Name}
		if a.Outside {
			choice.Hint = "From another partnership"
		}
		choices = append(choices, choice)
	}
	return choices
}

func (f OpenForm) levelChoices() []govuk.Choice {
	var choices []govuk.Choice
	for _, l := range f.Levels {
		choice := govuk.Choice{Value: string(l.Key), Text: l.Name}
		switch {
		case l.Key == f.BlockerPage.Level:
			choice.Hint = "It stays where it is."
		case l.Key == domain.BoardLevel:
			choice.Hint = "It goes up a level now. The board is asked for an answer and sees nothing of what the agencies say."
		default:
			choice.Hint = "It goes up a level now."
		}
		choices = append(choices, choice)
	}
	return choices
}

// PositionForm is the form that states an agency's position, as it was typed.
type PositionForm struct {
	domain.DisputePage
	Agency, Words, Weekly, SaidBy string
}

// FillPosition is the form for an agency, with what it says now; "" where the reader has to choose one.
func FillPosition(page domain.DisputePage, agency string) PositionForm {
	form := PositionForm{DisputePage: page, Agency: agency}
	if may := form.mayState(); agency == "" && len(may) == 1 {
		form.Agency = may[0].AgencyID.String()
	}
	if party := form.party(); party != nil && party.Says != nil {
		form.Words, form.Weekly, form.SaidBy = party.Says.Words, typedMoney(party.Says.WeeklyPence), party.Says.SaidBy
	}
	return form
}

func (f PositionForm) mayState() []domain.Party {
	var may []domain.Party
	for _, party := range f.Dispute.Parties {
		if party.MayState {
			may = append(may, party)
		}
	}
	return may
}

// MayState reports whether the reader states the position of any agency of it.
func (f PositionForm) MayState() bool { return len(f.mayState()) > 0 }

// party is the agency chosen, when the reader may state its position.
func (f PositionForm) party() *domain.Party {
	for _, party := range f.mayState() {
		if party.AgencyID.String() == f.Agency {
			return &party
		}
	}
	return nil
}

// Title names the page.
func (f PositionForm) Title() string {
	if party := f.party(); party != nil {
		return "The position of " + party.Agency
	}
	return "State a position"
}

func (f PositionForm) partyChoices() []govuk.Choice {
	var choices []govuk.Choice
	for _, party := range f.mayState() {
		choices = append(choices, govuk.Choice{Value: party.AgencyID.String(), Text: party.Agency})
	}
	return choices
}

// onBehalf: the reader writes it down for an agency, or may choose one for which they do.
func (f PositionForm) onBehalf() bool {
	if party := f.party(); party != nil {
		return party.OnBehalf
	}
	for _, party := range f.mayState() {
		if party.OnBehalf {
			return true
		}
	}
	return false
}

// InterimForm is the form that says who pays meanwhile, as it was typed.
type InterimForm struct {
	domain.DisputePage
	Agency, Weekly, AgreedBy string
	From                     govuk.TypedDate
}

// FillInterim begins with what a decision has an agency pay without prejudice, where there is one.
func FillInterim(page domain.DisputePage) InterimForm {
	form := InterimForm{DisputePage: page}
	if len(page.Paid) > 0 {
		paid := page.Paid[0]
		form.Agency, form.Weekly = paid.AgencyID.String(), typedMoney(&paid.WeeklyPence)
		if !paid.StartOn.IsZero() {
			form.From = govuk.TypeDate(paid.StartOn)
		}
	}
	return form
}

func (f InterimForm) agencies() []govuk.Choice {
	var choices []govuk.Choice
	for _, party := range f.Dispute.Parties {
		choices = append(choices, govuk.Choice{Value: party.AgencyID.String(), Text: party.Agency})
	}
	return choices
}

func (f InterimForm) committers() []govuk.Option {
	options := []govuk.Option{{Text: "Select a person"}}
	seen := map[string]bool{}
	for _, c := range f.Committers {
		if value := c.PersonID.String(); !seen[value+c.Agency] {
			seen[value+c.Agency] = true
			options = append(options, govuk.Option{Value: value, Text: c.Name + ", " + c.Agency})
		}
	}
	return options
}

// EndForm is the form that says how a dispute ended, as it was typed.
type EndForm struct {
	domain.DisputePage
	Ending, Words, Payer, Frees string
	On                          govuk.TypedDate
}

func (f EndForm) endings() []govuk.Choice {
	return []govuk.Choice{
		{Value: string(domain.EndedDecided), Text: "It was decided by " + f.Blocker.LevelName},
		{Value: string(domain.EndedAgreed), Text: "The agencies agreed after all"},
		{Value: string(domain.EndedWithdrawn), Text: "It was withdrawn"},
	}
}

func (f EndForm) payers() []govuk.Option {
	options := []govuk.Option{{Text: "Nobody alone, or it is not about money"}}
	for _, party := range f.Dispute.Parties {
		options = append(options, govuk.Option{Value: party.AgencyID.String(), Text: party.Agency})
	}
	return options
}

// PeriodsForm is how long each kind of dispute may wait, as it was typed.
type PeriodsForm struct {
	Rows      []PeriodRow
	MayChange bool
}

// PeriodRow is one kind of dispute.
type PeriodRow struct {
	domain.DisputePeriod
	TypedDays string
}

// FillPeriods is the form as the periods stand.
func FillPeriods(periods []domain.DisputePeriod, may bool) PeriodsForm {
	form := PeriodsForm{MayChange: may}
	for _, p := range periods {
		form.Rows = append(form.Rows, PeriodRow{DisputePeriod: p, TypedDays: fmt.Sprint(p.Days)})
	}
	return form
}

func (f PeriodsForm) table() govuk.Table {
	table := govuk.Table{ID: "periods", Caption: "Days a level has to decide", CaptionHidden: true, Stacks: true, Columns: []govuk.Column{
		{Heading: "Dispute"}, {Heading: "Days at each level", Numeric: true}, {Heading: "Where that comes from"},
	}}
	for _, row := range f.Rows {
		table.Rows = append(table.Rows, govuk.Cells(row.Kind.Words(), fmt.Sprint(row.Days), row.Source))
	}
	return table
}

func periodField(row PeriodRow, name string) string { return string(row.Kind) + "_" + name }
