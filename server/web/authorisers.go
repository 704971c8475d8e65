package web

import (
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/views/layout"
	views "quorate/frontend/views/room"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

func (s *Site) authorisersPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showAuthorisers(c, actor, nil)
}

// showAuthorisers shows where the independent authorisers of an item are named: its number, and nothing of it.
func (s *Site) showAuthorisers(c *fiber.Ctx, actor access.Actor, problem *fault.Fault) error {
	item, err := idOf(c, "item")
	if err != nil {
		return err
	}
	page := views.Authorisers{Problems: fieldsOf(problem), Agency: c.FormValue("agency_id"), Person: c.FormValue("person_id"), CommandID: uuid.Must(uuid.NewV7())}
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page.Authorisers, err = room.ShowAuthorisers(tx, item)
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Independent authoriser", Section: page.Forum.Name, Errors: page.Problems}
	if actor.May(access.ReadMeeting, page.Forum.ID) { // an authorising officer may have no other part in it
		info.Before = backToMeeting(actor, page.Forum.ID, page.MeetingID)
	}
	return s.render(c, actor, formStatus(problem), info, views.AuthorisersPage(page))
}

func (s *Site) nameAuthoriser(c *fiber.Ctx, actor access.Actor) error {
	item, err := idOf(c, "item")
	if err != nil {
		return err
	}
	var page room.Authorisers
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page, err = room.ShowAuthorisers(tx, item)
		return err
	})
	if err != nil {
		return err
	}
	var read reading
	agency := read.id("agency_id", c.FormValue("agency_id"), "Refresh the page and try again")
	person := read.id("person_id", c.FormValue("person_id"), "Choose somebody from the list")
	command := read.id("command_id", c.FormValue("command_id"), "Refresh the page and try again")
	read.form.Require(agency != nil && command != nil, "agency_id", "Refresh the page and try again")
	read.form.Require(person != nil, "person_id", "Choose who is the independent authoriser")
	_, err = saved(&read, func() (room.Reply, error) {
		return s.Room.Do(c.UserContext(), actor, page.MeetingID, room.Command{ID: *command, Change: room.NameAuthoriser{ItemID: item, AgencyID: *agency, PersonID: *person}})
	})
	if problem := mendable(err); problem != nil {
		return s.showAuthorisers(c, actor, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.AuthorisersHref(item), "They are named, told by email and invited.")
}
