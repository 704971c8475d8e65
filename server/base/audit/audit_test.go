package audit_test

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
)

var clerk = access.Actor{PersonID: uuid.MustParse("01990000-0000-7000-8000-000000000001")}

func setup(t *testing.T) *db.DB {
	t.Helper()
	d, _ := dbtest.NewAt(t)
	return d
}

// record makes one entry a transaction, as use cases do.
func record(t *testing.T, d *db.DB, entries ...audit.Entry) {
	t.Helper()
	for _, e := range entries {
		if err := d.Write(t.Context(), clerk, func(tx db.Tx) error { return audit.Record(tx, e) }); err != nil {
			t.Fatal(err)
		}
	}
}

func renamed(id, from, to string) audit.Entry {
	return audit.Entry{
		Action: "forum.renamed", ObjectKind: "forum", ObjectID: id,
		Before: map[string]string{"name": from}, After: map[string]string{"name": to},
	}
}

func seal(t *testing.T, d *db.DB) int {
	t.Helper()
	n, err := audit.Seal(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func verify(t *testing.T, d *db.DB) audit.Report {
	t.Helper()
	report, err := audit.Verify(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func asOwner(t *testing.T, d *db.DB, statement string) {
	t.Helper()
	err := d.AsOwner(t.Context(), func(owner *sql.DB) error {
		_, err := owner.ExecContext(t.Context(), statement)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A trail that cannot vouch for itself is no evidence at a tribunal.
func TestSealedTrailVerifies(t *testing.T) {
	t.Parallel()
	d := setup(t)
	record(t, d, renamed("a", "North", "North locality"), renamed("b", "", "<South & East>"))
	if n := seal(t, d); n != 2 {
		t.Fatalf("sealed %d entries, want 2", n)
	}
	record(t, d, audit.Entry{Action: "forum.closed", ObjectKind: "forum", ObjectID: "a"})
	if before := verify(t, d); before.Unsealed != 1 || before.Waiting.IsZero() || before.Broken != nil {
		t.Errorf("before the second seal: %+v", before)
	}
	seal(t, d)
	report := verify(t, d)
	if report.Broken != nil || report.Seals != 2 || report.Entries != 3 || report.Unsealed != 0 || report.Head.Number != 2 {
		t.Errorf("report: %+v, broken %v", report, report.Broken)
	}
	if n := seal(t, d); n != 0 {
		t.Errorf("sealed %d entries again", n)
	}
}

// Whoever runs the database could otherwise rewrite who agreed to pay.
func TestTamperingIsFound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, statement, want string }{
		{"EntryChanged", `update audit_entry set action = 'forum.praised' where id = 2`, "Entry 2, in seal 1: the entry has been changed"},
		{"ActorChanged", `update audit_entry set person_id = gen_random_uuid() where id = 3`, "Entry 3, in seal 2: the entry has been changed"},
		{"ContentChanged", `update audit_content set after = '{"name":"x"}' where entry_id = 1`, "Entry 1, in seal 1: what it holds of before and after has been changed"},
		{"EntryRemoved", `delete from audit_content where entry_id = 2; delete from audit_entry where id = 2`, "Entry 2, in seal 1: the entry is missing"},
		{"EntrySlippedIn", `insert into audit_entry (at, system, action, object_kind, object_id, digest) values (now(), 'x', 'x', 'x', 'x', sha256(''))`, "Entry 5: no seal covers it and it does not wait for one"},
		{"HiddenFromTheSealer", `delete from audit_unsealed`, "Entry 4: no seal covers it and it does not wait for one"},
		{"SealChanged", `update audit_seal set at = at + interval '1 second' where number = 2`, "Seal 2: the seal has been changed"},
		{"SealRemoved", `delete from audit_seal where number = 1`, "Seal 1: the seal is missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := setup(t)
			record(t, d, renamed("a", "1", "2"), renamed("a", "2", "3"))
			seal(t, d)
			record(t, d, renamed("a", "3", "4"))
			seal(t, d)
			record(t, d, renamed("a", "4", "5"))
			asOwner(t, d, c.statement)
			report := verify(t, d)
			if report.Broken == nil {
				t.Fatal("not found")
			}
			if got := report.Broken.String(); got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

// The right to erasure and the duty to keep a record must both be met.
func TestErasedTrailVerifies(t *testing.T) {
	t.Parallel()
	d := setup(t)
	record(t, d, renamed("a", "1", "2"), renamed("b", "1", "2"), renamed("a", "2", "3"))
	seal(t, d)
	err := d.Write(t.Context(), access.System("retention"), func(tx db.Tx) error {
		n, err := audit.Erase(tx, "forum", "a")
		if n != 2 {
			t.Errorf("erased %d contents, want 2", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	seal(t, d)
	report := verify(t, d)
	if report.Broken != nil || report.Erased != 2 || report.Entries != 4 {
		t.Errorf("report: %+v, broken %v", report, report.Broken)
	}
	err = d.Read(t.Context(), clerk, func(tx db.Tx) error {
		gone, err := audit.ReadContent(tx, 1)
		if err != nil || !gone.Erased || gone.Before != nil {
			t.Errorf("erased content: %+v %v", gone, err)
		}
		kept, err := audit.ReadContent(tx, 2)
		if err != nil || kept.Erased || string(kept.After) != `{"name":"2"}` {
			t.Errorf("kept content: %+v %v", kept, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The server itself, or whoever takes it over, must not be able to rewrite the trail.
func TestServerCannotRewriteTheTrail(t *testing.T) {
	t.Parallel()
	d := setup(t)
	record(t, d, renamed("a", "1", "2"))
	seal(t, d)
	for _, statement := range []string{
		`update audit_entry set action = 'x'`, `delete from audit_entry`, `truncate audit_entry cascade`,
		`update audit_seal set hash = previous`, `delete from audit_seal`,
		`update audit_content set after = null`, `alter table audit_entry disable trigger all`, `drop table audit_seal`,
	} {
		err := d.Write(t.Context(), clerk, func(tx db.Tx) error { return tx.Exec(statement).Error })
		if err == nil || !strings.Contains(err.Error(), "42501") {
			t.Errorf("%s: %v, want permission denied", statement, err)
		}
	}
}

// An entry for a change that never happened accuses somebody of it.
func TestRollbackLeavesNothing(t *testing.T) {
	t.Parallel()
	d := setup(t)
	stop := errors.New("stop")
	err := d.Write(t.Context(), clerk, func(tx db.Tx) error {
		return errors.Join(audit.Record(tx, renamed("a", "1", "2")), stop)
	})
	if !errors.Is(err, stop) {
		t.Fatal(err)
	}
	if n := seal(t, d); n != 0 {
		t.Errorf("sealed %d entries", n)
	}
}

// A slow import must not keep everybody else's changes unsealed, nor slip past the sealer itself.
func TestLateCommitIsSealedLater(t *testing.T) {
	t.Parallel()
	d := setup(t)
	err := d.Write(t.Context(), access.System("import"), func(tx db.Tx) error {
		if err := audit.Record(tx, renamed("early", "1", "2")); err != nil {
			return err
		}
		record(t, d, renamed("late", "1", "2"))
		if n := seal(t, d); n != 1 {
			t.Errorf("sealed %d entries during the import, want 1", n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := seal(t, d); n != 1 {
		t.Errorf("sealed %d entries after the import, want 1", n)
	}
	if report := verify(t, d); report.Broken != nil || report.Entries != 2 {
		t.Errorf("report: %+v, broken %v", report, report.Broken)
	}
}

// Two replicas seal at the same second; a forked chain would prove nothing.
func TestTwoSealersMakeOneChain(t *testing.T) {
	t.Parallel()
	url := dbtest.NewURL(t)
	one, two := dbtest.Open(t, db.Config{URL: url}), dbtest.Open(t, db.Config{URL: url})
	done := make(chan error, 2)
	for _, d := range []*db.DB{one, two} {
		go func() {
			for range 20 {
				if _, err := audit.Seal(context.Background(), d); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for i := range 40 {
		record(t, one, renamed(strconv.Itoa(i), "1", "2"))
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	seal(t, one)
	if report := verify(t, one); report.Broken != nil || report.Entries != 40 || report.Unsealed != 0 {
		t.Errorf("report: %+v, broken %v", report, report.Broken)
	}
}

// An auditor who pages through the trail must miss nothing and see nothing twice.
func TestListPagesNewestFirst(t *testing.T) {
	t.Parallel()
	d := setup(t)
	forum := uuid.MustParse("01990000-0000-7000-8000-00000000000f")
	for i := range 5 {
		e := renamed(strconv.Itoa(i), "1", "2")
		if i%2 == 0 {
			e.ForumID = forum
		}
		record(t, d, e)
	}
	seal(t, d)
	record(t, d, audit.Entry{Action: "person.added", ObjectKind: "person", ObjectID: "p"})
	list := func(f audit.Filter) (ids []string, next int64) {
		err := d.Read(t.Context(), clerk, func(tx db.Tx) error {
			entries, n, err := audit.List(tx, f)
			for _, e := range entries {
				ids = append(ids, e.ObjectID)
				if e.Sealed != (e.ObjectKind == "forum") || e.PersonID != clerk.PersonID || !e.At.Equal(dbtest.Begin) {
					t.Errorf("listed %+v", e)
				}
			}
			next = n
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return ids, next
	}
	first, next := list(audit.Filter{Limit: 4})
	second, last := list(audit.Filter{Limit: 4, Before: next})
	if got := strings.Join(first, "") + "," + strings.Join(second, ""); got != "p432,10" || last != 0 {
		t.Errorf("pages %s, then %d", got, last)
	}
	for want, f := range map[string]audit.Filter{
		"420":   {ForumID: forum},
		"3":     {ObjectKind: "forum", ObjectID: "3"},
		"p":     {Action: "person.added"},
		"43210": {Action: "forum."},
		"p4321": {PersonID: clerk.PersonID, Limit: 5},
		"":      {System: "import"},
	} {
		if got, _ := list(f); strings.Join(got, "") != want {
			t.Errorf("%+v lists %v, want %s", f, got, want)
		}
	}
	if got, _ := list(audit.Filter{From: dbtest.Begin, Until: dbtest.Begin}); len(got) != 0 {
		t.Errorf("an empty time lists %v", got)
	}
}
