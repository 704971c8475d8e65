package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	views "quorate/frontend/views/meetings"
	"quorate/panels"
	"quorate/panels/invitations"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

func (s *Site) invitations() invitations.Store {
	return invitations.Store{DB: s.DB, BaseURL: strings.TrimSuffix(s.BaseURL.String(), "/")}
}

// invitationsSection says what became of everybody's invitation, to whoever schedules the meeting.
func invitationsSection(tx db.Tx, page panels.MeetingPage) (*views.Section, error) {
	if !page.MaySchedule || page.Meeting.Status == panels.Draft {
		return nil, nil
	}
	standings, err := invitations.StandingsOf(tx, page.Meeting)
	if err != nil {
		return nil, err
	}
	return &views.Section{Heading: "Invitations", Body: views.InvitationsSection(page.Meeting, standings)}, nil
}

// sendInvitation sends one person their invitation again.
func (s *Site) sendInvitation(c *fiber.Ctx, actor access.Actor) error {
	meeting, err := uuid.Parse(c.Params("meeting"))
	if err != nil {
		return pageNotFound()
	}
	person, err := uuid.Parse(c.Params("person"))
	if err != nil {
		return pageNotFound()
	}
	if err := s.invitations().SendAgain(c.UserContext(), actor, meeting, person); err != nil {
		return err
	}
	return s.redirect(c, views.Href(meeting), "The invitation is on its way.")
}
