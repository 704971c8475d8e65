package web

import (
	"net/http"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/govuk"
	forumViews "quorate/frontend/views/forums"
	views "quorate/frontend/views/handover"
	"quorate/frontend/views/layout"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// endPlacePage asks who takes over what somebody owns before their place in a seat ends.
func (s *Site) endPlacePage(c *fiber.Ctx, actor access.Actor) error {
	holding, err := uuid.Parse(c.Query("holding"))
	if err != nil {
		return pageNotFound()
	}
	return s.showEnding(c, actor, holding, nil, nil)
}

func (s *Site) showEnding(c *fiber.Ctx, actor access.Actor, holding uuid.UUID, typed *views.Form, problem *fault.Fault) error {
	var page views.Page
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page.HandoverPage, err = s.panels().ShowEnding(tx, holding, uuid.Nil)
		return err
	})
	if err != nil {
		return err
	}
	page.Form = suggested(page.HandoverPage)
	page.Form.LastDay = govuk.TypeDate(page.Today)
	if typed != nil {
		page.Form = *typed
	}
	seat := forumViews.Href(page.Forum) + "/seats/" + page.Seat.ID.String()
	page.Action, page.Problems = seat+"/vacate", fieldsOf(problem)
	page.Hidden = []govuk.Hidden{{Name: "holding", Value: holding.String()}, {Name: "version", Value: strconv.Itoa(page.Holding.Version)}}
	info := layout.PageInfo{Title: "End a place in a seat", Section: page.Forum.Name, Before: govuk.BackLink{Href: seat, Text: "Back to the seat"}, Errors: page.Problems}
	return s.render(c, actor, formStatus(problem), info, views.EndPage(page))
}

// suggested is what the form says before anybody chose: the successor, or whoever is next in the seat.
func suggested(page panels.HandoverPage) views.Form {
	form := views.Form{Each: map[string]string{}}
	presenters := map[uuid.UUID]bool{}
	for _, person := range page.People {
		presenters[person.ID] = person.Presenter
	}
	for _, thing := range page.Things {
		switch {
		case thing.Suggested == uuid.Nil, thing.ForPresenters && !presenters[thing.Suggested]:
		case page.Forum.Slug != "":
			form.To = thing.Suggested.String()
		default:
			form.Each[thing.Key()] = thing.Suggested.String()
		}
	}
	return form
}

// handingIn reads who takes over what.
func handingIn(c *fiber.Ctx) (views.Form, panels.Handing) {
	typed := typedIn(c)
	form := views.Form{To: typed(panels.NobodyChosen), Each: map[string]string{}, Reason: typed("hand_reason")}
	handing := panels.Handing{Each: map[string]panels.HandingTo{}, Reason: form.Reason}
	handing.To, _ = uuid.Parse(form.To) // nonsense is nobody, which the use case refuses in its own words
	for name, value := range c.Context().PostArgs().All() {
		key, chosen := string(name), string(value)
		if !panels.IsOwnedKey(key) || chosen == "" {
			continue
		}
		form.Each[key] = chosen
		to := panels.HandingTo{Keep: chosen == views.Keep}
		to.To, _ = uuid.Parse(chosen)
		handing.Each[key] = to
	}
	return form, handing
}

// vacateSeat ends a person's place in a seat, today unless the form says when.
func (s *Site) vacateSeat(c *fiber.Ctx, actor access.Actor) error {
	holding, err := uuid.Parse(c.FormValue("holding"))
	if err != nil {
		return pageNotFound()
	}
	form, handing := handingIn(c)
	form.LastDay = govuk.ReadDate(typedIn(c), "to")
	var read reading
	lastDay := s.today()
	if !form.LastDay.IsEmpty() {
		lastDay = read.date("to", form.LastDay)
	}
	_, err = saved(&read, func() (clock.Date, error) {
		return lastDay, s.panels().VacateSeat(c.UserContext(), actor, holding, whole(c.FormValue("version")), lastDay, handing)
	})
	if problem := mendable(err); problem != nil {
		return s.showEnding(c, actor, holding, &form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/forums/"+c.Params("forum")+"/seats/"+c.Params("seat"), "That place ends on "+lastDay.Long()+".")
}

// asksHandover reports whether somebody who owns something would lose their place to the wanted
// holding, and has not been asked about yet.
func (s *Site) asksHandover(c *fiber.Ctx, actor access.Actor, wanted panels.NewHolding) (page panels.HandoverPage, err error) {
	if c.FormValue("handing") != "" {
		return page, nil
	}
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
		if loser, err := panels.Replaces(tx, wanted); err == nil && loser.HoldingID != uuid.Nil {
			page, err = s.panels().ShowEnding(tx, loser.HoldingID, wanted.PersonID)
			return err
		} else {
			return err
		}
	})
	return page, err
}

// showReplacing asks what becomes of what somebody owns when another takes their place.
func (s *Site) showReplacing(c *fiber.Ctx, actor access.Actor, wanted panels.NewHolding, holding forumViews.Holding, page panels.HandoverPage, typed *views.Form, problem *fault.Fault) error {
	view := views.Page{HandoverPage: page, Form: suggested(page), Problems: fieldsOf(problem)}
	if typed != nil {
		view.Form = *typed
	}
	for _, person := range page.People {
		if person.ID == wanted.PersonID {
			view.Taking = person.Name
		}
	}
	seat := forumViews.Href(page.Forum) + "/seats/" + page.Seat.ID.String()
	view.Action = seat + "/fill"
	view.Hidden = []govuk.Hidden{
		{Name: "handing", Value: "yes"}, {Name: "person", Value: holding.Person}, {Name: "deputy_order", Value: holding.Place},
		{Name: "from-day", Value: holding.From.Day}, {Name: "from-month", Value: holding.From.Month}, {Name: "from-year", Value: holding.From.Year},
		{Name: "to-day", Value: holding.To.Day}, {Name: "to-month", Value: holding.To.Month}, {Name: "to-year", Value: holding.To.Year},
	}
	info := layout.PageInfo{Title: "Who takes over what they own?", Section: page.Forum.Name, Before: govuk.BackLink{Href: seat, Text: "Back to the seat"}, Errors: view.Problems}
	return s.render(c, actor, formStatus(problem), info, views.ReplacePage(view))
}

// aboutHanding reports whether what is wrong is wrong with who takes over, not with the place itself.
func aboutHanding(problem *fault.Fault) bool {
	for _, field := range problem.Fields {
		if field.Name != panels.NobodyChosen && field.Name != "hand_reason" && !panels.IsOwnedKey(field.Name) {
			return false
		}
	}
	return len(problem.Fields) > 0
}

// moveDeputy moves a deputy up or down among those of their seat.
func (s *Site) moveDeputy(c *fiber.Ctx, actor access.Actor) error {
	holding, err := uuid.Parse(c.FormValue("holding"))
	if err != nil {
		return pageNotFound()
	}
	err = s.panels().MoveDeputy(c.UserContext(), actor, holding, whole(c.FormValue("version")), c.FormValue("direction") == "up")
	if problem := mendable(err); problem != nil {
		return s.showSeat(c, actor, nil, forumViews.Holding{}, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/forums/"+c.Params("forum")+"/seats/"+c.Params("seat")+"#deputies", "The deputies’ order is changed from today.")
}

func (s *Site) personPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showPerson(c, actor, nil, nil)
}

func (s *Site) showPerson(c *fiber.Ctx, actor access.Actor, typed *views.Form, problem *fault.Fault) error {
	id, err := idOf(c, "person")
	if err != nil {
		return err
	}
	page := views.Page{Problems: fieldsOf(problem)}
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page.HandoverPage, err = s.panels().ShowLeaving(tx, id)
		return err
	})
	if err != nil {
		return err
	}
	page.Form = suggested(page.HandoverPage)
	page.Form.LastDay = govuk.TypeDate(page.Today)
	if typed != nil {
		page.Form = *typed
	}
	page.Action = "/people/" + id.String() + "/leave"
	page.Hidden = []govuk.Hidden{{Name: "version", Value: strconv.Itoa(page.From.Version)}}
	info := layout.PageInfo{Title: page.From.Name, Section: "People", Before: govuk.BackLink{Href: "/people", Text: "Back to people"}, Errors: page.Problems}
	return s.render(c, actor, formStatus(problem), info, views.PersonPage(page))
}

func (s *Site) personLeaves(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "person")
	if err != nil {
		return err
	}
	form, handing := handingIn(c)
	form.LastDay = govuk.ReadDate(typedIn(c), "last_day")
	var read reading
	lastDay := read.date("last_day", form.LastDay)
	_, err = saved(&read, func() (int, error) {
		return http.StatusSeeOther, s.panels().PersonLeaves(c.UserContext(), actor, id, whole(c.FormValue("version")), lastDay, handing)
	})
	if problem := mendable(err); problem != nil {
		return s.showPerson(c, actor, &form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/people", "That account has ended, and everything they owned has passed on.")
}
