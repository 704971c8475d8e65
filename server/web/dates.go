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
	"quorate/panels/calendar"
	"quorate/panels/dates"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

func (s *Site) dates() dates.Store { return dates.Store{DB: s.DB} }

// daysOffered is how many days that fit a forum are offered, the first of them leaving time to answer.
const (
	daysOffered      = 6
	daysOfferedAfter = 2 // working days
	firstRows        = 3
)

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

func (s *Site) newDatePollPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showProposal(c, actor, nil, nil)
}

// checkDatePoll shows the form again with what clashes, or with another row, and changes nothing.
func (s *Site) checkDatePoll(c *fiber.Ctx, actor access.Actor) error {
	form, _ := s.proposalIn(c)
	form.Checked = c.FormValue("more") == ""
	if !form.Checked && len(form.Rows) < dates.MostSlots {
		form.Rows = append(form.Rows, views.SlotRow{})
	}
	return s.showProposal(c, actor, &form, nil)
}

func (s *Site) proposeDates(c *fiber.Ctx, actor access.Actor) error {
	form, typed := s.proposalIn(c)
	poll, err := saved(typed.read, func() (poll dates.Poll, err error) {
		err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
			forum, err := forumToChange(tx, c, access.Schedule)
			typed.wanted.ForumID = forum.ID
			return err
		})
		if err != nil {
			return poll, err
		}
		return s.dates().Propose(c.UserContext(), actor, typed.wanted)
	})
	if problem := mendable(err); problem != nil {
		return s.showProposal(c, actor, &form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href(poll.ID), "People are being asked by email. Answers are taken until "+clock.Moment(poll.ClosesAt)+".")
}

func (s *Site) showProposal(c *fiber.Ctx, actor access.Actor, typed *views.Proposal, problem *fault.Fault) error {
	var form views.Proposal
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
		forum, err := forumToChange(tx, c, access.Schedule)
		if err != nil {
			return err
		}
		if typed != nil {
			form = *typed
		} else if form, err = freshProposal(tx, forum); err != nil {
			return err
		}
		form.Forum = forum
		days, err := panels.WorkingDays(tx)
		if err != nil {
			return err
		}
		if form.Suggested, err = panels.SoonestSlots(tx, forum.ID, days.AddWorkingDays(tx.Today(), daysOfferedAfter), daysOffered); err != nil {
			return err
		}
		if form.People, err = seatedPeople(tx, forum); err != nil {
			return err
		}
		if typed == nil {
			form.Asked = holders(form.People)
		}
		if form.Everybody, err = panels.People(tx); err != nil {
			return err
		}
		form.Warned, err = warned(tx, form, slotsTyped(form, &reading{}))
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Find a date", Section: form.Forum.Name, Before: govuk.BackLink{Href: views.ListHref(form.Forum), Text: "Back"}, Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.ProposePage(form, info.Errors))
}

// freshProposal is the form before anything is typed.
func freshProposal(tx db.Tx, forum panels.Forum) (form views.Proposal, err error) {
	terms, err := panels.TermsInForce(tx, forum.ID, tx.Today())
	if err != nil {
		return form, err
	}
	days, err := panels.WorkingDays(tx)
	on, at := views.ClosesIn(tx.Now, days)
	form = views.Proposal{Duration: forumViews.TypeTerms(terms).Duration, ClosesOn: govuk.TypeDate(on), ClosesTime: at, Rows: make([]views.SlotRow, firstRows)}
	return form, err
}

// seatedPeople lists the forum's holders and named deputies in the order of the table, each once.
func seatedPeople(tx db.Tx, forum panels.Forum) ([]views.Seated, error) {
	seats, err := panels.SeatsOn(tx, forum.ID, tx.Today())
	var people []views.Seated
	for _, deputies := range []bool{false, true} { // whoever holds one seat and deputises in another is a holder
		for _, seat := range seats {
			for _, holder := range seat.Holders {
				known := slices.ContainsFunc(people, func(p views.Seated) bool { return p.PersonID == holder.PersonID })
				if known || deputies != (holder.DeputyOrder > 0) {
					continue
				}
				words := seat.Name
				if deputies {
					words = "Deputy for " + words
				}
				people = append(people, views.Seated{PersonID: holder.PersonID, Name: holder.Name, Seat: words, Deputy: deputies})
			}
		}
	}
	return people, err
}

func holders(people []views.Seated) []string {
	var ids []string
	for _, person := range people {
		if !person.Deputy {
			ids = append(ids, person.PersonID.String())
		}
	}
	return ids
}

// warned says which of the dates clash, as far as they could be read.
func warned(tx db.Tx, form views.Proposal, slots []dates.NewSlot) ([]views.Warned, error) {
	var wanted []panels.Slot
	for _, slot := range slots {
		if !slot.StartsAt.IsZero() && slot.StartsAt.After(tx.Now) && slot.Duration > 0 && len(wanted) < dates.MostSlots {
			wanted = append(wanted, panels.Slot{StartsAt: slot.StartsAt, EndsAt: slot.StartsAt.Add(slot.Duration), Venue: slot.Venue})
		}
	}
	clashes, err := panels.ClashesOf(tx, form.Forum.ID, wanted, uuid.Nil)
	var list []views.Warned
	for at, slot := range wanted {
		w := views.Warned{When: views.When(slot)}
		for _, clash := range clashes {
			if clash.Slot == at {
				w.Clashes = append(w.Clashes, clash)
			}
		}
		if len(w.Clashes) > 0 {
			list = append(list, w)
		}
	}
	return list, err
}

// proposed is what the form that asks about dates wants, as far as it could be read.
type proposed struct {
	read   *reading
	wanted dates.NewPoll
}

func (s *Site) proposalIn(c *fiber.Ctx) (views.Proposal, proposed) {
	typed := typedIn(c)
	form := views.Proposal{
		Ticked: ticked(c, "suggested"), Duration: typed("duration_minutes"), Venue: typed("venue"), Link: typed("joining_link"),
		Asked: ticked(c, "people"), Other: typed("person"), Reason: typed("reason"),
		ClosesOn: govuk.ReadDate(typed, "closes_on"), ClosesTime: typed("closes_time"), ClashesKnown: typed("clashes_known") == "yes",
	}
	last := firstRows
	for n := range dates.MostSlots {
		row := rowIn(typed, views.RowName(n))
		form.Rows = append(form.Rows, row)
		if row != (views.SlotRow{}) || c.Context().PostArgs().Has(views.RowName(n)+"start_time") {
			last = max(last, n+1)
		}
	}
	form.Rows = form.Rows[:last]
	p := proposed{read: &reading{}, wanted: dates.NewPoll{ClashesKnown: form.ClashesKnown}}
	p.wanted.Slots = slotsTyped(form, p.read)
	p.wanted.ClosesAt = closesTyped(form.ClosesOn, form.ClosesTime, p.read)
	for _, id := range form.Asked {
		if person := p.read.id("people", id, "Choose people from the list"); person != nil {
			p.wanted.People = append(p.wanted.People, dates.NewInvitee{PersonID: *person})
		}
	}
	if person := p.read.id("person", form.Other, "Choose a person from the list"); person != nil {
		p.wanted.People = append(p.wanted.People, dates.NewInvitee{PersonID: *person, Reason: form.Reason})
	}
	return form, p
}

func rowIn(typed func(string) string, name string) views.SlotRow {
	return views.SlotRow{
		On: govuk.ReadDate(typed, name+"starts_on"), Start: typed(name + "start_time"), Duration: typed(name + "duration_minutes"),
		Venue: typed(name + "venue"), Link: typed(name + "joining_link"),
	}
}

// slotsTyped are the dates ticked and those typed; rows left empty are passed over.
func slotsTyped(form views.Proposal, read *reading) []dates.NewSlot {
	var slots []dates.NewSlot
	for _, value := range form.Ticked {
		slot, ok := views.ReadSuggestion(value)
		read.form.Require(ok, "suggested", "Choose from the days offered")
		if ok {
			if form.Venue != "" {
				slot.Venue = form.Venue
			}
			slots = append(slots, dates.NewSlot{Field: "suggested_", StartsAt: slot.StartsAt, Duration: slot.EndsAt.Sub(slot.StartsAt), Venue: slot.Venue, JoiningLink: form.Link})
		}
	}
	for n, row := range form.Rows {
		if row.IsEmpty() {
			continue
		}
		for _, common := range []struct{ own, all *string }{{&row.Duration, &form.Duration}, {&row.Venue, &form.Venue}, {&row.Link, &form.Link}} {
			if *common.own == "" {
				*common.own = *common.all
			}
		}
		slots = append(slots, slotTyped(row, views.RowName(n), read))
	}
	return slots
}

func slotTyped(row views.SlotRow, name string, read *reading) dates.NewSlot {
	return dates.NewSlot{
		Field: name, StartsAt: momentTyped(row.On, row.Start, name+"starts_on", name+"start_time", read),
		Duration: time.Duration(whole(row.Duration)) * time.Minute, Venue: row.Venue, JoiningLink: row.Link,
	}
}

// momentTyped reads a day and a time of day; zero when either cannot be read.
func momentTyped(on govuk.TypedDate, at, onField, atField string, read *reading) time.Time {
	day := read.date(onField, on)
	read.form.Require(!on.IsEmpty(), onField, "Enter the day")
	clockTime, err := calendar.ParseTimeOfDay(at)
	if err != nil {
		read.form.Add(atField, "%s", fault.As(err).Sentence)
		return time.Time{}
	}
	if day.IsZero() {
		return time.Time{}
	}
	return clockTime.On(day)
}

// closesTyped reads until when answers are taken; nothing typed is the longest there is.
func closesTyped(on govuk.TypedDate, at string, read *reading) time.Time {
	if on.IsEmpty() && at == "" {
		return time.Time{}
	}
	return momentTyped(on, at, "closes_on", "closes_time", read)
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

// showOwnDates shows somebody who is asked their own form, or how the poll ended.
func (s *Site) showOwnDates(c *fiber.Ctx, actor access.Actor, page dates.Page, typed dates.NewAnswers, problem *fault.Fault) error {
	if page.Mine == nil {
		return fault.New(fault.NotFound, "You are not asked about these dates.")
	}
	info := layout.PageInfo{Title: "When can you come?", Section: page.Forum.Name, Before: govuk.BackLink{Href: "/", Text: "Back to Home"}, Errors: fieldsOf(problem)}
	if !page.Poll.IsOpen(s.DB.Now()) {
		info.Title, info.Errors = "Dates for an extraordinary meeting", nil
		return s.render(c, actor, formStatus(problem), info, views.AskedPage(page))
	}
	form, comment := answersShown(*page.Mine, typed, problem)
	return s.render(c, actor, formStatus(problem), info, views.AnswerPage(form, views.Href(page.Poll.ID)+"/answer", comment, info.Errors))
}

// answersShown keeps what was typed into a form that is shown again.
func answersShown(form dates.Form, typed dates.NewAnswers, problem *fault.Fault) (dates.Form, string) {
	if problem == nil {
		return form, form.Invitee.Comment
	}
	form.Answers = typed.Answers
	return form, typed.Comment
}

func answersIn(c *fiber.Ctx) dates.NewAnswers {
	said := dates.NewAnswers{Answers: dates.Answers{}, Comment: c.FormValue("comment")}
	for name, value := range c.Context().PostArgs().All() {
		if id, found := idAfter(string(name), "slot_"); found {
			said.Answers[id] = dates.Answer(value)
		}
	}
	return said
}

// idAfter reads the id that follows a prefix.
func idAfter(name, prefix string) (uuid.UUID, bool) {
	if len(name) != len(prefix)+36 || name[:len(prefix)] != prefix {
		return uuid.Nil, false
	}
	id, err := uuid.Parse(name[len(prefix):])
	return id, err == nil
}

func (s *Site) ownDatesPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showAnswer(c, actor, dates.NewAnswers{}, nil)
}

func (s *Site) showAnswer(c *fiber.Ctx, actor access.Actor, typed dates.NewAnswers, problem *fault.Fault) error {
	var page dates.Page
	if err := s.readDatePoll(c, actor, &page, nil); err != nil {
		return err
	}
	return s.showOwnDates(c, actor, page, typed, problem)
}

func (s *Site) answerDates(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "poll")
	if err != nil {
		return err
	}
	said := answersIn(c)
	err = s.dates().Answer(c.UserContext(), actor, id, said)
	if problem := mendable(err); problem != nil && problem.Kind == fault.Invalid {
		return s.showAnswer(c, actor, said, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/dates/"+id.String()+"/answer", "Your answers are saved.")
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

// datesByLinkPage shows what a link in an email asks. It changes nothing: mail programs open every link.
func (s *Site) datesByLinkPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showDatesByLink(c, actor, dates.NewAnswers{}, nil)
}

func (s *Site) showDatesByLink(c *fiber.Ctx, actor access.Actor, typed dates.NewAnswers, problem *fault.Fault) error {
	var page dates.ByLink
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page, err = dates.FollowLink(tx, c.Params("link"))
		return err
	})
	if err != nil {
		return err
	}
	here := "/when/" + c.Params("link")
	info := layout.PageInfo{Title: "When can you come?", Section: page.Forum.Name, Errors: fieldsOf(problem)}
	switch {
	case page.Dead != nil:
		info.Title, info.Errors = "This link cannot be used", nil
		return s.render(c, actor, status(page.Dead.Fault.Kind), info, views.DeadPage(page, here+"/again"))
	case problem == nil && page.Form.Invitee.AnsweredAt != nil && c.Query("saved") == "yes":
		info.Title = "Your answers are saved"
		return s.render(c, actor, http.StatusOK, info, views.SavedPage(page.Form, here))
	}
	form, comment := answersShown(page.Form, typed, problem)
	return s.render(c, actor, formStatus(problem), info, views.AnswerPage(form, here, comment, info.Errors))
}

func (s *Site) answerDatesByLink(c *fiber.Ctx, actor access.Actor) error {
	said := answersIn(c)
	err := s.dates().AnswerByLink(c.UserContext(), c.Params("link"), said)
	if problem := mendable(err); problem != nil {
		return s.showDatesByLink(c, actor, said, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/when/"+c.Params("link")+"?saved=yes", "")
}

func (s *Site) renewDatesLink(c *fiber.Ctx, actor access.Actor) error {
	if err := s.dates().SendNewLink(c.UserContext(), c.Params("link")); err != nil {
		return err
	}
	return s.redirect(c, "/when/"+c.Params("link"), "A new link is on its way to your email address.")
}
