package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"quorate/agendas/packs"
	"quorate/frontend/documents"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// packsMeasured is how often: a pack takes seconds, not milliseconds.
const packsMeasured = 4

// longestPack is what a pack of sixty items may take here.
const longestPack = 10 * time.Second

// pack60 is a clerk's pack of an agenda of sixty items or more, from the rows to the PDF. The least it can
// take is a browser printing a page of the same length that lies ready: the bare side prints the very page.
//
// Both sides start a browser, so the ratio is what reading, drawing and checking cost beside it.
func pack60(ctx context.Context, h *house) (figure, error) {
	f := figure{name: "pack-60", target: 1.5}
	printer := documents.FindPrinter("")
	if !printer.Prints() {
		return f, errors.New("pack-60 needs Chromium, and none is installed")
	}
	setting := documents.Setting{Marking: "OFFICIAL-SENSITIVE", BaseURL: "http://localhost"}
	press := documents.Press{Setting: setting, Printer: printer}
	meeting, clerk, err := longAgenda(ctx, h)
	if err != nil {
		return f, err
	}
	read := func() (pack packs.Pack, err error) {
		err = h.db.Read(ctx, clerk, func(tx db.Tx) (err error) {
			pack, err = packs.Of(tx, meeting, 0, room.WithheldItems)
			return err
		})
		return pack, err
	}
	first, err := read()
	if err != nil {
		return f, err
	}
	page, err := setting.Page(ctx, first)
	if err != nil {
		return f, err
	}
	for n := range packsMeasured + 1 {
		began := time.Now()
		pack, err := read()
		if err != nil {
			return f, err
		}
		pdf, err := press.PDF(ctx, pack, nil)
		took := time.Since(began)
		if err == nil {
			err = isPack(pdf)
		}
		if err != nil {
			return f, err
		}
		if took > longestPack {
			return f, fmt.Errorf("a pack of %d items took %s", len(pack.Entries), took.Round(time.Millisecond))
		}
		times, err := twice(func() (time.Duration, error) {
			began := time.Now()
			printed, err := printer.PDF(ctx, page)
			took := time.Since(began)
			return took, errors.Join(err, isPack(printed))
		})
		if err != nil {
			return f, err
		}
		if n > 0 { // both sides have their files in memory
			f.product, f.bare, f.again = append(f.product, took), append(f.bare, times[0]), append(f.again, times[1])
		}
	}
	return f, nil
}

// isPack: sixty items are not on a page or two.
func isPack(pdf []byte) error {
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) || len(pdf) < 300_000 {
		return fmt.Errorf("the print is no pack: %d bytes", len(pdf))
	}
	return nil
}

// longAgenda is a published agenda of sixty items or more, without papers, and its clerk.
func longAgenda(ctx context.Context, h *house) (meeting uuid.UUID, clerk access.Actor, err error) {
	err = h.db.Read(ctx, access.System("bench"), func(tx db.Tx) error {
		var found struct{ ID, Person uuid.UUID }
		err := tx.Raw(`
			select m.id, min(h.person_id::text)::uuid as person from meeting m
			join agenda_item i on i.meeting_id = m.id and i.state = 'listed' and i.number <> ''
			join seat s on s.forum_id = m.forum_id and s.office = 'clerk'
			join seat_holding h on h.seat_id = s.id and h.deputy_order = 0 and h.to_date is null
			where m.agenda_version > 0 group by m.id having count(distinct i.id) >= 60 order by m.id limit 1`).Scan(&found).Error
		if err != nil {
			return err
		}
		if found.ID == uuid.Nil {
			return errors.New("the demo has no published agenda of sixty items")
		}
		actors, err := panels.ActorsFor(tx, []uuid.UUID{found.Person}, clock.DateOf(tx.Now))
		meeting, clerk = found.ID, actors[found.Person]
		return err
	})
	return meeting, clerk, err
}
