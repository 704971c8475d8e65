package escalations_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/panels"
	"quorate/panels/escalations"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
)

// world is a partnership with a funding panel, the panel that resolves its disputes and a board, a
// post office with a real mail server, and one young person whose every text field is a canary.
type world struct {
	escalations.Store
	t     *testing.T
	url   string
	clock *clock.Manual
	post  *notify.Store
	box   *notify.DemoMailbox

	mapac, marp, board                             panels.Forum
	chair, clerk, owner, member                    access.Actor // of MAPaC; the owner has no seat
	marpChair, boardChair, boardMember, boardClerk access.Actor
	admin                                          access.Actor
	kase                                           uuid.UUID
	meeting, item                                  uuid.UUID
}

// canary is in every text of the case; finding it where a board or a mailbox can read is the failure.
const canary = "Canarywren"

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, url: dbtest.NewURL(t), clock: clock.NewManual(dbtest.Begin)} // Thursday 26 November 2026, 9:30am
	w.open()
	w.admin = access.Actor{PersonID: w.person("Administrator"), Administrator: true}
	p := panels.Store{DB: w.DB}
	for _, agency := range []panels.Agency{
		{Name: "Adult social care", ShortName: "ASC", Kind: panels.AdultSocialCare, LegalBody: "Marlshire Council", Funder: true},
		{Name: "Children’s social care", ShortName: "CSC", Kind: panels.ChildrenSocialCare, LegalBody: "Marlshire Council", Funder: true},
		{Name: "Education", ShortName: "SEND", Kind: panels.Education, LegalBody: "Marlshire Council", Funder: true},
		{Name: "Health", ShortName: "ICB", Kind: panels.HealthContinuing, LegalBody: "Marlshire Council", Funder: true},
	} {
		if _, err := p.AddAgency(t.Context(), w.admin, agency); err != nil {
			t.Fatal(err)
		}
	}
	for template, forum := range map[string]*panels.Forum{"strategic_board": &w.board, "marp": &w.marp, "mapac": &w.mapac} {
		made, err := p.CreateForum(t.Context(), w.admin, panels.NewForum{Template: template, Name: map[string]string{
			"strategic_board": "Strategic transitions board", "marp": "MARP", "mapac": "MAPaC",
		}[template]})
		if err != nil {
			t.Fatal(err)
		}
		*forum = made
	}
	w.write(func(tx db.Tx) error { // the order in which a map is walked must not matter
		return tx.Exec(`update forum set escalates_to = case slug when ? then ?::uuid when ? then ?::uuid end where not board`,
			w.mapac.Slug, w.marp.ID, w.marp.Slug, w.board.ID).Error
	})
	w.chair = w.seat(w.mapac, access.Chair, "MAPaC chair")
	w.clerk = w.seat(w.mapac, access.Clerk, "MAPaC clerk")
	w.member = w.seat(w.mapac, access.Member, "MAPaC member")
	w.owner = access.Actor{PersonID: w.person("Owner")}
	w.marpChair = w.seat(w.marp, access.Chair, "MARP chair")
	w.boardChair = w.seat(w.board, access.Chair, "Board chair")
	w.boardMember = w.seat(w.board, access.Member, "Board member")
	w.boardClerk = w.seat(w.board, access.Clerk, "Board clerk")

	w.kase = w.young("2011-06-15")
	w.meeting, w.item = w.table(w.mapac, w.kase)
	return w
}

// open is a start of the program: a database handle, a post office and a mail server.
func (w *world) open() {
	w.t.Helper()
	w.DB = dbtest.Open(w.t, db.Config{URL: w.url, Clock: w.clock.Now, MaxConns: 3})
	w.box = &notify.DemoMailbox{DB: w.DB}
	address, stop, err := w.box.Listen()
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if err := stop(context.Background()); err != nil {
			w.t.Error(err)
		}
	})
	driver, err := notify.NewSMTP(address, "quorate@mail.example.org")
	if err != nil {
		w.t.Fatal(err)
	}
	w.post = &notify.Store{DB: w.DB, Driver: driver, BaseURL: "https://quorate.example.org", Domain: driver.Domain()}
	escalations.RegisterNotices(w.post)
}

func (w *world) write(fn func(db.Tx) error) {
	w.t.Helper()
	if err := w.DB.Write(w.t.Context(), access.System("test"), fn); err != nil {
		w.t.Fatal(err)
	}
}

func scan[T any](w *world, sql string, args ...any) T {
	w.t.Helper()
	var out T
	if err := w.DB.Read(w.t.Context(), access.System("test"), func(tx db.Tx) error { return tx.Raw(sql, args...).Scan(&out).Error }); err != nil {
		w.t.Fatal(err)
	}
	return out
}

func (w *world) person(name string) uuid.UUID {
	id := uuid.Must(uuid.NewV7())
	email := strings.ReplaceAll(strings.ToLower(name), " ", ".") + "@example.org"
	w.write(func(tx db.Tx) error {
		return tx.Create(&panels.Person{ID: id, Name: name, Email: email, CreatedAt: tx.Now, Version: 1}).Error
	})
	return id
}

// seat puts a new person in the first seat of the forum with that office.
func (w *world) seat(forum panels.Forum, office access.Office, name string) access.Actor {
	w.t.Helper()
	id := w.person(name)
	w.write(func(tx db.Tx) error {
		return tx.Exec(`
			insert into seat_holding (id, seat_id, person_id, from_date)
			select ?, id, ?, ? from seat where forum_id = ? and office = ? order by position limit 1`,
			uuid.New(), id, tx.Today().AddDays(-100), forum.ID, office).Error
	})
	var actor access.Actor
	err := w.DB.Read(w.t.Context(), access.System("test"), func(tx db.Tx) error {
		actors, err := panels.ActorsFor(tx, []uuid.UUID{id}, tx.Today())
		actor = actors[id]
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if len(actor.Seats) != 1 {
		w.t.Fatalf("%s holds %d seats", name, len(actor.Seats))
	}
	return actor
}

// young is a case with a canary in every text column.
func (w *world) young(born string) uuid.UUID {
	id := uuid.Must(uuid.NewV7())
	columns := scan[[]string](w, `
		select column_name from information_schema.columns
		where table_name = 'cases' and data_type = 'text' and column_name not in ('alias') and is_updatable = 'YES'`)
	w.write(func(tx db.Tx) error {
		err := tx.Exec(`
			insert into cases (id, alias, person_reference, forename, surname, date_of_birth, created_at, updated_at)
			values (?, ?, ?, '', '', ?, ?, ?)`, id, "Heron-"+id.String()[30:], id.String(), born, tx.Now, tx.Now).Error
		for _, column := range columns {
			if err == nil {
				err = tx.Exec(fmt.Sprintf(`update cases set %q = ? where id = ?`, column), canary+column+id.String()[28:], id).Error
			}
		}
		return err
	})
	return id
}

// table puts a case on the agenda of a meeting of the forum, held today.
func (w *world) table(forum panels.Forum, kase uuid.UUID) (meeting, item uuid.UUID) {
	meeting, item = uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	w.write(func(tx db.Tx) error {
		err := tx.Exec(`insert into meeting (id, forum_id, starts_at, ends_at, created_at, changed_at) values (?, ?, ?, ?, ?, ?)`,
			meeting, forum.ID, tx.Now, tx.Now.Add(2*time.Hour), tx.Now, tx.Now).Error
		if err != nil {
			return err
		}
		return tx.Exec(`insert into agenda_item (id, meeting_id, number, position, kind, case_id, minutes, created_at) values (?, ?, '4', 4, 'case', ?, 10, ?)`,
			item, meeting, kase, tx.Now).Error
	})
	return meeting, item
}

// decide confirms a decision on an item, as the room does.
func (w *world) decide(forum panels.Forum, kase uuid.UUID, outcome string) {
	w.t.Helper()
	meeting, item := w.table(forum, kase)
	w.write(func(tx db.Tx) error {
		return tx.Exec(`
			insert into decision (id, meeting_id, forum_id, item_id, case_id, outcome, standing, reasons, missing, quorum, weeks_thousandths, confirmed_by, confirmed_at)
			values (?, ?, ?, ?, ?, ?, 'decided', ?, 'a report', '4 of 4', 52000, ?, ?)`,
			uuid.Must(uuid.NewV7()), meeting, forum.ID, item, kase, outcome, canary+"reasons", w.chair.PersonID, tx.Now).Error
	})
}

func (w *world) raise() escalations.Blocker {
	w.t.Helper()
	weekly := int64(240050)
	b, err := w.RaiseBlocker(w.t.Context(), w.chair, escalations.Raise{
		ItemID: &w.item, Kind: escalations.Housing, Theme: "Supported housing in the north", Needed: "Two ground-floor flats with night staff",
		Details: canary + "details", OwnerID: w.owner.PersonID, WeeklyPence: &weekly,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

// raiseToBoard raises a blocker and has the chair send it to the board.
func (w *world) raiseToBoard() (escalations.Blocker, uuid.UUID) {
	w.t.Helper()
	b := w.raise()
	if err := w.MoveBlocker(w.t.Context(), w.chair, b.ID, escalations.BoardLevel, canary+"reason", b.Version); err != nil {
		w.t.Fatal(err)
	}
	return b, scan[[]uuid.UUID](w, `select id from escalation where blocker_id = ?`, b.ID)[0]
}

func (w *world) deliver() {
	w.t.Helper()
	if err := w.post.DrainDue(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	if left := scan[int](w, `select count(*) from outbox where state not in ('sent', 'dropped')`); left != 0 {
		w.t.Fatalf("%d notices were not delivered: %s", left, scan[string](w, `select string_agg(kind || ': ' || last_error, '; ') from outbox where state <> 'sent'`))
	}
}

// post is what has arrived, as "recipient: subject", in order; reading it empties the mailbox's memory.
func (w *world) arrived() []string {
	w.t.Helper()
	w.deliver()
	list := scan[[]string](w, `select split_part(to_email, '@', 1) || ': ' || subject from demo_mail order by received_at, id`)
	w.write(func(tx db.Tx) error { return tx.Exec(`delete from demo_mail`).Error })
	return list
}
