package web

import (
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	views "quorate/frontend/views/room"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/fault"
	"quorate/server/base/money"
)

// fillSplit shows the proposal again with its split worked out: the side that was not typed, or one of the
// usual ways to share. Nothing is put to the vote.
func (s *Site) fillSplit(c *fiber.Ctx, actor access.Actor, meeting uuid.UUID, form *roomForm, page views.Page, fill string) error {
	view, err := s.Room.Room(c.UserContext(), actor, meeting)
	if err != nil {
		return err
	}
	if view.Item == nil || view.Item.Request == nil || view.Item.ID.String() != form.text("item_id") {
		return s.redirect(c, views.Href(meeting), "The meeting has turned to something else. Nothing was put to the vote.")
	}
	shares, byPercent := form.shares(), form.text("by") == "percent"
	for _, preset := range view.Item.Request.Presets {
		if preset.Name == fill {
			shares, byPercent = preset.Split, false
			form.form = fault.Form{} // what could not be read is replaced
		}
	}
	page.Problem = mendable(form.form.Err())
	if page.Problem == nil {
		page.Typed = filled(form, shares, byPercent, *view.Item.Request)
	}
	return s.showRoom(c, actor, meeting, page)
}

// filled is the form with these shares in it, in pounds and in percent; percents that were typed stay as
// they were.
func filled(form *roomForm, shares []room.Share, byPercent bool, of room.RequestView) func(field string) string {
	typed := map[string]string{}
	if !byPercent {
		typed[form.name+"-by"] = "pounds"
	}
	set := func(share room.Share) {
		name := share.AgencyID.String()
		typed[form.name+"-weekly-"+name], typed[form.name+"-once-"+name] = money.Typed(share.WeeklyPence), money.Typed(share.OneOffPence)
		if !byPercent {
			typed[form.name+"-percent-"+name] = views.PercentTyped(share, of)
		}
	}
	for _, name := range form.agencies() {
		set(room.Share{AgencyID: uuid.MustParse(name)})
	}
	for _, share := range shares {
		set(share)
	}
	return func(field string) string {
		if value, ours := typed[field]; ours {
			return value
		}
		return form.value(field)
	}
}
