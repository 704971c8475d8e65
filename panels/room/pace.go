package room

import (
	"fmt"
	"time"

	"quorate/agendas"
)

// PaceView is what the time left is worked out from, on the page as the minutes pass.
type PaceView struct {
	WaitingMinutes int        `json:"waiting_minutes"` // planned for the items that wait
	OpenMinutes    int        `json:"open_minutes"`    // planned for the open item; 0: none is open
	OpenSince      *time.Time `json:"open_since"`      // null while none is open, or in a pause
	SpentSeconds   int        `json:"spent_seconds"`   // on the open item before that
	EndsAt         time.Time  `json:"ends_at"`         // when the meeting is to end
}

func (s State) pace() PaceView {
	pace := PaceView{EndsAt: s.Meeting.EndsAt.UTC()}
	for _, item := range s.Items {
		switch {
		case item.State != agendas.Listed:
		case item.Progress == Waiting:
			pace.WaitingMinutes += item.Minutes
		case item.Progress == Open:
			pace.OpenMinutes, pace.SpentSeconds = item.Minutes, item.SpentSeconds
			if item.OpenedAt != nil {
				since := item.OpenedAt.UTC()
				pace.OpenSince = &since
			}
		}
	}
	return pace
}

// Pace is how the agenda stands against the clock at an instant. What is left of the open item is what is
// planned for it less what it has taken; an item that runs over counts for nothing more.
type Pace struct {
	ItemsLeft int // minutes of items that are left, begun ones counted as one
	Behind    int // minutes by which they run over the meeting's end; below 0: minutes in hand
}

// At works the pace out. The page's script does the same: testdata/pace.json holds both to it.
func (p PaceView) At(now time.Time) Pace {
	left := p.OpenMinutes*60 - p.SpentSeconds
	if p.OpenSince != nil {
		left -= max(0, int(now.Sub(*p.OpenSince).Seconds()))
	}
	items := (p.WaitingMinutes*60 + max(0, left) + 59) / 60
	return Pace{ItemsLeft: items, Behind: items - int(p.EndsAt.Sub(now).Minutes())}
}

// Words is "5 minutes behind: 40 minutes of items and 35 minutes of the meeting are left".
func (p Pace) Words() string {
	meeting := p.ItemsLeft - p.Behind
	left := fmt.Sprintf("%s of items and %s of the meeting are left", counted(p.ItemsLeft, "minute", "minutes"), counted(max(0, meeting), "minute", "minutes"))
	switch {
	case p.ItemsLeft == 0 && meeting >= 0:
		return fmt.Sprintf("No items are left, and %s of the meeting", counted(meeting, "minute", "minutes"))
	case p.Behind > 0:
		return counted(p.Behind, "minute", "minutes") + " behind: " + left
	case p.Behind < 0:
		return counted(-p.Behind, "minute", "minutes") + " ahead: " + left
	}
	return "On time: " + left
}
