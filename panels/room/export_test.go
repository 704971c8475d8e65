package room

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// CheckKnown compares what is kept of a meeting with what is there, if it would be used.
func (s *Store) CheckKnown(ctx context.Context, id uuid.UUID) error {
	return s.DB.Read(ctx, access.System("test"), func(tx db.Tx) error {
		meeting, err := panels.MeetingByID(tx, id)
		if err != nil {
			return err
		}
		var basis int64
		if err := tx.Raw(`select version from room_basis`).Scan(&basis).Error; err != nil {
			return err
		}
		k, holds := s.memory.recall(meeting, basis)
		if !holds {
			return nil
		}
		state, err := Load(tx, id)
		if err != nil {
			return err
		}
		kept, there := []any{k.forum, k.terms, k.table}, []any{state.Forum, state.Terms, state.Table}
		if k.agencies != nil {
			kept, there = append(kept, k.agencies), append(there, state.Agencies)
		}
		if k.votes != nil && len(k.votes)+len(state.Votes) > 0 {
			kept, there = append(kept, k.votes), append(there, state.Votes)
		}
		return same("what is kept of the meeting", kept, there)
	})
}

// CheckMove compares the room after a move with the room as it is read.
func CheckMove(before, now State, move Move) error {
	after, told := move.After(before)
	if !told {
		return nil
	}
	after.Now = now.Now
	return same("the room after "+move.Event.Type, after, now)
}

// same compares two values by their JSON.
func same(what string, got, want any) error {
	a, err := json.Marshal(got)
	if err != nil {
		return err
	}
	b, err := json.Marshal(want)
	if err == nil && string(a) != string(b) {
		at := 0
		for at < min(len(a), len(b)) && a[at] == b[at] {
			at++
		}
		err = fmt.Errorf("%s is not what is there:\n…%s\nwant\n…%s", what, a[max(0, at-200):min(len(a), at+300)], b[max(0, at-200):min(len(b), at+300)])
	}
	return err
}
