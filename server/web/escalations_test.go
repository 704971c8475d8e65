package web

import (
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/panels"
	"quorate/panels/escalations"
	"quorate/server/auth"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// withBoard gives MAPaC a board on which Bea sits and whose clerk is Cy, and puts a case on item 4 of a
// meeting. It returns the item's path.
func (h *house) withBoard() (item string) {
	h.t.Helper()
	store := panels.Store{DB: h.db}
	admin := access.Actor{PersonID: uuid.Must(uuid.NewV7()), Administrator: true}
	board, err := store.CreateForum(h.t.Context(), admin, panels.NewForum{Template: "strategic_board", Name: "Strategic board"})
	if err != nil {
		h.t.Fatal(err)
	}
	bea, cy := h.person(auth.New(h.db), "Bea", false), h.person(auth.New(h.db), "Cy", false)
	var seats []panels.TableSeat
	h.read(func(tx db.Tx) (err error) { seats, err = panels.SeatsOn(tx, board.ID, tx.Today()); return err })
	for _, seat := range seats {
		who := map[access.Office]uuid.UUID{access.Chair: bea, access.Clerk: cy}[seat.Office]
		if who == uuid.Nil {
			continue
		}
		if _, err := store.FillSeat(h.t.Context(), admin, panels.NewHolding{SeatID: seat.ID, PersonID: who}); err != nil {
			h.t.Fatal(err)
		}
	}
	meeting, kase, id := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	err = h.db.Write(h.t.Context(), access.System("test"), func(tx db.Tx) error {
		for _, statement := range []struct {
			sql  string
			args []any
		}{
			{`update forum set escalates_to = ? where id = ?`, []any{board.ID, h.forum.ID}},
			{`insert into meeting (id, forum_id, starts_at, ends_at, created_at, changed_at) values (?, ?, ?, ?, ?, ?)`, []any{meeting, h.forum.ID, tx.Now, tx.Now.Add(2 * 3600e9), tx.Now, tx.Now}},
			{`insert into cases (id, alias, person_reference, forename, surname, date_of_birth, created_at, updated_at) values (?, 'Heron-48', 'P10077', 'Tamsin', 'Okoro', '2011-06-15', ?, ?)`, []any{kase, tx.Now, tx.Now}},
			{`insert into agenda_item (id, meeting_id, number, position, kind, case_id, minutes, created_at) values (?, ?, '4', 4, 'case', ?, 10, ?)`, []any{id, meeting, kase, tx.Now}},
		} {
			if err := tx.Exec(statement.sql, statement.args...).Error; err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return "/meetings/" + meeting.String() + "/items/" + id.String() + "/blocker"
}

func (h *house) idOf(name string) string {
	h.t.Helper()
	var id string
	h.read(func(tx db.Tx) error { return tx.Raw(`select id from person where name = ?`, name).Scan(&id).Error })
	return id
}

// The whole way by form: raised from an item, sent to the board, answered, and home again.
func TestBlockerGoesToTheBoardAndItsAnswerComesHome(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	item := h.withBoard()
	want(t, h.get("Cleo", item), 200, "Raise a blocker", "MAPaC, item 4", "It is about case Q", "No suitable housing")
	want(t, h.get("Bea", item), 404)
	want(t, h.get("Mo", item), 403)

	form := []string{"kind", "housing", "theme", "Supported housing", "needed", "A flat with night staff", "details", "Only for the forum", "owner", h.idOf("Mo"), "weekly", "2,400.50"}
	bad := append([]string{"weekly", "lots", "needed_by-day", "31"}, form...)
	want(t, h.post("Cleo", item, bad...), 422, "Enter the weekly money, like 1204.50", "The date must include a month and a year", "A flat with night staff", `value="lots"`, "<title>Error: ")
	want(t, h.post("Cleo", item, append([]string{"needed", "A flat for Tamsin"}, form...)...), 422, "Take out the name", "A flat for Tamsin", `href="#needed"`)
	raised := h.post("Cleo", item, form...)
	want(t, raised, 303)
	blocker := raised.Header().Get("Location")
	want(t, h.get("Cleo", blocker), 200, "Blocker B1", "A flat with night staff", "Only for the forum", "£2,400.50 a week", "Strategic board", "it is here now", "What has happened")
	want(t, h.get("Mo", blocker), 200, "Blocker B1") // its owner
	wantNot(t, h.get("Mo", blocker), "Resolve this blocker")
	want(t, h.get("Bea", blocker), 404)
	want(t, h.get("Cleo", "/blockers"), 200, "At the forum (1)", "Supported housing", "goes up on 24 December 2026")
	want(t, h.get("Cleo", "/blockers?forum=mapac&view=table"), 200, "Remove filter", "2,400.50")
	want(t, h.get("Bea", "/blockers"), 200, "No open blockers")

	want(t, h.post("Cleo", blocker+"/move", "version", "1", "level", "board", "reason", ""), 422, "Enter why it moves")
	want(t, h.post("Cleo", blocker+"/move", "version", "7", "level", "board", "reason", "Tamsin waits"), 409, "Somebody else changed", "Tamsin waits")
	want(t, h.post("Cleo", blocker+"/move", "version", "1", "level", "board", "reason", "Tamsin waits"), 303)

	board := h.get("Bea", "/board/strategic-board")
	want(t, board, 200, "For the board to answer", "Heron-48, 14–15", "A flat with night staff", "£2,400.50")
	var asked string
	h.read(func(tx db.Tx) error { return tx.Raw(`select id from escalation`).Scan(&asked).Error })
	asked = "/board/escalations/" + asked
	page := h.get("Bea", asked)
	want(t, page, 200, "Escalation B1", "Heron-48, 14–15", "because the forum’s chair said so", "What does the board say?")
	want(t, h.get("Cy", asked), 200, "Escalation B1")
	wantNot(t, h.get("Cy", asked), "What does the board say?")
	want(t, h.get("Cleo", asked), 404)
	for _, p := range []string{board.Body.String(), page.Body.String()} {
		for _, secret := range []string{"Tamsin", "Okoro", "P10077", "Q10", "2011", "Only for the forum"} {
			if strings.Contains(p, secret) {
				t.Errorf("a page of the board holds %q", secret)
			}
		}
	}
	want(t, h.post("Bea", asked+"/answer"), 422, "Select what the board says")
	want(t, h.post("Bea", asked+"/answer", "agreed", "yes", "direction", "Commission a flat"), 422, "Enter the date", "Select who is to do it", "Commission a flat")
	want(t, h.post("Cy", asked+"/answer", "agreed", "no", "reason", "x"), 403)
	answer := []string{"agreed", "yes", "direction", "Commission a flat", "owner", h.idOf("Ada"), "act_by-day", "15", "act_by-month", "1", "act_by-year", "2027"}
	want(t, h.post("Bea", asked+"/answer", answer...), 303)
	want(t, h.post("Bea", asked+"/answer", answer...), 409, "already answered")
	want(t, h.get("Ada", asked), 200, "Commission a flat") // whom the board directed
	want(t, h.get("Cleo", blocker), 200, "Commission a flat. To be done by Ada, by 15 January 2027.")

	want(t, h.post("Cleo", blocker+"/resolve", "version", "2", "resolution", " "), 422, "Enter what freed it")
	want(t, h.post("Cleo", blocker+"/resolve", "version", "2", "resolution", "A flat was found"), 303)
	want(t, h.get("Cleo", blocker+"/resolve"), 409, "resolved already")
	want(t, h.get("Cleo", "/blockers?state=resolved"), 200, "Resolved on 26 November 2026")
	want(t, h.get("Bea", "/board/strategic-board"), 200, "resolved it on")
}

// Whoever sends the digest need not be able to read it; whoever reads it need not be able to send it.
func TestDigestBySchedulerAndByHand(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.withBoard()
	want(t, h.get("Bea", "/board"), 303)
	want(t, h.get("Mo", "/board"), 200, "You have no seat on a board")
	want(t, h.get("Mo", "/board/strategic-board"), 404)
	want(t, h.get("Cleo", "/board/mapac"), 404)
	want(t, h.post("Bea", "/board/strategic-board/digest"), 403)
	want(t, h.post("Cleo", "/board/strategic-board/digest"), 403)
	want(t, h.post("Cy", "/board/strategic-board/digest"), 303)
	want(t, h.post("Ada", "/board/strategic-board/digest"), 409, "already sent today")
	var id string
	h.read(func(tx db.Tx) error { return tx.Raw(`select id from digest`).Scan(&id).Error })
	want(t, h.get("Bea", "/board/digests/"+id), 200, "Nothing waits for this board’s answer", "For the board to answer")
	want(t, h.get("Ada", "/board/digests/"+id), 403)
	want(t, h.get("Ada", "/board/strategic-board"), 200, "Digests sent")
	wantNot(t, h.get("Ada", "/board/strategic-board"), "For the board to answer")
	want(t, h.get("Bea", "/board/digests/nonsense"), 404)
}

// A blocker of many cases starts from the forum.
func TestRaiseAThemeByForm(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.withBoard()
	want(t, h.get("Cleo", "/blockers?forum=mapac"), 200, "Raise a blocker for many cases")
	want(t, h.get("Cleo", "/blockers/new?forum=mapac"), 200, "How many young people does it affect?")
	want(t, h.get("Cleo", "/blockers/new?forum=mapac&case=Q999999"), 404)
	want(t, h.get("Cleo", "/blockers/new?forum=strategic-board"), 403)
	form := []string{"kind", "provider", "theme", "Night care", "needed", "A provider", "owner", h.idOf("Cleo")}
	want(t, h.post("Cleo", "/blockers/new?forum=mapac", form...), 422, "Enter how many young people it affects")
	want(t, h.post("Cleo", "/blockers/new?forum=mapac", append(form, "young_people", "12")...), 303)
	want(t, h.get("Cleo", "/blockers"), 200, "12 young people")
}

// The demo's mailbox shows mail whole and harmless, and only in the demo.
func TestMailboxIsTheDemosAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	want(t, h.get("Cleo", "/mailbox"), 404)

	base, _ := url.Parse("http://localhost:8080")
	site := &Site{DB: h.db, Auth: auth.New(h.db), BaseURL: base, Demo: true, Log: slog.New(slog.DiscardHandler), Clock: h.clock.Now}
	h.handler = site.Handler(nil)
	want(t, h.get("Cleo", "/mailbox"), 200, "No mail yet")
	item := h.withBoard()
	box := &notify.DemoMailbox{DB: h.db}
	address, stop, err := box.Listen()
	if err != nil {
		t.Fatal(err)
	}
	driver, err := notify.NewSMTP(address, "quorate@example.org")
	if err != nil {
		t.Fatal(err)
	}
	post := &notify.Store{DB: h.db, Driver: driver, BaseURL: "http://localhost:8080", Domain: driver.Domain()}
	escalations.RegisterNotices(post)
	want(t, h.post("Cleo", item, "kind", "provider", "theme", "Night care", "needed", "A provider", "owner", h.idOf("Mo")), 303)
	if err := post.DrainDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	want(t, h.get("", "/mailbox?to=mo@example.org"), 200, "You own a blocker: B1, MAPaC.", "Remove filter")
	want(t, h.get("", "/mailbox?to=cleo@example.org"), 200, "No mail yet")
	var id string
	h.read(func(tx db.Tx) error { return tx.Raw(`select id from demo_mail`).Scan(&id).Error })
	want(t, h.get("", "/mailbox/"+id), 200, `href="http://localhost:8080/blockers/`, "Why you got this")
	html := h.get("", "/mailbox/"+id+"/html")
	want(t, html, 200, "<!doctype html>")
	if policy := html.Header().Get("Content-Security-Policy"); !strings.HasPrefix(policy, "sandbox; default-src 'none'") {
		t.Errorf("the message may do what %q allows", policy)
	}
	want(t, h.get("", "/mailbox/nonsense"), 404)
	want(t, h.get("", "/mailbox/nonsense/html"), 404)
}

// A forum whose ladder skips everybody who could act sends what is stuck nowhere.
func TestLadderByForm(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	want(t, h.get("Ada", "/forums/mapac/ladder"), 200, "leads to no board", "Save these levels")
	item := h.withBoard()
	want(t, h.get("Cleo", "/forums/mapac/ladder"), 200, "MAPaC: up to 28 days", "Strategic board")
	wantNot(t, h.get("Cleo", "/forums/mapac/ladder"), "Save these levels")
	form := []string{
		"forum_days", "7", "forum_answer", "3", "board_days", "21", "board_answer", "5", "deferred", "2", "birthday", "56", "funders", "0",
		"level_1_key", "heads", "level_1_name", "Heads of service", "level_1_holder", "person:" + h.idOf("Mo"), "level_1_days", "14", "level_1_answer", "3", "level_1_order", "2",
		"level_2_key", "dispute", "level_2_name", "", "level_2_holder", "", "level_2_days", "28", "level_2_answer", "3", "level_2_order", "1", "level_2_remove", "yes",
		"level_3_key", "", "level_3_name", "Directors", "level_3_holder", "person:" + h.idOf("Cleo"), "level_3_days", "9", "level_3_answer", "3", "level_3_order", "1",
	}
	want(t, h.post("Cleo", "/forums/mapac/ladder", form...), 403)
	want(t, h.post("Ada", "/forums/mapac/ladder", append([]string{"forum_days", "a week"}, form...)...), 422, "Enter a number of days from 1 to 365", `value="a week"`, `value="14"`)
	want(t, h.post("Ada", "/forums/mapac/ladder", append([]string{"level_1_holder", "forum:" + h.forum.ID.String()}, form...)...), 422, "Select another forum that is not a board", `href="#level_1_holder"`)
	want(t, h.post("Ada", "/forums/mapac/ladder", append([]string{"level_3_order", "x"}, form...)...), 422, "Enter its place, like 2")
	want(t, h.post("Ada", "/forums/mapac/ladder", append([]string{"preview", "yes"}, form...)...), 200, "This would raise 0 of 0 open blockers today.", "Nothing is saved yet", "Directors")
	want(t, h.get("Cleo", "/forums/mapac/ladder"), 200, "MAPaC: up to 28 days")
	want(t, h.post("Ada", "/forums/mapac/ladder", form...), 303)
	want(t, h.post("Ada", "/forums/mapac/ladder", append([]string{"level_2_remove", ""}, form...)...), 409, "Somebody else changed this ladder")
	want(t, h.get("Cleo", "/forums/mapac/ladder"), 200, "MAPaC: up to 7 days", "Directors: up to 9 days", "Heads of service: up to 14 days", "deferred twice")
	wantNot(t, h.get("Cleo", "/forums/mapac/ladder"), "funders did not agree")
	raised := h.post("Cleo", item, "kind", "provider", "theme", "Night care", "needed", "A provider", "owner", h.idOf("Mo"))
	want(t, raised, 303)
	want(t, h.get("Cleo", raised.Header().Get("Location")), 200, "Thursday 3 December 2026, unless it is resolved", "Heads of service: up to 14 days")
	want(t, h.get("Ada", "/forums/nowhere/ladder"), 404)
}

// What is typed wrong is kept, and what is one cause is not raised twice.
func TestBlockersAreAddedToJoinedSplitAndPutOffByForm(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	item := h.withBoard()
	form := []string{"kind", "housing", "theme", "Supported housing", "needed", "A flat", "owner", h.idOf("Mo"), "weekly", "100"}
	raised := h.post("Cleo", item, form...)
	want(t, raised, 303)
	one := raised.Header().Get("Location")

	theme := []string{"kind", "housing", "theme", "Housing with support", "needed", "A scheme", "owner", h.idOf("Ada"), "young_people", "3", "weekly", "1000"}
	want(t, h.post("Cleo", "/blockers/new?forum=mapac", theme...), 422, "Is it the same cause as one of these?", "Add it to B1: Supported housing", `value="3"`)
	added := h.post("Cleo", "/blockers/new?forum=mapac", append([]string{"same", strings.TrimPrefix(one, "/blockers/")}, theme...)...)
	want(t, added, 303)
	want(t, h.get("Cleo", one), 200, "4 young people", "£1,100 a week", "added what has the same cause: 3 young people", "Split this blocker")
	want(t, h.post("Cleo", "/blockers/new?forum=mapac", append([]string{"same", "new", "cases", "Q1, nobody"}, theme...)...), 422, "nobody is no case number", "Q1, nobody")
	second := h.post("Cleo", "/blockers/new?forum=mapac", append([]string{"same", "new"}, theme...)...)
	want(t, second, 303)
	two := second.Header().Get("Location")

	want(t, h.get("Cleo", two+"/join"), 200, "Which one has the same cause?", "B1: Supported housing")
	want(t, h.post("Cleo", two+"/join"), 422, "Select the blocker that has the same cause")
	want(t, h.get("Cleo", two+"/join?with=B1"), 200, "B1 goes on with MAPaC", "B2 ends", `value="7"`, `value="2100"`)
	want(t, h.get("Cleo", two+"/join?with=B99"), 404)
	want(t, h.get("Mo", two+"/join"), 403)
	join := []string{"with", "B1", "version", "1", "with_version", "2", "young_people", "7", "weekly", "2100", "reason", "One scheme"}
	want(t, h.post("Cleo", two+"/join", append([]string{"young_people", "lots"}, join...)...), 422, "Enter how many young people both affect, at least 1", `value="lots"`, "One scheme")
	want(t, h.post("Cleo", two+"/join", join...), 303)
	want(t, h.get("Cleo", two), 200, "Goes on in", "B1")
	want(t, h.get("Cleo", one), 200, "Joined by", "B2", "7 young people", "B2: raised", "One scheme")

	want(t, h.get("Cleo", one+"/split"), 200, "Which cases have another cause?")
	want(t, h.post("Cleo", one+"/split", "version", "3", "theme", "Night staff"), 422, "Select the cases that leave", "Enter why they are not one", "Night staff")
	var kase string
	h.read(func(tx db.Tx) error { return tx.Raw(`select case_id from blocker_case`).Scan(&kase).Error })
	split := h.post("Cleo", one+"/split", "version", "3", "cases", kase, "theme", "Night staff", "needed", "A provider", "owner", h.idOf("Mo"), "reason", "It is the staff")
	want(t, split, 303)
	three := split.Header().Get("Location")
	want(t, h.get("Cleo", three), 200, "Split from", "B1", "It is the staff")
	want(t, h.get("Cleo", one), 200, "Split off", "B3", "6 young people")

	want(t, h.get("Cleo", three+"/snooze"), 200, "Until when?")
	want(t, h.post("Cleo", three+"/snooze", "version", "1", "until-day", "1"), 422, "The date must include a month and a year")
	want(t, h.post("Cleo", three+"/snooze", "version", "1"), 422, "Enter why it is put off", "Enter the day")
	until := []string{"version", "1", "until-day", "4", "until-month", "12", "until-year", "2026", "reason", "They answer then"}
	want(t, h.post("Cleo", three+"/snooze", until...), 303)
	want(t, h.get("Cleo", three), 200, "Put off until", "Friday 4 December 2026, because: They answer then", "End the snooze now")
	want(t, h.post("Cleo", three+"/wake", "version", "2"), 303)
	wantNot(t, h.get("Cleo", three), "End the snooze now")
	want(t, h.post("Mo", three+"/acknowledge"), 403)
	want(t, h.get("Cleo", three), 200, "Acknowledged", "By Cleo")
}
