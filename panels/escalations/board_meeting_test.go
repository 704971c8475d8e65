package escalations_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/panels/escalations"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// sitting is the board's meeting of today, begun, with what was escalated to it as its open item.
type sitting struct {
	*world
	room          room.Store
	meeting, item uuid.UUID
	next          uuid.UUID
}

// convene begins the board's meeting. Until gather, too few are here for a quorum.
func (w *world) convene(escalation uuid.UUID) *sitting {
	w.t.Helper()
	s := &sitting{world: w, room: room.Store{DB: w.DB, Answered: escalations.AnswerInMeeting}, meeting: uuid.Must(uuid.NewV7()), item: uuid.Must(uuid.NewV7()), next: uuid.Must(uuid.NewV7())}
	w.write(func(tx db.Tx) error {
		for id, at := range map[uuid.UUID]time.Time{s.meeting: tx.Now, s.next: tx.Now.AddDate(0, 3, 0)} {
			m := panels.Meeting{ID: id, ForumID: w.board.ID, StartsAt: at, EndsAt: at.Add(2 * time.Hour), Status: panels.Scheduled, AgendaVersion: 1, CreatedAt: tx.Now, ChangedAt: tx.Now, Version: 1}
			if err := tx.Create(&m).Error; err != nil {
				return err
			}
		}
		return tx.Exec(`insert into agenda_item (id, meeting_id, number, position, kind, title, escalation_id, minutes, created_at) values (?, ?, '1', 1, 'escalation', 'Housing', ?, 15, ?)`,
			s.item, s.meeting, escalation, tx.Now).Error
	})
	s.do(w.boardChair, room.StartMeeting{})
	s.do(w.boardChair, room.OpenItem{ItemID: s.item})
	return s
}

// gather records as here a chair and a member of every agency the board's quorum asks for.
func (s *sitting) gather() {
	s.t.Helper()
	for _, seat := range scan[[]uuid.UUID](s.world, `
		select t.id from seat t where t.forum_id = ? and t.standing = 'deciding' and not exists (select from seat_holding h where h.seat_id = t.id)`, s.board.ID) {
		person := s.person("Director " + seat.String()[30:])
		s.write(func(tx db.Tx) error {
			return tx.Exec(`insert into seat_holding (id, seat_id, person_id, from_date) values (?, ?, ?, ?)`, uuid.New(), seat, person, tx.Today().AddDays(-100)).Error
		})
	}
	for _, person := range scan[[]uuid.UUID](s.world, `select h.person_id from seat_holding h join seat t on t.id = h.seat_id where t.forum_id = ? and t.standing = 'deciding'`, s.board.ID) {
		s.do(s.boardClerk, room.RecordAttendance{PersonID: person, Present: true})
	}
}

func (s *sitting) try(actor access.Actor, change room.Change) error {
	_, err := s.room.Do(s.t.Context(), actor, s.meeting, room.Command{ID: uuid.New(), Change: change})
	return err
}

func (s *sitting) do(actor access.Actor, change room.Change) {
	s.t.Helper()
	if err := s.try(actor, change); err != nil {
		s.t.Fatalf("%s: %v", change.Type(), err)
	}
}

func (s *sitting) refuses(actor access.Actor, change room.Change, kind fault.Kind, sentence string) {
	s.t.Helper()
	if err := s.try(actor, change); !fault.Is(err, kind) || !strings.Contains(err.Error(), sentence) {
		s.t.Errorf("%s was answered with %v, not with %q", change.Type(), err, sentence)
	}
}

// direction is what the board confirms.
func (s *sitting) direction() room.ConfirmDecision {
	return room.ConfirmDecision{ItemID: s.item, Outcome: room.Agreed, Direction: "Commissioning opens two flats.", OwnerID: &s.owner.PersonID, ActBy: clock.MustDate("2027-01-29")}
}

// A direction that stands in the minutes and never reaches whoever is blocked is where cases die.
func TestABoardAnswersInItsMeeting(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, id := w.raiseToBoard()
	s := w.convene(id)
	s.arrived()
	s.refuses(w.boardChair, s.direction(), fault.Invalid, "There was no quorum")
	s.gather()
	s.refuses(w.boardClerk, s.direction(), fault.Denied, "")
	s.refuses(w.boardMember, s.direction(), fault.Denied, "")
	for field, change := range map[string]func(*room.ConfirmDecision){
		"Enter what the board directs":                         func(c *room.ConfirmDecision) { c.Direction = " " },
		"Select who is to do it":                               func(c *room.ConfirmDecision) { c.OwnerID = nil },
		"Enter the date by which it is to be done":             func(c *room.ConfirmDecision) { c.ActBy = clock.Date{} },
		"The date must be today or later":                      func(c *room.ConfirmDecision) { c.ActBy = clock.MustDate("2026-11-25") },
		"The direction must be 500":                            func(c *room.ConfirmDecision) { c.Direction = strings.Repeat("x", 501) },
		"Enter why the board does not agree":                   func(c *room.ConfirmDecision) { c.Outcome = room.NotAgreed },
		"A board gives a direction, does not agree, or defers": func(c *room.ConfirmDecision) { c.Outcome = room.Provisional },
		"Select the meeting it is deferred to":                 func(c *room.ConfirmDecision) { c.Outcome, c.Missing = room.Deferred, "the costs" },
		"Select a later meeting that is still to happen":       func(c *room.ConfirmDecision) { c.Outcome, c.Missing, c.NextMeetingID = room.Deferred, "x", &w.meeting },
	} {
		wrong := s.direction()
		change(&wrong)
		s.refuses(w.boardChair, wrong, fault.Invalid, field)
	}
	if n := scan[int](w, `select (select count(*) from board_answer) + (select count(*) from decision)`); n != 0 {
		t.Fatalf("%d rows of what was refused", n)
	}
	s.do(w.boardChair, s.direction())

	var kept escalations.Answer
	w.write(func(tx db.Tx) error {
		return tx.Raw(`select * from board_answer where escalation_id = ?`, id).Take(&kept).Error
	})
	if kept.MeetingID == nil || *kept.MeetingID != s.meeting || kept.AnsweredBy != w.boardChair.PersonID || !kept.Agreed || *kept.OwnerID != w.owner.PersonID || kept.ActBy != clock.MustDate("2027-01-29") {
		t.Errorf("the answer is kept as %+v", kept)
	}
	if due := scan[string](w, `select text from due where forum_id = ? and kind = 'answer' and done_at is null`, w.mapac.ID); !strings.Contains(due, "Commissioning opens two flats. To be done by Owner, by 29 January 2027.") {
		t.Errorf("the forum’s next agenda says %q", due)
	}
	if due := scan[string](w, `select text from due where forum_id = ? and kind = 'answer' and done_at is null`, w.board.ID); !strings.Contains(due, "What became of the answer") {
		t.Errorf("the board’s next agenda says %q", due)
	}
	if n := scan[int](w, `select count(*) from due where forum_id = ? and kind = 'escalation' and done_at is null`, w.board.ID); n != 0 {
		t.Error("what was answered is still due to the board")
	}
	if got := strings.Join(s.arrived(), "\n"); !strings.Contains(got, "owner: ") || !strings.Contains(got, "mapac.chair: ") || !strings.Contains(got, "mapac.clerk: ") {
		t.Errorf("told: %s", got)
	}
	err := w.AnswerEscalation(t.Context(), w.boardMember, id, escalations.BoardAnswer{Reason: "We think not"})
	if !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "already answered this, in its meeting of 26 November 2026: Commissioning opens two flats.") {
		t.Errorf("answering it on its page as well: %v", err)
	}
	var answers []escalations.CaseAnswer
	if err := w.DB.Read(t.Context(), w.chair, func(tx db.Tx) (err error) { answers, err = escalations.AnswersOfCase(tx, *b.CaseID); return err }); err != nil || len(answers) != 1 {
		t.Errorf("the case shows %v, %v", answers, err)
	}

	decision := scan[[]uuid.UUID](w, `select id from decision where item_id = ?`, s.item)[0]
	s.do(w.boardChair, room.CorrectDecision{DecisionID: decision, Wrong: "two flats", Right: "three flats", Reason: "Misheard."})
	s.do(w.boardChair, room.CloseMeeting{})
	var minutes room.Minutes
	if err := w.DB.Read(t.Context(), w.boardMember, func(tx db.Tx) (err error) { minutes, err = room.ShowMinutes(tx, s.meeting); return err }); err != nil {
		t.Fatal(err)
	}
	shown := minutes.Items[0].Decision
	if shown == nil || shown.Words != "Agreed" || shown.Standing != "Decided" || len(shown.Corrections) != 1 {
		t.Fatalf("the minutes say %+v", shown)
	}
	said := map[string]string{}
	for _, fact := range shown.Facts {
		said[fact.Name] = fact.Text
	}
	if said["Direction"] != "Commissioning opens two flats." || said["To be done by"] != "Owner" || said["By"] != "29 January 2027" {
		t.Errorf("the minutes say %v", said)
	}
	if record := scan[string](w, `select string_agg(record, '') from room_event_content where meeting_id = ?`, s.meeting); !strings.Contains(record, `"direction":"Commissioning opens two flats."`) || strings.Contains(record, canary) {
		t.Errorf("the record is %s", record)
	}
}

// Two answers to one question would send the forum two ways.
func TestABoardAnswersOnceWhereverItDoes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, id := w.raiseToBoard()
	s := w.convene(id)
	s.gather()
	if err := w.AnswerEscalation(t.Context(), w.boardMember, id, escalations.BoardAnswer{Reason: "The panel can do it"}); err != nil {
		t.Fatal(err)
	}
	s.refuses(w.boardChair, s.direction(), fault.Conflict, "The board answered this on 26 November 2026: not agreed, because: The panel can do it.")
	s.refuses(w.boardChair, room.OpenVote{ItemID: s.item, Outcome: room.Agreed, Text: "Two flats"}, fault.Conflict, "The board answered this")
	if n := scan[int](w, `select (select count(*) from decision) + (select count(*) from board_answer) - 1`); n != 0 {
		t.Errorf("%d rows of what was refused", n)
	}
	var view room.View
	if err := w.DB.Read(t.Context(), w.boardChair, func(tx db.Tx) error {
		state, err := room.Load(tx, s.meeting)
		viewer, _ := room.ViewerOf(state, tx.Actor)
		view = room.Project(state, viewer)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if len(view.Item.Outcomes) != 0 || !strings.Contains(view.Item.Asked.Settled, "not agreed") || view.Me.Next.Kind != room.NextClose {
		t.Errorf("the chair is offered %v, %+v, %+v", view.Item.Outcomes, view.Item.Asked, view.Me.Next)
	}
}

// What a board puts off must come back by itself, and stays open to an answer until then.
func TestWhatABoardDefersIsAskedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, id := w.raiseToBoard()
	s := w.convene(id)
	s.gather()
	s.do(w.boardChair, room.ConfirmDecision{ItemID: s.item, Outcome: room.Deferred, Missing: "what it costs", NextMeetingID: &s.next})
	var due struct {
		DueOn clock.Date
		Law   string
	}
	w.write(func(tx db.Tx) error {
		return tx.Raw(`select due_on, law from due where kind = 'escalation' and source_id = ? and done_at is null`, id).Take(&due).Error
	})
	if due.DueOn != clock.MustDate("2027-02-26") || !strings.HasSuffix(due.Law, "Deferred on 26 November 2026: what it costs") {
		t.Errorf("it is due again as %+v", due)
	}
	if err := w.AnswerEscalation(t.Context(), w.boardMember, id, escalations.BoardAnswer{Reason: "The panel can do it"}); err != nil {
		t.Errorf("what was deferred cannot be answered between meetings: %v", err)
	}
}
