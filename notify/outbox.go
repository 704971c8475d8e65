// Package notify tells people: it keeps what is to be sent, sends it in order, tries again when it can help, and remembers what became of it.
//
// It knows nothing of what is told. Whoever causes a notice calls Send in the transaction of the
// cause, with ids alone; whoever owns its kind registers a Compose, which reads what is true when the
// message is sent. A message therefore goes out if and only if its cause was committed, and says
// nothing that has stopped being so.
package notify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
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
	To   uuid.UUID     // a person
	Wait time.Duration // before it goes out, so that many edits become one message; nought: now

	// Urgent says that this one cannot wait until the morning, though others of its kind could: a meeting
	// tomorrow has moved.
	Urgent bool
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
	Kept    State = "kept"    // its person reads this kind in the product alone
	Carried State = "carried" // goes in the message of another, whose state is its own
)

// DrainRecipient is the job that sends one person what waits for them.
type DrainRecipient struct {
	Person uuid.UUID `json:"person"`
}

// Kind names the job.
func (DrainRecipient) Kind() string { return "notify.drain" }

// Send puts notices in the outbox. They go out soon after tx commits, or when they have waited, and not
// at all if it does not commit. Each person is told in the order of the calls; the same thing waiting
// twice for one person is said once, when the first of the two would have been. It asks once however
// many notices there are.
func Send(tx db.Tx, notices ...Notice) error {
	type wanted struct {
		Position int             `json:"position"`
		ID       uuid.UUID       `json:"id"`
		Kind     Kind            `json:"kind"`
		IDs      json.RawMessage `json:"ids"`
		To       uuid.UUID       `json:"recipient"`
		DueAt    time.Time       `json:"due_at"`
		Urgent   bool            `json:"urgent"`
	}
	list := make([]wanted, 0, len(notices))
	for _, n := range notices {
		if n.IDs == nil {
			n.IDs = IDs{}
		}
		ids, err := json.Marshal(n.IDs)
		if err != nil {
			return fmt.Errorf("notify: %s: %w", n.Kind, err)
		}
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("notify: %w", err)
		}
		again := slices.ContainsFunc(list, func(w wanted) bool { return w.Kind == n.Kind && w.To == n.To && bytes.Equal(w.IDs, ids) })
		if !again {
			list = append(list, wanted{len(list), id, n.Kind, ids, n.To, tx.Now.Add(n.Wait), n.Urgent})
		}
	}
	if len(list) == 0 {
		return nil
	}
	text, err := json.Marshal(list)
	if err != nil {
		return fmt.Errorf("notify: %w", err)
	}
	// The row that waits is composed when it is sent, so it will say what is new as well; in the inbox it
	// is told anew. One that is being composed at this moment may have read what was before: its lock is
	// waited for.
	var due []struct {
		Recipient uuid.UUID
		DueAt     time.Time
	}
	err = tx.Raw(`
		with wanted as (
			select * from jsonb_to_recordset(cast(@list as jsonb)) as
				w(position integer, id uuid, kind text, ids jsonb, recipient uuid, due_at timestamptz, urgent boolean)),
		told as (
			select o.id, o.recipient, o.kind, o.ids, o.stood_at, w.due_at, w.urgent from outbox o join wanted w using (recipient, kind, ids)
			where o.state = 'waiting' order by o.seq for update of o),
		again as (
			update outbox o set stood_at = null, urgent = o.urgent or t.urgent, due_at = case when t.urgent then least(o.due_at, t.due_at) else o.due_at end
			from told t where o.id = t.id and (t.stood_at is not null or t.urgent and not o.urgent)
			returning o.recipient),
		added as (
			insert into outbox (id, kind, ids, recipient, created_at, stands_at, due_at, urgent)
			select w.id, w.kind, w.ids, w.recipient, @now, w.due_at, w.due_at, w.urgent from wanted w
			where not exists (select from told t where t.recipient = w.recipient and t.kind = w.kind and t.ids = w.ids)
			order by w.position
			returning recipient, due_at)
		select recipient, due_at from added union select recipient, @now from again`,
		map[string]any{"list": string(text), "now": tx.Now}).Scan(&due).Error
	if err != nil {
		return fmt.Errorf("notify: %w", err)
	}
	jobs := make([]db.Job, len(due))
	for i, d := range due {
		jobs[i] = db.Job{Args: DrainRecipient{Person: d.Recipient}, At: d.DueAt}
	}
	return tx.Enqueue(jobs...)
}

// outboxRow is a notice as it is kept.
type outboxRow struct {
	ID        uuid.UUID
	Seq       int64
	Kind      Kind
	IDs       IDs `gorm:"serializer:json;column:ids"`
	Recipient uuid.UUID
	CreatedAt time.Time
	DueAt     time.Time
	Urgent    bool
	StoodAt   *time.Time
	Door      Door
	CarriedBy *uuid.UUID
	State     State
	Tries     int
	LastError string
	MessageID *string
	ClaimedAt *time.Time
}

func (outboxRow) TableName() string { return "outbox" }

func (r outboxRow) notice() Notice { return Notice{Kind: r.Kind, IDs: r.IDs, To: r.Recipient} }
