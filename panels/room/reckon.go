package room

import (
	"fmt"
	"slices"

	"github.com/google/uuid"

	"quorate/agendas/requests"
	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/money"
)

// exposureWords is what a package costs beyond its week: "£62,634 a year, £187,902 to 3 March 2034".
func exposureWords(e requests.Exposure) string {
	words := money.Pounds(e.AnnualPence) + " a year"
	if e.Assumed {
		words += ", " + money.Pounds(e.WholePence) + " to the 25th birthday"
	} else if !e.Until.IsZero() {
		words += ", " + money.Pounds(e.WholePence) + " to " + e.Until.Long()
	}
	return words
}

// exposureOf is what is voted on costs beyond its week, "" where nobody pays.
func (s State) exposureOf(item Item, vote Vote) string {
	weekly, oneOff := totals(vote.split())
	if weekly == 0 && oneOff == 0 {
		return ""
	}
	cost := requests.Cost{WeeklyPence: weekly, OneOffPence: oneOff}
	if weekly == item.WeeklyPence {
		cost.AnnualPence = item.AnnualPence
	}
	return exposureWords(requests.ExposureOf(cost, vote.StartOn, vote.EndOn, clock.Date{}, item.Born, s.Terms.WeeksPerYearThousandths))
}

// lifeOn is the last day before somebody is 25: how long a package without an end is reckoned to run.
func lifeOn(born clock.Date) clock.Date {
	if born.IsZero() {
		return born
	}
	return calendar.Birthday(born, 25).AddDays(-1)
}

// financialYear is the one a day falls in: from 1 April to 31 March.
func financialYear(day clock.Date) (first, last clock.Date) {
	year := day.Year
	if day.Before(clock.NewDate(year, 4, 1)) {
		year--
	}
	return clock.NewDate(year, 4, 1), clock.NewDate(year+1, 3, 31)
}

// inYear is what a share comes to between two days, both included: a day is a seventh of a week, and what
// is paid once falls on the start.
func inYear(share Share, start, end, first, last clock.Date) int64 {
	if start.IsZero() || start.After(last) || !end.IsZero() && end.Before(first) {
		return 0
	}
	from, to, pence := first, last, int64(0)
	if !start.Before(first) {
		from, pence = start, share.OneOffPence
	}
	if !end.IsZero() && end.Before(last) {
		to = end
	}
	days := int64(from.DaysUntil(to) + 1)
	return pence + (2*share.WeeklyPence*days+7)/14 // to the nearest penny
}

// commitment is what an agency is to pay in the meeting's financial year by decisions that bind: those of this
// panel for one of the young people of this meeting, or, with no case, all others. Of other panels' decisions
// nobody here is told more than what they come to with all the rest.
type commitment struct {
	AgencyID uuid.UUID
	CaseID   *uuid.UUID
	ItemID   *uuid.UUID // where this meeting decided it: whoever has left for the item is not told it is among them
	Pence    int64
}

// loadCommitments adds them up. What a later decision replaced is paid until that one starts.
func (s *State) loadCommitments(tx db.Tx) error {
	s.Commitments = nil
	if s.Forum.Board {
		return nil
	}
	first, last := financialYear(s.Meeting.On())
	return tx.Raw(`
		with here as (select case_id from agenda_item where meeting_id = @meeting and case_id is not null and request_id is not null),
		paid as (
			select x.agency_id, case when d.forum_id = @forum and d.case_id in (select case_id from here) then d.case_id end as case_id,
				case when d.meeting_id = @meeting then d.item_id end as item_id, x.weekly_pence, x.one_off_pence, d.start_on,
				greatest(d.start_on, @first) as from_on, least(d.end_on, replaced.start_on - 1, @last) as to_on
			from decision d
			join binding_decision b on b.decision_id = d.id and b.outcome in ('agreed', 'agreed_with_conditions', 'agreed_in_part')
			join decision_share x on x.decision_id = d.id
			left join lateral (
				select min(l.start_on) as start_on from decision l join binding_decision lb on lb.decision_id = l.id where l.replaces_id = d.id
			) replaced on true
			where d.outcome in ('agreed', 'agreed_with_conditions', 'agreed_in_part', 'provisional') and d.start_on <= @last and coalesce(d.end_on, 'infinity') >= @first
		)
		select agency_id, case_id, item_id, sum(
			case when to_on >= from_on then round(weekly_pence * (to_on - from_on + 1) / 7.0) else 0 end
			+ case when start_on between @first and @last then one_off_pence else 0 end)::bigint as pence
		from paid group by agency_id, case_id, item_id`,
		map[string]any{"forum": s.Forum.ID, "meeting": s.Meeting.ID, "first": first, "last": last}).Scan(&s.Commitments).Error
}

// committed is what an agency is to pay this financial year, in all and for one young person, for somebody who
// has left for some of the meeting's items.
func (s State) committed(agencyID uuid.UUID, caseID *uuid.UUID, left []uuid.UUID) (all, own int64) {
	for _, c := range s.Commitments {
		if c.AgencyID != agencyID || c.ItemID != nil && slices.Contains(left, *c.ItemID) {
			continue
		}
		all += c.Pence
		if caseID != nil && c.CaseID != nil && *c.CaseID == *caseID {
			own += c.Pence
		}
	}
	return all, own
}

func (s State) year(item Item, left []uuid.UUID) YearView {
	first, last := financialYear(s.Meeting.On())
	view := YearView{Words: fmt.Sprintf("%d to %d", first.Year, last.Year), FirstOn: first, LastOn: last, Commitments: []CommitmentView{}}
	for _, agency := range s.Agencies {
		if agency.Funder && !agency.Outside { // others have other books
			all, own := s.committed(agency.ID, item.CaseID, left)
			view.Commitments = append(view.Commitments, CommitmentView{AgencyID: agency.ID, Pence: all, OwnPence: own})
		}
	}
	return view
}

// effect is what a share that is voted on does to what its agency is committed to this financial year.
// A funder from outside has other books.
func (s State) effect(vote Vote, share Share, left []uuid.UUID) string {
	item, found := s.item(vote.ItemID)
	if !found || s.agency(share.AgencyID).Outside {
		return ""
	}
	first, last := financialYear(s.Meeting.On())
	all, own := s.committed(share.AgencyID, item.CaseID, left)
	return effectWords(inYear(share, vote.StartOn, vote.EndOn, first, last), all, own, last)
}

// effectWords says what a share adds to what is committed: "£9,033 this financial year, to 31 March 2027.
// Decisions of all panels commit £412,300 in it already, £4,000 of it by this panel for this young person".
func effectWords(adds, all, own int64, last clock.Date) string {
	words := fmt.Sprintf("%s this financial year, to %s. ", money.Pounds(adds), last.Long())
	if all == 0 {
		return words + "Decisions of all panels commit nothing else in it"
	}
	words += "Decisions of all panels commit " + money.Pounds(all) + " in it already"
	if own > 0 {
		words += ", " + money.Pounds(own) + " of it by this panel for this young person"
	}
	return words
}

// presets are the usual ways to share what an item asks for, those that can be used, to the penny.
func (s State) presets(item Item) []Preset {
	var list []Preset
	add := func(name, text string, weights map[uuid.UUID]int64) {
		each := make([]int64, len(s.Agencies))
		any := false
		for i, agency := range s.Agencies {
			if agency.Funder {
				each[i] = weights[agency.ID]
				any = any || each[i] > 0
			}
		}
		if !any {
			return
		}
		weekly, oneOff := money.SplitLike(item.WeeklyPence, each), money.SplitLike(item.OneOffPence, each)
		preset := Preset{Name: name, Text: text, Split: []Share{}}
		for i, agency := range s.Agencies {
			if weekly[i] > 0 || oneOff[i] > 0 {
				preset.Split = append(preset.Split, Share{AgencyID: agency.ID, WeeklyPence: weekly[i], OneOffPence: oneOff[i]})
			}
		}
		list = append(list, preset)
	}
	if len(item.Shares) > 0 {
		list = append(list, Preset{Name: "asked", Text: "As asked for", Split: item.Shares})
	}
	ours := func(kind panels.AgencyKind) map[uuid.UUID]int64 {
		weights := map[uuid.UUID]int64{}
		for _, agency := range s.Agencies {
			if agency.Funder && !agency.Outside && (kind == "" || agency.Kind == kind) {
				weights[agency.ID] = 1
				if kind != "" {
					break
				}
			}
		}
		return weights
	}
	add("health", "The NHS pays it all", ours(panels.HealthContinuing))
	equal := map[uuid.UUID]int64{}
	for _, payer := range payers(item.Shares, s.Agencies) {
		equal[payer.ID] = 1
	}
	if len(equal) < 2 {
		equal = ours("")
	}
	add("equal", "Equal shares", equal)
	if item.Previous != nil {
		now := map[uuid.UUID]int64{}
		for _, share := range item.Previous.Shares {
			now[share.AgencyID] = share.WeeklyPence
		}
		add("now", "As it is shared now", now)
	}
	return list
}

// Reckoned is what a split comes to while somebody writes it.
type Reckoned struct {
	Left    string               // "£46.20 a week still to share"
	Whole   string               // "£62,634 a year, £187,902 to 3 March 2034"
	Effects map[uuid.UUID]string // by agency that would pay: over a year, and this financial year
}

// Reckon works out what a split of the request comes to, were it to run between two days. Not known is as
// asked for.
func (r RequestView) Reckon(split []Share, start, end clock.Date) Reckoned {
	if start.IsZero() {
		start = r.StartOn
	}
	if end.IsZero() {
		end = r.EndOn
	}
	weekly, oneOff := totals(split)
	cost := requests.Cost{WeeklyPence: weekly, OneOffPence: oneOff}
	if weekly == r.WeeklyPence {
		cost.AnnualPence = r.AnnualPence
	}
	until := end
	if until.IsZero() {
		until = r.LifeOn
	}
	exposure := requests.ExposureOf(cost, start, until, clock.Date{}, clock.Date{}, r.Weeks)
	exposure.Assumed = end.IsZero() && !exposure.Until.IsZero()
	reckoned := Reckoned{Left: stillToShare(r.WeeklyPence-weekly, r.OneOffPence-oneOff), Whole: exposureWords(exposure), Effects: map[uuid.UUID]string{}}
	for _, share := range split {
		words := money.Pounds(requests.AnnualPence(share.WeeklyPence, r.Weeks)) + " a year"
		for _, c := range r.Year.Commitments {
			if c.AgencyID == share.AgencyID {
				words += ", " + effectWords(inYear(share, start, end, r.Year.FirstOn, r.Year.LastOn), c.Pence, c.OwnPence, r.Year.LastOn)
			}
		}
		reckoned.Effects[share.AgencyID] = words
	}
	return reckoned
}

func stillToShare(weekly, oneOff int64) string {
	words := func(pence int64, per string) string {
		switch {
		case pence > 0:
			return money.Pounds(pence) + per + " still to share"
		case pence < 0:
			return money.Pounds(-pence) + per + " too much is shared"
		}
		return ""
	}
	week, once := words(weekly, " a week"), words(oneOff, " of the one-off cost")
	switch {
	case week == "" && once == "":
		return "All of it is shared"
	case week == "":
		return once
	case once == "":
		return week
	}
	return week + "; " + once
}
