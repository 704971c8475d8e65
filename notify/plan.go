package notify

import (
	"time"

	"quorate/server/base/clock"
)

// Door is how somebody is told of a kind by mail.
type Door string

// The doors. Whichever it is, the notice stands in the inbox at once.
const (
	Now           Door = "now"     // by email, at once
	InDigest      Door = "digest"  // by email, with the others of the day, on the next working morning
	InProductOnly Door = "product" // not by email
)

// Gather is how quickly ordinary mail follows ordinary mail to one person. Urgent messages and those for
// a calendar are outside it.
type Gather struct {
	Bundle time.Duration // after a message, what follows within it goes in one; nought: each by itself
	Hourly int           // most ordinary messages in an hour; nought: any number
}

// most is how many notices one message tells of.
const most = 50

// ready is a notice that mail may be made of, with what decides how.
type ready struct {
	outboxRow
	nature Nature
	choice Door
}

func (r ready) urgent() bool { return r.nature.Urgent || r.Urgent }

// alone reports whether it takes a message of its own: a calendar reads one at a time, and what ends
// with one click must hold nothing else.
func (r ready) alone() bool { return r.nature.Alone || r.nature.Subscription }

// tried reports whether a message of the notice was made already: it keeps its content and its place.
func (r ready) tried() bool { return r.Tries > 0 || r.MessageID != nil }

// held is a notice that is not for now.
type held struct {
	outboxRow
	until time.Time
	door  Door
}

// planned is what is to be done about one person's notices.
type planned struct {
	send []outboxRow // become one message, the first of them giving it its name
	held []held
	kept []outboxRow // their person reads them in the product alone
}

// desk is what the plan goes by besides the notices.
type desk struct {
	now     time.Time
	hours   Hours
	working func(clock.Date) bool
	gather  Gather
	recent  []time.Time // when ordinary messages went of late, the earliest first
}

// plan says which of one person's notices go now, in the order in which they were told. The rules:
//
//   - One message is on its way to a person at a time.
//   - What cannot wait overtakes everything else.
//   - Otherwise a message that is to be tried again holds back those behind it, so that nobody hears of
//     a change before the thing that changed.
//   - What the reader wants in the product alone goes nowhere; what they want daily waits for a morning.
//   - Outside the hours nothing ordinary leaves.
//   - A message for a calendar goes by itself. All else that is ordinary and due becomes one message;
//     and when one went a short while ago, or many within the hour, it is gathered until its time.
func (d desk) plan(notices []ready) planned {
	var p planned
	for _, n := range notices {
		if n.State == Sending && n.ClaimedAt.After(d.now.Add(-claimFor)) {
			return p
		}
	}
	var ordinary []ready
	blocked := false // an urgent one waits to be tried again: those behind it wait with it
	for _, n := range notices {
		switch {
		case !n.urgent():
			ordinary = append(ordinary, n)
		case blocked || len(p.send) > 0:
		case n.State == Waiting && n.DueAt.After(d.now) && n.tried():
			blocked = true
		case n.choice == InProductOnly && !n.tried():
			p.kept = append(p.kept, n.outboxRow)
		default:
			p.send = append(p.send, n.outboxRow)
		}
	}
	if len(p.send) > 0 {
		return p
	}
	open := d.hours.next(d.now, d.working)
	gathered := d.gathered()
	alone := false
	for _, n := range ordinary {
		switch {
		case n.tried() && n.State == Waiting && n.DueAt.After(d.now):
			return p
		case n.tried() && n.State == Waiting && open.After(d.now):
			p.held = append(p.held, held{n.outboxRow, open, n.Door})
			return p
		case n.tried():
			if len(p.send) == 0 {
				p.send = append(p.send, n.outboxRow)
			}
			return p
		case n.choice == InProductOnly:
			p.kept = append(p.kept, n.outboxRow)
		case n.choice == InDigest && n.Door != InDigest, n.Door == InDigest && open.After(d.now):
			p.held = append(p.held, held{n.outboxRow, d.hours.nextMorning(d.now, d.working), InDigest})
		case open.After(d.now):
			p.held = append(p.held, held{n.outboxRow, open, Now})
		case n.Door == Now && !n.alone() && gathered.After(d.now):
			p.held = append(p.held, held{n.outboxRow, gathered, Now})
		case len(p.send) == 0 || d.joins(n, p.send):
			p.send = append(p.send, n.outboxRow)
			alone = n.alone() && n.Door == Now
		}
		if alone {
			return p
		}
	}
	return p
}

// joins reports whether a notice goes in the message that is being put together.
func (d desk) joins(n ready, message []outboxRow) bool {
	together := n.Door == InDigest || d.gather.Bundle > 0 && !n.alone()
	return together && n.Door == message[0].Door && len(message) < most
}

// gathered is until when ordinary notices are held for the next message.
func (d desk) gathered() time.Time {
	var until time.Time
	if n := len(d.recent); n > 0 && d.gather.Bundle > 0 {
		until = d.recent[n-1].Add(d.gather.Bundle)
	}
	if most := d.gather.Hourly; most > 0 && len(d.recent) >= most {
		if frees := d.recent[len(d.recent)-most].Add(time.Hour); frees.After(until) {
			until = frees
		}
	}
	if !until.After(d.now) {
		return d.now
	}
	return d.hours.gather(d.now, until)
}
