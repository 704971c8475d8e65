package auth

import (
	"context"
	"testing"

	"quorate/server/base/access"
	"quorate/server/base/dbtest"
	"quorate/server/base/fault"
)

// A crowd at the sign-in page must not take the server's memory away from a meeting that is running.
func TestPasswordsAreCheckedAFewAtATime(t *testing.T) {
	t.Parallel()
	store := New(dbtest.New(t))
	const password = "three random words"
	setUp := access.Actor{System: "test", Administrator: true}
	if _, err := store.CreatePerson(t.Context(), setUp, NewPerson{Name: "Dilys Marrow", Email: "dilys@example.org", Password: password}); err != nil {
		t.Fatal(err)
	}
	for range checkedAtOnce {
		store.checking <- struct{}{}
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, err := store.matches(gone, password, unknownHash); !fault.Is(err, fault.Unavailable) {
		t.Errorf("with every place taken: %v", err)
	}
	<-store.checking
	if _, err := store.SignIn(t.Context(), "dilys@example.org", password, "a browser", "192.0.2.1"); err != nil {
		t.Errorf("with a place free: %v", err)
	}
	if len(store.checking) != checkedAtOnce-1 {
		t.Errorf("%d places are taken, want %d", len(store.checking), checkedAtOnce-1)
	}
}
