package panels

import (
	"strconv"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/clock"
)

// AbsenceKind is why somebody is away, as short as it can be said. There is none for illness: that
// is nobody's business here.
type AbsenceKind string

// The kinds of absence.
const (
	OnLeave       AbsenceKind = "leave"
	InTraining    AbsenceKind = "training"
	AwayOtherwise AbsenceKind = "other"
)

// AbsenceKinds are all of them, as forms offer them.
var AbsenceKinds = []AbsenceKind{OnLeave, InTraining, AwayOtherwise}

// Words is the kind as people say it.
func (k AbsenceKind) Words() string {
	switch k {
	case OnLeave:
		return "Leave"
	case InTraining:
		return "Training"
	case AwayOtherwise:
		return "Something else"
	default:
		return ""
	}
}

// Absence is a run of whole days on which somebody is away.
type Absence struct {
	ID         uuid.UUID
	PersonID   uuid.UUID
	FromDate   clock.Date
	ToDate     clock.Date // the last day away
	Kind       AbsenceKind
	RecordedBy uuid.UUID
	RecordedAt time.Time
	Version    int
}

// Away is what others see of an absence: who and when, and not why.
type Away struct {
	PersonID uuid.UUID
	Name     string
	FromDate clock.Date
	ToDate   clock.Date
}

// Away is the absence without its kind.
func (a Absence) Away() Away {
	return Away{PersonID: a.PersonID, FromDate: a.FromDate, ToDate: a.ToDate}
}

// Covers reports whether the person is away on a day.
func (a Away) Covers(on clock.Date) bool { return !on.Before(a.FromDate) && !on.After(a.ToDate) }

// Words is "3 to 14 August", "3 August" or, over the New Year, "28 December 2026 to 4 January 2027".
func (a Away) Words() string {
	from, to := dayAndMonth(a.FromDate), dayAndMonth(a.ToDate)
	switch {
	case a.FromDate == a.ToDate:
		return to
	case a.FromDate.Year != a.ToDate.Year:
		return a.FromDate.Long() + " to " + a.ToDate.Long()
	case a.FromDate.Month == a.ToDate.Month:
		return strconv.Itoa(a.FromDate.Day) + " to " + to
	default:
		return from + " to " + to
	}
}

func dayAndMonth(d clock.Date) string { return strconv.Itoa(d.Day) + " " + d.Month.String() }
