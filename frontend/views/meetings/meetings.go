// Package meetings shows when forums meet, and one meeting with its deadlines.
package meetings

import (
	"fmt"
	"time"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"quorate/frontend/govuk"
	"quorate/frontend/views/clashes"
	"quorate/panels"
	"quorate/server/base/clock"
)

// Href is the address of a meeting's page.
func Href(id uuid.UUID) string { return "/meetings/" + id.String() }

// when is "9:30am to midday", with the day where the meeting runs past midnight.
func when(m panels.Meeting) string {
	switch m.Kind {
	case panels.Correspondence:
		return "Closes " + clock.Moment(m.EndsAt)
	case panels.ChairsAction:
		return clock.Time(m.StartsAt)
	}
	end := clock.Time(m.EndsAt)
	if clock.DateOf(m.EndsAt) != m.On() {
		end = clock.Moment(m.EndsAt)
	}
	return clock.Time(m.StartsAt) + " to " + end
}

func whole(m panels.Meeting) string { return m.On().LongWithWeekday() + ", " + when(m) }

// statusTag is nothing for a meeting that is simply to come.
func statusTag(m panels.Meeting) templ.Component {
	if m.Between() {
		return govuk.Tag{Text: m.Kind.Words(), Colour: govuk.Purple}
	}
	switch m.Status {
	case panels.Draft:
		return govuk.Tag{Text: m.Status.Words(), Colour: govuk.Grey}
	case panels.InSession:
		return govuk.Tag{Text: m.Status.Words(), Colour: govuk.Green}
	case panels.Adjourned:
		return govuk.Tag{Text: m.Status.Words(), Colour: govuk.Yellow}
	case panels.Cancelled:
		return govuk.Tag{Text: m.Status.Words(), Colour: govuk.Red}
	case panels.Closed:
		return govuk.Tag{Text: m.Status.Words(), Colour: govuk.Grey}
	default:
		if m.Extraordinary() {
			return govuk.Tag{Text: "Extraordinary", Colour: govuk.Purple}
		}
		return nil
	}
}

// deadlineTag says how a deadline stands on a day; done is when it was met.
func deadlineTag(on, today clock.Date, done bool) govuk.Tag {
	switch days := today.DaysUntil(on); {
	case done:
		return govuk.Tag{Text: "Done", Colour: govuk.Green}
	case days == 0:
		return govuk.Tag{Text: "Due today", Colour: govuk.Yellow}
	case days == 1:
		return govuk.Tag{Text: "Due tomorrow", Colour: govuk.Yellow}
	case days > 1:
		return govuk.Tag{Text: fmt.Sprintf("Due in %d days", days), Colour: govuk.Blue}
	case days == -1:
		return govuk.Tag{Text: "Overdue 1 day", Colour: govuk.Red}
	default:
		return govuk.Tag{Text: fmt.Sprintf("Overdue %d days", -days), Colour: govuk.Red}
	}
}

// Change is the form to move a meeting or call one, as typed.
type Change struct {
	Version                               int
	On                                    govuk.TypedDate
	StartTime, Duration, Venue, Link, Why string
	AgendaIsOut                           bool // the reader has said that they know the agenda is published

	Weighed *clashes.Weighed // what is against the time typed; nil when nothing is
	Kept    string           // the answer that it is held then all the same, while something else is mended
	Free    []panels.Slot    // the next that fit the forum, offered before anything is typed
}

// TypeMeeting shows a meeting in the form.
func TypeMeeting(m panels.Meeting) Change {
	return Change{
		Version: m.Version, On: govuk.TypeDate(m.On()), StartTime: clock.Time(m.StartsAt),
		Duration: fmt.Sprint(int(m.Duration() / time.Minute)), Venue: m.Venue, Link: m.JoiningLink,
	}
}
