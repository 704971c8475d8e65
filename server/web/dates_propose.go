package web

import (
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/govuk"
	views "quorate/frontend/views/dates"
	forumViews "quorate/frontend/views/forums"
	"quorate/frontend/views/layout"
	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/panels/dates"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// daysOffered is how many days that fit a forum are offered, the first of them leaving time to answer.
const (
	daysOffered      = 6
	daysOfferedAfter = 2 // working days
	firstRows        = 3
)

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
