package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// acknowledged is what somebody was told had been recorded.
type acknowledged struct {
	id     uuid.UUID
	seq    int64
	person uuid.UUID
	change room.Change
}

// ledger is where everybody writes down each acknowledgement.
type ledger struct {
	mu   sync.Mutex
	all  []acknowledged // protected by mu
	size atomic.Int64
}

func (l *ledger) write(a acknowledged) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, a)
	l.size.Add(1)
}

func (l *ledger) entries() []acknowledged {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.all)
}

// rows is what the database holds of the meeting.
type rows struct {
	events    []room.Event
	seq       int64          // of the meeting
	changed   map[string]int // how often something was changed, by the type of the command that does
	unaudited int            // events with no entry, or more than one, in the audit trail
}

func (p *panel) rows(ctx context.Context) (rows, error) {
	var read rows
	err := p.db.Read(ctx, access.System("survival"), func(tx db.Tx) error {
		read = rows{changed: map[string]int{}}
		err := tx.Raw(`select e.*, c.salt, c.content, c.says, c.record
			from room_event e left join room_event_content c on c.meeting_id = e.meeting_id and c.seq = e.seq
			where e.meeting_id = ? order by e.seq`, p.Meeting.ID).Scan(&read.events).Error
		if err != nil {
			return err
		}
		if err := tx.Raw(`select room_seq from meeting where id = ?`, p.Meeting.ID).Scan(&read.seq).Error; err != nil {
			return err
		}
		for kind, count := range map[string]string{
			room.CastBallot{}.Type():       `select count(*) from ballot b join vote v on v.id = b.vote_id where v.meeting_id = ?`,
			room.RecordAttendance{}.Type(): `select count(*) from attendance where meeting_id = ?`,
			room.WriteNote{}.Type():        `select count(*) from note_version v join note n on n.id = v.note_id where n.meeting_id = ?`,
		} {
			var n int
			if err := tx.Raw(count, p.Meeting.ID).Scan(&n).Error; err != nil {
				return err
			}
			read.changed[kind] = n
		}
		return tx.Raw(`select count(*) from (
			select 'ballot' as kind, b.id from ballot b join vote v on v.id = b.vote_id where v.meeting_id = @meeting
			union all select 'attendance', id from attendance where meeting_id = @meeting) thing
			where (select count(*) from audit_entry where object_kind = thing.kind and object_id = thing.id::text) <> 1`,
			map[string]any{"meeting": p.Meeting.ID}).Scan(&read.unaudited).Error
	})
	return read, err
}

// check compares what people were told with what the database holds: each acknowledged command is
// there once, by whom and under the number they were told, nothing else is, and the log is whole.
func check(told []acknowledged, read rows) error {
	if err := room.Verify(read.events); err != nil {
		return err
	}
	if n := int64(len(read.events)); n != read.seq {
		return fmt.Errorf("the meeting stands at %d and has %d events", read.seq, n)
	}
	there := map[uuid.UUID]room.Event{}
	happened := map[string]int{}
	for _, event := range read.events {
		if _, twice := there[event.CommandID]; twice {
			return fmt.Errorf("command %s happened twice", event.CommandID)
		}
		there[event.CommandID] = event
		happened[event.Type]++
	}
	for _, a := range told {
		event, found := there[a.id]
		switch {
		case !found:
			return fmt.Errorf("an acknowledged %s is lost: event %d", a.change.Type(), a.seq)
		case event.Seq != a.seq || event.Type != a.change.Type() || event.PersonID == nil || *event.PersonID != a.person:
			return fmt.Errorf("a %s acknowledged as event %d is in the log as a %s, event %d", a.change.Type(), a.seq, event.Type, event.Seq)
		}
		delete(there, a.id)
	}
	for _, event := range there {
		return fmt.Errorf("event %d, a %s, was acknowledged to nobody", event.Seq, event.Type)
	}
	for kind, n := range read.changed {
		if n != happened[kind] {
			return fmt.Errorf("%d events say %s, and %d changes were made", happened[kind], kind, n)
		}
	}
	if read.unaudited > 0 {
		return fmt.Errorf("%d changes are not in the audit trail, or more than once", read.unaudited)
	}
	return nil
}

// survived checks everything after a fault: the rows, every screen, and that asking again changes nothing.
func (p *panel) survived(ctx context.Context, since int) error {
	told := p.record.entries()
	if err := p.askAgain(ctx, told[since:]); err != nil {
		return err
	}
	read, err := p.rows(ctx)
	if err != nil {
		return err
	}
	if err := check(told, read); err != nil {
		return err
	}
	screens, err := p.screens(ctx)
	if err != nil {
		return err
	}
	for _, who := range p.people {
		if err := who.shows(ctx, read.seq, screens[who.Person]); err != nil {
			return err
		}
	}
	return nil
}

// askAgain has everybody repeat what was acknowledged to them, each command under its own id.
func (p *panel) askAgain(ctx context.Context, told []acknowledged) error {
	var asking sync.WaitGroup
	failed := make([]error, len(p.people))
	for i, who := range p.people {
		asking.Go(func() {
			for _, a := range told {
				if a.person != who.Person || failed[i] != nil {
					continue
				}
				reply, err := who.ask(ctx, a.id, a.change)
				if err == nil && (reply.Error != nil || reply.Seq != a.seq) {
					err = fmt.Errorf("%s asked again for what was event %d and was answered %d (%v)", who.Name, a.seq, reply.Seq, reply.Error)
				}
				failed[i] = err
			}
		})
	}
	asking.Wait()
	return errors.Join(failed...)
}

// screens is what each person must see, worked out afresh from the rows.
func (p *panel) screens(ctx context.Context) (map[uuid.UUID]map[string]json.RawMessage, error) {
	screens := map[uuid.UUID]map[string]json.RawMessage{}
	err := p.db.Read(ctx, access.System("survival"), func(tx db.Tx) error {
		state, err := room.Load(tx, p.Meeting.ID)
		if err != nil {
			return err
		}
		var ids []uuid.UUID
		for _, who := range p.people {
			ids = append(ids, who.Person)
		}
		actors, err := panels.ActorsFor(tx, ids, tx.Today())
		if err != nil {
			return err
		}
		for id, actor := range actors {
			viewer, takesPart := room.ViewerOf(state, actor)
			if !takesPart {
				return fmt.Errorf("%s has no part in the meeting", actor.Name)
			}
			text, err := json.Marshal(room.Project(state, viewer))
			if err != nil {
				return err
			}
			sections := map[string]json.RawMessage{}
			if err := json.Unmarshal(text, &sections); err != nil {
				return err
			}
			screens[id] = sections
		}
		return nil
	})
	return screens, err
}

// checkNoticesALoss is the control: the same check, on the same rows but for one, must fail. It takes
// each thing away in turn as only the tables' owner can, in a transaction that is then undone.
func (p *panel) checkNoticesALoss(ctx context.Context) {
	p.t.Helper()
	told := p.record.entries()
	read, err := p.rows(ctx)
	p.must(err)
	p.must(check(told, read))

	last := read
	last.events, last.seq = read.events[:len(read.events)-1], read.seq-1
	middle := read
	middle.events = slices.Delete(slices.Clone(read.events), 5, 6)
	doubled := read
	doubled.events = append(slices.Clone(read.events), read.events[len(read.events)-1])
	reworded := read
	reworded.events = slices.Clone(read.events)
	reworded.events[7].Content += " "
	for name, spoilt := range map[string]rows{"the last event gone": last, "an event gone": middle, "an event twice": doubled, "an event reworded": reworded} {
		if check(told, spoilt) == nil {
			p.t.Errorf("the check did not notice: %s", name)
		}
	}
	if check(told[:len(told)-1], read) == nil {
		p.t.Error("the check did not notice a change that nobody was told of")
	}

	// For real, last of all: a ballot that was acknowledged is taken from the database.
	var seq int64
	for _, a := range told {
		if a.change.Type() == (room.CastBallot{}).Type() {
			seq = max(seq, a.seq)
		}
	}
	p.must(p.db.AsOwner(ctx, func(owner *sql.DB) error {
		for _, statement := range []string{
			`alter table ballot disable trigger user`,
			`delete from ballot where id::text = (select object_id from audit_entry where action = 'ballot.cast' order by id desc limit 1)`,
			`alter table ballot enable trigger user`,
		} {
			if _, err := owner.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	}))
	read, err = p.rows(ctx)
	p.must(err)
	if check(told, read) == nil {
		p.t.Error("a ballot was taken from the database and the check did not notice")
	}
	within, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	screens, err := p.screens(within)
	p.must(err)
	var differs error
	for _, who := range p.people {
		differs = errors.Join(differs, who.shows(within, seq, screens[who.Person]))
	}
	if differs == nil {
		p.t.Error("a ballot was taken from the database and no screen was seen to differ")
	}
}
