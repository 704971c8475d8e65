package web

import (
	"context"
	"net/http"
	"sync"
	"time"

	"quorate/frontend/views/account"
	"quorate/frontend/views/layout"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// demoCards are the people of the demo that a reader can be, one for each way of using the product.
// The demo writes them when it makes its partnership.
func (s *Site) demoCards(ctx context.Context) ([]account.Card, error) {
	return s.cards.read(func() ([]account.Card, error) {
		var cards []account.Card
		err := s.DB.Read(ctx, access.System("demo"), func(tx db.Tx) error {
			return tx.Raw(`
				select c.person_id, p.name, c.role, c.does
				from demo_card c join person p on p.id = c.person_id order by c.position`).Scan(&cards).Error
		})
		return cards, err
	})
}

// demoBanner says on every page of the demo that nobody is real, and lets the reader be someone else.
func (s *Site) demoBanner(actor access.Actor) *layout.Demo {
	banner := &layout.Demo{Action: "/demo/sign-in", Mailbox: "/mailbox"}
	if !actor.IsPerson() {
		return banner // the sign-in page has the cards themselves
	}
	banner.Current = actor.PersonID.String()
	cards, err := s.demoCards(context.Background())
	if err != nil {
		return banner
	}
	for _, card := range cards {
		banner.Cards = append(banner.Cards, layout.DemoCard{Value: card.PersonID, Text: card.Role})
	}
	return banner
}

// cardsRead keeps the demo's cards for a moment, since every page shows them.
type cardsRead struct {
	mu    sync.Mutex
	cards []account.Card // protected by mu
	until time.Time      // protected by mu
}

func (k *cardsRead) read(fresh func() ([]account.Card, error)) ([]account.Card, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if time.Now().Before(k.until) && len(k.cards) > 0 {
		return k.cards, nil
	}
	cards, err := fresh()
	if err == nil {
		k.cards, k.until = cards, time.Now().Add(10*time.Second)
	}
	return cards, err
}

// messyTracker is a workbook to try an import with.
func (s *Site) messyTracker(w http.ResponseWriter, r *http.Request, _ access.Actor) error {
	file, err := s.MessyTracker(r.Context())
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	w.Header().Set("Content-Disposition", `attachment; filename="messy-tracker.xlsx"`)
	_, _ = w.Write(file) // the reader may have gone
	return nil
}
