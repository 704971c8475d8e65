package agendas

import (
	"testing"

	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// One young person under two numbers on one agenda is discussed twice, and perhaps decided twice.
func TestPublishedCaseThatWasMergedDoesNotStandBesideTheOneThatStayed(t *testing.T) {
	t.Parallel()
	p, clerk, meeting, of, ref := withOneCase(t)
	p.publish(clerk, meeting)
	published := of(ref)
	stays := young("2008-12-20")
	stays.SupportPlanOn, stays.Locality = clock.Date{}, "North"
	p.add(&stays)
	p.write(func(tx db.Tx) error {
		return tx.Exec(`update cases set merged_into = ?, version = version + 1 where id = ?`, stays.ID, *published.CaseID).Error
	})
	p.build(clerk, meeting)
	lines := 0
	for _, item := range p.items(meeting.ID) {
		if item.Kind == CaseItem {
			lines++
		}
	}
	if now := of(ref); lines != 1 || now.Number != published.Number || len(now.Reasons) == 0 {
		t.Errorf("%d lines; %+v", lines, now)
	}
	if _, err := p.AddCase(t.Context(), clerk, meeting.ID, stays.Reference(), "The school asked"); !fault.Is(err, fault.Invalid) {
		t.Errorf("added beside itself: %v", err)
	}
	var page Completeness
	if err := p.read(clerk, func(tx db.Tx) (err error) { page, err = ShowCompleteness(tx, meeting.ID, nil); return err }); err != nil || page.Due != 1 || page.Listed != 1 {
		t.Errorf("%d due, %d listed (%v)", page.Due, page.Listed, err)
	}
}

// A published agenda keeps its lines; whoever publishes the next version must be told that one of them is of a
// young person who has died, before their name goes out again.
func TestPublishingWarnsOfWhoHasDied(t *testing.T) {
	t.Parallel()
	p, clerk, meeting, of, ref := withOneCase(t)
	p.publish(clerk, meeting)
	warnings := func() (list []string) {
		t.Helper()
		var page PublicationPage
		if err := p.read(clerk, func(tx db.Tx) (err error) { page, err = ShowPublication(tx, meeting.ID, nil); return err }); err != nil {
			t.Fatal(err)
		}
		return page.Warnings
	}
	before := len(warnings())
	p.write(func(tx db.Tx) error {
		return tx.Exec(`update cases set died_on = '2026-11-25', version = version + 1 where id = ?`, *of(ref).CaseID).Error
	})
	p.build(clerk, meeting)
	if list := warnings(); len(list) != before+1 || list[0] != "The young person has died or moved away. Take off item 5." {
		t.Errorf("%q", list)
	}
}
