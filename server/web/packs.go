package web

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/agendas/packs"
	"quorate/frontend/documents"
	"quorate/frontend/govuk"
	agendaViews "quorate/frontend/views/agendas"
	"quorate/frontend/views/layout"
	views "quorate/frontend/views/packs"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// documents is what documents of this site have in common.
func (s *Site) documents() documents.Setting {
	return documents.Setting{Marking: s.ProtectiveMark, BaseURL: s.BaseURL.String()}
}

// packPage is the reader's own pack, with the PDF when it is made.
func (s *Site) packPage(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "meeting")
	if err != nil {
		return err
	}
	var standing packs.Standing
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		standing, err = s.Packs.Stand(tx, id, max(whole(c.Query("version", "0")), 0))
		return err
	})
	if err != nil {
		return err
	}
	back := agendaViews.Href(id, standing.Pack.Version)
	if standing.Pack.OnlyOwn {
		back = "/meetings/" + id.String() + "/agenda/mine"
	}
	info := layout.PageInfo{Title: "Your pack", Section: standing.Pack.Forum.Name, Before: govuk.BackLink{Href: back, Text: "Back to the agenda"}}
	return s.render(c, actor, http.StatusOK, info, views.Page(standing))
}

// askPack asks for the PDF; the page it leads to says how far it is.
func (s *Site) askPack(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "meeting")
	if err != nil {
		return err
	}
	version := max(whole(c.FormValue("version")), 0)
	if err := s.Packs.AskPack(c.UserContext(), actor, id, version); err != nil {
		return err
	}
	return s.redirect(c, agendaViews.PackHref(id, version), "")
}

// packPDF sends the PDF that was made for the reader. One that is not there, or says what the agenda says no
// more, leads to where it is made.
func (s *Site) packPDF(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
	id, version, err := packAsked(r)
	if err != nil {
		return err
	}
	file, standing, err := s.Packs.OpenPack(r.Context(), actor, id, version)
	if fault.Is(err, fault.Conflict) {
		http.Redirect(w, r, agendaViews.PackHref(id, version), http.StatusSeeOther)
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	if err := s.agendas().RecordReading(r.Context(), actor, id, standing.Pack.Version); err != nil {
		return err
	}
	packHeaders(w, standing.Pack, "attachment", "pdf", "application/pdf")
	w.Header().Set("Content-Length", strconv.FormatInt(standing.Printed.Bytes, 10))
	_, _ = io.Copy(w, file) // the reader may have gone; nothing is left to tell them
	return nil
}

// packWord makes the Word file and sends it.
func (s *Site) packWord(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
	pack, err := s.readPack(r, actor)
	if err != nil {
		return err
	}
	file, err := s.documents().Word(pack)
	if err != nil {
		return err
	}
	packHeaders(w, pack, "attachment", "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
	_, _ = w.Write(file) // the reader may have gone; nothing is left to tell them
	return nil
}

// packHTML shows the pack as one page with its styles inside, to read, print or save.
func (s *Site) packHTML(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
	pack, err := s.readPack(r, actor)
	if err != nil {
		return err
	}
	page, err := s.documents().Page(r.Context(), pack)
	if err != nil {
		return err
	}
	packHeaders(w, pack, "inline", "html", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", s.documents().ContentSecurityPolicy())
	_, _ = w.Write(page) // the reader may have gone; nothing is left to tell them
	return nil
}

// readPack reads the pack asked for and notes that its agenda was opened.
func (s *Site) readPack(r *http.Request, actor access.Actor) (pack packs.Pack, err error) {
	id, version, err := packAsked(r)
	if err != nil {
		return pack, err
	}
	err = s.DB.Read(r.Context(), actor, func(tx db.Tx) (err error) {
		pack, err = packs.Of(tx, id, version, room.WithheldItems)
		return err
	})
	if err != nil {
		return pack, err
	}
	return pack, s.agendas().RecordReading(r.Context(), actor, id, pack.Version)
}

func packAsked(r *http.Request) (meeting uuid.UUID, version int, err error) {
	if meeting, err = uuid.Parse(r.PathValue("meeting")); err != nil {
		return meeting, 0, pageNotFound()
	}
	if asked := r.URL.Query().Get("version"); asked != "" {
		if version = whole(asked); version < 0 {
			return meeting, 0, fault.New(fault.NotFound, "There is no such version of this agenda.")
		}
	}
	return meeting, version, nil
}

// packHeaders name the file by its day and version alone: a file's name is seen by many.
func packHeaders(w http.ResponseWriter, pack packs.Pack, how, ending, kind string) {
	name := fmt.Sprintf("agenda-pack-%s-version-%d.%s", pack.On(), pack.Version, ending)
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": name}))
	w.Header().Set("Cache-Control", "private, no-store")
}
