package panels

import (
	"slices"

	"quorate/panels/calendar"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// YearPlan is twelve months of a forum: what its planner shows.
type YearPlan struct {
	Forum    Forum
	From, To clock.Date   // the first day of the first month, and the last of the last
	Meetings []MeetingRow // also those just outside, whose deadlines may fall inside
	Holidays []calendar.Holiday
	Pauses   []calendar.Pause // when its series make no meetings
}

// notice is longer than any deadline lies before or after its meeting.
const notice = 4 // months

// PlanYear gathers twelve months of a forum from a month on, for whoever may know of its meetings.
func PlanYear(tx db.Tx, slug string, from clock.Date) (plan YearPlan, err error) {
	if plan.Forum, err = ForumBySlug(tx, slug); err != nil {
		return plan, err
	}
	if err := tx.Actor.Check(access.ReadMeeting, plan.Forum.ID); err != nil {
		return plan, err
	}
	plan.From = clock.NewDate(from.Year, from.Month, 1)
	plan.To = plan.From.AddMonths(12).AddDays(-1)
	plan.Meetings, err = ListMeetings(tx, plan.From.AddMonths(-notice), plan.To.AddMonths(notice), plan.Forum.ID)
	if err != nil {
		return plan, err
	}
	series, err := SeriesOf(tx, plan.Forum.ID, plan.From)
	if err != nil {
		return plan, err
	}
	for _, s := range series {
		for _, pause := range s.Pauses {
			if !slices.Contains(plan.Pauses, pause) {
				plan.Pauses = append(plan.Pauses, pause)
			}
		}
	}
	days, err := WorkingDays(tx)
	if err != nil {
		return plan, err
	}
	for year := plan.From.Year; year <= plan.To.Year; year++ {
		for _, holiday := range days.BankHolidays(year) {
			if !holiday.On.Before(plan.From) && !holiday.On.After(plan.To) {
				plan.Holidays = append(plan.Holidays, holiday)
			}
		}
	}
	return plan, nil
}
