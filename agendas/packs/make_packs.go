package packs

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// MakePacks makes the packs that wait, one after the other, those that waited longest first. What each says
// is read afresh, as its person may see it then. One whose maker died is made by the next.
func (s Store) MakePacks(ctx context.Context) error {
	if !s.Press.Prints() {
		return nil
	}
	for ctx.Err() == nil {
		next, err := s.claim(ctx)
		if err != nil || next.ID == uuid.Nil {
			return err
		}
		if err := s.make(ctx, next); err != nil {
			s.Log.Error("a pack could not be made", "pack", next.ID, "try", next.Tries, "error", err)
			if err := s.giveBack(ctx, next); err != nil {
				return err
			}
		}
	}
	return nil
}

// claim takes the next pack that waits, the zero value when none does.
func (s Store) claim(ctx context.Context) (next Printed, err error) {
	var none bool
	err = s.DB.Read(ctx, access.System("packs"), func(tx db.Tx) error { // most seconds there is nothing to write
		return tx.Raw(`select not exists (select from pack where state in ('asked', 'making'))`).Scan(&none).Error
	})
	if err != nil || none {
		return next, err
	}
	err = s.DB.Write(ctx, access.System("packs"), func(tx db.Tx) error {
		stuck := map[string]any{"now": tx.Now, "stuck": tx.Now.Add(-stuckAfter), "most": mostTries}
		if err := tx.Exec(`update pack set state = 'failed' where state = 'making' and started_at < @stuck and tries >= @most`, stuck).Error; err != nil {
			return err
		}
		return tx.Raw(`
			update pack set state = 'making', started_at = @now, tries = tries + 1
			where id = (
				select id from pack where state = 'asked' or state = 'making' and started_at < @stuck
				order by asked_at limit 1 for update skip locked)
			returning *`, stuck).Scan(&next).Error
	})
	return next, err
}

// make makes one pack and keeps its file under a random key.
func (s Store) make(ctx context.Context, p Printed) error {
	pack, reader, err := s.readFor(ctx, p)
	if fault.As(err) != nil {
		return s.forget(ctx, p) // its person may not read this agenda any more
	}
	if err != nil {
		return err
	}
	pdf, err := s.Press.PDF(ctx, pack, func(ctx context.Context, id uuid.UUID) (io.ReadCloser, error) {
		_, file, err := s.Papers.Open(ctx, reader, id)
		return file, err
	})
	if err != nil {
		return err
	}
	key := "packs/" + rand.Text()
	size, err := s.Files.Write(ctx, key, bytes.NewReader(pdf))
	if err != nil {
		return err
	}
	kept := false
	err = s.DB.Write(ctx, access.System("packs"), func(tx db.Tx) error {
		done := tx.Exec(`update pack set state = 'made', key = ?, bytes = ?, mark = ?, made_at = ? where id = ? and state = 'making' and tries = ?`,
			key, size, pack.Mark(), tx.Now, p.ID, p.Tries)
		kept = done.RowsAffected == 1
		return done.Error
	})
	if err != nil || !kept { // it was asked for anew meanwhile
		_ = s.Files.Delete(ctx, key) // nobody knows this key: the file says nothing to anyone
	}
	return err
}

// readFor reads a pack as the person it is for.
func (s Store) readFor(ctx context.Context, p Printed) (pack Pack, reader access.Actor, err error) {
	err = s.DB.Read(ctx, access.System("packs"), func(tx db.Tx) error {
		actors, err := panels.ActorsFor(tx, []uuid.UUID{p.PersonID}, tx.Today())
		reader = actors[p.PersonID]
		return err
	})
	if err != nil {
		return pack, reader, err
	}
	if !reader.IsPerson() {
		return pack, reader, fault.New(fault.NotFound, "Nobody is left to read this pack.")
	}
	err = s.DB.Read(ctx, reader, func(tx db.Tx) (err error) {
		pack, err = Of(tx, p.MeetingID, p.Version, s.Withheld)
		return err
	})
	return pack, reader, err
}

// giveBack lets a pack that failed be tried again, a few times.
func (s Store) giveBack(ctx context.Context, p Printed) error {
	state := Asked
	if p.Tries >= mostTries {
		state = Failed
	}
	ctx = context.WithoutCancel(ctx) // also when the process is stopping
	return s.DB.Write(ctx, access.System("packs"), func(tx db.Tx) error {
		return tx.Exec(`update pack set state = ? where id = ? and state = 'making' and tries = ?`, state, p.ID, p.Tries).Error
	})
}

func (s Store) forget(ctx context.Context, p Printed) error {
	return s.DB.Write(ctx, access.System("packs"), func(tx db.Tx) error {
		return tx.Exec(`delete from pack where id = ?`, p.ID).Error
	})
}

// ForgetPacks deletes the packs that were asked for a day ago or longer, with their files.
func (s Store) ForgetPacks(ctx context.Context) error {
	var keys []string
	err := s.DB.Write(ctx, access.System("packs"), func(tx db.Tx) error {
		return tx.Raw(`delete from pack where asked_at < ? returning key`, tx.Now.Add(-keptFor)).Scan(&keys).Error
	})
	if err != nil {
		return err
	}
	if err := s.drop(ctx, keys); err != nil {
		return fmt.Errorf("packs: some files of old packs are left: %w", err)
	}
	return nil
}
