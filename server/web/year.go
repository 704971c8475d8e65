package web

import (
	"fmt"
	"slices"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/govuk"
	forumViews "quorate/frontend/views/forums"
	"quorate/frontend/views/layout"
	views "quorate/frontend/views/year"
	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

func (s *Site) yearPage(c *fiber.Ctx, actor access.Actor) error {
	page := views.Page{Holiday: string(calendar.MoveToNext)}
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error { return readYear(tx, &page) })
	if err != nil {
		return err
	}
	return s.showYear(c, actor, page, nil)
}

func (s *Site) showYear(c *fiber.Ctx, actor access.Actor, page views.Page, problem *fault.Fault) error {
	info := layout.PageInfo{Title: "Set up the year", Section: "Forums", Before: govuk.BackLink{Href: "/forums", Text: "Back to Forums"}, Errors: fieldsOf(problem)}
	page.Problem, page.Holidays = info.Errors, forumViews.HolidayChoices()
	return s.render(c, actor, formStatus(problem), info, views.ShowPage(page))
}

func readYear(tx db.Tx, page *views.Page) error {
	open, done, err := panels.YearToSchedule(tx)
	page.Done = done
	for _, year := range open {
		page.Rows = append(page.Rows, views.TypeRow(year))
	}
	return err
}

// yearTyped reads the form over what the forums' terms suggest, and the series that are asked for.
func (s *Site) yearTyped(c *fiber.Ctx, actor access.Actor) (page views.Page, wanted []panels.Series, read *reading, err error) {
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error { return readYear(tx, &page) })
	if err != nil {
		return page, nil, nil, err
	}
	typed := typedIn(c)
	read = &reading{}
	chosen := ticked(c, "forum")
	if err := mayScheduleAll(actor, chosen); err != nil {
		return page, nil, nil, err
	}
	page.Holiday, page.Pauses = typed("bank_holiday"), ticked(c, "pause")
	for i := range page.Rows {
		row := &page.Rows[i]
		id := row.Year.Forum.ID
		field := func(name string) string { return views.FieldOf(name, id) }
		row.Chosen = slices.Contains(chosen, id.String())
		if c.Context().PostArgs().Has(field("start_time")) {
			row.StartTime, row.Duration, row.Venue = typed(field("start_time")), typed(field("duration_minutes")), typed(field("venue"))
			row.First = govuk.ReadDate(typed, field("starts_on"))
		}
		if !row.Chosen || row.Year.Series.Rule == "" {
			continue
		}
		series := row.Year.Series
		series.StartTime, series.DurationMinutes, series.Venue = read.timeOfDay(field("start_time"), row.StartTime), whole(row.Duration), row.Venue
		series.StartsOn, series.BankHoliday = read.date(field("starts_on"), row.First), page.Holiday
		series.Draft = typed("as") == "draft"
		series.Pauses = pausesFrom(page.Pauses, series.StartsOn)
		wanted = append(wanted, series)
	}
	for _, done := range page.Done {
		if slices.Contains(chosen, done.Forum.ID.String()) {
			read.form.Add("forum", "%s has its meetings for the coming year already", done.Forum.Name)
		}
	}
	read.form.Require(len(chosen) > 0, "forum", "Tick at least one forum")
	return page, wanted, read, nil
}

// mayScheduleAll refuses a form that names a forum which is another's to schedule.
func mayScheduleAll(actor access.Actor, forums []string) error {
	for _, text := range forums {
		id, err := uuid.Parse(text)
		if err != nil {
			return pageNotFound()
		}
		if err := actor.Check(access.Schedule, id); err != nil {
			return err
		}
	}
	return nil
}

func pausesFrom(keys []string, from clock.Date) []calendar.Pause {
	var pauses []calendar.Pause
	for _, key := range keys {
		if pause, ok := panels.CommonPause(key, from); ok {
			pauses = append(pauses, pause)
		}
	}
	return pauses
}

func (s *Site) previewYear(c *fiber.Ctx, actor access.Actor) error {
	page, wanted, read, err := s.yearTyped(c, actor)
	if err != nil {
		return err
	}
	page.Preview, err = saved(read, func() (meetings []panels.YearMeeting, err error) {
		err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
			meetings, err = panels.PreviewYear(tx, wanted)
			return err
		})
		if err == nil && len(meetings) == 0 {
			err = &fault.Fault{Kind: fault.Invalid, Sentence: "No meeting falls on any day of the year", Fields: []fault.Field{{Name: "forum", Sentence: "No meeting falls on any day of the year. Change a first day"}}}
		}
		return meetings, err
	})
	problem := mendable(err)
	if err != nil && problem == nil {
		return err
	}
	return s.showYear(c, actor, page, problem)
}

func (s *Site) scheduleYear(c *fiber.Ctx, actor access.Actor) error {
	page, wanted, read, err := s.yearTyped(c, actor)
	if err != nil {
		return err
	}
	made, err := saved(read, func() (int, error) { return s.panels().ScheduleYear(c.UserContext(), actor, wanted) })
	if problem := mendable(err); problem != nil {
		return s.showYear(c, actor, page, problem)
	}
	if err != nil {
		return err
	}
	said := fmt.Sprintf("%d meetings of %d forums are scheduled.", made, len(wanted))
	if len(wanted) == 1 {
		said = fmt.Sprintf("%d meetings of 1 forum are scheduled.", made)
	}
	if wanted[0].Draft {
		said = fmt.Sprintf("%d draft meetings are saved. Only those who schedule see them until each forum’s are published.", made)
	}
	return s.redirect(c, "/schedule", said)
}
