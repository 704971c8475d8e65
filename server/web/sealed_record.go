package web

import (
	"mime"
	"net/http"

	"github.com/google/uuid"

	"quorate/server/base/access"
)

// sealedRecordFile sends the sealed record of a meeting, and notes that it went. Its name says the day and
// no more: a file's name is seen by many.
func (s *Site) sealedRecordFile(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
	id, err := uuid.Parse(r.PathValue("meeting"))
	if err != nil {
		return pageNotFound()
	}
	file, on, err := s.Room.ExportRecord(r.Context(), actor, id)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "sealed-record-" + on.String() + ".json"}))
	w.Header().Set("Cache-Control", "private, no-store")
	_, _ = w.Write(file) // the reader may have gone; nothing is left to tell them
	return nil
}
