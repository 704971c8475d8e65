package agendas

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"quorate/server/base/db"
)

// Members prepared from the version that said they object. If recording anew could change it, nobody could
// show later what the meeting knew; and what is recorded since must not wait for the next version either.
func TestPublishedVersionKeepsWhatWasRecordedOfTelling(t *testing.T) {
	t.Parallel()
	p, clerk, meeting, of, ref := withOneCase(t)
	item := of(ref).ID
	record := func(version int, told Tabling) {
		t.Helper()
		if err := p.RecordTabling(t.Context(), clerk, item, version, told); err != nil {
			t.Fatal(err)
		}
	}
	line := func(version int) Line {
		t.Helper()
		page, err := p.published(clerk, meeting, version, nil)
		if err != nil {
			t.Fatal(err)
		}
		return page.Lines[slices.IndexFunc(page.Lines, func(l Line) bool { return l.ID == item })]
	}
	p.publish(clerk, meeting)
	if got := line(1); got.AsPublished != nil || got.Tabling != nil || got.Since {
		t.Errorf("nothing is recorded, and version 1 says %+v", got)
	}
	told := Tabling{Told: ToldYoungPerson, ToldBy: "Canaryteller", ToldOn: day("2026-11-02"), Response: Objects, Said: "Canaryobjection", Basis: Safeguarding}
	record(0, told)
	if got := line(1); got.AsPublished != nil || !got.Since || !got.Tabling.Objects() {
		t.Errorf("the objection waits for the next version: %+v", got)
	}
	if p.publish(clerk, meeting) != 2 {
		t.Fatal("an objection is nothing to publish")
	}
	if got := line(2); !got.AsPublished.Objects() || got.AsPublished.Said != "Canaryobjection" || got.Since {
		t.Errorf("version 2 went out with %+v", got.AsPublished)
	}
	told.Response, told.Said = Content, ""
	record(1, told)
	p.publish(clerk, meeting)
	if got := line(2); !got.AsPublished.Objects() || got.AsPublished.Said != "Canaryobjection" || !got.Since || got.Tabling.Objects() {
		t.Errorf("version 2 has changed: %+v, now %+v", got.AsPublished, got.Tabling)
	}
	var versions VersionsPage
	var contents []string
	err := p.read(clerk, func(tx db.Tx) (err error) {
		if versions, err = ShowVersions(tx, meeting.ID, nil); err != nil {
			return err
		}
		return tx.Raw(`select content::text from agenda_version`).Scan(&contents).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range []string{"5 " + ref + " Changed They no longer object to being discussed.", "5 " + ref + " Changed They object to being discussed."} {
		if got := said(versions.Versions[at].Changes); !slices.Equal(got, []string{want}) {
			t.Errorf("version %d changed %q, want %q", versions.Versions[at].Version, got, want)
		}
	}
	if all := strings.Join(contents, " "); strings.Contains(all, "Canary") {
		t.Error("a snapshot, which never changes, holds words that may have to be erased")
	}
}

// A guest from another council sees the item and not the case: that the young person objects is not theirs to know.
func TestChangesOfTellingAreForThoseWhoSeeTheCase(t *testing.T) {
	t.Parallel()
	was, is := Snapshot{Items: []SnapshotItem{snapshotItem(1, "1"), snapshotItem(2, "2")}}, Snapshot{Items: []SnapshotItem{snapshotItem(1, "1"), snapshotItem(2, "2")}}
	is.Items[0].Tabling = &SnapshotTabling{ID: uuid.UUID{1}, Response: Objects}
	is.Items[1].Tabling, is.Items[1].Minutes = &SnapshotTabling{ID: uuid.UUID{2}, Response: Content}, 20
	lines := []Line{{Item: Item{ID: is.Items[0].ID}, Case: &CaseLine{}}, {Item: Item{ID: is.Items[1].ID}, Case: &CaseLine{}}}
	if got := said(Compare(was, is).readableBy(lines)); !slices.Equal(got, []string{"1 Q101 Changed They object to being discussed.", "2 Q102 Changed 20 minutes. It was 10. Who told them is now recorded."}) {
		t.Errorf("a member is told %q", got)
	}
	lines[0].Case.NoAccess, lines[1].Case.NoAccess = true, true
	if got := said(Compare(was, is).readableBy(lines)); !slices.Equal(got, []string{"2 Q102 Changed 20 minutes. It was 10."}) {
		t.Errorf("a guest is told %q", got)
	}
}
