package notify

import (
	"context"

	"github.com/google/uuid"

	"quorate/server/base/db"
)

// reporter is a driver that is asked what could not be delivered after all.
type reporter interface {
	Returned(ctx context.Context, known func(ctx context.Context, page []Returned) (all bool, err error)) error
}

// HearReturned asks a driver that can tell what could not be delivered after all. Its service is behind its own
// sign-in, so what it says needs no token of ours.
func (s *Store) HearReturned(ctx context.Context) error {
	telling, can := s.Driver.(reporter)
	if !can {
		return nil
	}
	return telling.Returned(ctx, s.takeReturned)
}

// takeReturned writes a page of them down; all says that nothing on it was news.
func (s *Store) takeReturned(ctx context.Context, page []Returned) (all bool, err error) {
	ids := make([]string, len(page))
	reports := map[string]Report{}
	for i, r := range page {
		ids[i] = r.MessageID
		reports[r.MessageID] = r.Report
	}
	err = s.DB.Write(ctx, sender, func(tx db.Tx) error {
		all = true
		var sent []struct {
			ID        uuid.UUID
			Recipient uuid.UUID
			SentTo    string
			MessageID string
		}
		if err := tx.Raw(`select id, recipient, sent_to, message_id from outbox where message_id in ? and state = 'sent' order by seq for update`, ids).Scan(&sent).Error; err != nil {
			return err
		}
		for _, m := range sent {
			all = false
			if err := noteReport(tx, sentMessage{OutboxID: m.ID, PersonID: m.Recipient, Email: m.SentTo}, reports[m.MessageID]); err != nil {
				return err
			}
		}
		return nil
	})
	return all, err
}
