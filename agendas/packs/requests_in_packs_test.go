package packs_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/agendas/packs"
	"quorate/agendas/requests"
	"quorate/agendas/tracker"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// young is somebody the tracker has.
func (tb *table) young(forename string) tracker.Case {
	tb.Helper()
	c := tracker.Case{ID: uuid.Must(uuid.NewV7()), PersonReference: uuid.NewString(), Alias: uuid.NewString(), Forename: forename, Surname: "Walker", Locality: "North", DateOfBirth: clock.MustDate("2009-03-04"), CreatedAt: tb.clock.Now(), UpdatedAt: tb.clock.Now(), Version: 1}
	tb.write(func(tx db.Tx) error {
		if err := tx.Raw(`select nextval('case_number')`).Scan(&c.Number).Error; err != nil {
			return err
		}
		return tx.Create(&c).Error
	})
	return c
}

// tabled puts a request with its lines and shares on the agenda.
func (tb *table) tabled(r requests.Request, lines []requests.Line, shares ...requests.Share) {
	tb.Helper()
	tb.write(func(tx db.Tx) error {
		r.ID, r.ForumID, r.SubmittedBy, r.State, r.MeetingID, r.CreatedAt, r.Version = uuid.New(), tb.meeting.ForumID, tb.clerk.PersonID, requests.Tabled, &tb.meeting.ID, tx.Now, 1
		r.Owed, r.Options, r.Questions = []requests.Owed{}, []requests.Option{}, []requests.Question{}
		if err := tx.Create(&r).Error; err != nil {
			return err
		}
		for i := range lines {
			lines[i].ID, lines[i].RequestID, lines[i].Position, lines[i].Kind, lines[i].Unit, lines[i].Quantity, lines[i].Paid = uuid.New(), r.ID, i+1, requests.Care, requests.Week, 100, requests.EveryWeek
		}
		if err := tx.Create(&lines).Error; err != nil {
			return err
		}
		for i := range shares {
			shares[i].RequestID = r.ID
		}
		if len(shares) > 0 {
			if err := tx.Create(&shares).Error; err != nil {
				return err
			}
		}
		return tx.Exec(`insert into agenda_item (id, meeting_id, position, kind, request_id, case_id, minutes, created_at) select ?, meeting_id, max(position) + 1, ?, ?, ?, 10, ? from agenda_item where meeting_id = ? group by meeting_id`,
			uuid.New(), map[bool]string{true: "case", false: "request"}[r.CaseID != nil], r.ID, r.CaseID, tx.Now, tb.meeting.ID).Error
	})
}

func (tb *table) carries(actor access.Actor) (asked []*packs.Request) {
	tb.Helper()
	err := tb.DB.Read(tb.Context(), actor, func(tx db.Tx) error {
		pack, err := packs.Of(tx, tb.meeting.ID, 0, leftItems)
		for _, e := range pack.Entries {
			if e.Request != nil {
				asked = append(asked, e.Request)
			}
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return asked
}

// Whoever has an interest in one of many young people must not carry their package home, nor lose the others'.
func TestPackLeavesOutThePackagesOfWhomTheReaderLeftFor(t *testing.T) {
	t.Parallel()
	tb := newTable(t)
	own, other := tb.young("Tara"), tb.young("Rosa")
	present := int64(800_00)
	var lines []requests.Line
	for _, c := range []tracker.Case{own, other} {
		lines = append(lines, requests.Line{CaseID: &c.ID, Provider: "Lodge of " + c.Forename, PresentPence: &present, PricePence: 830_00})
	}
	tb.tabled(requests.Request{Kind: requests.Uplift, Reason: "Wages", WeeklyPence: 60_00, AnnualPence: 3120_00}, lines)
	if _, err := tb.agendas.AddCase(t.Context(), tb.clerk, tb.meeting.ID, own.Reference(), "The school asked"); err != nil {
		t.Fatal(err)
	}
	tb.publish()
	all := tb.carries(tb.clerk)
	if len(all) != 1 || len(all[0].Packages) != 2 || all[0].Closed != 0 || all[0].Packages[1].Person != other.Reference()+" Rosa Walker" {
		t.Fatalf("before: %+v", all)
	}
	tb.write(func(tx db.Tx) error {
		return tx.Exec(`insert into interest (id, meeting_id, item_id, person_id, kind, reason, declared_by, declared_at)
			select @id, meeting_id, id, @me, 'family', 'An aunt', @me, @now from agenda_item where case_id = @case`,
			map[string]any{"id": uuid.New(), "me": tb.clerk.PersonID, "now": tx.Now, "case": own.ID}).Error
	})
	left := tb.carries(tb.clerk)
	if len(left) != 1 || len(left[0].Packages) != 1 || left[0].Closed != 1 || left[0].Packages[0].Provider != "Lodge of Rosa" || left[0].WeeklyPence != 60_00 || len(left[0].Lines) != 0 {
		t.Errorf("with an interest in one: %+v", left)
	}
}

// A request is carried with its own lines and payers and nobody else's, in as many questions of the database
// however many there are: sixty requests must not ask sixty times.
func TestPackCarriesEachRequestsOwnLinesAndPayers(t *testing.T) {
	t.Parallel()
	tb := newTable(t)
	now, once := tb.agency("Adult social care", true), tb.agency("Marlshire ICB", false)
	client := int64(20_00)
	questions := [2]int{}
	for n := range 3 {
		c := tb.young(fmt.Sprintf("Tara%c", 'a'+n))
		tb.tabled(requests.Request{
			Kind: requests.Change, CaseID: &c.ID, WeeklyPence: 100_00, ClientWeeklyPence: &client, StartsOn: clock.MustDate("2027-01-04"), EndsOn: clock.MustDate("2027-01-17"),
			Previous: &requests.Previous{WeeklyPence: 50_00, Shares: []requests.Paying{{AgencyID: now, WeeklyPence: 50_00}}},
		}, []requests.Line{{Provider: c.Forename, PricePence: 120_00}}, requests.Share{AgencyID: once, WeeklyPence: 100_00})
		if n != 1 {
			tb.publish()
			questions[n/2] = tb.questions(func() { tb.carries(tb.clerk) })
		}
	}
	if questions[0] == 0 || questions[0] != questions[1] {
		t.Errorf("the database is asked %d times for 1 request and %d times for 3", questions[0], questions[1])
	}
	asked := tb.carries(tb.clerk)
	if len(asked) != 3 {
		t.Fatalf("%d requests", len(asked))
	}
	for i, r := range asked {
		if len(r.Lines) != 1 || r.Lines[0].Provider != fmt.Sprintf("Tara%c", 'a'+i) || *r.ClientWeeklyPence != 20_00 || r.Exposure.WholePence != 200_00 || r.WeeksThousandths != 52000 {
			t.Errorf("%d: %+v", i, r)
		}
		// Who pays now and is asked for nothing stands beside who is asked, a funder no more.
		if len(r.Split) != 2 || r.Split[0].Agency != "Adult social care" || r.Split[0].Now.WeeklyPence != 50_00 || r.Split[1].Agency != "Marlshire ICB" || r.Split[1].WeeklyPence != 100_00 {
			t.Errorf("%d is split %+v", i, r.Split)
		}
	}
}

// questions counts what the database is asked meanwhile.
func (tb *table) questions(meanwhile func()) (n int) {
	tb.Helper()
	count := func(*gorm.DB) { n++ }
	tb.write(func(tx db.Tx) error {
		return errors.Join(tx.Callback().Query().Before("gorm:query").Replace("count", count), tx.Callback().Row().Before("gorm:row").Replace("count", count))
	})
	n = 0
	meanwhile()
	return n
}

func (tb *table) agency(name string, funder bool) (id uuid.UUID) {
	tb.Helper()
	tb.write(func(tx db.Tx) error {
		id = uuid.New()
		return tx.Exec(`insert into agency (id, name, short_name, kind, legal_body, funder) values (?, ?, ?, 'asc', 'Marlshire', ?)`, id, name, name, funder).Error
	})
	return id
}

// leftItems is what the room withholds: the items that the actor has left for.
func leftItems(tx db.Tx, meetingID uuid.UUID) (map[uuid.UUID]string, error) {
	var items []uuid.UUID
	err := tx.Raw(`select distinct item_id from left_item where meeting_id = ? and person_id = ?`, meetingID, tx.Actor.PersonID).Scan(&items).Error
	withheld := make(map[uuid.UUID]string, len(items))
	for _, item := range items {
		withheld[item] = "You left for this item"
	}
	return withheld, err
}
