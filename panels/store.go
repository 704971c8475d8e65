package panels

import (
	"strings"

	"github.com/google/uuid"

	"quorate/server/base/audit"
	"quorate/server/base/db"
)

// Store carries out what is asked of forums, seats, series and meetings. Each method is one use
// case in one transaction; what other packages read inside their own transactions are functions
// that take it.
type Store struct {
	DB      *db.DB
	Keepers []Keeper // what people own and pass on when they leave a seat
}

// newID is a new identifier that sorts by time.
func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// record writes the audit row of one change. The kind of thing changed is the action's first word.
func record(tx db.Tx, action string, id, forumID uuid.UUID, before, after any) error {
	kind, _, _ := strings.Cut(action, ".")
	return audit.Record(tx, audit.Entry{
		Action: action, ObjectKind: kind, ObjectID: id.String(), ForumID: forumID, Before: before, After: after,
	})
}
