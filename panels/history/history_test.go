package history

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/xuri/excelize/v2"

	"quorate/agendas"
	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/base/fault"
)

var updateSample = flag.Bool("update-sample", false, "write testdata/history.xlsx anew")

const sampleFile = "testdata/history.xlsx"

var day = clock.MustDate

// partnership is a database with a funding panel, a neighbouring one and three young people. It is
// Thursday 26 November 2026, 9:30am.
type partnership struct {
	t            *testing.T
	db           *db.DB
	panels       panels.Store
	clock        *clock.Manual
	mapac, joint panels.Forum
	admin, clerk access.Actor
}

func newPartnership(t *testing.T) *partnership {
	t.Helper()
	database, manual := dbtest.NewAt(t)
	p := &partnership{t: t, db: database, panels: panels.Store{DB: database}, clock: manual}
	p.admin = access.Actor{PersonID: p.person("Asha Admin", "asha.admin@example.org"), Administrator: true}
	for _, agency := range []panels.Agency{
		{Name: "Adult social care", ShortName: "ASC", Kind: panels.AdultSocialCare, LegalBody: "Marlshire Council", Funder: true},
		{Name: "Children’s social care", ShortName: "CSC", Kind: panels.ChildrenSocialCare, LegalBody: "Marlshire Council", Funder: true},
		{Name: "Education", ShortName: "SEND", Kind: panels.Education, LegalBody: "Marlshire Council", Funder: true},
		{Name: "Marlshire ICB", ShortName: "ICB", Kind: panels.HealthContinuing, LegalBody: "NHS Marlshire ICB", Funder: true},
	} {
		_, err := p.panels.AddAgency(t.Context(), p.admin, agency)
		p.must(err)
	}
	for template, forum := range map[string]*panels.Forum{"mapac": &p.mapac, "joint_solutions": &p.joint} {
		made, err := p.panels.CreateForum(t.Context(), p.admin, panels.NewForum{Template: template, Name: map[string]string{"mapac": "MAPaC", "joint_solutions": "Joint solutions"}[template]})
		p.must(err)
		*forum = made
	}
	p.clerk = p.clerkOf(p.mapac, "Cleo Clerk", "cleo.clerk@example.org")
	for i, reference := range []string{"100234", "00123", "100777"} {
		p.write(func(tx db.Tx) error {
			return tx.Exec(`insert into cases (id, alias, person_reference, forename, surname, date_of_birth, created_at, updated_at) values (?, ?, ?, 'Noor', 'Canary', '2009-03-04', ?, ?)`,
				newID(), "Heron-"+string(rune('1'+i)), reference, tx.Now, tx.Now).Error
		})
	}
	return p
}

func (p *partnership) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *partnership) write(fn func(db.Tx) error) {
	p.t.Helper()
	p.must(p.db.Write(p.t.Context(), access.System("test"), fn))
}

func (p *partnership) person(name, email string) uuid.UUID {
	p.t.Helper()
	id := newID()
	p.write(func(tx db.Tx) error {
		return tx.Create(&panels.Person{ID: id, Name: name, Email: email, CreatedAt: tx.Now, Version: 1}).Error
	})
	return id
}

func (p *partnership) clerkOf(forum panels.Forum, name, email string) (actor access.Actor) {
	p.t.Helper()
	id := p.person(name, email)
	p.must(p.db.Read(p.t.Context(), p.admin, func(tx db.Tx) error {
		seats, err := panels.SeatsOn(tx, forum.ID, tx.Today())
		for _, seat := range seats {
			if seat.Office == access.Clerk {
				actor.Seats = append(actor.Seats, access.Seat{SeatID: seat.ID, ForumID: forum.ID, Office: access.Clerk, Standing: access.InAttendance, Forum: forum.Name})
			}
		}
		return err
	}))
	actor.PersonID, actor.Name = id, name
	return actor
}

func (p *partnership) count(query string, args ...any) (n int) {
	p.t.Helper()
	p.must(p.db.Read(p.t.Context(), p.admin, func(tx db.Tx) error { return tx.Raw(query, args...).Scan(&n).Error }))
	return n
}

type table [][]any

// workbook is a file with these sheets.
func workbook(t *testing.T, sheets map[string]table) []byte {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	dated, err := book.NewStyle(&excelize.Style{NumFmt: 14}) // shown month first in some programs, stored as a day
	if err != nil {
		t.Fatal(err)
	}
	for name, rows := range sheets {
		if _, err := book.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for r, row := range rows {
			for c, value := range row {
				cell, _ := excelize.CoordinatesToCellName(c+1, r+1)
				if d, ok := value.(clock.Date); ok {
					value = time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
					if err := book.SetCellStyle(name, cell, cell, dated); err != nil {
						t.Fatal(err)
					}
					value = value.(time.Time).Sub(time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24
				}
				if err := book.SetCellValue(name, cell, value); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := book.DeleteSheet("Sheet1"); err != nil {
		t.Fatal(err)
	}
	file, err := book.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// sample is a workbook as an office keeps it: titles above headings, dates as days and as text, money
// with signs and commas, what is not known said in three ways.
func sample(t *testing.T) []byte {
	t.Helper()
	if *updateSample {
		file := workbook(t, map[string]table{
			"People": {
				{"People of the panel, autumn 2026"},
				{"Full name", "E-mail address", "Job title", "Organisation", "Presenter"},
				{"Robin Hale", "Robin.Hale@example.org", "Service manager", "Adult social care", "N"},
				{"Sandy Moor", "sandy.moor@example.org", "Social worker", "CSC", "Yes"},
				{"Kit Ellery", "kit.ellery@example.org", "n/a", "ICB", ""},
			},
			"Seats": {
				{"Panel", "Seat", "Agency", "Office", "Standing", "Held by", "Deputy", "Held from", "Held to"},
				{"MAPaC", "Adult social care", "ASC", "Member", "Deciding", "robin.hale@example.org", "", day("2024-04-01"), ""},
				{"MAPaC", "Independent adviser", "", "Member", "Advisory", "kit.ellery@example.org", "", "01/09/2023", "31/08/2025"},
				{"MAPaC", "Independent adviser", "", "Member", "Advisory", "sandy.moor@example.org", "", "01/09/2025", "n/a"},
			},
			"Past decisions": {
				{"MAPaC decisions kept by business support"},
				{},
				{"Panel", "Panel date", "Mosaic ID", "Decision", "What was decided", "Weekly cost", "Split", "One off", "Review", "Conditions"},
				{"MAPaC", day("2026-02-03"), "100234", "Approved", "Supported living agreed from April.", "£1,204.50", "ASC 702.50; ICB 502", "", "03/05/2026", ""},
				{"MAPaC", day("2026-11-10"), "100234", "Agreed subject to conditions", "Continues, with a second worker at night.", "1,404.50 pw", "ASC 60%; ICB 40%", 300, day("2026-12-01"), "Rota shared"},
				{"MAPaC", "10/11/2026", "00123", "Deferred", "No costed plan.", "n/a", "", "TBC", "", ""},
			},
			"Open actions": {
				{"Panel", "Date", "Action", "Owner", "By when", "Mosaic ID"},
				{"MAPaC", day("2026-11-10"), "Send the costed plan", "robin.hale@example.org", "20/11/2026", "00123"},
				{"MAPaC", day("2026-11-10"), "Agree the chair’s report", "sandy.moor@example.org", day("2026-12-20"), ""},
			},
			"Notes": {{"Kept by hand since 2019"}},
		})
		if err := os.WriteFile(sampleFile, file, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	file, err := os.ReadFile(sampleFile)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func (p *partnership) read(name string, file []byte) *Reading {
	p.t.Helper()
	book, err := tracker.Open(name, bytes.NewReader(file), int64(len(file)))
	p.must(err)
	reading, err := Read([]*tracker.Workbook{book}, clock.DateOf(p.clock.Now()))
	p.must(err)
	return reading
}

// bring stages and confirms a file, and gives its counts.
func (p *partnership) bring(actor access.Actor, file []byte) Import {
	p.t.Helper()
	staged, err := StageImport(p.t.Context(), p.db, actor, p.read("history.xlsx", file))
	p.must(err)
	confirmed, err := ConfirmImport(p.t.Context(), p.db, actor, staged.ID, staged.Version)
	p.must(err)
	return confirmed
}

func counts(i Import) map[SheetKind][4]int {
	all := map[SheetKind][4]int{}
	for _, s := range i.Sheets {
		all[s.Kind] = [4]int{s.New, s.Changed, s.Unchanged, s.ErrorRows}
	}
	return all
}

func (p *partnership) problems(i Import) (list []string) {
	p.t.Helper()
	p.must(p.db.Read(p.t.Context(), access.System("test"), func(tx db.Tx) error {
		problems, err := Problems(tx, i.ID)
		for _, problem := range problems {
			list = append(list, problem.Problem)
		}
		return err
	}))
	return list
}

// The reason for all of it: a panel's first meeting in Quorate must not begin from nothing.
func TestTheFirstAgendaHasItsMattersArising(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	file := sample(t)
	if diff := cmp.Diff(map[SheetKind][4]int{People: {3, 0, 0, 0}, Seats: {3, 0, 0, 0}}, counts(p.bring(p.admin, file))); diff != "" {
		t.Fatalf("the administrator brings (-want +got):\n%s", diff)
	}
	brought := p.bring(p.clerk, file)
	if diff := cmp.Diff(map[SheetKind][4]int{Decisions: {3, 0, 0, 0}, Actions: {2, 0, 0, 0}}, counts(brought)); diff != "" {
		t.Fatalf("the clerk brings (-want +got):\n%s\n%s", diff, strings.Join(p.problems(brought), "\n"))
	}

	meeting, err := p.panels.CallExtraordinaryMeeting(t.Context(), p.admin, panels.NewMeeting{ForumID: p.mapac.ID, StartsAt: day("2026-12-08").At(9, 30)})
	p.must(err)
	store := agendas.Store{DB: p.db}
	_, err = store.BuildAgenda(t.Context(), p.clerk, meeting.ID)
	p.must(err)
	var draft agendas.DraftPage
	var arising Arising
	p.must(p.db.Read(t.Context(), p.clerk, func(tx db.Tx) (err error) {
		if draft, err = agendas.ShowDraft(tx, meeting.ID, room.WithheldItems); err != nil {
			return err
		}
		arising, err = MattersArising(tx, meeting.ID)
		return err
	}))
	var why []string
	standing := false
	for _, item := range draft.Listed {
		standing = standing || strings.HasPrefix(item.Title, "Matters arising")
		for _, reason := range item.Reasons {
			why = append(why, item.Case.Reference+" "+reason.Text)
		}
	}
	if !standing {
		t.Error("the agenda has no matters arising")
	}
	if diff := cmp.Diff([]string{
		"Q1001 Review of what MAPaC decided on 10 November 2026, before Quorate: Agreed with conditions",
		"Q1002 Action for Robin Hale due 20 November 2026: Send the costed plan",
	}, sorted(why)); diff != "" {
		t.Errorf("on the agenda because (-want +got):\n%s", diff)
	}
	if arising.Last == nil || arising.Last.On() != day("2026-11-10") || !arising.Last.Brought {
		t.Fatalf("the last meeting: %+v", arising.Last)
	}
	var decided []string
	for _, d := range arising.Decisions {
		decided = append(decided, d.Reference()+" "+d.Outcome.Words())
	}
	if diff := cmp.Diff([]string{"Q1001 Agreed with conditions", "Q1002 Deferred"}, sorted(decided)); diff != "" {
		t.Errorf("the last meeting’s decisions (-want +got):\n%s", diff)
	}
	if len(arising.Actions) != 2 || arising.Overdue() != 1 || arising.Actions[0].Text != "Send the costed plan" || arising.Actions[0].Owner != "Robin Hale" {
		t.Errorf("open actions: %+v", arising.Actions)
	}
	if len(arising.Reviews) != 1 || arising.Reviews[0].DueOn != day("2026-12-01") {
		t.Errorf("reviews due: %+v; the earlier decision was followed by another", arising.Reviews)
	}

	// The action is one like any other: its owner says when it is done, and it comes back no more.
	owner := access.Actor{PersonID: p.personID("robin.hale@example.org"), Name: "Robin Hale", Seats: []access.Seat{{ForumID: p.mapac.ID, Office: access.Member, Standing: access.Deciding}}}
	_, err = (&room.Store{DB: p.db}).Do(t.Context(), owner, arising.Last.ID, room.Command{ID: newID(), Change: room.CompleteAction{ActionID: arising.Actions[0].ID, Text: "Sent"}})
	p.must(err)
	if left := p.count(`select count(*) from due where kind = 'action' and done_at is null`); left != 1 {
		t.Errorf("%d actions come back", left)
	}

	// Bringing the same file again changes nothing, though an action has been done since.
	if diff := cmp.Diff(map[SheetKind][4]int{Decisions: {0, 0, 3, 0}, Actions: {0, 0, 2, 0}}, counts(p.bring(p.clerk, file))); diff != "" {
		t.Errorf("again (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[SheetKind][4]int{People: {0, 0, 3, 0}, Seats: {0, 0, 3, 0}}, counts(p.bring(p.admin, file))); diff != "" {
		t.Errorf("again (-want +got):\n%s", diff)
	}
	if open := p.count(`select count(*) from due where kind = 'action' and done_at is null`); open != 1 {
		t.Errorf("after bringing it again %d actions come back", open)
	}
}

func sorted(list []string) []string {
	for i := range list {
		for j := i + 1; j < len(list); j++ {
			if list[j] < list[i] {
				list[i], list[j] = list[j], list[i]
			}
		}
	}
	return list
}

func (p *partnership) personID(email string) (id uuid.UUID) {
	p.t.Helper()
	p.must(p.db.Read(p.t.Context(), p.admin, func(tx db.Tx) error { return tx.Raw(`select id from person where email = ?`, email).Row().Scan(&id) }))
	return id
}

// Money that does not add up, or is somebody else's, must not become the record.
func TestWhatAPastDecisionSays(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	p.bring(p.admin, sample(t))
	p.bring(p.clerk, sample(t))
	var list []DecisionLine
	var paid []Payer
	p.must(p.db.Read(t.Context(), p.clerk, func(tx db.Tx) (err error) {
		if list, _, err = Register(tx, p.mapac.ID, 0, 50); err != nil {
			return err
		}
		paid, err = PaidBy(tx, p.mapac.ID)
		return err
	}))
	if len(list) != 3 || list[2].Outcome != room.Agreed || *list[2].WeeklyPence != 120450 || list[2].ReviewOn != day("2026-05-03") || list[2].On != day("2026-02-03") {
		t.Fatalf("the register: %+v", list)
	}
	// 1,404.50 a week, 60 and 40 percent; the first decision is no longer paid.
	if diff := cmp.Diff([]Payer{{Agency: "Adult social care", WeeklyPence: 84270}, {Agency: "Marlshire ICB", WeeklyPence: 56180}}, paid); diff != "" {
		t.Errorf("paid by (-want +got):\n%s", diff)
	}
	outsider := p.clerkOf(p.joint, "Jo Joint", "jo.joint@example.org")
	p.must(p.db.Read(t.Context(), outsider, func(tx db.Tx) error {
		if _, _, err := Register(tx, p.mapac.ID, 0, 50); !fault.Is(err, fault.Denied) {
			t.Errorf("another forum’s clerk reads the register: %v", err)
		}
		for _, c := range []string{"100234", "00123"} {
			var id uuid.UUID
			if err := tx.Raw(`select id from cases where person_reference = ?`, c).Row().Scan(&id); err != nil {
				return err
			}
			if lines, err := DecisionsOfCase(tx, id); err != nil || len(lines) != 0 {
				t.Errorf("another forum’s clerk reads %d of its decisions: %v", len(lines), err)
			}
		}
		return nil
	}))
}

// What cannot be right is said in words, with the row, and nothing of it is kept.
func TestEveryErrorSaysHowToMendIt(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	file := workbook(t, map[string]table{
		"Past decisions": {
			{"Forum", "Meeting date", "Person reference", "Outcome", "Words", "Weekly amount", "Weekly split by payer", "Review date"},
			{"MAPaC", "03/02/2026", "100234", "Agreed", "Yes.", "1000", "ASC 600; ICB 300", ""},
			{"MAPaC", "03/02/2026", "999", "Agreed", "Yes.", "", "", ""},
			{"MAPaK", "03/02/2026", "100234", "Agreed", "Yes.", "", "", ""},
			{"MAPaC", "13/13/2026", "100234", "Agreed", "Yes.", "", "", ""},
			{"MAPaC", "03/12/2026", "100234", "Agreed", "Yes.", "", "", ""},
			{"MAPaC", "03/02/2026", "100234", "Perhaps", "Yes.", "", "", ""},
			{"Joint solutions", "03/02/2026", "100234", "Agreed", "Yes.", "", "", ""},
			{"MAPaC", "03/02/2026", "100777", "Agreed", "Yes.", "lots", "", ""},
			{"MAPaC", "03/02/2026", "100777", "Agreed", "=cmd|' /C calc'!A0", "", "", ""},
			{"MAPaC", "03/02/2026", "100777", "Deferred", "No.", "", "", ""},
		},
		"Open actions": {
			{"Forum", "Meeting date", "What", "Owner’s email", "Due date"},
			{"MAPaC", "03/02/2026", "Ring the provider", "nobody@example.org", "01/03/2026"},
			{"MAPaC", "03/02/2026", "Ring the school", "cleo.clerk@example.org", "01/01/2026"},
		},
	})
	staged, err := StageImport(t.Context(), p.db, p.clerk, p.read("bad.xlsx", file))
	p.must(err)
	if diff := cmp.Diff(map[SheetKind][4]int{Decisions: {1, 0, 0, 9}, Actions: {0, 0, 0, 2}}, counts(staged)); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	got := strings.Join(p.problems(staged), "\n")
	for _, want := range []string{
		"The shares add up to £900, and the amount is £1,000. Correct one of them.",
		"No case that you may see has this reference.", "There is no forum of this name.", "There is no month 13.",
		"This meeting is not in the past.", "This outcome is not known.", "You are not the clerk of this forum.", "This is not an amount of money. Enter pounds",
		"Row 10 says something else about the same thing.", "Nobody in Quorate has this email address.", "It is due before the meeting of 3 February 2026",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("nothing says: %s\n%s", want, got)
		}
	}
	if kept := p.count(`select count(*) from brought_decision`) + p.count(`select count(*) from meeting`); kept != 0 {
		t.Errorf("a preview keeps %d rows", kept)
	}
	var list []Problem
	p.must(p.db.Read(t.Context(), p.clerk, func(tx db.Tx) (err error) { list, err = Problems(tx, staged.ID); return err }))
	list = append(list, Problem{Sheet: Decisions, Value: "=HYPERLINK(\"http://example.org\")", Problem: "@SUM(1)"})
	mend, err := ProblemsWorkbook(list)
	p.must(err)
	book, err := excelize.OpenReader(bytes.NewReader(mend))
	p.must(err)
	defer book.Close()
	rows, err := book.GetRows("What to mend")
	p.must(err)
	for r, row := range rows {
		for c, value := range row {
			cell, _ := excelize.CoordinatesToCellName(c+1, r+1)
			if formula, _ := book.GetCellFormula("What to mend", cell); formula != "" || strings.HasPrefix(value, "=") || strings.HasPrefix(value, "@") {
				t.Errorf("%s holds a formula: %s", cell, value)
			}
		}
	}
	if len(rows) != len(list)+1 {
		t.Errorf("%d rows list %d problems", len(rows), len(list))
	}
}

// An administrator sees no case; a clerk makes no accounts; nobody confirms what another chose.
func TestWhoBringsWhat(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	file := sample(t)
	reading := p.read("history.xlsx", file)
	staged, err := StageImport(t.Context(), p.db, p.admin, reading)
	p.must(err)
	if shown := p.count(`select count(*) from history_import_row where sheet > 1`) + p.count(`select count(*) from history_import_problem where sheet > 1`); shown != 0 || len(staged.Sheets) != 2 {
		t.Errorf("an administrator is shown %d rows about cases in %d sheets", shown, len(staged.Sheets))
	}
	byClerk, err := StageImport(t.Context(), p.db, p.clerk, reading)
	p.must(err)
	if _, err := ConfirmImport(t.Context(), p.db, p.admin, byClerk.ID, byClerk.Version); !fault.Is(err, fault.NotFound) {
		t.Errorf("an administrator confirms what a clerk chose: %v", err)
	}
	member := access.Actor{PersonID: p.person("Mo Member", "mo@example.org"), Seats: []access.Seat{{ForumID: p.mapac.ID, Office: access.Member, Standing: access.Deciding}}}
	if _, err := StageImport(t.Context(), p.db, member, reading); !fault.Is(err, fault.Denied) {
		t.Errorf("a member brings history: %v", err)
	}
	p.must(p.db.Read(t.Context(), p.clerk, func(tx db.Tx) error {
		if _, err := ReadImport(tx, staged.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("a clerk reads what the administrator chose: %v", err)
		}
		return nil
	}))
}

// A preview is a promise: what moved on meanwhile is shown again before it is brought, and half an
// import is none.
func TestConfirmingBringsWhatThePreviewShowedOrNothing(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	file := sample(t)
	staged, err := StageImport(t.Context(), p.db, p.admin, p.read("history.xlsx", file))
	p.must(err)
	p.person("Robin H", "robin.hale@example.org")
	again, err := ConfirmImport(t.Context(), p.db, p.admin, staged.ID, staged.Version)
	if !fault.Is(err, fault.Stale) || again.Version != 2 {
		t.Fatalf("confirmed on a preview that no longer holds: %v, %+v", err, again)
	}
	if diff := cmp.Diff(map[SheetKind][4]int{People: {2, 1, 0, 0}, Seats: {3, 0, 0, 0}}, counts(again)); diff != "" {
		t.Errorf("shown again (-want +got):\n%s", diff)
	}
	if made := p.count(`select count(*) from person where email like 'sandy%'`); made != 0 {
		t.Error("half of it was brought")
	}
	_, err = ConfirmImport(t.Context(), p.db, p.admin, again.ID, again.Version)
	p.must(err)
	if name := p.count(`select count(*) from person where name = 'Robin Hale'`); name != 1 {
		t.Error("the change was not brought")
	}
}

// A meeting held in Quorate keeps who sat where and what it decided, whatever a workbook says.
func TestNothingIsBroughtUnderAMeetingHeldHere(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	robin := p.person("Robin Hale", "robin.hale@example.org")
	_ = robin
	p.write(func(tx db.Tx) error {
		return tx.Exec(`insert into meeting (id, forum_id, starts_at, ends_at, status, room_seq, created_at, changed_at) values (?, ?, ?, ?, 'closed', 7, ?, ?)`,
			newID(), p.mapac.ID, day("2026-11-10").At(9, 30), day("2026-11-10").At(11, 30), tx.Now, tx.Now).Error
	})
	decisions := workbook(t, map[string]table{"Past decisions": {
		{"Forum", "Meeting date", "Person reference", "Outcome", "Words"},
		{"MAPaC", "10/11/2026", "100234", "Agreed", "Yes."},
	}})
	staged, err := StageImport(t.Context(), p.db, p.clerk, p.read("d.xlsx", decisions))
	p.must(err)
	if got := p.problems(staged); len(got) != 1 || !strings.Contains(got[0], "held this meeting in Quorate") {
		t.Errorf("problems: %q", got)
	}
	seats := workbook(t, map[string]table{"Seats": {
		{"Forum", "Seat", "Agency", "Standing", "Holder’s email", "From", "To"},
		{"MAPaC", "Witness", "ASC", "Advisory", "robin.hale@example.org", "01/04/2024", ""},
		{"MAPaC", "Observer", "ASC", "Advisory", "robin.hale@example.org", "01/04/2024", "09/11/2026"},
	}})
	staged, err = StageImport(t.Context(), p.db, p.admin, p.read("s.xlsx", seats))
	p.must(err)
	if got := p.problems(staged); len(got) != 1 || !strings.Contains(got[0], "that meeting keeps who sat where") {
		t.Errorf("problems: %q", got)
	}
	if diff := cmp.Diff(map[SheetKind][4]int{Seats: {1, 0, 0, 1}}, counts(staged)); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}

// The template must be one that the reader reads, and its examples nobody.
func TestTheTemplateIsReadAndItsExamplesLeftOut(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	file, err := Template()
	p.must(err)
	reading := p.read("template.xlsx", file)
	if len(reading.Rows) != 0 || len(reading.Problems) != 0 || len(reading.Sheets) != 4 {
		t.Errorf("%d rows, %d problems, sheets %v", len(reading.Rows), len(reading.Problems), reading.Sheets)
	}
}

// Separate CSVs say the same as sheets of one workbook.
func TestCSVsAreReadByTheirHeadings(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	var books []*tracker.Workbook
	for name, text := range map[string]string{
		"people.csv":  "Name,Email,Agency\nRobin Hale,robin.hale@example.org,ASC\n",
		"actions.csv": "Forum;Meeting date;What;Owner's email;Due date\nMAPaC;03/02/2026;Ring the provider;robin.hale@example.org;01/03/2026\n",
	} {
		book, err := tracker.Open(name, strings.NewReader(text), int64(len(text)))
		p.must(err)
		books = append(books, book)
	}
	reading, err := Read(books, clock.DateOf(p.clock.Now()))
	p.must(err)
	result, err := RunImport(t.Context(), p.db, access.System("import"), reading, false)
	p.must(err)
	if diff := cmp.Diff(map[SheetKind][4]int{People: {1, 0, 0, 0}, Actions: {1, 0, 0, 0}}, counts(Import{Sheets: result.Sheets})); diff != "" {
		t.Errorf("counts (-want +got):\n%s\n%v", diff, result.Problems)
	}
}

// A file that would exhaust the server is refused before it does.
func TestTooManyRowsAreRefused(t *testing.T) {
	t.Parallel()
	text := "Name,Email\n" + strings.Repeat("Robin Hale,robin.hale@example.org\n", MaxRows+1)
	book, err := tracker.Open("people.csv", strings.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Read([]*tracker.Workbook{book}, day("2026-11-26")); !fault.Is(err, fault.TooLarge) {
		t.Errorf("read: %v", err)
	}
}
