package dbtest_test

import (
	"testing"

	"go.uber.org/goleak"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type seen struct{}

func (seen) Kind() string { return "test.seen" }

// A test that sees another's rows fails on some days and passes on others.
func TestEachDatabaseIsFresh(t *testing.T) {
	t.Parallel()
	one, _ := dbtest.NewAt(t)
	two, now := dbtest.NewAt(t)
	err := one.Write(t.Context(), access.System("test"), func(tx db.Tx) error { return tx.Enqueue(db.Job{Args: seen{}}) })
	if err != nil {
		t.Fatal(err)
	}
	if a, b := dbtest.Jobs(t, one, ""), dbtest.Jobs(t, two, "test.seen"); len(a) != 1 || len(b) != 0 {
		t.Errorf("jobs: %v and %v", a, b)
	}
	now.Set(clock.MustDate("2027-06-30").At(23, 30))
	err = two.Read(t.Context(), access.SignedOut, func(tx db.Tx) error {
		if got := tx.Today(); got != clock.MustDate("2027-06-30") || !tx.Now.Equal(now.Now()) {
			t.Errorf("today is %v at %v", got, tx.Now)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		dbtest.NewURL(b)
	}
}
