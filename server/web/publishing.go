package web

import (
	"fmt"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"quorate/agendas"
	"quorate/frontend/govuk"
	views "quorate/frontend/views/agendas"
	"quorate/frontend/views/layout"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// publishPage shows what the next version would say and change, before it is out.
func (s *Site) publishPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showPublication(c, actor, "", nil)
}

func (s *Site) showPublication(c *fiber.Ctx, actor access.Actor, lateReason string, problem *fault.Fault) error {
	id, err := idOf(c, "meeting")
	if err != nil {
		return err
	}
	page := views.Publication{LateReason: lateReason, Problems: fieldsOf(problem)}
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page.PublicationPage, err = agendas.ShowPublication(tx, id, room.WithheldItems)
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{
		Title: "Check before you publish", Section: page.Forum.Name, Errors: page.Problems,
		Before: govuk.BackLink{Href: views.EditHref(id), Text: "Back to the agenda"},
	}
	return s.render(c, actor, formStatus(problem), info, views.PublishPage(page))
}

func (s *Site) publishAgenda(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "meeting")
	if err != nil {
		return err
	}
	typed := typedIn(c)
	version, err := s.agendas().PublishAsSeen(c.UserContext(), actor, id, agendas.Seen{Mark: typed("mark"), LateReason: typed("late_reason")})
	if problem := mendable(err); problem != nil {
		return s.showPublication(c, actor, typed("late_reason"), problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href(id, 0), fmt.Sprintf("Agenda published as version %d.", version))
}

// versionsPage lists the versions of an agenda with what each changed.
func (s *Site) versionsPage(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "meeting")
	if err != nil {
		return err
	}
	var page agendas.VersionsPage
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page, err = agendas.ShowVersions(tx, id, room.WithheldItems)
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Versions of the agenda", Section: page.Forum.Name, Before: govuk.BackLink{Href: views.Href(id, 0), Text: "Back to the agenda"}}
	return s.render(c, actor, http.StatusOK, info, views.VersionsPage(page))
}

// readersPage says who has opened the agenda that is out.
func (s *Site) readersPage(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "meeting")
	if err != nil {
		return err
	}
	var page agendas.ReadersPage
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page, err = agendas.ShowReaders(tx, id)
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Who has opened the agenda", Section: page.Forum.Name, Before: govuk.BackLink{Href: views.Href(id, 0), Text: "Back to the agenda"}}
	return s.render(c, actor, http.StatusOK, info, views.ReadersPage(page))
}

func (s *Site) remindReaders(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "meeting")
	if err != nil {
		return err
	}
	reminded, err := s.agendas().RemindReaders(c.UserContext(), actor, id)
	if err != nil {
		return err
	}
	said := fmt.Sprintf("%d people are reminded by email.", reminded)
	switch reminded {
	case 0:
		said = "Everybody has opened it, or was reminded today."
	case 1:
		said = "1 person is reminded by email."
	}
	return s.redirect(c, views.ReadersHref(id), said)
}
