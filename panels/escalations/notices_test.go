package escalations_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/notify"
	"quorate/notify/notifytest"
	"quorate/panels/escalations"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// What leaves the building by mail is read by people before it is sent to people: every message has its
// file, and what is no longer true is not sent.
func TestEveryNoticeSaysWhatItsFileSays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.raise()
	blocker := func(kind notify.Kind, to uuid.UUID) notify.Notice {
		return notify.Notice{Kind: kind, IDs: notify.IDs{"blocker": b.ID}, To: to}
	}
	notifytest.Golden(t, w.post, blocker(escalations.NoticeOwner, w.owner.PersonID), "blocker_owner")
	notifytest.NotSent(t, w.post, blocker(escalations.NoticeOwner, w.chair.PersonID)) // no longer its owner
	notifytest.NotSent(t, w.post, blocker(escalations.NoticeAsked, w.boardChair.PersonID))
	notifytest.NotSent(t, w.post, blocker(escalations.NoticeResolved, w.owner.PersonID))

	if err := w.MoveBlocker(t.Context(), w.chair, b.ID, escalations.BoardLevel, "x", b.Version); err != nil {
		t.Fatal(err)
	}
	id := scan[[]uuid.UUID](w, `select id from escalation`)[0]
	asked := func(kind notify.Kind, to uuid.UUID) notify.Notice {
		return notify.Notice{Kind: kind, IDs: notify.IDs{"escalation": id}, To: to}
	}
	notifytest.Golden(t, w.post, blocker(escalations.NoticeMoved, w.clerk.PersonID), "blocker_moved")
	notifytest.Golden(t, w.post, blocker(escalations.NoticeAsked, w.boardChair.PersonID), "board_asked")
	notifytest.NotSent(t, w.post, asked(escalations.NoticeAnswered, w.clerk.PersonID))
	w.clock.Set(clock.MustDate("2026-12-29").At(6, 0))
	notifytest.Golden(t, w.post, asked(escalations.NoticeOverdue, w.boardClerk.PersonID), "board_overdue")

	// Four young people may not be told apart by number; five may be counted.
	digest := func(name string) {
		t.Helper()
		d, err := w.SendDigest(t.Context(), w.boardClerk, w.board.Slug)
		if err != nil {
			t.Fatal(err)
		}
		notifytest.Golden(t, w.post, notify.Notice{Kind: escalations.NoticeDigest, IDs: notify.IDs{"digest": d.ID}, To: w.boardMember.PersonID}, name)
	}
	digest("board_digest_few")
	w.clock.Advance(time.Hour)
	weekly := int64(500000)
	many, err := w.RaiseBlocker(t.Context(), w.clerk, escalations.Raise{
		ForumID: w.mapac.ID, Kind: escalations.Provider, Theme: "Night care", Needed: "Two providers", OwnerID: w.owner.PersonID, YoungPeople: 12, WeeklyPence: &weekly,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.MoveBlocker(t.Context(), w.chair, many.ID, escalations.BoardLevel, "x", many.Version); err != nil {
		t.Fatal(err)
	}
	w.clock.Set(clock.MustDate("2026-12-30").At(7, 0))
	digest("board_digest")

	given := agreed
	given.OwnerID = w.marpChair.PersonID
	if err := w.AnswerEscalation(t.Context(), w.boardChair, id, given); err != nil {
		t.Fatal(err)
	}
	notifytest.NotSent(t, w.post, blocker(escalations.NoticeAsked, w.boardChair.PersonID))
	notifytest.NotSent(t, w.post, asked(escalations.NoticeOverdue, w.boardChair.PersonID))
	notifytest.Golden(t, w.post, asked(escalations.NoticeAnswered, w.clerk.PersonID), "board_answered")
	notifytest.Golden(t, w.post, asked(escalations.NoticeDirected, w.marpChair.PersonID), "board_directed")
	notifytest.Golden(t, w.post, asked(escalations.NoticeUndone, w.marpChair.PersonID), "direction_overdue")

	if err := w.ResolveBlocker(t.Context(), w.clerk, b.ID, "Found", b.Version+1); err != nil {
		t.Fatal(err)
	}
	notifytest.Golden(t, w.post, blocker(escalations.NoticeResolved, w.owner.PersonID), "blocker_resolved")
	notifytest.NotSent(t, w.post, asked(escalations.NoticeUndone, w.marpChair.PersonID))
	notifytest.NotSent(t, w.post, blocker(escalations.NoticeMoved, w.clerk.PersonID))
}

// Whoever owns a blocker that has taken in another must know that it now stands for both; whose blocker ended
// must not go on working at it.
func TestOwnersAreToldWhenBlockersJoin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stays := w.raise()
	ends, err := w.RaiseBlocker(t.Context(), w.clerk, escalations.Raise{ForumID: w.mapac.ID, Kind: escalations.Provider, Theme: "Night care", Needed: "A provider", OwnerID: w.member.PersonID, YoungPeople: 2})
	if err != nil {
		t.Fatal(err)
	}
	w.write(func(tx db.Tx) error {
		return tx.Exec(`update blocker set state = 'resolved', resolved_at = ?, joined_into = ?, resolution = 'Joined' where id = ?`,
			tx.Now, stays.ID, ends.ID).Error
	})
	if err := w.TellJoined(t.Context(), tracker.BlockersJoined{Ended: []uuid.UUID{ends.ID}}); err != nil {
		t.Fatal(err)
	}
	told := scan[[]string](w, `select p.name from outbox o join person p on p.id = o.recipient where o.kind = 'blocker_joined' order by p.name`)
	if diff := cmp.Diff([]string{"MAPaC member", "Owner"}, told); diff != "" {
		t.Error(diff)
	}
	notifytest.Golden(t, w.post, notify.Notice{Kind: escalations.NoticeJoined, IDs: notify.IDs{"blocker": stays.ID, "other": ends.ID}, To: w.owner.PersonID}, "blocker_joined")
	notifytest.Golden(t, w.post, notify.Notice{Kind: escalations.NoticeJoined, IDs: notify.IDs{"blocker": ends.ID, "other": stays.ID}, To: w.member.PersonID}, "blocker_ended")
	notifytest.NotSent(t, w.post, notify.Notice{Kind: escalations.NoticeJoined, IDs: notify.IDs{"blocker": stays.ID, "other": ends.ID}, To: w.boardChair.PersonID})
}
