package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/govuk"
	views "quorate/frontend/views/dates"
	forumViews "quorate/frontend/views/forums"
	"quorate/frontend/views/layout"
	meetingViews "quorate/frontend/views/meetings"
	"quorate/panels"
	"quorate/panels/dates"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

func (s *Site) dates() dates.Store { return dates.Store{DB: s.DB} }

// datePollsPage lists the polls the reader runs or is asked in.
func (s *Site) datePollsPage(c *fiber.Ctx, actor access.Actor) error {
	list := views.List{Now: s.DB.Now()}
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
		forums, err := panels.Forums(tx)
		if err != nil {
			return err
		}
		on := uuid.Nil
		for _, forum := range forums {
			if actor.May(access.Schedule, forum.ID) {
				list.Forums = append(list.Forums, forum)
			}
			if forum.Slug == c.Query("forum") {
				list.Forum, on = &forum, forum.ID
			}
		}
		list.Rows, err = dates.ListPolls(tx, on)
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Find a date", Section: "Calendar", Wide: true, Before: govuk.BackLink{Href: "/meetings", Text: "Back to the calendar"}}
	if list.Forum != nil {
		info.Section, info.Before = list.Forum.Name, govuk.BackLink{Href: forumViews.Href(*list.Forum), Text: "Back to " + list.Forum.Name}
	}
	return s.render(c, actor, http.StatusOK, info, views.ListPage(list))
}

// datePollPage is a poll: for those who run it the answers, for those who are asked their own.
func (s *Site) datePollPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showDatePoll(c, actor, nil, nil)
}

func (s *Site) readDatePoll(c *fiber.Ctx, actor access.Actor, page *dates.Page, also func(db.Tx) error) error {
	id, err := idOf(c, "poll")
	if err != nil {
		return err
	}
	return s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if *page, err = dates.ShowPoll(tx, id); err != nil || also == nil {
			return err
		}
		return also(tx)
	})
}

func datePollInfo(title string, page dates.Page, problem *fault.Fault) layout.PageInfo {
	info := layout.PageInfo{Title: title, Section: page.Forum.Name, Before: govuk.BackLink{Href: views.Href(page.Poll.ID), Text: "Back to the dates"}, Errors: fieldsOf(problem)}
	return info
}

func (s *Site) showDatePoll(c *fiber.Ctx, actor access.Actor, typed *views.Typed, problem *fault.Fault) error {
	var page dates.Page
	var forms views.Typed
	err := s.readDatePoll(c, actor, &page, func(tx db.Tx) (err error) {
		if !page.MayRun {
			return nil
		}
		if typed != nil {
			forms = *typed
		}
		if err := fillForms(tx, page, &forms, typed); err != nil {
			return err
		}
		forms.Everybody, err = panels.People(tx)
		return err
	})
	if err != nil {
		return err
	}
	if !page.MayRun {
		return s.showOwnDates(c, actor, page, dates.NewAnswers{}, nil)
	}
	info := datePollInfo("Find a date", page, problem)
	info.Wide, info.Before = true, govuk.BackLink{Href: views.ListHref(page.Forum), Text: "Back"}
	return s.render(c, actor, formStatus(problem), info, views.ShowPage(page, s.DB.Now(), forms, info.Errors))
}

// fillForms gives the forms of a poll's page what was not typed into them.
func fillForms(tx db.Tx, page dates.Page, forms, typed *views.Typed) error {
	if len(page.Slots) > 0 && (typed == nil || typed.Slot.IsEmpty()) {
		last := page.Slots[len(page.Slots)-1]
		forms.Slot.Duration = strconv.Itoa(int(last.EndsAt.Sub(last.StartsAt) / time.Minute))
		forms.Slot.Venue, forms.Slot.Link = last.Venue, last.JoiningLink
	}
	if !forms.Slot.IsEmpty() {
		slot := slotTyped(forms.Slot, "", &reading{})
		found, err := warned(tx, views.Proposal{Forum: page.Forum}, []dates.NewSlot{slot})
		if err != nil {
			return err
		}
		for _, w := range found {
			forms.NewClashes, forms.AskClashes = w.Clashes, true
		}
	}
	return nil
}

func (s *Site) addDate(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "poll")
	if err != nil {
		return err
	}
	typed := typedIn(c)
	form := views.Typed{Slot: rowIn(typed, views.RowName(0)), ClashesKnown: typed("clashes_known") == "yes"}
	read := &reading{}
	wanted := slotTyped(form.Slot, views.RowName(0), read)
	slot, err := saved(read, func() (dates.Slot, error) {
		return s.dates().AddSlot(c.UserContext(), actor, id, wanted, form.ClashesKnown)
	})
	return s.afterDateForm(c, actor, id, form, err, func() string { return "Everybody is asked about " + slot.Words() + " as well." })
}

// afterDateForm answers one of the forms of a poll's page: with what was typed when it must be mended.
func (s *Site) afterDateForm(c *fiber.Ctx, actor access.Actor, id uuid.UUID, form views.Typed, err error, said func() string) error {
	if problem := mendable(err); problem != nil && len(problem.Fields) > 0 {
		return s.showDatePoll(c, actor, &form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href(id), said())
}

func (s *Site) askAboutDates(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "poll")
	if err != nil {
		return err
	}
	form := views.Typed{Person: c.FormValue("person"), Reason: c.FormValue("reason")}
	read := &reading{}
	person := read.id("person", form.Person, "Choose a person from the list")
	read.form.Require(form.Person != "", "person", "Choose whom to ask")
	_, err = saved(read, func() (struct{}, error) {
		return struct{}{}, s.dates().AskPerson(c.UserContext(), actor, id, dates.NewInvitee{PersonID: *person, Reason: form.Reason})
	})
	return s.afterDateForm(c, actor, id, form, err, func() string { return "They are being asked by email." })
}

func (s *Site) leaveOutOfDates(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "poll")
	if err != nil {
		return err
	}
	person, err := uuid.Parse(c.FormValue("person"))
	if err != nil {
		return pageNotFound()
	}
	if err := s.dates().StopAsking(c.UserContext(), actor, id, person); err != nil {
		return err
	}
	return s.redirect(c, views.Href(id), "They are no longer asked, and their answers no longer count.")
}

func (s *Site) askAgainAboutDates(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "poll")
	if err != nil {
		return err
	}
	only := uuid.Nil
	if typed := c.FormValue("person"); typed != "" {
		if only, err = uuid.Parse(typed); err != nil {
			return pageNotFound()
		}
	}
	asked, err := s.dates().AskAgain(c.UserContext(), actor, id, only)
	if err != nil {
		return err
	}
	if asked == 1 {
		return s.redirect(c, views.Href(id), "1 person is asked again by email.")
	}
	return s.redirect(c, views.Href(id), strconv.Itoa(asked)+" people are asked again by email.")
}

func (s *Site) extendDates(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "poll")
	if err != nil {
		return err
	}
	typed := typedIn(c)
	form := views.Typed{ClosesOn: govuk.ReadDate(typed, "closes_on"), ClosesTime: typed("closes_time")}
	read := &reading{}
	closes := closesTyped(form.ClosesOn, form.ClosesTime, read)
	poll, err := saved(read, func() (dates.Poll, error) {
		return s.dates().Extend(c.UserContext(), actor, id, whole(typed("version")), closes)
	})
	return s.afterDateForm(c, actor, id, form, err, func() string { return "Answers are now taken until " + clock.Moment(poll.ClosesAt) + "." })
}

func (s *Site) withdrawDatesPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showWithdrawDates(c, actor, "", nil)
}

func (s *Site) showWithdrawDates(c *fiber.Ctx, actor access.Actor, reason string, problem *fault.Fault) error {
	var page dates.Page
	if err := s.readDatePoll(c, actor, &page, nil); err != nil {
		return err
	}
	if err := actor.Check(access.Schedule, page.Forum.ID); err != nil {
		return err
	}
	info := datePollInfo("Stop looking for a date", page, problem)
	return s.render(c, actor, formStatus(problem), info, views.WithdrawPage(page, reason, info.Errors))
}

func (s *Site) withdrawDates(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "poll")
	if err != nil {
		return err
	}
	reason := c.FormValue("reason")
	err = s.dates().Withdraw(c.UserContext(), actor, id, whole(c.FormValue("version")), reason)
	if problem := mendable(err); problem != nil && problem.Kind == fault.Invalid {
		return s.showWithdrawDates(c, actor, reason, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href(id), "Withdrawn. Everybody who was asked is told.")
}

func (s *Site) chooseDatePage(c *fiber.Ctx, actor access.Actor) error {
	return s.showChooseDate(c, actor, dates.Choice{}, nil)
}

func (s *Site) showChooseDate(c *fiber.Ctx, actor access.Actor, choice dates.Choice, problem *fault.Fault) error {
	slot, err := idOf(c, "slot")
	if err != nil {
		return err
	}
	var page dates.Page
	if err := s.readDatePoll(c, actor, &page, nil); err != nil {
		return err
	}
	if err := actor.Check(access.Schedule, page.Forum.ID); err != nil {
		return err
	}
	at := slices.IndexFunc(page.Prospects, func(p dates.Prospect) bool { return p.Slot.ID == slot })
	if at < 0 || !page.Poll.IsUnsettled() {
		return pageNotFound()
	}
	info := datePollInfo("Choose a date", page, problem)
	return s.render(c, actor, formStatus(problem), info, views.ChoosePage(page, page.Prospects[at], choice.NotQuorateKnown, choice.ClashesKnown, info.Errors))
}

func (s *Site) chooseDate(c *fiber.Ctx, actor access.Actor) error {
	poll, err := idOf(c, "poll")
	if err != nil {
		return err
	}
	slot, err := idOf(c, "slot")
	if err != nil {
		return err
	}
	choice := dates.Choice{
		PollID: poll, SlotID: slot, Version: whole(c.FormValue("version")),
		NotQuorateKnown: c.FormValue("not_quorate_known") == "yes", ClashesKnown: c.FormValue("clashes_known") == "yes",
	}
	meeting, err := s.dates().ChooseDate(c.UserContext(), actor, choice)
	if problem := mendable(err); problem != nil && len(problem.Fields) > 0 {
		return s.showChooseDate(c, actor, choice, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, meetingViews.Href(meeting.ID), "Meeting called for "+clock.Moment(meeting.StartsAt)+". Everybody who was asked is told.")
}
