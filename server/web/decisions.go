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
)

// recordSection leads from a meeting that has begun to its minutes.
func recordSection(tx db.Tx, page panels.MeetingPage) (*meetingViews.Section, error) {
	begun := page.Meeting.Status != panels.Draft && page.Meeting.Status != panels.Scheduled && page.Meeting.Status != panels.Cancelled
	if !begun || page.Meeting.Brought || !tx.Actor.May(access.ReadDecisions, page.Forum.ID) {
		return nil, nil
	}
	seals := page.Meeting.Status == panels.Closed && tx.Actor.May(access.RecordMeeting, page.Forum.ID)
	return &meetingViews.Section{Heading: "The record", Body: views.MeetingPart(page.Meeting.ID, seals)}, nil
}

func (s *Site) decisionPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showDecision(c, actor, views.Form{})
}

// showDecision is a decision, with what was typed into one of its forms and what is wrong with it.
func (s *Site) showDecision(c *fiber.Ctx, actor access.Actor, form views.Form) error {
	id, err := idOf(c, "decision")
	if err != nil {
		return err
	}
	var page room.DecisionPage
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
		page, err = room.ShowDecision(tx, id)
		return err
	})
	if err != nil {
		return err
	}
	if form.Command == "" {
		form.Command = uuid.NewString()
	}
	// The title stays in the browser's history, so it names the item and not the young person.
	info := layout.PageInfo{
		Title: "Decision on item " + page.Item.Number + ", " + clock.DateOf(page.Meeting.StartsAt).Long(), Section: page.Meeting.Forum,
		Before: backToMeeting(actor, page.Meeting.ForumID, page.Meeting.ID), Errors: form.Errors(),
	}
	if page.Named { // they have no other part in the meeting
		info.Before = govuk.BackLink{Href: "/", Text: "Back to Home"}
	}
	return s.render(c, actor, formStatus(form.Problem), info, views.ShowPage(page, form))
}

// backToMeeting leads to the meeting's page; a presenter or guest, for whom there is none, to their own items, and
// whoever reads none of these either Home.
func backToMeeting(actor access.Actor, forum, meeting uuid.UUID) govuk.BackLink {
	switch {
	case actor.May(access.ReadMeeting, forum):
		return govuk.BackLink{Href: meetingViews.Href(meeting), Text: "Back to the meeting"}
	case !actor.MayAnywhere(access.ReadRequest):
		return govuk.BackLink{Href: "/", Text: "Back to Home"}
	}
	return govuk.BackLink{Href: agendaViews.Href(meeting, 0) + "/mine", Text: "Back to your items"}
}

// answerDecision takes an agency's endorsement or authorisation, whichever the form is for.
func (s *Site) answerDecision(c *fiber.Ctx, actor access.Actor) error {
	kind := c.FormValue(c.FormValue("form") + "-command")
	if kind != (room.AuthoriseDecision{}).Type() {
		kind = room.EndorseDecision{}.Type()
	}
	return s.onDecision(c, actor, kind, "")
}

func (s *Site) recordEvidence(c *fiber.Ctx, actor access.Actor) error {
	return s.onDecision(c, actor, room.RecordEvidence{}.Type(), "")
}

func (s *Site) judgeEvidence(c *fiber.Ctx, actor access.Actor) error {
	return s.onDecision(c, actor, room.JudgeEvidence{}.Type(), "")
}

func (s *Site) correctDecision(c *fiber.Ctx, actor access.Actor) error {
	return s.onDecision(c, actor, room.CorrectDecision{}.Type(), "")
}

func (s *Site) confirmAsOtherChair(c *fiber.Ctx, actor access.Actor) error {
	return s.onDecision(c, actor, room.SecondDecision{}.Type(), "")
}

func (s *Site) sendDecisionBack(c *fiber.Ctx, actor access.Actor) error {
	return s.onDecision(c, actor, room.SendBackDecision{}.Type(), "/")
}

// onDecision takes the post of one of a decision's forms: the room's own command, and then back to the
// page, or to another where there is none any more.
func (s *Site) onDecision(c *fiber.Ctx, actor access.Actor, kind, next string) error {
	decision, err := idOf(c, "decision")
	if err != nil {
		return err
	}
	form := roomForm{name: c.FormValue("form")}
	form.value = func(name string) string {
		if name == form.name+"-decision_id" { // the address says which
			return decision.String()
		}
		return c.FormValue(name)
	}
	change, err := form.change(kind)
	if err == nil {
		err = s.doInRoom(c, actor, change)
	}
	if problem := mendable(err); problem != nil {
		return s.showDecision(c, actor, views.Form{Name: form.name, Command: c.FormValue("command"), Typed: form.value, Problem: problem})
	}
	if err != nil {
		return err
	}
	if next == "" {
		next = views.Href(decision)
	}
	return s.redirect(c, next, recorded[kind])
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
