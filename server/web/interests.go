package web

import (
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/views/layout"
	views "quorate/frontend/views/room"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

func (s *Site) interestsPage(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "meeting")
	if err != nil {
		return err
	}
	return s.showInterests(c, actor, id, views.Page{})
}

// showInterests shows where interests are declared before a meeting, with what was typed and what is wrong with it.
func (s *Site) showInterests(c *fiber.Ctx, actor access.Actor, meeting uuid.UUID, page views.Page) error {
	var items []room.ItemInterests
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page.View, items, err = room.ShowInterests(tx, meeting)
		return err
	})
	if err != nil {
		return err
	}
	page.Interests, page.Now = true, s.DB.Now()
	info := layout.PageInfo{
		Title: "Interests", Section: page.Meeting.Forum, Errors: page.Errors(),
		Before: backToMeeting(actor, page.Meeting.ForumID, meeting),
	}
	return s.render(c, actor, formStatus(page.Problem), info, views.InterestsPage(page, items))
}
