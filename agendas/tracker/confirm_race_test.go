package tracker

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/base/files"
)

// What a meeting writes down while an import is being confirmed was never compared with the file: taking it
// for agreed would let the next import put it back without anybody being asked.
func TestAMeetingThatSpeaksWhileAnImportIsConfirmedIsKept(t *testing.T) {
	t.Parallel()
	d, _ := dbtest.NewAt(t)
	store, importer := Store{DB: d, Files: files.InMemory()}, access.System("import")
	const says = "Ref,Forename,Surname,DoB,SW\nT1,Rosa,Walker,04/03/2009,R. Hale\n"
	if _, err := store.RunImport(t.Context(), importer, "tracker.csv", []byte(says), ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	forum, meeting := uuid.New(), uuid.New()
	err := d.Write(t.Context(), importer, func(tx db.Tx) error {
		if err := tx.Exec(`insert into forum (id, slug, name, locality, created_at) values (?, 'north', 'North locality', 'North', ?)`, forum, tx.Now).Error; err != nil {
			return err
		}
		return tx.Exec(`insert into meeting (id, forum_id, starts_at, ends_at, created_at, changed_at) values (?, ?, ?, ?, ?, ?)`, meeting, forum, tx.Now, tx.Now.Add(time.Hour), tx.Now, tx.Now).Error
	})
	if err != nil {
		t.Fatal(err)
	}

	staged := func() Import {
		t.Helper()
		chosen, err := store.Upload(t.Context(), importer, "tracker.csv", strings.NewReader(says))
		if err != nil {
			t.Fatal(err)
		}
		read, err := store.ReadHere(t.Context(), importer, chosen.ID)
		if err != nil {
			t.Fatal(err)
		}
		return read
	}
	again := staged()
	if _, err := store.askToConfirm(t.Context(), importer, again.ID, again.Version); err != nil {
		t.Fatal(err)
	}
	err = d.Write(t.Context(), importer, func(tx db.Tx) error {
		asked, err := lockToSettle(tx, again.ID)
		if err != nil {
			return err
		}
		if collided, err := moved(tx, asked); err != nil || collided {
			t.Fatalf("%v, %v", collided, err)
		}
		if err := d.Write(t.Context(), importer, func(room db.Tx) error { // the room, meanwhile
			var held Case
			if err := room.Where("person_reference = 'T1'").Take(&held).Error; err != nil {
				return err
			}
			return SetInMeeting(room, held.ID, meeting, map[Field]any{AllocatedWorker: "P. Shah"})
		}); err != nil {
			t.Fatal(err)
		}
		var done atomic.Int64
		return putIntoCases(tx, &asked, &done)
	})
	if err != nil {
		t.Fatal(err)
	}
	if next := staged(); next.KeptCount != 1 || next.ChangedCount != 0 {
		t.Errorf("the next import would keep %d and change %d", next.KeptCount, next.ChangedCount)
	}
}
