package papers_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/xuri/excelize/v2"

	"quorate/agendas"
	"quorate/agendas/papers"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/base/fault"
	"quorate/server/base/files"
)

const pdf = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

// table is a forum with a meeting whose agenda has two standing items, and those who have to do with it.
type table struct {
	*testing.T
	papers.Store
	agendas agendas.Store
	clock   *clock.Manual
	forum   panels.Forum
	meeting panels.Meeting
	items   []agendas.Item
	clerk, member, presenter, stranger,
	conflicted access.Actor
}

func newTable(t *testing.T) *table {
	t.Helper()
	database, manual := dbtest.NewAt(t)
	tb := &table{T: t, Store: papers.Store{DB: database, Files: files.InMemory()}, agendas: agendas.Store{DB: database}, clock: manual}
	admin := tb.person("Ada", func(a *access.Actor) { a.Administrator = true })
	var err error
	if tb.forum, err = (panels.Store{DB: database}).CreateForum(t.Context(), admin, panels.NewForum{Template: "locality", Locality: "North"}); err != nil {
		t.Fatal(err)
	}
	seat := func(office access.Office, standing access.Standing) func(*access.Actor) {
		return func(a *access.Actor) {
			a.Seats = []access.Seat{{SeatID: uuid.New(), ForumID: tb.forum.ID, Office: office, Standing: standing, Locality: "North"}}
		}
	}
	tb.clerk, tb.member, tb.conflicted = tb.person("Clare", seat(access.Clerk, access.InAttendance)), tb.person("Mo", seat(access.Member, access.Deciding)), tb.person("Una", seat(access.Member, access.Deciding))
	tb.presenter = tb.person("Pia", func(a *access.Actor) { a.Presenter = true })
	tb.stranger = tb.person("Stan", func(a *access.Actor) { a.Presenter = true })
	on := clock.MustDate("2026-12-08")
	tb.meeting = panels.Meeting{
		ID: uuid.New(), ForumID: tb.forum.ID, StartsAt: on.At(9, 30), EndsAt: on.At(12, 30), Status: panels.Scheduled,
		PapersDueOn: clock.MustDate("2026-11-27"), CreatedAt: manual.Now(), Version: 1,
	}
	tb.write(func(tx db.Tx) error { return tx.Create(&tb.meeting).Error })
	if _, err := tb.agendas.BuildAgenda(t.Context(), tb.clerk, tb.meeting.ID); err != nil {
		t.Fatal(err)
	}
	tb.write(func(tx db.Tx) error {
		if err := tx.Exec(`update agenda_item set presenter_id = ? where id = (select id from agenda_item where meeting_id = ? order by position limit 1)`, tb.presenter.PersonID, tb.meeting.ID).Error; err != nil {
			return err
		}
		tb.items, err = agendas.Items(tx, tb.meeting.ID)
		return err
	})
	return tb
}

func (tb *table) person(name string, set func(*access.Actor)) access.Actor {
	tb.Helper()
	actor := access.Actor{PersonID: uuid.New(), Name: name}
	set(&actor)
	tb.write(func(tx db.Tx) error {
		return tx.Create(&panels.Person{ID: actor.PersonID, Name: name, Email: uuid.NewString() + "@example.org", Presenter: actor.Presenter, CreatedAt: tx.Now, Version: 1}).Error
	})
	return actor
}

func (tb *table) write(fn func(db.Tx) error) {
	tb.Helper()
	if err := tb.DB.Write(tb.Context(), access.System("test"), fn); err != nil {
		tb.Fatal(err)
	}
}

func (tb *table) attach(by access.Actor, item int, late string) papers.Paper {
	tb.Helper()
	p, err := tb.Attach(tb.Context(), by, papers.Subject{Item: tb.items[item].ID}, `C:\Letters\Assessment <final>.PDF`, []byte(pdf), late)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// opens reports whether somebody may open a paper, by its address and by the lists.
func (tb *table) opens(who access.Actor, p papers.Paper) bool {
	tb.Helper()
	_, content, err := tb.Open(tb.Context(), who, p.ID)
	if err == nil {
		got, _ := io.ReadAll(content)
		_ = content.Close()
		if string(got) != pdf {
			tb.Errorf("%s opens %q", who.Name, got)
		}
	} else if !fault.Is(err, fault.NotFound) {
		tb.Errorf("%s: %v", who.Name, err)
	}
	listed := false
	if err := tb.DB.Read(tb.Context(), who, func(tx db.Tx) error {
		byItem, err := papers.Of(tx, tb.meeting.ID)
		for _, list := range byItem {
			listed = listed || slices.ContainsFunc(list, func(other papers.Paper) bool { return other.ID == p.ID })
		}
		return err
	}); err != nil {
		tb.Fatal(err)
	}
	if listed != (err == nil) {
		tb.Errorf("%s: listed %v, opened %v", who.Name, listed, err)
	}
	return err == nil
}

// A paper read by one person too many cannot be unread.
func TestAPaperIsOpenToThoseWhoMaySeeItsItem(t *testing.T) {
	t.Parallel()
	tb := newTable(t)
	p := tb.attach(tb.clerk, 0, "")
	if p.Name != "Assessment final.pdf" || p.Kind != papers.PDF || p.Bytes != int64(len(pdf)) {
		t.Errorf("kept as %+v", p)
	}
	who := []struct {
		actor                      access.Actor
		draft, published, takenOff bool
	}{
		{tb.clerk, true, true, false}, {tb.presenter, true, true, false}, {tb.member, false, true, false}, {tb.conflicted, false, false, false}, {tb.stranger, false, false, false},
	}
	for _, w := range who {
		if tb.opens(w.actor, p) != w.draft {
			t.Errorf("%s, while it is a draft: not %v", w.actor.Name, w.draft)
		}
	}
	if _, err := tb.agendas.PublishAgenda(t.Context(), tb.clerk, tb.meeting.ID); err != nil {
		t.Fatal(err)
	}
	tb.write(func(tx db.Tx) error {
		return tx.Exec(`insert into interest (id, meeting_id, item_id, person_id, kind, reason, declared_by, declared_at) values (@id, @meeting, @item, @person, 'family', 'A cousin', @person, @now)`,
			map[string]any{"id": uuid.New(), "meeting": tb.meeting.ID, "item": tb.items[0].ID, "person": tb.conflicted.PersonID, "now": tx.Now}).Error
	})
	for _, w := range who {
		if tb.opens(w.actor, p) != w.published {
			t.Errorf("%s, once published: not %v", w.actor.Name, w.published)
		}
	}
	if _, err := tb.agendas.RemoveItem(t.Context(), tb.clerk, tb.items[0].ID, 0, "Not ready"); err != nil {
		t.Fatal(err)
	}
	for _, w := range who {
		if tb.opens(w.actor, p) != w.takenOff {
			t.Errorf("%s, once taken off: not %v", w.actor.Name, w.takenOff)
		}
	}
	if _, err := tb.Attach(t.Context(), tb.clerk, papers.Subject{Item: tb.items[0].ID}, "a.pdf", []byte(pdf), ""); !fault.Is(err, fault.Conflict) {
		t.Errorf("attached to an item that is off: %v", err)
	}
	if _, err := tb.agendas.RestoreItem(t.Context(), tb.clerk, tb.items[0].ID, 0); err != nil {
		t.Fatal(err)
	}
	if !tb.opens(tb.member, p) {
		t.Error("an item put back keeps its papers closed")
	}
}

func TestOnlyThoseWhoBringOrBuildAnItemAttachToIt(t *testing.T) {
	t.Parallel()
	tb := newTable(t)
	for _, who := range []access.Actor{tb.member, tb.stranger} {
		if _, err := tb.Attach(t.Context(), who, papers.Subject{Item: tb.items[0].ID}, "a.pdf", []byte(pdf), ""); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", who.Name, err)
		}
	}
	tb.attach(tb.presenter, 0, "")
	if _, err := tb.Attach(t.Context(), tb.presenter, papers.Subject{Item: tb.items[1].ID}, "a.pdf", []byte(pdf), ""); !fault.Is(err, fault.NotFound) {
		t.Errorf("the presenter of another item: %v", err)
	}
}

// Members who get a paper late must be told so, and why.
func TestAPaperAfterTheDeadlineNeedsItsReason(t *testing.T) {
	t.Parallel()
	tb := newTable(t)
	tb.clock.Advance(24 * time.Hour) // the day papers are due
	if p := tb.attach(tb.presenter, 0, "said for nothing"); p.LateReason != "" {
		t.Errorf("late on the day itself: %q", p.LateReason)
	}
	tb.clock.Advance(24 * time.Hour)
	_, err := tb.Attach(t.Context(), tb.presenter, papers.Subject{Item: tb.items[0].ID}, "a.pdf", []byte(pdf), " ")
	if f := fault.As(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Name != "late_reason" {
		t.Errorf("without a reason: %v", err)
	}
	if p := tb.attach(tb.presenter, 0, "The college wrote today"); p.LateReason != "The college wrote today" {
		t.Errorf("late: %q", p.LateReason)
	}
}

// A clerk who is an aunt of one of many young people in an uplift must not read what was attached about them,
// nor the name of what was withdrawn.
func TestAnInterestInOnePackageClosesTheUpliftsPapers(t *testing.T) {
	t.Parallel()
	tb := newTable(t)
	request, kase := uuid.New(), uuid.New()
	to := papers.Subject{Request: request}
	tb.write(func(tx db.Tx) error {
		values := map[string]any{"request": request, "case": kase, "forum": tb.forum.ID, "by": tb.presenter.PersonID, "now": tx.Now, "line": uuid.New(),
			"item": tb.items[1].ID}
		for _, statement := range []string{
			`insert into cases (id, alias, person_reference, forename, surname, date_of_birth, created_at, updated_at) values (@case, 'Heron-48', 'T1', 'Rosa', 'Walker', '2009-03-04', @now, @now)`,
			`insert into funding_request (id, kind, forum_id, submitted_by, state, created_at) values (@request, 'uplift', @forum, @by, 'submitted', @now)`,
			`insert into request_line (id, request_id, position, kind, unit, quantity, price_pence, paid, case_id, present_pence) values (@line, @request, 1, 'care', 'week', 100, 1, 'every_week', @case, 1)`,
			`update agenda_item set case_id = @case where id = @item`,
		} {
			if err := tx.Exec(statement, values).Error; err != nil {
				return err
			}
		}
		return nil
	})
	p, err := tb.Attach(t.Context(), tb.clerk, to, "Rosa Walker.pdf", []byte(pdf), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tb.Withdraw(t.Context(), tb.clerk, p.ID, p.Version, "The wrong one"); err != nil {
		t.Fatal(err)
	}
	tb.write(func(tx db.Tx) error {
		return tx.Exec(`insert into interest (id, meeting_id, item_id, person_id, kind, reason, declared_by, declared_at) values (@id, @meeting, @item, @person, 'family', 'An aunt', @person, @now)`,
			map[string]any{"id": uuid.New(), "meeting": tb.meeting.ID, "item": tb.items[1].ID, "person": tb.clerk.PersonID, "now": tx.Now}).Error
	})
	if _, err := tb.Attach(t.Context(), tb.clerk, to, "a.pdf", []byte(pdf), ""); !fault.Is(err, fault.NotFound) {
		t.Errorf("attached: %v", err)
	}
	var page papers.Page
	err = tb.DB.Read(t.Context(), tb.clerk, func(tx db.Tx) (err error) {
		page, err = tb.Show(tx, to)
		return err
	})
	if !fault.Is(err, fault.NotFound) || len(page.Withdrawn) > 0 {
		t.Errorf("%v, %+v", err, page.Withdrawn)
	}
}

// The thirtieth paper is one too few to lose: the page says thirty may be attached.
func TestAsManyPapersAsAreSaidMayBeAttached(t *testing.T) {
	t.Parallel()
	tb := newTable(t)
	for range 30 {
		tb.attach(tb.clerk, 1, "")
	}
	_, err := tb.Attach(t.Context(), tb.clerk, papers.Subject{Item: tb.items[1].ID}, "one more.pdf", []byte(pdf), "")
	if f := fault.As(err); f == nil || f.Kind != fault.Conflict || !strings.Contains(f.Sentence, "There are 30 papers already") {
		t.Error(err)
	}
}

// A paper of the wrong young person must be gone, not hidden.
func TestAWithdrawnPapersFileIsDeleted(t *testing.T) {
	t.Parallel()
	tb := newTable(t)
	p := tb.attach(tb.presenter, 0, "")
	if _, err := tb.Withdraw(t.Context(), tb.presenter, p.ID, p.Version, " "); !fault.Is(err, fault.Invalid) {
		t.Errorf("without a reason: %v", err)
	}
	if _, err := tb.Withdraw(t.Context(), tb.stranger, p.ID, p.Version, "No"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a stranger: %v", err)
	}
	if _, err := tb.Withdraw(t.Context(), tb.presenter, p.ID, p.Version, "Somebody else’s letter"); err != nil {
		t.Fatal(err)
	}
	if tb.opens(tb.clerk, p) {
		t.Error("it opens still")
	}
	for range 2 { // a job is done at least once
		if err := tb.Discard(t.Context(), papers.Discard{Paper: p.ID}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := tb.Files.Open(t.Context(), p.FileKey); !errors.Is(err, files.ErrMissing) {
		t.Errorf("the file is still there: %v", err)
	}
	kept := tb.attach(tb.clerk, 0, "")
	if err := tb.Discard(t.Context(), papers.Discard{Paper: kept.ID}); err != nil || !tb.opens(tb.clerk, kept) {
		t.Errorf("a paper that is kept was discarded: %v", err)
	}
}

// office is a document of the Office kind with these parts.
func office(t *testing.T, parts ...string) []byte {
	t.Helper()
	var file bytes.Buffer
	archive := zip.NewWriter(&file)
	for _, name := range parts {
		w, err := archive.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write([]byte("<x/>"))
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// What a file says it is, in its name, is what an attacker would have it say.
func TestAFileIsWhatItsContentSays(t *testing.T) {
	t.Parallel()
	tb := newTable(t)
	book, err := excelize.NewFile().WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	for _, try := range []struct {
		name    string
		file    []byte
		kept    string // its name once kept
		refused string // in the sentence
	}{
		{"costs.xlsx", book.Bytes(), "costs.xlsx", ""},
		{"costs.pdf", book.Bytes(), "costs.xlsx", ""},
		{"plan.docx", office(t, "[Content_Types].xml", "word/document.xml"), "plan.docx", ""},
		{"scan.jpeg", []byte("\xFF\xD8\xFF\xE0\x00\x10JFIF\x00"), "scan.jpeg", ""},
		{"", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), "Paper.png", ""},
		{"plan.docx", office(t, "[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "", "holds macros"},
		{"photos.zip", office(t, "one.png"), "", "zip archive"},
		{"old.doc", append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), make([]byte, 2048)...), "", "old Office format"},
		{"page.pdf", []byte("<html><script>alert(1)</script>"), "", "cannot be attached"},
		{"drawing.png", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`), "", "cannot be attached"},
		{"run.pdf", append([]byte("MZ\x90\x00"), make([]byte, 512)...), "", "cannot be attached"},
		{"nothing.pdf", nil, "", "is empty"},
		{"cut.docx", office(t, "[Content_Types].xml", "word/document.xml")[:60], "", "damaged"},
		{"huge.pdf", append([]byte(pdf), make([]byte, papers.MaxBytes)...), "", "larger than 25 MB"},
	} {
		p, err := tb.Attach(t.Context(), tb.clerk, papers.Subject{Item: tb.items[0].ID}, try.name, try.file, "")
		switch f := fault.As(err); {
		case try.refused == "" && (err != nil || p.Name != try.kept):
			t.Errorf("%q: kept as %q, %v", try.name, p.Name, err)
		case try.refused != "" && (f == nil || !strings.Contains(f.Sentence, try.refused)):
			t.Errorf("%q: %v, want %q", try.name, err, try.refused)
		}
	}
}

// clamd answers INSTREAM as clamd(8) says, finding a virus in what says EICAR.
func clamd(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer connection.Close()
				command := make([]byte, len("zINSTREAM\x00"))
				if _, err := io.ReadFull(connection, command); err != nil || string(command) != "zINSTREAM\x00" {
					return
				}
				var file bytes.Buffer
				for {
					var size uint32
					if err := binary.Read(connection, binary.BigEndian, &size); err != nil {
						return
					}
					if size == 0 {
						break
					}
					_, _ = io.CopyN(&file, connection, int64(size))
				}
				answer := "stream: OK"
				if bytes.Contains(file.Bytes(), []byte("EICAR")) {
					answer = "stream: Win.Test.EICAR_HDB-1 FOUND"
				}
				_, _ = connection.Write([]byte(answer + "\x00"))
			}()
		}
	}()
	return "tcp://" + listener.Addr().String()
}

// Where scanning was asked for, nothing gets in unscanned, and a silent scanner is no pass.
func TestAVirusIsRefusedAndSoIsASilentScanner(t *testing.T) {
	t.Parallel()
	tb := newTable(t)
	attach := func(file string) (papers.Paper, error) {
		return tb.Attach(t.Context(), tb.clerk, papers.Subject{Item: tb.items[0].ID}, "a.pdf", []byte(file), "")
	}
	address := clamd(t)
	var err error
	if tb.Scanner, err = papers.NewScanner(address); err != nil {
		t.Fatal(err)
	}
	if p, err := attach(pdf + strings.Repeat("x", 3<<20)); err != nil || !p.Scanned {
		t.Errorf("clean: %+v %v", p, err)
	}
	if _, err := attach(pdf + "EICAR"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a virus: %v", err)
	}
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	silent.Close()
	if tb.Scanner, err = papers.NewScanner("tcp://" + silent.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if _, err := attach(pdf); !fault.Is(err, fault.Unavailable) {
		t.Errorf("no scanner there: %v", err)
	}
	if _, err := papers.NewScanner("localhost:3310"); err == nil {
		t.Error("an address that is none was taken")
	}
	tb.write(func(tx db.Tx) error {
		var left int
		if err := tx.Raw(`select count(*) from paper`).Scan(&left).Error; err != nil || left != 1 {
			t.Errorf("%d papers, %v", left, err)
		}
		return nil
	})
}
