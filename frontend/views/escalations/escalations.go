// Package escalations shows what is stuck to the forums that work on it: lists, a blocker's story, and the forms that raise, move and resolve.
package escalations

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"

	"quorate/frontend/govuk"
	peopleViews "quorate/frontend/views/people"
	domain "quorate/panels/escalations"
	"quorate/server/base/clock"
	"quorate/server/base/money"
)

// List is what the page of blockers shows.
type List struct {
	domain.BlockerList
	Filter domain.BlockerFilter
	Table  bool // the equal table instead of lists by level
	Page   int
}

// PageSize is how many blockers a page lists.
const PageSize = 50

// ReadFilter reads the filters of an address; what is none is left out.
func ReadFilter(query func(name string) string) domain.BlockerFilter {
	f := domain.BlockerFilter{
		Forum: query("forum"), Level: query("level"), Kind: domain.Kind(query("kind")), Theme: query("theme"),
		Overdue: query("when") == "overdue", Snoozed: query("when") == "snoozed", Disputed: query("when") == "disputed", Resolved: query("state") == "resolved", Limit: PageSize,
	}
	if f.Kind.Words() == "" {
		f.Kind = ""
	}
	if owner, err := uuid.Parse(query("owner")); err == nil {
		f.Owner = &owner
	}
	return f
}

// query is the address of the list without its page.
func (l List) query(f domain.BlockerFilter) url.Values {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	set("forum", f.Forum)
	set("level", f.Level)
	set("kind", string(f.Kind))
	set("theme", f.Theme)
	if f.Owner != nil {
		q.Set("owner", f.Owner.String())
	}
	switch {
	case f.Overdue:
		q.Set("when", "overdue")
	case f.Snoozed:
		q.Set("when", "snoozed")
	case f.Disputed:
		q.Set("when", "disputed")
	}
	if f.Resolved {
		q.Set("state", "resolved")
	}
	return q
}

func (l List) address(path string, f domain.BlockerFilter, table bool) string {
	q := l.query(f)
	if table {
		q.Set("view", "table")
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func (l List) href(table bool) string { return l.address("/blockers", l.Filter, table) }

func (l List) fileHref() string { return l.address("/blockers.xlsx", l.Filter, false) }

func (l List) pageHref(page int) string {
	q := l.query(l.Filter)
	if l.Table {
		q.Set("view", "table")
	}
	q.Set("page", fmt.Sprint(page))
	return "/blockers?" + q.Encode()
}

func (l List) pages() int { return (l.Total + PageSize - 1) / PageSize }

func (l List) forumOptions() []govuk.Option {
	options := []govuk.Option{{Value: "", Text: "All your forums"}}
	for _, f := range l.Forums {
		options = append(options, govuk.Option{Value: f.Slug, Text: f.Name})
	}
	return options
}

func anyOf(all string, words []string) []govuk.Option {
	options := []govuk.Option{{Value: "", Text: all}}
	for _, word := range words {
		options = append(options, govuk.Option{Value: word, Text: word})
	}
	return options
}

func (l List) kindOptions() []govuk.Option {
	options := []govuk.Option{{Value: "", Text: "Any kind"}}
	for _, kind := range domain.Kinds {
		options = append(options, govuk.Option{Value: string(kind), Text: kind.Words()})
	}
	return options
}

func (l List) ownerOptions() []govuk.Option {
	options := []govuk.Option{{Value: "", Text: "Anybody"}}
	for _, owner := range l.Owners {
		options = append(options, govuk.Option{Value: owner.ID.String(), Text: owner.Name})
	}
	return options
}

func (l List) owner() string {
	if l.Filter.Owner == nil {
		return ""
	}
	return l.Filter.Owner.String()
}

func (l List) state() string {
	if l.Filter.Resolved {
		return "resolved"
	}
	return "open"
}

func (l List) when() string {
	switch {
	case l.Filter.Overdue:
		return "overdue"
	case l.Filter.Snoozed:
		return "snoozed"
	case l.Filter.Disputed:
		return "disputed"
	}
	return ""
}

func whenOptions() []govuk.Option {
	return []govuk.Option{{Value: "", Text: "All"}, {Value: "overdue", Text: "Past the day they are needed by"}, {Value: "snoozed", Text: "Put off"}, {Value: "disputed", Text: "In dispute"}}
}

func (l List) chips() []govuk.Chip {
	var chips []govuk.Chip
	add := func(set bool, text string, clear func(*domain.BlockerFilter)) {
		if set {
			without := l.Filter
			clear(&without)
			chips = append(chips, govuk.Chip{Text: text, RemoveHref: l.address("/blockers", without, l.Table)})
		}
	}
	if l.Forum != nil {
		add(true, l.Forum.Name, func(f *domain.BlockerFilter) { f.Forum = "" })
	}
	add(l.Filter.Level != "", l.Filter.Level, func(f *domain.BlockerFilter) { f.Level = "" })
	add(l.Filter.Kind != "", l.Filter.Kind.Words(), func(f *domain.BlockerFilter) { f.Kind = "" })
	add(l.Filter.Theme != "", l.Filter.Theme, func(f *domain.BlockerFilter) { f.Theme = "" })
	for _, owner := range l.Owners {
		add(l.Filter.Owner != nil && owner.ID == *l.Filter.Owner, owner.Name, func(f *domain.BlockerFilter) { f.Owner = nil })
	}
	add(l.Filter.Overdue, "Past the day they are needed by", func(f *domain.BlockerFilter) { f.Overdue = false })
	add(l.Filter.Snoozed, "Put off", func(f *domain.BlockerFilter) { f.Snoozed = false })
	add(l.Filter.Disputed, "In dispute", func(f *domain.BlockerFilter) { f.Disputed = false })
	add(l.Filter.Resolved, "Resolved", func(f *domain.BlockerFilter) { f.Resolved = false })
	return chips
}

func (l List) title() string {
	if l.Filter.Resolved {
		return "Resolved blockers"
	}
	return "Blockers"
}

// level is a heading with the blockers that stand there.
type level struct {
	heading  string
	blockers []domain.BlockerRow
}

var levelWords = []struct {
	key   domain.LevelKey
	words string
}{
	{domain.BoardLevel, "With the board"}, {domain.ForumLevel, "At the forum"},
}

// levels groups the blockers by level, the highest first.
func (l List) levels() []level {
	var levels []level
	for _, b := range l.Blockers { // in the order of their levels
		heading := "With " + b.LevelName
		for _, w := range levelWords {
			if w.key == b.Level {
				heading = w.words
			}
		}
		if len(levels) == 0 || levels[len(levels)-1].heading != heading {
			levels = append(levels, level{heading: heading})
		}
		at := &levels[len(levels)-1]
		at.blockers = append(at.blockers, b)
	}
	return levels
}

func href(b domain.Blocker) string { return "/blockers/" + b.ID.String() }

func about(b domain.BlockerRow) string {
	if reference := b.CaseReference(); reference != "" {
		return "case " + reference
	}
	return people(b.YoungPeople)
}

// summary is a blocker in two lines of a list.
func summary(b domain.BlockerRow) string {
	said := capitalised(about(b)) + ", " + b.ForumName + ". Owner: " + b.OwnerName + ". Raised " + days(b.AgeDays) + " ago."
	switch {
	case b.InDispute && !b.DecideBy.IsZero():
		said += " In dispute, to be decided by " + b.DecideBy.Long() + "."
	case b.InDispute:
		said += " In dispute."
	}
	switch {
	case b.State == domain.Resolved:
		said += " Resolved on " + b.ResolvedOn().Long() + "."
	case !b.SnoozedUntil.IsZero():
		said += " Put off until " + b.SnoozedUntil.Long() + "."
	case !b.RisesOn.IsZero():
		said += " With " + b.LevelName + ", goes up on " + b.RisesOn.Long() + "."
	}
	return said
}

func people(n int) string {
	if n == 1 {
		return "1 young person"
	}
	return fmt.Sprintf("%d young people", n)
}

// openFor is a blocker's age in words.
func openFor(n int) string {
	if n == 0 {
		return "Opened today"
	}
	return "Open for " + days(n)
}

func days(n int) string {
	if n == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%d days", n)
}

func weekly(pence *int64) string {
	if pence == nil {
		return "Not known"
	}
	return money.Pounds(*pence) + " a week"
}

func capitalised(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func tableRows(l List) []govuk.Row {
	var rows []govuk.Row
	for _, b := range l.Blockers {
		last := dateOr(b.RisesOn, "–")
		if l.Filter.Resolved {
			last = b.ResolvedOn().Long()
		}
		rows = append(rows, govuk.Row{Cells: []govuk.Cell{
			govuk.Link{Text: b.Reference(), Href: href(b.Blocker)}, govuk.Text(b.Kind.Words()), govuk.Text(b.Theme), govuk.Text(capitalised(about(b))),
			govuk.Text(b.ForumName), govuk.Text(b.LevelName), govuk.Text(b.OwnerName), govuk.Text(fmt.Sprint(b.AgeDays)), govuk.Text(weeklyFigure(b.WeeklyPence)), govuk.Text(last),
		}})
	}
	return rows
}

func weeklyFigure(pence *int64) string {
	if pence == nil {
		return "Not known"
	}
	return money.Pounds(*pence)
}

func dateOr(d clock.Date, other string) string {
	if d.IsZero() {
		return other
	}
	return d.Long()
}

func (l List) lastColumn() string {
	if l.Filter.Resolved {
		return "Resolved on"
	}
	return "Goes up on"
}

// facts are what is known of a blocker, for its forum.
func facts(p domain.BlockerPage) []govuk.Fact {
	facts := []govuk.Fact{
		{Key: "Kind", Text: p.Kind.Words()},
		{Key: "Theme", Text: p.Theme},
		{Key: "What is needed", Text: p.Needed},
		{Key: "Needed by", Text: p.NeededBy.Long()},
		{Key: "Owner", Text: p.OwnerName},
		{Key: "Level", Text: p.LevelName + ", since " + p.LevelSince.Long()},
	}
	if words := acknowledged(p); words != "" && p.State == domain.Open {
		facts = append(facts, govuk.Fact{Key: "Acknowledged", Text: words})
	}
	if !p.SnoozedUntil.IsZero() {
		facts = append(facts, govuk.Fact{Key: "Put off until", Text: p.SnoozedUntil.LongWithWeekday() + ", because: " + p.SnoozeReason})
	}
	if !p.RisesOn.IsZero() {
		facts = append(facts, govuk.Fact{Key: "Goes up a level on", Text: p.RisesOn.LongWithWeekday() + ", unless it is resolved"})
	}
	if reference := p.CaseReference(); reference != "" {
		facts = append(facts, govuk.Fact{Key: "Case", Value: govuk.Link{Text: reference, Href: "/cases/" + reference}})
	} else {
		facts = append(facts, govuk.Fact{Key: "Affects", Text: people(p.YoungPeople)})
		if p.NamedCases > 0 {
			facts = append(facts, govuk.Fact{Key: "Cases", Value: casesNamed(p)})
		}
	}
	facts = append(facts, govuk.Fact{Key: "Money", Text: weekly(p.WeeklyPence)})
	if p.LinkedForum != "" {
		facts = append(facts, govuk.Fact{Key: "Other forum concerned", Text: p.LinkedForum})
	}
	if p.MeetingID != nil {
		facts = append(facts, govuk.Fact{Key: "Raised at", Value: govuk.Link{Text: "the meeting of " + p.RaisedOn().Long(), Href: "/meetings/" + p.MeetingID.String()}})
	}
	if p.Details != "" {
		facts = append(facts, govuk.Fact{Key: "Details", Text: p.Details})
	}
	if len(p.Decisions) > 0 {
		facts = append(facts, govuk.Fact{Key: "Decisions it is about", Value: linkedDecisions(p.Decisions)})
	}
	for _, relation := range []struct {
		key  string
		list []domain.Relative
	}{{"Joined by", p.Joined}, {"Goes on in", one(p.Into)}, {"Split from", one(p.SplitFrom)}, {"Split off", p.SplitOff}} {
		if len(relation.list) > 0 {
			facts = append(facts, govuk.Fact{Key: relation.key, Value: relatives(relation.list)})
		}
	}
	if p.State == domain.Resolved {
		facts = append(facts, govuk.Fact{Key: "How it was resolved", Text: p.Resolution})
	}
	return facts
}

func one(r *domain.Relative) []domain.Relative {
	if r == nil {
		return nil
	}
	return []domain.Relative{*r}
}

// unseen says how many of the cases a blocker names the reader may not see, "" for none.
func unseen(p domain.BlockerPage) string {
	left := p.NamedCases - len(p.Cases)
	switch {
	case left == 0:
		return ""
	case len(p.Cases) == 0:
		return count(left, "case") + ", which you do not see"
	default:
		return "and " + count(left, "case") + " that you do not see"
	}
}

func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// answer is the board's answer in words, or that it is awaited.
func answer(p domain.BlockerPage) string {
	switch {
	case p.Answer != nil:
		return p.Answer.Words(p.AnswerOwner)
	case p.Asked != nil && p.Asked.State == domain.Waiting:
		return "Asked on " + p.Asked.ReachedOn.Long() + ". An answer is due by " + p.Asked.AnswerDueOn.Long() + "."
	}
	return ""
}

var stepTitles = map[domain.StepKind]string{
	domain.StepRaised: "Raised", domain.StepRisen: "Went up by rule", domain.StepMoved: "Moved", domain.StepAnswered: "Answered by the board",
	domain.StepAskedBack: "The board asked for more", domain.StepReplied: "Replied to the board", domain.StepReported: "What became of the answer", domain.StepReturned: "Came back to the board",
	domain.StepChased: "Reminder sent", domain.StepPassedOn: "Passed on", domain.StepJoined: "Joined", domain.StepSplit: "Split", domain.StepResolved: "Resolved",
	domain.StepAcknowledged: "Acknowledged", domain.StepRaisedAgain: "Raised again by rule", domain.StepSnoozed: "Put off", domain.StepWoken: "No longer put off",
	domain.StepLadder: "The ladder changed", domain.StepDisputed: "In dispute", domain.StepStated: "Position stated", domain.StepInterim: "Paid meanwhile", domain.StepSettled: "Dispute ended",
}

// acknowledged says whether whoever holds the level has said that they have it.
func acknowledged(p domain.BlockerPage) string {
	switch {
	case p.AcknowledgedAt != nil:
		return "By " + p.AcknowledgedName + ", " + clock.Moment(*p.AcknowledgedAt)
	case p.AcknowledgeBy.IsZero():
		return ""
	default:
		return "Not yet. Due by " + p.AcknowledgeBy.LongWithWeekday()
	}
}

// why says why it stands where it stands: the last step that took it there.
func why(p domain.BlockerPage) string {
	for i := len(p.Story) - 1; i >= 0; i-- {
		step := p.Story[i]
		if step.Of == 0 && (step.Kind == domain.StepRisen || step.Kind == domain.StepMoved || step.Kind == domain.StepRaisedAgain) {
			return "It went from " + step.FromLevel + " to " + step.ToLevel + " on " + step.HappenedOn.Long() + ". " + step.Words
		}
	}
	return ""
}

// Snooze is the form that puts a blocker off, as it was typed.
type Snooze struct {
	domain.BlockerPage
	Until      govuk.TypedDate
	Reason     string
	AllTheSame bool
	Warns      bool // it goes past a day that somebody has to weigh
}

// story is what happened, the latest first.
func story(p domain.BlockerPage) govuk.Timeline {
	var t govuk.Timeline
	for i := len(p.Story) - 1; i >= 0; i-- {
		step := p.Story[i]
		title := stepTitles[step.Kind]
		if step.Of != 0 {
			title = domain.Reference(step.Of) + ": " + strings.ToLower(title[:1]) + title[1:]
		}
		if step.Kind == domain.StepRisen || step.Kind == domain.StepMoved {
			title += " to " + step.ToLevel
		}
		t.Events = append(t.Events, govuk.Event{
			Title: title, By: step.ByName, When: step.HappenedOn.Long() + ", " + clock.Time(step.At), ISO: step.HappenedOn.String(), Content: govuk.Text(step.Words),
		})
	}
	t.HeadingLevel = 3
	return t
}

// Raise is the form that raises a blocker, as it was typed.
type Raise struct {
	Offer  domain.RaiseForm
	Action string
	Back   string

	Kind        string
	Theme       string
	Needed      string
	Details     string
	Owner       string
	NeededBy    govuk.TypedDate
	Weekly      string
	Cases       string
	YoungPeople string
	Linked      string
	Decisions   []string
	Same        string        // the blocker of the same cause that it is added to, "new" for none
	Likely      []domain.Like // asked about before one cause is raised twice
}

// sameChoices are the blockers that may have the same cause, and none of them.
func (r Raise) sameChoices() []govuk.Choice {
	var choices []govuk.Choice
	for _, like := range r.Likely {
		choices = append(choices, govuk.Choice{
			Value: like.ID.String(), Text: "Add it to " + like.Reference() + ": " + like.Theme,
			Hint: like.ForumName + ", " + people(like.YoungPeople) + ". With " + like.LevelName + ". Needed: " + like.Needed,
		})
	}
	return append(choices, govuk.Choice{Value: "new", Text: "No, raise a new blocker", Or: true})
}

// decisionChoices are the forum's decisions that the blocker may be about.
func (r Raise) decisionChoices() []govuk.Choice {
	var choices []govuk.Choice
	for _, d := range r.Offer.Decisions {
		choices = append(choices, govuk.Choice{Value: d.ID.String(), Text: decisionWords(d)})
	}
	return choices
}

func decisionWords(d domain.LinkedDecision) string {
	return d.Outcome.Words() + ", " + d.ForumName + ", " + d.On().Long() + ", item " + d.ItemNumber
}

// Join is the form that joins a blocker with another, as it was typed.
type Join struct {
	domain.JoinPage
	YoungPeople string
	Weekly      string
	Reason      string
}

// FillJoin is the form with what both come to.
func FillJoin(page domain.JoinPage) Join {
	return Join{JoinPage: page, YoungPeople: fmt.Sprint(page.YoungPeople), Weekly: typedMoney(page.WeeklyPence)}
}

func typedMoney(pence *int64) string {
	if pence == nil {
		return ""
	}
	return strings.ReplaceAll(strings.TrimPrefix(money.Pounds(*pence), "£"), ",", "")
}

func (j Join) withChoices(list []domain.Like) []govuk.Choice {
	var choices []govuk.Choice
	for _, like := range list {
		choices = append(choices, govuk.Choice{
			Value: like.Reference(), Text: like.Reference() + ": " + like.Theme,
			Hint: like.ForumName + ", " + people(like.YoungPeople) + ". With " + like.LevelName + ".",
		})
	}
	return choices
}

// outcome says what joining the two brings about.
func (j Join) outcome() []string {
	said := []string{
		fmt.Sprintf("%s goes on with %s: it has got further, or has waited longer.", j.Stays.Reference(), j.Stays.LevelName),
		fmt.Sprintf("%s ends. Its cases, decisions and story go with it.", j.Ends.Reference()),
		"The earliest clock is kept: the day it was raised, the day it is needed by, and the day a board is to answer.",
		fmt.Sprintf("%s owns it. Both owners and both forums are told.", j.Stays.OwnerName),
	}
	if j.Shared > 0 {
		said = append(said, fmt.Sprintf("Both name %s. Each young person is counted once.", count(j.Shared, "case")+" the same"))
	}
	return said
}

// Split is the form that splits a blocker, as it was typed.
type Split struct {
	domain.SplitPage
	Chosen                               []string
	Theme, Needed, Owner, Weekly, Reason string
}

// FillSplit is the form as the blocker stands.
func FillSplit(page domain.SplitPage) Split {
	return Split{SplitPage: page, Theme: page.Theme, Needed: page.Needed, Owner: page.OwnerID.String()}
}

func (s Split) caseChoices() []govuk.Choice {
	var choices []govuk.Choice
	for _, of := range s.Cases {
		choices = append(choices, govuk.Choice{Value: of.ID.String(), Text: of.Reference()})
	}
	return choices
}

func (r Raise) caption() string {
	caption := r.Offer.Forum.Name
	if r.Offer.ItemNo != "" {
		caption += ", item " + r.Offer.ItemNo
	}
	return caption
}

func kindChoices() []govuk.Choice {
	var choices []govuk.Choice
	for _, kind := range domain.Kinds {
		choices = append(choices, govuk.Choice{Value: string(kind), Text: kind.Words()})
	}
	return choices
}

func (r Raise) otherForums() []govuk.Option {
	options := []govuk.Option{{Value: "", Text: "None"}}
	for _, f := range r.Offer.Forums {
		if f.ID != r.Offer.Forum.ID && !f.Board {
			options = append(options, govuk.Option{Value: f.ID.String(), Text: f.Name})
		}
	}
	return options
}

// Move is the form that takes a blocker to another level, as it was typed.
type Move struct {
	domain.BlockerPage
	To     string
	Reason string
}

func (m Move) levelChoices() []govuk.Choice {
	var choices []govuk.Choice
	for _, l := range m.Ladder {
		if l.Key == m.Level {
			continue // it is here now
		}
		choice := govuk.Choice{Value: string(l.Key), Text: l.Name}
		if l.Key == domain.BoardLevel {
			choice.Hint = "The board is asked for an answer. It sees what is needed, an alias and an age band, never who it is."
		}
		choices = append(choices, choice)
	}
	return choices
}

// Resolve is the form that ends a blocker, as it was typed.
type Resolve struct {
	domain.BlockerPage
	Resolution string
}

// rung is a level with how long a blocker may stay there; at the last it stays.
func rung(ladder domain.Ladder, i int) string {
	if i == len(ladder)-1 {
		return ladder[i].Name
	}
	return ladder[i].Name + ": up to " + days(ladder[i].Days)
}

func isHere(p domain.BlockerPage, l domain.Level) bool {
	return p.State == domain.Open && l.Key == p.Level
}

// LadderForm is the form that sets a forum's levels and rules, as it was typed.
type LadderForm struct {
	Page    domain.LadderPage
	Preview *domain.LadderPreview // what it would do, when that was asked

	ForumDays, ForumAnswer, BoardDays, BoardAnswer string
	Levels                                         []LevelForm
	Deferred, Birthday, Funders                    string
}

// LevelForm is one level between the forum and the board, as it was typed.
type LevelForm struct {
	Key, Name, Holder, Days, Answer, Order string
	Remove                                 bool
}

// blank is the row for a level that is added.
func (l LevelForm) blank() bool { return l.Key == "" && l.Name == "" && l.Holder == "" }

// FillLadder is the form as the ladder stands, with a row for one more level.
func FillLadder(page domain.LadderPage) LadderForm {
	set := page.Setting
	form := LadderForm{
		Page: page, ForumDays: fmt.Sprint(set.ForumDays), ForumAnswer: fmt.Sprint(set.ForumAnswer), BoardDays: fmt.Sprint(set.BoardDays), BoardAnswer: fmt.Sprint(set.BoardAnswer),
		Deferred: fmt.Sprint(set.Rules.Deferrals), Birthday: fmt.Sprint(set.Rules.BirthdayDays), Funders: fmt.Sprint(set.Rules.Disagreements),
	}
	for i, level := range set.Between {
		row := LevelForm{Key: string(level.Key), Name: level.Name, Days: fmt.Sprint(level.Days), Answer: fmt.Sprint(level.Answer), Order: fmt.Sprint(i + 1)}
		switch {
		case level.ForumID != nil:
			row.Holder = forumHolder + level.ForumID.String()
		case level.PersonID != nil:
			row.Holder = personHolder + level.PersonID.String()
		}
		form.Levels = append(form.Levels, row)
	}
	return form.withBlank()
}

// What a holder's value begins with.
const (
	forumHolder  = "forum:"
	personHolder = "person:"
)

// withBlank adds the row for one more level, unless it is there.
func (f LadderForm) withBlank() LadderForm {
	if len(f.Levels) == 0 || !f.Levels[len(f.Levels)-1].blank() {
		f.Levels = append(f.Levels, LevelForm{Days: "28", Answer: "3", Order: fmt.Sprint(len(f.Levels) + 1)})
	}
	return f
}

// ReadLadder reads the form, with the rows it had.
func ReadLadder(typed func(name string) string) LadderForm {
	form := LadderForm{
		ForumDays: typed("forum_days"), ForumAnswer: typed("forum_answer"), BoardDays: typed("board_days"), BoardAnswer: typed("board_answer"),
		Deferred: typed("deferred"), Birthday: typed("birthday"), Funders: typed("funders"),
	}
	for i := 1; i <= mostRows && typed(fmt.Sprintf("level_%d_order", i)) != ""; i++ {
		field := func(name string) string { return typed(fmt.Sprintf("level_%d_%s", i, name)) }
		form.Levels = append(form.Levels, LevelForm{
			Key: field("key"), Name: field("name"), Holder: field("holder"), Days: field("days"), Answer: field("answer"), Order: field("order"), Remove: field("remove") == "yes",
		})
	}
	return form
}

// mostRows bounds the form.
const mostRows = 12

// Wanted is the ladder the form asks for: levels in the order typed, without those taken away and the empty row. Of
// each level it says which row it was, so that a problem is shown there.
func (f LadderForm) Wanted(whole func(typed string) int) (domain.LadderSetting, []int, []string) {
	set := domain.LadderSetting{
		ForumDays: whole(f.ForumDays), ForumAnswer: whole(f.ForumAnswer), BoardDays: whole(f.BoardDays), BoardAnswer: whole(f.BoardAnswer),
		Rules: domain.Rules{Deferrals: whole(f.Deferred), BirthdayDays: whole(f.Birthday), Disagreements: whole(f.Funders)},
	}
	var order []int
	var wrong []string
	for i, row := range f.Levels {
		if row.Remove || row.blank() {
			continue
		}
		if whole(row.Order) < 1 {
			wrong = append(wrong, fmt.Sprintf("level_%d_order", i+1))
		}
		order = append(order, i)
	}
	slices.SortStableFunc(order, func(a, b int) int { return whole(f.Levels[a].Order) - whole(f.Levels[b].Order) })
	for _, i := range order {
		row := f.Levels[i]
		level := domain.LevelSetting{Key: domain.LevelKey(row.Key), Name: row.Name, Days: whole(row.Days), Answer: whole(row.Answer)}
		if id, ok := strings.CutPrefix(row.Holder, forumHolder); ok {
			level.ForumID = parsed(id)
		}
		if id, ok := strings.CutPrefix(row.Holder, personHolder); ok {
			level.PersonID = parsed(id)
		}
		set.Between = append(set.Between, level)
	}
	return set, order, wrong
}

// parsed is an id from a list; what is none is an id nothing has.
func parsed(typed string) *uuid.UUID {
	id, err := uuid.Parse(typed)
	if err != nil {
		id = uuid.Nil
	}
	return &id
}

// Again is the form shown once more, with the row for another level.
func (f LadderForm) Again(page domain.LadderPage) LadderForm {
	f.Page = page
	return f.withBlank()
}

func (f LadderForm) holderOptions() []govuk.Option {
	options := []govuk.Option{{Value: "", Text: "Nobody: this level is skipped"}}
	for _, forum := range f.Page.Forums {
		options = append(options, govuk.Option{Value: forumHolder + forum.ID.String(), Text: "Forum: " + forum.Name})
	}
	for _, person := range peopleViews.Options(f.Page.People, "")[1:] {
		options = append(options, govuk.Option{Value: personHolder + person.Value, Text: person.Text})
	}
	return options
}

// levelTitle heads one row of the form.
func (f LadderForm) levelTitle(i int) string {
	row := f.Levels[i]
	if row.Key == "" {
		return "Another level (optional)"
	}
	if row.Name != "" {
		return row.Name
	}
	for _, option := range f.holderOptions() {
		if option.Value == row.Holder && row.Holder != "" {
			return strings.TrimPrefix(option.Text, "Forum: ")
		}
	}
	if domain.LevelKey(row.Key) == domain.DisputeLevel {
		return "Dispute resolution"
	}
	return "A level nobody holds"
}

// previewWords say what saving would do.
func previewWords(p domain.LadderPreview, today clock.Date) []string {
	when := "today"
	if p.On != today {
		when = "on " + p.On.Long() + ", the next working day"
	}
	said := []string{fmt.Sprintf("This would raise %d of %s %s.", p.Rise, count(p.Open, "open blocker"), when)}
	if p.OffRung > 0 {
		said = append(said, fmt.Sprintf("%s at a level you take away would go to the next above.", count(p.OffRung, "blocker")))
	}
	if p.Follow > 0 {
		said = append(said, fmt.Sprintf("%s would stay, with other days or in other hands.", count(p.Follow, "blocker")))
	}
	return append(said, "Nothing is saved yet.")
}

// ruleWords are the rules of a ladder that are switched on.
func ruleWords(r domain.Rules) []string {
	var words []string
	if n := r.Deferrals; n > 0 {
		words = append(words, "The same case was deferred "+times(n)+".")
	}
	if n := r.BirthdayDays; n > 0 {
		words = append(words, fmt.Sprintf("The 18th birthday is within %s and there is no support plan.", days(n)))
	}
	if n := r.Disagreements; n > 0 {
		words = append(words, "The funders did not agree on the same request, "+times(n)+".")
	}
	return words
}

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	default:
		return fmt.Sprintf("%d times", n)
	}
}

// leadsNowhere: a forum that is no board itself and has none above it.
func leadsNowhere(p domain.LadderPage) bool {
	_, found := p.Ladder.Level(domain.BoardLevel)
	return !found && !p.Forum.Board
}

func levelField(i int, name string) string { return fmt.Sprintf("level_%d_%s", i+1, name) }
