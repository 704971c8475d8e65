// Package letters is what is told of decisions and who repays whom for them, as pages.
package letters

import (
	"net/url"
	"strconv"

	"github.com/google/uuid"

	"quorate/agendas/requests"
	"quorate/frontend/documents"
	"quorate/frontend/govuk"
	"quorate/panels"
	"quorate/panels/room/letters"
	"quorate/server/base/clock"
	"quorate/server/base/money"
)

// Href is a letter's page.
func Href(id uuid.UUID) string { return "/letters/" + id.String() }

// DecisionHref is what was written and authorised about a decision.
func DecisionHref(decision uuid.UUID) string { return "/decisions/" + decision.String() + "/letters" }

// AuthorisationHref is an authorisation's page.
func AuthorisationHref(id uuid.UUID) string { return "/authorisations/" + id.String() }

// TemplateHref is a template's page.
func TemplateHref(key string) string { return "/letter-templates/" + key }

// RechargeHref is a forum's recharge for a month.
func RechargeHref(slug string, m letters.Month) string {
	return "/forums/" + slug + "/recharges?month=" + m.String()
}

// List is the list of letters with what it is narrowed to.
type List struct {
	letters.Listing
	letters.Filter
}

func (l List) href(change func(*letters.Filter)) string {
	f := l.Filter
	f.Page = 1
	change(&f)
	query := url.Values{}
	for name, value := range map[string]string{"forum": f.Forum, "state": string(f.State), "audience": string(f.Audience)} {
		if value != "" {
			query.Set(name, value)
		}
	}
	for name, on := range map[string]bool{"late": f.Late, "held": f.Held, "all": f.All} {
		if on {
			query.Set(name, "yes")
		}
	}
	if f.Page > 1 {
		query.Set("page", strconv.Itoa(f.Page))
	}
	if len(query) == 0 {
		return "/letters"
	}
	return "/letters?" + query.Encode()
}

func (l List) chips() govuk.FilterChips {
	chips := govuk.FilterChips{ClearHref: "/letters"}
	add := func(text string, without func(*letters.Filter)) {
		chips.Chips = append(chips.Chips, govuk.Chip{Text: text, RemoveHref: l.href(without)})
	}
	for _, forum := range l.Forums {
		if forum.Slug == l.Forum {
			add(forum.Name, func(f *letters.Filter) { f.Forum = "" })
		}
	}
	if l.State.Words() != "" {
		add(l.State.Words(), func(f *letters.Filter) { f.State = "" })
	}
	if l.Audience.Words() != "" {
		add("To: "+l.Audience.Words(), func(f *letters.Filter) { f.Audience = "" })
	}
	if l.Filter.Late {
		add("Late", func(f *letters.Filter) { f.Late = false })
	}
	if l.Held {
		add("Held", func(f *letters.Filter) { f.Held = false })
	}
	if l.All {
		add("Sent ones too", func(f *letters.Filter) { f.All = false })
	}
	return chips
}

func forumOptions(forums []panels.Forum) []govuk.Option {
	options := []govuk.Option{{Text: "Every forum"}}
	for _, forum := range forums {
		options = append(options, govuk.Option{Value: forum.Slug, Text: forum.Name})
	}
	return options
}

func stateOptions() []govuk.Option {
	options := []govuk.Option{{Text: "Those that wait"}}
	for _, state := range letters.States {
		options = append(options, govuk.Option{Value: string(state), Text: state.Words()})
	}
	return options
}

func audienceOptions() []govuk.Option {
	options := []govuk.Option{{Text: "Everybody"}}
	for _, audience := range letters.Audiences {
		options = append(options, govuk.Option{Value: string(audience), Text: audience.Words()})
	}
	return options
}

// standing is how a letter stands, in words and a colour.
func standing(l letters.Line) govuk.Tag {
	switch {
	case l.State == letters.Sent:
		return govuk.Tag{Text: l.Standing, Colour: govuk.Green}
	case l.State == letters.SetAside:
		return govuk.Tag{Text: l.Standing, Colour: govuk.Grey}
	case l.Unwell:
		return govuk.Tag{Text: l.Standing, Colour: govuk.Red}
	default:
		return govuk.Tag{Text: l.Standing, Colour: govuk.Blue}
	}
}

func stateWords(l letters.Line) string {
	words := l.State.Words()
	if l.Held {
		words += ". Held: somebody has to decide"
	}
	return words
}

func lineName(l letters.Line) string {
	name := l.Audience.Words()
	if l.Audience == letters.ToFunder || l.Audience == letters.ToBrokerage && l.Recipient != name {
		name += ": " + l.Recipient
	}
	if l.Number > 1 {
		name += ", corrected"
	}
	return name
}

func lettersTable(lines []letters.Line, caption string) govuk.Table {
	table := govuk.Table{ID: "letters", Caption: caption, CaptionHidden: true, Wide: true, Stacks: true, Columns: []govuk.Column{
		{Heading: "Letter to"}, {Heading: "About"}, {Heading: "Outcome"}, {Heading: "State", Roomy: true}, {Heading: "When"},
	}}
	for _, l := range lines {
		about := l.ForumName + ", " + clock.DateOf(l.MeetingAt).Long() + ", item " + l.ItemNumber
		if l.Case() != "" {
			about = l.Case() + ". " + about
		}
		table.Rows = append(table.Rows, govuk.Row{Cells: []govuk.Cell{
			govuk.Link{Text: lineName(l), Of: "about item " + l.ItemNumber + ", to " + l.Recipient, Href: Href(l.ID)}, govuk.Text(about), govuk.Text(l.Outcome.Words()), govuk.Text(stateWords(l)), standing(l),
		}})
	}
	return table
}

func (l List) pages() govuk.Pagination {
	return govuk.Pagination{Current: max(l.Page, 1), Pages: (l.Total + letters.PerPage - 1) / letters.PerPage, Href: func(page int) string {
		return l.href(func(f *letters.Filter) { f.Page = page })
	}}
}

// Typed is what was typed on a letter's page.
type Typed struct {
	letters.Wording
	Reason, Aside string
	On            govuk.TypedDate
	How           string
	Note          string
}

func letterFacts(p letters.Page) []govuk.Fact {
	facts := []govuk.Fact{
		{Key: "State", Text: p.State.Words()},
		{Key: "When", Value: standing(letters.Line{State: p.State, Standing: p.Standing, Unwell: p.Late})},
		{Key: "About", Value: govuk.Link{Text: "Item " + p.ItemNumber + ", " + clock.DateOf(p.MeetingAt).Long() + ": " + p.Outcome.Words(), Href: "/decisions/" + p.DecisionID.String()}},
	}
	add := func(key, text string) {
		if text != "" {
			facts = append(facts, govuk.Fact{Key: key, Text: text})
		}
	}
	add("Case", p.Reference())
	if p.Audience.Family() {
		form := p.Format.Words()
		if p.Language != "" {
			form += ", in " + p.Language
		}
		add("Format", form)
	}
	if p.Basis != "" {
		add("By what right", p.Basis.Words()+". "+p.BasisReason)
	}
	if p.Corrects != nil {
		add("Takes the place of", "The letter of "+p.Corrects.Long())
	}
	if p.ApprovedAt != nil {
		add("Approved", clock.Moment(*p.ApprovedAt)+", by "+p.Approver)
	}
	if p.ReleasedAt != nil {
		add("Let go all the same", clock.Moment(*p.ReleasedAt)+", by "+p.Releaser+": "+p.ReleasedReason)
	}
	if p.State == letters.Sent {
		note := p.SentHow.Words() + ", recorded by " + p.Sender
		if p.SentNote != "" {
			note += ". " + p.SentNote
		}
		add("How it went", note)
	}
	add("Why it is not sent", p.SetAsideReason)
	return facts
}

func sentChoices() (all []govuk.Choice) {
	for _, how := range letters.SentHows {
		all = append(all, govuk.Choice{Value: string(how), Text: how.Words()})
	}
	return all
}

func formatChoices() (all []govuk.Choice) {
	for _, format := range letters.Formats {
		all = append(all, govuk.Choice{Value: string(format), Text: format.Words()})
	}
	return all
}

func basisChoices(bases []letters.Basis) (all []govuk.Choice) {
	for _, basis := range bases {
		all = append(all, govuk.Choice{Value: string(basis), Text: basis.Words()})
	}
	return all
}

// TypedParent is the form for a parent's letter, and TypedWish that for how somebody wishes to be written to.
type TypedParent struct{ Name, Basis, Reason string }

// TypedWish is as typed.
type TypedWish struct{ Format, Language, Barred string }

// TypeWish shows a wish in its form; the tracker's word stands until somebody asks.
func TypeWish(p letters.DecisionPage) TypedWish {
	typed := TypedWish{Format: string(p.Wish.Format), Language: p.Wish.Language, Barred: p.Wish.Barred}
	if !p.Wish.Recorded() {
		typed.Language = p.Interpreter
	}
	return typed
}

func payerOptions(p letters.DecisionPage) (options []govuk.Option) {
	for _, agency := range p.Payers {
		options = append(options, govuk.Option{Value: agency.ID.String(), Text: agency.Name})
	}
	return options
}

func leadValue(p letters.DecisionPage) string {
	if p.Lead == nil {
		return ""
	}
	return p.Lead.String()
}

func authorisationsTable(rows []letters.AuthorisationRow) govuk.Table {
	table := govuk.Table{ID: "authorisations", Caption: "Funding authorisations, the newest first", CaptionHidden: true, Wide: true, Stacks: true, Columns: []govuk.Column{
		{Heading: "Authorisation"}, {Heading: "Kind"}, {Heading: "Case"}, {Heading: "Agency"}, {Heading: "A week", Numeric: true}, {Heading: "Once", Numeric: true}, {Heading: "From"}, {Heading: "State"},
	}}
	for _, a := range rows {
		state := govuk.Tag{Text: "Issued", Colour: govuk.Green}
		if a.IssuedAt == nil {
			state = govuk.Tag{Text: "To code and issue", Colour: govuk.Yellow}
		}
		if a.FollowedBy > 0 {
			state = govuk.Tag{Text: "Followed by " + letters.AuthorisationReference(a.FollowedBy), Colour: govuk.Grey}
		}
		from := "When it bound"
		if !a.StartOn.IsZero() {
			from = a.StartOn.Long()
		}
		table.Rows = append(table.Rows, govuk.Row{Cells: []govuk.Cell{
			govuk.Link{Text: a.Reference(), Href: AuthorisationHref(a.ID)}, govuk.Text(a.Kind.Words()), govuk.Text(a.Case()), govuk.Text(a.Agency), govuk.Text(money.Pounds(a.WeeklyPence)),
			govuk.Text(money.Pounds(a.OneOffPence)), govuk.Text(from), state,
		}})
	}
	return table
}

func authorisationFacts(a letters.AuthorisationRow) (facts []govuk.Fact) {
	for _, f := range letters.AuthorisationFacts(a) {
		facts = append(facts, govuk.Fact{Key: f.Name, Text: f.Text})
	}
	facts = append(facts, govuk.Fact{Key: "The decision", Value: govuk.Link{Text: "Read the decision", Href: "/decisions/" + a.DecisionID.String()}})
	return facts
}

func linesTable(a letters.AuthorisationRow) govuk.Table {
	table := govuk.Table{ID: "lines", Caption: "What is paid, and the code it is booked to", CaptionSize: govuk.Small, Stacks: true, Columns: []govuk.Column{{Heading: "Support"}, {Heading: "A week", Numeric: true}, {Heading: "Once", Numeric: true}, {Heading: "Cost code"}}}
	for _, l := range a.Lines {
		code := l.CostCode
		if code == "" {
			code = "Not known"
		}
		table.Rows = append(table.Rows, govuk.Cells(l.SupportWords(), money.Pounds(l.WeeklyPence), money.Pounds(l.OneOffPence), code))
	}
	total := govuk.Cells("Total", money.Pounds(a.WeeklyPence), money.Pounds(a.OneOffPence), "")
	table.Total = &total
	return table
}

func rechargeTable(id, caption string, s letters.Schedule, lines []letters.RechargeLine, months bool) govuk.Table {
	table := govuk.Table{ID: id, Caption: caption, CaptionSize: govuk.Small, Wide: true, Stacks: true, Columns: []govuk.Column{
		{Heading: "Case"}, {Heading: "Repays"}, {Heading: "To"}, {Heading: "Days"}, {Heading: "A week", Numeric: true}, {Heading: "Once", Numeric: true}, {Heading: "Amount", Numeric: true},
	}}
	if months {
		table.Columns = []govuk.Column{{Heading: "Case"}, {Heading: "Repays"}, {Heading: "To"}, {Heading: "For"}, {Heading: "Amount", Numeric: true}}
	}
	var sum int64
	for _, l := range lines {
		sum += l.Pence
		name, debtor, payer := documents.CaseOrSeveral(l.CaseNumber), s.Agencies[l.DebtorID].Name, s.Agencies[l.PayerID].Name
		if months {
			table.Rows = append(table.Rows, govuk.Cells(name, debtor, payer, l.ForMonth.Words(), signed(l.Pence)))
			continue
		}
		days := strconv.Itoa(l.Days) + ", " + l.From.Long() + " to " + l.To.Long()
		table.Rows = append(table.Rows, govuk.Cells(name, debtor, payer, days, money.Pounds(l.WeeklyPence), money.Pounds(l.OneOffPence), signed(l.Pence)))
	}
	total := govuk.Cells("Total", "", "", "", signed(sum))
	if !months {
		total = govuk.Cells("Total", "", "", "", "", "", signed(sum))
	}
	table.Total = &total
	return table
}

func signed(pence int64) string {
	if pence < 0 {
		return "−" + money.Pounds(-pence)
	}
	return money.Pounds(pence)
}

func totalsTable(s letters.Schedule) govuk.Table {
	table := govuk.Table{ID: "totals", Caption: "Totals by agency", CaptionSize: govuk.Small, Wide: true, Stacks: true, Columns: []govuk.Column{{Heading: "Repays"}, {Heading: "To"}, {Heading: "Firm", Numeric: true}, {Heading: "Without prejudice", Numeric: true}}}
	for _, t := range letters.Totals(s.All()) {
		table.Rows = append(table.Rows, govuk.Cells(s.Agencies[t.DebtorID].Name, s.Agencies[t.PayerID].Name, signed(t.Pence), signed(t.InterimPence)))
	}
	return table
}

func where(lines []letters.RechargeLine, interim bool) (kept []letters.RechargeLine) {
	for _, l := range lines {
		if l.Interim == interim {
			kept = append(kept, l)
		}
	}
	return kept
}

// Codes is an agency's cost codes as typed.
type Codes struct {
	AgencyID uuid.UUID
	Codes    map[requests.LineKind]string
}

func codeLabel(kind requests.LineKind) string {
	if kind == "" {
		return "For everything else"
	}
	return kind.Words()
}

func codeKinds() []requests.LineKind { return append([]requests.LineKind{""}, requests.LineKinds...) }
