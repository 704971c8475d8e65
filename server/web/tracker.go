package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/frontend/govuk"
	"quorate/frontend/views/layout"
	views "quorate/frontend/views/tracker"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

const (
	pastImports    = 30
	importPageSize = 50
	maxUpload      = tracker.MaxFileBytes + 1<<20 // the file, and the form round it
)

func (s *Site) trackerPage(c *fiber.Ctx, actor access.Actor) error {
	page, err := s.importsPage(c.UserContext(), actor, nil)
	if err != nil {
		return err
	}
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Tracker", Wide: true}, page)
}

func (s *Site) importsPage(ctx context.Context, actor access.Actor, problems govuk.Errors) (templ.Component, error) {
	first := views.FirstPage{Problems: problems, Demo: s.Demo}
	err := s.DB.Read(ctx, actor, func(tx db.Tx) (err error) {
		first.Past, err = tracker.ListImports(tx, pastImports)
		return err
	})
	return views.ImportsPage(first), err
}

// uploadTracker takes a tracker file, compares it with the cases held and leads to the preview. It is
// a net/http handler: the file is bounded as it arrives, and is never written to disk.
func (s *Site) uploadTracker(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
	staged, err := s.stageUpload(r, actor)
	if f := fault.As(err); f != nil && (f.Kind == fault.Invalid || f.Kind == fault.TooLarge) {
		info := layout.PageInfo{Title: "Tracker", Wide: true, Errors: govuk.Errors{{Name: "file", Sentence: f.Sentence}}}
		page, err := s.importsPage(r.Context(), actor, info.Errors)
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

// patience is how long a page waits for a job before it shows how far it is.
const patience = 2 * time.Second

func (s *Site) stageUpload(r *http.Request, actor access.Actor) (tracker.Import, error) {
	name, content, err := uploadedFile(r, "file")
	if err != nil {
		return tracker.Import{}, err
	}
	chosen, err := s.Tracker.Upload(r.Context(), actor, name, bytes.NewReader(content))
	if err != nil {
		return tracker.Import{}, err
	}
	if _, err := s.Tracker.StartReading(r.Context(), actor, chosen.ID); err != nil {
		return tracker.Import{}, err
	}
	read, err := s.Tracker.Wait(r.Context(), actor, chosen.ID, patience)
	if err == nil && read.Import.Status == tracker.Failed {
		err = fault.New(fault.Invalid, "%s", read.Import.Trouble)
	}
	return read.Import, err
}

// uploadedFile reads the file of a multipart form into memory, up to the route's bound.
func uploadedFile(r *http.Request, field string) (name string, content []byte, err error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return "", nil, fault.New(fault.Invalid, "Choose the tracker file.").Because(err)
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return "", nil, fault.New(fault.Invalid, "Choose the tracker file.")
		}
		if err == nil && part.FormName() == field {
			if part.FileName() == "" {
				return "", nil, fault.New(fault.Invalid, "Choose the tracker file.")
			}
			content, err = io.ReadAll(part)
			if err == nil {
				return part.FileName(), content, nil
			}
		}
		var tooLarge *http.MaxBytesError
		switch {
		case errors.As(err, &tooLarge):
			return "", nil, fault.New(fault.TooLarge, "The file is larger than %d MB. Remove sheets and pictures that are not the tracker and save it again.", tracker.MaxFileBytes>>20)
		case err != nil:
			return "", nil, fault.New(fault.Invalid, "The file did not arrive whole. Choose it again.").Because(err)
		}
	}
}

func importID(c *fiber.Ctx) (uuid.UUID, error) {
	id, err := uuid.Parse(c.Params("import"))
	if err != nil {
		return uuid.Nil, pageNotFound()
	}
	return id, nil
}

func (s *Site) importPage(c *fiber.Ctx, actor access.Actor) error {
	id, err := importID(c)
	if err != nil {
		return err
	}
	return s.showImport(c, actor, id, http.StatusOK, nil)
}

func (s *Site) showImport(c *fiber.Ctx, actor access.Actor, id uuid.UUID, code int, problem *fault.Fault) error {
	page := views.ImportPage{Show: c.Query("show"), Page: max(1, c.QueryInt("page", 1))}
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if page.Import, err = tracker.ReadImport(tx, id); err != nil {
			return err
		}
		if page.MaybeSame, err = tracker.CountMaybeSame(tx, page.Import.ID); err != nil {
			return err
		}
		if page.SomebodyElse, page.By, err = tracker.ImportFacts(tx, page.Import); err != nil {
			return err
		}
		if !slices.Contains(views.Parts(page.Import), page.Show) {
			page.Show = firstPart(page)
		}
		return fillPart(tx, &page)
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Import", Section: "Tracker", Wide: true, Errors: fieldsOf(problem)}
	return s.render(c, actor, code, info, views.TheImportPage(page))
}

// firstPart is the part a clerk should look at first.
func firstPart(page views.ImportPage) string {
	i := page.Import
	switch staged := i.Status == tracker.Staged; {
	case page.SomebodyElse > 0:
		return views.Warnings
	case i.ErrorRowCount > 0:
		return views.LeftOut
	case i.WarningCount > 0:
		return views.Warnings
	case staged && i.ChangedCount > 0:
		return views.Changed
	case staged && i.NewCount > 0:
		return views.New
	case staged:
		return views.Unchanged
	default:
		return views.Columns
	}
}

// fillPart reads the page of rows or problems that is shown.
func fillPart(tx db.Tx, page *views.ImportPage) (err error) {
	total := 0
	offset := (page.Page - 1) * importPageSize
	switch page.Show {
	case views.Warnings, views.LeftOut:
		total = page.Import.WarningCount
		if page.Show == views.LeftOut {
			total = page.Import.ErrorCount
		}
		severity := tracker.SeverityWarning
		if page.Show == views.LeftOut {
			severity = tracker.SeverityError
		}
		page.Problems, err = tracker.ImportProblems(tx, page.Import.ID, severity, offset, importPageSize)
		if len(page.Problems) == 0 {
			total = 0
		}
	case views.New:
		total = page.Import.NewCount
	case views.Changed:
		total = page.Import.ChangedCount
	case views.Unchanged:
		total = page.Import.UnchangedCount
	}
	if page.Show == views.New || page.Show == views.Changed || page.Show == views.Unchanged {
		page.Rows, err = tracker.StagedRows(tx, page.Import.ID, page.Show, offset, importPageSize)
	}
	page.Pages = (total + importPageSize - 1) / importPageSize
	return err
}

func (s *Site) confirmImport(c *fiber.Ctx, actor access.Actor) error {
	id, err := importID(c)
	if err != nil {
		return err
	}
	version, _ := strconv.Atoi(c.FormValue("version")) // nonsense is a preview nobody has seen
	_, err = s.Tracker.Confirm(c.UserContext(), actor, id, version)
	if err == nil {
		var now tracker.ImportProgress
		if now, err = s.Tracker.Wait(c.UserContext(), actor, id, patience); err == nil && now.Import.Status == tracker.Staged {
			err = fault.New(fault.Stale, "%s", now.Import.Trouble)
		}
	}
	if f := fault.As(err); f != nil && (f.Kind == fault.Stale || f.Kind == fault.Conflict) {
		return s.showImport(c, actor, id, status(f.Kind), f)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/tracker/imports/"+id.String(), "The tracker has been imported.")
}

func (s *Site) abandonImport(c *fiber.Ctx, actor access.Actor) error {
	id, err := importID(c)
	if err != nil {
		return err
	}
	err = s.Tracker.Abandon(c.UserContext(), actor, id)
	if f := fault.As(err); f != nil && f.Kind == fault.Conflict {
		return s.showImport(c, actor, id, status(f.Kind), f)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/tracker", "The import was abandoned. Nothing has changed.")
}
