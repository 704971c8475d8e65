package web

import (
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/agendas/requests"
	"quorate/frontend/govuk"
	views "quorate/frontend/views/between"
	forumViews "quorate/frontend/views/forums"
	"quorate/frontend/views/layout"
	requestViews "quorate/frontend/views/requests"
	roomViews "quorate/frontend/views/room"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// betweenPage asks how a funding request is decided between meetings.
func (s *Site) betweenPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showBetweenForm(c, actor, views.Ask{ID: uuid.Must(uuid.NewV7())})
}

func (s *Site) showBetweenForm(c *fiber.Ctx, actor access.Actor, page views.Ask) error {
	id, err := idOf(c, "request")
	if err != nil {
		return err
	}
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if page.Request, err = requests.Show(tx, id); err != nil {
			return err
		}
		if err := actor.Check(access.TableRequest, page.Request.ForumID); err != nil {
			return err
		}
		if !page.Request.MayTable && page.Problem == nil {
			return fault.New(fault.Conflict, "Only a request that waits for the panel can be decided between meetings. This one is: %s.", page.Request.State.Words())
		}
		page.MayAct = actor.May(access.RunMeeting, page.Request.ForumID)
		next, err := panels.NextMeetings(tx, page.Request.ForumID, 1)
		if len(next) > 0 {
			page.Next = &next[0]
		}
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{
		Title: "Decide it between meetings", Section: "Funding request " + page.Request.Reference(), Errors: page.Errors(),
		Before: govuk.BackLink{Href: requestViews.Href(id), Text: "Back to the request"},
	}
	return s.render(c, actor, formStatus(page.Problem), info, views.AskPage(page))
}

func (s *Site) askByCorrespondence(c *fiber.Ctx, actor access.Actor) error {
	var read reading
	return s.beginBetween(c, actor, "vote", "The vote by correspondence is open. Everybody who is to answer gets an email.", func(request, id uuid.UUID, typed func(string) string) error {
		asked := room.Correspondence{ID: id, RequestID: request, Why: typed("vote-why"), Text: typed("vote-text")}
		asked.ClosesOn = read.date("closes_on", govuk.ReadDate(typed, "vote-closes_on"))
		if err := read.form.Err(); err != nil {
			return err
		}
		return s.Room.AskByCorrespondence(c.UserContext(), actor, asked)
	})
}

func (s *Site) takeChairsAction(c *fiber.Ctx, actor access.Actor) error {
	return s.beginBetween(c, actor, "action", "Record the decision below.", func(request, id uuid.UUID, typed func(string) string) error {
		return s.Room.TakeChairsAction(c.UserContext(), actor, room.ChairsAction{ID: id, RequestID: request, Why: typed("action-why")})
	})
}

// beginBetween begins what a form asks for, and leads to its page.
func (s *Site) beginBetween(c *fiber.Ctx, actor access.Actor, form, said string, begin func(request, id uuid.UUID, typed func(string) string) error) error {
	request, err := idOf(c, "request")
	if err != nil {
		return err
	}
	id, err := uuid.Parse(c.FormValue("id"))
	if err != nil {
		return pageNotFound()
	}
	typed := typedIn(c)
	err = begin(request, id, typed)
	if problem := mendable(err); problem != nil {
		return s.showBetweenForm(c, actor, views.Ask{ID: id, Form: form, Typed: typed, Problem: problem})
	}
	if err != nil {
		return err
	}
	return s.redirect(c, roomViews.Href(id), said)
}

// forumBetweenPage is what a forum decides between meetings, for those who table its requests.
func (s *Site) forumBetweenPage(c *fiber.Ctx, actor access.Actor) error {
	var page views.Urgent
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if page.Forum, err = panels.ForumBySlug(tx, c.Params("forum")); err != nil {
			return err
		}
		if err := actor.Check(access.TableRequest, page.Forum.ID); err != nil {
			return err
		}
		if page.Open, err = room.BetweenMeetings(tx, page.Forum.ID); err != nil {
			return err
		}
		waiting, err := requests.Inbox(tx)
		for _, r := range waiting {
			if r.ForumName == page.Forum.Name && r.State == requests.Submitted {
				page.Waiting = append(page.Waiting, r)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Urgent business between meetings", Section: page.Forum.Name, Before: govuk.BackLink{Href: forumViews.Href(page.Forum), Text: "Back to " + page.Forum.Name}}
	return s.render(c, actor, fiber.StatusOK, info, views.ForumPage(page))
}

// showBetween is the room of what nobody meets for.
func (s *Site) showBetween(c *fiber.Ctx, actor access.Actor, meeting uuid.UUID, page roomViews.Page) error {
	if c.Method() == fiber.MethodGet {
		if err := s.Room.RecordOpening(c.UserContext(), actor, meeting); err != nil {
			return err
		}
	}
	of, err := s.Room.Between(c.UserContext(), actor, meeting)
	if err != nil {
		return err
	}
	page.View, page.Now = of.View, s.DB.Now()
	shown := roomViews.Between{Page: page, Of: of}
	// The title stays in the browser's history, so it names no young person.
	info := layout.PageInfo{
		Title: of.Kind.Words() + ", " + clock.DateOf(of.Urgent.BegunAt).Long(), Section: of.View.Meeting.Forum, Errors: page.Errors(),
		Before: govuk.BackLink{Href: "/", Text: "Back to Home"},
	}
	return s.render(c, actor, formStatus(page.Problem), info, roomViews.BetweenPage(shown))
}
