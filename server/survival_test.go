package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/bench/attend"
)

// The real program is built, started and killed while people act in a meeting over real sockets. What
// each of them was told had been recorded must be there, once, whatever happened to the program.

// TestMain takes away the program that the tests built.
func TestMain(m *testing.M) {
	code := m.Run()
	if builtFolder != "" {
		_ = os.RemoveAll(builtFolder) // the temporary folder is emptied by others too
	}
	os.Exit(code)
}

var builtFolder string // set once, by built

var built = sync.OnceValues(func() (binary string, err error) {
	if builtFolder, err = os.MkdirTemp("", "quorate-built-"); err != nil {
		return "", err
	}
	binary = filepath.Join(builtFolder, "quorate")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return binary, nil
})

const (
	rounds      = 20
	startWithin = time.Minute      // the machine may be busy with other packages
	patience    = 20 * time.Second // for a message that must come
)

// panel is the demo's funding panel in session, with people at it and the database behind it.
type panel struct {
	attend.Panel
	t      *testing.T
	db     *db.DB
	people []*person
	vote   uuid.UUID // the one that is open
	record ledger
}

// person is somebody at the panel with a browser that connects again by itself, as the product's page
// does, and what they do there.
type person struct {
	attend.Sitter
	panel *panel
	next  func(p *person, n int) room.Change // what they do for the nth time

	mu       sync.Mutex
	origin   string                     // protected by mu
	session  *http.Cookie               // protected by mu
	line     *attend.Line               // protected by mu: nil while there is none
	lost     chan struct{}              // protected by mu: closed when line is
	joined   chan struct{}              // protected by mu: closed when there is a line again
	seq      int64                      // protected by mu
	screen   map[string]json.RawMessage // protected by mu: the sections as the frames left them
	moved    chan struct{}              // protected by mu: closed at the next frame
	byes     []string                   // protected by mu: the reasons with which the server said goodbye
	replies  chan attend.Message
	acted    int
	finished sync.WaitGroup
}

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

// join gives a person a browser in the meeting, which stays until ctx ends.
func (p *panel) join(ctx context.Context, sitter attend.Sitter, origin string, next func(*person, int) room.Change) *person {
	p.t.Helper()
	who := &person{
		Sitter: sitter, panel: p, next: next, origin: origin, joined: make(chan struct{}), moved: make(chan struct{}),
		screen: map[string]json.RawMessage{}, replies: make(chan attend.Message, 8),
	}
	session, err := attend.SignIn(ctx, origin, sitter.Person)
	if err != nil {
		p.t.Fatalf("%s: %v", sitter.Name, err)
	}
	who.session = session
	p.people = append(p.people, who)
	who.finished.Go(func() { who.follow(ctx) })
	return who
}

// follow keeps the person connected, waiting a little longer after each failure.
func (p *person) follow(ctx context.Context) {
	const shortest, longest = 20 * time.Millisecond, 500 * time.Millisecond
	wait := shortest
	for ctx.Err() == nil {
		p.mu.Lock()
		origin, after := p.origin, p.seq
		p.mu.Unlock()
		line, err := attend.Join(ctx, origin, p.session, p.panel.Meeting.ID, after)
		if err != nil {
			select {
			case <-ctx.Done():
			case <-time.After(wait + rand.N(wait/3)):
			}
			wait = min(2*wait, longest)
			continue
		}
		wait = shortest
		cut := context.AfterFunc(ctx, func() { line.Close() })
		p.hear(line, after)
		cut()
		line.Close()
	}
}

// hear takes in everything one line says, until it ends.
func (p *person) hear(line *attend.Line, after int64) {
	first := true
	for {
		message, err := line.Hear()
		p.mu.Lock()
		switch {
		case err != nil:
			if p.line == line {
				p.line = nil
				close(p.lost)
				p.joined = make(chan struct{})
			}
			p.mu.Unlock()
			return
		case message.Type == "frame":
			p.take(message, first, after)
			if first {
				p.line, p.lost = line, make(chan struct{})
				close(p.joined)
			}
			first = false
		case message.Type == "bye":
			p.byes = append(p.byes, message.Reason)
		case message.Type == "reply":
			p.replies <- message
		}
		p.mu.Unlock()
	}
}

// take puts a frame on the screen, as the product's page does.
func (p *person) take(frame attend.Message, first bool, after int64) {
	switch {
	case frame.Seq < p.seq:
		p.panel.t.Errorf("%s had event %d and was then sent a frame of event %d", p.Name, p.seq, frame.Seq)
	case first && !frame.Whole:
		p.panel.t.Errorf("%s joined after event %d and was not sent the whole meeting", p.Name, after)
	case !first && frame.Seq > p.seq+1 && !frame.CatchingUp:
		p.panel.t.Errorf("%s was sent event %d after event %d and not told of the gap", p.Name, frame.Seq, p.seq)
	}
	if frame.Whole {
		clear(p.screen)
	}
	maps.Copy(p.screen, frame.Sections)
	p.seq = frame.Seq
	close(p.moved)
	p.moved = make(chan struct{})
}

// connected waits for a line; lost is closed when that line ends.
func (p *person) connected(ctx context.Context) (line *attend.Line, lost <-chan struct{}, err error) {
	for {
		p.mu.Lock()
		line, lost, joined := p.line, p.lost, p.joined
		p.mu.Unlock()
		if line != nil {
			return line, lost, nil
		}
		select {
		case <-joined:
		case <-ctx.Done():
			return nil, nil, fmt.Errorf("%s did not come back: %w", p.Name, ctx.Err())
		}
	}
}

// ask sends a command until it is answered, over as many lines as it takes, always with the same id.
func (p *person) ask(ctx context.Context, id uuid.UUID, change room.Change) (attend.Message, error) {
	for {
		line, lost, err := p.connected(ctx)
		if err != nil {
			return attend.Message{}, err
		}
		if line.Send(id, change) != nil {
			line.Close() // its reader finds out, and a new line comes
		}
		reply, answered, err := p.answer(ctx, id, lost)
		if answered || err != nil {
			return reply, err
		}
	}
}

func (p *person) answer(ctx context.Context, id uuid.UUID, lost <-chan struct{}) (reply attend.Message, answered bool, err error) {
	for {
		select {
		case reply = <-p.replies:
		case <-ctx.Done():
			return reply, false, fmt.Errorf("%s got no answer: %w", p.Name, ctx.Err())
		case <-lost:
			select {
			case reply = <-p.replies: // it was said before the line went
			default:
				return reply, false, nil
			}
		}
		if reply.ID == id {
			return reply, true, nil
		} // else the late answer to a question already answered on an earlier line
	}
}

// do has a change recorded and writes the acknowledgement down.
func (p *person) do(ctx context.Context, change room.Change) error {
	id := uuid.Must(uuid.NewV7())
	reply, err := p.ask(ctx, id, change)
	if err != nil {
		return err
	}
	if reply.Error != nil {
		return fmt.Errorf("%s: %s was refused: %s: %s", p.Name, change.Type(), reply.Error.Kind, reply.Error.Sentence)
	}
	p.panel.record.write(acknowledged{id, reply.Seq, p.Person, change})
	return nil
}

// reaches waits until the person's screen stands at an event, and returns what it shows.
func (p *person) reaches(ctx context.Context, seq int64) (map[string]json.RawMessage, error) {
	for {
		p.mu.Lock()
		at, moved, screen := p.seq, p.moved, maps.Clone(p.screen)
		p.mu.Unlock()
		if at >= seq {
			return screen, nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return nil, fmt.Errorf("%s stands at event %d, not %d: %w", p.Name, at, seq, ctx.Err())
		}
	}
}

// shows compares the person's screen, once it stands at an event, with what it must be.
func (p *person) shows(ctx context.Context, seq int64, want map[string]json.RawMessage) error {
	screen, err := p.reaches(ctx, seq)
	if err != nil {
		return err
	}
	return sameScreen(p.Name, screen, want)
}

func sameScreen(name string, screen, want map[string]json.RawMessage) error {
	if len(screen) != len(want) {
		return fmt.Errorf("%s sees %d sections, want %d", name, len(screen), len(want))
	}
	for section := range want {
		if !bytes.Equal(screen[section], want[section]) {
			return fmt.Errorf("%s sees another %q than the rows say:\n%s\n%s", name, section, screen[section], want[section])
		}
	}
	return nil
}

// openPanel brings the demo's panel to an open vote, with people who act: funders change their position, the clerk a note, two others how they take part.
func openPanel(ctx context.Context, t *testing.T, database *db.DB, origin string) *panel {
	t.Helper()
	found, err := attend.FindPanel(ctx, database)
	if err != nil {
		t.Fatal(err)
	}
	p := &panel{Panel: found, t: t, db: database}
	t.Cleanup(func() { // ctx has ended by then
		for _, who := range p.people {
			who.finished.Wait()
		}
	})
	chair := p.join(ctx, p.Chair, origin, comeAndGo)
	p.must(chair.do(ctx, room.StartMeeting{}))
	p.must(chair.do(ctx, room.RecordAttendance{Present: true}))
	for _, voter := range p.Voters {
		p.must(p.join(ctx, voter, origin, changePosition).do(ctx, room.RecordAttendance{Present: true}))
	}
	p.join(ctx, p.Clerk, origin, rewriteNote())
	p.must(p.join(ctx, p.Others[0], origin, comeAndGo).do(ctx, room.RecordAttendance{Present: true}))
	p.must(chair.do(ctx, room.OpenItem{ItemID: p.Item}))
	p.must(chair.do(ctx, room.OpenVote{ItemID: p.Item, Outcome: room.Agreed}))
	state, err := p.state(ctx)
	p.must(err)
	p.vote = state.Votes[0].ID
	return p
}

func comeAndGo(_ *person, n int) room.Change {
	return room.RecordAttendance{Present: true, Remote: n%2 == 0}
}

func changePosition(p *person, n int) room.Change {
	position, condition := room.ConsentIf, fmt.Sprintf("change %d", n)
	if n%3 == 0 {
		position, condition = room.Refuse, ""
	}
	return room.CastBallot{VoteID: p.panel.vote, SeatID: p.Seat, Position: position, Condition: condition, Reason: "Change"}
}

func rewriteNote() func(*person, int) room.Change {
	note := uuid.Must(uuid.NewV7())
	return func(p *person, n int) room.Change {
		return room.WriteNote{NoteID: note, ItemID: p.panel.Item, BaseVersion: n, Text: fmt.Sprintf("Version %d of what was said.", n+1)}
	}
}

func (p *panel) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *panel) state(ctx context.Context) (state room.State, err error) {
	err = p.db.Read(ctx, access.System("survival"), func(tx db.Tx) error {
		state, err = room.Load(tx, p.Meeting.ID)
		return err
	})
	return state, err
}

// act has everybody act at once, one command after the other, until rest is closed; a command in hand
// is seen through, over a new line if it must be.
func (p *panel) act(ctx context.Context, rest <-chan struct{}) (wait func() error) {
	var (
		acting sync.WaitGroup
		failed = make([]error, len(p.people))
	)
	for i, who := range p.people {
		acting.Go(func() {
			for failed[i] == nil {
				select {
				case <-rest:
					return
				default:
				}
				failed[i] = who.do(ctx, who.next(who, who.acted))
				who.acted++
			}
		})
	}
	return func() error {
		acting.Wait()
		return errors.Join(failed...)
	}
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
		err := tx.Raw(`select e.*, c.salt, c.content, c.says
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

// dataFolder is a scratch folder for a private Postgres with the settings people get, and the
// database in it. The Postgres goes when the test ends.
func dataFolder(ctx context.Context, t *testing.T) (string, *db.DB) {
	t.Helper()
	folder, err := os.MkdirTemp("", "quorate-survival-") // not t.TempDir: its long path has no room for a socket
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(folder, 0o711); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // after the database is closed
		gone, err := db.DiscardPrivate(context.WithoutCancel(ctx), folder)
		if err := errors.Join(err, os.RemoveAll(folder)); err != nil || !gone {
			t.Errorf("the private Postgres is gone: %t (%v)", gone, err)
		}
	})
	database := dbtest.Open(t, db.Config{DataDir: folder})
	return folder, database
}

func start(ctx context.Context, t *testing.T, port int, settings ...string) *attend.Program {
	t.Helper()
	binary, err := built()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	program, err := attend.Start(ctx, binary, port, settings...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := program.Kill(); err != nil {
			t.Error(err)
		}
	})
	return program
}

func freePort(t *testing.T) int {
	t.Helper()
	port, err := attend.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// A position somebody was told is recorded, and is not, is money that nobody agreed to pay.
func TestKilledAndStoppedNothingAcknowledgedIsLost(t *testing.T) {
	ctx := t.Context()
	folder, database := dataFolder(ctx, t)
	settings := []string{"QUORATE_DATA_DIR=" + folder, "QUORATE_DATABASE_URL=", "QUORATE_BASE_URL="}
	port := freePort(t)
	program := start(ctx, t, port, settings...)
	p := openPanel(ctx, t, database, program.URL)

	times := rounds
	if testing.Short() {
		times = 3
	}
	began := time.Now()
	for round := 1; round <= times; round++ {
		before := p.record.size.Load()
		rest := make(chan struct{})
		finished := p.act(ctx, rest)
		p.waitForAcknowledgements(before + 10 + rand.N(int64(30)))
		p.must(program.Kill())
		close(rest)
		program = start(ctx, t, port, settings...)
		p.must(finished())
		within, cancel := context.WithTimeout(ctx, patience)
		if err := p.survived(within, int(before)); err != nil {
			t.Fatalf("after kill %d: %v", round, err)
		}
		cancel()
	}
	t.Logf("%d kills, %d acknowledgements, %.1f s", times, p.record.size.Load(), time.Since(began).Seconds())

	p.stopsGracefully(ctx, program, func() *attend.Program { return start(ctx, t, port, settings...) })
	p.checkNoticesALoss(ctx)
}

// waitForAcknowledgements returns when so many have been written down altogether.
func (p *panel) waitForAcknowledgements(n int64) {
	p.t.Helper()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	limit := time.After(patience)
	for p.record.size.Load() < n {
		select {
		case <-look.C:
		case <-limit:
			p.t.Fatalf("%d commands were acknowledged, want %d", p.record.size.Load(), n)
		}
	}
}

// stopsGracefully stops the program while people act: each is told to come back, what was acknowledged
// is there, and the program ends well.
func (p *panel) stopsGracefully(ctx context.Context, program *attend.Program, again func() *attend.Program) {
	p.t.Helper()
	for _, who := range p.people {
		who.mu.Lock()
		who.byes = nil
		who.mu.Unlock()
	}
	before := p.record.size.Load()
	rest := make(chan struct{})
	finished := p.act(ctx, rest)
	p.waitForAcknowledgements(before + 20)
	stopping, cancel := context.WithTimeout(ctx, 2*stopTimeout)
	defer cancel()
	p.must(program.Stop(stopping))
	close(rest)
	again()
	p.must(finished())
	within, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := p.survived(within, int(before)); err != nil {
		p.t.Fatalf("after a graceful stop: %v", err)
	}
	for _, who := range p.people {
		who.mu.Lock()
		if !slices.Equal(who.byes, []string{"restart"}) {
			p.t.Errorf("%s was told %q at the stop, want one “restart”", who.Name, who.byes)
		}
		who.mu.Unlock()
	}
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

// Two replicas of the program behind one name must be one meeting.
func TestTwoReplicasAreOneMeeting(t *testing.T) {
	ctx := t.Context()
	address := dbtest.NewURL(t)
	database := dbtest.Open(t, db.Config{URL: address})
	direct, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := direct.Query()
	query.Set("application_name", "direct")
	direct.RawQuery = query.Encode()
	// Behind a pooler no session can LISTEN, so every hint between the replicas is lost: what one does,
	// the other only finds by asking.
	settings := []string{"QUORATE_DATABASE_URL=" + address, "QUORATE_DATABASE_DIRECT_URL=" + direct.String(), "QUORATE_BASE_URL="}
	first := start(ctx, t, freePort(t), settings...)
	second := start(ctx, t, freePort(t), settings...)
	p := openPanel(ctx, t, database, first.URL)
	voter := p.people[1]
	there := p.join(ctx, voter.Sitter, second.URL, voter.next)
	within, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, _, err = there.connected(within)
	p.must(err)

	var slowest time.Duration
	for n := range 8 {
		p.must(voter.do(within, changePosition(voter, n)))
		told := time.Now()
		_, err := there.reaches(within, p.record.entries()[p.record.size.Load()-1].seq)
		p.must(err)
		slowest = max(slowest, time.Since(told))
	}
	t.Logf("with every hint lost the other replica showed each of 8 changes within %d ms", slowest.Milliseconds())
	if slowest > 2*time.Second {
		t.Errorf("a change at one replica was seen at the other after %s, want within two seconds", slowest)
	}

	// One click, sent to both at once, by a browser that could not tell which had heard it.
	for n := range 10 {
		id, change := uuid.Must(uuid.NewV7()), changePosition(voter, n+1)
		var (
			asking  sync.WaitGroup
			replies [2]attend.Message
			failed  [2]error
		)
		for i, who := range []*person{voter, there} {
			asking.Go(func() { replies[i], failed[i] = who.ask(within, id, change) })
		}
		asking.Wait()
		p.must(errors.Join(failed[:]...))
		if replies[0].Error != nil || replies[1].Error != nil || replies[0].Seq != replies[1].Seq {
			t.Fatalf("the same click was answered %d (%v) and %d (%v)", replies[0].Seq, replies[0].Error, replies[1].Seq, replies[1].Error)
		}
		p.record.write(acknowledged{id, replies[0].Seq, voter.Person, change})
	}
	p.must(p.survived(within, len(p.record.entries())))
}
