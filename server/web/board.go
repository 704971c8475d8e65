package web

import (
	"net/http"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/govuk"
	views "quorate/frontend/views/board"
	"quorate/frontend/views/layout"
	"quorate/panels/escalations"
	"quorate/server/base/access"
	"quorate/server/base/fault"
)

// boardsPage leads to the reader's board, or lists their boards.
func (s *Site) boardsPage(c *fiber.Ctx, actor access.Actor) error {
	boards, err := s.escalations().Boards(c.UserContext(), actor)
	if err != nil {
		return err
	}
	if len(boards) == 1 {
		return s.redirect(c, "/board/"+boards[0].Slug, "")
	}
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Boards"}, views.ListPage(boards))
}

func (s *Site) boardPage(c *fiber.Ctx, actor access.Actor) error {
	board, err := s.escalations().ShowBoard(c.UserContext(), actor, c.Params("board"))
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: board.Forum.Name, Section: "Board", Wide: true}
	return s.render(c, actor, http.StatusOK, info, views.BoardPage(board, actor.May(access.ReadBoard, board.Forum.ID)))
}

func (s *Site) escalationPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showEscalation(c, actor, views.Answer{}, nil)
}

func (s *Site) showEscalation(c *fiber.Ctx, actor access.Actor, form views.Answer, problem *fault.Fault) error {
	id, err := uuid.Parse(c.Params("escalation"))
	if err != nil {
		return pageNotFound()
	}
	page, err := s.escalations().ShowEscalation(c.UserContext(), actor, id)
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Escalation " + page.Blocker, Section: page.Board.Name, Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.EscalationPage(page, form, info.Errors))
}

func (s *Site) answerEscalation(c *fiber.Ctx, actor access.Actor) error {
	id, err := uuid.Parse(c.Params("escalation"))
	if err != nil {
		return pageNotFound()
	}
	typed := typedIn(c)
	form := views.Answer{
		Agreed: typed("agreed"), Direction: typed("direction"), Owner: typed("owner"), ActBy: govuk.ReadDate(typed, "act_by"), Reason: typed("reason"),
	}
	var read reading
	read.form.Require(form.Agreed == "yes" || form.Agreed == "no", "agreed", "Select what the board says")
	answer := escalations.BoardAnswer{Agreed: form.Agreed == "yes", Direction: form.Direction, Reason: form.Reason}
	if answer.Agreed {
		answer.ActBy = read.date("act_by", form.ActBy)
		if owner := read.id("owner", form.Owner, "Select who is to do it"); owner != nil {
			answer.OwnerID = *owner
		}
	}
	_, err = saved(&read, func() (struct{}, error) {
		return struct{}{}, s.escalations().AnswerEscalation(c.UserContext(), actor, id, answer)
	})
	if problem := mendable(err); problem != nil {
		return s.showEscalation(c, actor, form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/board/escalations/"+id.String(), "Answered. The forum is being told, and it stands on its next agenda.")
}

func (s *Site) digestPage(c *fiber.Ctx, actor access.Actor) error {
	id, err := uuid.Parse(c.Params("digest"))
	if err != nil {
		return pageNotFound()
	}
	digest, board, err := s.escalations().ShowDigest(c.UserContext(), actor, id)
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Digest of " + digest.AsAt.Long(), Section: board.Name, Wide: true}
	return s.render(c, actor, http.StatusOK, info, views.DigestPage(digest, board))
}

func (s *Site) sendDigest(c *fiber.Ctx, actor access.Actor) error {
	slug := c.Params("board")
	if _, err := s.escalations().SendDigest(c.UserContext(), actor, slug); err != nil {
		return err
	}
	return s.redirect(c, "/board/"+slug, "The digest is on its way to the members of the board.")
}
