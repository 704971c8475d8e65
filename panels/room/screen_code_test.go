package room_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// A code stands on a wall or a slip of paper: it must show what the big screen shows and nothing else, on the
// meeting's day, until it is ended, and while whoever made it may put the meeting up.
func TestACodeShowsTheBigScreenForADay(t *testing.T) {
	t.Parallel()
	h := setup(t)
	ctx := t.Context()
	for _, actor := range []access.Actor{h.ann, h.ola, h.pia} {
		if _, err := h.store.MakeScreenCode(ctx, actor, h.meeting.ID); err == nil {
			t.Errorf("%s makes a code", actor.Name)
		}
	}
	if _, err := h.store.MakeScreenCode(ctx, h.stranger, h.meeting.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("an outsider: %v", err)
	}
	code, err := h.store.MakeScreenCode(ctx, h.clerk, h.meeting.ID)
	h.must(err)
	if len(code) != 8 || h.count(`select count(*) from screen_code where position(? in encode(digest, 'escape')) > 0`, code) != 0 {
		t.Errorf("the code %q", code)
	}
	h.inSession(h.ann)
	h.do(h.chair, room.OpenItem{ItemID: h.request.ID})
	shows := func(typed string) (view room.View, err error) {
		secret, err := h.store.OpenScreen(ctx, typed, "192.0.2.1")
		if err != nil {
			return view, err
		}
		return h.store.ScreenByCode(ctx, secret)
	}
	view, err := shows(strings.ToLower(code[:4]) + "-" + code[4:])
	h.must(err)
	text, err := json.Marshal(view)
	h.must(err)
	if view.Item == nil || view.Item.Reference == "" {
		t.Errorf("the screen shows no item: %s", text)
	}
	for _, name := range []string{"Noor", "Canary", "CANARY", "Cleo", "Ann Bell"} {
		if strings.Contains(string(text), name) {
			t.Errorf("the screen says %s", name)
		}
	}
	if n := h.count(`select count(*) from audit_entry where action in ('screen_code.made', 'screen_code.opened')`); n != 2 {
		t.Errorf("%d entries on the trail", n)
	}

	other, err := h.store.MakeScreenCode(ctx, h.chair, h.meeting.ID) // lost, and made again
	h.must(err)
	if _, err := shows(code); !fault.Is(err, fault.Invalid) {
		t.Errorf("the one before: %v", err)
	}
	h.must(h.store.EndScreenCode(ctx, h.clerk, h.meeting.ID))
	if _, err := shows(other); !fault.Is(err, fault.Invalid) {
		t.Errorf("one that was ended: %v", err)
	}

	last, err := h.store.MakeScreenCode(ctx, h.clerk, h.meeting.ID)
	h.must(err)
	h.owner(`update seat_holding set to_date = $1 where person_id = $2`, clock.DateOf(h.clock.Now()).AddDays(-1).String(), h.clerk.PersonID)
	if _, err := shows(last); !fault.Is(err, fault.Invalid) {
		t.Errorf("whoever made it has left: %v", err)
	}
	h.owner(`update seat_holding set to_date = null`)
	if _, err := shows(last); err != nil {
		t.Fatal(err)
	}
	h.clock.Advance(24 * time.Hour)
	if _, err := shows(last); !fault.Is(err, fault.Invalid) {
		t.Errorf("the day after: %v", err)
	}
}

// An eight-letter code holds only while nobody may try them all.
func TestGuessingACodeIsStopped(t *testing.T) {
	t.Parallel()
	h := setup(t)
	ctx := t.Context()
	code, err := h.store.MakeScreenCode(ctx, h.clerk, h.meeting.ID)
	h.must(err)
	shown, err := h.store.OpenScreen(ctx, code, "192.0.2.7")
	h.must(err)
	for n := range 10 {
		if _, err := h.store.OpenScreen(ctx, "ABCDEFGH", "192.0.2.7"); !fault.Is(err, fault.Invalid) {
			t.Fatalf("guess %d: %v", n+1, err)
		}
		if _, err := h.store.OpenScreen(ctx, "ABCDEFGH", fmt.Sprintf("2001:db8::%d:1", n)); !fault.Is(err, fault.Invalid) {
			t.Fatalf("guess %d of somebody with many addresses: %v", n+1, err)
		}
	}
	if _, err := h.store.OpenScreen(ctx, code, "2001:db8::ffff"); !fault.Is(err, fault.TooMany) {
		t.Errorf("one customer's next IPv6 address: %v", err)
	}
	if _, err := h.store.OpenScreen(ctx, "ABCDEFGH", "2001:db8:0:1::1"); !fault.Is(err, fault.Invalid) {
		t.Errorf("another customer's: %v", err)
	}
	for _, typed := range []string{"ABCDEFGJ", code} {
		if _, err := h.store.OpenScreen(ctx, typed, "192.0.2.7"); !fault.Is(err, fault.TooMany) {
			t.Errorf("after ten guesses, %s: %v", typed, err)
		}
	}
	if _, err := h.store.ScreenByCode(ctx, shown); err != nil {
		t.Errorf("guesses from the same address take a screen away that has been shown: %v", err)
	}
	for _, made := range []string{"", code, uuid.NewString() + "." + code, strings.Split(shown, ".")[0] + ".ABCDEFGH"} {
		if _, err := h.store.ScreenByCode(ctx, made); !fault.Is(err, fault.Invalid) {
			t.Errorf("a made-up cookie %q: %v", made, err)
		}
	}
	if _, err := h.store.OpenScreen(ctx, code, "192.0.2.8"); err != nil {
		t.Errorf("from elsewhere: %v", err)
	}
	h.clock.Advance(15*time.Minute + time.Second)
	if _, err := h.store.OpenScreen(ctx, code, "192.0.2.7"); err != nil {
		t.Errorf("a quarter of an hour later: %v", err)
	}
	h.must(h.store.DB.Write(ctx, access.System("test"), func(tx db.Tx) error {
		return tx.Exec(`insert into screen_guess (address, at) select 'a' || n, ? from generate_series(1, 300) n`, tx.Now).Error
	}))
	if _, err := h.store.OpenScreen(ctx, code, "192.0.2.9"); !fault.Is(err, fault.TooMany) {
		t.Errorf("while many guess from many places: %v", err)
	}
}
