package web

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/govuk"
	views "quorate/frontend/views/decisions"
	"quorate/frontend/views/layout"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// printWait is how long somebody waits for a PDF that is made while they do. The minutes of sixty items took
// seven seconds on a busy machine, four of them the browser's start, so they are not asked for and fetched
// later as packs are; what takes longer is a queue.
const printWait = 25 * time.Second

// printed makes a PDF of a page at once.
func (s *Site) printed(ctx context.Context, page []byte) ([]byte, error) {
	if s.Printer == nil || !s.Printer.Prints() {
		return nil, fault.New(fault.Unavailable, "PDF files cannot be made here, because Chromium is not installed. Download it for Word, or open it as a page to print.")
	}
	ctx, cancel := context.WithTimeout(ctx, printWait)
	defer cancel()
	pdf, err := s.Printer.PDF(ctx, page)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nil, fault.New(fault.Unavailable, "Many PDF files are being made at this moment. Try again in a minute, or download it for Word.")
	}
	if err != nil {
		s.logFailure("printing", http.MethodGet, err.Error())
		return nil, fault.New(fault.Unavailable, "The PDF could not be made. Try again in a minute, or download it for Word.")
	}
	return pdf, nil
}

const wordType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// sendRecord sends a document of the record in one of its forms. Its name says the day and no more: a
// file's name is seen by many.
func (s *Site) sendRecord(w http.ResponseWriter, r *http.Request, name string, page func(context.Context) ([]byte, error), word func() ([]byte, error)) error {
	ending := r.URL.Path[strings.LastIndexByte(r.URL.Path, '.')+1:]
	how, kind := "attachment", ""
	var file []byte
	var err error
	switch ending {
	case "docx":
		kind = wordType
		file, err = word()
	default:
		if file, err = page(r.Context()); err != nil {
			return err
		}
		how, kind = "inline", "text/html; charset=utf-8"
		if ending == "pdf" {
			how, kind = "attachment", "application/pdf"
			file, err = s.printed(r.Context(), file)
		}
	}
	if err != nil {
		return err
	}
	if ending == "html" {
		w.Header().Set("Content-Security-Policy", s.documents().ContentSecurityPolicy())
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": name + "." + ending}))
	w.Header().Set("Cache-Control", "private, no-store")
	_, _ = w.Write(file) // the reader may have gone; nothing is left to tell them
	return nil
}

// minutesFile sends the minutes as their reader may see them.
func (s *Site) minutesFile(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
	id, err := uuid.Parse(r.PathValue("meeting"))
	if err != nil {
		return pageNotFound()
	}
	var minutes room.Minutes
	err = s.DB.Read(r.Context(), actor, func(tx db.Tx) error {
		minutes, err = room.ShowMinutes(tx, id)
		return err
	})
	if err != nil {
		return err
	}
	return s.sendRecord(w, r, "minutes-"+clock.DateOf(minutes.Meeting.StartsAt).String(),
		func(ctx context.Context) ([]byte, error) { return s.documents().MinutesPage(ctx, minutes) },
		func() ([]byte, error) { return s.documents().MinutesWord(minutes) })
}

// extractFile sends one young person's part of the minutes, and notes that it went.
func (s *Site) extractFile(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
	meeting, err := uuid.Parse(r.PathValue("meeting"))
	if err != nil {
		return pageNotFound()
	}
	item, err := uuid.Parse(r.PathValue("item"))
	if err != nil {
		return pageNotFound()
	}
	extract, err := s.Room.OpenExtract(r.Context(), actor, meeting, item, r.URL.Path[strings.LastIndexByte(r.URL.Path, '.')+1:])
	if err != nil {
		return err
	}
	return s.sendRecord(w, r, "minutes-extract-"+extract.MeetingOn.String()+"-item-"+extract.Number,
		func(ctx context.Context) ([]byte, error) { return s.documents().ExtractPage(ctx, extract) },
		func() ([]byte, error) { return s.documents().ExtractWord(extract) })
}

func (s *Site) extractPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showExtract(c, actor, nil, nil)
}

// showExtract shows one young person's part of the minutes; with a form, as it would be with those choices.
func (s *Site) showExtract(c *fiber.Ctx, actor access.Actor, form *views.ExtractForm, problem *fault.Fault) error {
	meeting, err := idOf(c, "meeting")
	if err != nil {
		return err
	}
	item, err := idOf(c, "item")
	if err != nil {
		return err
	}
	var extract room.Extract
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
		if form == nil {
			extract, err = room.ShowExtract(tx, meeting, item)
			return err
		}
		extract, err = room.TryExtract(tx, meeting, item, form.Words(), form.Keep)
		return err
	})
	if err != nil {
		return err
	}
	if form == nil {
		form = &views.ExtractForm{Also: strings.Join(extract.Also, "\n"), Keep: extract.Keep}
	} else if extract.ReleasedAt != nil {
		extract.Changed = true // as tried, it is not what was let go
	}
	info := layout.PageInfo{
		Title: "Part of the minutes of " + extract.MeetingOn.Long() + ", item " + extract.Number, Section: extract.Forum,
		Before: govuk.BackLink{Href: views.MinutesHref(meeting), Text: "Back to the minutes"}, Errors: fieldsOf(problem),
	}
	return s.render(c, actor, formStatus(problem), info, views.ExtractPage(extract, *form, info.Errors))
}

// releaseExtract shows the extract with other choices of names, or lets it go.
func (s *Site) releaseExtract(c *fiber.Ctx, actor access.Actor) error {
	meeting, err := idOf(c, "meeting")
	if err != nil {
		return err
	}
	item, err := idOf(c, "item")
	if err != nil {
		return err
	}
	form := &views.ExtractForm{Also: c.FormValue("also"), Keep: ticked(c, "keep")}
	if c.FormValue("do") == "look" {
		return s.showExtract(c, actor, form, nil)
	}
	err = s.Room.ReleaseExtract(c.UserContext(), actor, meeting, item, form.Words(), form.Keep)
	if problem := mendable(err); problem != nil {
		return s.showExtract(c, actor, form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.ExtractHref(meeting, item), "It can be downloaded now, by you and by the forum’s members.")
}
