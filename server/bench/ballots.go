package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"quorate/panels/room"
	"quorate/server/bench/attend"
)

// castFor is how long each side casts its ballots.
const castFor = 6 * time.Second

// ballotsOf is how many durable ballots a second so many voters of one room cast over the real protocol,
// each the next as soon as the last is acknowledged, beside as many workers of bare loops of the same shape.
func ballotsOf(voters int) func(context.Context, *house) (printer, error) {
	return func(ctx context.Context, h *house) (printer, error) {
		l := line{name: fmt.Sprintf("ballots-%d", voters), target: 2, unit: "ballots/s", rate: true}
		s, err := h.setScene(ctx, voters, 0, 1)
		if err != nil {
			return nil, err
		}
		vote, _, err := h.begin(ctx, s, 0, true)
		if err != nil {
			return nil, err
		}
		lines := make([]*attend.Line, voters)
		for i := range lines {
			if lines[i], err = h.join(ctx, &s.members[i], s.meetings[0]); err != nil {
				return nil, err
			}
			defer lines[i].Close()
		}
		made := make([]int, voters)
		began := time.Now()
		err = inParallel(voters, func(i int) error {
			for ; time.Since(began) < castFor; made[i]++ {
				if _, err := ask(lines[i], room.CastBallot{VoteID: vote, SeatID: s.members[i].Seat, Position: room.For}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		l.product = float64(sum(made)) / time.Since(began).Seconds()
		err = h.db.AsOwner(ctx, func(owner *sql.DB) error {
			var kept int
			err := owner.QueryRowContext(ctx, `select count(*) from ballot where vote_id = $1`, vote).Scan(&kept)
			if err == nil && kept != sum(made) {
				err = fmt.Errorf("%d ballots were acknowledged and %d kept", sum(made), kept)
			}
			if err == nil {
				_, err = owner.ExecContext(ctx, fmt.Sprintf(bareTables, s.meetings[0]))
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		clear(made)
		began = time.Now()
		err = inParallel(voters, func(i int) error {
			conn, err := pgx.Connect(ctx, h.private.OwnerURL(""))
			if err != nil {
				return err
			}
			for ; err == nil && time.Since(began) < castFor; made[i]++ {
				_, err = barely(ctx, conn, s.meetings[0], bareCommand)
			}
			return errors.Join(err, conn.Close(ctx))
		})
		l.bare = float64(sum(made)) / time.Since(began).Seconds()
		return l, err
	}
}

func sum(numbers []int) (total int) {
	for _, n := range numbers {
		total += n
	}
	return total
}

// ballotGrowth is what a ballot costs after ten thousand events of its meeting, beside what the first cost.
func ballotGrowth(ctx context.Context, h *house) (printer, error) {
	const times, events = 300, 10_000
	s, err := h.setScene(ctx, voters, 0, 1)
	if err != nil {
		return nil, err
	}
	vote, _, err := h.begin(ctx, s, 0, true)
	if err != nil {
		return nil, err
	}
	cast := func() (took []time.Duration, err error) {
		lines := make([]*attend.Line, voters)
		for i := range lines {
			if lines[i], err = h.join(ctx, &s.members[i], s.meetings[0]); err != nil {
				return nil, err
			}
			defer lines[i].Close()
		}
		for n := range warmUp + times {
			began := time.Now()
			_, err := ask(lines[n%voters], room.CastBallot{VoteID: vote, SeatID: s.members[n%voters].Seat, Position: room.For})
			if err != nil {
				return nil, err
			}
			if n >= warmUp {
				took = append(took, time.Since(began))
			}
		}
		return took, nil
	}
	first, err := cast()
	if err != nil {
		return nil, err
	}
	if err := h.goOn(ctx, s.meetings[0], events); err != nil {
		return nil, err
	}
	last, err := cast()
	return lines{{name: "ballot-growth", target: 1.2, product: milliseconds(median(last)), bare: milliseconds(median(first)), unit: "ms"}}, err
}

// goOn lets a meeting have had so many more events, without anybody having to wait for them: its log is
// filled as its commands would, but for the chain, which nothing here reads.
func (h *house) goOn(ctx context.Context, meeting uuid.UUID, events int) error {
	return h.db.AsOwner(ctx, func(owner *sql.DB) error {
		_, err := owner.ExecContext(ctx, `
			with event as (
				insert into room_event (meeting_id, seq, command_id, type, item_id, person_id, system, at, digest, previous, hash)
				select e.meeting_id, e.seq + n, gen_random_uuid(), e.type, e.item_id, e.person_id, e.system, e.at, e.digest, e.previous, sha256(e.hash || n::text::bytea)
				from room_event e join meeting m on m.id = e.meeting_id and m.room_seq = e.seq, generate_series(1, $2::int) n where e.meeting_id = $1
				returning meeting_id, seq
			)
			insert into room_event_content (meeting_id, seq, salt, content, says)
			select event.meeting_id, event.seq, sha256(event.seq::text::bytea), '{}', 'Somebody is here' from event`, meeting, events)
		if err == nil {
			_, err = owner.ExecContext(ctx, `update meeting set room_seq = room_seq + $2::int where id = $1`, meeting, events)
		}
		if err == nil {
			_, err = owner.ExecContext(ctx, `analyze room_event; analyze room_event_content`)
		}
		return err
	})
}
