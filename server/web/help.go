package web

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"quorate/frontend/views/help"
	"quorate/frontend/views/layout"
	"quorate/server/base/access"
)

func (s *Site) helpPage(c *fiber.Ctx, actor access.Actor) error {
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Help"}, help.HelpPage())
}

func (s *Site) accessibilityPage(c *fiber.Ctx, actor access.Actor) error {
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Accessibility statement", Section: "Help"}, help.AccessibilityPage())
}

func (s *Site) privacyPage(c *fiber.Ctx, actor access.Actor) error {
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Privacy notice", Section: "Help"}, help.PrivacyPage())
}
