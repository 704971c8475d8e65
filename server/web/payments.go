package web

import (
	"fmt"
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/agendas/requests"
	"quorate/frontend/documents"
	"quorate/frontend/govuk"
	"quorate/frontend/views/layout"
	views "quorate/frontend/views/letters"
	"quorate/panels"
	"quorate/panels/room/letters"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

const excelKind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

func (s *Site) authorisationsPage(c *fiber.Ctx, actor access.Actor) error {
	var list letters.Authorisations
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		list, err = letters.ListAuthorisations(tx, c.Query("forum"))
		return err
	})
	if err != nil {
		return err
	}
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Funding authorisations", Wide: true}, views.AuthorisationsPage(list, c.Query("forum")))
}

func (s *Site) authorisationPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showAuthorisation(c, actor, nil, nil)
}

func (s *Site) showAuthorisation(c *fiber.Ctx, actor access.Actor, typed []string, problem *fault.Fault) error {
	id, err := idOf(c, "authorisation")
	if err != nil {
		return err
	}
	var page letters.AuthorisationPage
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page, err = letters.ShowAuthorisation(tx, id)
		return err
	})
	if err != nil {
		return err
	}
	codes := make([]string, len(page.Lines))
	for i, line := range page.Lines {
		codes[i] = line.CostCode
		if i < len(typed) {
			codes[i] = typed[i]
		}
	}
	info := layout.PageInfo{Title: "Authorisation " + page.Reference(), Section: page.Forum, Before: govuk.BackLink{Href: "/authorisations", Text: "Back to the authorisations"}, Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.AuthorisationPage(page, codes, info.Errors))
}

// mostLines is beyond the kinds of support there are.
const mostLines = 20

func (s *Site) codeAuthorisation(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "authorisation")
	if err != nil {
		return err
	}
	typed := typedIn(c)
	var codes []string
	for i := 1; i <= mostLines && c.Context().PostArgs().Has(fmt.Sprintf("code-%d", i)); i++ {
		codes = append(codes, typed(fmt.Sprintf("code-%d", i)))
	}
	issue := typed("issue") == "yes"
	err = s.letterStore().CodeAuthorisation(c.UserContext(), actor, id, whole(typed("version")), codes, issue)
	if problem := mendable(err); problem != nil {
		return s.showAuthorisation(c, actor, codes, problem)
	}
	if err != nil {
		return err
	}
	if issue {
		return s.redirect(c, views.AuthorisationHref(id), "The authorisation is issued. The agency’s members are told by email that it is ready.")
	}
	return s.redirect(c, views.AuthorisationHref(id), "The cost codes are saved.")
}

func (s *Site) authorisationFile(ending string) func(http.ResponseWriter, *http.Request, access.Actor) error {
	return func(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
		id, err := uuid.Parse(r.PathValue("authorisation"))
		if err != nil {
			return pageNotFound()
		}
		var page letters.AuthorisationPage
		err = s.DB.Read(r.Context(), actor, func(tx db.Tx) (err error) {
			page, err = letters.ShowAuthorisation(tx, id)
			return err
		})
		if err != nil {
			return err
		}
		return s.sendPaper(w, r, documents.AuthorisationPaper(page.AuthorisationRow), "authorisation-"+page.Reference(), ending)
	}
}

func (s *Site) authorisationsFile(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
	var list letters.Authorisations
	err := s.DB.Read(r.Context(), actor, func(tx db.Tx) (err error) {
		list, err = letters.ListAuthorisations(tx, r.URL.Query().Get("forum"))
		return err
	})
	if err != nil {
		return err
	}
	file, err := documents.AuthorisationsExcel(list.Rows)
	if err != nil {
		return err
	}
	sendFile(w, file, excelKind, "attachment", "authorisations.xlsx")
	return nil
}

// monthAsked reads a month as it stands in an address; without one, the last that is over.
func (s *Site) monthAsked(asked string) (letters.Month, error) {
	if asked == "" {
		return letters.MonthOf(s.today()).Previous(), nil
	}
	t, err := time.Parse("2006-01", asked)
	if err != nil || t.Year() < 2000 || t.Year() > 2200 {
		return letters.Month{}, fault.New(fault.NotFound, "There is no such month. Write it like 2026-11.")
	}
	return letters.MonthOf(clock.NewDate(t.Year(), t.Month(), 1)), nil
}

func (s *Site) rechargePage(c *fiber.Ctx, actor access.Actor) error {
	month, err := s.monthAsked(c.Query("month"))
	if err != nil {
		return err
	}
	var schedule letters.Schedule
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		schedule, err = letters.ShowRecharge(tx, c.Params("forum"), month)
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Recharge for " + month.Words(), Section: schedule.Forum.Name, Wide: true, Before: govuk.BackLink{Href: "/authorisations", Text: "Back to the authorisations"}}
	return s.render(c, actor, http.StatusOK, info, views.RechargePage(schedule))
}

func (s *Site) issueRecharge(c *fiber.Ctx, actor access.Actor) error {
	month, err := s.monthAsked(c.FormValue("month"))
	if err != nil {
		return err
	}
	if err := s.letterStore().IssueRecharge(c.UserContext(), actor, c.Params("forum"), month); err != nil {
		return err
	}
	return s.redirect(c, views.RechargeHref(c.Params("forum"), month), "The recharge for "+month.Words()+" is issued.")
}

func (s *Site) rechargeFile(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
	month, err := s.monthAsked(r.URL.Query().Get("month"))
	if err != nil {
		return err
	}
	var schedule letters.Schedule
	err = s.DB.Read(r.Context(), actor, func(tx db.Tx) (err error) {
		schedule, err = letters.ShowRecharge(tx, r.PathValue("forum"), month)
		return err
	})
	if err != nil {
		return err
	}
	file, err := documents.RechargeExcel(schedule)
	if err != nil {
		return err
	}
	sendFile(w, file, excelKind, "attachment", "recharge-"+schedule.Forum.Slug+"-"+month.String()+".xlsx")
	return nil
}

func (s *Site) costCodesPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showCostCodes(c, actor, nil, nil)
}

func (s *Site) showCostCodes(c *fiber.Ctx, actor access.Actor, typed letters.CostCodes, problem *fault.Fault) error {
	id, err := idOf(c, "agency")
	if err != nil {
		return err
	}
	var agency panels.Agency
	codes := typed
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if agency, err = panels.AgencyByID(tx, id); err != nil || typed != nil {
			return err
		}
		codes, err = letters.CostCodesOf(tx, id)
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Cost codes of " + agency.Name, Section: "Administration", Before: govuk.BackLink{Href: "/agencies/" + id.String(), Text: "Back to the agency"}, Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.CodesPage(agency.Name, views.Codes{AgencyID: id, Codes: codes}, info.Errors))
}

func (s *Site) setCostCodes(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "agency")
	if err != nil {
		return err
	}
	typed := typedIn(c)
	codes := letters.CostCodes{}
	for _, kind := range append([]requests.LineKind{""}, requests.LineKinds...) {
		codes[kind] = typed("code_" + string(kind))
	}
	err = s.letterStore().SetCostCodes(c.UserContext(), actor, id, codes)
	if problem := mendable(err); problem != nil {
		return s.showCostCodes(c, actor, codes, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/agencies/"+id.String()+"/cost-codes", "The cost codes are saved.")
}
