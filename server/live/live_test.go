package live_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"quorate/agendas"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/live"
)

// house is a funding panel with sockets to it: adult social care and health each have a member, Pia
// presents one request, and everybody is signed in.
type house struct {
	t      *testing.T
	db     *db.DB
	store  *room.Store
	hub    *live.Hub
	server *httptest.Server

	chair, clerk, ann, hal, pia, stranger access.Actor
	forum                                 uuid.UUID
	seat                                  map[string]uuid.UUID
	meeting                               panels.Meeting
	request, other                        uuid.UUID // items
	asc, health                           uuid.UUID

	mu      sync.Mutex
	signIns map[uuid.UUID]access.Actor // protected by mu: who stands behind each sign-in now
}

func id() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// setup builds the house, its server and its hub, and takes them down in the order a program would.
func setup(t *testing.T, changes ...func(*live.Config)) *house {
	t.Helper()
	database, _ := dbtest.NewAt(t)
	h := &house{t: t, db: database, store: &room.Store{DB: database}, seat: map[string]uuid.UUID{}, signIns: map[uuid.UUID]access.Actor{}}
	h.must(database.Write(t.Context(), access.System("test"), func(tx db.Tx) error { h.build(tx); return nil }))

	h.server = httptest.NewUnstartedServer(nil)
	config := live.Config{
		DB: database, Room: h.store, Origin: "http://" + h.server.Listener.Addr().String(),
		Who: h.who, Still: h.still,
	}
	for _, change := range changes {
		change(&config)
	}
	h.hub = live.NewHub(config)
	h.store.Moved = h.hub.Moved
	h.server.Config.Handler = h.hub.Handler()
	h.server.Start()

	ctx, stop := context.WithCancel(context.Background())
	running := make(chan struct{})
	go func() {
		defer close(running)
		h.hub.Run(ctx)
	}()
	t.Cleanup(func() {
		limit, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := h.hub.Stop(limit); err != nil {
			t.Error(err)
		}
		stop()
		<-running
		h.server.Close()
	})
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) build(tx db.Tx) {
	agency := func(name string, kind panels.AgencyKind) uuid.UUID {
		a := panels.Agency{ID: id(), Name: name, ShortName: name[:3], Kind: kind, Funder: true, Version: 1}
		h.must(tx.Create(&a).Error)
		return a.ID
	}
	h.asc, h.health = agency("Adult social care", panels.AdultSocialCare), agency("Health", panels.HealthContinuing)
	forum := panels.Forum{ID: id(), Slug: "mapac", Name: "MAPaC", CreatedAt: tx.Now, Version: 1}
	h.must(tx.Create(&forum).Error)
	h.forum = forum.ID
	terms := panels.Terms{
		ID: id(), ForumID: forum.ID, Number: 1, InForceOn: tx.Today().AddDays(-100), Purpose: "Joint funding", CreatedBy: id(), CreatedAt: tx.Now,
		QuorumMembers: 1, QuorumAgencies: []panels.AgencyKind{}, StandingItems: []panels.StandingItem{},
		VotingMethod: panels.Devices, VotingRule: panels.FunderConsent, Decides: true,
		StartTime: "09:30", DurationMinutes: 120, MinutesPerItem: 20, FirstReviewMonths: 3, WeeksPerYearThousandths: 52000,
	}
	h.must(tx.Create(&terms).Error)

	position := 0
	person := func(name string, agency *uuid.UUID, office access.Office, standing access.Standing) access.Actor {
		p := panels.Person{ID: id(), Name: name, Email: strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@example.org", AgencyID: agency, CreatedAt: tx.Now, Version: 1}
		h.must(tx.Create(&p).Error)
		actor := access.Actor{PersonID: p.ID, Name: name}
		if office == "" {
			return actor
		}
		position++
		s := panels.Seat{ID: id(), ForumID: forum.ID, AgencyID: agency, Name: name, Office: office, Standing: standing, Position: position, Version: 1}
		h.must(tx.Create(&s).Error)
		h.seat[name] = s.ID
		h.must(tx.Create(&panels.SeatHolding{ID: id(), SeatID: s.ID, PersonID: p.ID, FromDate: tx.Today().AddDays(-50), Version: 1}).Error)
		sits := access.Seat{SeatID: s.ID, ForumID: forum.ID, Office: office, Standing: standing}
		if agency != nil {
			sits.AgencyID = *agency
		}
		actor.Seats = []access.Seat{sits}
		return actor
	}
	h.chair = person("Cleo Chair", nil, access.Chair, access.InAttendance)
	h.clerk = person("Clem Clerk", &h.asc, access.Clerk, access.InAttendance)
	h.ann = person("Ann Bell", &h.asc, access.Member, access.Deciding)
	h.hal = person("Hal Hart", &h.health, access.Member, access.Deciding)
	h.pia = person("Pia Moss", &h.asc, "", "")
	h.stranger = person("Stan Outside", nil, "", "")

	h.meeting = panels.Meeting{ID: id(), ForumID: forum.ID, StartsAt: tx.Now, EndsAt: tx.Now.Add(2 * time.Hour), Status: panels.Scheduled, AgendaVersion: 1, CreatedAt: tx.Now, Version: 1}
	h.must(tx.Create(&h.meeting).Error)
	caseID, requestID := id(), id()
	h.must(tx.Exec(`insert into cases (id, alias, person_reference, forename, surname, date_of_birth, created_at, updated_at)
		values (?, 'Heron-48', 'CANARY-REF', 'Noor', 'Canary', '2009-03-04', ?, ?)`, caseID, tx.Now, tx.Now).Error)
	h.must(tx.Exec(`insert into funding_request (id, case_id, forum_id, submitted_by, state, need, weekly_pence, one_off_pence, starts_on, meeting_id, created_at)
		values (?, ?, ?, ?, 'tabled', 'CANARY-NEED', 120450, 0, '2027-01-04', ?, ?)`, requestID, caseID, forum.ID, h.pia.PersonID, h.meeting.ID, tx.Now).Error)
	h.must(tx.Exec(`insert into request_share (request_id, agency_id, weekly_pence, one_off_pence) values (?, ?, 60225, 0), (?, ?, 60225, 0)`,
		requestID, h.asc, requestID, h.health).Error)
	item := func(number string, position int, change func(*agendas.Item)) uuid.UUID {
		i := agendas.Item{ID: id(), MeetingID: h.meeting.ID, Number: number, Position: position, Kind: agendas.StandingItem, Minutes: 20,
			State: agendas.Listed, CreatedAt: tx.Now, Version: 1, Reasons: []agendas.Reason{}}
		change(&i)
		h.must(tx.Create(&i).Error)
		return i.ID
	}
	h.other = item("1", 1, func(i *agendas.Item) { i.Title = "Welcome and apologies" })
	h.request = item("2", 2, func(i *agendas.Item) {
		i.Kind, i.CaseID, i.RequestID, i.PresenterID = agendas.RequestItem, &caseID, &requestID, &h.pia.PersonID
	})
}

// who reads the person of a request from its cookie, as the product's sessions do.
func (h *house) who(r *http.Request) (access.Actor, uuid.UUID, error) {
	cookie, err := r.Cookie("sign-in")
	if err != nil {
		return access.SignedOut, uuid.Nil, nil
	}
	signIn, err := uuid.Parse(cookie.Value)
	if err != nil {
		return access.SignedOut, uuid.Nil, nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.signIns[signIn], signIn, nil
}

func (h *house) still(_ context.Context, signIns []uuid.UUID) (map[uuid.UUID]access.Actor, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	open := make(map[uuid.UUID]access.Actor)
	for _, signIn := range signIns {
		if actor, there := h.signIns[signIn]; there {
			open[signIn] = actor
		}
	}
	return open, nil
}

// signIn opens a session for a person; each call is another device.
func (h *house) signIn(actor access.Actor) uuid.UUID {
	h.mu.Lock()
	defer h.mu.Unlock()
	signIn := id()
	h.signIns[signIn] = actor
	return signIn
}

func (h *house) do(actor access.Actor, change room.Change) room.Reply {
	h.t.Helper()
	reply, err := h.store.Do(h.t.Context(), actor, h.meeting.ID, room.Command{ID: id(), Change: change})
	h.must(err)
	return reply
}

// inSession starts the meeting with everyone there and the request open.
func (h *house) inSession() {
	h.t.Helper()
	h.do(h.chair, room.StartMeeting{})
	for _, actor := range []access.Actor{h.chair, h.ann, h.hal} {
		h.do(actor, room.RecordAttendance{Present: true})
	}
	h.do(h.chair, room.OpenItem{ItemID: h.request})
}

// voting opens a vote on the request and returns it.
func (h *house) voting() uuid.UUID {
	h.t.Helper()
	h.inSession()
	view, err := h.store.Room(h.t.Context(), h.chair, h.meeting.ID)
	h.must(err)
	h.do(h.chair, room.OpenVote{ItemID: h.request, Outcome: room.Agreed, StartOn: view.Item.Request.StartOn})
	view, err = h.store.Room(h.t.Context(), h.chair, h.meeting.ID)
	h.must(err)
	return view.Vote.ID
}

// browser is one open socket and everything that came through it.
type browser struct {
	t    *testing.T
	conn *websocket.Conn
	raw  [][]byte
}

type incoming struct {
	Type       string                     `json:"type"`
	Seq        int64                      `json:"seq"`
	Says       string                     `json:"says"`
	Whole      bool                       `json:"whole"`
	CatchingUp bool                       `json:"catching_up"`
	Sections   map[string]json.RawMessage `json:"sections"`
	ID         uuid.UUID                  `json:"id"`
	Error      *struct{ Kind, Sentence string }
	Reason     string `json:"reason"`
	RetryMS    int    `json:"retry_ms"`
}

func (h *house) address(signIn uuid.UUID, after int64) (string, http.Header) {
	return fmt.Sprintf("ws%s/live/meetings/%s?after=%d", strings.TrimPrefix(h.server.URL, "http"), h.meeting.ID, after),
		http.Header{"Origin": {h.server.URL}, "Cookie": {"sign-in=" + signIn.String()}}
}

func (h *house) open(signIn uuid.UUID, after int64) *browser {
	h.t.Helper()
	url, header := h.address(signIn, after)
	conn, response, err := websocket.DefaultDialer.DialContext(h.t.Context(), url, header)
	if err != nil {
		h.t.Fatalf("dial: %v (%v)", err, response)
	}
	b := &browser{t: h.t, conn: conn}
	h.t.Cleanup(func() { conn.Close() })
	return b
}

// join opens a socket for a person and reads the first frame.
func (h *house) join(actor access.Actor) *browser {
	h.t.Helper()
	b := h.open(h.signIn(actor), 0)
	if frame := b.next("frame"); !frame.Whole {
		h.t.Fatal("the first frame must be whole")
	}
	return b
}

const patience = 10 * time.Second

func (b *browser) read() (incoming, error) {
	var message incoming
	if err := b.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return message, err
	}
	_, raw, err := b.conn.ReadMessage()
	if err != nil {
		return message, err
	}
	b.raw = append(b.raw, raw)
	return message, json.Unmarshal(raw, &message)
}

// next reads up to the first message of a type.
func (b *browser) next(kind string) incoming {
	b.t.Helper()
	for {
		message, err := b.read()
		if err != nil {
			b.t.Fatalf("waiting for a %s: %v", kind, err)
		}
		if message.Type == kind {
			return message
		}
	}
}

// until reads frames up to the number seq.
func (b *browser) until(seq int64) incoming {
	b.t.Helper()
	for {
		if frame := b.next("frame"); frame.Seq >= seq {
			return frame
		}
	}
}

func (b *browser) send(command uuid.UUID, change room.Change) {
	b.t.Helper()
	message, err := json.Marshal(map[string]any{"type": "command", "id": command, "command": change.Type(), "data": change})
	if err == nil {
		err = b.conn.WriteMessage(websocket.TextMessage, message)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// received is everything that ever came through the socket, as bytes.
func (b *browser) received() string { return string(bytes.Join(b.raw, []byte("\n"))) }

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreTopFunction("internal/poll.runtime_pollWait"), // the tests' own Postgres, which outlives them
	)
}

// A room where one person's screen stays behind decides on different facts.
func TestEveryoneSeesAStepAtOnce(t *testing.T) {
	t.Parallel()
	h := setup(t)
	chair, ann := h.join(h.chair), h.join(h.ann)
	command := id()
	chair.send(command, room.StartMeeting{})
	reply := chair.next("reply")
	if reply.ID != command || reply.Seq != 1 || reply.Error != nil {
		t.Fatalf("reply = %+v", reply)
	}
	frame := ann.until(1)
	if frame.Whole || frame.CatchingUp || !strings.Contains(string(frame.Sections["meeting"]), `"in_session"`) {
		t.Fatalf("Ann's frame = %+v", frame)
	}
	if _, sent := frame.Sections["items"]; sent {
		t.Error("a section that did not change was sent again")
	}
}

// A position seen before the close is pressure on those who have not voted.
func TestPositionsAreHiddenUntilTheClose(t *testing.T) {
	t.Parallel()
	h := setup(t)
	vote := h.voting()
	hal, chair := h.join(h.hal), h.join(h.chair)
	seq := h.do(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Consent, Condition: "CANARY-CONDITION", Reason: "CANARY-WHY"}).Seq
	frame := hal.until(seq)
	if !strings.Contains(frame.Says, "1 of 2") {
		t.Errorf("says = %q, want how many have voted", frame.Says)
	}
	chair.until(seq)
	for name, b := range map[string]*browser{"Hal": hal, "the chair": chair} {
		if received := b.received(); strings.Contains(received, "CANARY-CONDITION") || strings.Contains(received, `"position":"consent"`) {
			t.Errorf("%s was sent Ann's position before the close", name)
		}
	}
	h.do(h.hal, room.CastBallot{VoteID: vote, SeatID: h.seat["Hal Hart"], Position: room.Refuse, Reason: "x"})
	hal.until(h.do(h.chair, room.CloseVote{VoteID: vote}).Seq)
	if !strings.Contains(hal.received(), "CANARY-CONDITION") {
		t.Error("after the close everyone sees who voted how")
	}
}

// Somebody who left for an item because of an interest must not follow it from their own screen.
func TestWhoLeftForAnItemIsSentNothingOfIt(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession()
	h.do(h.hal, room.DeclareInterest{ItemID: h.request, Kind: room.Family, Reason: "My sister works for the provider"})
	hal := h.join(h.hal)
	note := h.do(h.clerk, room.WriteNote{NoteID: id(), ItemID: h.request, Text: "CANARY-NOTE"})
	hal.until(note.Seq)
	for _, secret := range []string{"CANARY-NEED", "CANARY-NOTE", "Noor", "Canary", "120450"} {
		if strings.Contains(hal.received(), secret) {
			t.Errorf("Hal left for the item and was sent %q of it", secret)
		}
	}
}

// Leaving while connected must empty the screen, not only stop the news.
func TestLeavingTakesTheItemFromTheScreen(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession()
	hal := h.join(h.hal)
	left := h.do(h.hal, room.DeclareInterest{ItemID: h.request, Kind: room.Family, Reason: "My sister works for the provider"})
	frame := hal.until(left.Seq)
	if !frame.Whole {
		t.Fatal("another audience must be sent everything anew, so that the browser drops what it had")
	}
	for name, section := range frame.Sections {
		if strings.Contains(string(section), "CANARY-NEED") || strings.Contains(string(section), "Noor") {
			t.Errorf("section %s still holds the item", name)
		}
	}
}

// A browser that lost its line must end with the same screen as one that never did.
func TestReconnectingEqualsAFreshJoin(t *testing.T) {
	t.Parallel()
	h := setup(t)
	ann := h.join(h.ann)
	ann.conn.Close()
	h.voting()
	again, fresh := h.open(h.signIn(h.ann), 1), h.open(h.signIn(h.ann), 0)
	a, b := again.next("frame"), fresh.next("frame")
	if !a.CatchingUp {
		t.Error("several events were missed, so the browser must be told that it is catching up")
	}
	if a.Seq != b.Seq || !a.Whole || len(a.Sections) != len(b.Sections) {
		t.Fatalf("after the line came back: seq %d, %d sections; fresh: seq %d", a.Seq, len(a.Sections), b.Seq)
	}
	for name := range b.Sections {
		if !bytes.Equal(a.Sections[name], b.Sections[name]) {
			t.Errorf("section %s differs:\n%s\n%s", name, a.Sections[name], b.Sections[name])
		}
	}
}

// A command sent twice over a bad line must count once.
func TestResendIsIdempotent(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession()
	ann := h.join(h.ann)
	command, change := id(), room.DeclareInterest{ItemID: h.other, Kind: room.Personal, Reason: "I know the family"}
	ann.send(command, change)
	first := ann.next("reply")
	ann.conn.Close()
	again := h.join(h.ann)
	again.send(command, change)
	second := again.next("reply")
	if first.Seq == 0 || second.Seq != first.Seq || second.ID != command {
		t.Fatalf("first reply %+v, second %+v", first, second)
	}
}

func TestRefusalsSayWhy(t *testing.T) {
	t.Parallel()
	h := setup(t)
	ann := h.join(h.ann)
	ann.send(id(), room.StartMeeting{})
	if reply := ann.next("reply"); reply.Error == nil || reply.Error.Kind != "denied" || reply.Error.Sentence == "" {
		t.Fatalf("a member started the meeting: %+v", reply)
	}
}

// One broken or hostile page must not take the room down, nor be disconnected for one mistake.
func TestUnreadableMessagesAreAnswered(t *testing.T) {
	t.Parallel()
	h := setup(t)
	ann, chair := h.join(h.ann), h.join(h.chair)
	for _, text := range []string{"not json", `{"type":"command"}`, `{"type":"command","id":"019ab000-0000-7000-8000-000000000065","command":"ballot.cast","data":{"vote":1}}`, `[]`} {
		h.must(ann.conn.WriteMessage(websocket.TextMessage, []byte(text)))
		if reply := ann.next("reply"); reply.Error == nil || reply.Error.Kind != "invalid" {
			t.Fatalf("%s was answered with %+v", text, reply)
		}
	}
	ann.send(id(), room.RecordAttendance{Present: true})
	if reply := ann.next("reply"); reply.Error != nil && reply.Error.Kind == "invalid" {
		t.Fatalf("a readable command after unreadable ones: %+v", reply)
	}
	for range 5 {
		h.must(ann.conn.WriteMessage(websocket.TextMessage, []byte("{")))
	}
	if bye := ann.next("bye"); bye.Reason != "unreadable" {
		t.Fatalf("bye = %+v", bye)
	}
	chair.send(id(), room.StartMeeting{})
	if reply := chair.next("reply"); reply.Error != nil {
		t.Fatalf("the others were disturbed: %+v", reply)
	}
}

func TestTooLargeAMessageClosesItsSocket(t *testing.T) {
	t.Parallel()
	h := setup(t)
	ann := h.join(h.ann)
	// The server closes before it has read it all, so the rest of the message may find nobody there.
	reset := func(err error) bool { return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) }
	if err := ann.conn.WriteMessage(websocket.TextMessage, bytes.Repeat([]byte("x"), 70<<10)); err != nil && !reset(err) {
		t.Fatal(err)
	}
	for {
		if _, err := ann.read(); err != nil {
			if !websocket.IsCloseError(err, websocket.CloseMessageTooBig) && !reset(err) {
				t.Fatalf("closed with %v", err)
			}
			return
		}
	}
}

// A laptop left open after its owner signed out elsewhere must go dark.
func TestARevokedSessionClosesItsSocket(t *testing.T) {
	t.Parallel()
	h := setup(t)
	signIn := h.signIn(h.ann)
	revoked, other := h.open(signIn, 0), h.join(h.ann)
	revoked.next("frame")
	h.mu.Lock()
	delete(h.signIns, signIn)
	h.mu.Unlock()
	if bye := revoked.next("bye"); bye.Reason != "signed_out" || bye.RetryMS != 0 {
		t.Fatalf("bye = %+v", bye)
	}
	if _, err := revoked.read(); !websocket.IsCloseError(err, 4401) {
		t.Fatalf("closed with %v", err)
	}
	h.do(h.chair, room.StartMeeting{})
	other.until(1)
}

// Whoever loses their seat loses the room with it.
func TestWhoLosesTheirSeatIsShownOut(t *testing.T) {
	t.Parallel()
	h := setup(t)
	signIn := h.signIn(h.ann)
	ann := h.open(signIn, 0)
	ann.next("frame")
	h.mu.Lock()
	h.signIns[signIn] = access.Actor{PersonID: h.ann.PersonID, Name: h.ann.Name}
	h.mu.Unlock()
	if bye := ann.next("bye"); bye.Reason != "denied" {
		t.Fatalf("bye = %+v", bye)
	}
}

// A change that reaches the database by another process must reach this one's screens, hint or no hint.
func TestAnotherProcessIsHeard(t *testing.T) {
	t.Parallel()
	h := setup(t)
	ann := h.join(h.ann)
	elsewhere := &room.Store{DB: h.db} // its Moved is not this hub's
	_, err := elsewhere.Do(t.Context(), h.chair, h.meeting.ID, room.Command{ID: id(), Change: room.StartMeeting{}})
	h.must(err)
	ann.until(1)
}

func TestACancelledMeetingSaysSo(t *testing.T) {
	t.Parallel()
	h := setup(t)
	ann := h.join(h.ann)
	h.must(h.db.Write(t.Context(), access.System("test"), func(tx db.Tx) error {
		return tx.Exec(`update meeting set status = 'cancelled', version = version + 1 where id = ?`, h.meeting.ID).Error
	}))
	if bye := ann.next("bye"); bye.Reason != "cancelled" {
		t.Fatalf("bye = %+v", bye)
	}
}

func TestWhoMayNotFollow(t *testing.T) {
	t.Parallel()
	h := setup(t)
	dial := func(change func(http.Header)) int {
		url, header := h.address(h.signIn(h.ann), 0)
		change(header)
		conn, response, err := websocket.DefaultDialer.DialContext(t.Context(), url, header)
		if err == nil {
			conn.Close()
		}
		return response.StatusCode
	}
	for name, test := range map[string]struct {
		change func(http.Header)
		want   int
	}{
		"a member":          {func(http.Header) {}, http.StatusSwitchingProtocols},
		"signed out":        {func(header http.Header) { header.Del("Cookie") }, http.StatusUnauthorized},
		"no part in it":     {func(header http.Header) { header.Set("Cookie", "sign-in="+h.signIn(h.stranger).String()) }, http.StatusNotFound},
		"another website":   {func(header http.Header) { header.Set("Origin", "https://elsewhere.example.org") }, http.StatusForbidden},
		"no origin":         {func(header http.Header) { header.Del("Origin") }, http.StatusForbidden},
		"from another site": {func(header http.Header) { header.Set("Sec-Fetch-Site", "cross-site") }, http.StatusForbidden},
		"a presenter's own": {func(header http.Header) { header.Set("Cookie", "sign-in="+h.signIn(h.pia).String()) }, http.StatusSwitchingProtocols},
		"a made-up sign-in": {func(header http.Header) { header.Set("Cookie", "sign-in="+id().String()) }, http.StatusUnauthorized},
	} {
		if got := dial(test.change); got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
	}
}

// A phone in a basement must not hold up the room, nor grow the server's memory without bound.
func TestASlowReaderIsDroppedAndTheOthersAreNot(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession()
	url, header := h.address(h.signIn(h.clerk), 0)
	dialer := websocket.Dialer{NetDialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err == nil {
			err = conn.(*net.TCPConn).SetReadBuffer(32 << 10)
		}
		return conn, err
	}}
	slow, _, err := dialer.DialContext(t.Context(), url, header)
	h.must(err)
	defer slow.Close()
	chair := h.join(h.chair)
	note, text := id(), strings.Repeat("The panel heard a long account. ", 600)
	var last int64
	for version := range 200 {
		last = h.do(h.clerk, room.WriteNote{NoteID: note, ItemID: h.request, BaseVersion: version, Text: fmt.Sprint(version, text)}).Seq
		chair.until(last)
	}
	// The slow one now reads what was on its way: it ends, and before the news of the last note.
	b := &browser{t: t, conn: slow}
	for {
		message, err := b.read()
		if err != nil {
			break
		}
		if message.Seq == last {
			t.Fatal("the slow reader was still sent everything")
		}
	}
	if frame := h.join(h.clerk); frame == nil {
		t.Fatal("whoever was dropped can come back")
	}
}

// Nothing that was acknowledged may be lost when the server goes, and browsers must know to come back.
func TestStoppingTellsEveryoneToComeBack(t *testing.T) {
	t.Parallel()
	h := setup(t)
	chair, ann := h.join(h.chair), h.join(h.ann)
	command := id()
	chair.send(command, room.StartMeeting{})
	ann.until(1) // the change is durable; its reply may still wait
	limit, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	h.must(h.hub.Stop(limit))
	if reply := chair.next("reply"); reply.ID != command || reply.Seq != 1 {
		t.Fatalf("the reply was lost: %+v", reply)
	}
	for _, b := range []*browser{chair, ann} {
		if bye := b.next("bye"); bye.Reason != "restart" || bye.RetryMS == 0 {
			t.Fatalf("bye = %+v", bye)
		}
		if _, err := b.read(); !websocket.IsCloseError(err, websocket.CloseServiceRestart) {
			t.Fatalf("closed with %v", err)
		}
	}
	url, header := h.address(h.signIn(h.ann), 0)
	if _, response, err := websocket.DefaultDialer.DialContext(t.Context(), url, header); err == nil || response.StatusCode != http.StatusServiceUnavailable {
		t.Fatal("a stopping server took a new socket")
	}
}

// The long poll.

func (h *house) get(signIn uuid.UUID, path string) (int, []incoming, string) {
	h.t.Helper()
	request, err := http.NewRequestWithContext(h.t.Context(), http.MethodGet, h.server.URL+"/live/meetings/"+h.meeting.ID.String()+path, nil)
	h.must(err)
	return h.ask(request, signIn)
}

func (h *house) ask(request *http.Request, signIn uuid.UUID) (int, []incoming, string) {
	h.t.Helper()
	request.AddCookie(&http.Cookie{Name: "sign-in", Value: signIn.String()})
	response, err := http.DefaultClient.Do(request)
	h.must(err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	h.must(err)
	var messages []incoming
	if len(body) > 0 && body[0] == '[' {
		h.must(json.Unmarshal(body, &messages))
	} else {
		var one incoming
		h.must(json.Unmarshal(body, &one))
		messages = []incoming{one}
	}
	return response.StatusCode, messages, string(body)
}

// Where sockets are blocked the meeting must still be followed and acted in.
func TestLongPollFollowsTheSameLog(t *testing.T) {
	t.Parallel()
	h := setup(t, func(c *live.Config) { c.Poll = 300 * time.Millisecond })
	ann := h.signIn(h.ann)
	_, first, _ := h.get(ann, "/frames")
	if len(first) != 1 || !first[0].Whole || first[0].Seq != 0 {
		t.Fatalf("first = %+v", first)
	}
	if code, none, _ := h.get(ann, "/frames?after=0"); code != http.StatusOK || len(none) != 0 {
		t.Fatalf("nothing happened, yet %d with %d messages", code, len(none))
	}
	h.do(h.chair, room.StartMeeting{})
	if _, later, _ := h.get(ann, "/frames?after=0"); len(later) != 1 || later[0].Seq != 1 {
		t.Fatalf("later = %+v", later)
	}
	if code, refused, _ := h.get(h.signIn(h.stranger), "/frames"); code != http.StatusNotFound || refused[0].Error == nil {
		t.Fatalf("a stranger was answered %d %+v", code, refused)
	}
}

func TestLongPollIsAnsweredWhenSomethingHappens(t *testing.T) {
	t.Parallel()
	h := setup(t)
	ann := h.signIn(h.ann)
	answered := make(chan []incoming)
	go func() {
		_, messages, _ := h.get(ann, "/frames?after=0")
		answered <- messages
	}()
	h.do(h.chair, room.StartMeeting{})
	select {
	case messages := <-answered:
		if len(messages) != 1 || messages[0].Seq != 1 {
			t.Fatalf("messages = %+v", messages)
		}
	case <-time.After(patience):
		t.Fatal("the poll was not answered")
	}
}

func TestCommandsByPostAreTheSameCommands(t *testing.T) {
	t.Parallel()
	h := setup(t)
	post := func(actor access.Actor, origin, body string) (int, incoming) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.server.URL+"/live/meetings/"+h.meeting.ID.String()+"/commands", strings.NewReader(body))
		h.must(err)
		request.Header.Set("Origin", origin)
		code, messages, _ := h.ask(request, h.signIn(actor))
		return code, messages[0]
	}
	start := fmt.Sprintf(`{"type":"command","id":%q,"command":"meeting.start","data":{}}`, id())
	if code, _ := post(h.chair, "https://elsewhere.example.org", start); code != http.StatusForbidden {
		t.Errorf("another website's page acted with the chair's cookie: %d", code)
	}
	if code, reply := post(h.ann, h.server.URL, start); code != http.StatusForbidden || reply.Error == nil {
		t.Errorf("a member started the meeting: %d %+v", code, reply)
	}
	if code, reply := post(h.chair, h.server.URL, start); code != http.StatusOK || reply.Seq != 1 {
		t.Errorf("the chair's start: %d %+v", code, reply)
	}
	if code, reply := post(h.chair, h.server.URL, start); code != http.StatusOK || reply.Seq != 1 {
		t.Errorf("the same again: %d %+v", code, reply)
	}
	if code, _ := post(h.chair, h.server.URL, "{"); code != http.StatusUnprocessableEntity {
		t.Errorf("unreadable: %d", code)
	}
}
