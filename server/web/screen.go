package web

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"quorate/frontend/views/layout"
	views "quorate/frontend/views/room"
	"quorate/server/base/access"
)

// screenPage is the meeting for the projector: no names, and nothing to press.
func (s *Site) screenPage(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "meeting")
	if err != nil {
		return err
	}
	view, err := s.Room.Screen(c.UserContext(), actor, id)
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: view.Meeting.Forum, Section: "Big screen", Bare: true, Live: true, Again: 10, Scripts: []string{"screen.js"}}
	return s.render(c, actor, http.StatusOK, info, views.ScreenPage(views.Page{View: view, Now: s.DB.Now()}))
}
