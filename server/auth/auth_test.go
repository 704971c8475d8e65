package auth_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/server/auth"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/base/fault"
)

const password = "three random words"

var setUp = access.Actor{System: "test", Administrator: true}

func newStore(t *testing.T) (*auth.Store, *clock.Manual, uuid.UUID) {
	t.Helper()
	now := clock.NewManual(clock.MustDate("2026-11-23").At(9, 0))
	store := auth.New(dbtest.NewWithClock(t, now.Now))
	person, err := store.CreatePerson(context.Background(), setUp, auth.NewPerson{Name: "Dilys Marrow", Email: "Dilys@example.org", Password: password, Administrator: true})
	if err != nil {
		t.Fatal(err)
	}
	return store, now, person
}

func TestSignInOK(t *testing.T) {
	t.Parallel()
	store, now, person := newStore(t)
	opened, err := store.SignIn(context.Background(), " DILYS@example.org ", password, "a browser", "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	who, err := store.Who(context.Background(), opened.Token)
	if err != nil || who.Actor.PersonID != person || !who.Actor.Administrator {
		t.Fatalf("Who = %+v, %v", who.Actor, err)
	}
	still, err := store.Still(context.Background(), []uuid.UUID{opened.SignIn, uuid.Must(uuid.NewV7())})
	if err != nil || len(still) != 1 || still[opened.SignIn].PersonID != person {
		t.Fatalf("Still = %v, %v", still, err)
	}
	now.Advance(auth.SessionLength)
	if who, _ := store.Who(context.Background(), opened.Token); who.Actor.IsPerson() {
		t.Error("a session outlived its length")
	}
}

// A session that outlives a sign-out lets the next person at the desk read everything.
func TestSignOutEndsTheSession(t *testing.T) {
	t.Parallel()
	store, _, _ := newStore(t)
	opened, err := store.SignIn(context.Background(), "dilys@example.org", password, "a browser", "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	if err := store.SignOut(context.Background(), opened); err != nil {
		t.Fatal(err)
	}
	if who, _ := store.Who(context.Background(), opened.Token); who.Actor.IsPerson() {
		t.Error("still signed in")
	}
	if still, _ := store.Still(context.Background(), []uuid.UUID{opened.SignIn}); len(still) != 0 {
		t.Error("an open socket would stay")
	}
}

func TestWrongPasswordAndUnknownEmailReadTheSame(t *testing.T) {
	t.Parallel()
	store, _, _ := newStore(t)
	_, wrong := store.SignIn(context.Background(), "dilys@example.org", "not the password", "a browser", "192.0.2.1")
	_, unknown := store.SignIn(context.Background(), "nobody@example.org", password, "a browser", "192.0.2.1")
	if !fault.Is(wrong, fault.Invalid) || !fault.Is(unknown, fault.Invalid) || fault.As(wrong).Sentence != fault.As(unknown).Sentence {
		t.Errorf("wrong: %v; unknown: %v", wrong, unknown)
	}
}

// Without a throttle a weak password falls to guessing.
func TestGuessingIsThrottled(t *testing.T) {
	t.Parallel()
	store, now, _ := newStore(t)
	ctx := context.Background()
	for range 5 {
		if _, err := store.SignIn(ctx, "dilys@example.org", "wrong", "a browser", "192.0.2.1"); !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
	}
	if _, err := store.SignIn(ctx, "dilys@example.org", password, "a browser", "192.0.2.1"); !fault.Is(err, fault.TooMany) {
		t.Errorf("the sixth guess: %v", err)
	}
	if _, err := store.SignIn(ctx, "dilys@example.org", password, "a browser", "192.0.2.2"); err != nil {
		t.Errorf("from elsewhere its owner is locked out: %v", err)
	}
	now.Advance(16 * time.Minute)
	if _, err := store.SignIn(ctx, "dilys@example.org", password, "a browser", "192.0.2.1"); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}

func TestWhoHasLeftIsSignedOutAtOnce(t *testing.T) {
	t.Parallel()
	store, now, person := newStore(t)
	opened, err := store.SignIn(context.Background(), "dilys@example.org", password, "a browser", "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	yesterday := clock.DateOf(now.Now()).AddDays(-1)
	err = store.DB.Write(context.Background(), setUp, func(tx db.Tx) error {
		return tx.Exec(`update person set ended_on = ? where id = ?`, yesterday, person).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	if who, err := store.Who(context.Background(), opened.Token); err != nil || who.Actor.IsPerson() {
		t.Errorf("Who = %v, %v", who.Actor, err)
	}
}

func TestShortPasswordIsRefused(t *testing.T) {
	t.Parallel()
	store, _, _ := newStore(t)
	_, err := store.CreatePerson(context.Background(), setUp, auth.NewPerson{Name: "A", Email: "a@example.org", Password: "short"})
	if f := fault.As(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Name != "password" {
		t.Errorf("%v", err)
	}
}

// A desk left for lunch must not stay somebody's all afternoon; a member who only listens must not be
// thrown out of their meeting.
func TestAnIdleSignInEndsAndASignOfItsPersonKeepsIt(t *testing.T) {
	t.Parallel()
	store, now, person := newStore(t)
	ctx := context.Background()
	open := func() auth.Session {
		opened, err := store.SignIn(ctx, "dilys@example.org", password, "a browser", "192.0.2.1")
		if err != nil {
			t.Fatal(err)
		}
		return opened
	}
	idle, listening := open(), open()
	for range 3 {
		now.Advance(auth.IdleLimit - time.Minute)
		if err := store.Seen(ctx, []uuid.UUID{listening.SignIn}); err != nil {
			t.Fatal(err)
		}
	}
	who, err := store.Who(ctx, idle.Token)
	if err != nil || who.Actor.IsPerson() || who.Was != person {
		t.Errorf("the idle one: Who = %+v, %v; want nobody, and whose it was", who, err)
	}
	if who, err := store.Who(ctx, listening.Token); err != nil || who.Actor.PersonID != person {
		t.Errorf("the one that was seen: Who = %+v, %v", who, err)
	}
	still, err := store.Still(ctx, []uuid.UUID{idle.SignIn, listening.SignIn})
	if _, kept := still[listening.SignIn]; err != nil || !kept || len(still) != 1 {
		t.Errorf("Still = %v, %v; want only the one that was seen", still, err)
	}
	// What has ended stays ended, and being seen does not move the end of the day.
	if err := store.Seen(ctx, []uuid.UUID{idle.SignIn}); err != nil {
		t.Fatal(err)
	}
	if who, _ := store.Who(ctx, idle.Token); who.Actor.IsPerson() {
		t.Error("a sign of its person brought an ended sign-in back")
	}
	for now.Now().Before(listening.SeenAt.Add(auth.SessionLength)) {
		now.Advance(auth.IdleLimit / 2)
		if err := store.Seen(ctx, []uuid.UUID{listening.SignIn}); err != nil {
			t.Fatal(err)
		}
	}
	if who, _ := store.Who(ctx, listening.Token); who.Actor.IsPerson() || who.Was != person {
		t.Errorf("after %s: Who = %+v", auth.SessionLength, who)
	}
}

// Reading page after page must not write a row for each of them.
func TestASignIsNotedOnceAMinute(t *testing.T) {
	t.Parallel()
	store, now, _ := newStore(t)
	ctx := context.Background()
	opened, err := store.SignIn(ctx, "dilys@example.org", password, "a browser", "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	began := opened.SeenAt
	for _, step := range []struct {
		after time.Duration
		noted bool
	}{{30 * time.Second, false}, {31 * time.Second, true}, {10 * time.Second, false}} {
		now.Advance(step.after)
		who, err := store.Who(ctx, opened.Token)
		if err != nil {
			t.Fatal(err)
		}
		before := who.SeenAt
		if err := store.Active(ctx, who); err != nil {
			t.Fatal(err)
		}
		if who, err = store.Who(ctx, opened.Token); err != nil || who.SeenAt.After(before) != step.noted {
			t.Errorf("%s after it began: noted %v, want %v (%v)", now.Now().Sub(began), who.SeenAt.After(before), step.noted, err)
		}
	}
}

// On a shared computer the next person's password must not open what somebody else had typed.
func TestOnlyItsOwnPersonSignsInAgainOnAPage(t *testing.T) {
	t.Parallel()
	store, _, person := newStore(t)
	ctx := context.Background()
	other, err := store.CreatePerson(ctx, setUp, auth.NewPerson{Name: "Sam Reed", Email: "sam@example.org", Password: password})
	if err != nil {
		t.Fatal(err)
	}
	if opened, err := store.SignInAgain(ctx, person, "sam@example.org", password, "a browser", "192.0.2.1"); !fault.Is(err, fault.Invalid) || opened.Token != "" {
		t.Errorf("somebody else: %+v, %v", opened, err)
	}
	if _, err := store.SignInAgain(ctx, person, "dilys@example.org", "not the password", "a browser", "192.0.2.1"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a wrong password: %v", err)
	}
	opened, err := store.SignInAgain(ctx, other, "sam@example.org", password, "a browser", "192.0.2.1")
	if err != nil || opened.Actor.PersonID != other {
		t.Errorf("the person themselves: %+v, %v", opened, err)
	}
}
