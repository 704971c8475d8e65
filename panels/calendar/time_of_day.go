package calendar

import (
	"database/sql/driver"
	"fmt"
	"strings"
	"time"

	"quorate/server/base/clock"
	"quorate/server/base/fault"
)

// A TimeOfDay is what a clock on a wall in England shows: it stays the same when the clocks change.
type TimeOfDay struct{ Hour, Minute int }

// ParseTimeOfDay reads a time as people type it: 9am, 9:30am, 9.30 am, 14:00, midday, midnight.
func ParseTimeOfDay(text string) (TimeOfDay, error) {
	said := strings.ToLower(strings.Join(strings.Fields(text), ""))
	said = strings.ReplaceAll(said, ".", ":")
	switch said {
	case "midday", "noon":
		return TimeOfDay{Hour: 12}, nil
	case "midnight":
		return TimeOfDay{}, nil
	}
	for _, layout := range []string{"15:04", "15:04:05", "3:04pm", "3pm"} {
		if t, err := time.Parse(layout, said); err == nil {
			return TimeOfDay{t.Hour(), t.Minute()}, nil
		}
	}
	return TimeOfDay{}, fault.New(fault.Invalid, "Enter a time, like 9:30am or 14:00")
}

// On is the instant at which it is this time in England on d.
func (t TimeOfDay) On(d clock.Date) time.Time { return d.At(t.Hour, t.Minute) }

// String is "09:30", as it is stored and as a time field wants it.
func (t TimeOfDay) String() string { return fmt.Sprintf("%02d:%02d", t.Hour, t.Minute) }

// Words is "9:30am", "2pm" or "midday".
func (t TimeOfDay) Words() string {
	return clock.Time(t.On(clock.NewDate(2026, time.January, 1)))
}

// Value stores it as a Postgres time.
func (t TimeOfDay) Value() (driver.Value, error) { return t.String(), nil }

// Scan reads a Postgres time.
func (t *TimeOfDay) Scan(src any) error {
	switch v := src.(type) {
	case string:
		parsed, err := ParseTimeOfDay(v)
		*t = parsed
		return err
	case []byte:
		return t.Scan(string(v))
	case time.Time:
		*t = TimeOfDay{v.Hour(), v.Minute()}
		return nil
	default:
		return fmt.Errorf("calendar: cannot read a time of day from %T", src)
	}
}

// GormDataType tells GORM the column's type.
func (TimeOfDay) GormDataType() string { return "time" }
