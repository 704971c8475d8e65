package clock

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// A Date is a calendar day with no hour and no zone. The zero Date means "Not known"
// and is stored as NULL.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// NewDate returns the day y-m-d, carrying overflow as time.Date does (31 June is 1 July).
func NewDate(y int, m time.Month, d int) Date {
	return dateOfUTC(time.Date(y, m, d, 0, 0, 0, 0, time.UTC))
}

// DateOf is the day on which the instant t falls in Europe/London.
func DateOf(t time.Time) Date {
	y, m, d := t.In(London).Date()
	return Date{y, m, d}
}

// ParseDate reads an ISO 8601 day such as "2027-03-04".
func ParseDate(iso string) (Date, error) {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return Date{}, fmt.Errorf("clock: %q is not a date like 2027-03-04", iso)
	}
	return dateOfUTC(t), nil
}

// MustDate is ParseDate for constants in tests and tables; it panics on a bad one.
func MustDate(iso string) Date {
	d, err := ParseDate(iso)
	if err != nil {
		panic(err)
	}
	return d
}

func dateOfUTC(t time.Time) Date {
	y, m, d := t.UTC().Date()
	return Date{y, m, d}
}

func (d Date) utc() time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
}

// IsZero reports whether the day is Not known.
func (d Date) IsZero() bool { return d == Date{} }

// At is the instant at which clocks in Europe/London show hour:minute on d. A time the spring
// change skips is read an hour later; one the autumn change repeats is its first occurrence.
func (d Date) At(hour, minute int) time.Time {
	t := time.Date(d.Year, d.Month, d.Day, hour, minute, 0, 0, London)
	if earlier := t.Add(-time.Hour); earlier.Hour() == t.Hour() && earlier.Minute() == t.Minute() {
		return earlier
	}
	return t
}

// Start is the first instant of d in Europe/London.
func (d Date) Start() time.Time { return d.At(0, 0) }

// AddDays moves by n days; n may be negative.
func (d Date) AddDays(n int) Date { return dateOfUTC(d.utc().AddDate(0, 0, n)) }

// AddMonths moves by n calendar months, holding to the last day of a shorter month
// (31 January and one month is 28 February, or 29 in a leap year).
func (d Date) AddMonths(n int) Date {
	first := time.Date(d.Year, d.Month+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return Date{first.Year(), first.Month(), min(d.Day, last)}
}

// DaysUntil counts the days from d to other: negative when other is earlier.
func (d Date) DaysUntil(other Date) int {
	return int(other.utc().Sub(d.utc()) / (24 * time.Hour))
}

// Before reports whether d is earlier than other.
func (d Date) Before(other Date) bool { return d.utc().Before(other.utc()) }

// After reports whether d is later than other.
func (d Date) After(other Date) bool { return d.utc().After(other.utc()) }

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// String is the ISO 8601 day, or "" when Not known.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.utc().Format(time.DateOnly)
}

// Long is the day as people read it, "4 March 2027", or "Not known".
func (d Date) Long() string {
	if d.IsZero() {
		return "Not known"
	}
	return d.utc().Format("2 January 2006")
}

// LongWithWeekday is "Thursday 4 March 2027", or "Not known".
func (d Date) LongWithWeekday() string {
	if d.IsZero() {
		return "Not known"
	}
	return d.utc().Format("Monday 2 January 2006")
}

// MarshalText writes the ISO day, so JSON holds "2027-03-04" or "".
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads an ISO day; empty text is Not known.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// Value stores the day as a Postgres date; Not known is NULL.
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil
	}
	return d.String(), nil
}

// Scan reads a Postgres date; NULL is Not known.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Date{}
		return nil
	case time.Time:
		*d = dateOfUTC(v)
		return nil
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	default:
		return fmt.Errorf("clock: cannot read a date from %T", src)
	}
}

// GormDataType tells GORM the column's type.
func (Date) GormDataType() string { return "date" }

// Time is the time of day as people read it in Europe/London: "12:30pm", "9am", "midday", "midnight".
func Time(t time.Time) string {
	t = t.In(London)
	switch h, m := t.Hour(), t.Minute(); {
	case h == 12 && m == 0:
		return "midday"
	case h == 0 && m == 0:
		return "midnight"
	case m == 0:
		return t.Format("3pm")
	default:
		return t.Format("3:04pm")
	}
}

// Moment is "Thursday 26 November 2026, 12:30pm".
func Moment(t time.Time) string {
	return DateOf(t).LongWithWeekday() + ", " + Time(t)
}
