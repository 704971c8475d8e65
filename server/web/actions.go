package web

import (
	"net/http"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	views "quorate/frontend/views/actions"
	"quorate/frontend/views/layout"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// actionsPage lists the reader's own actions, or those of a forum whose decisions they may read.
func (s *Site) actionsPage(c *fiber.Ctx, actor access.Actor) error {
	page := views.Page{Forum: c.Query("forum"), Done: c.Query("done") == "yes"}
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
		page.Today = tx.Today()
		forums, err := panels.Forums(tx)
		if err != nil {
			return err
		}
		chosen := uuid.Nil
		for _, forum := range forums {
			if !actor.May(access.ReadDecisions, forum.ID) {
				continue
			}
			page.Forums = append(page.Forums, views.Forum{Slug: forum.Slug, Name: forum.Name})
			if forum.Slug == page.Forum {
				chosen = forum.ID
			}
		}
		if page.Forum != "" && chosen == uuid.Nil {
			return pageNotFound()
		}
		page.Lines, err = room.ListActions(tx, chosen, page.Done)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Actions", Wide: true}, views.ListPage(page))
}

func (s *Site) completeAction(c *fiber.Ctx, actor access.Actor) error {
	action, err := uuid.Parse(c.Params("action"))
	if err != nil {
		return pageNotFound()
	}
	if err := s.doInRoom(c, actor, room.CompleteAction{ActionID: action}); err != nil {
		return err
	}
	return s.redirect(c, views.Href(c.FormValue("back"), false), "Action marked as done.")
}
