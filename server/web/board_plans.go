package web

import (
	"net/http"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"quorate/frontend/documents"
	"quorate/frontend/govuk"
	views "quorate/frontend/views/board"
	"quorate/frontend/views/layout"
	"quorate/panels/escalations"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/fault"
)

// forwardPlanPage is what comes to a board when.
func (s *Site) forwardPlanPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showForwardPlan(c, actor, views.NewPlanItem{}, nil)
}

func (s *Site) showForwardPlan(c *fiber.Ctx, actor access.Actor, typed views.NewPlanItem, problem *fault.Fault) error {
	plan, err := s.escalations().ShowForwardPlan(c.UserContext(), actor, c.Params("board"))
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Forward plan", Section: plan.Board.Name, Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.ForwardPlanPage(plan, typed, info.Errors))
}

func (s *Site) addPlanItem(c *fiber.Ctx, actor access.Actor) error {
	field := typedIn(c)
	typed := views.NewPlanItem{Title: field("title"), Month: field("month"), Lead: field("lead")}
	var read reading
	month, err := clock.ParseDate(typed.Month)
	read.form.Require(err == nil, "month", "Select one of the next twelve months")
	lead := read.id("lead", typed.Lead, "Select who leads on it from the list")
	_, err = saved(&read, func() (struct{}, error) {
		return struct{}{}, s.escalations().AddPlanItem(c.UserContext(), actor, c.Params("board"), typed.Title, month, lead)
	})
	if problem := mendable(err); problem != nil {
		return s.showForwardPlan(c, actor, typed, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/board/"+c.Params("board")+"/forward-plan", "It is on the plan.")
}

func (s *Site) endPlanItem(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "item")
	if err != nil {
		return err
	}
	if err := s.escalations().EndPlanItem(c.UserContext(), actor, c.Params("board"), id); err != nil {
		return err
	}
	return s.redirect(c, "/board/"+c.Params("board")+"/forward-plan", "It is off the plan.")
}

// deliveryPlanPage is what the partnership set out to deliver.
func (s *Site) deliveryPlanPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showDeliveryPlan(c, actor, views.NewDelivery{}, nil)
}

func (s *Site) showDeliveryPlan(c *fiber.Ctx, actor access.Actor, typed views.NewDelivery, problem *fault.Fault) error {
	plan, err := s.escalations().ShowDeliveryPlan(c.UserContext(), actor, c.Params("board"))
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Delivery plan", Section: plan.Board.Name, Wide: true, Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.DeliveryPlanPage(plan, typed, info.Errors))
}

func (s *Site) addDelivery(c *fiber.Ctx, actor access.Actor) error {
	field := typedIn(c)
	typed := views.NewDelivery{Title: field("title"), Measure: field("measure"), Owner: field("owner"), DueOn: govuk.ReadDate(field, "due_on")}
	var read reading
	given := escalations.NewDelivery{Title: typed.Title, Measure: typed.Measure, DueOn: read.date("due_on", typed.DueOn)}
	if owner := read.id("owner", typed.Owner, "Select who owns it"); owner != nil {
		given.OwnerID = *owner
	}
	_, err := saved(&read, func() (struct{}, error) {
		return struct{}{}, s.escalations().AddDelivery(c.UserContext(), actor, c.Params("board"), given)
	})
	if problem := mendable(err); problem != nil {
		return s.showDeliveryPlan(c, actor, typed, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/board/"+c.Params("board")+"/delivery-plan", "The action is on the delivery plan.")
}

func (s *Site) deliveryPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showDelivery(c, actor, nil, nil)
}

func (s *Site) showDelivery(c *fiber.Ctx, actor access.Actor, typed *views.DeliveryTyped, problem *fault.Fault) error {
	id, err := idOf(c, "action")
	if err != nil {
		return err
	}
	page, err := s.escalations().ShowDelivery(c.UserContext(), actor, id)
	if err != nil {
		return err
	}
	if typed == nil {
		filled := views.FillDelivery(page)
		typed = &filled
	}
	info := layout.PageInfo{Title: "Action of the delivery plan", Section: page.Board.Name, Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.DeliveryPage(page, *typed, info.Errors))
}

func (s *Site) changeDelivery(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "action")
	if err != nil {
		return err
	}
	field := typedIn(c)
	typed := views.DeliveryTyped{State: field("state"), Words: field("words"), Owner: field("owner"), DueOn: govuk.ReadDate(field, "due_on")}
	var read reading
	given := escalations.DeliveryChange{State: escalations.DeliveryState(typed.State), Words: typed.Words, DueOn: read.date("due_on", typed.DueOn), Version: whole(field("version"))}
	if owner := read.id("owner", typed.Owner, "Select who owns it"); owner != nil {
		given.OwnerID = *owner
	}
	_, err = saved(&read, func() (struct{}, error) {
		return struct{}{}, s.escalations().ChangeDelivery(c.UserContext(), actor, id, given)
	})
	if problem := mendable(err); problem != nil {
		return s.showDelivery(c, actor, &typed, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/board/delivery/"+id.String(), "Saved.")
}

// reportsPage lists a board's yearly reports.
func (s *Site) reportsPage(c *fiber.Ctx, actor access.Actor) error {
	list, err := s.escalations().ListReports(c.UserContext(), actor, c.Params("board"))
	if err != nil {
		return err
	}
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Yearly reports", Section: list.Board.Name}, views.ReportsPage(list))
}

// yearNamed is the year a report's address names.
func yearNamed(typed string) (int, error) {
	year, err := strconv.Atoi(typed)
	if err != nil {
		return 0, pageNotFound()
	}
	return year, nil
}

func (s *Site) reportPage(c *fiber.Ctx, actor access.Actor) error {
	year, err := yearNamed(c.Params("year"))
	if err != nil {
		return err
	}
	report, err := s.escalations().ShowReport(c.UserContext(), actor, c.Params("board"), year)
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Yearly report, " + report.Year.Words(), Section: report.Board.Name, Wide: true}
	return s.render(c, actor, http.StatusOK, info, views.ReportPage(report))
}

func (s *Site) issueReport(c *fiber.Ctx, actor access.Actor) error {
	year, err := yearNamed(c.Params("year"))
	if err != nil {
		return err
	}
	if err := s.escalations().IssueReport(c.UserContext(), actor, c.Params("board"), year); err != nil {
		return err
	}
	return s.redirect(c, "/board/"+c.Params("board")+"/reports/"+c.Params("year"), "The report is issued, and kept as it is.")
}

// reportFile is a yearly report for Word.
func (s *Site) reportFile(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
	year, err := yearNamed(r.PathValue("year"))
	if err != nil {
		return err
	}
	report, err := s.escalations().ShowReport(r.Context(), actor, r.PathValue("board"), year)
	if err != nil {
		return err
	}
	file, err := s.documents().PaperWord(documents.ReportPaper(report), s.DB.Now())
	if err != nil {
		return err
	}
	sendFile(w, file, wordType, "attachment", "yearly-report-"+report.Year.Slug()+".docx")
	return nil
}
