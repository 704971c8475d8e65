package web

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"quorate/frontend/views/home"
	"quorate/frontend/views/layout"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// homePage answers "what needs me now" for whoever is signed in.
func (s *Site) homePage(c *fiber.Ctx, actor access.Actor) error {
	page := home.Page{Greeting: "Hello, " + actor.Name}
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page.Meetings, err = nextMeetings(tx)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Home"}, home.HomePage(page))
}
