package web

import (
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	views "quorate/frontend/views/meetings"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// chairsInTurn names who chairs each meeting whose forum’s chairs take turns.
func chairsInTurn(tx db.Tx, rows []panels.MeetingRow) (map[uuid.UUID]string, error) {
	meetings := make([]panels.Meeting, len(rows))
	for i, row := range rows {
		meetings[i] = row.Meeting
	}
	chaired, err := panels.ChairsOf(tx, meetings)
	names := map[uuid.UUID]string{}
	for id, by := range chaired {
		if by.Other != nil {
			names[id] = by.Names()
		}
	}
	return names, err
}

func (s *Site) swapChairPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showSwap(c, actor, "", nil)
}

func (s *Site) showSwap(c *fiber.Ctx, actor access.Actor, reason string, problem *fault.Fault) error {
	page, err := s.meetingToChange(c, actor)
	if err != nil {
		return err
	}
	info := s.changeInfo("Swap the chairs", page, problem)
	form := views.Change{Version: page.Meeting.Version, Why: reason}
	return s.render(c, actor, formStatus(problem), info, views.SwapPage(page, form, info.Errors))
}

func (s *Site) swapChair(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "meeting")
	if err != nil {
		return err
	}
	typed := typedIn(c)
	_, err = s.panels().SwapChair(c.UserContext(), actor, id, whole(typed("version")), typed("reason"))
	if problem := mendable(err); problem != nil {
		return s.showSwap(c, actor, typed("reason"), problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href(id), "The chairs are swapped for this meeting.")
}
