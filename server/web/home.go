package web

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"quorate/frontend/views/home"
	"quorate/frontend/views/layout"
	"quorate/server/base/access"
)

// homePage answers "what needs me now" for whoever is signed in.
func (s *Site) homePage(c *fiber.Ctx, actor access.Actor) error {
	page := home.Page{Greeting: "Hello, " + actor.Name}
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Home"}, home.HomePage(page))
}
