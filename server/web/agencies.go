package web

import (
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/govuk"
	views "quorate/frontend/views/agencies"
	"quorate/frontend/views/layout"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

func (s *Site) agenciesPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showAgencies(c, actor, nil, nil)
}

// showAgencies lists the agencies, with who we are as it stands or as it was typed.
func (s *Site) showAgencies(c *fiber.Ctx, actor access.Actor, typed *panels.Partnership, problem *fault.Fault) error {
	var list []panels.Agency
	var ours panels.Partnership
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if list, err = panels.Agencies(tx); err != nil {
			return err
		}
		ours, err = panels.OurPartnership(tx)
		return err
	})
	if err != nil {
		return err
	}
	if typed != nil {
		typed.Version = ours.Version
		ours = *typed
	}
	info := layout.PageInfo{Title: "Agencies", Section: "Administration", Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.ListPage(list, ours, info.Errors))
}

func (s *Site) setPartnership(c *fiber.Ctx, actor access.Actor) error {
	typed := typedIn(c)
	ours := panels.Partnership{Council: typed("council"), ICB: typed("icb"), Version: whole(typed("version"))}
	err := s.panels().SetPartnership(c.UserContext(), actor, ours)
	if problem := mendable(err); problem != nil {
		return s.showAgencies(c, actor, &ours, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/agencies", "Saved who we are.")
}

func (s *Site) newAgencyPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showAgency(c, actor, panels.Agency{}, nil)
}

func (s *Site) addAgency(c *fiber.Ctx, actor access.Actor) error {
	agency := agencyIn(c)
	_, err := s.panels().AddAgency(c.UserContext(), actor, agency)
	if problem := mendable(err); problem != nil {
		return s.showAgency(c, actor, agency, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/agencies", "Agency added.")
}

func (s *Site) agencyPage(c *fiber.Ctx, actor access.Actor) error {
	agency, err := s.agencyOf(c, actor)
	if err != nil {
		return err
	}
	return s.showAgency(c, actor, agency, nil)
}

func (s *Site) changeAgency(c *fiber.Ctx, actor access.Actor) error {
	now, err := s.agencyOf(c, actor)
	if err != nil {
		return err
	}
	agency := agencyIn(c)
	agency.ID = now.ID
	_, err = s.panels().ChangeAgency(c.UserContext(), actor, agency)
	if problem := mendable(err); problem != nil {
		agency.Version = now.Version // who sends it again has been told of the change in between
		return s.showAgency(c, actor, agency, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/agencies", "Agency saved.")
}

// showAgency is the form of a new agency, or of one that has an id.
func (s *Site) showAgency(c *fiber.Ctx, actor access.Actor, agency panels.Agency, problem *fault.Fault) error {
	title, action := "Add an agency", "/agencies"
	if agency.ID != uuid.Nil {
		title, action = "Change an agency", views.Href(agency)
	}
	var people []panels.Person
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		people, err = panels.People(tx)
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: title, Section: "Administration", Before: govuk.BackLink{Href: "/agencies", Text: "Back to agencies"}, Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.FormPage(title, action, agency, people, info.Errors))
}

func (s *Site) agencyOf(c *fiber.Ctx, actor access.Actor) (agency panels.Agency, err error) {
	id, err := uuid.Parse(c.Params("agency"))
	if err != nil {
		return agency, pageNotFound()
	}
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		agency, err = panels.AgencyByID(tx, id)
		return err
	})
	return agency, err
}

func agencyIn(c *fiber.Ctx) panels.Agency {
	typed := typedIn(c)
	agency := panels.Agency{
		Name: typed("name"), ShortName: typed("short_name"), Kind: panels.AgencyKind(typed("kind")), LegalBody: typed("legal_body"),
		Funder: typed("funder") == "yes", Outside: typed("outside") == "yes", Version: whole(typed("version")),
	}
	if officer, err := uuid.Parse(typed("officer")); err == nil {
		agency.OfficerID = &officer
	}
	return agency
}
