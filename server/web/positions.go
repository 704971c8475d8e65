package web

import (
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/govuk"
	"quorate/frontend/views/layout"
	views "quorate/frontend/views/positions"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// positionsPage is what was written down for the reader: theirs to confirm or dispute.
func (s *Site) positionsPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showPositions(c, actor, views.Form{})
}

// showPositions shows them with what was typed into one of the forms and what is wrong with it.
func (s *Site) showPositions(c *fiber.Ctx, actor access.Actor, form views.Form) error {
	var positions []room.WrittenPosition
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		positions, err = room.ShowPositions(tx)
		return err
	})
	if err != nil {
		return err
	}
	if form.Command == "" {
		form.Command = uuid.NewString()
	}
	info := layout.PageInfo{Title: views.Title, Before: govuk.BackLink{Href: "/", Text: "Back to Home"}, Errors: form.Errors()}
	return s.render(c, actor, formStatus(form.Problem), info, views.PositionsPage(positions, form))
}

// answerPosition confirms or disputes one of them, by the room's own command.
func (s *Site) answerPosition(c *fiber.Ctx, actor access.Actor) error {
	ballot, err := idOf(c, "ballot")
	if err != nil {
		return err
	}
	form := roomForm{name: ballot.String()}
	form.value = func(name string) string {
		if name == form.name+"-ballot_id" { // the address says which
			return form.name
		}
		return c.FormValue(name)
	}
	kind := room.ConfirmPosition{}.Type()
	change, err := form.change(kind)
	if err == nil {
		err = s.doInRoom(c, actor, change)
	}
	if problem := mendable(err); problem != nil {
		return s.showPositions(c, actor, views.Form{Ballot: ballot, Command: c.FormValue("command"), Typed: form.value, Problem: problem})
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href, recorded[kind])
}
