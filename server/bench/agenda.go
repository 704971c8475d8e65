package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"quorate/agendas"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// agenda385 is the building of a locality meeting's agenda from a tracker of 385 people. The least that
// takes is to read the locality's cases once and to keep the lines that come of it in one durable
// statement: the bare side does that, with the very lines the product found, and judges nothing.
//
// The target: measured from 5 to 8 on two busy cores. What the product does beside is to make the forum's
// rules ready, to judge each case by each of them and to record what was built.
func agenda385(ctx context.Context, h *house) (figure, error) {
	f := figure{name: "agenda-385", target: 9}
	meetings, actors, err := unbuilt(ctx, h, 16)
	if err != nil {
		return f, err
	}
	bare, err := h.bareTable(ctx, "agenda_item")
	if err != nil {
		return f, err
	}
	defer bare.Close(context.WithoutCancel(ctx))
	store := agendas.Store{DB: h.db}
	for n, m := range meetings {
		began := time.Now()
		built, err := store.BuildAgenda(ctx, actors[m.ForumID], m.ID)
		took := time.Since(began)
		if err != nil {
			return f, err
		}
		times, err := twice(func() (time.Duration, error) { return keepLines(ctx, bare, m.ID, built.Added) })
		if err != nil {
			return f, err
		}
		if n >= 2 { // both sides have their statements ready
			f.product, f.bare, f.again = append(f.product, took), append(f.bare, times[0]), append(f.again, times[1])
		}
	}
	return f, nil
}

// unbuilt are locality meetings of the demo whose agenda nobody has built, and the clerk of each forum.
func unbuilt(ctx context.Context, h *house, most int) (meetings []panels.Meeting, actors map[uuid.UUID]access.Actor, err error) {
	actors = map[uuid.UUID]access.Actor{}
	err = h.db.Read(ctx, access.System("bench"), func(tx db.Tx) error {
		err := tx.Raw(`select m.* from meeting m join forum f on f.id = m.forum_id
			where f.locality <> '' and m.status = 'scheduled' and m.agenda_version = 0 and m.starts_at > ?
			and not exists (select from agenda_item where meeting_id = m.id) order by m.starts_at limit ?`, tx.Now, most).Scan(&meetings).Error
		if err != nil {
			return err
		}
		for _, m := range meetings {
			var clerks []uuid.UUID
			err := tx.Raw(`select h.person_id from seat_holding h join seat s on s.id = h.seat_id
				where s.forum_id = ? and s.office = 'clerk' and h.deputy_order = 0`, m.ForumID).Scan(&clerks).Error
			if err != nil {
				return err
			}
			found, err := panels.ActorsFor(tx, clerks, clock.DateOf(tx.Now))
			if err != nil {
				return err
			}
			for _, clerk := range found {
				actors[m.ForumID] = clerk
			}
		}
		return nil
	})
	if err == nil && len(meetings) < 10 {
		err = fmt.Errorf("the demo has %d meetings whose agenda is not built, too few to measure", len(meetings))
	}
	return meetings, actors, err
}

// keepLines reads every case and keeps a meeting's lines once more, in another table.
func keepLines(ctx context.Context, conn *pgx.Conn, meeting uuid.UUID, lines int) (time.Duration, error) {
	if _, err := conn.Exec(ctx, `truncate bare.agenda_item`); err != nil {
		return 0, err
	}
	began := time.Now()
	rows, err := conn.Query(ctx, `select * from cases where locality = (
		select f.locality from forum f join meeting m on m.forum_id = f.id where m.id = $1)`, meeting)
	if err != nil {
		return 0, err
	}
	cases, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) ([]any, error) { return row.Values() })
	if err != nil {
		return 0, err
	}
	kept, err := conn.Exec(ctx, `insert into bare.agenda_item select * from agenda_item where meeting_id = $1`, meeting)
	took := time.Since(began)
	if err == nil && (len(cases) < 100 || kept.RowsAffected() != int64(lines)) {
		err = fmt.Errorf("the bare side read %d cases and kept %d of %d lines", len(cases), kept.RowsAffected(), lines)
	}
	return took, err
}

// twice does the bare work two times; which of them is the control is left to chance.
func twice(work func() (time.Duration, error)) (times [2]time.Duration, err error) {
	for i := range times {
		if times[i], err = work(); err != nil {
			return times, err
		}
	}
	if rand.N(2) == 0 {
		times[0], times[1] = times[1], times[0]
	}
	return times, nil
}
