package web

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

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
	return s.showTrail(c, actor, nil)
}

// checkSeals computes every seal again. It reads the whole trail, so it is asked for and never done
// by opening the page.
func (s *Site) checkSeals(c *fiber.Ctx, actor access.Actor) error {
	report, err := audit.Verify(c.UserContext(), s.DB)
	if err != nil {
		return err
	}
	return s.showTrail(c, actor, &report)
}

func (s *Site) showTrail(c *fiber.Ctx, actor access.Actor, report *audit.Report) error {
	before, _ := strconv.ParseInt(c.Query("before"), 10, 64) // nonsense is the first page
	var trail views.Trail
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
		entries, next, err := audit.List(tx, audit.Filter{Before: before, Limit: auditPageLength})
		if err != nil {
			return err
		}
		names, err := namesOf(tx, entries)
		if err != nil {
			return err
		}
		for _, e := range entries {
			who := names[e.PersonID]
			if e.System != "" {
				who = "Quorate (" + e.System + ")"
			}
			trail.Lines = append(trail.Lines, views.Line{
				Number: strconv.FormatInt(e.ID, 10), When: clock.DateOf(e.At).Long() + ", " + clock.Time(e.At),
				Who: who, What: e.Action, On: e.ObjectKind + " " + e.ObjectID, Sealed: e.Sealed,
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
	if report != nil {
		trail.Checked, trail.Broken, trail.Report = true, report.Broken != nil, sealsInWords(*report)
	}
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Audit trail", Wide: true}, views.TrailPage(trail))
}

func namesOf(tx db.Tx, entries []audit.Listed) (map[uuid.UUID]string, error) {
	ids := make([]uuid.UUID, 0, len(entries))
	for _, e := range entries {
		ids = append(ids, e.PersonID)
	}
	var people []struct {
		ID   uuid.UUID
		Name string
	}
	if len(ids) > 0 {
		if err := tx.Raw(`select id, name from person where id in ?`, ids).Scan(&people).Error; err != nil {
			return nil, err
		}
	}
	names := make(map[uuid.UUID]string, len(people))
	for _, p := range people {
		names[p.ID] = p.Name
	}
	return names, nil
}

func sealsInWords(r audit.Report) string {
	if r.Broken != nil {
		return "The trail does not hold. " + r.Broken.String() + ". Tell your data-protection officer, and change nothing more until it is understood."
	}
	return fmt.Sprintf("The trail is whole: %d changes in %d seals were checked, and %d wait for the next seal. The last seal begins %x.", r.Entries, r.Seals, r.Unsealed, r.Head.Hash[:min(8, len(r.Head.Hash))])
}

func (s *Site) policyPage(c *fiber.Ctx, actor access.Actor) error {
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Who may do what", Section: "Help"}, views.PolicyPage())
}
