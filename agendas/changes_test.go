package agendas

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"quorate/notify"
	"quorate/notify/notifytest"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

func snapshotItem(n byte, number string) SnapshotItem {
	return SnapshotItem{ID: uuid.UUID{15: n}, Number: number, Kind: CaseItem, Case: "Q10" + number, Minutes: 10, State: Listed}
}

// said is every change in one line each.
func said(c Changes) (lines []string) {
	lines = append(lines, c.Meeting...)
	for _, item := range c.Items {
		lines = append(lines, strings.Join(strings.Fields(item.Number+" "+item.Subject+" "+item.Kind.Words()+" "+strings.Join(item.Words, " ")), " "))
	}
	return lines
}

// Members read the second version for what is new in it; a change it does not name is one nobody prepares for.
func TestCompareNamesEveryChange(t *testing.T) {
	t.Parallel()
	base := Snapshot{StartsAt: day("2026-12-08").At(9, 30), EndsAt: day("2026-12-08").At(12, 30), Venue: "County Hall"}
	base.Items = []SnapshotItem{snapshotItem(1, "1"), snapshotItem(2, "2"), snapshotItem(3, "3"), snapshotItem(4, "4")}
	for name, c := range map[string]struct {
		change func(*Snapshot)
		want   []string
	}{
		"Nothing":   {func(*Snapshot) {}, nil},
		"DaysLeft":  {func(s *Snapshot) { s.Items[0].Reasons[0].DaysLeft = 4 }, nil},
		"Retimed":   {func(s *Snapshot) { s.Items[1].Minutes = 25 }, []string{"2 Q102 Changed 25 minutes. It was 10."}},
		"TakenOff":  {func(s *Snapshot) { s.Items[1].State, s.Items[1].RemovedReason = TakenOff, "Not ready" }, []string{"2 Taken off Not ready"}},
		"Presenter": {func(s *Snapshot) { s.Items[1].PresenterID = &uuid.UUID{} }, []string{"2 Q102 Changed Somebody else presents it."}},
		"Heard":     {func(s *Snapshot) { s.Items[1].ViewsOn = day("2026-12-01") }, []string{"2 Q102 Changed Own views recorded on 1 December 2026."}},
		"Place":     {func(s *Snapshot) { s.Venue = "" }, []string{"No place is given any more."}},
		"Time": {func(s *Snapshot) { s.StartsAt = s.StartsAt.Add(time.Hour) }, []string{
			"The meeting is now on Tuesday 8 December 2026, 10:30am to 12:30pm. It was on Tuesday 8 December 2026, 9:30am to 12:30pm."}},
		"Reasons": {func(s *Snapshot) { s.Items[0].Reasons[0].Text = "18 on 9 December" }, []string{
			"1 Q101 Changed Now: 18 on 9 December. No longer: No support plan."}},
		"Added": {func(s *Snapshot) {
			late := snapshotItem(9, "2a")
			late.LateReason = "Placement broke down"
			s.Items = slices.Insert(s.Items, 2, late)
		}, []string{"2a Q102a Added Placement broke down"}},
		"Moved": {func(s *Snapshot) {
			first := s.Items[0]
			s.Items = append(s.Items[1:4:4], first)
		}, []string{"1 Q101 Changed Moved: it now follows item 4."}},
		"MovedFirst": {func(s *Snapshot) {
			last := s.Items[3]
			s.Items = slices.Insert(s.Items[:3:3], 0, last)
		}, []string{"4 Q104 Changed Moved: it now comes first."}},
	} {
		t.Run(name, func(t *testing.T) {
			copied := func() Snapshot {
				s := base
				s.Items = slices.Clone(base.Items)
				s.Items[0].Reasons = []Reason{{Rule: "no_support_plan", Text: "No support plan", DaysLeft: 12}}
				return s
			}
			after := copied()
			c.change(&after)
			if got := said(Compare(copied(), after)); !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
	off := base
	off.Items = slices.Clone(base.Items)
	off.Items[2].State = TakenOff
	if got := said(Compare(off, base)); !slices.Equal(got, []string{"3 Q103 Put back"}) {
		t.Errorf("put back: %q", got)
	}
	if got := said(Compare(off, off)); got != nil {
		t.Errorf("off as before: %q", got)
	}
}

// Whatever is moved about, nothing else may be said to have changed, and a like agenda is no change at all.
func TestCompareOfAnyOrderNamesOnlyMoves(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var before Snapshot
		for n := range rapid.IntRange(1, 12).Draw(t, "items") {
			before.Items = append(before.Items, snapshotItem(byte(n), "1"))
		}
		after := Snapshot{Items: rapid.Permutation(before.Items).Draw(t, "order")}
		changes := Compare(before, after)
		if len(changes.Items) >= len(before.Items) {
			t.Fatalf("all %d items are said to have moved", len(before.Items))
		}
		rest := func(s Snapshot) (ids []uuid.UUID) {
			for _, item := range s.Items {
				if changes.Of(item.ID) == nil {
					ids = append(ids, item.ID)
				}
			}
			return ids
		}
		if !slices.Equal(rest(before), rest(after)) {
			t.Fatalf("without those that moved the order is %v and was %v", rest(after), rest(before))
		}
	})
}

// Whoever has read version 1 looks for what is new and at nothing else; what they may not see stays unsaid.
func TestReaderSeesWhatIsNewSinceTheyLastRead(t *testing.T) {
	t.Parallel()
	p, clerk, meeting, of, ref := withOneCase(t)
	p.publish(clerk, meeting)
	first, err := p.published(clerk, meeting, 0, nil)
	if err != nil || first.NewSince != 0 || !first.Changes.None() {
		t.Fatalf("the first version changes something: %+v (%v)", first.Changes, err)
	}
	if err := p.RecordReading(t.Context(), clerk, meeting.ID, 1); err != nil {
		t.Fatal(err)
	}
	late := young("2010-01-01")
	p.add(&late)
	if _, err := p.AddCase(t.Context(), clerk, meeting.ID, late.Reference(), "Placement broke down"); err != nil {
		t.Fatal(err)
	}
	p.publish(clerk, meeting)
	if _, err := p.ChangeMinutes(t.Context(), clerk, of(ref).ID, 0, 35); err != nil {
		t.Fatal(err)
	}
	p.publish(clerk, meeting)

	third, err := p.published(clerk, meeting, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	if third.NewSince != 1 || len(third.New.Items) != 2 || len(third.Changes.Items) != 1 {
		t.Errorf("new since %d: %q; changed: %q", third.NewSince, said(third.New), said(third.Changes))
	}
	for range 2 { // however often they open it, this is what is new to them
		if err := p.RecordReading(t.Context(), clerk, meeting.ID, 3); err != nil {
			t.Fatal(err)
		}
		if again, err := p.published(clerk, meeting, 0, nil); err != nil || again.NewSince != 1 {
			t.Errorf("opened again: new since %d (%v)", again.NewSince, err)
		}
	}
	kept := func(db.Tx, uuid.UUID) (map[uuid.UUID]string, error) {
		return map[uuid.UUID]string{of(late.Reference()).ID: "You declared an interest"}, nil
	}
	hidden, err := p.published(clerk, meeting, 0, kept)
	if err != nil || hidden.New.Of(of(late.Reference()).ID) != nil || strings.Contains(strings.Join(said(hidden.New), " "), late.Reference()) {
		t.Errorf("an item kept from its reader is told in the changes: %q (%v)", said(hidden.New), err)
	}
	if _, err := p.RemoveItem(t.Context(), clerk, of(late.Reference()).ID, 0, "Mended"); err != nil {
		t.Fatal(err)
	}
	var versions VersionsPage
	if err := p.read(clerk, func(tx db.Tx) (err error) { versions, err = ShowVersions(tx, meeting.ID, nil); return err }); err != nil {
		t.Fatal(err)
	}
	if len(versions.Versions) != 3 || strings.Contains(strings.Join(said(versions.Versions[1].Changes), " "), "broke down") {
		t.Errorf("what is off is told by an old version's changes: %q", said(versions.Versions[1].Changes))
	}
}

// Somebody looked, somebody else changed it: what goes out must be what was looked at, or nothing.
func TestPublishingPublishesWhatWasSeen(t *testing.T) {
	t.Parallel()
	p, clerk, meeting, of, ref := withOneCase(t)
	preview := func() (page PublicationPage) {
		t.Helper()
		if err := p.read(clerk, func(tx db.Tx) (err error) { page, err = ShowPublication(tx, meeting.ID, nil); return err }); err != nil {
			t.Fatal(err)
		}
		return page
	}
	seen := preview()
	if seen.Version != 1 || seen.Closed != "" || seen.Lines[4].Number != "5" || !strings.Contains(strings.Join(seen.Warnings, " "), "own views are not on record: item 5.") {
		t.Fatalf("preview: %+v", seen)
	}
	if of(ref).Number != "" {
		t.Error("looking gave a number")
	}
	if _, err := p.ChangeMinutes(t.Context(), clerk, of(ref).ID, 0, 35); err != nil {
		t.Fatal(err)
	}
	if _, err := p.PublishAsSeen(t.Context(), clerk, meeting.ID, Seen{Mark: seen.Mark}); !fault.Is(err, fault.Stale) {
		t.Errorf("published what nobody saw: %v", err)
	}
	if _, err := p.PublishAsSeen(t.Context(), clerk, meeting.ID, Seen{Mark: preview().Mark}); err != nil {
		t.Error(err)
	}
	if again := preview(); again.Closed != "Nothing has changed since version 1 was published." || !again.Changes.None() {
		t.Errorf("unchanged: %q %q", again.Closed, said(again.Changes))
	}
}

// Readers of a late agenda are told that it is and why, because they had less time with it.
func TestLateAgendaSaysWhy(t *testing.T) {
	t.Parallel()
	p, clerk, meeting, _, _ := withOneCase(t)
	p.write(func(tx db.Tx) error { return tx.Exec(`update meeting set agenda_out_on = '2026-11-25'`).Error })
	if _, err := p.PublishAsSeen(t.Context(), clerk, meeting.ID, Seen{}); !fault.Is(err, fault.Invalid) {
		t.Errorf("late without a reason: %v", err)
	}
	if _, err := p.PublishAsSeen(t.Context(), clerk, meeting.ID, Seen{LateReason: " Two papers came on Monday "}); err != nil {
		t.Fatal(err)
	}
	page, err := p.published(clerk, meeting, 0, nil)
	if err != nil || !page.Late || page.LateReason != "Two papers came on Monday" || page.DueOn != day("2026-11-25") {
		t.Errorf("late %v on %v: %q (%v)", page.Late, page.DueOn, page.LateReason, err)
	}
}

// The clerk chases whoever has not opened the agenda; who has, and whoever was chased today, is left alone.
func TestClerkSeesWhoHasOpenedItAndRemindsTheOthers(t *testing.T) {
	t.Parallel()
	p, clerk, meeting, of, ref := withOneCase(t)
	presenter, member := p.actor("Pat Presenter", func(a *access.Actor) { a.Presenter = true }), p.actor("Mo Member", func(*access.Actor) {})
	p.write(func(tx db.Tx) error {
		seats, err := panels.SeatsOn(tx, meeting.ForumID, tx.Today())
		if err != nil {
			return err
		}
		held := panels.SeatHolding{ID: newID(), SeatID: seats[0].ID, PersonID: member.PersonID, FromDate: day("2026-01-01"), Version: 1}
		if err := tx.Create(&held).Error; err != nil {
			return err
		}
		return tx.Exec(`update agenda_item set presenter_id = ? where id = ?`, presenter.PersonID, of(ref).ID).Error
	})
	p.publish(clerk, meeting)
	if err := p.RecordReading(t.Context(), member, meeting.ID, 1); err != nil {
		t.Fatal(err)
	}
	shown := func() (page ReadersPage) {
		t.Helper()
		if err := p.read(clerk, func(tx db.Tx) (err error) { page, err = ShowReaders(tx, meeting.ID); return err }); err != nil {
			t.Fatal(err)
		}
		return page
	}
	page := shown()
	if len(page.Readers) != 2 || page.Behind() != 1 || page.Readers[0].Name != "Pat Presenter" || page.Readers[0].Parts != "presents item 5" ||
		page.Readers[1].Opened != 1 || page.Readers[1].OpenedAt == nil {
		t.Fatalf("readers: %+v", page.Readers)
	}
	if err := p.read(member, func(tx db.Tx) error { _, err := ShowReaders(tx, meeting.ID); return err }); !fault.Is(err, fault.Denied) {
		t.Errorf("a member sees who has read: %v", err)
	}
	for _, want := range []int{1, 0} { // twice in a day is once
		if got, err := p.RemindReaders(t.Context(), clerk, meeting.ID); err != nil || got != want {
			t.Errorf("reminded %d, want %d (%v)", got, want, err)
		}
	}
	if shown().Readers[0].RemindedAt == nil {
		t.Error("the page does not say who was reminded")
	}
	post := &notify.Store{DB: p.DB, BaseURL: "https://quorate.example.org"}
	RegisterNotices(post)
	notice := notify.Notice{Kind: NoticeUnread, IDs: notify.IDs{"meeting": meeting.ID}, To: presenter.PersonID}
	notifytest.Golden(t, post, notice, "agenda_unread")
	if _, err := p.ChangeMinutes(t.Context(), clerk, of(ref).ID, 0, 35); err != nil {
		t.Fatal(err)
	}
	p.publish(clerk, meeting)
	notifytest.Golden(t, post, notify.Notice{Kind: NoticeUnread, IDs: notice.IDs, To: member.PersonID}, "agenda_unread_again")
	if page := shown(); page.Behind() != 2 {
		t.Errorf("after a new version %d are behind, want both", page.Behind())
	}
	if err := p.RecordReading(t.Context(), presenter, meeting.ID, 2); err != nil {
		t.Fatal(err)
	}
	notifytest.NotSent(t, post, notice)
}
