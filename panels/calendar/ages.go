package calendar

import (
	"fmt"
	"time"

	"quorate/server/base/clock"
)

// Age is the completed years of someone born on dob, on a day; negative before birth. Someone
// born on 29 February is a year older on 1 March in a common year.
func Age(dob, on clock.Date) int {
	age := on.Year - dob.Year
	if on.Before(Birthday(dob, age)) {
		age--
	}
	return age
}

// Birthday is the day on which someone born on dob reaches an age.
func Birthday(dob clock.Date, age int) clock.Date { return DateAtAge(dob, age, 0) }

// DateAtAge is the day on which someone born on dob reaches an age of years and months: 16½ is
// (16, 6). Where the month has no such day it is the first of the month that follows, as a
// birthday on 29 February is: born 31 August, 16½ is reached on 1 March.
func DateAtAge(dob clock.Date, years, months int) clock.Date {
	first := clock.NewDate(dob.Year+years, dob.Month+time.Month(months), 1)
	next := first.AddMonths(1)
	if day := first.AddDays(dob.Day - 1); day.Before(next) {
		return day
	}
	return next
}

// EndOfSchoolAge is the day compulsory school age ends: the last Friday in June of the school
// year, 1 September to 31 August, in which they turn 16 (Education Act 1996, section 8). EHCP
// rights pass to the young person then (Children and Families Act 2014).
func EndOfSchoolAge(dob clock.Date) clock.Date {
	d := clock.NewDate(schoolYear(Birthday(dob, 16))+1, time.June, 30)
	for d.Weekday() != time.Friday {
		d = d.AddDays(-1)
	}
	return d
}

// YearGroup is the school year group that someone born on dob is in on a day, in England:
// 0 is Reception, 9 is Year 9; negative before school starts, over 13 after sixth form.
func YearGroup(dob, on clock.Date) int {
	return Age(dob, clock.NewDate(schoolYear(on), time.August, 31)) - 4
}

// YearGroupWords is "Reception" or "Year 9", or "" outside Reception to Year 14.
func YearGroupWords(group int) string {
	switch {
	case group == 0:
		return "Reception"
	case group > 0 && group <= 14:
		return fmt.Sprintf("Year %d", group)
	default:
		return ""
	}
}

// schoolYear is the year in whose September the school year that holds d began.
func schoolYear(d clock.Date) int {
	if d.Month >= time.September {
		return d.Year
	}
	return d.Year - 1
}

// AgeBand is how a board sees an age: wide enough that no young person can be told from it.
func AgeBand(age int) string {
	switch {
	case age < 14:
		return "Under 14"
	case age <= 15:
		return "14–15"
	case age <= 17:
		return "16–17"
	case age <= 25:
		return "18–25"
	default:
		return "26 and over"
	}
}
