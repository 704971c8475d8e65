// Package audit keeps who did what, when and to which thing, so that nobody can quietly change it.
package audit

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"quorate/server/base/db"
)

// Entry is one change, as the use case that made it tells it. Everything but Before and After is kept
// for good, so it holds kinds and ids: never a name, and nothing anybody wrote.
type Entry struct {
	Action     string    // what was done: "forum.created", "ballot.cast"
	ObjectKind string    // to what kind of thing: "forum"
	ObjectID   string    // which one: its id
	ForumID    uuid.UUID // whose business it is; uuid.Nil when no forum's
	Before     any       // what it was, as JSON; nil when it was not there
	After      any       // what it is now, as JSON; nil when it is gone
}

const saltLength = 16

// Record writes the entry in the transaction of the change itself: both are kept, or neither is. The
// actor and the time are the transaction's. Before and After go to a separate table, under a salted
// digest, so that they can be erased and the seals still hold.
func Record(tx db.Tx, e Entry) error {
	with, values, err := With(tx, e)
	if err != nil {
		return err
	}
	if err := tx.Exec("with "+with+" select", values).Error; err != nil {
		return fmt.Errorf("audit: %s: %w", e.Action, err)
	}
	return nil
}

// With is the entry as the WITH clauses of a statement that makes the change, and their named values: for
// a change so frequent that a second statement would be felt. Their names begin with "audit_".
func With(tx db.Tx, e Entry) (with string, values map[string]any, err error) {
	if e.Action == "" || e.ObjectKind == "" || e.ObjectID == "" {
		return "", nil, errors.New("audit: an entry needs an action and the thing it was done to")
	}
	if !tx.Actor.IsKnown() {
		return "", nil, errors.New("audit: an entry needs an actor")
	}
	before, err := content(e.Before)
	if err != nil {
		return "", nil, fmt.Errorf("audit: %s, before: %w", e.Action, err)
	}
	after, err := content(e.After)
	if err != nil {
		return "", nil, fmt.Errorf("audit: %s, after: %w", e.Action, err)
	}
	salt := make([]byte, saltLength)
	rand.Read(salt) // never fails
	var person *uuid.UUID
	system := tx.Actor.System
	if tx.Actor.IsPerson() {
		person, system = &tx.Actor.PersonID, ""
	}
	var forum *uuid.UUID
	if e.ForumID != uuid.Nil {
		forum = &e.ForumID
	}
	return `audit_new as (
			insert into audit_entry (at, person_id, system, action, object_kind, object_id, forum_id, digest)
			values (@audit_at, @audit_person, @audit_system, @audit_action, @audit_kind, @audit_object, @audit_forum, @audit_digest)
			returning id
		), audit_kept as (
			insert into audit_content (entry_id, salt, before, after)
			select id, @audit_salt, cast(@audit_before as json), cast(@audit_after as json) from audit_new
		), audit_loose as (
			insert into audit_unsealed (entry_id) select id from audit_new
		)`, map[string]any{
			"audit_at": tx.Now, "audit_person": person, "audit_system": system, "audit_action": e.Action, "audit_kind": e.ObjectKind,
			"audit_object": e.ObjectID, "audit_forum": forum, "audit_digest": digest(salt, before, after),
			"audit_salt": salt, "audit_before": before, "audit_after": after,
		}, nil
}

// content is v as JSON text; nil for nothing.
func content(v any) (*string, error) {
	if v == nil {
		return nil, nil
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	s := string(bytes.TrimRight(text.Bytes(), "\n"))
	return &s, nil
}

// digest stands for the content in the entry. Without the salt, which is erased with the content, it
// says nothing about what the content was.
func digest(salt []byte, before, after *string) []byte {
	hash := sha256.New()
	hash.Write([]byte("quorate audit content 1\n"))
	field(hash.Write, salt)
	for _, text := range []*string{before, after} {
		if text == nil {
			hash.Write([]byte{0})
			continue
		}
		hash.Write([]byte{1})
		field(hash.Write, []byte(*text))
	}
	return hash.Sum(nil)
}

// field writes a value after its length, so that no two lists of values look alike.
func field(write func([]byte) (int, error), value []byte) {
	var length [8]byte
	binary.BigEndian.PutUint64(length[:], uint64(len(value)))
	_, _ = write(length[:]) // a hash takes all it is given
	_, _ = write(value)
}

// Erase deletes what every entry about a thing holds of its content, and records that it was erased.
// The entries stay, and their seals with them. It says how many contents went.
func Erase(tx db.Tx, objectKind, objectID string) (int64, error) {
	done := tx.Exec(`delete from audit_content using audit_entry
		where audit_entry.id = audit_content.entry_id and object_kind = ? and object_id = ?`, objectKind, objectID)
	if done.Error != nil {
		return 0, fmt.Errorf("audit: erase: %w", done.Error)
	}
	return done.RowsAffected, Record(tx, Entry{
		Action: "audit.content_erased", ObjectKind: objectKind, ObjectID: objectID,
		After: map[string]int64{"entries": done.RowsAffected},
	})
}
