package requests

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
	"quorate/server/base/money"
)

// Answer is what was typed for one section of a request. What cannot be read is noted and keeps the
// section from being saved; what is missing may follow later.
type Answer interface {
	Section() Section
	apply(tx db.Tx, form *fault.Form, w *Written) error
}

// textLimit is the most characters a long answer may have, lineLimit a short one.
const (
	textLimit = 4000
	lineLimit = 200
)

// text is an answer without the spaces round it, noted when it is too long.
func text(form *fault.Form, name, typed, words string, limit int) string {
	typed = strings.TrimSpace(typed)
	if len([]rune(typed)) > limit {
		form.Add(name, "Shorten %s to %s characters or fewer", words, thousand(limit))
	}
	return typed
}

func thousand(n int) string {
	if n >= 1000 {
		return fmt.Sprintf("%d,%03d", n/1000, n%1000)
	}
	return strconv.Itoa(n)
}

// pounds reads an amount; nothing typed is nothing.
func pounds(form *fault.Form, name, typed, sentence string) int64 {
	if strings.TrimSpace(typed) == "" {
		return 0
	}
	pence, err := money.Parse(typed)
	form.Require(err == nil, name, sentence)
	return pence
}

// Unread are dates of an answer that could not be read, noted by whoever read them.
type Unread []fault.Field

func (u Unread) note(form *fault.Form) {
	for _, problem := range u {
		form.Add(problem.Name, "%s", problem.Sentence)
	}
}

// AboutAnswer says what is asked for, for whom and of which panel.
type AboutAnswer struct {
	Kind       Kind
	CaseNumber string // "Q1042"; none for an uplift
	ForumID    uuid.UUID
}

// Section is About.
func (AboutAnswer) Section() Section { return About }

func (a AboutAnswer) apply(tx db.Tx, form *fault.Form, w *Written) error {
	form.Require(a.Kind.known(), "kind", "Choose what you are asking for")
	w.Kind = a.Kind
	if a.Kind == Uplift {
		w.CaseID, w.Case = nil, tracker.Case{}
	} else if number := normalised(a.CaseNumber); number == "" {
		form.Add("case_number", "Enter or choose the case this request is for")
	} else {
		c, err := tracker.CaseFor(tx, number)
		if fault.Is(err, fault.NotFound) {
			form.Add("case_number", "There is no case %s that you may bring. Check the number, like Q1042", number)
		} else if err != nil {
			return err
		}
		w.CaseID, w.Case = &c.ID, c
	}
	forums, err := Panels(tx)
	if err != nil {
		return err
	}
	known := false
	for _, forum := range forums {
		if forum.ID == a.ForumID {
			known, w.Forum, w.ForumID = true, forum, forum.ID
		}
	}
	form.Require(known, "forum", "Choose the panel to ask")
	return nil
}

// OwedAnswer names what the law already gives.
type OwedAnswer struct {
	Duties []Duty
	Words  map[Duty]string
	On     clock.Date // the order's
	Unread Unread
}

// Section is OwedInLaw.
func (OwedAnswer) Section() Section { return OwedInLaw }

func (a OwedAnswer) apply(_ db.Tx, form *fault.Form, w *Written) error {
	a.Unread.note(form)
	w.Owed = []Owed{}
	for _, duty := range Duties {
		if !slices.Contains(a.Duties, duty) {
			continue
		}
		owed := Owed{Duty: duty, Words: text(form, OwedField(duty), a.Words[duty], "this answer", textLimit)}
		if duty == Order {
			owed.On = a.On
		}
		w.Owed = append(w.Owed, owed)
	}
	if _, nothing := Owes(w.Owed, Nothing); nothing && len(w.Owed) > 1 {
		form.Add("owed", "Choose what is already owed, or that nothing is, not both")
	}
	return nil
}

// CircumstancesAnswer says why, as the kind of request asks.
type CircumstancesAnswer struct {
	Reason                   string
	AuthorisedBy, WhyNotWait string
	AuthorisedOn             clock.Date
	Provider                 string
	NoticedOn, NoticeEndsOn  clock.Date
	LastDay                  clock.Date // of a package that ends
	Unread                   Unread
}

// Section is Circumstances.
func (CircumstancesAnswer) Section() Section { return Circumstances }

func (a CircumstancesAnswer) apply(_ db.Tx, form *fault.Form, w *Written) error {
	a.Unread.note(form)
	w.Reason = text(form, "reason", a.Reason, "this answer", textLimit)
	switch w.Kind {
	case Retrospective:
		w.AuthorisedBy = text(form, "authorised_by", a.AuthorisedBy, "the name", lineLimit)
		w.WhyNotWait = text(form, "why_not_wait", a.WhyNotWait, "this answer", textLimit)
		w.AuthorisedOn = a.AuthorisedOn
		if a.AuthorisedOn.After(w.Today) {
			form.Add("authorised_on", "It was authorised today or earlier. Enter that date")
		}
	case Notice:
		w.Provider = text(form, "provider", a.Provider, "the name", lineLimit)
		w.NoticedOn, w.NoticeEndsOn = a.NoticedOn, a.NoticeEndsOn
		if a.NoticedOn.After(w.Today) {
			form.Add("noticed_on", "Notice was given today or earlier. Enter that date")
		}
		if !a.NoticedOn.IsZero() && !a.NoticeEndsOn.IsZero() && a.NoticeEndsOn.Before(a.NoticedOn) {
			form.Add("notice_ends_on", "The last day must be on or after the notice, %s", a.NoticedOn.Long())
		}
	case Ending:
		w.StartsOn, w.ReviewOn, w.EndsOn = clock.Date{}, clock.Date{}, a.LastDay
	}
	return nil
}

// NeedAnswer says what is needed and what should change, apart from what it costs.
type NeedAnswer struct{ Need, Outcomes string }

// Section is Need.
func (NeedAnswer) Section() Section { return Need }

func (a NeedAnswer) apply(_ db.Tx, form *fault.Form, w *Written) error {
	w.Need = text(form, "need", a.Need, "the need", textLimit)
	w.Outcomes = text(form, "outcomes", a.Outcomes, "the outcomes", textLimit)
	return nil
}

// TypedOption is one option as it was typed.
type TypedOption struct{ What, Why, Weekly, OneOff string }

// OptionsAnswer are the options weighed. Those left empty are not kept.
type OptionsAnswer struct {
	Options []TypedOption
	Chosen  int // which is proposed, from 1; 0 when none is chosen
}

// Section is OptionsWeighed.
func (OptionsAnswer) Section() Section { return OptionsWeighed }

// optionLimit is the most options a request may weigh.
const optionLimit = 8

func (a OptionsAnswer) apply(_ db.Tx, form *fault.Form, w *Written) error {
	w.Options = []Option{}
	for i, typed := range a.Options {
		if strings.TrimSpace(typed.What+typed.Why+typed.Weekly+typed.OneOff) == "" {
			continue
		}
		if i >= optionLimit {
			form.Add(OptionField("what", i), "Keep to %d options", optionLimit)
			break
		}
		w.Options = append(w.Options, Option{
			What: text(form, OptionField("what", i), typed.What, "the option", lineLimit), Why: text(form, OptionField("why", i), typed.Why, "this answer", textLimit),
			WeeklyPence: pounds(form, OptionField("weekly", i), typed.Weekly, "Enter what it would cost a week in pounds, like 1,204.50"),
			OneOffPence: pounds(form, OptionField("one_off", i), typed.OneOff, "Enter what it would cost once in pounds, like 1,204.50"),
			Chosen:      a.Chosen == i+1,
		})
	}
	return nil
}

// LineAnswer is one line of the costs as it was typed; Remove takes it off.
type LineAnswer struct {
	ID     uuid.UUID // uuid.Nil adds a line
	Remove bool

	Kind                                   LineKind
	What, Provider, Quantity, Price, Weeks string
	Unit                                   Unit
	Paid                                   Paid
}

// Section is Costs.
func (LineAnswer) Section() Section { return Costs }

// lineCount is the most lines the costs may have.
const lineCount = 60

func (a LineAnswer) apply(_ db.Tx, form *fault.Form, w *Written) error {
	at := slices.IndexFunc(w.Lines, func(l Line) bool { return l.ID == a.ID && a.ID != uuid.Nil })
	if a.ID != uuid.Nil && at < 0 {
		return fault.New(fault.NotFound, "There is no such line. It may have been taken off in another window.")
	}
	if a.Remove {
		w.Lines = slices.Delete(w.Lines, at, at+1)
		return nil
	}
	line := a.read(form)
	if at >= 0 {
		line.ID = a.ID
		w.Lines[at] = line
		return nil
	}
	if len(w.Lines) >= lineCount {
		form.Add("line_kind", "Keep to %d lines", lineCount)
	}
	line.ID = newID()
	w.Lines = append(w.Lines, line)
	return nil
}

// read notes what a line lacks: it is added whole or not at all. Equipment is paid for once.
func (a LineAnswer) read(form *fault.Form) Line {
	l := Line{Kind: a.Kind, Unit: a.Unit, Paid: a.Paid}
	form.Require(lineKindWords[a.Kind] != "", "line_kind", "Choose what is paid for")
	l.What = text(form, "what", a.What, "the description", lineLimit)
	form.Require(a.Kind != OtherLine || l.What != "", "what", "Enter what it is")
	l.Provider = text(form, "provider", a.Provider, "the provider’s name", lineLimit)
	if a.Kind == Equipment {
		l.Paid = Once
	}
	form.Require(l.Paid.known(), "paid", "Choose when it is paid")
	form.Require(a.Unit.known(), "unit", "Choose what the price is for")
	quantity, err := money.Parse(a.Quantity) // two decimals, as money has
	form.Require(err == nil && quantity > 0 && quantity <= quantityLimit && !strings.Contains(a.Quantity, "£"), "quantity", "Enter how many, like 37.5")
	l.Quantity = quantity
	price, err := money.Parse(a.Price)
	form.Require(err == nil && price > 0, "price", "Enter the price of one in pounds, like 22.50")
	l.PricePence = price
	switch l.Paid {
	case SomeWeeks:
		l.Weeks = weeksIn(form, a.Weeks, "weeks_a_year", 51, "Enter how many weeks a year, from 1 to 51. For every week choose “Every week”")
	case FixedWeeks:
		l.Weeks = weeksIn(form, a.Weeks, "weeks_in_all", 520, "Enter how many weeks in all, from 1 to 520")
	}
	if err == nil && quantity > 0 && quantity <= quantityLimit {
		if c := l.Cost(52_143); c.AnnualPence > money.Most || c.OneOffPence > money.Most {
			form.Add("price", "This line comes to more than %s. Check the number and the price", money.Pounds(money.Most))
		}
	}
	return l
}

// quantityLimit is the most units a line may count, in hundredths.
const quantityLimit = 10_000 * oneUnit

func weeksIn(form *fault.Form, typed, name string, most int, sentence string) int {
	n, err := strconv.Atoi(strings.TrimSpace(typed))
	form.Require(err == nil && n >= 1 && n <= most, name, sentence)
	return max(min(n, most), 0)
}

// ContributionAnswer says what the young person pays towards it themselves.
type ContributionAnswer struct {
	Pays   string // "yes" or "no"
	Weekly string
}

// Section is Contribution.
func (ContributionAnswer) Section() Section { return Contribution }

func (a ContributionAnswer) apply(_ db.Tx, form *fault.Form, w *Written) error {
	w.ClientWeeklyPence = nil
	switch a.Pays {
	case "no":
		w.ClientWeeklyPence = new(int64)
	case "yes":
		const sentence = "Enter what they pay a week in pounds, like 104.65"
		weekly := pounds(form, "client", a.Weekly, sentence)
		form.Require(strings.TrimSpace(a.Weekly) != "", "client", sentence)
		w.ClientWeeklyPence = &weekly
	}
	return nil
}

// DatesAnswer says when it starts, ends and is looked at again.
type DatesAnswer struct {
	StartsOn, EndsOn, ReviewOn clock.Date
	Unread                     Unread
}

// Section is Dates.
func (DatesAnswer) Section() Section { return Dates }

func (a DatesAnswer) apply(_ db.Tx, form *fault.Form, w *Written) error {
	a.Unread.note(form)
	if !a.StartsOn.IsZero() && !a.EndsOn.IsZero() && a.EndsOn.Before(a.StartsOn) {
		form.Add("ends_on", "The end must be on or after the start, %s", a.StartsOn.Long())
	}
	if !a.StartsOn.IsZero() && !a.ReviewOn.IsZero() && !a.ReviewOn.After(a.StartsOn) {
		form.Add("review_on", "The review must be after the start, %s", a.StartsOn.Long())
	}
	w.StartsOn, w.EndsOn, w.ReviewOn = a.StartsOn, a.EndsOn, a.ReviewOn
	return nil
}
