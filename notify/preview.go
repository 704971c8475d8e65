package notify

import (
	"context"
	"errors"
	"fmt"

	"quorate/server/base/db"
)

// Preview is a notice as it would be sent now, without sending it; send is false when there is nothing
// to tell any more. What writing it would keep, such as a link made for its reader, is not kept.
func (s *Store) Preview(ctx context.Context, n Notice) (m Message, send bool, err error) {
	err = s.DB.Write(ctx, sender, func(tx db.Tx) error {
		if m, send, err = s.write(tx, n); err != nil {
			return err
		}
		return errNotKept
	})
	if errors.Is(err, errNotKept) {
		err = nil
	}
	return m, send, err
}

var errNotKept = errors.New("notify: a preview keeps nothing")

// write has the owner of its kind write a notice, as text and as HTML.
func (s *Store) write(tx db.Tx, n Notice) (Message, bool, error) {
	kind, known := s.kinds[n.Kind]
	if !known {
		return Message{}, false, fmt.Errorf("nobody writes notices of kind %q", n.Kind)
	}
	mail, send, err := kind.compose(tx, n)
	if err != nil || !send {
		return Message{}, false, err
	}
	html, err := mail.HTML(s.BaseURL)
	if err != nil {
		return Message{}, false, err
	}
	return Message{
		Subject: mail.Subject, Text: mail.Text(s.BaseURL), HTML: html, At: tx.Now,
		From: mail.From, Calendar: mail.Calendar, Picture: mail.Picture, BaseURL: s.BaseURL, delivered: mail.Delivered,
	}, true, nil
}
