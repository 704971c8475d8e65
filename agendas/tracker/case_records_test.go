package tracker_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// ofCase finds a case by its number and its id.
func ofCase(t *testing.T, d *db.DB, reference string) (c tracker.Case) {
	t.Helper()
	if err := d.Read(t.Context(), importer, func(tx db.Tx) (err error) { c, err = tracker.CaseFor(tx, reference); return err }); err != nil {
		t.Fatal(err)
	}
	return c
}

// asPerson is a clerk who is a person of the database: records name who made them.
func asPerson(forum, person uuid.UUID, office access.Office) access.Actor {
	actor := seated(forum, office, "", false)
	actor.PersonID = person
	return actor
}

func heard(on string, words string) tracker.NewViews {
	yes := true
	return tracker.NewViews{HeardOn: clock.MustDate(on), How: tracker.HeardThemselves, Words: words, Verbatim: &yes, TakesPart: tracker.ComesToAll}
}

// A young person who was heard and is shown as not heard is not believed; one who was not, and is
// shown as heard, is decided about unheard.
func TestLastHeardIsTheLaterOfTrackerAndRecord(t *testing.T) {
	t.Parallel()
	d := setup(t)
	s := setScene(t, d)
	clerk := asPerson(s.mapac, s.worker, access.Clerk)
	c := ofCase(t, d, "Q1001")
	last := func() (on string) {
		t.Helper()
		err := d.Read(t.Context(), clerk, func(tx db.Tx) error {
			all, err := tracker.LastHeard(tx, []uuid.UUID{c.ID})
			if heard, ever := all[c.ID]; ever {
				on = heard.String()
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return on
	}
	tracked := func(day string) {
		t.Helper()
		if err := d.Write(t.Context(), importer, func(tx db.Tx) error {
			return tx.Exec(`update cases set views_recorded_on = ? where id = ?`, day, c.ID).Error
		}); err != nil {
			t.Fatal(err)
		}
	}
	today := clock.DateOf(d.Now())
	if last() != "" {
		t.Fatalf("never heard, and last heard on %s", last())
	}
	earlier, later := today.AddDays(-40).String(), today.AddDays(-4).String()
	if err := tracker.RecordViews(t.Context(), d, clerk, c.ID, heard(earlier, "I want my own front door.")); err != nil || last() != earlier {
		t.Fatalf("recorded for %s, last heard %q: %v", earlier, last(), err)
	}
	tracked(later)
	if last() != later {
		t.Errorf("the tracker says %s, last heard %s", later, last())
	}
	tracked(today.AddDays(-400).String())
	if last() != earlier {
		t.Errorf("the record is later than the tracker, and last heard is %s", last())
	}
	var views []tracker.Views
	if err := d.Read(t.Context(), clerk, func(tx db.Tx) (err error) { views, err = tracker.ViewsOf(tx, c.ID); return err }); err != nil || len(views) != 1 || views[0].Recorder != "Tom Hale" || !views[0].Verbatim {
		t.Fatalf("%+v %v", views, err)
	}
	if err := tracker.StrikeViews(t.Context(), d, clerk, c.ID, views[0].ID, "They were Ben’s."); err != nil {
		t.Fatal(err)
	}
	if last() != today.AddDays(-400).String() {
		t.Errorf("views taken back still count: %s", last())
	}
	if trail := rows(t, d, `select action from audit_entry where action like 'case.views%' order by id`); strings.Join(trail, " ") != "case.views_recorded case.views_struck" {
		t.Error(trail)
	}
}

// What somebody typed must not be kept half understood: the form says how to mend each part.
func TestRecordsSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	d := setup(t)
	s := setScene(t, d)
	clerk := asPerson(s.mapac, s.worker, access.Clerk)
	c := ofCase(t, d, "Q1001")
	today := clock.DateOf(d.Now())
	wrong := func(err error, fields string) {
		t.Helper()
		f := fault.As(err)
		if f == nil || f.Kind != fault.Invalid {
			t.Fatalf("not refused: %v", err)
		}
		var names []string
		for _, field := range f.Fields {
			names = append(names, field.Name)
		}
		if got := strings.Join(names, " "); got != fields {
			t.Errorf("wrong are %q, want %q", got, fields)
		}
	}
	wrong(tracker.RecordViews(t.Context(), d, clerk, c.ID, tracker.NewViews{}), "heard_on how words takes_part")
	future := heard(today.AddDays(1).String(), "I like trains.")
	wrong(tracker.RecordViews(t.Context(), d, clerk, c.ID, future), "heard_on")
	unborn := heard(c.DateOfBirth.AddDays(-1).String(), "I like trains.")
	wrong(tracker.RecordViews(t.Context(), d, clerk, c.ID, unborn), "heard_on")
	through := heard(today.String(), "She likes trains.")
	through.How, through.Verbatim = tracker.HeardAdvocate, nil
	wrong(tracker.RecordViews(t.Context(), d, clerk, c.ID, through), "who verbatim")
	away := tracker.NewViews{HeardOn: today, How: tracker.HeardThemselves, TakesPart: tracker.StaysAway}
	if err := tracker.RecordViews(t.Context(), d, clerk, c.ID, away); err != nil {
		t.Errorf("a young person may wish to say nothing: %v", err)
	}
	wrong(tracker.RecordCapacity(t.Context(), d, clerk, c.ID, tracker.NewCapacity{Outcome: "has capacity"}), "question outcome judged_on judged_by")
	wrong(tracker.ShowAddress(t.Context(), d, clerk, c.ID, " "), "why")
	wrong(tracker.LinkSibling(t.Context(), d, clerk, c.ID, "Q1001"), "sibling")
	wrong(tracker.LinkSibling(t.Context(), d, clerk, c.ID, "Rosa"), "sibling")
}

// Recording of a case one has no part in would put words into a young person's mouth.
func TestWhoRecordsOfACase(t *testing.T) {
	t.Parallel()
	d := setup(t)
	s := setScene(t, d)
	today := clock.DateOf(d.Now()).String()
	for name, c := range map[string]struct {
		actor access.Actor
		of    string
		want  fault.Kind
	}{
		"clerk":                     {asPerson(s.mapac, s.worker, access.Clerk), "Q1001", ""},
		"chair of the forum":        {asPerson(s.mapac, s.worker, access.Chair), "Q1002", ""},
		"chair who does not see it": {asPerson(s.mapac, s.worker, access.Chair), "Q1001", fault.NotFound},
		"member":                    {asPerson(s.mapac, s.worker, access.Member), "Q1002", fault.Denied},
		"presenter of its item":     {access.Actor{PersonID: s.presenter, Presenter: true}, "Q1002", ""},
		"worker linked":             {access.Actor{PersonID: s.worker, Presenter: true}, "Q1003", ""},
		"presenter of another":      {access.Actor{PersonID: s.presenter, Presenter: true}, "Q1003", fault.NotFound},
		"administrator":             {access.Actor{PersonID: s.worker, Administrator: true}, "Q1001", fault.NotFound},
		"clerk of a strategic board": {func() access.Actor {
			a := seated(s.board, access.Clerk, "North", true)
			a.PersonID = s.worker
			return a
		}(), "Q1001", fault.NotFound},
	} {
		of := ofCase(t, d, c.of)
		for what, err := range map[string]error{
			"views":    tracker.RecordViews(t.Context(), d, c.actor, of.ID, heard(today, "I like it here.")),
			"capacity": tracker.RecordCapacity(t.Context(), d, c.actor, of.ID, tracker.NewCapacity{Question: "Where to live", Outcome: tracker.CanDecide, JudgedOn: clock.MustDate(today), JudgedBy: "Dr Lane"}),
		} {
			if (c.want == "" && err != nil) || (c.want != "" && !fault.Is(err, c.want)) {
				t.Errorf("%s records %s: %v", name, what, err)
			}
		}
	}
}

// A protected address that shows by itself may bring somebody to the door.
func TestProtectedAddressIsKeptBackAndAskingIsRecorded(t *testing.T) {
	t.Parallel()
	d := setup(t)
	s := setScene(t, d)
	yes := true
	c := tracker.Case{Placement: "Elm House", School: "Ashdown", ProtectedAddress: &yes, Notes: "Tall"}
	if kept := c.WithoutAddress(); !c.HidesAddress() || kept.Placement != "" || kept.School != "" || kept.Notes != "Tall" || c.Placement != "Elm House" {
		t.Errorf("%+v", kept)
	}
	c.ProtectedAddress = nil
	if kept := c.WithoutAddress(); kept.Placement != "Elm House" {
		t.Errorf("an address that is not protected is shown: %+v", kept)
	}
	of := ofCase(t, d, "Q1002")
	stranger := asPerson(s.north, s.worker, access.Member)
	if err := tracker.ShowAddress(t.Context(), d, stranger, of.ID, "To visit"); !fault.Is(err, fault.NotFound) {
		t.Errorf("somebody who does not see the case saw where they are: %v", err)
	}
	if err := tracker.ShowAddress(t.Context(), d, asPerson(s.mapac, s.worker, access.Member), of.ID, "To plan the journey"); err != nil {
		t.Error(err)
	}
	trail := rows(t, d, `select e.action || ': ' || (c.after->>'why') from audit_entry e join audit_content c on c.entry_id = e.id where e.action = 'case.address_shown'`)
	if len(trail) != 1 || trail[0] != "case.address_shown: To plan the journey" {
		t.Error(trail)
	}
}

// Siblings are a link from one case to another, and a link must not show a case to somebody.
func TestSiblingsAreSeenByWhoSeesBoth(t *testing.T) {
	t.Parallel()
	d := setup(t)
	s := setScene(t, d)
	clerk := asPerson(s.mapac, s.worker, access.Clerk)
	rosa, ben := ofCase(t, d, "Q1001"), ofCase(t, d, "Q1002")
	for range 2 {
		if err := tracker.LinkSibling(t.Context(), d, clerk, ben.ID, " q1001 "); err != nil {
			t.Fatal(err)
		}
	}
	member := asPerson(s.mapac, s.presenter, access.Member) // sees Ben alone
	if err := tracker.LinkSibling(t.Context(), d, member, ben.ID, "Q1003"); !fault.Is(err, fault.Denied) {
		t.Errorf("a member linked siblings: %v", err)
	}
	seen := func(actor access.Actor, of tracker.Case) (names string) {
		err := d.Read(t.Context(), actor, func(tx db.Tx) error {
			siblings, err := tracker.SiblingsOf(tx, of.ID)
			for _, sibling := range siblings {
				names += sibling.Forename
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	if a, b, none := seen(clerk, rosa), seen(clerk, ben), seen(member, ben); a != "Ben" || b != "Rosa" || none != "" {
		t.Errorf("clerk sees %q and %q, the member %q", a, b, none)
	}
	if err := tracker.UnlinkSibling(t.Context(), d, clerk, rosa.ID, "Q1002"); err != nil || seen(clerk, rosa) != "" {
		t.Errorf("unlinked from the other side: %v", err)
	}
}
