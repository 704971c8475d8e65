package audit

import (
	"context"
	"crypto/sha256"
	"database/sql/driver"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
)

const (
	sealAtOnce = 5000                      // entries in one seal
	sealLock   = int64(0x71756f7261746531) // the advisory lock of whoever seals
)

// entryRow is an entry as it is kept.
type entryRow struct {
	ID         int64
	At         time.Time
	PersonID   *uuid.UUID
	System     string
	Action     string
	ObjectKind string
	ObjectID   string
	ForumID    *uuid.UUID
	Digest     []byte
}

// hash covers all that is kept of an entry, its content by digest only.
func (e entryRow) hash() []byte {
	hash := sha256.New()
	hash.Write([]byte("quorate audit entry 1\n"))
	number(hash.Write, e.ID)
	number(hash.Write, e.At.UnixMicro())
	field(hash.Write, id(e.PersonID))
	field(hash.Write, []byte(e.System))
	field(hash.Write, []byte(e.Action))
	field(hash.Write, []byte(e.ObjectKind))
	field(hash.Write, []byte(e.ObjectID))
	field(hash.Write, id(e.ForumID))
	field(hash.Write, e.Digest)
	return hash.Sum(nil)
}

func number(write func([]byte) (int, error), n int64) {
	_, _ = write(binary.BigEndian.AppendUint64(nil, uint64(n))) // a hash takes all it is given
}

func id(u *uuid.UUID) []byte {
	if u == nil {
		return nil
	}
	return u[:]
}

// seal is one link of the chain.
type seal struct {
	Number   int64
	At       time.Time
	Previous []byte // the hash of the seal before; zeros for the first
	Entries  ids
	Digests  []byte // the entries' hashes, one after the other
	Hash     []byte
}

var noSeal = make([]byte, sha256.Size)

func (s seal) hash() []byte {
	hash := sha256.New()
	hash.Write([]byte("quorate audit seal 1\n"))
	number(hash.Write, s.Number)
	number(hash.Write, s.At.UnixMicro())
	field(hash.Write, s.Previous)
	number(hash.Write, int64(len(s.Entries)))
	for _, id := range s.Entries {
		number(hash.Write, id)
	}
	field(hash.Write, s.Digests)
	return hash.Sum(nil)
}

// Seal covers every committed entry that has no seal yet, and says how many there were. The server
// calls it each second. When another process is sealing it leaves the work to that one.
//
// Chaining here and not in each change keeps changes from queueing for one lock. A seal names its
// entries, so one that commits late goes into a later seal, and neither a long transaction nor a
// database put back from a backup can make the sealer wait for an entry or pass it by.
func Seal(ctx context.Context, d *db.DB) (sealed int, err error) {
	for {
		var n int
		err := d.Write(ctx, access.System("audit seal"), func(tx db.Tx) error {
			n, err = sealSome(tx)
			return err
		})
		sealed += n
		if err != nil {
			return sealed, fmt.Errorf("audit: seal: %w", err)
		}
		if n < sealAtOnce {
			return sealed, nil
		}
	}
}

func sealSome(tx db.Tx) (int, error) {
	var mine bool
	if err := tx.Raw(`select pg_try_advisory_xact_lock(?)`, sealLock).Scan(&mine).Error; err != nil || !mine {
		return 0, err
	}
	var entries []entryRow
	err := tx.Raw(`select audit_entry.* from audit_unsealed join audit_entry on audit_entry.id = entry_id
		order by entry_id limit ?`, sealAtOnce).Scan(&entries).Error
	if err != nil || len(entries) == 0 {
		return 0, err
	}
	next := seal{Number: 1, At: tx.Now, Previous: noSeal}
	var last seal
	if found := tx.Raw(`select number, hash from audit_seal order by number desc limit 1`).Scan(&last); found.Error != nil {
		return 0, found.Error
	} else if found.RowsAffected == 1 {
		next.Number, next.Previous = last.Number+1, last.Hash
	}
	for _, e := range entries {
		next.Entries = append(next.Entries, e.ID)
		next.Digests = append(next.Digests, e.hash()...)
	}
	err = tx.Exec(`insert into audit_seal (number, at, previous, entries, digests, hash) values (?, ?, ?, ?, ?, ?)`,
		next.Number, next.At, next.Previous, next.Entries, next.Digests, next.hash()).Error
	if err != nil {
		return 0, err
	}
	return len(entries), db.RequireRows(tx.Exec(`delete from audit_unsealed where entry_id = any(?::bigint[])`, next.Entries), int64(len(entries)))
}

// ids is a Postgres bigint[]. (GORM would spread a plain slice over many placeholders.)
type ids []int64

func (list ids) Value() (driver.Value, error) {
	text := []byte("{")
	for i, id := range list {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(text, id, 10)
	}
	return string(append(text, '}')), nil
}

func (list *ids) Scan(src any) error {
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("audit: entries are %T", src)
	}
	*list = nil
	text = strings.Trim(text, "{}")
	if text == "" {
		return nil
	}
	for part := range strings.SplitSeq(text, ",") {
		id, err := strconv.ParseInt(part, 10, 64)
		if err != nil {
			return fmt.Errorf("audit: %w", err)
		}
		*list = append(*list, id)
	}
	return nil
}
