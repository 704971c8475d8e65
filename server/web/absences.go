package web

import (
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/govuk"
	views "quorate/frontend/views/absences"
	forumViews "quorate/frontend/views/forums"
	"quorate/frontend/views/layout"
	meetingViews "quorate/frontend/views/meetings"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// monthsOfAbsences is how far ahead a forum's page tells who is away.
const monthsOfAbsences = 6

func (s *Site) absencesPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showAbsences(c, actor, views.Form{}, nil)
}

func (s *Site) showAbsences(c *fiber.Ctx, actor access.Actor, form views.Form, problem *fault.Fault) error {
	page := views.Mine{Form: form, Problem: fieldsOf(problem)}
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page.Coming, page.Past, err = panels.MyAbsences(tx)
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "When you are away", Before: govuk.BackLink{Href: "/", Text: "Back to Home"}, Errors: page.Problem}
	return s.render(c, actor, formStatus(problem), info, views.MinePage(page))
}

// recordAbsence records one's own. What follows is told at once: the meetings in it and who stands in.
func (s *Site) recordAbsence(c *fiber.Ctx, actor access.Actor) error {
	form, read, wanted := absenceIn(c)
	wanted.PersonID = actor.PersonID
	absence, err := saved(read, func() (panels.Absence, error) { return s.panels().RecordAbsence(c.UserContext(), actor, wanted) })
	if problem := mendable(err); problem != nil {
		return s.showAbsences(c, actor, form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href(absence.ID), "Your days away are saved.")
}

func (s *Site) absencePage(c *fiber.Ctx, actor access.Actor) error {
	return s.showAbsence(c, actor, nil, nil)
}

func (s *Site) showAbsence(c *fiber.Ctx, actor access.Actor, typed *views.Form, problem *fault.Fault) error {
	id, err := uuid.Parse(c.Params("absence"))
	if err != nil {
		return pageNotFound()
	}
	var page panels.AbsencePage
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page, err = panels.ShowAbsence(tx, id)
		return err
	})
	if err != nil {
		return err
	}
	form := views.TypeAbsence(page.Absence)
	if typed != nil {
		typed.Version = form.Version
		form = *typed
	}
	back := govuk.BackLink{Href: "/absences", Text: "Back to when you are away"}
	if !page.Mine {
		back = govuk.BackLink{Href: "/forums", Text: "Back to Forums"}
	}
	info := layout.PageInfo{Title: "Days away", Before: back, Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.ChangePage(page, form, s.today(), info.Errors))
}

func (s *Site) changeAbsence(c *fiber.Ctx, actor access.Actor) error {
	id, err := uuid.Parse(c.Params("absence"))
	if err != nil {
		return pageNotFound()
	}
	form, read, wanted := absenceIn(c)
	_, err = saved(read, func() (panels.Absence, error) {
		return s.panels().ChangeAbsence(c.UserContext(), actor, id, form.Version, wanted)
	})
	if problem := mendable(err); problem != nil {
		return s.showAbsence(c, actor, &form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href(id), "The days away are saved.")
}

func (s *Site) removeAbsence(c *fiber.Ctx, actor access.Actor) error {
	id, err := uuid.Parse(c.Params("absence"))
	if err != nil {
		return pageNotFound()
	}
	form, _, _ := absenceIn(c)
	absence, err := s.panels().RemoveAbsence(c.UserContext(), actor, id, form.Version)
	if problem := mendable(err); problem != nil {
		return s.showAbsence(c, actor, &form, problem)
	}
	if err != nil {
		return err
	}
	said := "The days away are removed."
	if absence.ToDate.Before(s.today()) {
		said = "The absence ended yesterday."
	}
	if absence.PersonID == actor.PersonID {
		return s.redirect(c, "/absences", said)
	}
	return s.redirect(c, "/forums", said)
}

func (s *Site) forumAbsencesPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showForumAbsences(c, actor, views.Form{}, nil)
}

func (s *Site) showForumAbsences(c *fiber.Ctx, actor access.Actor, form views.Form, problem *fault.Fault) error {
	page := views.Forum{Form: form, Problem: fieldsOf(problem), Names: map[uuid.UUID]string{}}
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if page.Forum, err = forumToChange(tx, c, access.ReadMeeting); err != nil {
			return err
		}
		page.Href = forumViews.Href(page.Forum)
		if page.Away, err = panels.AwayFromForum(tx, page.Forum.ID, tx.Today(), tx.Today().AddMonths(monthsOfAbsences)); err != nil {
			return err
		}
		page.Recorded, page.People, err = panels.RecordedForOthers(tx, page.Forum.ID)
		return err
	})
	if err != nil {
		return err
	}
	for _, person := range page.People {
		page.Names[person.ID] = person.Name
	}
	info := layout.PageInfo{Title: "Who is away", Section: page.Forum.Name, Before: govuk.BackLink{Href: page.Href, Text: "Back to " + page.Forum.Name}, Errors: page.Problem}
	return s.render(c, actor, formStatus(problem), info, views.ForumPage(page))
}

// recordAbsenceFor records when somebody of a forum is away, for its clerk or chair.
func (s *Site) recordAbsenceFor(c *fiber.Ctx, actor access.Actor) error {
	form, read, wanted := absenceIn(c)
	person := read.id("person", form.Person, "Choose who is away")
	read.form.Require(form.Person != "", "person", "Choose who is away")
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
		_, err := forumToChange(tx, c, access.RecordAbsences)
		return err
	})
	if err != nil {
		return err
	}
	absence, err := saved(read, func() (panels.Absence, error) {
		wanted.PersonID = *person
		return s.panels().RecordAbsence(c.UserContext(), actor, wanted)
	})
	if problem := mendable(err); problem != nil {
		return s.showForumAbsences(c, actor, form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href(absence.ID), "The days away are saved.")
}

func absenceIn(c *fiber.Ctx) (views.Form, *reading, panels.NewAbsence) {
	typed := typedIn(c)
	form := views.Form{
		Version: whole(typed("version")), Person: typed("person"),
		From: govuk.ReadDate(typed, "from_date"), To: govuk.ReadDate(typed, "to_date"), Kind: typed("kind"),
	}
	read := &reading{}
	wanted := panels.NewAbsence{From: read.date("from_date", form.From), To: read.date("to_date", form.To), Kind: panels.AbsenceKind(form.Kind)}
	return form, read, wanted
}

// awaySection tells those who sit at a meeting who is away that day: the days, and never why.
func awaySection(tx db.Tx, page panels.MeetingPage) (*meetingViews.Section, error) {
	m := page.Meeting
	if m.EndsAt.Before(tx.Now) || m.Status == panels.Cancelled {
		return nil, nil
	}
	away, err := panels.AwayFromForum(tx, page.Forum.ID, m.On(), m.On())
	if err != nil || len(away) == 0 {
		return nil, err
	}
	return &meetingViews.Section{Heading: "Who is away that day", Body: meetingViews.AwayThatDay(away)}, nil
}
