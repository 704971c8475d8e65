package web

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/gofiber/fiber/v2"

	views "quorate/frontend/views/audit"
	"quorate/frontend/views/layout"
	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

const auditPageLength = 50

// auditPage shows the trail: who, when and what was done to which thing, never what it held.
func (s *Site) auditPage(c *fiber.Ctx, actor access.Actor) error {
	if err := actor.Check(access.ReadAudit, anyForum); err != nil {
		return err
	}
	before, _ := strconv.ParseInt(c.Query("before"), 10, 64) // nonsense is the first page
	var trail views.Trail
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
		entries, next, err := audit.List(tx, audit.Filter{Before: before, Limit: auditPageLength})
		if err != nil {
			return err
		}
		for _, e := range entries {
			trail.Lines = append(trail.Lines, views.Line{
				Number: strconv.FormatInt(e.ID, 10), When: clock.DateOf(e.At).Long() + ", " + clock.Time(e.At),
				Who: e.ActorName, What: e.Action, On: e.ObjectKind + " " + e.ObjectID, Sealed: e.Sealed,
			})
		}
		if next != 0 {
			trail.NextHref = fmt.Sprintf("/audit?before=%d", next)
		}
		return nil
	})
	if err != nil {
		return err
	}
	report, err := audit.Verify(c.UserContext(), s.DB)
	if err != nil {
		return err
	}
	trail.Report, trail.Broken = report.Words(), !report.Intact()
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Audit trail", Wide: true}, views.TrailPage(trail))
}

func (s *Site) policyPage(c *fiber.Ctx, actor access.Actor) error {
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Who may do what", Section: "Help"}, views.PolicyPage())
}
