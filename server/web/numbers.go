package web

import (
	"github.com/gofiber/fiber/v2"

	"quorate/agendas/tracker"
	"quorate/frontend/govuk"
	"quorate/frontend/views/layout"
	views "quorate/frontend/views/references"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// numbersPage is where a young person's other references are typed, corrected and withdrawn.
func (s *Site) numbersPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showNumbers(c, actor, nil, nil)
}

// showNumbers shows them as they are kept, or as they were typed with what is wrong.
func (s *Site) showNumbers(c *fiber.Ctx, actor access.Actor, typed map[tracker.Field]string, problem *fault.Fault) error {
	page := views.Numbers{Typed: typed, Problems: fieldsOf(problem)}
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if page.Case, err = tracker.CaseFor(tx, c.Params("case")); err != nil {
			return err
		}
		if page.Headings, err = tracker.NumberHeadings(tx); err != nil || problem == nil {
			return err
		}
		page.Others, err = tracker.CasesThatHold(tx, page.Case.ID, typed)
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Change the references of " + page.Case.Reference(), Section: "Cases", Errors: page.Problems,
		Before: govuk.BackLink{Href: views.Href(page.Case), Text: "References"}}
	return s.render(c, actor, formStatus(problem), info, views.NumbersPage(page))
}

func (s *Site) changeNumbers(c *fiber.Ctx, actor access.Actor) error {
	of, err := s.caseNamed(c, actor)
	if err != nil {
		return err
	}
	form := typedIn(c)
	typed := map[tracker.Field]string{}
	for _, field := range tracker.Numbers() {
		typed[field] = form(string(field))
	}
	changed, err := tracker.ChangeNumbers(c.UserContext(), s.DB, actor, of.ID, whole(form("version")), typed)
	if problem := mendable(err); problem != nil {
		return s.showNumbers(c, actor, typed, problem)
	}
	if err != nil {
		return err
	}
	said := "The references are changed."
	if changed.Version == whole(form("version")) {
		said = "Nothing was changed."
	}
	return s.redirect(c, views.Href(changed), said)
}
