package actions

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"quorate/frontend/govuk"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/clock"
)

// PageSize is how many actions stand on one page.
const PageSize = 50

// Filter is what narrows the list, as it stands in the page's address.
type Filter struct {
	Whose    string // "mine", "all"; "": mine, unless something else is asked for
	Forums   []string
	Owners   []string
	Agencies []string
	Case     string
	States   []string
	Page     int
}

// ReadFilter reads a filter from an address.
func ReadFilter(query url.Values) Filter {
	page, err := strconv.Atoi(query.Get("page"))
	if err != nil || page < 1 || page > 1_000_000 {
		page = 1
	}
	return Filter{
		Whose: query.Get("whose"), Forums: said(query["forum"]), Owners: said(query["owner"]), Agencies: said(query["agency"]),
		Case: query.Get("case"), States: said(query["state"]), Page: page,
	}
}

// said leaves out what a form sent empty, and what it sent twice.
func said(values []string) []string {
	var kept []string
	for _, value := range values {
		if value != "" && !slices.Contains(kept, value) {
			kept = append(kept, value)
		}
	}
	return kept
}

// Mine reports whether only the reader's own actions are asked for.
func (f Filter) Mine() bool {
	switch f.Whose {
	case "mine":
		return true
	case "all":
		return false
	default:
		return len(f.Forums)+len(f.Owners)+len(f.Agencies) == 0 && f.Case == ""
	}
}

// Asked is the filter as the action tracker takes it. What is no id, or no state, finds nothing of that kind.
func (f Filter) Asked() room.ActionFilter {
	asked := room.ActionFilter{
		Mine: f.Mine(), Forums: f.Forums, Owners: ids(f.Owners), Agencies: ids(f.Agencies), Case: f.Case,
		Limit: PageSize, Offset: (f.Page - 1) * PageSize,
	}
	for _, state := range f.States {
		asked.States = append(asked.States, room.ActionState(state))
	}
	return asked
}

func ids(texts []string) []uuid.UUID {
	var list []uuid.UUID
	for _, text := range texts {
		id, err := uuid.Parse(text)
		if err != nil {
			id = uuid.Nil
		}
		list = append(list, id)
	}
	return list
}

// Query is the filter as part of an address, without "?"; "" when it asks for nothing.
func (f Filter) Query() string {
	query := url.Values{}
	add := func(name string, values ...string) {
		for _, value := range values {
			if value != "" {
				query.Add(name, value)
			}
		}
	}
	add("whose", f.Whose)
	add("forum", f.Forums...)
	add("owner", f.Owners...)
	add("agency", f.Agencies...)
	add("case", f.Case)
	add("state", f.States...)
	if f.Page > 1 {
		add("page", strconv.Itoa(f.Page))
	}
	return query.Encode()
}

// Href is the list so filtered.
func (f Filter) Href() string { return under("/actions", f.Query()) }

// WorkbookHref is the same list as a workbook, every page of it.
func (f Filter) WorkbookHref() string {
	f.Page = 1
	return under("/actions/tracker.xlsx", f.Query())
}

func under(path, query string) string {
	if query == "" {
		return path
	}
	return path + "?" + query
}

// Href is an action's own page.
func Href(action uuid.UUID) string { return "/actions/" + action.String() }

// MineHref is the list of the reader's own actions.
const MineHref = "/actions"

// Page is the action tracker.
type Page struct {
	Filter
	Found    room.FoundActions
	Today    clock.Date
	Bulk     Bulk
	Problems govuk.Errors
}

// Bulk is what was typed to change many actions at once.
type Bulk struct {
	CommandID string
	Ticked    []string
	Typed     string
	Due       govuk.TypedDate
}

var stateWords = map[room.ActionState]string{room.ActionOverdue: "Overdue", room.ActionDue: "Due today or later", room.ActionDone: "Done"}

func (p Page) pages() int { return (p.Found.Total + PageSize - 1) / PageSize }

func (p Page) pageHref(page int) string {
	to := p.Filter
	to.Page = page
	return to.Href()
}

func (p Page) nav() []govuk.NavItem {
	mine, all := p.Filter, p.Filter
	mine.Whose, mine.Owners, mine.Page = "mine", nil, 1
	all.Whose, all.Page = "all", 1
	return []govuk.NavItem{
		{Text: "Mine", Href: mine.Href(), Current: p.Mine()},
		{Text: "All I may see", Href: all.Href(), Current: !p.Mine()},
	}
}

// shownStates are the states that stand ticked: those asked for, else those shown.
func (p Page) shownStates() []string {
	if len(p.States) > 0 {
		return p.States
	}
	return []string{string(room.ActionOverdue), string(room.ActionDue)}
}

func (p Page) stateChoices() []govuk.Choice {
	var choices []govuk.Choice
	for _, state := range room.ActionStates {
		choices = append(choices, govuk.Choice{Value: string(state), Text: stateWords[state] + " (" + strconv.Itoa(p.Found.Counts[state]) + ")"})
	}
	return choices
}

func (p Page) forumChoices() []govuk.Choice {
	var choices []govuk.Choice
	for _, forum := range p.Found.Forums {
		choices = append(choices, govuk.Choice{Value: forum.Slug, Text: forum.Name})
	}
	return choices
}

func choicesOf(list []room.Choice) []govuk.Choice {
	var choices []govuk.Choice
	for _, choice := range list {
		choices = append(choices, govuk.Choice{Value: choice.ID.String(), Text: choice.Text})
	}
	return choices
}

// chips are the filters in force, each with the address without it.
func (p Page) chips() []govuk.Chip {
	var chips []govuk.Chip
	without := func(text string, change func(*Filter)) {
		to := p.Filter
		to.Page, to.Whose = 1, "all"
		if p.Mine() {
			to.Whose = "mine"
		}
		change(&to)
		chips = append(chips, govuk.Chip{Text: text, RemoveHref: to.Href()})
	}
	for _, state := range p.States {
		without(stateWords[room.ActionState(state)], func(f *Filter) { f.States = less(f.States, state) })
	}
	for _, forum := range p.Found.Forums {
		if slices.Contains(p.Forums, forum.Slug) {
			without(forum.Name, func(f *Filter) { f.Forums = less(f.Forums, forum.Slug) })
		}
	}
	for _, owner := range p.Found.Owners {
		if id := owner.ID.String(); slices.Contains(p.Owners, id) {
			without(owner.Text, func(f *Filter) { f.Owners = less(f.Owners, id) })
		}
	}
	for _, agency := range p.Found.Agencies {
		if id := agency.ID.String(); slices.Contains(p.Agencies, id) {
			without(agency.Text, func(f *Filter) { f.Agencies = less(f.Agencies, id) })
		}
	}
	if p.Case != "" {
		without("Case "+p.Case, func(f *Filter) { f.Case = "" })
	}
	return chips
}

func less(from []string, value string) []string {
	return slices.DeleteFunc(slices.Clone(from), func(other string) bool { return other == value })
}

func (p Page) clearHref() string {
	if p.Mine() {
		return Filter{Whose: "mine"}.Href()
	}
	return Filter{Whose: "all"}.Href()
}

// caption says how many there are, and which of them stand here.
func (p Page) caption() string {
	words := counted(p.Found.Total)
	if p.pages() > 1 {
		words += ", page " + strconv.Itoa(p.Page) + " of " + strconv.Itoa(p.pages())
	}
	return words
}

func counted(n int) string {
	if n == 1 {
		return "1 action"
	}
	return strconv.Itoa(n) + " actions"
}

// namesCases reports whether the reader reads of a forum that knows cases by their numbers: a board does not.
func (p Page) namesCases() bool {
	return slices.ContainsFunc(p.Found.Forums, func(forum panels.Forum) bool { return !forum.Board })
}

// records reports whether the reader may change any of the actions shown.
func (p Page) records() bool {
	return slices.ContainsFunc(p.Found.Lines, func(line room.ActionLine) bool { return line.MayRecord })
}

// due is the state of an action in words.
func due(action room.Action, today clock.Date) govuk.Tag {
	switch days := today.DaysUntil(action.DueOn); {
	case action.DoneAt != nil:
		return govuk.Tag{Text: "Done", Colour: govuk.Green}
	case days < -1:
		return govuk.Tag{Text: "Overdue " + strconv.Itoa(-days) + " days", Colour: govuk.Red}
	case days == -1:
		return govuk.Tag{Text: "Overdue 1 day", Colour: govuk.Red}
	case days == 0:
		return govuk.Tag{Text: "Due today", Colour: govuk.Yellow}
	default:
		return govuk.Tag{Text: "Open", Colour: govuk.Blue}
	}
}

// from is the meeting that raised an action, and its item and case number.
func from(line room.ActionLine) string {
	words := line.Forum + ", " + clock.DateOf(line.StartsAt).Long()
	if line.ItemNumber != "" {
		words += ", item " + line.ItemNumber
	}
	if line.Reference() != "" {
		words += " (" + line.Reference() + ")"
	}
	return words
}

func who(line room.ActionLine) string {
	if line.Agency == "" {
		return line.Owner
	}
	return line.Owner + " (" + line.Agency + ")"
}

func (p Page) table() govuk.Table {
	table := govuk.Table{ID: "actions", Caption: p.caption(), CaptionSize: govuk.Medium, NoRowHeads: true, Stacks: true, Columns: []govuk.Column{
		{Heading: "Action", Roomy: true}, {Heading: "Who"}, {Heading: "Due"}, {Heading: "State"}, {Heading: "From"},
	}}
	choose := p.records()
	if choose {
		table.Columns = append([]govuk.Column{{Heading: "Choose", Hidden: true}}, table.Columns...)
	}
	for _, line := range p.Found.Lines {
		cells := []govuk.Cell{summary(line), govuk.Text(who(line)), dueCell(line), due(line.Action, p.Today), govuk.Text(from(line))}
		if choose {
			cells = append([]govuk.Cell{p.tick(line)}, cells...)
		}
		table.Rows = append(table.Rows, govuk.Row{Cells: cells})
	}
	return table
}

// Show is an action's own page, with what was typed into the form that could not be taken.
type Show struct {
	room.ActionPage
	Today     clock.Date
	CommandID string
	Form      string // which was sent: "complete", "progress", "extend", "reopen"
	Typed     string
	Due       govuk.TypedDate
	Problems  govuk.Errors
}

func (s Show) typed(form string) string {
	if s.Form == form {
		return s.Typed
	}
	return ""
}

func (s Show) wrong(form, field string) string {
	if s.Form == form {
		return s.Problems.For(form + "-" + field)
	}
	return ""
}

func (s Show) area(form, label, hint string) govuk.Textarea {
	return govuk.Textarea{Name: form + "-text", Label: label, Hint: hint, Value: s.typed(form), Error: s.wrong(form, "text"), Rows: 3}
}

func (s Show) day(form string) govuk.DateInput {
	var typed govuk.TypedDate
	if s.Form == form {
		typed = s.Due
	}
	return typed.Input(form+"-due_on", "New due date", "For example, 27 3 2027", s.wrong(form, "due_on"))
}

func (s Show) facts() []govuk.Fact {
	facts := []govuk.Fact{
		{Key: "Who", Text: s.Owner},
		{Key: "Agency", Text: orNone(s.Agency)},
		{Key: "Due", Text: s.DueOn.LongWithWeekday()},
		{Key: "State", Value: due(s.Action, s.Today)},
		{Key: "From", Text: from(s.ActionLine)},
	}
	if s.TookOn != s.Owner {
		facts = append(facts, govuk.Fact{Key: "Taken on by", Text: s.TookOn})
	}
	if s.DoneAt != nil {
		facts = append(facts, govuk.Fact{Key: "What was done", Text: s.DoneText})
	}
	return facts
}

func orNone(text string) string {
	if text == "" {
		return "None"
	}
	return text
}

// events are what happened to it, the latest first.
func (s Show) events() govuk.Timeline {
	line := govuk.Timeline{HeadingLevel: 3}
	add := func(title, by, text string, at time.Time) {
		event := govuk.Event{Title: title, By: by, When: clock.Moment(at), ISO: at.UTC().Format("2006-01-02T15:04:05Z")}
		if text != "" {
			event.Content = words(text)
		}
		line.Events = append(line.Events, event)
	}
	for _, step := range s.Steps {
		add(title(step), step.By, step.Text, step.At)
	}
	if s.RaisedByName == "" {
		add("Brought from the record before Quorate", "", "", s.RaisedAt)
	} else {
		add("Raised for "+s.TookOn, s.RaisedByName, "", s.RaisedAt)
	}
	return line
}

func title(step room.StepLine) string {
	switch step.Kind {
	case room.StepProgress:
		return "Progress"
	case room.StepNotDone:
		return "Not done yet, the meeting heard"
	case room.StepDone:
		return "Done"
	case room.StepReopened:
		return "Opened again, due " + step.DueOn.Long() + " instead of " + step.DueWas.Long()
	case room.StepMoved:
		return "Due " + step.DueOn.Long() + " instead of " + step.DueWas.Long()
	case room.StepPassed:
		return "Passed from " + step.From + " to " + step.To
	default:
		return "Brought again, due " + step.DueOn.Long()
	}
}
