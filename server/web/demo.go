package web

import (
	"context"

	"quorate/frontend/views/account"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// demoCards are the people of the demo that a reader can be, one for each way of using the product.
// The demo writes them when it makes its partnership.
func (s *Site) demoCards(ctx context.Context) ([]account.Card, error) {
	var cards []account.Card
	err := s.DB.Read(ctx, access.System("demo"), func(tx db.Tx) error {
		return tx.Raw(`
			select c.person_id, p.name, c.role, c.does
			from demo_card c join person p on p.id = c.person_id order by c.position`).Scan(&cards).Error
	})
	return cards, err
}
