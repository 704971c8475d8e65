package requests

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/server/base/clock"
	"quorate/server/base/fault"
	"quorate/server/base/money"
)

// Form is a request as it was typed. What cannot be read stays as it is, to be mended.
type Form struct {
	CaseNumber string // "Q1042"
	ForumID    uuid.UUID

	Need, Outcomes, OptionsConsidered, AlreadyOwed string

	Weekly, OneOff   string // pounds: "1,204.50"
	StartsOn, EndsOn clock.Date
	ReviewOn         clock.Date
	DateProblems     []fault.Field // dates that could not be read
	ByPercent        bool          // shares are typed as percents of both costs
	Shares           []TypedShare
}

// TypedShare is what was typed beside one funder.
type TypedShare struct {
	AgencyID uuid.UUID
	Weekly   string // pounds a week
	OneOff   string // pounds
	Percent  string
}

// ShareField names a share's field in the form and in the errors about it.
func ShareField(kind string, agencyID uuid.UUID) string { return kind + "-" + agencyID.String() }

// textLimit is the most characters an answer may have.
const textLimit = 4000

// amounts is what a form's money comes to.
type amounts struct {
	weekly, oneOff int64
	shares         []Share
	percents       int64 // hundredths of a per cent, when shares were typed so
	unread         bool  // an amount cannot be read, so nothing is said of how they add up
}

// read notes what cannot be read and returns the rest, so that a draft may be saved half done.
func (f Form) read(form *fault.Form, funders []panels.Agency) amounts {
	var a amounts
	for _, answer := range []struct{ name, text, words string }{
		{"need", f.Need, "the need"}, {"outcomes", f.Outcomes, "the outcomes"},
		{"options_considered", f.OptionsConsidered, "the options considered"}, {"already_owed", f.AlreadyOwed, "what is already owed"},
	} {
		if len([]rune(answer.text)) > textLimit {
			form.Add(answer.name, "Shorten %s to 4,000 characters or fewer", answer.words)
		}
	}
	for _, problem := range f.DateProblems {
		form.Add(problem.Name, "%s", problem.Sentence)
	}
	a.weekly = a.pounds(form, "weekly", f.Weekly, "Enter the weekly cost in pounds, like 1,204.50")
	a.oneOff = a.pounds(form, "one_off", f.OneOff, "Enter the one-off cost in pounds, like 1,204.50")
	if !f.StartsOn.IsZero() && !f.EndsOn.IsZero() && f.EndsOn.Before(f.StartsOn) {
		form.Add("ends_on", "The end must be on or after the start, %s", f.StartsOn.Long())
	}
	if !f.StartsOn.IsZero() && !f.ReviewOn.IsZero() && !f.ReviewOn.After(f.StartsOn) {
		form.Add("review_on", "The review must be after the start, %s", f.StartsOn.Long())
	}

	known := make(map[uuid.UUID]bool, len(funders))
	for _, agency := range funders {
		known[agency.ID] = true
	}
	percents := make([]int64, 0, len(f.Shares))
	for _, typed := range f.Shares {
		if !known[typed.AgencyID] {
			continue // not a funder: the form never offered it
		}
		share := Share{AgencyID: typed.AgencyID}
		if f.ByPercent {
			percent, err := ParsePercent(typed.Percent)
			if err != nil {
				form.Add(ShareField("percent", typed.AgencyID), "Enter a percentage from 0 to 100, like 33.33")
				a.unread = true
			}
			percents = append(percents, percent)
			a.percents += percent
		} else {
			share.WeeklyPence = a.pounds(form, ShareField("weekly", typed.AgencyID), typed.Weekly, "Enter the share in pounds a week, like 602.25")
			share.OneOffPence = a.pounds(form, ShareField("one_off", typed.AgencyID), typed.OneOff, "Enter the share in pounds, like 602.25")
		}
		a.shares = append(a.shares, share)
	}
	if f.ByPercent && a.percents <= WholePercent {
		for i, pence := range SplitPercent(a.weekly, percents) {
			a.shares[i].WeeklyPence = pence
		}
		for i, pence := range SplitPercent(a.oneOff, percents) {
			a.shares[i].OneOffPence = pence
		}
	}
	if f.ByPercent && a.percents > WholePercent && !a.unread {
		form.Add("split", "Shares come to %s%%. Take %s%% off", PercentWords(a.percents), PercentWords(a.percents-WholePercent))
	}
	return a
}

func (a *amounts) pounds(form *fault.Form, name, typed, sentence string) int64 {
	if strings.TrimSpace(typed) == "" {
		return 0
	}
	pence, err := money.Parse(typed)
	if err != nil {
		form.Add(name, "%s", sentence)
		a.unread = true
	}
	return pence
}

// complete notes what a request still lacks before a panel can take it.
func (f Form) complete(form *fault.Form, a amounts, c tracker.Case, kinds map[uuid.UUID]panels.AgencyKind) {
	form.Require(strings.TrimSpace(f.Need) != "", "need", "Enter what the young person needs")
	form.Require(strings.TrimSpace(f.Outcomes) != "", "outcomes", "Enter what should be different for the young person")
	form.Require(strings.TrimSpace(f.OptionsConsidered) != "", "options_considered", "Enter the options considered, and why this one")
	form.Require(strings.TrimSpace(f.AlreadyOwed) != "", "already_owed", "Enter what is already owed, or “Nothing”")
	form.Require(a.weekly > 0 || a.oneOff > 0 || a.unread, "weekly", "Enter a weekly cost, a one-off cost, or both")
	form.Require(!f.StartsOn.IsZero() || hasProblem(f.DateProblems, "starts_on"), "starts_on", "Enter when the package starts")
	switch {
	case a.unread:
	case f.ByPercent:
		if a.percents < WholePercent {
			form.Add("split", "Shares come to %s%%. Share the other %s%%", PercentWords(a.percents), PercentWords(WholePercent-a.percents))
		}
	default:
		var weekly, oneOff []int64
		for _, share := range a.shares {
			weekly, oneOff = append(weekly, share.WeeklyPence), append(oneOff, share.OneOffPence)
		}
		if sentence := mismatch(a.weekly, weekly, " a week"); sentence != "" {
			form.Add("split", "%s", sentence)
		}
		if sentence := mismatch(a.oneOff, oneOff, " as a one-off"); sentence != "" {
			form.Add("split", "%s", sentence)
		}
	}
	if eligibleFrom18(c, f.StartsOn) {
		kind := "weekly"
		if f.ByPercent {
			kind = "percent"
		}
		for _, share := range a.shares {
			if k := kinds[share.AgencyID]; (k == panels.AdultSocialCare || k == panels.ChildrenSocialCare) && share.WeeklyPence+share.OneOffPence > 0 {
				form.Add(ShareField(kind, share.AgencyID), "From 18 this young person is eligible for NHS continuing healthcare, so the NHS pays for all health and social care. Take this share off")
			}
		}
	}
}

func hasProblem(problems []fault.Field, name string) bool {
	for _, p := range problems {
		if p.Name == name {
			return true
		}
	}
	return false
}

// mismatch says how far shares are from the cost, to the penny: "Shares come to £1,204.49 a week; the
// cost is £1,204.50. Add 1p to a share."
func mismatch(cost int64, shares []int64, per string) string {
	left := Left(cost, shares)
	switch {
	case left > 0:
		return fmt.Sprintf("Shares come to %s%s; the cost is %s. Add %s to a share.", money.Pounds(cost-left), per, money.Pounds(cost), pence(left))
	case left < 0:
		return fmt.Sprintf("Shares come to %s%s; the cost is %s. Take %s off a share.", money.Pounds(cost-left), per, money.Pounds(cost), pence(-left))
	default:
		return ""
	}
}

func pence(amount int64) string {
	if amount < 100 {
		return fmt.Sprintf("%dp", amount)
	}
	return money.Pounds(amount)
}

// eligibleFrom18 reports whether the NHS pays all health and social care of a package that starts at
// 18 or later (National Framework for NHS Continuing Healthcare).
func eligibleFrom18(c tracker.Case, starts clock.Date) bool {
	return strings.EqualFold(strings.TrimSpace(c.CHCDecision), "eligible") && !starts.IsZero() && !starts.Before(calendar.Birthday(c.DateOfBirth, 18))
}

// ParsePercent reads a percentage as people type it, in hundredths of a per cent; nothing typed is 0.
func ParsePercent(typed string) (int64, error) {
	text := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(typed), "%"))
	if text == "" {
		return 0, nil
	}
	hundredths, err := money.Parse(text)
	if err != nil || strings.ContainsAny(text, "£,") || hundredths > WholePercent {
		return 0, fmt.Errorf("not a percentage")
	}
	return hundredths, nil
}

// PercentWords writes hundredths of a per cent without the sign: "33.33", "50".
func PercentWords(hundredths int64) string {
	text := strconv.FormatFloat(float64(hundredths)/100, 'f', 2, 64)
	return strings.TrimRight(strings.TrimRight(text, "0"), ".")
}

// LeftToShare says what is still to share in the words the form shows: "£0.01 a week left to share".
// It is "" when nothing can be said: no cost is typed yet, or an amount cannot be read.
func (f Form) LeftToShare(funders []panels.Agency) string {
	var form fault.Form
	a := f.read(&form, funders)
	if a.unread || a.weekly == 0 && a.oneOff == 0 {
		return ""
	}
	if f.ByPercent {
		switch left := WholePercent - a.percents; {
		case left > 0:
			return PercentWords(left) + "% left to share"
		case left < 0:
			return PercentWords(-left) + "% too much"
		default:
			return "Nothing left to share"
		}
	}
	weekly, oneOff := a.weekly, a.oneOff
	for _, share := range a.shares {
		weekly -= share.WeeklyPence
		oneOff -= share.OneOffPence
	}
	var parts []string
	for _, part := range []struct {
		left int64
		per  string
	}{{weekly, " a week"}, {oneOff, " of the one-off cost"}} {
		switch {
		case part.left > 0:
			parts = append(parts, money.Pounds(part.left)+part.per+" left to share")
		case part.left < 0:
			parts = append(parts, money.Pounds(-part.left)+part.per+" too much")
		}
	}
	if len(parts) == 0 {
		return "Nothing left to share"
	}
	return strings.Join(parts, "; ")
}
