package web

import (
	"net/http"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/govuk"
	views "quorate/frontend/views/dates"
	"quorate/frontend/views/layout"
	"quorate/panels/dates"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// showOwnDates shows somebody who is asked their own form, or how the poll ended.
func (s *Site) showOwnDates(c *fiber.Ctx, actor access.Actor, page dates.Page, typed dates.NewAnswers, problem *fault.Fault) error {
	if page.Mine == nil {
		return fault.New(fault.NotFound, "You are not asked about these dates.")
	}
	info := layout.PageInfo{Title: "When can you come?", Section: page.Forum.Name, Before: govuk.BackLink{Href: "/", Text: "Back to Home"}, Errors: fieldsOf(problem)}
	if !page.Poll.IsOpen(s.DB.Now()) {
		info.Title, info.Errors = "Dates for an extraordinary meeting", nil
		return s.render(c, actor, formStatus(problem), info, views.AskedPage(page))
	}
	form, comment := answersShown(*page.Mine, typed, problem)
	return s.render(c, actor, formStatus(problem), info, views.AnswerPage(form, views.Href(page.Poll.ID)+"/answer", comment, info.Errors))
}

// answersShown keeps what was typed into a form that is shown again.
func answersShown(form dates.Form, typed dates.NewAnswers, problem *fault.Fault) (dates.Form, string) {
	if problem == nil {
		return form, form.Invitee.Comment
	}
	form.Answers = typed.Answers
	return form, typed.Comment
}

func answersIn(c *fiber.Ctx) dates.NewAnswers {
	said := dates.NewAnswers{Answers: dates.Answers{}, Comment: c.FormValue("comment")}
	for name, value := range c.Context().PostArgs().All() {
		if id, found := idAfter(string(name), "slot_"); found {
			said.Answers[id] = dates.Answer(value)
		}
	}
	return said
}

// idAfter reads the id that follows a prefix.
func idAfter(name, prefix string) (uuid.UUID, bool) {
	if len(name) != len(prefix)+36 || name[:len(prefix)] != prefix {
		return uuid.Nil, false
	}
	id, err := uuid.Parse(name[len(prefix):])
	return id, err == nil
}

func (s *Site) ownDatesPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showAnswer(c, actor, dates.NewAnswers{}, nil)
}

func (s *Site) showAnswer(c *fiber.Ctx, actor access.Actor, typed dates.NewAnswers, problem *fault.Fault) error {
	var page dates.Page
	if err := s.readDatePoll(c, actor, &page, nil); err != nil {
		return err
	}
	return s.showOwnDates(c, actor, page, typed, problem)
}

func (s *Site) answerDates(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "poll")
	if err != nil {
		return err
	}
	said := answersIn(c)
	err = s.dates().Answer(c.UserContext(), actor, id, said)
	if problem := mendable(err); problem != nil && problem.Kind == fault.Invalid {
		return s.showAnswer(c, actor, said, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/dates/"+id.String()+"/answer", "Your answers are saved.")
}

// datesByLinkPage shows what a link in an email asks. It changes nothing: mail programs open every link.
func (s *Site) datesByLinkPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showDatesByLink(c, actor, dates.NewAnswers{}, nil)
}

func (s *Site) showDatesByLink(c *fiber.Ctx, actor access.Actor, typed dates.NewAnswers, problem *fault.Fault) error {
	var page dates.ByLink
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page, err = dates.FollowLink(tx, c.Params("link"))
		return err
	})
	if err != nil {
		return err
	}
	here := "/when/" + c.Params("link")
	info := layout.PageInfo{Title: "When can you come?", Section: page.Forum.Name, Errors: fieldsOf(problem)}
	switch {
	case page.Dead != nil:
		info.Title, info.Errors = "This link cannot be used", nil
		return s.render(c, actor, status(page.Dead.Fault.Kind), info, views.DeadPage(page, here+"/again"))
	case problem == nil && page.Form.Invitee.AnsweredAt != nil && c.Query("saved") == "yes":
		info.Title = "Your answers are saved"
		return s.render(c, actor, http.StatusOK, info, views.SavedPage(page.Form, here))
	}
	form, comment := answersShown(page.Form, typed, problem)
	return s.render(c, actor, formStatus(problem), info, views.AnswerPage(form, here, comment, info.Errors))
}

func (s *Site) answerDatesByLink(c *fiber.Ctx, actor access.Actor) error {
	said := answersIn(c)
	err := s.dates().AnswerByLink(c.UserContext(), c.Params("link"), said)
	if problem := mendable(err); problem != nil {
		return s.showDatesByLink(c, actor, said, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/when/"+c.Params("link")+"?saved=yes", "")
}

func (s *Site) renewDatesLink(c *fiber.Ctx, actor access.Actor) error {
	if err := s.dates().SendNewLink(c.UserContext(), c.Params("link")); err != nil {
		return err
	}
	return s.redirect(c, "/when/"+c.Params("link"), "A new link is on its way to your email address.")
}
