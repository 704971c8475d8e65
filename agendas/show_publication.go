package agendas

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// PublicationPage is what publishing an agenda now would bring out, for whoever is about to.
type PublicationPage struct {
	Meeting  panels.Meeting
	Forum    panels.Forum
	Version  int // that would be published
	Mark     string
	Lines    []Line
	Changes  Changes // from the version that is out
	Late     bool    // it comes after the agenda's day
	DueOn    clock.Date
	Warnings []string
	Closed   string // why it cannot be published; "" when it can
}

// ShowPublication is the preview of the next version, for those who may build this forum's agendas. It is
// read by the same function that publishing uses.
func ShowPublication(tx db.Tx, meetingID uuid.UUID, withheld Withheld) (page PublicationPage, err error) {
	if page.Meeting, err = panels.MeetingByID(tx, meetingID); err != nil {
		return page, err
	}
	if err := tx.Actor.Check(access.BuildAgenda, page.Meeting.ForumID); err != nil {
		return page, err
	}
	p, err := readPublication(tx, page.Meeting)
	if err != nil {
		return page, err
	}
	page.Forum, page.Version, page.Mark = p.forum, p.next.Version, p.mark()
	page.Late, page.DueOn = p.next.Late(), p.next.DueOn
	for _, closed := range []error{mayStillBuild(page.Meeting), p.closed} {
		if f := fault.As(closed); f != nil && page.Closed == "" {
			page.Closed = f.Sentence
		}
	}
	shown := slices.DeleteFunc(slices.Clone(p.items), func(i Item) bool { return i.State == Removed || i.State == PutOver })
	if page.Lines, err = linesOf(tx, p.forMeeting, shown, withheld); err != nil {
		return page, err
	}
	if p.last != nil {
		page.Changes = Compare(p.last.Content, p.next.Content).readableBy(page.Lines)
	}
	page.Warnings = warningsOf(page.Lines, fit(p.items, p.next.Content.Available))
	return page, nil
}

// warningsOf says what somebody should know before an agenda goes out. None of it stops them.
func warningsOf(lines []Line, f Fit) (warnings []string) {
	if f.NotFitted > 0 {
		warnings = append(warnings, fmt.Sprintf("The items take %d minutes and the meeting lasts %d.", f.Minutes, f.Available))
	}
	which := func(so func(Line) bool) (numbers []string) {
		for _, line := range lines {
			if line.State == Listed && line.Withheld == "" && so(line) {
				numbers = append(numbers, line.Number)
			}
		}
		return numbers
	}
	if gone := which(func(l Line) bool { return l.Case != nil && l.Case.Gone }); len(gone) > 0 {
		warnings = append(warnings, "The young person has died or moved away. Take off "+itemsInWords(gone)+".")
	}
	if unheard := which(func(l Line) bool { return l.Case != nil && l.Case.NoViews }); len(unheard) > 0 {
		warnings = append(warnings, "The young person’s own views are not on record: "+itemsInWords(unheard)+".")
	}
	if alone := which(func(l Line) bool { return l.Request != nil && l.Presenter == "" }); len(alone) > 0 {
		warnings = append(warnings, "Nobody presents the funding request: "+itemsInWords(alone)+".")
	}
	return warnings
}

// itemsInWords is "item 5" or "items 5, 6 and 7a".
func itemsInWords(numbers []string) string {
	if len(numbers) == 1 {
		return "item " + numbers[0]
	}
	last := len(numbers) - 1
	return "items " + strings.Join(numbers[:last], ", ") + " and " + numbers[last]
}
