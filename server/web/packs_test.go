package web

import (
	"archive/zip"
	"bytes"
	"io"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"quorate/agendas/packs"
	"quorate/agendas/papers"
	"quorate/frontend/documents"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/auth"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/files"
)

// withPacks gives the house a press and somewhere to keep files.
func (h *house) withPacks(printer *documents.Printer) packs.Store {
	h.t.Helper()
	base, _ := url.Parse("http://localhost:8080")
	kept := files.InMemory()
	paper := papers.Store{DB: h.db, Files: kept}
	store := packs.Store{
		DB: h.db, Files: kept, Papers: paper, Withheld: room.WithheldItems, Log: slog.New(slog.DiscardHandler),
		Press: documents.Press{Setting: documents.Setting{Marking: "OFFICIAL-SENSITIVE", BaseURL: base.String()}, Printer: printer},
	}
	site := &Site{
		DB: h.db, Auth: auth.New(h.db), Room: &room.Store{DB: h.db}, Papers: paper, Packs: store, BaseURL: base,
		ProtectiveMark: "OFFICIAL-SENSITIVE", Log: slog.New(slog.DiscardHandler), Clock: h.clock.Now,
	}
	h.handler = site.Handler(nil)
	return store
}

// packed is an agenda that is out, with a case of a protected address and a paper on it; Mo has a seat.
func (h *house) packed(store packs.Store) (meeting panels.Meeting, reference string) {
	h.t.Helper()
	meeting, reference = h.scheduled(), h.brought()
	h.write(`update cases set protected_address = true, placement = 'Canaryplace', school = 'Canaryschool', locality = 'Canarylocality', primary_need = 'Deafblind'`)
	agenda := "/meetings/" + meeting.ID.String() + "/agenda"
	want(h.t, h.post("Cleo", agenda+"/build"), 303)
	want(h.t, h.post("Cleo", agenda+"/cases", "case_number", reference, "reason", "The college has asked"), 303)
	var item, cleo, mo uuid.UUID
	h.scan(&item, `select id from agenda_item where case_id is not null`)
	h.scan(&cleo, `select id from person where name = 'Cleo'`)
	h.scan(&mo, `select id from person where name = 'Mo'`)
	var clerk access.Actor
	h.read(func(tx db.Tx) error {
		actors, err := panels.ActorsFor(tx, []uuid.UUID{cleo}, tx.Today())
		clerk = actors[cleo]
		return err
	})
	const pdf = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
	if _, err := store.Papers.Attach(h.t.Context(), clerk, papers.Subject{Item: item}, "Canarypaper.pdf", []byte(pdf), "It came today"); err != nil {
		h.t.Fatal(err)
	}
	for _, seat := range h.seats() {
		if seat.Decides() && seat.Office == access.Member {
			admin := access.Actor{PersonID: uuid.Must(uuid.NewV7()), Administrator: true}
			if _, err := (panels.Store{DB: h.db}).FillSeat(h.t.Context(), admin, panels.NewHolding{SeatID: seat.ID, PersonID: mo}); err != nil {
				h.t.Fatal(err)
			}
			break
		}
	}
	want(h.t, h.post("Cleo", "/agenda-items/"+item.String()+"/tabling", "version", "0", "told", "young_person", "told_by", "Canaryteller", "told_on-day", "2", "told_on-month", "11", "told_on-year", "2026",
		"response", "objects", "said", "Canaryobjection", "basis", "safeguarding"), 303)
	want(h.t, h.post("Cleo", agenda+"/publish"), 303)
	return meeting, reference
}

// declares writes somebody's interest in the case.
func (h *house) declares(name string) {
	h.t.Helper()
	h.write(`insert into interest (id, meeting_id, item_id, person_id, kind, reason, declared_at, declared_by)
		select gen_random_uuid(), i.meeting_id, i.id, p.id, 'family', 'A cousin', now(), p.id from agenda_item i, person p where i.case_id is not null and p.name = '` + name + `'`)
}

func wordText(t *testing.T, answer *httptest.ResponseRecorder) string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(answer.Body.Bytes()), int64(answer.Body.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, part := range archive.File {
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&text, r); err != nil {
			t.Fatal(err)
		}
	}
	return text.String()
}

// pdfText is what a PDF says, and the names of what is attached to it.
func pdfText(t *testing.T, answer *httptest.ResponseRecorder) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pack.pdf")
	if err := os.WriteFile(path, answer.Body.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	said, err := exec.CommandContext(t.Context(), "pdftotext", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	attached, err := exec.CommandContext(t.Context(), "pdfdetach", "-list", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(said) + string(attached)
}

// A pack is carried away. What somebody left for, and where a young person hides, must not be in it: not
// on its pages, not in its Word file, not in its web page and not among what is attached.
func TestPackLeavesOutWhatItsReaderMayNotSee(t *testing.T) {
	t.Parallel()
	printer := documents.FindPrinter(os.Getenv("QUORATE_CHROMIUM"))
	h := newHouse(t)
	store := h.withPacks(printer)
	meeting, reference := h.packed(store)
	h.declares("Mo")
	forms := map[string]func(who string) string{
		"page": func(who string) string {
			answer := h.get(who, "/meetings/"+meeting.ID.String()+"/pack.html")
			want(t, answer, 200, "OFFICIAL-SENSITIVE", `lang="en-GB"`)
			if policy := answer.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "sha256-") {
				t.Errorf("policy %q", policy)
			}
			return answer.Body.String()
		},
		"word": func(who string) string {
			answer := h.get(who, "/meetings/"+meeting.ID.String()+"/pack.docx")
			want(t, answer, 200)
			return wordText(t, answer)
		},
	}
	if _, err := exec.LookPath("pdfdetach"); err == nil && printer.Prints() {
		forms["pdf"] = func(who string) string {
			path := "/meetings/" + meeting.ID.String() + "/pack"
			want(t, h.get(who, path), 200, "Make the PDF")
			want(t, h.post(who, path, "version", "1"), 303)
			want(t, h.get(who, path), 200, "Your PDF is being made")
			if err := store.MakePacks(t.Context()); err != nil {
				t.Fatal(err)
			}
			want(t, h.get(who, path), 200, "Download the PDF")
			answer := h.get(who, path+".pdf?version=1")
			want(t, answer, 200)
			return pdfText(t, answer)
		}
	}
	for form, read := range forms {
		t.Run(form, func(t *testing.T) {
			whole, left := read("Cleo"), read("Mo")
			for _, words := range []string{reference, "Canarysurname", "Canarypaper", "The college has asked", "Deafblind", "Canaryteller", "Canaryobjection", "They object to being discussed", "Basis for sharing"} {
				if !strings.Contains(whole, words) {
					t.Errorf("Cleo’s does not say %q", words)
				}
				if strings.Contains(left, words) {
					t.Errorf("Mo left for the item, and Mo’s says %q", words)
				}
			}
			if !strings.Contains(left, "Left out of your pack") || !strings.Contains(left, "Declarations of interests") {
				t.Error("Mo’s does not say that something is left out, or leaves out the rest")
			}
			for _, words := range []string{"Canaryplace", "Canaryschool", "Canarylocality"} {
				if strings.Contains(whole+left, words) {
					t.Errorf("the address is protected, and the pack says %q", words)
				}
			}
		})
	}
}

// Presenters carry their own items; whoever reads nothing of the agenda carries nothing.
func TestPackIsOpenAsTheAgendaIs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	meeting, _ := h.packed(h.withPacks(documents.FindPrinter("/nowhere/chromium")))
	h.write(`update agenda_item set presenter_id = (select id from person where name = 'Pat') where case_id is not null`)
	path := "/meetings/" + meeting.ID.String() + "/pack"
	own := h.get("Pat", path+".html")
	want(t, own, 200, "Canarysurname", "You see the items you present")
	wantNot(t, own, "Declarations of interests")
	wantNot(t, own, "Who is coming")
	for _, who := range []string{"Ada", ""} {
		for _, form := range []string{"", ".html", ".docx", ".pdf"} {
			if answer := h.get(who, path+form); answer.Code == 200 || strings.Contains(answer.Body.String(), "Canary") {
				t.Errorf("%q reads %s: %d", who, form, answer.Code)
			}
		}
	}
	want(t, h.get("Cleo", path+".html?version=2"), 404)
	want(t, h.get("Cleo", path+".html?version=x"), 404)
	for _, form := range []string{"", ".html", ".docx", ".pdf"} { // more than the database counts to is no fault of Quorate's
		if answer := h.get("Cleo", path+form+"?version=9999999999"); answer.Code >= 500 {
			t.Errorf("%s: %d", form, answer.Code)
		}
	}
	want(t, h.get("Cleo", "/meetings/"+meeting.ID.String()+"/agenda/rules?version=9999999999"), 200)
	want(t, h.get("Cleo", path), 200, "PDF files cannot be made here, because Chromium is not installed", "Download the Word file")
	want(t, h.post("Cleo", path, "version", "1"), 503, "Chromium is not installed")
	want(t, h.get("Cleo", path+".pdf"), 303)
	want(t, h.get("Cleo", "/meetings/"+meeting.ID.String()), 200, path+".docx?version=1")
	var read int
	h.scan(&read, `select count(*) from agenda_read r join person p on p.id = r.person_id where p.name = 'Pat'`)
	if read != 1 {
		t.Error("carrying the pack does not count as opening the agenda")
	}
}

// Members look for the pack on Home and in the room, not on the agenda's page; a link to what is not out, or not
// theirs, or no word of a newer version, sends them to the meeting with the wrong paper.
func TestHomeAndTheRoomLeadToThePack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	store := h.withPacks(documents.FindPrinter("/nowhere/chromium"))
	meeting, _ := h.packed(store)
	pack := `href="/meetings/` + meeting.ID.String() + `/pack"`
	room := "/meetings/" + meeting.ID.String() + "/room"
	for _, page := range []string{"/", room} {
		want(t, h.get("Mo", page), 200, pack, "Read the pack", "Agenda version 1 is new to you")
	}
	want(t, h.get("Mo", "/meetings/"+meeting.ID.String()+"/pack.html"), 200)
	for _, page := range []string{"/", room} {
		want(t, h.get("Mo", page), 200, pack, "You have read version 1 of the agenda")
	}
	var item string
	h.scan(&item, `select id::text from agenda_item where case_id is not null`)
	h.write(`update agenda_item set minutes = 25 where id = '` + item + `'`)
	want(t, h.post("Cleo", "/meetings/"+meeting.ID.String()+"/agenda/publish"), 303)
	for _, page := range []string{"/", room} {
		want(t, h.get("Mo", page), 200, "Agenda version 2 is new since you read version 1")
	}
	h.write(`update agenda_item set presenter_id = (select id from person where name = 'Pat') where id = '` + item + `'`)
	want(t, h.get("Pat", "/"), 200, pack, "Read your item", "Agenda version 2 is new to you")
	h.write(`insert into agenda_item (id, meeting_id, position, kind, title, minutes, state, presenter_id, created_at)
		select gen_random_uuid(), meeting_id, 99, 'standing', 'Not out yet', 5, 'listed', presenter_id, now() from agenda_item where id = '` + item + `'`)
	h.write(`update agenda_item set presenter_id = null where id = '` + item + `'`)
	notOut := h.get("Pat", "/")
	wantNot(t, notOut, "Read the pack")
	wantNot(t, notOut, "Read your item")
}
