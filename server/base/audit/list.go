package audit

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Filter chooses entries. What is left empty does not narrow.
type Filter struct {
	PersonID   uuid.UUID
	System     string
	Action     string // "ballot.cast", or "ballot." for everything done to ballots
	ObjectKind string
	ObjectID   string
	ForumID    uuid.UUID
	From       time.Time // the first instant
	Until      time.Time // the first instant after
	Before     int64     // entries older than this one: the next of the page before
	Limit      int       // 0 means 50; at most 500
}

// Listed is an entry as it is listed: without its content, which takes a reason to read.
type Listed struct {
	ID         int64
	At         time.Time
	PersonID   uuid.UUID // uuid.Nil when the product did it
	System     string    // which job of the product, "" when a person did it
	Action     string
	ObjectKind string
	ObjectID   string
	ForumID    uuid.UUID
	Sealed     bool // false for a second or so
}

// List is a page of entries, newest first. next is the Before of the following page, 0 on the last.
func List(tx db.Tx, f Filter) (entries []Listed, next int64, err error) {
	if f.Limit <= 0 {
		f.Limit = 50
	}
	f.Limit = min(f.Limit, 500)
	var (
		where []string
		args  []any
	)
	narrow := func(set bool, condition string, arg any) {
		if set {
			where, args = append(where, condition), append(args, arg)
		}
	}
	narrow(f.PersonID != uuid.Nil, "person_id = ?", f.PersonID)
	narrow(f.System != "", "system = ?", f.System)
	if strings.HasSuffix(f.Action, ".") {
		narrow(true, "starts_with(action, ?)", f.Action)
	} else {
		narrow(f.Action != "", "action = ?", f.Action)
	}
	narrow(f.ObjectKind != "", "object_kind = ?", f.ObjectKind)
	narrow(f.ObjectID != "", "object_id = ?", f.ObjectID)
	narrow(f.ForumID != uuid.Nil, "forum_id = ?", f.ForumID)
	narrow(!f.From.IsZero(), "at >= ?", f.From)
	narrow(!f.Until.IsZero(), "at < ?", f.Until)
	narrow(f.Before > 0, "id < ?", f.Before)
	query := `select id, at, person_id, system, action, object_kind, object_id, forum_id,
			not exists (select from audit_unsealed where entry_id = id) as sealed
		from audit_entry`
	if len(where) > 0 {
		query += " where " + strings.Join(where, " and ")
	}
	query += " order by id desc limit ?"
	var rows []struct {
		Entry  entryRow `gorm:"embedded"`
		Sealed bool
	}
	if err := tx.Raw(query, append(args, f.Limit+1)...).Scan(&rows).Error; err != nil {
		return nil, 0, fmt.Errorf("audit: list: %w", err)
	}
	if len(rows) > f.Limit { // one more than asked for says that there is another page
		rows = rows[:f.Limit]
		next = rows[f.Limit-1].Entry.ID
	}
	for _, row := range rows {
		e := row.Entry
		entry := Listed{ID: e.ID, At: e.At.UTC(), System: e.System, Action: e.Action,
			ObjectKind: e.ObjectKind, ObjectID: e.ObjectID, Sealed: row.Sealed}
		if e.PersonID != nil {
			entry.PersonID = *e.PersonID
		}
		if e.ForumID != nil {
			entry.ForumID = *e.ForumID
		}
		entries = append(entries, entry)
	}
	return entries, next, nil
}

// Content is what a thing was and became.
type Content struct {
	Before, After json.RawMessage // nil for nothing
	Erased        bool
}

// ReadContent reads an entry's content, which may name people: the caller has asked for a reason, and
// records that it was read.
func ReadContent(tx db.Tx, entryID int64) (Content, error) {
	var row struct {
		Kept          bool
		Before, After *string
	}
	found := tx.Raw(`select entry_id is not null as kept, before::text, after::text
		from audit_entry left join audit_content on entry_id = id where id = ?`, entryID).Scan(&row)
	if found.Error != nil {
		return Content{}, fmt.Errorf("audit: read content: %w", found.Error)
	}
	if found.RowsAffected == 0 {
		return Content{}, fault.New(fault.NotFound, "There is no such entry in the audit trail.")
	}
	c := Content{Erased: !row.Kept}
	if row.Before != nil {
		c.Before = json.RawMessage(*row.Before)
	}
	if row.After != nil {
		c.After = json.RawMessage(*row.After)
	}
	return c, nil
}
