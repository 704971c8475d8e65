package room

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// ChairsAction asks to decide a funding request as chair, between meetings.
type ChairsAction struct {
	ID        uuid.UUID // made where it is asked for, so that asking twice begins once
	RequestID uuid.UUID
	Why       string // it cannot wait for the next meeting
}

// TakeChairsAction lets the chair decide a request that cannot wait even for a vote in writing. What it
// would cost binds nobody until each funder endorses its own share: a chair commits no agency's money.
func (s *Store) TakeChairsAction(ctx context.Context, actor access.Actor, asked ChairsAction) error {
	asked.Why = strings.TrimSpace(asked.Why)
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		var form fault.Form
		checkWhy(&form, asked.Why)
		if err := form.Err(); err != nil {
			return err
		}
		return s.beginBetween(tx, asked.ID, panels.ChairsAction, asked.RequestID, tx.Now, asked.Why, func(item Item) Change {
			return openChairsAction{ItemID: item.ID, Why: asked.Why}
		})
	})
}

// openChairsAction is the first event of a chair's action.
type openChairsAction struct {
	ItemID uuid.UUID `json:"item_id"`
	Why    string    `json:"why"`
}

func (openChairsAction) Type() string { return "chairs_action.open" }

func (c openChairsAction) perform(s *sitting) (happened, error) {
	if err := s.chairs(); err != nil {
		return happened{}, err
	}
	item, err := s.itemOf(c.ItemID)
	if err != nil {
		return happened{}, err
	}
	if err := s.chairsItem(item); err != nil {
		return happened{}, err
	}
	return happened{itemID: &item.ID, says: "The chair decides item " + item.Number + " between meetings", kind: "meeting", object: s.meeting.ID}, s.keepChair()
}
