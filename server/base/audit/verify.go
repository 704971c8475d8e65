package audit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"quorate/server/base/access"
	"quorate/server/base/db"
)

// Report is what checking the whole trail found.
type Report struct {
	Seals    int64
	Entries  int64     // covered by those seals
	Erased   int64     // of them, entries whose content has been erased
	Unsealed int64     // entries that wait for the next seal
	Waiting  time.Time // since when the oldest of those waits; zero when none does
	Head     Head
	Broken   *Break // the first thing wrong; nil when the trail is whole
}

// Head names the newest seal. Kept somewhere else, on paper or in an e-mail, it proves later that the
// trail up to it has not been rewritten or cut short.
type Head struct {
	Number int64
	Hash   []byte
}

// Break is where the trail does not hold.
type Break struct {
	Seal  int64 // 0 when the entry is in no seal
	Entry int64 // 0 when it is the seal itself
	Why   string
}

func (b Break) String() string {
	switch {
	case b.Entry == 0 && b.Seal == 0:
		return b.Why
	case b.Entry == 0:
		return fmt.Sprintf("Seal %d: %s", b.Seal, b.Why)
	case b.Seal == 0:
		return fmt.Sprintf("Entry %d: %s", b.Entry, b.Why)
	default:
		return fmt.Sprintf("Entry %d, in seal %d: %s", b.Entry, b.Seal, b.Why)
	}
}

const verifyAtOnce = 200 // seals

// Verify computes every seal again, from the first, and compares each entry and its content with what
// was sealed. It stops at the first thing wrong, which it reports; an error means it could not look.
// Content that was erased is no fault.
func Verify(ctx context.Context, d *db.DB) (Report, error) {
	report := Report{Head: Head{Hash: noSeal}}
	for {
		var seals []seal
		err := d.Read(ctx, access.System("audit verify"), func(tx db.Tx) error {
			err := tx.Raw(`select * from audit_seal where number > ? order by number limit ?`, report.Head.Number, verifyAtOnce).Scan(&seals).Error
			if err != nil {
				return err
			}
			for _, s := range seals {
				if err := report.check(tx, s); err != nil || report.Broken != nil {
					return err
				}
			}
			if len(seals) < verifyAtOnce {
				return report.checkTheRest(tx)
			}
			return nil
		})
		if err != nil {
			return Report{}, fmt.Errorf("audit: verify: %w", err)
		}
		if report.Broken != nil || len(seals) < verifyAtOnce {
			return report, nil
		}
	}
}

// check holds one seal against the one before it and against its entries.
func (r *Report) check(tx db.Tx, s seal) error {
	switch {
	case s.Number != r.Head.Number+1:
		r.Broken = &Break{Seal: r.Head.Number + 1, Why: "the seal is missing"}
	case !bytes.Equal(s.Previous, r.Head.Hash):
		r.Broken = &Break{Seal: s.Number, Why: "it does not follow from the seal before it"}
	case len(s.Digests) != sha256.Size*len(s.Entries) || !bytes.Equal(s.Hash, s.hash()):
		r.Broken = &Break{Seal: s.Number, Why: "the seal has been changed"}
	}
	if r.Broken != nil {
		return nil
	}
	var rows []struct {
		Entry         entryRow `gorm:"embedded"`
		Salt          []byte
		Before, After *string
	}
	err := tx.Raw(`select audit_entry.*, salt, before::text, after::text
		from audit_entry left join audit_content on entry_id = id
		where id = any(?::bigint[])`, s.Entries).Scan(&rows).Error
	if err != nil {
		return err
	}
	found := make(map[int64]int, len(rows))
	for i, row := range rows {
		found[row.Entry.ID] = i
	}
	for i, id := range s.Entries {
		at, ok := found[id]
		if !ok {
			r.Broken = &Break{Seal: s.Number, Entry: id, Why: "the entry is missing"}
			return nil
		}
		row := rows[at]
		switch sealed := s.Digests[i*sha256.Size:][:sha256.Size]; {
		case !bytes.Equal(row.Entry.hash(), sealed):
			r.Broken = &Break{Seal: s.Number, Entry: id, Why: "the entry has been changed"}
			return nil
		case row.Salt == nil:
			r.Erased++
		case !bytes.Equal(row.Entry.Digest, digest(row.Salt, row.Before, row.After)):
			r.Broken = &Break{Seal: s.Number, Entry: id, Why: "what it holds of before and after has been changed"}
			return nil
		}
		r.Entries++
	}
	r.Seals++
	r.Head = Head{Number: s.Number, Hash: s.Hash}
	return nil
}

// checkTheRest makes sure that every entry is in a seal or waits for one.
func (r *Report) checkTheRest(tx db.Tx) error {
	var rest struct {
		Entries, Sealed, Unsealed int64
		Waiting                   *time.Time
	}
	err := tx.Raw(`select
		(select count(*) from audit_entry) as entries,
		(select coalesce(sum(cardinality(entries)), 0) from audit_seal) as sealed,
		(select count(*) from audit_unsealed) as unsealed,
		(select min(at) from audit_unsealed join audit_entry on id = entry_id) as waiting`).Scan(&rest).Error
	if err != nil {
		return err
	}
	r.Unsealed = rest.Unsealed
	if rest.Waiting != nil {
		r.Waiting = *rest.Waiting
	}
	if rest.Entries == rest.Sealed+rest.Unsealed {
		return nil
	}
	var stray int64
	err = tx.Raw(`select coalesce(min(id), 0) from audit_entry
		where id not in (select unnest(entries) from audit_seal) and id not in (select entry_id from audit_unsealed)`).Scan(&stray).Error
	if err != nil {
		return err
	}
	if stray == 0 {
		r.Broken = &Break{Why: "an entry is in two seals"}
		return nil
	}
	r.Broken = &Break{Entry: stray, Why: "no seal covers it and it does not wait for one"}
	return nil
}
