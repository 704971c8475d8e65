// Package notify tells people: it keeps what is to be sent, sends it in order, tries again when it can help, and remembers what became of it.
//
// It knows nothing of what is told. Whoever causes a notice calls Send in the transaction of the
// cause, with ids alone; whoever owns its kind registers a Compose, which reads what is true when the
// message is sent. A message therefore goes out if and only if its cause was committed, and says
// nothing that has stopped being so.
package notify

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/db"
)

// Kind is the kind of a notice: "agenda_published".
type Kind string

// IDs are what a notice is about, by name: {"meeting": …}. Nothing else is kept of it, so no case can
// reach the outbox.
type IDs map[string]uuid.UUID

// Notice is something one person is to be told.
type Notice struct {
	Kind Kind
	IDs  IDs
	To   uuid.UUID // a person
}

// State is what became of a notice.
type State string

// The states of a notice.
const (
	Waiting State = "waiting"
	Sending State = "sending" // handed to the mail server; whether it took it is not known yet
	Sent    State = "sent"
	Dropped State = "dropped" // no longer true, or the person has left, when its turn came
	Dead    State = "dead"    // refused for good, or tried too often; LastError says why
)

// DrainRecipient is the job that sends one person what waits for them.
type DrainRecipient struct {
	Person uuid.UUID `json:"person"`
}

// Kind names the job.
func (DrainRecipient) Kind() string { return "notify.drain" }

// Send puts notices in the outbox. They go out soon after tx commits, and not at all if it does not.
// Each person is told in the order of the calls; the same thing waiting twice for one person is said once.
func Send(tx db.Tx, notices ...Notice) error {
	for _, n := range notices {
		ids, err := json.Marshal(n.IDs)
		if err != nil {
			return fmt.Errorf("notify: %s: %w", n.Kind, err)
		}
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("notify: %w", err)
		}
		// The row that waits is composed when it is sent, so it will say what is new as well.
		insert := tx.Exec(`
			insert into outbox (id, kind, ids, recipient, created_at, due_at)
			select @id, @kind, cast(@ids as jsonb), @to, @now, @now
			where not exists (
				select from outbox
				where recipient = @to and kind = @kind and ids = cast(@ids as jsonb) and state = 'waiting')`,
			map[string]any{"id": id, "kind": n.Kind, "ids": string(ids), "to": n.To, "now": tx.Now})
		if insert.Error != nil {
			return fmt.Errorf("notify: %s: %w", n.Kind, insert.Error)
		}
		if insert.RowsAffected == 0 {
			continue
		}
		if err := tx.Enqueue(db.Job{Args: DrainRecipient{Person: n.To}}); err != nil {
			return err
		}
	}
	return nil
}

// outboxRow is a notice as it is kept.
type outboxRow struct {
	ID        uuid.UUID
	Kind      Kind
	IDs       IDs `gorm:"serializer:json;column:ids"`
	Recipient uuid.UUID
	CreatedAt time.Time
	DueAt     time.Time
	State     State
	Tries     int
	LastError string
	MessageID *string
	ClaimedAt *time.Time
}

func (outboxRow) TableName() string { return "outbox" }

func (r outboxRow) notice() Notice { return Notice{Kind: r.Kind, IDs: r.IDs, To: r.Recipient} }
