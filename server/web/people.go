package web

import (
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v2"

	"quorate/frontend/views/layout"
	"quorate/frontend/views/people"
	"quorate/server/auth"
	"quorate/server/base/access"
	"quorate/server/base/fault"
)

func (s *Site) peoplePage(c *fiber.Ctx, actor access.Actor) error {
	list, err := s.Auth.People(c.UserContext(), actor)
	if err != nil {
		return err
	}
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "People", Section: "Administration"}, people.ListPage(list))
}

func (s *Site) newPersonPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showNewPerson(c, actor, http.StatusOK, auth.NewPerson{}, nil)
}

func (s *Site) showNewPerson(c *fiber.Ctx, actor access.Actor, code int, form auth.NewPerson, problem *fault.Fault) error {
	agencies, err := s.Auth.Agencies(c.UserContext(), actor)
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Add a person", Section: "Administration", Errors: fieldsOf(problem)}
	return s.render(c, actor, code, info, people.NewPage(form, agencies, info.Errors))
}

func (s *Site) createPerson(c *fiber.Ctx, actor access.Actor) error {
	form := auth.NewPerson{
		Name: strings.TrimSpace(c.FormValue("name")), Email: c.FormValue("email"), JobTitle: strings.TrimSpace(c.FormValue("job_title")),
		AgencyID: c.FormValue("agency"), Password: c.FormValue("password"),
	}
	for _, role := range c.Context().PostArgs().PeekMulti("role") {
		switch string(role) {
		case "administrator":
			form.Administrator = true
		case "auditor":
			form.Auditor = true
		case "presenter":
			form.Presenter = true
		}
	}
	_, err := s.Auth.CreatePerson(c.UserContext(), actor, form)
	if f := fault.As(err); f != nil && f.Kind == fault.Invalid {
		return s.showNewPerson(c, actor, http.StatusUnprocessableEntity, form, f)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/people", "Account added. Give them their password in person or by phone.")
}

// fieldsOf is what the error summary lists.
func fieldsOf(problem *fault.Fault) []fault.Field {
	if problem == nil {
		return nil
	}
	if len(problem.Fields) == 0 {
		return []fault.Field{{Sentence: problem.Sentence}}
	}
	return problem.Fields
}
