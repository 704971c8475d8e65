package agendas

import (
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// withOneCase is a partnership whose North meeting has one case on a built agenda.
func withOneCase(t *testing.T) (p *partnership, clerk access.Actor, meeting panels.Meeting, of func(reference string) Item, ref string) {
	p = newPartnership(t)
	p.supply()
	forum := p.forum("locality", "North")
	clerk, meeting = p.clerk(forum), p.meeting(forum, "2026-12-08")
	c := young("2008-12-20")
	c.Forename, c.Surname, c.SupportPlanOn, c.ViewsRecordedOn = "Canaryforename", "Canarysurname", clock.Date{}, clock.Date{}
	p.add(&c)
	p.build(clerk, meeting)
	return p, clerk, meeting, func(reference string) Item {
		t.Helper()
		number, _ := ParseCaseNumber(reference)
		var id uuid.UUID
		p.write(func(tx db.Tx) error { return tx.Raw(`select id from cases where number = ?`, number).Row().Scan(&id) })
		items := p.items(meeting.ID)
		at := slices.IndexFunc(items, func(i Item) bool { return i.CaseID != nil && *i.CaseID == id })
		if at < 0 {
			t.Fatalf("%s is not on the agenda", reference)
		}
		return items[at]
	}, c.Reference()
}

func (p *partnership) published(actor access.Actor, meeting panels.Meeting, version int, withheld Withheld) (page PublishedPage, err error) {
	p.t.Helper()
	err = p.read(actor, func(tx db.Tx) error { page, err = ShowPublished(tx, meeting.ID, version, withheld); return err })
	return page, err
}

// Everyone prepared from what was published; if it could change, nobody could say what they were told.
func TestPublishedAgendaNeverChanges(t *testing.T) {
	t.Parallel()
	p, clerk, meeting, _, _ := withOneCase(t)
	if version := p.publish(clerk, meeting); version != 1 {
		t.Fatalf("version %d", version)
	}
	for name, do := range map[string]func(*sql.DB) error{
		"changed": func(o *sql.DB) error { _, err := o.Exec(`update agenda_version set content = '{}'`); return err },
		"deleted": func(o *sql.DB) error { _, err := o.Exec(`delete from agenda_version`); return err },
	} {
		if err := p.DB.AsOwner(t.Context(), do); err == nil || !strings.Contains(err.Error(), "never changes") {
			t.Errorf("%s by the owner: %v", name, err)
		}
	}
	err := p.DB.Write(t.Context(), clerk, func(tx db.Tx) error { return tx.Exec(`update agenda_version set content = '{}'`).Error })
	if err == nil {
		t.Error("the server changed it")
	}
	if _, err := p.PublishAgenda(t.Context(), clerk, meeting.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("published again unchanged: %v", err)
	}
	var jobs int
	p.write(func(tx db.Tx) error {
		return tx.Raw(`select count(*) from river_job where kind = 'agenda.published' and args ->> 'meeting_id' = ?`, meeting.ID.String()).Scan(&jobs).Error
	})
	if jobs != 1 {
		t.Errorf("%d notices of publication", jobs)
	}
}

func TestLaterVersionKeepsNumbersAndSaysWhatIsLateAndTakenOff(t *testing.T) {
	t.Parallel()
	p, clerk, meeting, of, ref := withOneCase(t)
	p.publish(clerk, meeting)
	first, err := p.published(clerk, meeting, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := first.Lines[4]; got.Number != "5" || got.Case == nil || got.Case.Name != "Canaryforename Canarysurname" || !got.Case.NoViews {
		t.Fatalf("item 5: %+v", got)
	}

	late := young("2010-01-01")
	p.add(&late)
	if _, err := p.AddCase(t.Context(), clerk, meeting.ID, late.Reference(), "Placement broke down yesterday"); err != nil {
		t.Fatal(err)
	}
	if _, err := p.RemoveItem(t.Context(), clerk, of(ref).ID, 0, "The family asked for more time"); err != nil {
		t.Fatal(err)
	}
	if version := p.publish(clerk, meeting); version != 2 {
		t.Fatalf("version %d", version)
	}
	numbers := func(page PublishedPage) (list []string) {
		for _, line := range page.Lines {
			list = append(list, line.Number+" "+string(line.State))
		}
		return list
	}
	second, err := p.published(clerk, meeting, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"1 listed", "2 listed", "3 listed", "4 listed", "5 taken_off", "5a listed", "6 listed", "7 listed", "8 listed"}
	if got := numbers(second); !slices.Equal(got, want) {
		t.Errorf("version 2: %v, want %v", got, want)
	}
	if off := second.Lines[4]; off.Case != nil || off.Reasons != nil || off.RemovedReason != "The family asked for more time" {
		t.Errorf("taken off, yet open: %+v", off)
	}
	if second.Lines[5].LateReason != "Placement broke down yesterday" {
		t.Errorf("late: %+v", second.Lines[5])
	}
	old, err := p.published(clerk, meeting, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	if off := old.Lines[4]; off.State != TakenOff || off.Case != nil {
		t.Errorf("what was pulled is still open in version 1: %+v", off)
	}
	if got := numbers(old); len(got) != 8 {
		t.Errorf("version 1 changed: %v", got)
	}
}

func TestSnapshotHoldsReasonsAndRuleVersionsAndNoNames(t *testing.T) {
	t.Parallel()
	p, clerk, meeting, _, ref := withOneCase(t)
	p.publish(clerk, meeting)
	var text string
	p.write(func(tx db.Tx) error {
		return tx.Raw(`select content::text from agenda_version where meeting_id = ?`, meeting.ID).Scan(&text).Error
	})
	if strings.Contains(text, "Canary") || !strings.Contains(text, ref) {
		t.Errorf("names in, or %s not in: %s", ref, text)
	}
	var snapshot Snapshot
	if err := json.Unmarshal([]byte(text), &snapshot); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(snapshot.Rules, RuleVersion{"no_support_plan", 1}) || len(snapshot.Items) != 8 {
		t.Errorf("snapshot: %d items, rules %v", len(snapshot.Items), snapshot.Rules)
	}
	if r := snapshot.Items[4].Reasons; len(r) != 1 || r[0].Text != "No support plan; 18 on 20 December 2026" || r[0].DaysLeft != 12 {
		t.Errorf("reasons: %+v", r)
	}
}

func TestEachReaderSeesTheirPart(t *testing.T) {
	t.Parallel()
	p, clerk, meeting, of, ref := withOneCase(t)
	presenter := p.actor("Pat Presenter", func(a *access.Actor) { a.Presenter = true })
	p.write(func(tx db.Tx) error {
		return tx.Exec(`update agenda_item set presenter_id = ? where id = ?`, presenter.PersonID, of(ref).ID).Error
	})
	if _, err := p.published(clerk, meeting, 0, nil); !fault.Is(err, fault.NotFound) {
		t.Errorf("read before publication: %v", err)
	}
	p.publish(clerk, meeting)

	own, err := p.published(presenter, meeting, 0, nil)
	if err != nil || len(own.Lines) != 1 || own.Lines[0].ID != of(ref).ID || !own.OnlyOwn || len(own.Content.Items) != 0 {
		t.Errorf("the presenter sees %d lines (%v)", len(own.Lines), err)
	}
	other := p.actor("Another Presenter", func(a *access.Actor) { a.Presenter = true })
	if _, err := p.published(other, meeting, 0, nil); !fault.Is(err, fault.NotFound) {
		t.Errorf("a presenter of nothing here: %v", err)
	}
	conflicted := func(tx db.Tx, _ uuid.UUID) (map[uuid.UUID]string, error) {
		return map[uuid.UUID]string{of(ref).ID: "You declared an interest"}, nil
	}
	hidden, err := p.published(clerk, meeting, 0, conflicted)
	if err != nil {
		t.Fatal(err)
	}
	if line := hidden.Lines[4]; line.Withheld == "" || line.Case != nil || line.CaseID != nil || line.Reasons != nil || line.Number != "5" {
		t.Errorf("withheld, yet open: %+v", line)
	}
	if err := p.RecordReading(t.Context(), clerk, meeting.ID, 1); err != nil {
		t.Error(err)
	}
	if err := p.RecordReading(t.Context(), clerk, meeting.ID, 1); err != nil {
		t.Errorf("the second time: %v", err)
	}
}

func TestEmptyAgendaIsNotPublished(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("locality", "North")
	if _, err := p.PublishAgenda(t.Context(), p.clerk(forum), p.meeting(forum, "2026-12-08").ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("got %v", err)
	}
}

// A link that answers "you may not" is a presenter who comes unprepared.
func TestNoticeLeadsEachReaderToWhatTheyMayRead(t *testing.T) {
	t.Parallel()
	p, _, meeting, _, _ := withOneCase(t)
	presenter := p.actor("Pat Presenter", func(a *access.Actor) { a.Presenter = true })
	member := p.actor("Mo Member", func(*access.Actor) {})
	var seats []panels.TableSeat
	p.write(func(tx db.Tx) (err error) { seats, err = panels.SeatsOn(tx, meeting.ForumID, tx.Today()); return err })
	if _, err := p.panels.FillSeat(t.Context(), p.admin, panels.NewHolding{SeatID: seats[len(seats)-1].ID, PersonID: member.PersonID}); err != nil {
		t.Fatal(err)
	}
	for person, want := range map[uuid.UUID]string{
		presenter.PersonID: "/meetings/" + meeting.ID.String() + "/agenda/mine", member.PersonID: "/meetings/" + meeting.ID.String() + "/agenda",
	} {
		var got string
		p.write(func(tx db.Tx) (err error) { got, err = agendaPathFor(tx, meeting, person); return err })
		if got != want {
			t.Errorf("sent to %s, want %s", got, want)
		}
	}
}
