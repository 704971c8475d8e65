package web

import (
	"net/http"
	"strings"

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
	page.Problems, page.Papers = fieldsOf(problem), paperViews.Section(attached)
	info := layout.PageInfo{Title: "Funding request " + page.Reference(), Section: page.Forum.Name, Errors: page.Problems, Before: govuk.BackLink{Href: "/requests", Text: "Back to funding requests"}}
	return s.render(c, actor, formStatus(problem), info, views.RequestPage(page))
}

func (s *Site) newRequestPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showNewRequest(c, actor, views.Typed{}, nil)
}

func (s *Site) showNewRequest(c *fiber.Ctx, actor access.Actor, typed views.Typed, problem *fault.Fault) error {
	page := views.Writing{Section: requests.About, Typed: typed, Problems: fieldsOf(problem)}
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page.FormPage, err = requests.ShowNew(tx)
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Ask for funding", Section: "Funding requests", Errors: page.Problems, Before: govuk.BackLink{Href: "/requests", Text: "Back to funding requests"}}
	return s.render(c, actor, formStatus(problem), info, views.NewPage(page))
}

func (s *Site) createRequest(c *fiber.Ctx, actor access.Actor) error {
	typed := requestTyped(c)
	request, err := s.requests().Begin(c.UserContext(), actor, aboutIn(typed))
	if problem := mendable(err); problem != nil {
		return s.showNewRequest(c, actor, typed, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href(request.ID)+"/edit", "Your request is begun. Complete each section.")
}

// requestToWrite reads a request that is with the actor to write.
func (s *Site) requestToWrite(c *fiber.Ctx, actor access.Actor) (page requests.FormPage, err error) {
	id, err := idOf(c, "request")
	if err != nil {
		return page, err
	}
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page, err = requests.ShowForm(tx, id)
		return err
	})
	return page, err
}

func (s *Site) editRequestPage(c *fiber.Ctx, actor access.Actor) error {
	page, err := s.requestToWrite(c, actor)
	if err != nil {
		return err
	}
	var attached papers.Page
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		attached, err = s.Papers.Show(tx, papers.Subject{Request: page.ID})
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Funding request " + page.Reference(), Section: "Funding requests", Before: govuk.BackLink{Href: "/requests", Text: "Back to funding requests"}}
	return s.render(c, actor, http.StatusOK, info, views.TaskPage(views.Tasks{FormPage: page, Papers: paperViews.Section(attached)}))
}

// sectionOf is the section an address names, if the request asks about it.
func sectionOf(c *fiber.Ctx, page requests.FormPage) (requests.Section, error) {
	section := requests.Section(c.Params("section"))
	if !page.Kind.Has(section) {
		return "", fault.New(fault.NotFound, "This kind of request does not ask about that.")
	}
	return section, nil
}

func (s *Site) requestSectionPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showRequestSection(c, actor, nil, nil)
}

// showRequestSection shows a section's form; typed nil means as it was saved.
func (s *Site) showRequestSection(c *fiber.Ctx, actor access.Actor, typed *views.Typed, problem *fault.Fault) error {
	form, err := s.requestToWrite(c, actor)
	if err != nil {
		return err
	}
	section, err := sectionOf(c, form)
	if err != nil {
		return err
	}
	page := views.Writing{FormPage: form, Section: section, Problems: fieldsOf(problem)}
	if typed != nil {
		page.Typed = *typed
	} else {
		page.Typed = views.Saved(form.Written, section)
	}
	if section == requests.Split {
		page.Left = splitIn(page.Typed, form.Written).LeftToShare(form.Written)
	}
	info := layout.PageInfo{
		Title: section.Title(form.Kind), Section: "Funding request " + form.Reference(), Errors: page.Problems, Wide: section == requests.Costs || section == requests.Packages,
		Before: govuk.BackLink{Href: views.Href(form.ID) + "/edit", Text: "Back to the list of sections"},
	}
	return s.render(c, actor, formStatus(problem), info, views.SectionPage(page))
}

// showLinked shows a split with pounds and percent filled in from each other, or with what cannot be read.
func (s *Site) showLinked(c *fiber.Ctx, actor access.Actor, split requests.SplitAnswer, w requests.Written) error {
	linked, err := split.Linked(w)
	problem := mendable(err)
	if err != nil && problem == nil {
		return err
	}
	typed := views.SplitTyped(linked)
	return s.showRequestSection(c, actor, &typed, problem)
}

// changeRequest saves one section. Some of its buttons only fill the form in or show what is left, and
// keep nothing.
func (s *Site) changeRequest(c *fiber.Ctx, actor access.Actor) error {
	form, err := s.requestToWrite(c, actor)
	if err != nil {
		return err
	}
	section, err := sectionOf(c, form)
	if err != nil {
		return err
	}
	typed, do := requestTyped(c), c.FormValue("do")
	switch preset, isPreset := strings.CutPrefix(do, "preset-"); {
	case do == "reckon":
		return s.showLinked(c, actor, splitIn(typed, form.Written), form.Written)
	case do == "more":
		typed = more(typed)
		return s.showRequestSection(c, actor, &typed, nil)
	case isPreset:
		return s.showLinked(c, actor, form.Preset(requests.Preset(preset), splitIn(typed, form.Written)), form.Written)
	}
	answer, err := answerIn(section, typed, form.Written)
	if err != nil {
		return err
	}
	stays := section == requests.Packages
	_, err = s.requests().Save(c.UserContext(), actor, form.ID, whole(typed.Of("version")), do != "later" && !stays, answer)
	if problem := mendable(err); problem != nil {
		return s.showRequestSection(c, actor, &typed, problem)
	}
	if err != nil {
		return err
	}
	if stays {
		return s.redirect(c, views.SectionHref(form.ID, section), "Saved.")
	}
	return s.redirect(c, views.Href(form.ID)+"/edit", "Saved: "+section.Title(form.Kind)+".")
}

func (s *Site) requestLinePage(c *fiber.Ctx, actor access.Actor) error {
	return s.showRequestLine(c, actor, nil, nil)
}

// showRequestLine shows the form of one line of the costs; typed nil means as it was saved.
func (s *Site) showRequestLine(c *fiber.Ctx, actor access.Actor, typed *views.Typed, problem *fault.Fault) error {
	form, err := s.requestToWrite(c, actor)
	if err != nil {
		return err
	}
	id, err := lineOf(c)
	if err != nil {
		return err
	}
	page := views.LineForm{FormPage: form, Problems: fieldsOf(problem)}
	for _, line := range form.Lines {
		if line.ID == id && line.CaseID == nil {
			page.Line, page.Typed = line, views.SavedLine(line)
		}
	}
	if !form.Kind.Has(requests.Costs) || id != uuid.Nil && page.Line.ID == uuid.Nil {
		return fault.New(fault.NotFound, "There is no such line. It may have been taken off in another window.")
	}
	if typed != nil {
		page.Typed = *typed
	}
	info := layout.PageInfo{
		Title: "A cost", Section: "Funding request " + form.Reference(), Errors: page.Problems,
		Before: govuk.BackLink{Href: views.SectionHref(form.ID, requests.Costs), Text: "Back to what it costs"},
	}
	return s.render(c, actor, formStatus(problem), info, views.LinePage(page))
}

// lineOf is the line an address names; "new" is none yet.
func lineOf(c *fiber.Ctx) (uuid.UUID, error) {
	if c.Params("line") == "new" {
		return uuid.Nil, nil
	}
	return idOf(c, "line")
}

func (s *Site) changeRequestLine(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "request")
	if err != nil {
		return err
	}
	line, err := lineOf(c)
	if err != nil {
		return err
	}
	typed := requestTyped(c)
	_, err = s.requests().Save(c.UserContext(), actor, id, whole(typed.Of("version")), false, lineIn(typed, line))
	if problem := mendable(err); problem != nil {
		return s.showRequestLine(c, actor, &typed, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.SectionHref(id, requests.Costs), "Saved.")
}

func (s *Site) checkRequestPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showRequestCheck(c, actor, views.Checking{}, nil)
}

// showRequestCheck shows every answer once more, with what was typed about coming late.
func (s *Site) showRequestCheck(c *fiber.Ctx, actor access.Actor, page views.Checking, problem *fault.Fault) (err error) {
	if page.FormPage, err = s.requestToWrite(c, actor); err != nil {
		return err
	}
	page.Problems = fieldsOf(problem)
	info := layout.PageInfo{
		Title: "Check your answers", Section: "Funding request " + page.Reference(), Errors: page.Problems,
		Before: govuk.BackLink{Href: views.Href(page.ID) + "/edit", Text: "Back to the list of sections"},
	}
	return s.render(c, actor, formStatus(problem), info, views.CheckPage(page))
}

func (s *Site) submitRequest(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "request")
	if err != nil {
		return err
	}
	typed := typedIn(c)
	late := requests.Lateness{Asked: typed("late") == "take" || typed("late") == "wait", Take: typed("late") == "take", Reason: typed("late_reason")}
	_, err = s.requests().Submit(c.UserContext(), actor, id, whole(typed("version")), late)
	if problem := mendable(err); problem != nil {
		return s.showRequestCheck(c, actor, views.Checking{Late: typed("late"), LateReason: typed("late_reason")}, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href(id), "Submitted to the panel.")
}

func (s *Site) returnRequest(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "request")
	if err != nil {
		return err
	}
	typed := typedIn(c)
	page := views.Shown{Typed: map[requests.Section]string{}}
	var questions []requests.Question
	for _, name := range ticked(c, "sections") {
		section := requests.Section(name)
		page.Asked = append(page.Asked, section)
		page.Typed[section] = typed(requests.QuestionField(section))
		questions = append(questions, requests.Question{Section: section, Words: page.Typed[section]})
	}
	err = s.requests().Return(c.UserContext(), actor, id, whole(typed("version")), questions)
	if problem := mendable(err); problem != nil {
		return s.showRequest(c, actor, page, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/requests", "Request sent back with your questions.")
}

func (s *Site) answerLateRequest(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "request")
	if err != nil {
		return err
	}
	typed := typedIn(c)
	answer := requests.LateAnswer(typed("answer"))
	if err := s.requests().AnswerLate(c.UserContext(), actor, id, whole(typed("version")), answer); err != nil {
		return err
	}
	said := "Accepted for this meeting. The presenter is told by email."
	if answer == requests.LateNext {
		said = "Put to the next meeting. The presenter is told by email."
	}
	return s.redirect(c, views.Href(id), said)
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
	return s.redirect(c, s.nextAfterTabling(c, actor, id, meeting), "Put on the agenda.")
}
