package notify

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"quorate/server/base/clock"
)

// TimeOfDay is minutes after midnight, Europe/London.
type TimeOfDay int

// Hours are when ordinary mail may leave: on working days, from Opens until Closes. The zero Hours are
// always open.
type Hours struct {
	Opens, Closes TimeOfDay
}

// morning is when daily digests leave, where no hours are set.
const morning TimeOfDay = 8 * 60

// lastCall is how long before closing everything goes that would otherwise be gathered past it: who
// publishes at 17:55 expects people to hear today.
const lastCall = time.Minute

// farAhead bounds the search for a working day: no partnership closes for two months.
const farAhead = 60

// ParseHours reads "08:00-18:00", or "always".
func ParseHours(text string) (Hours, error) {
	if text == "always" {
		return Hours{}, nil
	}
	opens, closes, found := strings.Cut(text, "-")
	from, errFrom := parseTimeOfDay(opens)
	until, errUntil := parseTimeOfDay(closes)
	if !found || errFrom != nil || errUntil != nil || until-from < 2 {
		return Hours{}, fmt.Errorf("QUORATE_MAIL_HOURS %q are not hours like 08:00-18:00; write always for no quiet hours", text)
	}
	return Hours{from, until}, nil
}

func parseTimeOfDay(text string) (TimeOfDay, error) {
	if len(text) != len("08:00") || text[2] != ':' {
		return 0, strconv.ErrSyntax
	}
	hour, errHour := strconv.ParseUint(text[:2], 10, 8)
	minute, errMinute := strconv.ParseUint(text[3:], 10, 8)
	if errHour != nil || errMinute != nil || minute > 59 || hour*60+minute > 24*60 {
		return 0, strconv.ErrRange
	}
	return TimeOfDay(hour*60 + minute), nil
}

// Words says the hours in a sentence about email: "between 8am and 6pm on working days"; "" when they are
// always open.
func (h Hours) Words() string {
	if h.always() {
		return ""
	}
	day := clock.NewDate(2000, time.January, 1)
	return fmt.Sprintf("between %s and %s on working days", clock.Time(h.Opens.on(day)), clock.Time(h.Closes.on(day)))
}

func (t TimeOfDay) on(d clock.Date) time.Time { return d.At(int(t)/60, int(t)%60) }

// always reports whether there are no quiet hours.
func (h Hours) always() bool { return h == Hours{} }

// next is the first moment from at on when ordinary mail may leave: at itself within the hours.
func (h Hours) next(at time.Time, working func(clock.Date) bool) time.Time {
	if h.always() {
		return at
	}
	day := clock.DateOf(at)
	for range farAhead {
		if working(day) && at.Before(h.Closes.on(day)) {
			if opens := h.Opens.on(day); at.Before(opens) {
				return opens
			}
			return at
		}
		day = day.AddDays(1)
	}
	return at // a table of holidays without an end must not end all mail
}

// gather is until when mail at a moment within the hours may be held to be sent with more: until, but
// never past the day's last call.
func (h Hours) gather(at, until time.Time) time.Time {
	if h.always() {
		return until
	}
	call := h.Closes.on(clock.DateOf(at)).Add(-lastCall)
	switch {
	case until.Before(call):
		return until
	case at.Before(call):
		return call
	default:
		return at
	}
}

// nextMorning is when the daily digest leaves next: at itself at that very moment.
func (h Hours) nextMorning(at time.Time, working func(clock.Date) bool) time.Time {
	begins := h.Opens
	if h.always() {
		begins = morning
	}
	day := clock.DateOf(at)
	for range farAhead {
		if leaves := begins.on(day); working(day) && !leaves.Before(at) {
			return leaves
		}
		day = day.AddDays(1)
	}
	return at
}
