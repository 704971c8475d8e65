package web

import (
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/govuk"
	agendaViews "quorate/frontend/views/agendas"
	views "quorate/frontend/views/decisions"
	"quorate/frontend/views/layout"
	meetingViews "quorate/frontend/views/meetings"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// recordSection leads from a meeting that has begun to its minutes.
func recordSection(tx db.Tx, page panels.MeetingPage) (*meetingViews.Section, error) {
	begun := page.Meeting.Status != panels.Draft && page.Meeting.Status != panels.Scheduled && page.Meeting.Status != panels.Cancelled
	if !begun || page.Meeting.Brought || !tx.Actor.May(access.ReadDecisions, page.Forum.ID) {
		return nil, nil
	}
	return &meetingViews.Section{Heading: "The record", Body: views.MeetingPart(page.Meeting.ID)}, nil
}

func (s *Site) decisionPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showDecision(c, actor, views.Correction{ID: uuid.NewString()}, nil)
}

func (s *Site) showDecision(c *fiber.Ctx, actor access.Actor, form views.Correction, problem *fault.Fault) error {
	id, err := uuid.Parse(c.Params("decision"))
	if err != nil {
		return pageNotFound()
	}
	var page room.DecisionPage
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
		page, err = room.ShowDecision(tx, id)
		return err
	})
	if err != nil {
		return err
	}
	// The title stays in the browser's history, so it names the item and not the young person.
	info := layout.PageInfo{
		Title: "Decision on item " + page.Item.Number + ", " + clock.DateOf(page.Meeting.StartsAt).Long(), Section: page.Meeting.Forum,
		Before: backToMeeting(actor, page.Meeting.ForumID, page.Meeting.ID), Errors: fieldsOf(problem),
	}
	if page.Named { // their part in the meeting is over
		info.Before = govuk.BackLink{Href: "/", Text: "Back to Home"}
	}
	return s.render(c, actor, formStatus(problem), info, views.ShowPage(page, form, info.Errors))
}

// backToMeeting leads to the meeting's page, and a presenter, for whom there is none, to their own items.
func backToMeeting(actor access.Actor, forum, meeting uuid.UUID) govuk.BackLink {
	if actor.May(access.ReadMeeting, forum) {
		return govuk.BackLink{Href: meetingViews.Href(meeting), Text: "Back to the meeting"}
	}
	return govuk.BackLink{Href: agendaViews.Href(meeting, 0) + "/mine", Text: "Back to your items"}
}

func (s *Site) correctDecision(c *fiber.Ctx, actor access.Actor) error {
	typed := typedIn(c)
	decision, err := uuid.Parse(c.Params("decision"))
	if err != nil {
		return pageNotFound()
	}
	form := views.Correction{ID: typed("command"), Text: typed("text"), Reason: typed("reason")}
	err = s.doInRoom(c, actor, room.CorrectDecision{DecisionID: decision, Text: form.Text, Reason: form.Reason})
	if problem := mendable(err); problem != nil {
		return s.showDecision(c, actor, form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href(decision), "Correction added.")
}

func (s *Site) confirmAsOtherChair(c *fiber.Ctx, actor access.Actor) error {
	decision, err := uuid.Parse(c.Params("decision"))
	if err != nil {
		return pageNotFound()
	}
	err = s.doInRoom(c, actor, room.SecondDecision{DecisionID: decision})
	if problem := mendable(err); problem != nil {
		return s.showDecision(c, actor, views.Correction{ID: uuid.NewString()}, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href(decision), "You have confirmed the decision. It binds from now on.")
}

func (s *Site) sendDecisionBack(c *fiber.Ctx, actor access.Actor) error {
	typed := typedIn(c)
	decision, err := uuid.Parse(c.Params("decision"))
	if err != nil {
		return pageNotFound()
	}
	form := views.Correction{ID: typed("command"), Reason: typed("reason")}
	err = s.doInRoom(c, actor, room.SendBackDecision{DecisionID: decision, Reason: form.Reason})
	if problem := mendable(err); problem != nil {
		return s.showDecision(c, actor, form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/", "The decision is sent back. Nothing of it binds anybody.")
}

// doInRoom makes one change to a meeting from a form, which names the meeting and the command.
func (s *Site) doInRoom(c *fiber.Ctx, actor access.Actor, change room.Change) error {
	meeting, err := uuid.Parse(c.FormValue("meeting"))
	if err != nil {
		return pageNotFound()
	}
	command, err := uuid.Parse(c.FormValue("command"))
	if err != nil {
		return pageNotFound()
	}
	_, err = s.Room.Do(c.UserContext(), actor, meeting, room.Command{ID: command, Change: change})
	return err
}
