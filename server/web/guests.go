package web

import (
	"github.com/gofiber/fiber/v2"

	"quorate/agendas"
	"quorate/frontend/govuk"
	views "quorate/frontend/views/agendas"
	"quorate/frontend/views/layout"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

func (s *Site) guestsPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showGuests(c, actor, "", false, nil)
}

func (s *Site) showGuests(c *fiber.Ctx, actor access.Actor, person string, leads bool, problem *fault.Fault) error {
	id, err := idOf(c, "item")
	if err != nil {
		return err
	}
	page := views.Guests{Person: person, Leads: leads, Problems: fieldsOf(problem)}
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if page.Draft, page.Line, err = agendas.ShowItem(tx, id, room.WithheldItems); err != nil {
			return err
		}
		if page.Line.Withheld != "" {
			return fault.New(fault.Denied, "You left for this item, so somebody else must see to its guests.")
		}
		page.People, err = panels.PeopleOutside(tx)
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{
		Title: "Guests for an item", Section: page.Draft.Forum.Name, Errors: page.Problems,
		Before: govuk.BackLink{Href: views.EditHref(page.Draft.Meeting.ID), Text: "Back to the agenda"},
	}
	return s.render(c, actor, formStatus(problem), info, views.GuestsPage(page))
}

func (s *Site) askGuest(c *fiber.Ctx, actor access.Actor) error {
	item, err := idOf(c, "item")
	if err != nil {
		return err
	}
	var read reading
	person := read.id("person", c.FormValue("person"), "Choose somebody from the list")
	read.form.Require(person != nil, "person", "Choose who is asked to join")
	_, err = saved(&read, func() (any, error) {
		return s.agendas().AskGuest(c.UserContext(), actor, item, *person, c.FormValue("leads") == "yes")
	})
	if problem := mendable(err); problem != nil {
		return s.showGuests(c, actor, c.FormValue("person"), c.FormValue("leads") == "yes", problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.GuestsHref(item), "They are asked to join this item.")
}

func (s *Site) withdrawGuest(c *fiber.Ctx, actor access.Actor) error {
	guest, err := idOf(c, "guest")
	if err != nil {
		return err
	}
	item, err := s.agendas().WithdrawGuest(c.UserContext(), actor, guest)
	if err != nil {
		return err
	}
	return s.redirect(c, views.GuestsHref(item), "Their place is withdrawn. The item is closed to them.")
}
