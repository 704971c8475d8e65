package web

import (
	"net/http"
	"slices"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/views/layout"
	views "quorate/frontend/views/meetings"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// calendarPage lists a month's meetings of the forums the reader may know of.
func (s *Site) calendarPage(c *fiber.Ctx, actor access.Actor) error {
	page := views.Calendar{
		Grid: c.Query("view") == "grid", Forum: c.Query("forum"), Person: c.Query("person"), Me: actor.PersonID,
		MayMove: func(forum uuid.UUID) bool { return actor.May(access.Schedule, forum) },
	}
	asked, _ := uuid.Parse(page.Person) // anything else is nobody's
	if asked == actor.PersonID {
		page.Person = views.Mine
	}
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page.Today = tx.Today()
		page.Month = monthAsked(c.Query("month"), page.Today)
		filter := panels.MeetingFilter{From: page.Month, To: page.Month.AddMonths(1).AddDays(-1), Between: actor.MayAnywhere(access.EnterRoom)}
		if page.Forums, err = panels.ForumsWithMeetings(tx); err != nil {
			return err
		}
		if page.People, err = panels.PeopleWithMeetings(tx, filter.From, filter.To, asked); err != nil {
			return err
		}
		if filter.Forum, err = forumFiltered(page); err != nil {
			return err
		}
		if filter.Person, err = personFiltered(page); err != nil {
			return err
		}
		if page.Meetings, page.More, err = panels.FindMeetings(tx, filter); err != nil {
			return err
		}
		if page.Chairs, err = chairsInTurn(tx, page.Meetings); err != nil {
			return err
		}
		if page.Clashes, err = clashesListed(tx, page.Meetings); err != nil {
			return err
		}
		days, err := panels.WorkingDays(tx)
		for _, holiday := range days.BankHolidays(page.Month.Year) {
			if holiday.On.Month == page.Month.Month {
				page.Holidays = append(page.Holidays, holiday)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: monthTitle(page.Month), Section: "Calendar", Wide: true, Across: page.Grid}
	return s.render(c, actor, http.StatusOK, info, views.CalendarPage(page))
}

// forumFiltered is the forum of the filter. One the reader may not know of is not told from none: a
// filter left out would show everybody's meetings as if they were that forum's.
func forumFiltered(page views.Calendar) (uuid.UUID, error) {
	if page.Forum == "" {
		return uuid.Nil, nil
	}
	at := slices.IndexFunc(page.Forums, func(f panels.Forum) bool { return f.Slug == page.Forum })
	if at < 0 {
		return uuid.Nil, fault.New(fault.NotFound, "There is no such forum in your calendar. Go to the calendar and choose one from its list.")
	}
	return page.Forums[at].ID, nil
}

func personFiltered(page views.Calendar) (uuid.UUID, error) {
	switch page.Person {
	case "":
		return uuid.Nil, nil
	case views.Mine:
		return page.Me, nil
	}
	at := slices.IndexFunc(page.People, func(p panels.SeatedPerson) bool { return p.ID.String() == page.Person })
	if at < 0 {
		return uuid.Nil, fault.New(fault.NotFound, "That person sits on none of your forums. Go to the calendar and choose somebody from its list.")
	}
	return page.People[at].ID, nil
}

// monthAsked reads "2026-11"; anything else is this month.
func monthAsked(text string, today clock.Date) clock.Date {
	if first, err := clock.ParseDate(text + "-01"); err == nil && first.Year >= 2000 && first.Year <= 2100 {
		return first
	}
	return clock.NewDate(today.Year, today.Month, 1)
}

func monthTitle(month clock.Date) string { return month.Month.String() + " " + month.String()[:4] }
