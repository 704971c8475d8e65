package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/frontend/govuk"
	"quorate/frontend/views/cases"
	"quorate/frontend/views/layout"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// showAddress shows where a protected young person is to be found, once somebody has said why they
// need to see it. It is a form post: no address of a page shows it, and going back hides it.
func (s *Site) showAddress(c *fiber.Ctx, actor access.Actor) error {
	of, err := s.caseNamed(c, actor)
	if err != nil {
		return err
	}
	why := typedIn(c)("why_address")
	err = tracker.ShowAddress(c.UserContext(), s.DB, actor, of.ID, why)
	if problem := mendable(err); problem != nil {
		return s.showCase(c, actor, cases.Page{Typed: map[string]string{"why_address": why}}, ofField(problem, "why", "why_address"))
	}
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return s.showCase(c, actor, cases.Page{Revealed: true}, nil)
}

// ofField leads an error about one field to another: the page's own name for it.
func ofField(problem *fault.Fault, from, to string) *fault.Fault {
	mine := *problem
	mine.Fields = nil
	for _, field := range problem.Fields {
		if field.Name == from {
			field.Name = to
		}
		mine.Fields = append(mine.Fields, field)
	}
	return &mine
}

func (s *Site) linkSibling(c *fiber.Ctx, actor access.Actor) error {
	of, err := s.caseNamed(c, actor)
	if err != nil {
		return err
	}
	typed := typedIn(c)("sibling")
	err = tracker.LinkSibling(c.UserContext(), s.DB, actor, of.ID, typed)
	if problem := mendable(err); problem != nil {
		return s.showCase(c, actor, cases.Page{Typed: map[string]string{"sibling": typed}}, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, cases.Href(of)+"#siblings", "The two cases are linked.")
}

func (s *Site) unlinkSibling(c *fiber.Ctx, actor access.Actor) error {
	return s.changeLink(c, actor, func(of tracker.Case) error {
		return tracker.UnlinkSibling(c.UserContext(), s.DB, actor, of.ID, c.FormValue("sibling"))
	}, "The two cases are no longer linked.")
}

func (s *Site) newViewsPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showViewsForm(c, actor, cases.ViewsForm{}, nil)
}

func (s *Site) showViewsForm(c *fiber.Ctx, actor access.Actor, form cases.ViewsForm, problem *fault.Fault) error {
	if problem != nil && form.How != "" {
		problem = ofField(problem, "who", cases.WhoField(tracker.How(form.How)))
	}
	form.Problems = fieldsOf(problem)
	var err error
	if form.Case, err = s.caseToRecord(c, actor); err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Record views", Section: "Case " + form.Case.Reference(), Errors: form.Problems, Before: govuk.BackLink{Href: cases.Href(form.Case), Text: "Back to the case"}}
	return s.render(c, actor, formStatus(problem), info, cases.ViewsPage(form))
}

// caseToRecord is the case in the address, for those who may record of it.
func (s *Site) caseToRecord(c *fiber.Ctx, actor access.Actor) (of tracker.Case, err error) {
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if of, err = tracker.CaseFor(tx, c.Params("case")); err != nil {
			return err
		}
		may, err := tracker.MayRecord(tx, of.ID)
		if err == nil && !may {
			err = fault.New(fault.Denied, "Only a clerk, a chair and those who work or bring this case record this. Ask one of them.")
		}
		return err
	})
	return of, err
}

func (s *Site) recordViews(c *fiber.Ctx, actor access.Actor) error {
	of, err := s.caseNamed(c, actor)
	if err != nil {
		return err
	}
	typed := typedIn(c)
	form := cases.ViewsForm{
		HeardOn: govuk.ReadDate(typed, "heard_on"), How: typed("how"), TakesPart: typed("takes_part"),
		Who: map[tracker.How]string{}, Verbatim: typed("verbatim"), Words: typed("words"),
	}
	for _, how := range tracker.Hows {
		form.Who[how] = typed(cases.WhoField(how))
	}
	var read reading
	said := tracker.NewViews{
		HeardOn: read.date("heard_on", form.HeardOn), How: tracker.How(form.How), Who: form.Who[tracker.How(form.How)],
		Words: strings.ReplaceAll(form.Words, "\r\n", "\n"), TakesPart: tracker.Part(form.TakesPart),
	}
	if form.Verbatim == "yes" || form.Verbatim == "no" {
		verbatim := form.Verbatim == "yes"
		said.Verbatim = &verbatim
	}
	_, err = saved(&read, func() (any, error) { return nil, tracker.RecordViews(c.UserContext(), s.DB, actor, of.ID, said) })
	if problem := mendable(err); problem != nil {
		return s.showViewsForm(c, actor, form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, cases.Href(of)+"#views", "Their views are saved.")
}

func (s *Site) newCapacityPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showCapacityForm(c, actor, cases.CapacityForm{}, nil)
}

func (s *Site) showCapacityForm(c *fiber.Ctx, actor access.Actor, form cases.CapacityForm, problem *fault.Fault) error {
	form.Problems = fieldsOf(problem)
	var err error
	if form.Case, err = s.caseToRecord(c, actor); err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Record capacity", Section: "Case " + form.Case.Reference(), Errors: form.Problems, Before: govuk.BackLink{Href: cases.Href(form.Case), Text: "Back to the case"}}
	return s.render(c, actor, formStatus(problem), info, cases.CapacityPage(form))
}

func (s *Site) recordCapacity(c *fiber.Ctx, actor access.Actor) error {
	of, err := s.caseNamed(c, actor)
	if err != nil {
		return err
	}
	typed := typedIn(c)
	form := cases.CapacityForm{Question: typed("question"), Outcome: typed("outcome"), JudgedBy: typed("judged_by"), JudgedOn: govuk.ReadDate(typed, "judged_on")}
	var read reading
	found := tracker.NewCapacity{Question: form.Question, Outcome: tracker.CapacityOutcome(form.Outcome), JudgedOn: read.date("judged_on", form.JudgedOn), JudgedBy: form.JudgedBy}
	_, err = saved(&read, func() (any, error) { return nil, tracker.RecordCapacity(c.UserContext(), s.DB, actor, of.ID, found) })
	if problem := mendable(err); problem != nil {
		return s.showCapacityForm(c, actor, form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, cases.Href(of)+"#capacity", "What was found is saved.")
}

func (s *Site) strikeViews(c *fiber.Ctx, actor access.Actor) error {
	return s.strikeRecord(c, actor, "#views", func(of tracker.Case, id uuid.UUID, why string) error {
		return tracker.StrikeViews(c.UserContext(), s.DB, actor, of.ID, id, why)
	})
}

func (s *Site) strikeCapacity(c *fiber.Ctx, actor access.Actor) error {
	return s.strikeRecord(c, actor, "#capacity", func(of tracker.Case, id uuid.UUID, why string) error {
		return tracker.StrikeCapacity(c.UserContext(), s.DB, actor, of.ID, id, why)
	})
}

// strikeRecord takes back one record of a case.
func (s *Site) strikeRecord(c *fiber.Ctx, actor access.Actor, back string, strike func(of tracker.Case, id uuid.UUID, why string) error) error {
	of, err := s.caseNamed(c, actor)
	if err != nil {
		return err
	}
	id, err := uuid.Parse(c.FormValue("record"))
	if err != nil {
		return pageNotFound()
	}
	field := "why-" + id.String()
	err = strike(of, id, typedIn(c)(field))
	if problem := mendable(err); problem != nil {
		return s.showCase(c, actor, cases.Page{Typed: map[string]string{field: typedIn(c)(field)}}, ofField(problem, "why", field))
	}
	if err != nil {
		return err
	}
	return s.redirect(c, cases.Href(of)+back, "It is taken back.")
}
