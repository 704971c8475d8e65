package notify

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/clock"
)

// letterFor is a notice of the table below, known by its first byte.
type letterFor struct {
	name   byte
	nature Nature
	change func(*ready)
}

func (l letterFor) ready(now time.Time) ready {
	r := ready{outboxRow: outboxRow{ID: uuid.UUID{l.name}, State: Waiting, Door: Now, DueAt: now}, nature: l.nature, choice: Now}
	if l.change != nil {
		l.change(&r)
	}
	return r
}

func names(rows []outboxRow) (all string) {
	for _, row := range rows {
		all += string(row.ID[0])
	}
	return all
}

// What is planned wrongly is sent twice, at night, out of order, or never.
func TestThePlanOfOnePersonsMail(t *testing.T) {
	t.Parallel()
	now := london(t, "2026-11-24 09:50")
	night := london(t, "2026-11-24 21:00")
	office := Hours{8 * 60, 18 * 60}
	weekdays := func(d clock.Date) bool { return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday }
	pace := Gather{Bundle: 10 * time.Minute, Hourly: 3}
	urgent, alone := Nature{Urgent: true, Fixed: "It is."}, Nature{Alone: true}
	chosen := func(door Door) func(*ready) { return func(r *ready) { r.choice = door } }
	waitsAgain := func(r *ready) { r.Tries, r.DueAt = 1, r.DueAt.Add(time.Minute) }
	again := func(r *ready) { r.Tries = 1 }
	inHand := func(at time.Time) func(*ready) {
		return func(r *ready) { id := "id"; r.State, r.ClaimedAt, r.MessageID = Sending, &at, &id }
	}
	forDigest := func(r *ready) { r.Door, r.choice = InDigest, InDigest }

	for _, c := range []struct {
		name    string
		at      time.Time
		notices []letterFor
		pace    Gather
		recent  []time.Duration // before at
		send    string
		held    string
		until   time.Time
		kept    string
	}{
		{name: "one", notices: []letterFor{{name: 'a'}}, pace: pace, send: "a"},
		{name: "several due together are one message", notices: []letterFor{{name: 'a'}, {name: 'b'}, {name: 'c'}}, pace: pace, send: "abc"},
		{name: "without bundling each goes by itself", notices: []letterFor{{name: 'a'}, {name: 'b'}}, send: "a"},
		{name: "what follows within ten minutes is gathered", notices: []letterFor{{name: 'a'}, {name: 'b'}}, pace: pace, recent: []time.Duration{4 * time.Minute}, held: "ab", until: now.Add(6 * time.Minute)},
		{name: "after ten minutes it goes", notices: []letterFor{{name: 'a'}, {name: 'b'}}, pace: pace, recent: []time.Duration{10 * time.Minute}, send: "ab"},
		{name: "after three in the hour the fourth waits", notices: []letterFor{{name: 'a'}}, pace: pace, recent: []time.Duration{50 * time.Minute, 30 * time.Minute, 15 * time.Minute}, held: "a", until: now.Add(10 * time.Minute)},
		{name: "an urgent one passes the throttle and goes alone", notices: []letterFor{{name: 'a'}, {name: 'u', nature: urgent}}, pace: pace, recent: []time.Duration{50 * time.Minute, 30 * time.Minute, time.Minute}, send: "u"},
		{name: "one whose cause could not wait as well", notices: []letterFor{{name: 'a'}, {name: 'u', change: func(r *ready) { r.Urgent = true }}}, pace: pace, recent: []time.Duration{time.Minute}, send: "u"},
		{name: "a calendar’s message passes too, by itself", notices: []letterFor{{name: 'a'}, {name: 'i', nature: alone}, {name: 'b'}}, pace: pace, recent: []time.Duration{time.Minute}, send: "i", held: "a", until: now.Add(9 * time.Minute)},
		{name: "and stays out of a bundle", notices: []letterFor{{name: 'a'}, {name: 'i', nature: alone}, {name: 'b'}}, pace: pace, send: "ab"},
		{name: "a subscription stays out of a bundle", notices: []letterFor{{name: 's', nature: Nature{Subscription: true}}, {name: 'b'}}, pace: pace, send: "s"},
		{name: "at night it waits for the morning", at: night, notices: []letterFor{{name: 'a'}, {name: 'i', nature: alone}}, pace: pace, held: "ai", until: london(t, "2026-11-25 08:00")},
		{name: "an urgent one leaves at night", at: night, notices: []letterFor{{name: 'a'}, {name: 'u', nature: urgent}}, pace: pace, send: "u"},
		{name: "a daily kind waits for the next morning", notices: []letterFor{{name: 'a', change: chosen(InDigest)}}, pace: pace, held: "a", until: london(t, "2026-11-25 08:00")},
		{name: "a digest goes together, whatever went just now", notices: []letterFor{{name: 'a', change: forDigest}, {name: 'b', change: forDigest}, {name: 'c'}}, pace: pace, recent: []time.Duration{time.Minute}, send: "ab", held: "c", until: now.Add(9 * time.Minute)},
		{name: "a missed digest does not leave at night", at: night, notices: []letterFor{{name: 'a', change: forDigest}}, held: "a", until: london(t, "2026-11-25 08:00")},
		{name: "an urgent one does not wait for a digest", notices: []letterFor{{name: 'u', change: func(r *ready) { r.Urgent, r.choice = true, InDigest }}}, send: "u"},
		{name: "in the product alone", notices: []letterFor{{name: 'a', change: chosen(InProductOnly)}, {name: 'b'}, {name: 'u', change: func(r *ready) { r.Urgent, r.choice = true, InProductOnly }}}, send: "b", kept: "ua"},
		{name: "chosen since for the product alone", notices: []letterFor{{name: 'a', change: func(r *ready) { r.Door, r.choice = InDigest, InProductOnly }}}, kept: "a"},
		{name: "one to be tried again holds back those behind it", notices: []letterFor{{name: 'a', change: waitsAgain}, {name: 'b'}}, pace: pace},
		{name: "and lets what cannot wait pass", notices: []letterFor{{name: 'a', change: waitsAgain}, {name: 'b'}, {name: 'u', nature: urgent}}, pace: pace, send: "u"},
		{name: "urgent ones keep their own order", notices: []letterFor{{name: 'u', nature: urgent, change: waitsAgain}, {name: 'v', nature: urgent}, {name: 'b'}}, pace: pace, send: "b"},
		{name: "tried again it is the message it was", notices: []letterFor{{name: 'a', change: again}, {name: 'b'}}, pace: pace, recent: []time.Duration{time.Minute}, send: "a"},
		{name: "it is not tried at night", at: night, notices: []letterFor{{name: 'a', change: again}, {name: 'b'}}, held: "a", until: london(t, "2026-11-25 08:00")},
		{name: "one is in hand", notices: []letterFor{{name: 'a', change: inHand(now.Add(-time.Minute))}, {name: 'u', nature: urgent}}},
		{name: "whoever had it in hand died", notices: []letterFor{{name: 'a', change: inHand(now.Add(-6 * time.Minute))}, {name: 'b'}}, pace: pace, send: "a"},
		{name: "at five to six nothing is held past six", at: london(t, "2026-11-24 17:55"), notices: []letterFor{{name: 'a'}}, pace: pace, recent: []time.Duration{time.Minute}, held: "a", until: london(t, "2026-11-24 17:59")},
	} {
		at := c.at
		if at.IsZero() {
			at = now
		}
		d := desk{now: at, hours: office, working: weekdays, gather: c.pace}
		for _, ago := range c.recent {
			d.recent = append(d.recent, at.Add(-ago))
		}
		var notices []ready
		for _, n := range c.notices {
			notices = append(notices, n.ready(at))
		}
		p := d.plan(notices)
		var heldNames string
		for _, h := range p.held {
			heldNames += string(h.ID[0])
			if !h.until.Equal(c.until) {
				t.Errorf("%s: %c is held until %s, want %s", c.name, h.ID[0], h.until.In(clock.London), c.until.In(clock.London))
			}
		}
		if got := []string{names(p.send), heldNames, names(p.kept)}; !slices.Equal(got, []string{c.send, c.held, c.kept}) {
			t.Errorf("%s: sends, holds and keeps %q, want %q", c.name, got, []string{c.send, c.held, c.kept})
		}
	}
}
