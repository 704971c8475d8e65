package agendas

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Direction is which way an item moves.
type Direction string

// The directions.
const (
	Up   Direction = "up"
	Down Direction = "down"
)

// MoveItem moves an item one place up or down among those listed. At an end of the agenda it stays.
func (s Store) MoveItem(ctx context.Context, actor access.Actor, itemID uuid.UUID, direction Direction) (meetingID uuid.UUID, err error) {
	return s.reorder(ctx, actor, itemID, func(at, count int) (int, error) {
		switch direction {
		case Up:
			return max(at-1, 0), nil
		case Down:
			return min(at+1, count-1), nil
		default:
			return 0, fault.New(fault.Invalid, "Choose Up or Down")
		}
	})
}

// PlaceItem moves an item to a place among those listed: 1 is the first.
func (s Store) PlaceItem(ctx context.Context, actor access.Actor, itemID uuid.UUID, place int) (meetingID uuid.UUID, err error) {
	return s.reorder(ctx, actor, itemID, func(_, count int) (int, error) {
		if place < 1 || place > count {
			sentence := fmt.Sprintf("Place must be a whole number from 1 to %d", count)
			return 0, &fault.Fault{Kind: fault.Invalid, Sentence: sentence, Fields: []fault.Field{{Name: "place", Sentence: sentence}}}
		}
		return place - 1, nil
	})
}

func (s Store) reorder(ctx context.Context, actor access.Actor, itemID uuid.UUID, to func(at, count int) (int, error)) (meetingID uuid.UUID, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		item, meeting, err := lockItem(tx, itemID, 0)
		meetingID = item.MeetingID
		if err != nil {
			return err
		}
		items, err := Items(tx, item.MeetingID)
		if err != nil {
			return err
		}
		listed := slices.DeleteFunc(slices.Clone(items), func(i Item) bool { return i.State != Listed })
		at := slices.IndexFunc(listed, func(i Item) bool { return i.ID == itemID })
		if at < 0 {
			return fault.New(fault.Conflict, "This item is off the agenda. Put it back before moving it.")
		}
		place, err := to(at, len(listed))
		if err != nil || place == at {
			return err
		}
		if err := storeOrder(tx, relocated(items, itemID, listed[place].ID)); err != nil {
			return err
		}
		if err := tx.Exec(`update agenda_item set moved = true where id = ?`, itemID).Error; err != nil {
			return err
		}
		return record(tx, "agenda_item.moved", itemID.String(), meeting.ForumID, map[string]int{"place": at + 1}, map[string]int{"place": place + 1})
	})
	return meetingID, err
}

// relocated takes an item out and puts it where another one is: before it when it came from below,
// after it when it came from above.
func relocated(items []Item, id, where uuid.UUID) []Item {
	from := slices.IndexFunc(items, func(i Item) bool { return i.ID == id })
	to := slices.IndexFunc(items, func(i Item) bool { return i.ID == where })
	moved := items[from]
	order := slices.Delete(slices.Clone(items), from, from+1)
	return slices.Insert(order, to, moved)
}

// storeOrder numbers the positions 1, 2, 3 … in one statement.
func storeOrder(tx db.Tx, items []Item) error {
	var changed []Item
	for i, item := range items {
		if item.Position != i+1 {
			item.Position = i + 1
			changed = append(changed, item)
		}
	}
	return rewrite(tx, changed)
}
