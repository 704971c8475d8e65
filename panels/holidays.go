package panels

import (
	"slices"

	"github.com/google/uuid"

	"quorate/panels/calendar"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// holidayYears is how many years of bank holidays are shown, this one included.
const holidayYears = 3

// HolidayLine is a bank holiday, or a usual one that is worked.
type HolidayLine struct {
	On       clock.Date
	Name     string
	OneOff   bool // entered by hand: the rules do not give it
	Worked   bool
	Meetings []MeetingRow // held on it all the same, that the reader may know of
}

// HolidayYear is a year's bank holidays, earliest first.
type HolidayYear struct {
	Year int
	Days []HolidayLine
}

// Holidays are the bank holidays of this year and the two that follow, with the one-off days.
func Holidays(tx db.Tx) ([]HolidayYear, error) {
	if err := tx.Actor.Check(access.UseProduct, uuid.Nil); err != nil {
		return nil, err
	}
	days, oneOffs, err := workingDays(tx)
	if err != nil {
		return nil, err
	}
	today := tx.Today()
	var years []HolidayYear
	coming := []clock.Date{{}}
	for year := today.Year; year < today.Year+holidayYears; year++ {
		y := HolidayYear{Year: year}
		for _, holiday := range days.BankHolidays(year) {
			y.Days = append(y.Days, HolidayLine{On: holiday.On, Name: holiday.Name})
		}
		for _, oneOff := range oneOffs {
			if oneOff.On.Year == year && oneOff.Worked {
				y.Days = append(y.Days, HolidayLine{On: oneOff.On, Name: oneOff.Name, Worked: true})
			}
		}
		slices.SortFunc(y.Days, func(a, b HolidayLine) int { return b.On.DaysUntil(a.On) })
		for i := range y.Days {
			line := &y.Days[i]
			line.OneOff = slices.ContainsFunc(oneOffs, func(o calendar.OneOff) bool { return o.On == line.On })
			if !line.Worked && !line.On.Before(today) {
				coming = append(coming, line.On)
			}
		}
		years = append(years, y)
	}
	meetings, err := meetingsOn(tx, coming)
	for i := range years {
		for j := range years[i].Days {
			line := &years[i].Days[j]
			for _, m := range meetings {
				if m.On() == line.On && !line.Worked {
					line.Meetings = append(line.Meetings, m)
				}
			}
		}
	}
	return years, err
}

// meetingsOn lists the meetings to come on any of these days that the actor may know of.
func meetingsOn(tx db.Tx, days []clock.Date) ([]MeetingRow, error) {
	all, forums := forumsOfMeetings(tx.Actor)
	if !all && len(forums) == 0 {
		return nil, nil
	}
	var rows []MeetingRow
	err := tx.Raw(selectMeetingRows+`
		where m.starts_at > @now and m.status in ('draft', 'scheduled') and (@all or m.forum_id in @forums) and `+NotDraft+`
			and (m.starts_at at time zone 'Europe/London')::date in @days
		order by m.starts_at, f.name, m.id limit @limit`, DraftsSeen(tx.Actor, map[string]any{
		"now": tx.Now, "all": all, "forums": append(forums, uuid.Nil), "days": days, "limit": listLimit,
	})).Scan(&rows).Error
	return rows, err
}

func workingDays(tx db.Tx) (calendar.WorkingDays, []calendar.OneOff, error) {
	var days []calendar.OneOff
	err := tx.Raw(`select day as "on", name, working as worked from one_off_holiday order by day`).Scan(&days).Error
	return calendar.NewWorkingDays(days...), days, err
}

// WorkingDays are the working days of England and Wales with the one-off days that were entered.
func WorkingDays(tx db.Tx) (calendar.WorkingDays, error) {
	days, _, err := workingDays(tx)
	return days, err
}
