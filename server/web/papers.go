package web

import (
	"errors"
	"io"
	"mime"
	"net/http"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/agendas/papers"
	"quorate/frontend/govuk"
	"quorate/frontend/views/layout"
	views "quorate/frontend/views/papers"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

const maxPaper = papers.MaxBytes + 1<<20 // the file, and the form round it

func (s *Site) itemPapersPage(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "item")
	if err != nil {
		return err
	}
	return s.papersPage(c, actor, papers.Subject{Item: id})
}

func (s *Site) requestPapersPage(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "request")
	if err != nil {
		return err
	}
	return s.papersPage(c, actor, papers.Subject{Request: id})
}

func (s *Site) papersPage(c *fiber.Ctx, actor access.Actor, of papers.Subject) error {
	page := views.Page{}
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page.Page, err = s.Papers.Show(tx, of)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(c, actor, http.StatusOK, papersInfo(page, actor), views.PapersPage(page))
}

func papersInfo(page views.Page, actor access.Actor) layout.PageInfo {
	return layout.PageInfo{Title: page.Title(), Section: page.Forum.Name, Errors: page.Problems, Before: page.Back(actor.May(access.BuildAgenda, page.Forum.ID))}
}

func (s *Site) attachToItem(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
	id, err := uuid.Parse(r.PathValue("item"))
	if err != nil {
		return pageNotFound()
	}
	return s.attachPaper(w, r, actor, papers.Subject{Item: id})
}

func (s *Site) attachToRequest(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
	id, err := uuid.Parse(r.PathValue("request"))
	if err != nil {
		return pageNotFound()
	}
	return s.attachPaper(w, r, actor, papers.Subject{Request: id})
}

// attachPaper takes a paper. It is a net/http handler: the file is bounded as it arrives.
func (s *Site) attachPaper(w http.ResponseWriter, r *http.Request, actor access.Actor, to papers.Subject) error {
	name, file, reason, err := paperIn(r)
	if err == nil {
		_, err = s.Papers.Attach(r.Context(), actor, to, name, file, reason)
	}
	f := fault.As(err)
	switch {
	case err == nil:
		s.flash(w, "The paper is attached.")
		http.Redirect(w, r, views.Href(to), http.StatusSeeOther)
		return nil
	case f == nil || f.Kind == fault.NotFound || f.Kind == fault.Denied:
		return err
	}
	page := views.Page{LateReason: reason, Problems: fieldsOf(f)}
	if len(page.Problems) == 0 {
		page.Problems = govuk.Errors{{Name: "file", Sentence: f.Sentence}}
	}
	if err := s.DB.Read(r.Context(), actor, func(tx db.Tx) (err error) {
		page.Page, err = s.Papers.Show(tx, to)
		return err
	}); err != nil {
		return err
	}
	return s.renderStream(w, r, actor, status(f.Kind), papersInfo(page, actor), views.PapersPage(page))
}

// paperIn reads the form of a paper into memory, up to the route's bound.
func paperIn(r *http.Request) (name string, file []byte, reason string, err error) {
	var tooLarge *http.MaxBytesError
	switch err := r.ParseMultipartForm(maxPaper); {
	case errors.As(err, &tooLarge):
		return "", nil, "", fault.New(fault.TooLarge, "The file is larger than %d MB. Make its pictures smaller, or attach it in parts.", papers.MaxBytes>>20)
	case err != nil:
		return "", nil, "", fault.New(fault.Invalid, "The file did not arrive whole. Choose it again.").Because(err)
	}
	defer func() { err = errors.Join(err, r.MultipartForm.RemoveAll()) }()
	reason = r.PostFormValue("late_reason")
	chosen, header, err := r.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) {
		return "", nil, reason, nil // said with all else that is to be mended
	}
	if err != nil {
		return "", nil, reason, fault.New(fault.Invalid, "The file did not arrive whole. Choose it again.").Because(err)
	}
	defer chosen.Close()
	file, err = io.ReadAll(chosen)
	return header.Filename, file, reason, err
}

// paperFile sends a paper under the type its content was found to be. PDFs and pictures open in the
// browser, everything else is saved; nothing that somebody uploaded is ever a page of ours.
func (s *Site) paperFile(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
	id, err := uuid.Parse(r.PathValue("paper"))
	if err != nil {
		return pageNotFound()
	}
	paper, content, err := s.Papers.Open(r.Context(), actor, id)
	if err != nil {
		return err
	}
	defer content.Close()
	how := "attachment"
	if paper.Kind == papers.PDF || paper.Kind == papers.Image {
		how = "inline"
	}
	header := w.Header()
	header.Set("Content-Type", paper.MediaType)
	header.Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": paper.Name}))
	header.Set("Cache-Control", "private, no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("ETag", `"`+paper.ID.String()+`"`)             // a paper never changes: another file is another paper
	http.ServeContent(w, r, "", paper.AddedAt.UTC(), content) // parts of it too: a viewer reads a long paper page by page
	return nil
}

func (s *Site) withdrawPaperPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showWithdrawal(c, actor, "", nil)
}

func (s *Site) showWithdrawal(c *fiber.Ctx, actor access.Actor, reason string, problem *fault.Fault) error {
	id, err := idOf(c, "paper")
	if err != nil {
		return err
	}
	page := views.Withdrawal{Reason: reason, Problems: fieldsOf(problem)}
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page.Paper, page.Of, err = papers.ToWithdraw(tx, id)
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Withdraw a paper", Errors: page.Problems, Before: govuk.BackLink{Href: views.Href(page.Of), Text: "Back to the papers"}}
	return s.render(c, actor, formStatus(problem), info, views.WithdrawPage(page))
}

func (s *Site) withdrawPaper(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "paper")
	if err != nil {
		return err
	}
	typed := typedIn(c)
	gone, err := s.Papers.Withdraw(c.UserContext(), actor, id, whole(typed("version")), typed("reason"))
	if problem := mendable(err); problem != nil {
		return s.showWithdrawal(c, actor, typed("reason"), problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href(gone.AttachedTo()), "The paper is withdrawn.")
}
