package web

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/govuk"
	views "quorate/frontend/views/clashes"
	"quorate/frontend/views/home"
	meetingViews "quorate/frontend/views/meetings"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

const (
	freeDaysOffered = 5
	clashesAhead    = 60 // days for which Home tells of clashes
	clashesOnHome   = 5
)

// takeFreeDay puts the day and time into the form that was chosen among those offered.
func takeFreeDay(c *fiber.Ctx, form *meetingViews.Change, place *timed) {
	chosen := strings.TrimSpace(c.FormValue(views.Field))
	at, err := time.Parse(time.RFC3339, chosen)
	if err != nil {
		return
	}
	form.On, form.StartTime = govuk.TypeDate(clock.DateOf(at)), clock.Time(at)
	place.start, place.read = at, &reading{}
}

// weigh puts into the form what is against holding a forum's meeting when and where it was typed, and
// is then the fault that shows it. It is nil when nothing is, when the reader has seen it and holds
// the meeting all the same, or when no use case would take that time.
func weigh(tx db.Tx, c *fiber.Ctx, forum uuid.UUID, at panels.Slot, except uuid.UUID, form *meetingViews.Change) error {
	chosen := strings.TrimSpace(c.FormValue(views.Field))
	if chosen == views.KeepValue(at) {
		form.Kept = chosen
		return nil
	}
	if !at.EndsAt.After(at.StartsAt) || !at.StartsAt.After(tx.Now) || at.EndsAt.Sub(at.StartsAt) > 10*time.Hour {
		return nil
	}
	found, err := panels.ClashesOf(tx, forum, []panels.Slot{at}, except)
	if err != nil || len(found) == 0 {
		return err
	}
	weighed := &views.Weighed{At: at, Found: found, Error: "There is something against this time. Choose another, or hold the meeting then all the same"}
	if strings.HasPrefix(chosen, "keep ") {
		weighed.Error = "There is something against the new time too. Choose another, or hold the meeting then all the same"
	}
	if weighed.Free, err = panels.FreeSlotsLike(tx, forum, at, except, at.On(), freeDaysOffered); err != nil {
		return err
	}
	form.Weighed = weighed
	return &fault.Fault{Kind: fault.Conflict, Sentence: weighed.Error, Fields: []fault.Field{{Name: views.Field, Sentence: weighed.Error}}}
}

// weighMove says what is against moving a meeting where it was typed. A meeting that keeps its day,
// hours and room is not weighed: only its joining link changes.
func (s *Site) weighMove(c *fiber.Ctx, actor access.Actor, id uuid.UUID, form *meetingViews.Change, place timed) error {
	return s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
		page, err := panels.ShowMeeting(tx, id)
		if err != nil {
			return err
		}
		at := place.slot(form.Venue)
		if !page.MaySchedule || at.StartsAt.Equal(page.Meeting.StartsAt) && at.EndsAt.Equal(page.Meeting.EndsAt) && at.Venue == page.Meeting.Venue {
			return nil // whether it may be moved at all is for the use case to say
		}
		return weigh(tx, c, page.Forum.ID, at, id, form)
	})
}

// freeDayAsked types a day that was followed by its link into a form.
func freeDayAsked(c *fiber.Ctx, form *meetingViews.Change) {
	if at, err := time.Parse(time.RFC3339, c.Query("at")); err == nil {
		form.On, form.StartTime = govuk.TypeDate(clock.DateOf(at)), clock.Time(at)
	}
}

// clashSection tells whoever schedules a meeting what is against it, or would be if it were restored.
func clashSection(tx db.Tx, page panels.MeetingPage) (*meetingViews.Section, error) {
	if !page.MaySchedule {
		return nil, nil
	}
	if m := page.Meeting; m.Status == panels.Cancelled && m.StartsAt.After(tx.Now) {
		found, err := panels.ClashesOf(tx, m.ForumID, []panels.Slot{m.Slot()}, m.ID)
		if err != nil || len(found) == 0 {
			return nil, err
		}
		return &meetingViews.Section{Heading: "What is against restoring it", Body: views.List(found)}, nil
	}
	found, err := panels.ClashesOfMeetings(tx, []panels.Meeting{page.Meeting})
	if err != nil || len(found[page.Meeting.ID]) == 0 {
		return nil, err
	}
	return &meetingViews.Section{Heading: "Clashes", Body: views.OfMeeting(found[page.Meeting.ID], meetingViews.Href(page.Meeting.ID)+"/move")}, nil
}

// clashesListed are the clashes of those meetings of a list that the reader schedules.
func clashesListed(tx db.Tx, rows []panels.MeetingRow) (map[uuid.UUID][]panels.Clash, error) {
	meetings := make([]panels.Meeting, len(rows))
	for i, row := range rows {
		meetings[i] = row.Meeting
	}
	return panels.ClashesOfMeetings(tx, meetings)
}

// needClashes tells a clerk which of their forums' next meetings clash.
func needClashes(tx db.Tx, page *home.Page) error {
	clerked := map[uuid.UUID]bool{}
	for _, seat := range tx.Actor.Seats {
		if seat.Office == access.Clerk {
			clerked[seat.ForumID] = true
		}
	}
	if len(clerked) == 0 {
		return nil
	}
	rows, err := panels.ListMeetings(tx, tx.Today(), tx.Today().AddDays(clashesAhead), uuid.Nil)
	if err != nil {
		return err
	}
	var meetings []panels.Meeting
	for _, row := range rows {
		if clerked[row.ForumID] {
			meetings = append(meetings, row.Meeting)
		}
	}
	found, err := panels.ClashesOfMeetings(tx, meetings)
	if err != nil {
		return err
	}
	shown := 0
	told := map[uuid.UUID]bool{} // two meetings that clash are one thing to look at
	for _, row := range rows {
		clashes := found[row.ID]
		if len(clashes) == 0 || clashes[0].Weight == panels.Slight || shown == clashesOnHome || told[row.ID] {
			continue
		}
		told[clashes[0].MeetingID] = true
		shown++
		page.Needs = append(page.Needs, home.Need{
			Text: "Look at the clash on " + row.On().Long(), Href: meetingViews.Href(row.ID), Detail: row.ForumName + ": " + clashes[0].Sentence,
			Tag: clashes[0].Weight.Words(), Urgent: clashes[0].Weight == panels.Serious,
		})
	}
	return nil
}
