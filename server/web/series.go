package web

import (
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/govuk"
	forumViews "quorate/frontend/views/forums"
	"quorate/frontend/views/layout"
	views "quorate/frontend/views/series"
	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

func (s *Site) schedulePage(c *fiber.Ctx, actor access.Actor) error {
	return s.showSchedule(c, actor, views.SchedulePage{MayStart: c.Query("draft") == "yes"}, false, nil)
}

// showSchedule shows a forum's series and the form for one; what was typed stands in page.Form.
func (s *Site) showSchedule(c *fiber.Ctx, actor access.Actor, page views.SchedulePage, typed bool, problem *fault.Fault) error {
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if page.Forum, err = forumToChange(tx, c, access.Schedule); err != nil {
			return err
		}
		list, err := panels.SeriesOf(tx, page.Forum.ID, tx.Today())
		if err != nil {
			return err
		}
		starts, endless := tx.Today(), false
		for _, series := range list {
			if series.Draft {
				draft, err := readDraft(tx, series)
				if err != nil {
					return err
				}
				page.Drafts = append(page.Drafts, draft)
				continue
			}
			page.Running = append(page.Running, series)
			if endless = endless || series.EndsOn.IsZero(); !endless {
				starts = series.EndsOn.AddDays(1)
			}
		}
		page.MayStart = page.MayStart || typed || !endless && len(page.Drafts) == 0 // what was typed is never hidden
		if typed {
			return nil
		}
		terms, err := panels.TermsInForce(tx, page.Forum.ID, starts)
		page.Form = views.Type(panels.Series{
			Rule: terms.Cadence, StartTime: terms.StartTime, DurationMinutes: terms.DurationMinutes, StartsOn: starts, BankHoliday: string(calendar.MoveToNext),
		})
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Schedule its meetings", Section: page.Forum.Name, Before: govuk.BackLink{Href: forumViews.Href(page.Forum), Text: "Back to " + page.Forum.Name}, Errors: fieldsOf(problem)}
	if page.EndError == nil {
		page.Problem = info.Errors
	}
	return s.render(c, actor, formStatus(problem), info, views.ShowSchedulePage(page))
}

func readDraft(tx db.Tx, series panels.Series) (views.DraftSeries, error) {
	draft := views.DraftSeries{Series: series}
	var err error
	if draft.Meetings, err = panels.MeetingsToCome(tx, series.ID); err != nil {
		return draft, err
	}
	var meetings []panels.Meeting
	for _, row := range draft.Meetings {
		meetings = append(meetings, row.Meeting)
	}
	draft.Clashes, err = panels.ClashesOfMeetings(tx, meetings)
	return draft, err
}

// seriesIn reads the form of a series. A pause of which nothing was typed is none.
func seriesIn(c *fiber.Ctx) (views.Form, panels.Series, *reading) {
	typed := typedIn(c)
	form := views.Form{
		Often: typed("cadence"), Weeks: typed("weeks_every"), WeeksDay: typed("weeks_day"), Months: typed("months_every"), MonthsDay: typed("months_day"),
		Nth: ticked(c, "cadence_nth"), Dates: typed("dates"), Rule: typed("cadence_rule"),
		StartTime: typed("start_time"), Duration: typed("duration_minutes"), Venue: typed("venue"), Link: typed("joining_link"),
		Holiday: typed("bank_holiday"), StartsOn: govuk.ReadDate(typed, "starts_on"), EndsOn: govuk.ReadDate(typed, "ends_on"),
	}
	read := &reading{}
	series := panels.Series{
		StartTime: read.timeOfDay("start_time", form.StartTime), DurationMinutes: whole(form.Duration),
		StartsOn: read.date("starts_on", form.StartsOn), EndsOn: read.date("ends_on", form.EndsOn),
		Venue: form.Venue, JoiningLink: form.Link, BankHoliday: form.Holiday,
	}
	rule, field, problem := form.ReadRule()
	read.form.Require(problem == "", field, problem)
	series.Rule = rule
	for i := range 25 { // more than a series takes, which says so itself
		name := panels.PauseField(i)
		pause := views.Pause{
			From: govuk.ReadDate(typed, name+"_from"), To: govuk.ReadDate(typed, name+"_to"), Reason: typed(name + "_reason"), EveryYear: typed(name+"_every_year") == "yes",
		}
		if pause.IsEmpty() {
			continue
		}
		field := panels.PauseField(len(form.Pauses)) // shown again without the gaps
		form.Pauses = append(form.Pauses, pause)
		series.Pauses = append(series.Pauses, calendar.Pause{
			From: read.date(field+"_from", pause.From), To: read.date(field+"_to", pause.To), Reason: pause.Reason, EveryYear: pause.EveryYear,
		})
	}
	return form, series, read
}

// previewSeries shows the dates of what was typed, and saves nothing.
func (s *Site) previewSeries(c *fiber.Ctx, actor access.Actor) error {
	form, series, read := seriesIn(c)
	page := views.SchedulePage{Form: form}
	_, err := saved(read, func() (struct{}, error) {
		return struct{}{}, s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
			forum, err := forumToChange(tx, c, access.Schedule)
			if err != nil {
				return err
			}
			series.ForumID = forum.ID
			preview, err := panels.PreviewSeries(tx, series)
			if err != nil {
				return err
			}
			page.Preview = &preview
			page.Clashes, err = clashesByOrder(tx, forum.ID, preview.Slots(), uuid.Nil)
			return err
		})
	})
	if problem := mendable(err); problem != nil || err == nil {
		return s.showSchedule(c, actor, page, true, problem)
	}
	return err
}

// clashesByOrder says what is against each slot. One that has no length was not asked about.
func clashesByOrder(tx db.Tx, forum uuid.UUID, slots []panels.Slot, except uuid.UUID) (map[int][]panels.Clash, error) {
	var asked []panels.Slot
	var order []int
	for i, slot := range slots {
		if slot.EndsAt.After(slot.StartsAt) {
			asked, order = append(asked, slot), append(order, i)
		}
	}
	found, err := panels.ClashesOf(tx, forum, asked, except)
	byOrder := map[int][]panels.Clash{}
	for _, clash := range found {
		byOrder[order[clash.Slot]] = append(byOrder[order[clash.Slot]], clash)
	}
	return byOrder, err
}

func (s *Site) scheduleSeries(c *fiber.Ctx, actor access.Actor) error {
	form, series, read := seriesIn(c)
	series.Draft = c.FormValue("as") == "draft"
	made, err := saved(read, func() (made int, err error) {
		err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
			forum, err := forumToChange(tx, c, access.Schedule)
			series.ForumID = forum.ID
			return err
		})
		if err == nil {
			_, made, err = s.panels().ScheduleSeries(c.UserContext(), actor, series)
		}
		return made, err
	})
	if problem := mendable(err); problem != nil {
		return s.showSchedule(c, actor, views.SchedulePage{Form: form}, true, problem)
	}
	if err != nil {
		return err
	}
	if series.Draft {
		return s.redirect(c, "/forums/"+c.Params("forum")+"/schedule", meetingsInWords(made)+" saved as a draft. Only those who schedule this forum’s meetings see them.")
	}
	return s.redirect(c, "/forums/"+c.Params("forum")+"#meetings", meetingsInWords(made)+" scheduled.")
}

func meetingsInWords(n int) string {
	if n == 1 {
		return "1 meeting"
	}
	return strconv.Itoa(n) + " meetings"
}

func (s *Site) endSeries(c *fiber.Ctx, actor access.Actor) error {
	id, err := uuid.Parse(c.Params("series"))
	if err != nil {
		return pageNotFound()
	}
	field := views.EndsOn(id)
	ends := govuk.ReadDate(typedIn(c), field)
	var read reading
	lastDay := read.date(field, ends)
	if lastDay.IsZero() {
		read.form.Require(!ends.IsEmpty(), field, "Enter the last day of the series")
	}
	cancelled, err := saved(&read, func() (int, error) {
		return s.panels().EndSeries(c.UserContext(), actor, id, whole(c.FormValue("version")), lastDay)
	})
	if problem := mendable(err); problem != nil {
		for i := range problem.Fields {
			problem.Fields[i].Name = field
		}
		return s.showSchedule(c, actor, views.SchedulePage{Ends: ends, EndError: fieldsOf(problem)}, false, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/forums/"+c.Params("forum")+"/schedule", "The series ends on "+lastDay.Long()+". Meetings cancelled: "+strconv.Itoa(cancelled)+".")
}

// publishSeries turns a draft into meetings that everybody sees.
func (s *Site) publishSeries(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "series")
	if err != nil {
		return err
	}
	published, err := s.panels().PublishSeries(c.UserContext(), actor, id, whole(c.FormValue("version")))
	if problem := mendable(err); problem != nil {
		return s.showSchedule(c, actor, views.SchedulePage{}, false, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/forums/"+c.Params("forum")+"#meetings", meetingsInWords(published)+" published.")
}

// discardSeries throws a draft away.
func (s *Site) discardSeries(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "series")
	if err != nil {
		return err
	}
	err = s.panels().DiscardSeries(c.UserContext(), actor, id, whole(c.FormValue("version")))
	if problem := mendable(err); problem != nil {
		return s.showSchedule(c, actor, views.SchedulePage{}, false, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/forums/"+c.Params("forum")+"/schedule", "The draft is thrown away.")
}

func (s *Site) changeSeriesPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showChangeSeries(c, actor, views.ChangePage{From: c.Query("from")}, false, nil)
}

// showChangeSeries shows a series to be changed, or what was typed with what it would do or what is
// wrong in it.
func (s *Site) showChangeSeries(c *fiber.Ctx, actor access.Actor, page views.ChangePage, typed bool, problem *fault.Fault) error {
	id, err := idOf(c, "series")
	if err != nil {
		return err
	}
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if page.Forum, err = forumToChange(tx, c, access.Schedule); err != nil {
			return err
		}
		if page.Series, err = panels.SeriesByID(tx, id); err != nil {
			return err
		}
		if page.Series.ForumID != page.Forum.ID {
			return pageNotFound()
		}
		page.Version = page.Series.Version // who sends it again has been told of the change in between
		page.Upcoming, err = panels.MeetingsToCome(tx, id)
		if !typed {
			page.Form = views.Type(page.Series)
			if from, err := clock.ParseDate(page.From); err == nil && page.Form.Often != views.ByDates {
				page.Form.StartsOn = govuk.TypeDate(from)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{
		Title: "Change its dates", Section: page.Forum.Name, Wide: page.Proposal != nil, Errors: fieldsOf(problem),
		Before: govuk.BackLink{Href: forumViews.Href(page.Forum) + "/schedule", Text: "Back to its schedule"},
	}
	page.Problem = info.Errors
	return s.render(c, actor, formStatus(problem), info, views.ShowChangePage(page))
}

// seriesChangeIn reads what is to become of a series.
func seriesChangeIn(c *fiber.Ctx) (views.ChangePage, panels.SeriesChange, *reading) {
	form, to, read := seriesIn(c)
	typed := typedIn(c)
	page := views.ChangePage{Form: form, From: typed("from"), MovedToo: typed("moved_too") == "yes", CancelledToo: typed("cancelled_too") == "yes"}
	change := panels.SeriesChange{Version: whole(typed("version")), To: to, MovedToo: page.MovedToo, CancelledToo: page.CancelledToo}
	if page.From != "" {
		from, err := clock.ParseDate(page.From)
		read.form.Require(err == nil, "from", "Choose a meeting from the list")
		change.From = from
	}
	id, err := uuid.Parse(c.Params("series"))
	read.form.Require(err == nil, "from", "Choose a series of meetings first")
	change.SeriesID = id
	return page, change, read
}

// previewChange shows what would become of each meeting, and saves nothing.
func (s *Site) previewChange(c *fiber.Ctx, actor access.Actor) error {
	page, change, read := seriesChangeIn(c)
	_, err := saved(read, func() (struct{}, error) {
		return struct{}{}, s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
			proposal, err := panels.PreviewChange(tx, change)
			if err != nil {
				return err
			}
			page.Proposal = &proposal
			page.ClashesOf, err = clashesByOrder(tx, proposal.After.ForumID, proposal.Slots(), change.SeriesID)
			return err
		})
	})
	if problem := mendable(err); problem != nil || err == nil {
		return s.showChangeSeries(c, actor, page, true, problem)
	}
	return err
}

func (s *Site) changeSeries(c *fiber.Ctx, actor access.Actor) error {
	page, change, read := seriesChangeIn(c)
	proposal, err := saved(read, func() (panels.SeriesProposal, error) {
		return s.panels().ChangeSeries(c.UserContext(), actor, change)
	})
	if problem := mendable(err); problem != nil {
		return s.showChangeSeries(c, actor, page, true, problem)
	}
	if err != nil {
		return err
	}
	changed := len(proposal.Meetings) - proposal.Count(panels.MeetingSame, panels.MeetingLeft)
	return s.redirect(c, "/forums/"+c.Params("forum")+"/schedule", meetingsInWords(changed)+" changed.")
}

func (s *Site) restoreMeetingPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showRestore(c, actor, nil)
}

// showRestore says when the cancelled meeting would be held and what is against that.
func (s *Site) showRestore(c *fiber.Ctx, actor access.Actor, problem *fault.Fault) error {
	var page panels.MeetingPage
	var found []panels.Clash
	err := s.readMeeting(c, actor, &page, func(tx db.Tx) (err error) {
		if err := actor.Check(access.Schedule, page.Forum.ID); err != nil {
			return err
		}
		if page.Meeting.StartsAt.After(tx.Now) {
			found, err = panels.ClashesOf(tx, page.Forum.ID, []panels.Slot{page.Meeting.Slot()}, page.Meeting.ID)
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.render(c, actor, formStatus(problem), s.changeInfo("Restore the meeting", page, problem), views.RestorePage(page, found))
}

func (s *Site) restoreMeeting(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "meeting")
	if err != nil {
		return err
	}
	meeting, err := s.panels().RestoreMeeting(c.UserContext(), actor, id, whole(c.FormValue("version")))
	if problem := mendable(err); problem != nil {
		return s.showRestore(c, actor, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/meetings/"+id.String(), "Meeting restored. It is held on "+meeting.On().LongWithWeekday()+" at "+clock.Time(meeting.StartsAt)+".")
}
