package notify

import (
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// RegisterOwn has this package write its own notices: what administrators are told of the mail itself.
func (s *Store) RegisterOwn() {
	s.Register(NoticeTrouble, Nature{Group: Running, Words: "Mail stands still", Urgent: true, Fixed: "Nobody else can set it right."}, writeTrouble)
}

// writeTrouble is read in the product while it is true. By email it comes late or not at all, so it says how
// it came.
func writeTrouble(tx db.Tx, _ Notice) (Mail, bool, error) {
	trouble, err := TroubleNow(tx)
	if err != nil || trouble == nil {
		return Mail{}, false, err
	}
	return Mail{
		Subject: "Mail stands still since " + clock.Moment(trouble.Since),
		Lines: []string{
			trouble.Failure.Words() + ". " + trouble.Failure.Mend() + ".",
			"Nothing is lost: all messages wait, and go out in order once it is set right. If you read this as an email, mail has just begun to go again.",
		},
		Link: Link{Text: "See what mail waits for", Path: "/mail"},
		Why:  "You are an administrator of Quorate.",
	}, true, nil
}
