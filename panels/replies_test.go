package panels

import (
	"slices"
	"strings"
	"testing"
	"time"

	"quorate/notify"
	"quorate/notify/notifytest"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// gathering is a forum with people in its first deciding seats and a meeting to come.
type gathering struct {
	*partnership
	forum   Forum
	meeting Meeting
	chair   access.Actor
	clerk   access.Actor
	hal     Person // holds health's seat …
	dot     Person // … and deputises in it
	ann     Person // holds adult social care's seat
}

func newGathering(t *testing.T) *gathering {
	t.Helper()
	p := newPartnership(t)
	g := &gathering{partnership: p, forum: p.forum("mapac", "")}
	g.clerk = p.clerkOf(g.forum)
	chair := p.person("Chris Chair")
	g.fill(p.seat(g.forum, access.Chair), chair, 0)
	g.chair = p.actor(chair)
	g.hal, g.dot, g.ann = p.person("Hal Health"), p.person("Dot Deputy"), p.person("Ann Adults")
	g.fill(g.seatOf(HealthContinuing), g.hal, 0)
	g.fill(g.seatOf(HealthContinuing), g.dot, 1)
	g.fill(g.seatOf(AdultSocialCare), g.ann, 0)
	meeting, err := p.CallExtraordinaryMeeting(t.Context(), g.clerk, NewMeeting{ForumID: g.forum.ID, StartsAt: at("2026-12-09", 14, 0), Venue: "County Hall"})
	must(t)(meeting, err)
	g.meeting = meeting
	return g
}

func (g *gathering) seatOf(kind AgencyKind) TableSeat {
	g.t.Helper()
	for _, seat := range g.seats(g.forum, g.today()) {
		if seat.Kind == kind && seat.Office == access.Member {
			return seat
		}
	}
	g.t.Fatalf("no seat for %s", kind)
	return TableSeat{}
}

func (g *gathering) fill(seat TableSeat, person Person, order int) {
	g.t.Helper()
	_, err := g.FillSeat(g.t.Context(), g.admin, NewHolding{SeatID: seat.ID, PersonID: person.ID, DeputyOrder: order})
	must(g.t)(nil, err)
}

func (g *gathering) says(person Person, answer Answer, deputy ...Person) (Reply, error) {
	g.t.Helper()
	said := NewReply{MeetingID: g.meeting.ID, Answer: answer, Via: ByPage, Sequence: g.now().Sequence}
	if len(deputy) > 0 {
		said.DeputyID = &deputy[0].ID
	}
	return g.ReplyToMeeting(g.t.Context(), g.actor(person), said)
}

func (g *gathering) now() (meeting Meeting) {
	g.t.Helper()
	g.read(g.admin, func(tx db.Tx) (err error) { meeting, err = MeetingByID(tx, g.meeting.ID); return err })
	return meeting
}

func (g *gathering) asked() (attendees []Attendee) {
	g.t.Helper()
	g.read(g.admin, func(tx db.Tx) (err error) { attendees, err = Attendees(tx, g.meetingNow(tx)); return err })
	return attendees
}

func (g *gathering) meetingNow(tx db.Tx) Meeting {
	meeting, err := MeetingByID(tx, g.meeting.ID)
	must(g.t)(nil, err)
	return meeting
}

func (g *gathering) isAsked(person Person) bool {
	return slices.ContainsFunc(g.asked(), func(a Attendee) bool { return a.PersonID == person.ID })
}

// link makes a link as the email being written does.
func (g *gathering) link(person Person) (text string) {
	g.t.Helper()
	err := g.DB.Write(g.t.Context(), access.System("test"), func(tx db.Tx) error {
		path, err := ReplyLink(tx, g.meetingNow(tx), person.ID)
		text = strings.TrimPrefix(path, "/reply/")
		return err
	})
	must(g.t)(nil, err)
	return text
}

// told counts the notices of a kind that wait for somebody.
func (g *gathering) told(kind notify.Kind, person Person) (count int) {
	g.t.Helper()
	g.read(g.admin, func(tx db.Tx) error {
		return tx.Raw(`select count(*) from outbox where kind = ? and recipient = ?`, kind, person.ID).Scan(&count).Error
	})
	return count
}

func (g *gathering) post() *notify.Store {
	post := &notify.Store{DB: g.DB, BaseURL: "https://quorate.example.org"}
	RegisterNotices(post)
	return post
}

func TestReplyIsSupersededAndNeverChanged(t *testing.T) {
	t.Parallel()
	g := newGathering(t)
	first, err := g.says(g.hal, Attending)
	must(t)(first, err)
	again, err := g.says(g.hal, Attending)
	if err != nil || again.ID != first.ID {
		t.Errorf("the same answer again: %v, %v", again, err)
	}
	must(t)(g.says(g.hal, Apologies))
	var replies []Reply
	g.read(g.admin, func(tx db.Tx) error {
		return tx.Raw(`select * from reply where person_id = ? order by id`, g.hal.ID).Scan(&replies).Error
	})
	if len(replies) != 2 || replies[0].Answer != Attending || replies[0].Current || replies[1].Answer != Apologies || !replies[1].Current {
		t.Errorf("replies %+v", replies)
	}
	if n := g.audited("reply.given"); n != 2 {
		t.Errorf("%d replies in the audit trail", n)
	}
}

// A deputy who is not told stays at home, and one who is not told otherwise travels for nothing.
func TestADeputyIsToldAndToldOtherwise(t *testing.T) {
	t.Parallel()
	g := newGathering(t)
	must(t)(g.says(g.hal, SendingDeputy, g.dot))
	notice := notify.Notice{Kind: NoticeDeputySent, IDs: notify.IDs{"meeting": g.meeting.ID}, To: g.dot.ID}
	if !g.isAsked(g.dot) || g.told(NoticeDeputySent, g.dot) != 1 {
		t.Fatal("the deputy is not asked to come")
	}
	notifytest.Golden(t, g.post(), notice, "deputy_sent")

	must(t)(g.says(g.dot, Apologies))
	if g.told(NoticeDeputyCannotCome, g.hal) != 1 {
		t.Error("nobody told the holder that the deputy cannot come")
	}
	notifytest.Golden(t, g.post(), notify.Notice{Kind: NoticeDeputyCannotCome, IDs: notice.IDs, To: g.hal.ID}, "deputy_cannot_come")

	must(t)(g.says(g.hal, Attending))
	if g.isAsked(g.dot) || g.told(NoticeDeputyReleased, g.dot) != 1 {
		t.Error("the deputy is not told that they are not needed")
	}
	notifytest.Golden(t, g.post(), notify.Notice{Kind: NoticeDeputyReleased, IDs: notice.IDs, To: g.dot.ID}, "deputy_released")
	notifytest.NotSent(t, g.post(), notice)
	notifytest.NotSent(t, g.post(), notify.Notice{Kind: NoticeDeputyCannotCome, IDs: notice.IDs, To: g.hal.ID})
	_, err := g.says(g.dot, Attending)
	wantFault(t, err, fault.Denied, "")
}

// A seat that names its deputies anew must not leave the old one asked to come.
func TestADeputyNoLongerNamedIsNotAsked(t *testing.T) {
	t.Parallel()
	g := newGathering(t)
	must(t)(g.says(g.hal, SendingDeputy, g.dot))
	g.fill(g.seatOf(HealthContinuing), g.person("Dee Deputy"), 1)
	if g.isAsked(g.dot) {
		t.Error("a deputy the seat no longer names is asked to come")
	}
}

func TestReplySaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	g := newGathering(t)
	stranger, presenter := g.person("Sam Stranger"), g.person("Pia Presenter")
	for name, c := range map[string]struct {
		person Person
		answer Answer
		deputy []Person
		kind   fault.Kind
		field  string
	}{
		"no answer":                {g.hal, "", nil, fault.Invalid, "answer"},
		"a made-up answer":         {g.hal, "perhaps", nil, fault.Invalid, "answer"},
		"which deputy":             {g.hal, SendingDeputy, nil, fault.Invalid, "deputy"},
		"a deputy not named":       {g.hal, SendingDeputy, []Person{g.ann}, fault.Invalid, "deputy"},
		"themselves as deputy":     {g.hal, SendingDeputy, []Person{g.hal}, fault.Invalid, "deputy"},
		"a deputy beside a yes":    {g.hal, Attending, []Person{g.dot}, fault.Invalid, "deputy"},
		"no deputy is named":       {g.ann, SendingDeputy, nil, fault.Invalid, "answer"},
		"somebody without a seat":  {stranger, Attending, nil, fault.NotFound, ""},
		"a presenter of the forum": {presenter, Attending, nil, fault.NotFound, ""},
		"a deputy nobody sends":    {g.dot, Attending, nil, fault.Denied, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := g.says(c.person, c.answer, c.deputy...)
			wantFault(t, err, c.kind, c.field)
		})
	}
	for _, actor := range []access.Actor{g.actor(g.ann), g.actor(stranger)} {
		_, err := g.ReplyToMeeting(t.Context(), actor, NewReply{MeetingID: g.meeting.ID, PersonID: g.hal.ID, Answer: Apologies, Via: ByPage})
		if !fault.Is(err, fault.Denied) && !fault.Is(err, fault.NotFound) {
			t.Errorf("%s answers for somebody else: %v", actor.Name, err)
		}
	}
	if n := g.audited("reply.given"); n != 0 {
		t.Errorf("%d refused replies were kept", n)
	}
}

func TestTheClerkRecordsAReply(t *testing.T) {
	t.Parallel()
	g := newGathering(t)
	reply, err := g.ReplyToMeeting(t.Context(), g.clerk, NewReply{MeetingID: g.meeting.ID, PersonID: g.hal.ID, Answer: Apologies, Via: ByPage})
	if err != nil || reply.Via != ByClerk || reply.RecordedBy == nil || *reply.RecordedBy != g.clerk.PersonID {
		t.Errorf("%+v, %v", reply, err)
	}
	reply, err = g.ReplyToMeeting(t.Context(), access.System("calendar"), NewReply{MeetingID: g.meeting.ID, PersonID: g.hal.ID, Answer: Tentative, Via: ByCalendar})
	if err != nil || reply.RecordedBy != nil || reply.Via != ByCalendar {
		t.Errorf("%+v, %v", reply, err)
	}
}

// An answer about the old time says nothing of the new one.
func TestAMoveAsksEverybodyAgain(t *testing.T) {
	t.Parallel()
	g := newGathering(t)
	before := g.now()
	must(t)(g.says(g.hal, Attending))
	must(t)(g.MoveMeeting(t.Context(), g.clerk, MoveMeeting{MeetingID: before.ID, Version: before.Version, StartsAt: before.StartsAt, Venue: "Town Hall"}))
	if a := g.asked(); a[slices.IndexFunc(a, func(a Attendee) bool { return a.PersonID == g.hal.ID })].Reply == nil {
		t.Error("another room asks everybody again")
	}
	must(t)(g.MoveMeeting(t.Context(), g.clerk, MoveMeeting{MeetingID: before.ID, Version: before.Version + 1, StartsAt: before.StartsAt.Add(24 * time.Hour)}))
	for _, a := range g.asked() {
		if a.Reply != nil {
			t.Errorf("%s still stands with %s", a.Name, a.Reply.Answer)
		}
	}
	_, err := g.ReplyToMeeting(t.Context(), g.actor(g.hal), NewReply{MeetingID: before.ID, Answer: Attending, Via: ByPage, Sequence: before.Sequence})
	wantFault(t, err, fault.Stale, "")
}

func TestNobodyRepliesToWhatWillNotBe(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*gathering)
		kind   fault.Kind
	}{
		"draft":     {func(g *gathering) { g.set(g.meeting, "status", Draft) }, fault.NotFound},
		"cancelled": {func(g *gathering) { g.set(g.meeting, "status", Cancelled) }, fault.Conflict},
		"closed":    {func(g *gathering) { g.set(g.meeting, "status", Closed) }, fault.Conflict},
		"over":      {func(g *gathering) { g.clock.Set(g.meeting.EndsAt) }, fault.Conflict},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGathering(t)
			link := g.link(g.hal)
			c.change(g)
			_, err := g.says(g.hal, Attending)
			wantFault(t, err, c.kind, "")
			_, err = g.ReplyByLink(t.Context(), link, Attending, nil)
			wantFault(t, err, c.kind, "")
			_, err = g.ChaseReplies(t.Context(), g.clerk, g.meeting.ID)
			wantFault(t, err, c.kind, "")
		})
	}
}

// A link is a key that travels by email: it opens one door, once, and for a short time.
func TestReplyLink(t *testing.T) {
	t.Parallel()
	used := func(g *gathering, link string) string {
		must(g.t)(g.ReplyByLink(g.t.Context(), link, Attending, nil))
		return link
	}
	for _, c := range []struct {
		name   string
		misuse func(g *gathering, link string) (other string)
		kind   fault.Kind
		words  string
	}{
		{"NotALink", func(*gathering, string) string { return "AAAAAAAAAAAAAAAAAAAAAAAAAA" }, fault.NotFound, "not complete"},
		{"CutShort", func(_ *gathering, link string) string { return link[:20] }, fault.NotFound, "not complete"},
		{"TheDigestItself", func(g *gathering, _ string) (digest string) {
			g.read(g.admin, func(tx db.Tx) error {
				return tx.Raw(`select encode(digest, 'escape') from reply_link`).Scan(&digest).Error
			})
			return digest
		}, fault.NotFound, "not complete"},
		{"UsedTwice", used, fault.Conflict, "already replied by email"},
		{"AnotherLinkAfterOneWasUsed", func(g *gathering, link string) string {
			other := g.link(g.hal)
			used(g, link)
			return other
		}, fault.Conflict, "already replied by email"},
		{"Expired", func(g *gathering, link string) string {
			g.clock.Advance(7 * 24 * time.Hour)
			return link
		}, fault.Conflict, "expired"},
		{"Moved", func(g *gathering, link string) string {
			must(g.t)(g.MoveMeeting(g.t.Context(), g.clerk, MoveMeeting{MeetingID: g.meeting.ID, Version: 1, StartsAt: at("2026-12-10", 14, 0)}))
			return link
		}, fault.Conflict, "It is now on Thursday 10 December 2026"},
		{"AnotherRoom", func(g *gathering, link string) string {
			must(g.t)(g.MoveMeeting(g.t.Context(), g.clerk, MoveMeeting{MeetingID: g.meeting.ID, Version: 1, StartsAt: g.meeting.StartsAt, Venue: "Town Hall"}))
			return link
		}, fault.Conflict, "has changed since"},
		{"LeftTheSeat", func(g *gathering, link string) string {
			g.fill(g.seatOf(HealthContinuing), g.person("New Health"), 0)
			return link
		}, fault.Conflict, "no longer asked"},
		{"Cancelled", func(g *gathering, link string) string {
			must(g.t)(g.CancelMeeting(g.t.Context(), g.clerk, g.meeting.ID, 1, "Snow"))
			return link
		}, fault.Conflict, "cancelled"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := newGathering(t)
			link := c.misuse(g, g.link(g.hal))
			given := g.audited("reply.given")
			_, err := g.ReplyByLink(t.Context(), link, Apologies, nil)
			wantFault(t, err, c.kind, "")
			if sentence := fault.As(err).Sentence; !strings.Contains(sentence, c.words) {
				t.Errorf("it says %q", sentence)
			}
			err = g.DB.Read(t.Context(), access.SignedOut, func(tx db.Tx) error { _, err := ReadReplyLink(tx, link); return err })
			wantFault(t, err, c.kind, "")
			if g.audited("reply.given") != given {
				t.Error("a refused link answered")
			}
		})
	}
}

// Mail programs open every link in an email, often twice.
func TestOpeningALinkChangesNothing(t *testing.T) {
	t.Parallel()
	g := newGathering(t)
	link := g.link(g.hal)
	for range 2 {
		err := g.DB.Read(t.Context(), access.SignedOut, func(tx db.Tx) error {
			asked, err := ReadReplyLink(tx, link)
			if err == nil && (asked.Attendee.PersonID != g.hal.ID || asked.Meeting.ID != g.meeting.ID || asked.Forum.ID != g.forum.ID) {
				t.Errorf("it asks %+v", asked)
			}
			return err
		})
		must(t)(nil, err)
	}
	_, err := g.ReplyByLink(t.Context(), link, SendingDeputy, nil) // what wants mending does not use the link up
	wantFault(t, err, fault.Invalid, "deputy")
	reply, err := g.ReplyByLink(t.Context(), link, SendingDeputy, &g.dot.ID)
	if err != nil || reply.PersonID != g.hal.ID || reply.Via != ByLink {
		t.Errorf("%+v, %v", reply, err)
	}
}

func TestALinkNeverOutlivesItsMeeting(t *testing.T) {
	t.Parallel()
	g := newGathering(t)
	g.clock.Set(at("2026-12-08", 9, 0))
	g.link(g.hal)
	var expires time.Time
	g.read(g.admin, func(tx db.Tx) error { return tx.Raw(`select expires_at from reply_link`).Scan(&expires).Error })
	if !expires.Equal(g.meeting.EndsAt) {
		t.Errorf("it expires %s", clock.Moment(expires))
	}
	g.clock.Set(at("2027-01-20", 9, 0))
	must(t)(nil, g.ForgetReplyLinks(t.Context()))
	var left int
	g.read(g.admin, func(tx db.Tx) error { return tx.Raw(`select count(*) from reply_link`).Scan(&left).Error })
	if left != 0 {
		t.Error("a link long past is still kept")
	}
}

// Chased too often, people stop reading; chased too little, nobody knows who comes.
func TestChaseAsksThoseWhoHaveNotAnsweredOnceADay(t *testing.T) {
	t.Parallel()
	g := newGathering(t)
	must(t)(g.says(g.ann, Apologies))
	chased, err := g.ChaseReplies(t.Context(), g.chair, g.meeting.ID)
	if err != nil || chased != (Chased{Sent: 3}) { // health, the chair and the clerk
		t.Fatalf("%+v, %v", chased, err)
	}
	if g.told(NoticeReplyChased, g.hal) != 1 || g.told(NoticeReplyChased, g.ann) != 0 || g.told(NoticeReplyChased, g.dot) != 0 {
		t.Error("the wrong people were chased")
	}
	notice := notify.Notice{Kind: NoticeReplyChased, IDs: notify.IDs{"meeting": g.meeting.ID}, To: g.hal.ID}
	notifytest.Golden(t, g.post(), notice, "reply_chased")
	if chased, err = g.ChaseReplies(t.Context(), g.clerk, g.meeting.ID); err != nil || chased != (Chased{Already: 3}) {
		t.Errorf("again the same day: %+v, %v", chased, err)
	}
	must(t)(g.says(g.hal, Attending))
	notifytest.NotSent(t, g.post(), notice)
	g.clock.Advance(24 * time.Hour)
	if chased, err = g.ChaseReplies(t.Context(), g.clerk, g.meeting.ID); err != nil || chased != (Chased{Sent: 2}) {
		t.Errorf("the day after: %+v, %v", chased, err)
	}
	_, err = g.ChaseReplies(t.Context(), g.actor(g.ann), g.meeting.ID)
	wantFault(t, err, fault.Denied, "")
	_, err = g.ChaseReplies(t.Context(), g.actor(g.person("Sam Stranger")), g.meeting.ID)
	wantFault(t, err, fault.NotFound, "")
}

// Home asks for what is near, and stops asking once it is answered.
func TestRepliesWaitingAreMineAndNear(t *testing.T) {
	t.Parallel()
	g := newGathering(t)
	waiting := func(person Person) (rows []MeetingRow) {
		g.read(g.actor(person), func(tx db.Tx) (err error) { rows, err = RepliesWaiting(tx); return err })
		return rows
	}
	if rows := waiting(g.hal); len(rows) != 1 || rows[0].ID != g.meeting.ID {
		t.Errorf("%v waits for the holder", rows)
	}
	if rows := waiting(g.dot); len(rows) != 0 {
		t.Errorf("%v waits for a deputy nobody sends", rows)
	}
	must(t)(g.says(g.hal, SendingDeputy, g.dot))
	if len(waiting(g.hal)) != 0 || len(waiting(g.dot)) != 1 {
		t.Error("a deputy who is sent is not asked, or who sent them is asked again")
	}
	g.set(g.meeting, "ends_at", at("2027-01-20", 16, 0))
	g.set(g.meeting, "starts_at", at("2027-01-20", 14, 0))
	if len(waiting(g.ann)) != 0 {
		t.Error("a meeting two months ahead is asked about already")
	}
}

func TestForecastOfAMeetingFollowsItsReplies(t *testing.T) {
	t.Parallel()
	g := newGathering(t)
	forecast := func() (f MeetingForecast) {
		g.read(g.clerk, func(tx db.Tx) error {
			all, err := ForecastOf(tx, g.meetingNow(tx))
			f = all[g.meeting.ID]
			return err
		})
		return f
	}
	inDoubt := func(actor access.Actor) int {
		var list []MeetingInDoubt
		g.read(actor, func(tx db.Tx) (err error) { list, err = MeetingsInDoubt(tx); return err })
		return len(list)
	}
	if f := forecast(); f.Outlook == WillBeQuorate {
		t.Errorf("before any reply: %s", f.Words())
	}
	if inDoubt(g.clerk) != 1 || inDoubt(g.chair) != 1 || inDoubt(g.actor(g.ann)) != 0 {
		t.Error("Home does not warn those who run the forum, or warns others")
	}
	for _, kind := range AgencyKinds {
		for _, seat := range g.seats(g.forum, g.today()) {
			if seat.Kind == kind && seat.Decides() && len(seat.Holders) == 0 {
				g.fill(seat, g.person("Holder of "+seat.Name), 0)
			}
		}
	}
	for _, a := range g.asked() {
		_, err := g.ReplyToMeeting(t.Context(), access.System("test"), NewReply{MeetingID: g.meeting.ID, PersonID: a.PersonID, Answer: Attending, Via: ByAPI})
		must(t)(nil, err)
	}
	if f := forecast(); f.Outlook != WillBeQuorate {
		t.Errorf("when all said yes: %s", f.Words())
	}
	if inDoubt(g.clerk) != 0 {
		t.Error("Home still warns")
	}
	if _, err := g.RecordAbsence(t.Context(), g.actor(g.hal), NewAbsence{PersonID: g.hal.ID, From: day("2026-12-09"), To: day("2026-12-09"), Kind: OnLeave}); err != nil {
		t.Fatal(err)
	}
	if f := forecast(); f.Expect[g.hal.ID] != Coming {
		t.Error("leave counts for more than a yes about this meeting")
	}
}

// Several answers are one act: a member who saves five at once must not find that three were kept.
func TestRepliesToSeveralMeetingsAreAllTakenOrNone(t *testing.T) {
	t.Parallel()
	g := newGathering(t)
	other, err := g.CallExtraordinaryMeeting(t.Context(), g.clerk, NewMeeting{ForumID: g.meeting.ForumID, StartsAt: g.meeting.StartsAt.Add(48 * time.Hour), Duration: time.Hour})
	must(t)(other, err)
	hal := g.actor(g.hal)
	good := []NewReply{{MeetingID: g.meeting.ID, Answer: Attending, Via: ByPage}, {MeetingID: other.ID, Answer: Apologies, Via: ByPage}}

	bad := []NewReply{good[0], {MeetingID: other.ID, Answer: "perhaps", Via: ByPage}}
	_, err = g.ReplyToMeetings(t.Context(), hal, bad)
	wantFault(t, err, fault.Invalid, "answer-"+other.ID.String())
	waiting := func() (pages []ReplyPage) {
		g.read(hal, func(tx db.Tx) (err error) { pages, err = ShowMyReplies(tx); return err })
		return pages
	}
	if pages := waiting(); len(pages) != 2 || pages[0].Attendee.Reply != nil || pages[1].Attendee.Reply != nil {
		t.Fatalf("after a refusal: %+v", pages)
	}
	g.clock.Advance(time.Second)
	if given, err := g.ReplyToMeetings(t.Context(), hal, good); err != nil || given != 2 {
		t.Errorf("%d replies taken, %v", given, err)
	}
	g.clock.Advance(time.Second)
	if given, err := g.ReplyToMeetings(t.Context(), hal, good); err != nil || given != 0 {
		t.Errorf("%d replies taken of the same answers again, %v", given, err)
	}
	if pages := waiting(); pages[0].Attendee.Reply.Answer != Attending || pages[1].Attendee.Reply.Answer != Apologies {
		t.Errorf("kept %+v", pages)
	}
	_, err = g.ReplyToMeetings(t.Context(), g.actor(g.person("Sam Stranger")), good)
	wantFault(t, err, fault.NotFound, "")
}
