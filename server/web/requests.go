package web

import (
	"net/http"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/agendas/papers"
	"quorate/agendas/requests"
	"quorate/frontend/govuk"
	"quorate/frontend/views/layout"
	paperViews "quorate/frontend/views/papers"
	views "quorate/frontend/views/requests"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

func (s *Site) requests() requests.Store { return requests.Store{DB: s.DB} }

func (s *Site) requestsPage(c *fiber.Ctx, actor access.Actor) error {
	lists := views.Lists{MayMake: actor.MayAnywhere(access.MakeRequest), MayTable: actor.MayAnywhere(access.TableRequest)}
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if lists.Mine, err = requests.Mine(tx); err != nil {
			return err
		}
		lists.Inbox, err = requests.Inbox(tx)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Funding requests", Wide: true}, views.ListPage(lists))
}

func (s *Site) requestPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showRequest(c, actor, views.Shown{}, nil)
}

// showRequest shows a request with what its clerk typed and what is wrong with it.
func (s *Site) showRequest(c *fiber.Ctx, actor access.Actor, page views.Shown, problem *fault.Fault) error {
	id, err := idOf(c, "request")
	if err != nil {
		return err
	}
	var attached papers.Page
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if page.Page, err = requests.Show(tx, id); err != nil {
			return err
		}
		attached, err = s.Papers.Show(tx, papers.Subject{Request: id})
		return err
	})
	if err != nil {
		return err
	}
	page.Problems = fieldsOf(problem)
	info := layout.PageInfo{Title: "Funding request " + page.Reference(), Section: page.Forum.Name, Errors: page.Problems, Before: govuk.BackLink{Href: "/requests", Text: "Back to funding requests"}}
	return s.render(c, actor, formStatus(problem), info, templ.Join(views.RequestPage(page), paperViews.Section(attached)))
}

func (s *Site) newRequestPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showRequestForm(c, actor, uuid.Nil, nil, nil)
}

func (s *Site) editRequestPage(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "request")
	if err != nil {
		return err
	}
	return s.showRequestForm(c, actor, id, nil, nil)
}

// requestTyped is a funding request's form as it came in.
type requestTyped struct {
	form               requests.Form
	start, end, review govuk.TypedDate
}

// showRequestForm shows the form; typed nil means as it was saved.
func (s *Site) showRequestForm(c *fiber.Ctx, actor access.Actor, id uuid.UUID, typed *requestTyped, problem *fault.Fault) error {
	page := views.Writing{Problems: fieldsOf(problem)}
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page.FormPage, err = requests.ShowForm(tx, id)
		return err
	})
	if err != nil {
		return err
	}
	if id != uuid.Nil && !page.Request.IsPresenters() {
		return fault.New(fault.Conflict, "This request has been submitted. Ask the panel’s clerk to return it if it must change.")
	}
	if typed != nil {
		page.Form = typed.form
		page.Start, page.End, page.Review = typed.start, typed.end, typed.review
	} else {
		page.Start, page.End, page.Review = govuk.TypeDate(page.Form.StartsOn), govuk.TypeDate(page.Form.EndsOn), govuk.TypeDate(page.Form.ReviewOn)
	}
	page.Left = page.Form.LeftToShare(page.Funders)
	title := "Ask for funding"
	if id != uuid.Nil {
		title = "Funding request " + page.Request.Reference()
	}
	info := layout.PageInfo{Title: title, Section: "Funding requests", Errors: page.Problems, Before: govuk.BackLink{Href: "/requests", Text: "Back to funding requests"}}
	return s.render(c, actor, formStatus(problem), info, views.FormPage(page))
}

func (s *Site) createRequest(c *fiber.Ctx, actor access.Actor) error {
	return s.saveRequest(c, actor, uuid.Nil)
}

func (s *Site) changeRequest(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "request")
	if err != nil {
		return err
	}
	return s.saveRequest(c, actor, id)
}

func (s *Site) saveRequest(c *fiber.Ctx, actor access.Actor, id uuid.UUID) error {
	typed, err := s.requestIn(c, actor)
	if err != nil {
		return err
	}
	if c.FormValue("do") == "reckon" { // shows what is left to share, and keeps nothing
		return s.showRequestForm(c, actor, id, typed, nil)
	}
	save, said := s.requests().SaveDraft, "Saved as a draft."
	if c.FormValue("do") == "submit" {
		save, said = s.requests().Submit, "Submitted to the panel."
	}
	request, err := save(c.UserContext(), actor, id, whole(c.FormValue("version")), typed.form)
	if problem := mendable(err); problem != nil {
		return s.showRequestForm(c, actor, id, typed, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href(request.ID), said)
}

// requestIn reads the form. A share is read for each agency that may be asked to pay.
func (s *Site) requestIn(c *fiber.Ctx, actor access.Actor) (*requestTyped, error) {
	typed := typedIn(c)
	in := &requestTyped{
		start: govuk.ReadDate(typed, "starts_on"), end: govuk.ReadDate(typed, "ends_on"), review: govuk.ReadDate(typed, "review_on"),
		form: requests.Form{
			CaseNumber: typed("case_number"), Need: typed("need"), Outcomes: typed("outcomes"), OptionsConsidered: typed("options_considered"), AlreadyOwed: typed("already_owed"),
			Weekly: typed("weekly"), OneOff: typed("one_off"), ByPercent: typed("split_by") == "percent",
		},
	}
	if in.form.CaseNumber == "" {
		in.form.CaseNumber = typed("own_case")
	}
	in.form.ForumID, _ = uuid.Parse(typed("forum")) // what is no panel is refused with the form
	var read reading
	in.form.StartsOn = read.date("starts_on", in.start)
	in.form.EndsOn = read.date("ends_on", in.end)
	in.form.ReviewOn = read.date("review_on", in.review)
	in.form.DateProblems = fieldsOf(fault.As(read.form.Err()))
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
		funders, err := requests.Funders(tx)
		for _, agency := range funders {
			in.form.Shares = append(in.form.Shares, requests.TypedShare{
				AgencyID: agency.ID, Weekly: typed(requests.ShareField("weekly", agency.ID)),
				OneOff: typed(requests.ShareField("one_off", agency.ID)), Percent: typed(requests.ShareField("percent", agency.ID)),
			})
		}
		return err
	})
	return in, err
}

func (s *Site) returnRequest(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "request")
	if err != nil {
		return err
	}
	typed := typedIn(c)
	err = s.requests().Return(c.UserContext(), actor, id, whole(typed("version")), typed("questions"))
	if problem := mendable(err); problem != nil {
		return s.showRequest(c, actor, views.Shown{Questions: typed("questions")}, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/requests", "Request sent back with your questions.")
}

func (s *Site) tableRequest(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "request")
	if err != nil {
		return err
	}
	typed := typedIn(c)
	meeting, _ := uuid.Parse(typed("meeting")) // what is no meeting is not found
	err = s.agendas().TableRequest(c.UserContext(), actor, id, whole(typed("version")), meeting, typed("late_reason"))
	if problem := mendable(err); problem != nil {
		return s.showRequest(c, actor, views.Shown{MeetingID: typed("meeting"), LateReason: typed("late_reason")}, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href(id), "Put on the agenda.")
}
