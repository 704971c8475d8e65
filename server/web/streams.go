package web

import (
	"net/http"

	"github.com/a-h/templ"

	"quorate/frontend/documents"
	"quorate/frontend/views/layout"
	"quorate/server/base/access"
	"quorate/server/base/fault"
)

// Stream is a net/http handler for what Fiber's adaptor would buffer whole: uploads and downloads.
// Paths are net/http patterns: "/tracker/imports/{import}".
type Stream struct {
	Method   string
	Path     string
	Action   access.Action
	MaxBytes int64 // largest body; 0 is none at all
	Handle   func(w http.ResponseWriter, r *http.Request, actor access.Actor) error
}

// Streams is every upload and download.
func (s *Site) Streams() []Stream {
	streams := []Stream{
		{http.MethodPost, "/tracker/imports", access.ImportTracker, maxUpload, s.uploadTracker},
		{http.MethodGet, "/tracker/imports/{import}/rows-to-fix.xlsx", access.ImportTracker, 0, s.rowsToFix},
		{http.MethodGet, "/tracker/changes.xlsx", access.ImportTracker, 0, s.changesToKey},
		{http.MethodGet, "/decisions.xlsx", access.ReadDecisions, 0, s.decisionsFile},
		{http.MethodPost, "/agenda-items/{item}/papers", access.ReadPapers, maxPaper, s.attachToItem},
		{http.MethodPost, "/requests/{request}/papers", access.ReadPapers, maxPaper, s.attachToRequest},
		{http.MethodGet, "/papers/{paper}", access.ReadPapers, 0, s.paperFile},
		{http.MethodPost, "/rules/check", access.SetRules, defaultForm, s.checkTypedRule},
		{http.MethodPost, "/history/imports", access.BringHistory, maxUpload, s.uploadHistory},
		{http.MethodGet, "/history/template.xlsx", access.BringHistory, 0, s.historyTemplate},
		{http.MethodGet, "/history/imports/{import}/problems.xlsx", access.BringHistory, 0, s.historyProblemsFile},
		{http.MethodGet, "/meetings/{meeting}/pack.pdf", access.UseProduct, 0, s.packPDF},
		{http.MethodGet, "/meetings/{meeting}/pack.docx", access.UseProduct, 0, s.packWord},
		{http.MethodGet, "/meetings/{meeting}/pack.html", access.UseProduct, 0, s.packHTML},
		{http.MethodGet, "/meetings/{meeting}/minutes.pdf", access.EnterRoom, 0, s.minutesFile},
		{http.MethodGet, "/meetings/{meeting}/minutes.docx", access.EnterRoom, 0, s.minutesFile},
		{http.MethodGet, "/meetings/{meeting}/minutes.html", access.EnterRoom, 0, s.minutesFile},
		{http.MethodGet, "/meetings/{meeting}/sealed-record.json", access.RecordMeeting, 0, s.sealedRecordFile},
		{http.MethodGet, "/meetings/{meeting}/items/{item}/extract.pdf", access.ReadDecisions, 0, s.extractFile},
		{http.MethodGet, "/meetings/{meeting}/items/{item}/extract.docx", access.ReadDecisions, 0, s.extractFile},
		{http.MethodGet, "/meetings/{meeting}/items/{item}/extract.html", access.ReadDecisions, 0, s.extractFile},
		{http.MethodGet, "/blockers.xlsx", access.UseProduct, 0, s.blockersFile},
		{http.MethodGet, "/board/digests/{digest}/digest.pdf", access.ReadBoard, 0, s.digestFile},
		{http.MethodGet, "/actions/tracker.xlsx", access.UseProduct, 0, s.actionsWorkbook},
		{http.MethodGet, "/letters/{letter}/letter.pdf", access.ReadPayments, 0, s.letterFile("pdf")},
		{http.MethodGet, "/letters/{letter}/letter.docx", access.ReadPayments, 0, s.letterFile("docx")},
		{http.MethodGet, "/letters/{letter}/letter.html", access.ReadPayments, 0, s.letterFile("html")},
		{http.MethodGet, "/authorisations.xlsx", access.ReadPayments, 0, s.authorisationsFile},
		{http.MethodGet, "/authorisations/{authorisation}/authorisation.pdf", access.ReadPayments, 0, s.authorisationFile("pdf")},
		{http.MethodGet, "/authorisations/{authorisation}/authorisation.docx", access.ReadPayments, 0, s.authorisationFile("docx")},
		{http.MethodGet, "/forums/{forum}/recharges.xlsx", access.ReadPayments, 0, s.rechargeFile},
		{http.MethodGet, "/board/{board}/recommendations.xlsx", access.ReadBoard, 0, s.recommendationsFile},
		{http.MethodGet, "/board/{board}/reports/{year}/report.docx", access.ReadBoard, 0, s.reportFile},
		{http.MethodGet, "/measures.xlsx", access.ReadMeasures, 0, s.measuresFile(documents.MeasuresExcel, "xlsx")},
		{http.MethodGet, "/measures.csv", access.ReadMeasures, 0, s.measuresFile(documents.MeasuresCSV, "csv")},
		{http.MethodGet, "/measures/{measure}/table.xlsx", access.ReadMeasures, 0, s.measuresFile(documents.MeasuresExcel, "xlsx")},
		{http.MethodGet, "/measures/{measure}/table.csv", access.ReadMeasures, 0, s.measuresFile(documents.MeasuresCSV, "csv")},
		{http.MethodGet, "/feeds/{token}/quorate.ics", Open, 0, s.feed}, // the address itself is the secret
	}
	if s.Demo {
		streams = append(streams,
			Stream{Method: http.MethodGet, Path: "/mailbox/{mail}/html", Action: Open, Handle: s.mailHTML},
			Stream{Method: http.MethodGet, Path: "/mailbox/{mail}/invite.ics", Action: Open, Handle: s.mailCalendar},
			Stream{Method: http.MethodGet, Path: "/demo/messy-tracker.xlsx", Action: access.ImportTracker, Handle: s.messyTracker},
		)
	}
	return streams
}

// renderStream puts body in the frame of a page and sends it, for a net/http handler.
func (s *Site) renderStream(w http.ResponseWriter, r *http.Request, actor access.Actor, code int, info layout.PageInfo, body templ.Component) error {
	page, err := drawn(r.Context(), s.framed(info, actor, r.URL.Path), body)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	_, _ = w.Write(page) // the reader may have gone; nothing is left to tell them
	return nil
}

func (s *Site) streamDoor(stream Stream) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, stream.MaxBytes)
		session, err := s.WhoIs(r)
		if err == nil {
			s.noteActive(r.Context(), session, r.Method, r.Header.Get("Sec-Fetch-Mode"))
		}
		if err == nil && stream.Action != Open {
			if !session.Actor.IsPerson() && r.Method == http.MethodGet {
				http.Redirect(w, r, signInURL(r.URL.RequestURI()), http.StatusSeeOther)
				return
			}
			if !session.Actor.MayAnywhere(stream.Action) {
				err = session.Actor.Check(stream.Action, anyForum)
			}
		}
		if err == nil {
			err = stream.Handle(w, r, session.Actor)
		}
		if err != nil {
			s.answerStream(w, r, session.Actor, err)
		}
	})
}

// answerStream shows an error of an upload or download as a page.
func (s *Site) answerStream(w http.ResponseWriter, r *http.Request, actor access.Actor, err error) {
	f := fault.As(err)
	if f == nil {
		reference := s.logFailure("stream", r.Method, err.Error())
		f = internalFault(reference)
	}
	page, renderErr := s.errorPage(actor, f)
	if renderErr != nil {
		http.Error(w, f.Sentence, status(f.Kind))
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status(f.Kind))
	_, _ = w.Write(page) // the reader may have gone; nothing is left to tell them
}
