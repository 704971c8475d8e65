// Package forums shows who meets, by what terms and with whom round the table.
package forums

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/frontend/govuk"
	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/money"
)

// NewForum is the form for a forum, as typed.
type NewForum struct {
	Name, Locality, Mailbox, EscalatesTo string
	InForceOn                            govuk.TypedDate
}

// EditForum is the form that changes a forum, as typed.
type EditForum struct {
	Version                              int
	Name, Locality, Mailbox, EscalatesTo string
}

// TypeForum shows a forum in the form.
func TypeForum(f panels.Forum) EditForum {
	form := EditForum{Version: f.Version, Name: f.Name, Locality: f.Locality, Mailbox: f.MailboxEmail}
	if f.EscalatesTo != nil {
		form.EscalatesTo = f.EscalatesTo.String()
	}
	return form
}

// Cadence is how often a forum meets, as a form asks it.
type Cadence struct {
	Often string   // one of the values of oftenChoices, or "other"
	Day   string   // "2" for Tuesday
	Nth   []string // "1" … "5", "-1"
	Rule  string   // the RRULE itself, for "other"
}

// The choices of how often, and what each means in weeks and months.
var often = []struct {
	value, text   string
	weeks, months int
}{
	{"weekly", "Every week", 1, 0},
	{"fortnightly", "Every 2 weeks", 2, 0},
	{"monthly", "Every month", 0, 1},
	{"two_monthly", "Every 2 months", 0, 2},
	{"quarterly", "Every 3 months", 0, 3},
	{"half_yearly", "Every 6 months", 0, 6},
}

// TypeCadence shows a rule in the form.
func TypeCadence(rule string) Cadence {
	parsed, err := calendar.ParseRule(rule)
	if err != nil {
		return Cadence{Rule: rule}
	}
	if pattern, ok := parsed.Pattern(); ok {
		for _, o := range often {
			if o.weeks == pattern.Weeks && o.months == pattern.Months {
				c := Cadence{Often: o.value, Day: strconv.Itoa(int(pattern.Day))}
				for _, n := range pattern.Nth {
					c.Nth = append(c.Nth, strconv.Itoa(n))
				}
				return c
			}
		}
	}
	return Cadence{Often: "other", Rule: parsed.String()}
}

// ReadRule writes the form's answer as a rule, or says how to mend it.
func (c Cadence) ReadRule() (rule, problem string) {
	if c.Often == "other" {
		return strings.TrimSpace(c.Rule), ""
	}
	day, err := strconv.Atoi(c.Day)
	for _, o := range often {
		if o.value != c.Often {
			continue
		}
		if err != nil || day < 0 || day > 6 {
			return "", "Choose the day of the week"
		}
		pattern := calendar.Pattern{Weeks: o.weeks, Months: o.months, Day: time.Weekday(day)}
		for _, n := range c.Nth {
			nth, err := strconv.Atoi(n)
			if err == nil && o.months > 0 {
				pattern.Nth = append(pattern.Nth, nth)
			}
		}
		if o.months > 0 && len(pattern.Nth) == 0 {
			return "", "Choose which of the month’s days, like the second"
		}
		return pattern.Rule().String(), ""
	}
	return "", "Choose how often the forum meets"
}

// Terms is the form for terms of reference, as typed.
type Terms struct {
	BasedOn   int // the version that was read
	InForceOn govuk.TypedDate
	Review    govuk.TypedDate

	Purpose       string
	QuorumMembers string
	Agencies      []string

	Chairing                                       string
	BothConfirm                                    bool
	VotingMethod, VotingRule                       string
	CastingVote, Decides, Private, ListMode        bool
	ByLegalBody                                    bool
	Cadence                                        Cadence
	StartTime, Duration, PerItem                   string
	PapersDue, AgendaOut, MinutesOut, Letters      string
	LetterApproval                                 string
	Answers, Confirm                               string
	ItemsBefore, ItemsAfter                        string // a line an item: "Welcome and apologies, 2"
	Observers, EscalateAfter, FirstReview, WeeksPY string
}

// TypeTerms shows terms of reference in the form.
func TypeTerms(t panels.Terms) Terms {
	form := Terms{
		BasedOn: t.Number, Review: govuk.TypeDate(t.ReviewDate), Purpose: t.Purpose, QuorumMembers: strconv.Itoa(t.QuorumMembers),
		Chairing: string(t.Chairing), BothConfirm: t.BothChairsConfirm, VotingMethod: string(t.VotingMethod), VotingRule: string(t.VotingRule),
		CastingVote: t.CastingVote, ByLegalBody: t.ByLegalBody, Decides: t.Decides, Private: t.PrivateDeliberation, ListMode: t.ListMode,
		Cadence: TypeCadence(t.Cadence), StartTime: t.StartTime, Duration: strconv.Itoa(t.DurationMinutes), PerItem: strconv.Itoa(t.MinutesPerItem),
		PapersDue: strconv.Itoa(t.PapersDueDays), AgendaOut: strconv.Itoa(t.AgendaOutDays), MinutesOut: strconv.Itoa(t.MinutesOutDays),
		Letters: strconv.Itoa(t.LetterDays), Answers: strconv.Itoa(t.AnswerDays), Confirm: strconv.Itoa(t.ConfirmDays), LetterApproval: string(t.LetterApproval), Observers: strconv.Itoa(t.ObserversMax), EscalateAfter: strconv.Itoa(t.EscalateAfterDays),
		FirstReview: strconv.Itoa(t.FirstReviewMonths), WeeksPY: strconv.Itoa(t.WeeksPerYearThousandths),
	}
	for _, kind := range t.QuorumAgencies {
		form.Agencies = append(form.Agencies, string(kind))
	}
	if at, err := calendar.ParseTimeOfDay(t.StartTime); err == nil {
		form.StartTime = at.Words()
	}
	for _, item := range t.StandingItems {
		line := item.Title + ", " + strconv.Itoa(item.Minutes) + "\n"
		if item.After {
			form.ItemsAfter += line
		} else {
			form.ItemsBefore += line
		}
	}
	return form
}

// Seat is the form for a seat, as typed.
type Seat struct {
	Version                               int
	Name, Agency, Office, Standing, Limit string
}

// TypeSeat shows a seat in the form.
func TypeSeat(s panels.Seat) Seat {
	form := Seat{Version: s.Version, Name: s.Name, Office: string(s.Office), Standing: string(s.Standing), Limit: money.Typed(s.DelegatedLimitPence)}
	if s.AgencyID != nil {
		form.Agency = s.AgencyID.String()
	}
	return form
}

// Holding is the form for a person in a seat, as typed.
type Holding struct {
	Person, Place string
	From, To      govuk.TypedDate
}

// Href is the address of a forum's page.
func Href(f panels.Forum) string { return "/forums/" + f.Slug }

// InWords is a rule as people say it.
func InWords(rule string) string {
	parsed, err := calendar.ParseRule(rule)
	if err != nil {
		return "No regular meetings"
	}
	return parsed.Words()
}

func meets(t panels.Terms) string {
	words := InWords(t.Cadence)
	if at, err := calendar.ParseTimeOfDay(t.StartTime); err == nil {
		words += ", " + at.Words()
	}
	return words + ", for " + Minutes(t.DurationMinutes)
}

// Minutes is "2 hours 30 minutes".
func Minutes(n int) string {
	switch {
	case n == 60:
		return "1 hour"
	case n > 0 && n%60 == 0:
		return fmt.Sprintf("%d hours", n/60)
	case n > 60:
		return fmt.Sprintf("%s %d minutes", Minutes(n-n%60), n%60)
	default:
		return fmt.Sprintf("%d minutes", n)
	}
}

func quorum(t panels.Terms) string {
	words := fmt.Sprintf("%d deciding members", t.QuorumMembers)
	if t.QuorumMembers == 1 {
		words = "1 deciding member"
	}
	var kinds []string
	for _, kind := range t.QuorumAgencies {
		kinds = append(kinds, kind.Words())
	}
	if len(kinds) > 0 {
		words += ", with " + strings.Join(kinds, ", ")
	}
	if t.VotingRule == panels.FunderConsent {
		words += "; for a funding request, every agency asked to pay"
	}
	return words
}

func yes(b bool, yes, no string) string {
	if b {
		return yes
	}
	return no
}

func clearDays(n int) string {
	if n == 1 {
		return "1 clear working day before the meeting"
	}
	return fmt.Sprintf("%d clear working days before the meeting", n)
}

func daysAfter(n int, what string) string {
	if n == 1 {
		return "1 working day after " + what
	}
	return fmt.Sprintf("%d working days after %s", n, what)
}

// termsFacts are the terms of reference in words, as the forum's page and each version show them.
func termsFacts(t panels.Terms) []govuk.Fact {
	facts := []govuk.Fact{
		{Key: "Meets", Text: meets(t)},
		{Key: "Quorum", Text: quorum(t)},
		{Key: "Chair", Text: t.Chairing.Words() + yes(t.BothChairsConfirm, ". Both confirm each decision", "")},
		{Key: "Positions", Text: t.VotingMethod.Words()},
		{Key: "Positions written down for a member", Text: "Confirmed or disputed until " + daysAfter(t.ConfirmDays, "that")},
		{Key: "What it takes to agree", Text: t.VotingRule.Words()},
		{Key: "Funders are counted", Text: yes(t.ByLegalBody, "By legal body: those of one council, or one NHS body, give one position together", "Each by itself")},
		{Key: "Casting vote", Text: yes(t.CastingVote, "The chair has one", "None")},
		{Key: "Its conclusions", Text: yes(t.Decides, "Decisions", "Recommendations to each agency’s named officer")},
		{Key: "Deliberation", Text: yes(t.PrivateDeliberation, "In private: presenters, observers and family leave for it", "With everyone present")},
		{Key: "How cases are taken", Text: yes(t.ListMode, "Down a list, without votes", "One at a time")},
		{Key: "Time for each item", Text: Minutes(t.MinutesPerItem)},
		{Key: "Papers due", Text: clearDays(t.PapersDueDays)},
		{Key: "Agenda out", Text: clearDays(t.AgendaOutDays)},
		{Key: "Minutes out", Text: daysAfter(t.MinutesOutDays, "the meeting")},
		{Key: "Letters out", Text: daysAfter(t.LetterDays, "the decision") + ". " + t.LetterApproval.Words()},
		{Key: "Endorsed or authorised", Text: daysAfter(t.AnswerDays, "the decision") + ", where it needs that"},
		{Key: "Observers", Text: "At most " + strconv.Itoa(t.ObserversMax)},
		{Key: "A blocker rises a level", Text: "After " + strconv.Itoa(t.EscalateAfterDays) + " days without being solved"},
		{Key: "First review of a package", Text: yes(t.FirstReviewMonths == 1, "1 month", strconv.Itoa(t.FirstReviewMonths)+" months") + " after it starts"},
		{Key: "Weeks in a year, for costs", Text: yes(t.WeeksPerYearThousandths == 52143, "52.143", "52")},
		{Key: "In force from", Text: t.InForceOn.Long()},
	}
	if !t.ReviewDate.IsZero() {
		facts = append(facts, govuk.Fact{Key: "To be reviewed on", Text: t.ReviewDate.Long()})
	}
	return facts
}

// part says how far a seat takes part: "Chair, deciding", "Advisory".
func part(s panels.Seat) string {
	if s.Office == access.Member {
		return s.Standing.Words()
	}
	if s.Office == access.Clerk {
		return s.Office.Words()
	}
	return s.Office.Words() + ", " + strings.ToLower(s.Standing.Words())
}

func agencyOf(s panels.TableSeat) string {
	if s.AgencyName == "" {
		return "No agency"
	}
	return s.AgencyName
}

func heldBy(s panels.TableSeat) string {
	if s.HeldBy().Name == "" {
		return "Nobody yet"
	}
	return s.HeldBy().Name
}

func deputies(s panels.TableSeat) string {
	var names []string
	for _, d := range s.Deputies() {
		names = append(names, d.Name)
	}
	if len(names) == 0 {
		return "None named"
	}
	return strings.Join(names, ", ")
}

// deputiesMailMisses says of which deputies the mail comes back, "" of none.
func deputiesMailMisses(s panels.TableSeat) string {
	var names []string
	for _, d := range s.Deputies() {
		if d.MailFails {
			names = append(names, d.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "Mail comes back: " + strings.Join(names, ", ")
}

func seatHref(f panels.Forum, id uuid.UUID) string { return Href(f) + "/seats/" + id.String() }

func limit(pence int64) string {
	if pence == 0 {
		return "No limit"
	}
	return money.Pounds(pence) + " a year"
}

func place(order int) string {
	if order == 0 {
		return "Holds the seat"
	}
	return "Deputy " + strconv.Itoa(order)
}

// Until is a last day, where there is one.
func Until(d clock.Date) string {
	if d.IsZero() {
		return "Until further notice"
	}
	return d.Long()
}

// WeekdayOptions are the days of the week, Monday first.
func WeekdayOptions() []govuk.Option {
	options := []govuk.Option{{Value: "", Text: "Choose a day"}}
	for _, day := range []int{1, 2, 3, 4, 5, 6, 0} {
		options = append(options, govuk.Option{Value: strconv.Itoa(day), Text: time.Weekday(day).String()})
	}
	return options
}

func oftenChoices(other govuk.Choice) []govuk.Choice {
	var choices []govuk.Choice
	for _, o := range often {
		choices = append(choices, govuk.Choice{Value: o.value, Text: o.text})
	}
	return append(choices, other)
}

// NthChoices are which of a month's weekdays is meant.
var NthChoices = []govuk.Choice{
	{Value: "1", Text: "First"}, {Value: "2", Text: "Second"}, {Value: "3", Text: "Third"}, {Value: "4", Text: "Fourth"}, {Value: "-1", Text: "Last"},
}

// HolidayChoices are what may happen to a meeting that falls on a bank holiday.
func HolidayChoices() []govuk.Choice { return holidayChoices }

var holidayChoices = []govuk.Choice{
	{Value: string(calendar.MoveToNext), Text: "Hold it on the next working day"},
	{Value: string(calendar.MoveToPrevious), Text: "Hold it on the working day before"},
	{Value: string(calendar.SkipIt), Text: "Skip that meeting"},
}

func agencyOptions(agencies []panels.Agency) []govuk.Option {
	options := []govuk.Option{{Value: "", Text: "No agency, such as an independent chair"}}
	for _, a := range agencies {
		options = append(options, govuk.Option{Value: a.ID.String(), Text: a.Name})
	}
	return options
}

func forumOptions(forums []panels.Forum, automatic string) []govuk.Option {
	options := []govuk.Option{{Value: "", Text: automatic}}
	for _, f := range forums {
		options = append(options, govuk.Option{Value: f.ID.String(), Text: f.Name})
	}
	return options
}

// kindsAround are the kinds of agency that have a deciding seat.
func kindsAround(seats []panels.TableSeat) []govuk.Choice {
	var choices []govuk.Choice
	seen := map[panels.AgencyKind]bool{}
	for _, s := range seats {
		if s.Standing == access.Deciding && s.Kind != "" && !seen[s.Kind] {
			seen[s.Kind] = true
			choices = append(choices, govuk.Choice{Value: string(s.Kind), Text: s.Kind.Words()})
		}
	}
	return choices
}
