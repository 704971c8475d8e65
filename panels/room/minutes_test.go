package room_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/notify/notifytest"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/base/fault"
)

// minutes are the record of the meeting as somebody reads it.
func (h *house) minutes(actor access.Actor) (m room.Minutes, err error) {
	err = h.read(actor, func(tx db.Tx) error { m, err = room.ShowMinutes(tx, h.meeting.ID); return err })
	return m, err
}

// held is a meeting that was held and closed: Eve left for the request, which was deferred.
func held(t *testing.T) *house {
	h := setup(t)
	h.do(h.eve, room.DeclareInterest{ItemID: h.request.ID, Kind: room.Family, Reason: "CANARY-INTEREST"})
	h.inSession(h.ann, h.eve)
	h.do(h.clerk, room.WriteNote{NoteID: id(), ItemID: h.request.ID, Text: "Heard the school"})
	h.clock.Advance(10 * time.Minute)
	h.do(h.sam, room.RecordAttendance{Present: true, Remote: true})
	h.clock.Advance(10 * time.Minute)
	h.do(h.ann, room.RecordAttendance{Present: false})
	h.clock.Advance(10 * time.Minute)
	h.do(h.ann, room.RecordAttendance{Present: true})
	h.decideOn(room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Deferred, Missing: "The report", NextMeetingID: &h.next.ID})
	h.do(h.clerk, room.RaiseAction{ItemID: &h.request.ID, OwnerID: h.ann.PersonID, DueOn: clock.MustDate("2026-12-10"), Text: "Chase it"})
	h.do(h.chair, room.CloseMeeting{})
	return h
}

// The record is finished when the meeting is: who was there and when, whose deputy, and what became of
// each item stand there without anybody typing them, and nothing of an item for whoever left for it.
func TestMinutesAssembleThemselves(t *testing.T) {
	t.Parallel()
	h := held(t)
	m, err := h.minutes(h.ola)
	h.must(err)
	item := m.Items[2]
	if len(m.Items) != 3 || item.Label != "3/26" || item.Decision == nil || item.Wording != "Heard the school" || len(item.Actions) != 1 || len(item.Interests) != 1 || item.Interests[0].Sentence() != "Eve Lane declared an interest and left for this item. The chair gave no answer to it." {
		t.Errorf("item 3: %+v", item)
	}
	there := m.There
	if len(there.Present) != 3 || len(there.Apologies) != 0 || len(there.Absent) != 4 {
		t.Fatalf("who was there: %+v", there)
	}
	start := h.meeting.StartsAt
	if ann := there.Present[0]; ann.Name != "Ann Bell" || ann.Times != clock.Time(start)+" to "+clock.Time(start.Add(20*time.Minute))+", "+clock.Time(start.Add(30*time.Minute))+" to the end" {
		t.Errorf("Ann: %+v", ann)
	}
	if sam := there.Present[1]; sam.Capacity != "deputy for Hal Hart, Health" || !strings.HasSuffix(sam.Times, "to the end by video or phone") {
		t.Errorf("Sam: %+v", sam)
	}
	if hal := there.Absent[2]; hal.Name != "Hal Hart" || hal.Came != "Sam Reed" {
		t.Errorf("Hal: %+v", hal)
	}
	left, err := h.minutes(h.eve)
	h.must(err)
	if item := left.Items[2]; item.Decision != nil || item.Wording != "" || item.Actions != nil || item.Interests != nil || item.Title != "" || item.Hidden != "You have left for this item" {
		t.Errorf("for who left: %+v", item)
	}
	brought, err := h.minutes(h.pia)
	h.must(err)
	if len(brought.Items) != 1 || brought.Items[0].Decision == nil || brought.Items[0].Wording != "" || brought.Items[0].Actions != nil || len(brought.There.Present) != 0 || !brought.OnlyOwn {
		t.Errorf("for the presenter: %+v", brought)
	}
	watched, err := h.minutes(h.observer())
	h.must(err)
	if item := watched.Items[2]; item.Decision == nil || item.Wording != "" || item.Vote != nil || item.Actions != nil {
		t.Errorf("for an observer: %+v", item)
	}
	if _, err := h.minutes(h.stranger); !fault.Is(err, fault.NotFound) {
		t.Errorf("for an outsider: %v, want not found", err)
	}
}

// The numbers run through the forum's year, whatever its meetings, and start again with the next.
func TestMinutesAreNumberedThroughTheYear(t *testing.T) {
	t.Parallel()
	h := held(t)
	h.meeting = h.next
	h.do(h.chair, room.StartMeeting{})
	h.owner(`insert into agenda_item (id, meeting_id, number, position, kind, title, minutes, created_at) values ($1, $2, '1', 1, 'standing', 'Minutes of the last meeting', 3, now())`, id(), h.meeting.ID)
	h.do(h.chair, room.CloseMeeting{})
	m, err := h.minutes(h.clerk)
	h.must(err)
	if len(m.Items) != 1 || m.Items[0].Label != "4/26" {
		t.Errorf("the next meeting: %+v", m.Items)
	}
}

// From draft to locked: worded, commented on, answered, made final, approved with a correction. A step
// that could be taken out of turn would leave a record that people dispute.
func TestMinutesFromDraftToLocked(t *testing.T) {
	t.Parallel()
	h := held(t)
	ctx, store, of, item := t.Context(), h.store, h.meeting.ID, h.request.ID
	wants := func(what string, err error, kind fault.Kind) {
		t.Helper()
		if !fault.Is(err, kind) {
			t.Errorf("%s: %v, want %s", what, err, kind)
		}
	}
	in := func(days int) clock.Date { return clock.DateOf(h.clock.Now()).AddDays(days) }

	// Drafting.
	wants("a member words", store.WordMinute(ctx, h.ann, of, item, 0, "x"), fault.Denied)
	wants("an outsider words", store.WordMinute(ctx, h.stranger, of, item, 0, "x"), fault.NotFound)
	wants("a comment on a draft", store.CommentOnMinutes(ctx, h.ann, of, &item, "x"), fault.Conflict)
	h.must(store.WordMinute(ctx, h.clerk, of, item, 0, "The panel heard the school."))
	wants("an older version", store.WordMinute(ctx, h.chair, of, item, 0, "The panel heard nobody."), fault.Stale)
	h.do(h.clerk, room.WriteNote{NoteID: id(), ItemID: h.name.ID, Text: "Written up afterwards"})

	// Sent for comment.
	_, err := store.SendForComment(ctx, h.clerk, of, in(-1))
	wants("a day that has gone", err, fault.Invalid)
	told, err := store.SendForComment(ctx, h.clerk, of, in(7))
	h.must(err)
	people, ids := h.waiting(room.NoticeMinutesComment)
	if told != 6 || len(people) != 6 {
		t.Errorf("%d told, %d messages", told, len(people))
	}
	notice := notify.Notice{Kind: room.NoticeMinutesComment, IDs: ids, To: h.ann.PersonID}
	notifytest.Golden(t, h.post(), notice, "minutes_for_comment")
	if n := h.count(`select count(*) from meeting where id = ? and minutes_sent_at is not null`, of); n != 1 {
		t.Error("minutes that are out are still chased")
	}
	h.refused(h.clerk, room.WriteNote{NoteID: id(), ItemID: h.standing.ID, Text: "x"}, fault.Conflict,
		"The minutes made of these notes have gone out, so the notes stay as they are. Change the wording of the minutes instead.")
	if m, err := h.minutes(h.hal); err != nil || m.Items[1].Wording != "Written up afterwards" || !m.MayComment || m.MayWord {
		t.Errorf("%v: %+v", err, m.Items[1])
	}
	h.must(store.CommentOnMinutes(ctx, h.ann, of, &item, "The family was heard too."))
	wants("whoever left for the item", store.CommentOnMinutes(ctx, h.eve, of, &item, "x"), fault.Denied)
	wants("nothing typed", store.CommentOnMinutes(ctx, h.ann, of, nil, " "), fault.Invalid)
	if m, _ := h.minutes(h.hal); len(m.Items[2].Comments) != 0 {
		t.Error("a member reads another member’s comment")
	}
	m, err := h.minutes(h.clerk)
	h.must(err)
	_, err = store.MakeMinutesFinal(ctx, h.clerk, of)
	wants("final with an open comment", err, fault.Conflict)
	comment := m.Items[2].Comments[0].ID
	wants("a member answers", store.AnswerComment(ctx, h.ann, of, comment, "x"), fault.Denied)
	h.must(store.AnswerComment(ctx, h.clerk, of, comment, "Added."))
	wants("answered twice", store.AnswerComment(ctx, h.clerk, of, comment, "Left out."), fault.Conflict)
	_, ids = h.waiting(room.NoticeCommentAnswered)
	notifytest.Golden(t, h.post(), notify.Notice{Kind: room.NoticeCommentAnswered, IDs: ids, To: h.ann.PersonID}, "minutes_answered")
	h.must(store.WordMinute(ctx, h.clerk, of, item, 1, "The panel heard the school and the family."))
	h.clock.Advance(8 * 24 * time.Hour)
	wants("a comment after the last day", store.CommentOnMinutes(ctx, h.hal, of, nil, "x"), fault.Conflict)
	notifytest.NotSent(t, h.post(), notice)

	// Final.
	approve := room.ApproveMinutes{ItemID: id(), MinutesOf: of, Corrections: "Ann Bell arrived at 9:35am."}
	_, err = store.MakeMinutesFinal(ctx, h.clerk, of)
	h.must(err)
	_, ids = h.waiting(room.NoticeMinutesFinal)
	notifytest.Golden(t, h.post(), notify.Notice{Kind: room.NoticeMinutesFinal, IDs: ids, To: h.ann.PersonID}, "minutes_sent")
	wants("reworded when final", store.WordMinute(ctx, h.clerk, of, item, 2, "x"), fault.Conflict)
	_, err = store.SendForComment(ctx, h.clerk, of, in(7))
	wants("sent again", err, fault.Conflict)
	h.must(store.CorrectMinutes(ctx, h.chair, of, &item, "The report is the school’s, not the college’s."))
	if n := h.count(`select count(*) from due where kind = 'minutes' and source_id = ? and done_at is null`, of); n != 1 {
		t.Error("the minutes do not come to the next agenda")
	}

	// Approved at the next meeting, under the item about them.
	h.meeting = h.next
	h.owner(`insert into agenda_item (id, meeting_id, number, position, kind, title, minutes, created_at) values ($1, $2, '1', 1, 'standing', 'Minutes of the last meeting', 3, now())`, approve.ItemID, h.meeting.ID)
	h.do(h.chair, room.StartMeeting{})
	h.refused(h.chair, approve, fault.Conflict, "Minutes are approved under the item about them. Open that item first.")
	h.do(h.chair, room.OpenItem{ItemID: approve.ItemID})
	if shown := h.sees(h.hal).Item.EarlierMinutes; len(shown) != 1 || shown[0].State != "final" || shown[0].MeetingID != of {
		t.Errorf("the item about the minutes shows %+v", shown)
	}
	h.refused(h.clerk, approve, fault.Denied, "You do not have permission to run the meeting as chair here. Ask the forum’s clerk or your administrator.")
	h.do(h.chair, approve)
	h.refused(h.chair, approve, fault.Conflict, "The minutes of "+clock.DateOf(h.clock.Now().Add(-8*24*time.Hour)).Long()+" are approved already.")
	if n := h.count(`select count(*) from due where kind = 'minutes' and source_id = ? and done_at is null`, of); n != 0 {
		t.Error("approved minutes come to the agenda again")
	}
	var locked room.Minutes
	h.must(h.read(h.clerk, func(tx db.Tx) (err error) { locked, err = room.ShowMinutes(tx, of); return err }))
	if locked.State != room.Approved || locked.Approval.By != "Cleo Chair" || len(locked.Corrections) != 1 || !locked.Corrections[0].AtApproval || len(locked.Items[2].Corrections) != 1 || locked.Items[2].Wording != "The panel heard the school and the family." {
		t.Errorf("the approved record: %+v", locked)
	}

	// Locked.
	wants("corrected", store.CorrectMinutes(ctx, h.clerk, of, nil, "x"), fault.Conflict)
	wants("worded", store.WordMinute(ctx, h.clerk, of, item, 2, "x"), fault.Conflict)
	for _, statement := range []string{
		`update minutes set state = 'final', approved_at = null, approved_by = null, approved_meeting_id = null where meeting_id = @of`,
		`delete from minutes where meeting_id = @of`,
		`update minute set number = 99 where meeting_id = @of`,
		`insert into minute_version (minute_id, version, text, author, at) select id, 9, 'x', @me, now() from minute where item_id = @item`,
		`update minute_version set text = 'x'`,
		`insert into minutes_correction (id, meeting_id, text, made_by, made_at) values (@id, @of, 'x', @me, now())`,
		`insert into minutes_comment (id, meeting_id, person_id, text, at) values (@id, @of, @me, 'x', now())`,
		`update minutes_comment set answer = 'x' where meeting_id = @of`,
		`delete from minutes_comment where meeting_id = @of`,
	} {
		err := h.store.DB.Write(ctx, h.clerk, func(tx db.Tx) error {
			return tx.Exec(statement, map[string]any{"of": of, "item": item, "me": h.clerk.PersonID, "id": uuid.New()}).Error
		})
		if err == nil {
			t.Errorf("the database lets this happen: %s", statement)
		}
	}
}

// What puts itself together is kept when the minutes become final: a name or an attendance that changes
// afterwards must not change what was approved.
func TestFinalMinutesKeepWhatWasAssembled(t *testing.T) {
	t.Parallel()
	h := held(t)
	if _, err := h.store.MakeMinutesFinal(t.Context(), h.clerk, h.meeting.ID); err != nil {
		t.Fatal(err)
	}
	h.owner(`update person set name = 'Somebody Else' where id in ($1, $2)`, h.ann.PersonID, h.eve.PersonID)
	h.owner(`insert into attendance (id, meeting_id, person_id, present, at, recorded_by) values ($1, $2, $3, false, now(), $3)`, id(), h.meeting.ID, h.ann.PersonID)
	m, err := h.minutes(h.ola)
	h.must(err)
	if ann := m.There.Present[0]; ann.Name != "Ann Bell" || !strings.HasSuffix(ann.Times, "to the end") || m.Items[2].Interests[0].Name != "Eve Lane" || m.Items[2].Actions[0].Owner != "Ann Bell" {
		t.Errorf("after the names changed: %+v %+v", ann, m.Items[2])
	}
	if left, err := h.minutes(h.eve); err != nil || left.Items[2].Decision != nil || left.Items[2].Interests != nil {
		t.Errorf("what is kept is shown to whoever left for the item: %v %+v", err, left.Items[2])
	}
}

// Minutes of a meeting that still runs are nobody's to send.
func TestMinutesWaitForTheMeetingToClose(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann)
	if _, err := h.store.SendForComment(t.Context(), h.clerk, h.meeting.ID, clock.DateOf(h.clock.Now())); !fault.Is(err, fault.Conflict) {
		t.Errorf("sent while the meeting runs: %v", err)
	}
	h.owner(`update meeting set status = $1 where id = $2`, string(panels.Closed), h.meeting.ID) // closed by a version of the program without minutes
	h.must(h.store.WordMinute(t.Context(), h.clerk, h.meeting.ID, h.name.ID, 0, "Heard."))
	if m, err := h.minutes(h.ann); err != nil || m.Items[1].Label != "2/26" {
		t.Errorf("%v %+v", err, m.Items)
	}
}

// Comments that close in silence leave minutes half done, and members who do not know that they may speak.
func TestHomeAndTheClerkKnowWhenCommentsClose(t *testing.T) {
	t.Parallel()
	h := held(t)
	until := clock.DateOf(h.clock.Now()).AddDays(7)
	waits := func(reader access.Actor, list func(db.Tx) ([]room.WaitingMinutes, error)) (found []room.WaitingMinutes) {
		t.Helper()
		h.must(h.read(reader, func(tx db.Tx) (err error) { found, err = list(tx); return err }))
		return found
	}
	closed := func(day clock.Date) {
		h.must(h.store.TellCommentsClosed(t.Context(), room.CommentsClose{MeetingID: h.meeting.ID, Until: day}))
	}
	if len(waits(h.ann, room.MinutesToComment)) != 0 {
		t.Error("a draft waits for comments")
	}
	_, err := h.store.SendForComment(t.Context(), h.clerk, h.meeting.ID, until)
	h.must(err)
	for reader, want := range map[*access.Actor]int{&h.ann: 1, &h.chair: 1, &h.clerk: 0, &h.pia: 0, &h.stranger: 0} {
		if got := len(waits(*reader, room.MinutesToComment)); got != want {
			t.Errorf("%s is asked to comment on %d minutes, want %d", reader.Name, got, want)
		}
	}
	h.must(h.store.CommentOnMinutes(t.Context(), h.ann, h.meeting.ID, nil, "I was there from the start."))
	if len(waits(h.ann, room.MinutesToComment)) != 0 || len(waits(h.clerk, room.MinutesToFinish)) != 0 {
		t.Error("who has commented is asked again, or the clerk before the last day is over")
	}
	jobs := dbtest.Jobs(t, h.store.DB, room.CommentsClose{}.Kind())
	if len(jobs) != 1 || !jobs[0].At.Equal(until.AddDays(1).At(7, 0)) {
		t.Fatalf("to happen: %+v", jobs)
	}
	h.clock.Set(jobs[0].At)
	closed(until.AddDays(-1)) // a day that was given before
	if people, _ := h.waiting(room.NoticeCommentsClosed); len(people) != 0 {
		t.Error("told of a day that no longer counts")
	}
	closed(until)
	people, ids := h.waiting(room.NoticeCommentsClosed)
	if len(people) != 1 || people[0] != h.clerk.PersonID {
		t.Fatalf("told %v, want the clerk", people)
	}
	notice := notify.Notice{Kind: room.NoticeCommentsClosed, IDs: ids, To: h.clerk.PersonID}
	notifytest.Golden(t, h.post(), notice, "minutes_closed")
	if over := waits(h.clerk, room.MinutesToFinish); len(over) != 1 || over[0].Unanswered != 1 || over[0].CommentsUntil != until {
		t.Errorf("the clerk’s Home: %+v", over)
	}
	if len(waits(h.hal, room.MinutesToComment))+len(waits(h.chair, room.MinutesToFinish)) != 0 {
		t.Error("others are still asked")
	}
	_, err = h.store.SendForComment(t.Context(), h.clerk, h.meeting.ID, until.AddDays(9))
	h.must(err)
	notifytest.NotSent(t, h.post(), notice)
}
