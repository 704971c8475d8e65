package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/frontend/govuk"
	views "quorate/frontend/views/history"
	"quorate/frontend/views/layout"
	meetingViews "quorate/frontend/views/meetings"
	"quorate/panels"
	"quorate/panels/history"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

const (
	historyFiles    = 4 // a CSV for each sheet
	historyProblems = 200
	historyPage     = 50
)

func (s *Site) historyPage(c *fiber.Ctx, actor access.Actor) error {
	page, err := s.historyStart(c.UserContext(), actor, nil)
	if err != nil {
		return err
	}
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Bring your history", Section: "History", Wide: true}, page)
}

func (s *Site) historyStart(ctx context.Context, actor access.Actor, problems govuk.Errors) (templ.Component, error) {
	page := views.FirstPage{Problems: problems, People: actor.MayAnywhere(access.ManagePeople), Deciding: actor.MayAnywhere(access.BringDecisions)}
	err := s.DB.Read(ctx, actor, func(tx db.Tx) (err error) {
		page.Past, err = history.ListImports(tx, pastImports)
		return err
	})
	return views.ImportsPage(page), err
}

// uploadHistory takes a workbook or some CSVs, compares them with what is held and leads to the preview.
func (s *Site) uploadHistory(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
	staged, err := s.stageHistory(r, actor)
	if f := fault.As(err); f != nil && (f.Kind == fault.Invalid || f.Kind == fault.TooLarge) {
		info := layout.PageInfo{Title: "Bring your history", Section: "History", Wide: true, Errors: govuk.Errors{{Name: "file", Sentence: f.Sentence}}}
		page, err := s.historyStart(r.Context(), actor, info.Errors)
		if err != nil {
			return err
		}
		return s.renderStream(w, r, actor, status(f.Kind), info, page)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, views.Href(staged), http.StatusSeeOther)
	return nil
}

func (s *Site) stageHistory(r *http.Request, actor access.Actor) (history.Import, error) {
	books, err := uploadedWorkbooks(r)
	if err != nil {
		return history.Import{}, err
	}
	reading, err := history.Read(books, clock.DateOf(s.DB.Now()))
	if err != nil {
		return history.Import{}, err
	}
	return history.StageImport(r.Context(), s.DB, actor, reading)
}

// uploadedWorkbooks opens the files of the form as they arrive, up to the route's bound together.
func uploadedWorkbooks(r *http.Request) ([]*tracker.Workbook, error) {
	choose := fault.New(fault.Invalid, "Choose the workbook.")
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, choose.Because(err)
	}
	var books []*tracker.Workbook
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			if len(books) == 0 {
				return nil, choose
			}
			return books, nil
		}
		if err == nil && (part.FormName() != "file" || part.FileName() == "") {
			continue
		}
		var content []byte
		if err == nil {
			content, err = io.ReadAll(part)
		}
		var tooLarge *http.MaxBytesError
		switch {
		case errors.As(err, &tooLarge):
			return nil, fault.New(fault.TooLarge, "The files are larger than %d MB. Bring them one after the other.", tracker.MaxFileBytes>>20)
		case err != nil:
			return nil, fault.New(fault.Invalid, "The file did not arrive whole. Choose it again.").Because(err)
		case len(books) == historyFiles:
			return nil, fault.New(fault.Invalid, "Choose one workbook, or at most %d CSVs.", historyFiles)
		}
		book, err := tracker.Open(part.FileName(), bytes.NewReader(content), int64(len(content)))
		if err != nil {
			return nil, err
		}
		books = append(books, book)
	}
}

func (s *Site) historyImportPage(c *fiber.Ctx, actor access.Actor) error {
	id, err := importID(c)
	if err != nil {
		return err
	}
	return s.showHistoryImport(c, actor, id, nil)
}

func (s *Site) showHistoryImport(c *fiber.Ctx, actor access.Actor, id uuid.UUID, problem *fault.Fault) error {
	page := views.ImportPage{Show: c.Query("show"), Sheet: history.SheetKind(c.Query("sheet")), Page: pageNumber(c, "page")}
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if page.Import, err = history.ReadImport(tx, id); err != nil {
			return err
		}
		if page.Problems, err = history.Problems(tx, id); err != nil {
			return err
		}
		page.More = max(0, len(page.Problems)-historyProblems)
		page.Problems = page.Problems[:len(page.Problems)-page.More]
		if page.Import.Status != history.Staged || !slices.Contains(history.SheetKinds, page.Sheet) {
			page.Sheet, page.Show = firstHistoryPart(page.Import)
		}
		if page.Sheet == "" || !slices.Contains([]string{history.New, history.Changed, history.Unchanged}, page.Show) {
			return nil
		}
		page.Rows, err = history.StagedRows(tx, page.Import, page.Sheet, page.Show, (page.Page-1)*historyPage, historyPage)
		for _, sheet := range page.Import.Sheets {
			if sheet.Kind == page.Sheet {
				total := map[string]int{history.New: sheet.New, history.Changed: sheet.Changed, history.Unchanged: sheet.Unchanged}[page.Show]
				page.Pages = (total + historyPage - 1) / historyPage
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "What would be brought", Section: "History", Wide: true, Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.TheImportPage(page))
}

// firstHistoryPart is what to show before anybody chose: what changes, else what is new.
func firstHistoryPart(i history.Import) (history.SheetKind, string) {
	for _, sheet := range i.Sheets {
		if sheet.Changed > 0 {
			return sheet.Kind, history.Changed
		}
	}
	for _, sheet := range i.Sheets {
		if sheet.New > 0 {
			return sheet.Kind, history.New
		}
	}
	return "", ""
}

func (s *Site) confirmHistory(c *fiber.Ctx, actor access.Actor) error {
	id, err := importID(c)
	if err != nil {
		return err
	}
	_, err = history.ConfirmImport(c.UserContext(), s.DB, actor, id, whole(c.FormValue("version")))
	if problem := mendable(err); problem != nil {
		return s.showHistoryImport(c, actor, id, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/history/imports/"+id.String(), "Your history has been brought.")
}

func (s *Site) abandonHistory(c *fiber.Ctx, actor access.Actor) error {
	id, err := importID(c)
	if err != nil {
		return err
	}
	err = history.AbandonImport(c.UserContext(), s.DB, actor, id)
	if problem := mendable(err); problem != nil {
		return s.showHistoryImport(c, actor, id, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/history", "The import was abandoned. Nothing has changed.")
}

// historyTemplate is the workbook to fill in.
func (s *Site) historyTemplate(w http.ResponseWriter, _ *http.Request, _ access.Actor) error {
	file, err := history.Template()
	if err != nil {
		return err
	}
	sendWorkbook(w, "quorate-history.xlsx", file)
	return nil
}

// historyProblemsFile is everything wrong in a file, to mend it by.
func (s *Site) historyProblemsFile(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
	id, err := uuid.Parse(r.PathValue("import"))
	if err != nil {
		return pageNotFound()
	}
	var problems []history.Problem
	err = s.DB.Read(r.Context(), actor, func(tx db.Tx) (err error) {
		if _, err = history.ReadImport(tx, id); err != nil {
			return err
		}
		problems, err = history.Problems(tx, id)
		return err
	})
	if err != nil {
		return err
	}
	file, err := history.ProblemsWorkbook(problems)
	if err != nil {
		return err
	}
	sendWorkbook(w, "what-to-mend.xlsx", file)
	return nil
}

func sendWorkbook(w http.ResponseWriter, name string, file []byte) {
	w.Header().Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(file) // the reader may have gone
}

// historyDecisionsPage is a forum's decisions from before Quorate.
func (s *Site) historyDecisionsPage(c *fiber.Ctx, actor access.Actor) error {
	page := views.RegisterPage{Page: pageNumber(c, "page")}
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
		forum, err := panels.ForumBySlug(tx, c.Query("forum"))
		if err != nil {
			return err
		}
		page.Slug, page.Name = forum.Slug, forum.Name
		if page.Lines, page.Total, err = history.Register(tx, forum.ID, (page.Page-1)*historyPage, historyPage); err != nil {
			return err
		}
		page.Pages = (page.Total + historyPage - 1) / historyPage
		page.Paid, err = history.PaidBy(tx, forum.ID)
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Decisions from before Quorate", Section: page.Name, Wide: true, Before: govuk.BackLink{Href: "/forums/" + page.Slug, Text: "Back to " + page.Name}}
	return s.render(c, actor, http.StatusOK, info, views.DecisionsPage(page))
}

// broughtSection says of a meeting held before Quorate where what it decided can be read.
func broughtSection(tx db.Tx, page panels.MeetingPage) (*meetingViews.Section, error) {
	if !page.Meeting.Brought || !tx.Actor.May(access.ReadDecisions, page.Meeting.ForumID) {
		return nil, nil
	}
	return &meetingViews.Section{Heading: "Held before Quorate", Body: views.Brought(page.Forum.Slug)}, nil
}

// arisingAt is what arises at a meeting still to be held, under its agenda.
func arisingAt(tx db.Tx, meeting panels.Meeting) (templ.Component, error) {
	if meeting.Status == panels.Closed || meeting.Status == panels.Cancelled {
		return templ.NopComponent, nil
	}
	arising, err := history.MattersArising(tx, meeting.ID)
	return views.Arising(arising), err
}
