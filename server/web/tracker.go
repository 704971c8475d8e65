package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

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
	soon           = 2 * time.Second              // how long a page waits for a small file before it shows progress
)

// trackerPage says how the tracker stands: the last import, those under way and those before.
func (s *Site) trackerPage(c *fiber.Ctx, actor access.Actor) error {
	var page views.FirstPage
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
		past, err := tracker.ListImports(tx, pastImports)
		if err != nil {
			return err
		}
		for _, i := range past {
			listed := views.Listed{PastImport: i}
			if i.IsBusy() {
				progress, err := tracker.ReadProgress(tx, i.ID)
				if err != nil {
					return err
				}
				listed.Progress = views.ProgressPage{ImportProgress: progress}.Words()
			}
			switch i.Status {
			case tracker.Confirmed, tracker.Undone, tracker.Abandoned:
				page.Past = append(page.Past, listed)
			default:
				page.UnderWay = append(page.UnderWay, listed)
			}
		}
		last, err := tracker.LastImport(tx)
		if err != nil {
			return err
		}
		if last != nil {
			page.Last = &views.Listed{PastImport: *last}
		}
		page.Kept, err = tracker.CountKept(tx)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Tracker", Wide: true}, views.ImportsPage(page))
}

func (s *Site) newImportPage(c *fiber.Ctx, actor access.Actor) error {
	return s.render(c, actor, http.StatusOK, uploadInfo(nil), s.uploadPage(nil))
}

const uploadTitle = "Which file holds the tracker?"

func uploadInfo(problems govuk.Errors) layout.PageInfo {
	return layout.PageInfo{Title: uploadTitle, Section: "Tracker", Before: govuk.BackLink{Href: "/tracker"}, Errors: problems}
}

func (s *Site) uploadPage(problems govuk.Errors) templ.Component {
	return views.Upload(views.UploadPage{Converts: tracker.Converts(), MaxMB: tracker.MaxFileBytes >> 20, Demo: s.Demo, Problems: problems})
}

// uploadTracker takes a tracker file. One whose layout is known is read at once; of another the clerk
// is asked how. It is a net/http handler: the file is bounded as it arrives.
func (s *Site) uploadTracker(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
	chosen, next, err := s.takeUpload(r, actor)
	if f := fault.As(err); f != nil && (f.Kind == fault.Invalid || f.Kind == fault.TooLarge) {
		problems := govuk.Errors{{Name: "file", Sentence: f.Sentence}}
		return s.renderStream(w, r, actor, status(f.Kind), uploadInfo(problems), s.uploadPage(problems))
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, stepHref(chosen, next), http.StatusSeeOther)
	return nil
}

func (s *Site) takeUpload(r *http.Request, actor access.Actor) (tracker.Import, tracker.Step, error) {
	name, content, err := uploadedFile(r, "file")
	if err != nil {
		return tracker.Import{}, "", err
	}
	chosen, err := s.Tracker.Upload(r.Context(), actor, name, bytes.NewReader(content))
	if err != nil {
		return tracker.Import{}, "", err
	}
	next, err := s.Tracker.Recall(r.Context(), actor, chosen.ID)
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.TooLarge) { // what cannot be looked at is not kept
		err = errors.Join(err, s.Tracker.Abandon(context.WithoutCancel(r.Context()), actor, chosen.ID))
	}
	return chosen, next, err
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
