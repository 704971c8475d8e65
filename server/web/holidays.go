package web

import (
	"github.com/gofiber/fiber/v2"

	"quorate/frontend/govuk"
	views "quorate/frontend/views/holidays"
	"quorate/frontend/views/layout"
	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

func (s *Site) holidaysPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showHolidays(c, actor, views.Page{Form: views.Form{Worked: "no"}}, nil)
}

func (s *Site) showHolidays(c *fiber.Ctx, actor access.Actor, page views.Page, problem *fault.Fault) error {
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page.Years, err = panels.Holidays(tx)
		return err
	})
	if err != nil {
		return err
	}
	page.MayChange = actor.MayAnywhere(access.ChangeHolidays)
	page.MaySchedule = func(m panels.MeetingRow) bool { return actor.May(access.Schedule, m.ForumID) }
	info := layout.PageInfo{Title: "Bank holidays", Section: "Calendar", Before: govuk.BackLink{Href: "/meetings", Text: "Back to the calendar"}, Errors: fieldsOf(problem)}
	page.Problem = info.Errors
	return s.render(c, actor, formStatus(problem), info, views.ShowPage(page))
}

func holidayIn(c *fiber.Ctx) (views.Form, calendar.OneOff, *reading) {
	typed := typedIn(c)
	form := views.Form{Day: govuk.ReadDate(typed, "day"), Name: typed("name"), Worked: typed("worked")}
	read := &reading{}
	read.form.Require(form.Worked == "yes" || form.Worked == "no", "worked", "Choose what the day is")
	return form, calendar.OneOff{On: read.date("day", form.Day), Name: form.Name, Worked: form.Worked == "yes"}, read
}

// previewHoliday says what a one-off day would touch, and adds nothing.
func (s *Site) previewHoliday(c *fiber.Ctx, actor access.Actor) error {
	form, day, read := holidayIn(c)
	page := views.Page{Form: form}
	effect, err := saved(read, func() (effect panels.HolidayEffect, err error) {
		err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
			effect, err = panels.PreviewHoliday(tx, day)
			return err
		})
		return effect, err
	})
	if err == nil {
		page.Effect = &effect
		return s.showHolidays(c, actor, page, nil)
	}
	if problem := mendable(err); problem != nil {
		return s.showHolidays(c, actor, page, problem)
	}
	return err
}

func (s *Site) addHoliday(c *fiber.Ctx, actor access.Actor) error {
	form, day, read := holidayIn(c)
	effect, err := saved(read, func() (panels.HolidayEffect, error) { return s.panels().AddHoliday(c.UserContext(), actor, day) })
	if problem := mendable(err); problem != nil {
		return s.showHolidays(c, actor, views.Page{Form: form}, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/holidays", day.On.Long()+" added. "+touched(effect))
}

func (s *Site) removeHoliday(c *fiber.Ctx, actor access.Actor) error {
	day, err := clock.ParseDate(c.FormValue("day"))
	if err != nil {
		return pageNotFound()
	}
	effect, err := s.panels().RemoveHoliday(c.UserContext(), actor, day)
	if err != nil {
		return err
	}
	return s.redirect(c, "/holidays", day.Long()+" removed. "+touched(effect))
}

// touched says what a changed day has done: "Deadlines of 3 meetings are counted anew. 1 meeting falls
// on that day."
func touched(effect panels.HolidayEffect) string {
	words := "No deadline changes."
	if n := len(effect.Deadlines); n > 0 {
		words = "Deadlines of " + meetingsInWords(n) + " are counted anew."
	}
	if n := len(effect.Meetings); n > 0 {
		words += " Still held on that day: " + meetingsInWords(n) + "."
	}
	return words
}
