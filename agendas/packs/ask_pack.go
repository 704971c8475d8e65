package packs

import (
	"context"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

var cannotPrint = fault.New(fault.Unavailable, "PDF files cannot be made here, because Chromium is not installed. Download the pack for Word or as a web page.")

// AskPack asks for the actor's own pack of a version as a PDF. One that says what their agenda says now,
// and is there or on its way, is not made again.
func (s Store) AskPack(ctx context.Context, actor access.Actor, meetingID uuid.UUID, version int) error {
	if !s.Press.Prints() {
		return cannotPrint
	}
	var old string
	err := s.DB.Write(ctx, actor, func(tx db.Tx) error {
		pack, err := Of(tx, meetingID, version, s.Withheld)
		if err != nil {
			return err
		}
		before, err := printedOf(tx, meetingID, pack.Version, actor.PersonID)
		if err != nil {
			return err
		}
		mark := pack.Mark()
		if before.Mark == mark && (before.Waits() || before.State == Made && tx.Now.Sub(before.AskedAt) < keptFor) {
			return nil
		}
		var waiting int
		if err := tx.Raw(`select count(*) from pack where state in ('asked', 'making')`).Scan(&waiting).Error; err != nil {
			return err
		}
		if waiting >= mostWait {
			return fault.New(fault.TooMany, "Many packs are being made at this moment. Try again in a few minutes, or download the pack for Word or as a web page.")
		}
		old = before.Key
		err = tx.Exec(`
			insert into pack (id, meeting_id, version, person_id, mark, asked_at) values (@id, @meeting, @version, @person, @mark, @now)
			on conflict (meeting_id, version, person_id)
			do update set id = excluded.id, mark = excluded.mark, state = 'asked', tries = 0, key = '', bytes = 0, asked_at = excluded.asked_at, started_at = null, made_at = null`,
			map[string]any{"id": uuid.Must(uuid.NewV7()), "meeting": meetingID, "version": pack.Version, "person": actor.PersonID, "mark": mark, "now": tx.Now}).Error
		if err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "pack.asked", ObjectKind: "meeting", ObjectID: meetingID.String(), ForumID: pack.Forum.ID, After: map[string]int{"version": pack.Version}})
	})
	if err != nil {
		return err
	}
	return s.drop(ctx, []string{old})
}
