package web

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"quorate/frontend/govuk"
	"quorate/frontend/views/help"
	"quorate/frontend/views/layout"
	"quorate/server/base/access"
)

func (s *Site) helpPage(c *fiber.Ctx, actor access.Actor) error {
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Help"}, help.HelpPage())
}

// guidePage shows one of the guides.
func (s *Site) guidePage(guide help.Guide) handler {
	return func(c *fiber.Ctx, actor access.Actor) error {
		info := layout.PageInfo{Title: guide.Title, Section: "Help", Before: govuk.BackLink{Href: "/help", Text: "Help"}}
		return s.render(c, actor, http.StatusOK, info, help.GuidePage(guide))
	}
}

func (s *Site) accessibilityPage(c *fiber.Ctx, actor access.Actor) error {
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Accessibility statement", Section: "Help"}, help.AccessibilityPage())
}

func (s *Site) privacyPage(c *fiber.Ctx, actor access.Actor) error {
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Privacy notice", Section: "Help"}, help.PrivacyPage())
}
