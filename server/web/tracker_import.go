package web

import (
	"net/http"
	"slices"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/frontend/govuk"
	"quorate/frontend/views/layout"
	views "quorate/frontend/views/tracker"
	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

func importID(c *fiber.Ctx) (uuid.UUID, error) {
	id, err := uuid.Parse(c.Params("import"))
	if err != nil {
		return uuid.Nil, pageNotFound()
	}
	return id, nil
}

// importPage is where an import is: the next question about its file, how far its job has come, its
// preview, or what it did.
func (s *Site) importPage(c *fiber.Ctx, actor access.Actor) error {
	id, err := importID(c)
	if err != nil {
		return err
	}
	progress, err := s.Tracker.Wait(c.UserContext(), actor, id, soon)
	switch {
	case err != nil:
		return err
	case progress.Import.IsBusy():
		page := views.ProgressPage{ImportProgress: progress}
		info := layout.PageInfo{Title: page.Title(), Section: "Tracker", Before: backToTracker, Live: true, Again: 3}
		return s.render(c, actor, http.StatusOK, info, views.InProgress(page))
	case progress.Import.Status == tracker.Chosen:
		return c.Redirect(views.Href(progress.Import)+"/"+string(unanswered(progress.Import)), http.StatusSeeOther)
	default:
		return s.showImport(c, actor, id, nil)
	}
}

var backToTracker = govuk.BackLink{Href: "/tracker", Text: "Tracker"}

// unanswered is the first question about an import's file that nobody has answered.
func unanswered(i tracker.Import) tracker.Step {
	switch {
	case i.Choice.HeadingRow == 0:
		return tracker.AskSheet
	case len(i.Choice.Columns) == 0:
		return tracker.AskColumns
	default:
		return tracker.AskWords
	}
}

func (s *Site) showImport(c *fiber.Ctx, actor access.Actor, id uuid.UUID, problem *fault.Fault) error {
	page := views.ImportPage{Show: c.Query("show"), Page: pageNumber(c, "page")}
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
		if page.Matched, err = tracker.MappingOf(tx, id); err != nil {
			return err
		}
		waiting, err := tracker.CountKept(tx)
		if err != nil {
			return err
		}
		page.KeyBack = waiting > 0
		if page.MayUndo, err = tracker.MayUndo(tx, page.Import); err != nil {
			return err
		}
		if page.Import.Status == tracker.Undone {
			if page.UndoneBy, err = nameOf(tx, page.Import.UndoneBy); err != nil {
				return err
			}
			if page.Stayed, err = tracker.StayedAfterUndo(tx, id, 0, importPageSize); err != nil {
				return err
			}
		}
		if page.Trail, err = importTrail(tx, id); err != nil {
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
	info := layout.PageInfo{Title: page.Title(), Section: "Tracker", Wide: true, Before: backToTracker, Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.TheImportPage(page))
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
	total := page.Count(page.Show)
	offset := (page.Page - 1) * importPageSize
	id := page.Import.ID
	switch page.Show {
	case views.Warnings:
		page.Problems, err = tracker.ImportProblems(tx, id, tracker.SeverityWarning, offset, importPageSize)
	case views.LeftOut:
		total = page.Import.ErrorCount // a row may have several
		page.Problems, err = tracker.ImportProblems(tx, id, tracker.SeverityError, offset, importPageSize)
	case views.New, views.Changed, views.Unchanged:
		page.Rows, err = tracker.StagedRows(tx, id, page.Show, offset, importPageSize)
	case views.Kept:
		page.Kept, err = tracker.KeptInImport(tx, id, offset, importPageSize)
	case views.Absent:
		page.Absent, err = tracker.AbsentCases(tx, id, offset, importPageSize)
	default:
		total = 0
	}
	page.Pages = (total + importPageSize - 1) / importPageSize
	return err
}

// nameOf is a person's name, "" for nobody.
func nameOf(tx db.Tx, person *uuid.UUID) (name string, err error) {
	if person != nil {
		err = tx.Raw(`select name from person where id = ?`, *person).Scan(&name).Error
	}
	return name, err
}

// importActions are the trail's words for what is done with an import.
var importActions = map[string]string{
	"tracker.chosen": "Chose how it is read", "tracker.reading": "Asked for it to be read", "tracker.staged": "Read and compared",
	"tracker.kept_values_chosen": "Chose between the file and a meeting", "tracker.imported": "Confirmed", "tracker.abandoned": "Abandoned", "tracker.undone": "Undone", "tracker.failed": "Could not be read",
}

// importTrail reads who did what with an import from the audit trail, first things first.
func importTrail(tx db.Tx, id uuid.UUID) ([]views.TrailLine, error) {
	entries, _, err := audit.List(tx, audit.Filter{ObjectKind: "tracker_import", ObjectID: id.String(), Limit: 100})
	if err != nil {
		return nil, err
	}
	names, err := namesOf(tx, entries)
	if err != nil {
		return nil, err
	}
	slices.Reverse(entries)
	var lines []views.TrailLine
	for i, e := range entries {
		line := views.TrailLine{What: importActions[e.Action], By: names[e.PersonID], At: e.At}
		switch last := len(lines) - 1; {
		case i == 0:
			line.What = "Uploaded the file"
			lines = append(lines, line)
		case line.What == "":
		case lines[last].What == line.What && lines[last].By == line.By:
			lines[last] = line // each answer about a file is a choice: the last stands for them
		default:
			lines = append(lines, line)
		}
	}
	return lines, nil
}

func (s *Site) confirmImport(c *fiber.Ctx, actor access.Actor) error {
	id, err := importID(c)
	if err != nil {
		return err
	}
	_, err = s.Tracker.Confirm(c.UserContext(), actor, id, whole(c.FormValue("version")))
	return s.settled(c, actor, id, err, "")
}

// settled answers a form about an import: by its page, which waits a moment for what was asked.
func (s *Site) settled(c *fiber.Ctx, actor access.Actor, id uuid.UUID, err error, said string) error {
	if f := fault.As(err); f != nil && (f.Kind == fault.Stale || f.Kind == fault.Conflict) {
		return s.showImport(c, actor, id, f)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/tracker/imports/"+id.String(), said)
}

func (s *Site) abandonImport(c *fiber.Ctx, actor access.Actor) error {
	id, err := importID(c)
	if err != nil {
		return err
	}
	err = s.Tracker.Abandon(c.UserContext(), actor, id)
	if f := fault.As(err); f != nil && f.Kind == fault.Conflict {
		return s.showImport(c, actor, id, f)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/tracker", "The import was abandoned. Nothing has changed.")
}

const undoStay = 50 // what would stay that is listed

// undoImportPage says what undoing an import would put back and what it would leave.
func (s *Site) undoImportPage(c *fiber.Ctx, actor access.Actor) error {
	id, err := importID(c)
	if err != nil {
		return err
	}
	var page views.UndoPage
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if page.Import, err = tracker.ReadImport(tx, id); err != nil {
			return err
		}
		page.Forecast, err = tracker.ForecastUndo(tx, page.Import, undoStay)
		return err
	})
	if f := fault.As(err); f != nil && f.Kind == fault.Conflict {
		return s.showImport(c, actor, id, f)
	}
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Undo this import?", Section: "Tracker", Before: govuk.BackLink{Href: views.Href(page.Import)}}
	return s.render(c, actor, http.StatusOK, info, views.AskUndo(page))
}

func (s *Site) undoImport(c *fiber.Ctx, actor access.Actor) error {
	id, err := importID(c)
	if err != nil {
		return err
	}
	_, err = s.Tracker.Undo(c.UserContext(), actor, id)
	return s.settled(c, actor, id, err, "")
}

// chooseKept takes the file's value in place of what a meeting said, or the meeting's after all.
func (s *Site) chooseKept(c *fiber.Ctx, actor access.Actor) error {
	id, err := importID(c)
	if err != nil {
		return err
	}
	var kept []uuid.UUID // none is all of them
	if c.FormValue("kept") != "" {
		one, err := formID(c, "kept")
		if err != nil {
			return err
		}
		kept = append(kept, one)
	}
	_, err = s.Tracker.ChooseKept(c.UserContext(), actor, id, whole(c.FormValue("version")), c.FormValue("take") == "file", kept...)
	if f := fault.As(err); f != nil && (f.Kind == fault.Stale || f.Kind == fault.Conflict) {
		return s.showImport(c, actor, id, f)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/tracker/imports/"+id.String()+"?show="+views.Kept, "")
}

// rowsToFix is the file's own rows that have something to mend, with what.
func (s *Site) rowsToFix(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
	id, err := uuid.Parse(r.PathValue("import"))
	if err != nil {
		return pageNotFound()
	}
	_, file, err := s.Tracker.RowsToFix(r.Context(), actor, id)
	if err != nil {
		return err
	}
	sendWorkbook(w, "rows-to-fix.xlsx", file)
	return nil
}

// changesToKey is what meetings recorded that the tracker does not say yet.
func (s *Site) changesToKey(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
	file, err := s.Tracker.ChangesToKey(r.Context(), actor)
	if err != nil {
		return err
	}
	sendWorkbook(w, "changes-to-key-back.xlsx", file)
	return nil
}
