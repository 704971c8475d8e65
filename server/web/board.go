package web

import (
	"context"
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
	return s.showEscalation(c, actor, views.Typed{}, nil)
}

func (s *Site) showEscalation(c *fiber.Ctx, actor access.Actor, typed views.Typed, problem *fault.Fault) error {
	id, err := idOf(c, "escalation")
	if err != nil {
		return err
	}
	page, err := s.escalations().ShowEscalation(c.UserContext(), actor, id)
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Escalation " + page.Blocker, Section: page.Board.Name, Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.EscalationPage(page, typed, info.Errors))
}

// changeEscalation runs a use case with what was typed into a form of an escalation's page.
func (s *Site) changeEscalation(c *fiber.Ctx, actor access.Actor, read *reading, typed views.Typed, done string, change func(id uuid.UUID) error) error {
	id, err := idOf(c, "escalation")
	if err != nil {
		return err
	}
	_, err = saved(read, func() (struct{}, error) { return struct{}{}, change(id) })
	if problem := mendable(err); problem != nil {
		return s.showEscalation(c, actor, typed, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/board/escalations/"+id.String(), done)
}

func (s *Site) answerEscalation(c *fiber.Ctx, actor access.Actor) error {
	typed := typedIn(c)
	form := views.Answer{
		For: typed("for"), Agreed: typed("agreed"), Direction: typed("direction"), Owner: typed("owner"), ActBy: govuk.ReadDate(typed, "act_by"), Reason: typed("reason"),
	}
	var read reading
	read.form.Require(form.Agreed == "yes" || form.Agreed == "no", "agreed", "Select what the board says")
	answer := escalations.BoardAnswer{Agreed: form.Agreed == "yes", Direction: form.Direction, Reason: form.Reason}
	if member := read.id("for", form.For, "Select in whose name you answer"); member != nil {
		answer.For = *member
	}
	if answer.Agreed {
		answer.ActBy = read.date("act_by", form.ActBy)
		if owner := read.id("owner", form.Owner, "Select who is to do it"); owner != nil {
			answer.OwnerID = *owner
		}
	}
	return s.changeEscalation(c, actor, &read, views.Typed{Form: "answer", Answer: form}, "Answered. The forum is being told, and it stands on its next agenda.", func(id uuid.UUID) error {
		return s.escalations().AnswerEscalation(c.UserContext(), actor, id, answer)
	})
}

// askBack asks the forum for more before the board answers.
func (s *Site) askBack(c *fiber.Ctx, actor access.Actor) error {
	typed := typedIn(c)
	form := views.Question{For: typed("question-for"), Question: typed("question"), ReplyBy: govuk.ReadDate(typed, "reply_by")}
	var read reading
	asked := escalations.BoardQuestion{Question: form.Question, ReplyBy: read.date("reply_by", form.ReplyBy)}
	if member := read.id("question-for", form.For, "Select in whose name you ask"); member != nil {
		asked.For = *member
	}
	return s.changeEscalation(c, actor, &read, views.Typed{Form: "question", Question: form}, "The forum is being asked. It stands on its next agenda too.", func(id uuid.UUID) error {
		err := s.escalations().AskBack(c.UserContext(), actor, id, asked)
		if f := fault.As(err); f != nil {
			for i := range f.Fields {
				if f.Fields[i].Name == "for" {
					f.Fields[i].Name = "question-for"
				}
			}
		}
		return err
	})
}

// readReport reads the form that says what became of an answer.
func readReport(c *fiber.Ctx, read *reading) views.Report {
	typed := typedIn(c)
	form := views.Report{Done: typed("done"), Words: typed("words")}
	read.form.Require(form.Done == "yes" || form.Done == "no", "done", "Select whether it is done")
	return form
}

// reportAnswer takes what whoever the board directed says became of it.
func (s *Site) reportAnswer(c *fiber.Ctx, actor access.Actor) error {
	var read reading
	form := readReport(c, &read)
	return s.changeEscalation(c, actor, &read, views.Typed{Form: "report", Report: form}, "The board sees it, and on its next agenda.", func(id uuid.UUID) error {
		return s.escalations().ReportAnswer(c.UserContext(), actor, id, form.Done == "yes", form.Words)
	})
}

// dealingsPage is what a forum and its board say to one another about a blocker.
func (s *Site) dealingsPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showDealings(c, actor, "", views.Report{}, nil)
}

func (s *Site) showDealings(c *fiber.Ctx, actor access.Actor, reply string, report views.Report, problem *fault.Fault) error {
	id, err := idOf(c, "blocker")
	if err != nil {
		return err
	}
	page, err := s.escalations().ShowDealings(c.UserContext(), actor, id)
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Blocker " + page.Blocker.Reference() + " and the board", Section: page.ForumName, Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.DealingsPage(page, reply, report, info.Errors))
}

func (s *Site) replyToBoard(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "blocker")
	if err != nil {
		return err
	}
	reply := typedIn(c)("reply")
	err = s.escalations().ReplyToBoard(c.UserContext(), actor, id, reply)
	if problem := mendable(err); problem != nil {
		return s.showDealings(c, actor, reply, views.Report{}, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/blockers/"+id.String()+"/board", "The board has your reply.")
}

// reportToBoard takes what the forum says became of the latest answer about a blocker.
func (s *Site) reportToBoard(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "blocker")
	if err != nil {
		return err
	}
	page, err := s.escalations().ShowDealings(c.UserContext(), actor, id)
	if err != nil {
		return err
	}
	var read reading
	form := readReport(c, &read)
	_, err = saved(&read, func() (struct{}, error) {
		return struct{}{}, s.escalations().ReportAnswer(c.UserContext(), actor, page.Latest().EscalationID, form.Done == "yes", form.Words)
	})
	if problem := mendable(err); problem != nil {
		return s.showDealings(c, actor, "", form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/blockers/"+id.String()+"/board", "The board sees it, and on its next agenda.")
}

// delegatesPage is who may answer for whom at a board.
func (s *Site) delegatesPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showDelegates(c, actor, views.NewDelegate{}, nil)
}

func (s *Site) showDelegates(c *fiber.Ctx, actor access.Actor, typed views.NewDelegate, problem *fault.Fault) error {
	page, err := s.escalations().ShowDelegates(c.UserContext(), actor, c.Params("board"))
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Who answers for whom", Section: page.Board.Name, Wide: true, Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.DelegatesPage(page, typed, info.Errors))
}

func (s *Site) nameDelegate(c *fiber.Ctx, actor access.Actor) error {
	typed := typedIn(c)
	form := views.NewDelegate{Delegate: typed("delegate"), From: govuk.ReadDate(typed, "from"), Until: govuk.ReadDate(typed, "until")}
	var read reading
	asked := escalations.NewDelegate{FromOn: read.date("from", form.From), UntilOn: read.date("until", form.Until)}
	if person := read.id("delegate", form.Delegate, "Select who may answer in your name"); person != nil {
		asked.DelegateID = *person
	}
	_, err := saved(&read, func() (struct{}, error) {
		return struct{}{}, s.escalations().NameDelegate(c.UserContext(), actor, c.Params("board"), asked)
	})
	if problem := mendable(err); problem != nil {
		return s.showDelegates(c, actor, form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/board/"+c.Params("board")+"/delegates", "They may answer in your name. They are being told.")
}

func (s *Site) endDelegate(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "delegate")
	if err != nil {
		return err
	}
	if err := s.escalations().EndDelegate(c.UserContext(), actor, c.Params("board"), id); err != nil {
		return err
	}
	return s.redirect(c, "/board/"+c.Params("board")+"/delegates", "Ended. They may no longer answer.")
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

// digestFile sends a digest as a PDF.
func (s *Site) digestFile(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
	id, err := uuid.Parse(r.PathValue("digest"))
	if err != nil {
		return pageNotFound()
	}
	digest, board, err := s.escalations().ShowDigest(r.Context(), actor, id)
	if err != nil {
		return err
	}
	return s.sendRecord(w, r, "digest-"+digest.AsAt.String(), func(ctx context.Context) ([]byte, error) { return s.documents().DigestPage(ctx, digest, board.Name) }, nil)
}

func (s *Site) sendDigest(c *fiber.Ctx, actor access.Actor) error {
	slug := c.Params("board")
	if _, err := s.escalations().SendDigest(c.UserContext(), actor, slug); err != nil {
		return err
	}
	return s.redirect(c, "/board/"+slug, "The digest is on its way to the members of the board.")
}
