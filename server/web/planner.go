package web

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"quorate/frontend/govuk"
	forumViews "quorate/frontend/views/forums"
	"quorate/frontend/views/layout"
	views "quorate/frontend/views/planner"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// plannerPage is a forum's year on one sheet.
func (s *Site) plannerPage(c *fiber.Ctx, actor access.Actor) error {
	var page views.Year
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page.Today = tx.Today()
		page.YearPlan, err = panels.PlanYear(tx, c.Params("forum"), monthAsked(c.Query("from"), page.Today))
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{
		Title: "Year planner, " + monthTitle(page.From) + " to " + monthTitle(page.To), Section: page.Forum.Name, Wide: true, Across: true,
		Before: govuk.BackLink{Href: forumViews.Href(page.Forum), Text: "Back to " + page.Forum.Name},
	}
	return s.render(c, actor, http.StatusOK, info, views.Page(page))
}
