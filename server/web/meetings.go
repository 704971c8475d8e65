package web

import (
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/govuk"
	forumViews "quorate/frontend/views/forums"
	"quorate/frontend/views/layout"
	views "quorate/frontend/views/meetings"
	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/panels/invitations"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// meetingSection adds a part to a meeting's page; nil when it has nothing to show this actor.
type meetingSection func(tx db.Tx, page panels.MeetingPage) (*views.Section, error)

// meetingSections are the parts of a meeting's page: what everyone needs of it, then what those who
// arrange it see to. On its day the way into the room comes first; before, whether one will come does.
func (s *Site) meetingSections(m panels.Meeting) []meetingSection {
	everyone := []meetingSection{broughtSection, roomSection, replySection, agendaSection, recordSection}
	if m.Status == panels.Scheduled && m.On().After(s.today()) {
		everyone = []meetingSection{replySection, agendaSection, roomSection}
	}
	return append(everyone, comingSection, clashSection, awaySection, deadlinesSection, invitationsSection)
}

func (s *Site) meetingPage(c *fiber.Ctx, actor access.Actor) error {
	var page panels.MeetingPage
	var sections []views.Section
	err := s.readMeeting(c, actor, &page, func(tx db.Tx) error {
		if page.Meeting.Between() {
			return nil
		}
		for _, add := range s.meetingSections(page.Meeting) {
			section, err := add(tx, page)
			if err != nil {
				return err
			}
			if section != nil {
				sections = append(sections, *section)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if page.Meeting.Between() {
		return c.Redirect(roomHref(page.Meeting.ID), http.StatusSeeOther)
	}
	info := layout.PageInfo{
		Title: page.Meeting.On().LongWithWeekday(), Section: page.Forum.Name,
		Before: govuk.Breadcrumbs{{Text: "Calendar", Href: "/meetings?month=" + page.Meeting.On().String()[:7]}, {Text: page.Forum.Name, Href: forumViews.Href(page.Forum)}},
	}
	return s.render(c, actor, http.StatusOK, info, views.ShowPage(page, sections))
}

func deadlinesSection(tx db.Tx, page panels.MeetingPage) (*views.Section, error) {
	if page.Meeting.Status == panels.Cancelled {
		return nil, nil
	}
	return &views.Section{Heading: "Deadlines", Body: views.Deadlines(page, tx.Today())}, nil
}

// readMeeting reads the meeting of the address, and whatever else and also reads.
func (s *Site) readMeeting(c *fiber.Ctx, actor access.Actor, page *panels.MeetingPage, also func(db.Tx) error) error {
	id, err := uuid.Parse(c.Params("meeting"))
	if err != nil {
		return pageNotFound()
	}
	return s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if *page, err = panels.ShowMeeting(tx, id); err != nil || also == nil {
			return err
		}
		return also(tx)
	})
}

// meetingFile is the meeting for the reader's own calendar: its forum, time and place, and nothing
// that it discusses.
func (s *Site) meetingFile(c *fiber.Ctx, actor access.Actor) error {
	var page panels.MeetingPage
	if err := s.readMeeting(c, actor, &page, nil); err != nil {
		return err
	}
	m := page.Meeting
	text, err := calendar.ICS(calendar.Entry{
		UID: invitations.UID(m.ID), Sequence: m.Sequence, Stamp: m.ChangedAt, Start: m.StartsAt, End: m.EndsAt,
		Title: page.Forum.Name, Place: invitations.Place(m), Link: s.BaseURL.JoinPath(views.Href(m.ID)).String(), Cancelled: m.Status == panels.Cancelled,
	})
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/calendar; charset=utf-8")
	c.Attachment("meeting-" + m.On().String() + ".ics")
	c.Set(fiber.HeaderContentType, "text/calendar; charset=utf-8") // Attachment guesses another
	return c.Send(text)
}

func (s *Site) moveMeetingPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showMove(c, actor, nil, nil)
}

func (s *Site) showMove(c *fiber.Ctx, actor access.Actor, typed *views.Change, problem *fault.Fault) error {
	var page panels.MeetingPage
	var form views.Change
	err := s.readMeeting(c, actor, &page, func(tx db.Tx) (err error) {
		form = views.TypeMeeting(page.Meeting)
		if err := actor.Check(access.Schedule, page.Forum.ID); err != nil || typed != nil {
			return err
		}
		freeDayAsked(c, &form)
		form.Free, err = panels.FreeSlotsLike(tx, page.Forum.ID, page.Meeting.Slot(), page.Meeting.ID, tx.Today(), freeDaysOffered)
		return err
	})
	if err != nil {
		return err
	}
	if typed != nil {
		if typed.Weighed == nil { // who sends it again has been told of the change in between
			typed.Version = form.Version
		}
		form = *typed
	}
	info := s.changeInfo("Move the meeting", page, problem)
	return s.render(c, actor, formStatus(problem), info, views.MovePage(page, form, info.Errors))
}

func (s *Site) moveMeeting(c *fiber.Ctx, actor access.Actor) error {
	id, err := uuid.Parse(c.Params("meeting"))
	if err != nil {
		return pageNotFound()
	}
	form, place := changeIn(c)
	takeFreeDay(c, &form, &place)
	moved, err := saved(place.read, func() (panels.Meeting, error) {
		if err := s.weighMove(c, actor, id, &form, place); err != nil {
			return panels.Meeting{}, err
		}
		return s.panels().MoveMeeting(c.UserContext(), actor, panels.MoveMeeting{
			MeetingID: id, Version: form.Version, StartsAt: place.start, Duration: place.duration,
			Venue: form.Venue, JoiningLink: form.Link, AgendaIsOut: form.AgendaIsOut,
		})
	})
	if problem := mendable(err); problem != nil {
		return s.showMove(c, actor, &form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href(id), "Meeting moved to "+clock.Moment(moved.StartsAt)+"."+s.holidayNote(c, actor, moved))
}

// holidayNote says so when a meeting now falls on a bank holiday; that may be meant.
func (s *Site) holidayNote(c *fiber.Ctx, actor access.Actor, m panels.Meeting) string {
	note := ""
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
		days, err := panels.WorkingDays(tx)
		if name := days.BankHoliday(m.On()); name != "" {
			note = " That day is a bank holiday: " + name + "."
		}
		return err
	})
	if err != nil {
		return "" // the meeting is moved; the note is only a help
	}
	return note
}

func (s *Site) cancelMeetingPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showCancel(c, actor, "", nil)
}

func (s *Site) showCancel(c *fiber.Ctx, actor access.Actor, reason string, problem *fault.Fault) error {
	page, err := s.meetingToChange(c, actor)
	if err != nil {
		return err
	}
	info := s.changeInfo("Cancel the meeting", page, problem)
	form := views.Change{Version: page.Meeting.Version, Why: reason}
	return s.render(c, actor, formStatus(problem), info, views.CancelPage(page, form, info.Errors))
}

func (s *Site) cancelMeeting(c *fiber.Ctx, actor access.Actor) error {
	id, err := uuid.Parse(c.Params("meeting"))
	if err != nil {
		return pageNotFound()
	}
	reason := c.FormValue("reason")
	_, err = s.panels().CancelMeeting(c.UserContext(), actor, id, whole(c.FormValue("version")), reason)
	if problem := mendable(err); problem != nil {
		return s.showCancel(c, actor, reason, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href(id), "Meeting cancelled.")
}

func (s *Site) newMeetingPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showNewMeeting(c, actor, nil, nil)
}

func (s *Site) showNewMeeting(c *fiber.Ctx, actor access.Actor, typed *views.Change, problem *fault.Fault) error {
	var forum panels.Forum
	var form views.Change
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if forum, err = forumToChange(tx, c, access.Schedule); err != nil {
			return err
		}
		terms, err := panels.TermsInForce(tx, forum.ID, tx.Today())
		if err != nil || typed != nil {
			return err
		}
		t := forumViews.TypeTerms(terms)
		form = views.Change{StartTime: t.StartTime, Duration: t.Duration}
		freeDayAsked(c, &form)
		form.Free, err = panels.SoonestSlots(tx, forum.ID, tx.Today(), freeDaysOffered)
		return err
	})
	if err != nil {
		return err
	}
	if typed != nil {
		form = *typed
	}
	info := layout.PageInfo{Title: "Call an extraordinary meeting", Section: forum.Name, Before: govuk.BackLink{Href: forumViews.Href(forum), Text: "Back to " + forum.Name}, Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.CallPage(forum, form, info.Errors))
}

func (s *Site) callMeeting(c *fiber.Ctx, actor access.Actor) error {
	form, place := changeIn(c)
	takeFreeDay(c, &form, &place)
	called, err := saved(place.read, func() (m panels.Meeting, err error) {
		var forum panels.Forum
		err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
			if forum, err = forumToChange(tx, c, access.Schedule); err != nil {
				return err
			}
			return weigh(tx, c, forum.ID, place.slot(form.Venue), uuid.Nil, &form)
		})
		if err != nil {
			return m, err
		}
		return s.panels().CallExtraordinaryMeeting(c.UserContext(), actor, panels.NewMeeting{
			ForumID: forum.ID, StartsAt: place.start, Duration: place.duration, Venue: form.Venue, JoiningLink: form.Link,
		})
	})
	if problem := mendable(err); problem != nil {
		return s.showNewMeeting(c, actor, &form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href(called.ID), "Meeting called for "+clock.Moment(called.StartsAt)+".")
}

// meetingToChange reads the meeting of the address for someone who may move or cancel it.
func (s *Site) meetingToChange(c *fiber.Ctx, actor access.Actor) (panels.MeetingPage, error) {
	var page panels.MeetingPage
	err := s.readMeeting(c, actor, &page, func(tx db.Tx) error { return actor.Check(access.Schedule, page.Forum.ID) })
	return page, err
}

func (s *Site) changeInfo(title string, page panels.MeetingPage, problem *fault.Fault) layout.PageInfo {
	return layout.PageInfo{Title: title, Section: page.Forum.Name, Before: govuk.BackLink{Href: views.Href(page.Meeting.ID), Text: "Back to the meeting"}, Errors: fieldsOf(problem)}
}

// timed is when a meeting is to be, as far as it could be read.
type timed struct {
	read     *reading
	start    time.Time
	duration time.Duration
}

func (t timed) slot(venue string) panels.Slot {
	return panels.Slot{StartsAt: t.start, EndsAt: t.start.Add(t.duration), Venue: venue}
}

func changeIn(c *fiber.Ctx) (views.Change, timed) {
	typed := typedIn(c)
	form := views.Change{
		Version: whole(typed("version")), On: govuk.ReadDate(typed, "starts_on"), StartTime: typed("start_time"), Duration: typed("duration_minutes"),
		Venue: typed("venue"), Link: typed("joining_link"), AgendaIsOut: typed("agenda_is_out") == "yes",
	}
	read := &reading{}
	place := timed{read: read, duration: time.Duration(whole(form.Duration)) * time.Minute}
	on := read.date("starts_on", form.On)
	read.form.Require(!form.On.IsEmpty(), "starts_on", "Enter the day")
	if at, err := calendar.ParseTimeOfDay(form.StartTime); err != nil {
		read.form.Add("start_time", "%s", fault.As(err).Sentence)
	} else if !on.IsZero() {
		place.start = at.On(on)
	}
	return form, place
}
