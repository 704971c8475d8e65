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
		if m, send, err = s.PreviewIn(tx, n); err != nil {
			return err
		}
		return errNotKept
	})
	if errors.Is(err, errNotKept) {
		err = nil
	}
	return m, send, err
}

// PreviewIn is Preview of what is true in tx, which its caller takes back.
func (s *Store) PreviewIn(tx db.Tx, n Notice) (m Message, send bool, err error) {
	mail, send, err := s.compose(tx, n)
	if err != nil || !send {
		return m, false, err
	}
	m, err = s.message(tx, []said{{row: outboxRow{Kind: n.Kind, Recipient: n.To}, mail: mail}}, false)
	return m, true, err
}

var errNotKept = errors.New("notify: a preview keeps nothing")

// compose has the owner of its kind write a notice.
func (s *Store) compose(tx db.Tx, n Notice) (mail Mail, send bool, err error) {
	kind, known := s.kinds[n.Kind]
	if !known {
		return mail, false, fmt.Errorf("nobody writes notices of kind %q", n.Kind)
	}
	if mail, send, err = kind.compose(tx, n); err == nil && send && mail.Calendar != nil && !kind.nature.Alone {
		err = fmt.Errorf("notices of kind %q speak to calendars and are not registered as such", n.Kind)
	}
	return mail, send, err
}
