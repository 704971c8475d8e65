package dates_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"quorate/notify"
	"quorate/notify/notifytest"
	"quorate/panels"
	"quorate/panels/dates"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/base/fault"
)

const (
	subjectAsked    = "When can you meet? MAPaC. Answer by Monday 30 November 2026, 5pm."
	subjectReminder = "Not answered yet: dates for MAPaC. Answer by Monday 30 November 2026, 5pm."
)

// A poll that nobody hears of finds no date.
func TestEverybodyAskedIsToldOnceAndAnswersUntilTheClose(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	poll := w.propose()
	came, links := w.mail()
	want := []string{"cleo.clerk: " + subjectAsked, "asa.adult: " + subjectAsked, "nell.health: " + subjectAsked, "ned.deputy: " + subjectAsked, "edie.school: " + subjectAsked, "gus.guest: " + subjectAsked}
	if diff := cmp.Diff(want, came); diff != "" {
		t.Errorf("-want +came:\n%s", diff)
	}
	if len(links) != 6 {
		t.Fatalf("%d people got a link", len(links))
	}
	if kept := scan[int](w, `select count(*) from date_link where encode(digest, 'escape') = ? or digest::text like '%' || ? || '%'`, links["asa.adult"], links["asa.adult"]); kept != 0 {
		t.Error("a link is kept as it is")
	}
	w.answer(poll, w.asc, "yyn")
	w.must(w.AnswerByLink(t.Context(), links["nell.health"], w.said(poll, "iyy")))
	w.must(w.AnswerByLink(t.Context(), links["nell.health"], w.said(poll, "yiy"))) // they change their mind
	w.answer(poll, w.education, "yny")

	page := w.show(w.clerk, poll.ID)
	if got := page.Prospects[0]; got.Slot.ID != page.Slots[0].ID || got.Words() != "Quorate" || got.Yes != 3 {
		t.Errorf("the best date is %s: %s, %d yes", got.Slot.Words(), got.Words(), got.Yes)
	}
	var answered []string
	for _, person := range page.People {
		if person.HasAnswered {
			answered = append(answered, person.Name)
		}
	}
	if !slices.Equal(answered, []string{"Asa Adult", "Edie School", "Nell Health"}) {
		t.Errorf("answered: %v", answered)
	}
	if n := w.audited("date_poll.answered"); n != 4 {
		t.Errorf("%d answers are audited", n)
	}
}

// Where a form is wrong its clerk is told what to mend, and nothing is kept or sent.
func TestAPollThatMakesNoSenseIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, c := range map[string]struct {
		spoil func(*dates.NewPoll)
		field string
		kind  fault.Kind
	}{
		"OneDate":          {func(p *dates.NewPoll) { p.Slots = p.Slots[:1] }, "slots", fault.Invalid},
		"ThirteenDates":    {func(p *dates.NewPoll) { p.Slots = slices.Repeat(p.Slots, 5)[:13] }, "slots", fault.Invalid},
		"TheSameTwice":     {func(p *dates.NewPoll) { p.Slots[1].StartsAt = p.Slots[0].StartsAt }, "slot_2_starts_on", fault.Invalid},
		"InThePast":        {func(p *dates.NewPoll) { p.Slots[0].StartsAt = w.clock.Now().Add(-time.Hour) }, "slot_1_starts_on", fault.Invalid},
		"NoLength":         {func(p *dates.NewPoll) { p.Slots[2].Duration = 0 }, "slot_3_duration_minutes", fault.Invalid},
		"AScriptForALink":  {func(p *dates.NewPoll) { p.Slots[2].JoiningLink = "javascript:alert(1)" }, "slot_3_joining_link", fault.Invalid},
		"Nobody":           {func(p *dates.NewPoll) { p.People = nil }, "people", fault.Invalid},
		"NobodyKnown":      {func(p *dates.NewPoll) { p.People[0].PersonID = uuid.New() }, "person", fault.Invalid},
		"AStrangerNoWhy":   {func(p *dates.NewPoll) { p.People[5].Reason = " " }, "reason", fault.Invalid},
		"ClosesInThePast":  {func(p *dates.NewPoll) { p.ClosesAt = w.clock.Now() }, "closes_on", fault.Invalid},
		"ClosesAfterFirst": {func(p *dates.NewPoll) { p.ClosesAt = p.Slots[0].StartsAt.Add(time.Minute) }, "closes_on", fault.Invalid},
		"OpenTooLong": {func(p *dates.NewPoll) {
			for i := range p.Slots {
				p.Slots[i].StartsAt = p.Slots[i].StartsAt.AddDate(0, 0, 14)
			}
			p.ClosesAt = w.clock.Now().Add(dates.LongestOpen + time.Minute)
		}, "closes_on", fault.Invalid},
		"ABankHolidayUnseen": {func(p *dates.NewPoll) { p.Slots[2].StartsAt = clock.MustDate("2026-12-25").At(10, 0) }, "clashes_known", fault.Conflict},
	} {
		wanted := w.wanted()
		c.spoil(&wanted)
		_, err := w.Propose(t.Context(), w.clerk, wanted)
		t.Log(name)
		wantFault(t, err, c.kind, c.field)
	}
	for _, who := range []struct{ name string }{{"asc"}, {"guest"}} {
		actor := map[string]*uuid.UUID{"asc": &w.asc.PersonID, "guest": &w.guest.PersonID}[who.name]
		_, err := w.Propose(t.Context(), w.actor(*actor), w.wanted())
		wantFault(t, err, fault.Denied, "")
	}
	if n := scan[int](w, `select (select count(*) from date_poll) + (select count(*) from outbox)`); n != 0 {
		t.Errorf("%d rows of a refused poll are kept", n)
	}

	wanted := w.wanted()
	wanted.Slots[2].StartsAt, wanted.ClashesKnown, wanted.ClosesAt = clock.MustDate("2026-12-25").At(10, 0), true, time.Time{}
	poll, err := w.Propose(t.Context(), w.clerk, wanted)
	w.must(err)
	if want := wanted.Slots[0].StartsAt.UTC(); !poll.ClosesAt.Equal(want) {
		t.Errorf("without a day it closes %s, want when the first date begins, %s", poll.ClosesAt, want)
	}
}

// Somebody else's link, or one of another poll, must not speak for anybody; one that is dead must stay so.
func TestALinkAnswersForItsOwnReaderInItsOwnPollWhileThatIsOpen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	poll := w.propose()
	_, links := w.mail()
	other, err := w.Propose(t.Context(), w.clerk, w.wanted())
	w.must(err)
	_, otherLinks := w.mail()
	follow := func(link string) (page dates.ByLink, err error) {
		err = w.DB.Read(t.Context(), w.stranger, func(tx db.Tx) (err error) { page, err = dates.FollowLink(tx, link); return err })
		return page, err
	}

	for _, bad := range []string{"", "x", links["asa.adult"][:25], strings.ToLower(links["asa.adult"]), links["asa.adult"] + "A", strings.Repeat("A", 5000), "' or true --"} {
		_, err := follow(bad)
		wantFault(t, err, fault.NotFound, "")
		wantFault(t, w.AnswerByLink(t.Context(), bad, w.said(poll, "yyy")), fault.NotFound, "")
		wantFault(t, w.SendNewLink(t.Context(), bad), fault.NotFound, "")
	}
	// The answers of one poll mean nothing in another, whoever's link brings them.
	wantFault(t, w.AnswerByLink(t.Context(), otherLinks["asa.adult"], w.said(poll, "yyy")), fault.Invalid, "slot_"+w.slots(other)[0].String())
	mixed := w.said(poll, "yyy")
	for _, slot := range w.slots(other) {
		mixed.Answers[slot] = dates.No
	}
	w.must(w.AnswerByLink(t.Context(), links["asa.adult"], mixed))
	if n := scan[int](w, `select count(*) from date_answer a join date_slot s on s.id = a.slot_id where s.poll_id = ?`, other.ID); n != 0 {
		t.Errorf("%d answers reached another poll", n)
	}
	if n := scan[int](w, `select count(*) from date_answer a join date_invitee i on i.id = a.invitee_id where i.person_id <> ?`, w.asc.PersonID); n != 0 {
		t.Errorf("%d answers were given for somebody else", n)
	}
	// A signed-in person answers for themselves alone, and only where they are asked.
	wantFault(t, w.Answer(t.Context(), w.stranger, poll.ID, w.said(poll, "yyy")), fault.NotFound, "")
	wantFault(t, w.Answer(t.Context(), w.chair, poll.ID, w.said(poll, "yyy")), fault.NotFound, "") // may run it, is not asked

	dead := func(when, link, says string, resend bool) {
		t.Helper()
		page, err := follow(link)
		w.must(err)
		if page.Dead == nil || !strings.Contains(page.Dead.Fault.Sentence, says) || page.Dead.Resend != resend || len(page.Form.Slots) > 0 {
			t.Errorf("%s: the page says %+v", when, page.Dead)
		}
		before := scan[string](w, `select string_agg(answer, '' order by slot_id) from date_answer`)
		wantFault(t, w.AnswerByLink(t.Context(), link, w.said(poll, "nnn")), fault.Conflict, "")
		if after := scan[string](w, `select string_agg(answer, '' order by slot_id) from date_answer`); before != after {
			t.Errorf("%s: the answers changed", when)
		}
	}
	w.must(w.StopAsking(t.Context(), w.clerk, poll.ID, w.guest.PersonID))
	dead("no longer asked", links["gus.guest"], "no longer asked", false)
	w.must(w.AskPerson(t.Context(), w.clerk, poll.ID, dates.NewInvitee{PersonID: w.guest.PersonID, Reason: "After all"}))
	dead("asked anew, the old link", links["gus.guest"], "stopped working", true)

	w.pass(poll.ClosesAt.Add(-time.Nanosecond))
	w.must(w.AnswerByLink(t.Context(), links["asa.adult"], w.said(poll, "yny")))
	w.clock.Set(poll.ClosesAt) // to the moment, before any job has run
	dead("its time is up", links["asa.adult"], "Answers were taken until Monday 30 November 2026, 5pm", false)
	w.pass(poll.ClosesAt)
	dead("closed", links["asa.adult"], "Answers were taken until", false)
	w.mail()

	poll = w.show(w.clerk, poll.ID).Poll
	poll, err = w.Extend(t.Context(), w.clerk, poll.ID, poll.Version, clock.MustDate("2026-12-01").At(9, 0))
	w.must(err)
	dead("open again, the old link", links["asa.adult"], "People have since been given more time", true)
	w.must(w.SendNewLink(t.Context(), links["asa.adult"]))
	_, renewed := w.mail()
	w.must(w.AnswerByLink(t.Context(), renewed["asa.adult"], w.said(poll, "yyy")))
	wantFault(t, w.SendNewLink(t.Context(), links["asa.adult"]), fault.TooMany, "")

	w.must(w.Withdraw(t.Context(), w.clerk, poll.ID, poll.Version, "Settled by phone"))
	for when, link := range map[string]string{"withdrawn": renewed["asa.adult"], "withdrawn, the old link": links["asa.adult"]} {
		dead(when, link, "no longer looks for a date", false)
	}
	wantFault(t, w.SendNewLink(t.Context(), renewed["asa.adult"]), fault.Conflict, "")
	wantFault(t, w.Answer(t.Context(), w.asc, poll.ID, w.said(poll, "yyy")), fault.Conflict, "")
}

// Two taps on one button, or a mail program that sends a form again, must not mix two sets of answers.
func TestTwentyAnswersAtOnceLeaveOneWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	poll := w.propose()
	_, links := w.mail()
	sets := []dates.NewAnswers{w.said(poll, "yyy"), w.said(poll, "nnn"), w.said(poll, "iii")}
	var wait sync.WaitGroup
	errs := make([]error, 20)
	for n := range errs {
		wait.Go(func() { errs[n] = w.AnswerByLink(t.Context(), links["asa.adult"], sets[n%3]) })
	}
	wait.Wait()
	for _, err := range errs {
		w.must(err)
	}
	if got := scan[[]string](w, `select distinct answer from date_answer`); len(got) != 1 {
		t.Errorf("the answers are mixed: %v", got)
	}
	if n := scan[int](w, `select count(*) from date_answer`); n != 3 || w.audited("date_poll.answered") != 20 {
		t.Errorf("%d answers kept, %d audited", n, w.audited("date_poll.answered"))
	}
}

// The clock alone reminds and closes, once each; a poll given more time keeps its new hours.
func TestItRemindsAndClosesByItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	poll := w.propose() // closes Monday 5pm; a working day before is Friday 5pm
	w.mail()
	w.answer(poll, w.asc, "yyy")
	w.pass(clock.MustDate("2026-11-27").At(16, 59))
	if came, _ := w.mail(); len(came) > 0 {
		t.Errorf("too early: %v", came)
	}
	w.pass(clock.MustDate("2026-11-27").At(17, 0))
	came, links := w.mail()
	want := []string{"cleo.clerk: " + subjectReminder, "nell.health: " + subjectReminder, "ned.deputy: " + subjectReminder, "edie.school: " + subjectReminder, "gus.guest: " + subjectReminder}
	if diff := cmp.Diff(want, came); diff != "" {
		t.Errorf("-want +came:\n%s", diff)
	}
	w.must(w.AnswerByLink(t.Context(), links["nell.health"], w.said(poll, "yyn")))
	w.pass(poll.ClosesAt)
	closed := []string{"cleo.clerk: Choose a date: MAPaC."}
	if came, _ := w.mail(); !slices.Equal(came, closed) {
		t.Errorf("at the close: %v", came)
	}
	if page := w.show(w.clerk, poll.ID); page.Poll.Status != dates.Closed {
		t.Errorf("it is %s", page.Poll.Status)
	}

	// More time: the clock starts again for the new close and the old jobs do nothing.
	w.clock.Set(clock.MustDate("2026-11-30").At(17, 30))
	poll = w.show(w.clerk, poll.ID).Poll
	_, err := w.Extend(t.Context(), w.clerk, poll.ID, poll.Version-1, clock.MustDate("2026-12-01").At(9, 0))
	wantFault(t, err, fault.Stale, "")
	for wrong, at := range map[string]time.Time{"earlier": poll.ClosesAt, "after the first date": clock.MustDate("2026-12-01").At(10, 1), "never": {}} {
		_, err := w.Extend(t.Context(), w.clerk, poll.ID, poll.Version, at)
		t.Log(wrong)
		wantFault(t, err, fault.Invalid, "closes_on")
	}
	_, err = w.Extend(t.Context(), w.clerk, poll.ID, poll.Version, clock.MustDate("2026-12-01").At(9, 0))
	w.must(err)
	w.pass(clock.MustDate("2026-11-30").At(18, 0))
	if page := w.show(w.clerk, poll.ID); page.Poll.Status != dates.Open {
		t.Errorf("given more time it is %s", page.Poll.Status)
	}
	if came, _ := w.mail(); len(came) != 4 {
		t.Errorf("those who have not answered are told of the new time: %v", came)
	}
	w.pass(clock.MustDate("2026-12-01").At(9, 0))
	if came, _ := w.mail(); !slices.Equal(came, closed) {
		t.Errorf("at the second close: %v", came)
	}
}

// Asking somebody three times a day is how people stop reading.
func TestThoseWhoHaveNotAnsweredAreAskedAgainOnceADay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	poll := w.propose()
	w.answer(poll, w.asc, "yyy")
	_, err := w.AskAgain(t.Context(), w.clerk, poll.ID, uuid.Nil)
	wantFault(t, err, fault.Conflict, "") // asked today
	w.mail()
	w.clock.Set(clock.MustDate("2026-11-27").At(9, 0))
	one, err := w.AskAgain(t.Context(), w.clerk, poll.ID, w.nhs.PersonID)
	w.must(err)
	rest, err := w.AskAgain(t.Context(), w.clerk, poll.ID, uuid.Nil)
	w.must(err)
	if came, _ := w.mail(); one != 1 || rest != 4 || len(came) != 5 || came[0] != "nell.health: "+subjectReminder {
		t.Errorf("asked %d and %d: %v", one, rest, came)
	}
	_, err = w.AskAgain(t.Context(), w.clerk, poll.ID, w.nhs.PersonID)
	wantFault(t, err, fault.Conflict, "")
	for _, who := range []uuid.UUID{w.clerk.PersonID, w.nhs.PersonID, w.nhsDeputy.PersonID, w.education.PersonID, w.guest.PersonID} {
		w.must(w.Answer(t.Context(), w.actor(who), poll.ID, w.said(poll, "nnn")))
	}
	_, err = w.AskAgain(t.Context(), w.clerk, poll.ID, uuid.Nil)
	if wantFault(t, err, fault.Conflict, ""); !strings.Contains(err.Error(), "Everyone has answered") {
		t.Error(err)
	}
}

// What is added while people answer must reach them, and not what they have said already.
func TestADateOrAPersonIsAddedWhileItIsOpen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	poll := w.propose()
	w.answer(poll, w.asc, "yyy")
	w.mail()
	slot := dates.NewSlot{Field: "slot_1_", StartsAt: clock.MustDate("2026-12-04").At(10, 0), Duration: time.Hour}
	early := slot
	early.StartsAt = poll.ClosesAt.Add(-time.Hour)
	_, err := w.AddSlot(t.Context(), w.clerk, poll.ID, early, false)
	wantFault(t, err, fault.Invalid, "slot_1_starts_on")
	added, err := w.AddSlot(t.Context(), w.clerk, poll.ID, slot, true)
	w.must(err)
	_, err = w.AddSlot(t.Context(), w.clerk, poll.ID, slot, true)
	wantFault(t, err, fault.Invalid, "slot_1_starts_on")
	came, links := w.mail()
	if len(came) != 6 || !slices.Contains(came, "asa.adult: New dates to answer: MAPaC. Answer by Monday 30 November 2026, 5pm.") {
		t.Errorf("came: %v", came)
	}
	wantFault(t, w.AnswerByLink(t.Context(), links["asa.adult"], w.said(poll, "yyy")), fault.Invalid, "slot_"+added.ID.String())
	w.must(w.AnswerByLink(t.Context(), links["asa.adult"], w.said(poll, "yyyn")))

	wantFault(t, w.AskPerson(t.Context(), w.clerk, poll.ID, dates.NewInvitee{PersonID: w.asc.PersonID}), fault.Invalid, "person")
	wantFault(t, w.AskPerson(t.Context(), w.clerk, poll.ID, dates.NewInvitee{PersonID: w.stranger.PersonID}), fault.Invalid, "reason")
	w.must(w.AskPerson(t.Context(), w.clerk, poll.ID, dates.NewInvitee{PersonID: w.chair.PersonID}))
	if came, _ := w.mail(); !slices.Equal(came, []string{"cher.chair: " + subjectAsked}) {
		t.Errorf("came: %v", came)
	}
	w.pass(poll.ClosesAt)
	wantFault(t, w.AskPerson(t.Context(), w.clerk, poll.ID, dates.NewInvitee{PersonID: w.stranger.PersonID, Reason: "x"}), fault.Conflict, "")
}

// One press makes the meeting and ends the asking; everybody hears of it once.
func TestChoosingADateCallsTheMeetingAndTellsEverybodyOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	poll := w.propose()
	w.answer(poll, w.asc, "yyn")
	w.answer(poll, w.nhsDeputy, "yin")
	w.answer(poll, w.education, "yyn")
	w.mail()
	slots := w.slots(poll)
	choose := func(slot int) dates.Choice {
		return dates.Choice{PollID: poll.ID, SlotID: slots[slot], Version: poll.Version}
	}
	_, err := w.ChooseDate(t.Context(), w.clerk, choose(2))
	wantFault(t, err, fault.Conflict, "not_quorate_known")
	w.write(func(tx db.Tx) error {
		return tx.Exec(`insert into one_off_holiday (day, name) values ('2026-12-01', 'A day of mourning')`).Error
	})
	_, err = w.ChooseDate(t.Context(), w.clerk, choose(0))
	wantFault(t, err, fault.Conflict, "clashes_known")
	_, err = w.ChooseDate(t.Context(), w.education, choose(1))
	wantFault(t, err, fault.Denied, "")
	_, err = w.ChooseDate(t.Context(), w.stranger, choose(1))
	wantFault(t, err, fault.NotFound, "")
	foreign := choose(1)
	foreign.SlotID = uuid.New()
	_, err = w.ChooseDate(t.Context(), w.clerk, foreign)
	wantFault(t, err, fault.NotFound, "")
	stale := choose(1)
	stale.Version = 9
	_, err = w.ChooseDate(t.Context(), w.clerk, stale)
	wantFault(t, err, fault.Stale, "")
	if n := scan[int](w, `select count(*) from meeting`); n != 0 {
		t.Fatalf("%d meetings of choices that were refused", n)
	}

	var wait sync.WaitGroup
	errs := make([]error, 5)
	for n := range errs {
		wait.Go(func() { _, errs[n] = w.ChooseDate(t.Context(), w.clerk, choose(1)) })
	}
	wait.Wait()
	done := 0
	for _, err := range errs {
		if err == nil {
			done++
			continue
		}
		wantFault(t, err, fault.Conflict, "")
	}
	meetings := scan[[]panels.Meeting](w, `select * from meeting`)
	if done != 1 || len(meetings) != 1 || !meetings[0].StartsAt.Equal(clock.MustDate("2026-12-02").At(10, 0)) || meetings[0].Venue != "Room 2" || meetings[0].Duration() != 90*time.Minute {
		t.Fatalf("%d choices went through and made %+v", done, meetings)
	}
	if announced := dbtest.Jobs(t, w.DB, panels.MeetingsChanged{}.Kind()); len(announced) != 1 {
		t.Errorf("the meeting is announced %d times", len(announced))
	}
	// The clerk and the members get the calendar's invitation; the deputy and the guest get this mail.
	came, _ := w.mail()
	want := []string{"ned.deputy: Date chosen: MAPaC, Wednesday 2 December 2026, 10am.", "gus.guest: Date chosen: MAPaC, Wednesday 2 December 2026, 10am."}
	if diff := cmp.Diff(want, came); diff != "" {
		t.Errorf("-want +came:\n%s", diff)
	}
	if n := scan[int](w, `select count(*) from reply`); n != 0 {
		t.Errorf("a yes to a date became %d replies to the meeting", n)
	}
	w.pass(poll.ClosesAt)
	if came, _ := w.mail(); len(came) > 0 {
		t.Errorf("a settled poll goes on writing: %v", came)
	}
	page := w.show(w.guest, poll.ID)
	if page.Meeting == nil || page.MayRun || page.People != nil {
		t.Errorf("the guest is shown %+v", page)
	}
}

// A date that has passed cannot be met on.
func TestADateThatHasPassedIsNotChosen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	poll := w.propose()
	w.pass(clock.MustDate("2026-12-01").At(12, 0))
	page := w.show(w.clerk, poll.ID)
	if last := page.Prospects[2]; !last.Past || last.Slot.ID != page.Slots[0].ID {
		t.Errorf("the last of the list is %s", last.Slot.Words())
	}
	_, err := w.ChooseDate(t.Context(), w.clerk, dates.Choice{PollID: poll.ID, SlotID: page.Slots[0].ID, Version: page.Poll.Version, NotQuorateKnown: true, ClashesKnown: true})
	if wantFault(t, err, fault.Conflict, ""); !strings.Contains(err.Error(), "has passed") {
		t.Error(err)
	}
}

// A deputy who sits from Wednesday does not make Tuesday quorate, and the terms of the day say how many it takes.
func TestEachDateIsJudgedByItsOwnDay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	poll := w.propose()
	for _, who := range []uuid.UUID{w.asc.PersonID, w.education.PersonID, w.guest.PersonID} {
		w.answer(poll, w.actor(who), "yyy")
	}
	_, err := panels.Store{DB: w.DB}.FillSeat(t.Context(), w.admin, panels.NewHolding{SeatID: w.seat("NHS continuing health care"), PersonID: w.guest.PersonID, From: clock.MustDate("2026-12-02")})
	w.must(err)
	w.write(func(tx db.Tx) error {
		return tx.Exec(`
			insert into terms_of_reference select (jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid(), 'number', 2, 'in_force_on', '2026-12-03', 'quorum_members', 4))).*
			from terms_of_reference t where forum_id = ?`, w.forum.ID).Error
	})
	var got []string
	for _, p := range w.show(w.clerk, poll.ID).Prospects {
		got = append(got, fmt.Sprintf("%d: %s", p.Slot.On().Day, p.Words()))
	}
	want := []string{"2: Quorate", "3: Not quorate: 1 more member is needed", "1: Not quorate: Health is missing and 1 more member is needed"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Home tells each person what waits for them, and nobody what does not.
func TestHomeTellsWhoIsWaitedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	poll := w.propose()
	count := func(who uuid.UUID) (answers, choices int) {
		w.read(w.actor(who), func(tx db.Tx) error {
			toAnswer, err := dates.AnswersWaiting(tx)
			if err != nil {
				return err
			}
			toChoose, err := dates.ChoicesWaiting(tx)
			answers, choices = len(toAnswer), len(toChoose)
			return err
		})
		return answers, choices
	}
	check := func(when string, who uuid.UUID, answers, choices int) {
		t.Helper()
		if a, c := count(who); a != answers || c != choices {
			t.Errorf("%s: %d to answer and %d to choose, want %d and %d", when, a, c, answers, choices)
		}
	}
	check("asked", w.asc.PersonID, 1, 0)
	check("not asked", w.stranger.PersonID, 0, 0)
	check("the clerk", w.clerk.PersonID, 1, 0)
	for _, who := range []uuid.UUID{w.asc.PersonID, w.nhs.PersonID, w.nhsDeputy.PersonID, w.education.PersonID, w.guest.PersonID, w.clerk.PersonID} {
		w.answer(poll, w.actor(who), "yyy")
	}
	check("answered", w.asc.PersonID, 0, 0)
	check("all have answered", w.clerk.PersonID, 0, 1)
	w.pass(poll.ClosesAt)
	check("closed", w.clerk.PersonID, 0, 1)
	check("closed, a member", w.nhs.PersonID, 0, 0)
	w.must(w.Withdraw(t.Context(), w.clerk, poll.ID, w.show(w.clerk, poll.ID).Poll.Version, "Settled by phone"))
	check("withdrawn", w.clerk.PersonID, 0, 0)

	list := func(who uuid.UUID) (rows []dates.Row) {
		w.read(w.actor(who), func(tx db.Tx) (err error) { rows, err = dates.ListPolls(tx, uuid.Nil); return err })
		return rows
	}
	if rows := list(w.clerk.PersonID); len(rows) != 1 || rows[0].People != 6 || rows[0].Answered != 6 || rows[0].Slots != 3 {
		t.Errorf("the clerk's list: %+v", rows)
	}
	if len(list(w.guest.PersonID)) != 1 || len(list(w.stranger.PersonID)) != 0 {
		t.Error("those who are asked see it listed, and strangers do not")
	}
	err := w.DB.Read(t.Context(), w.stranger, func(tx db.Tx) error { _, err := dates.ShowPoll(tx, poll.ID); return err })
	wantFault(t, err, fault.NotFound, "")
}

// Links outlive their use by a month, so that whoever opens one is told what became of it, and no longer.
func TestLinksAreForgottenAMonthAfterTheirUse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.propose()
	w.mail()
	w.clock.Set(clock.MustDate("2026-12-28").At(0, 0))
	w.must(w.ForgetLinks(t.Context()))
	if n := scan[int](w, `select count(*) from date_link`); n != 6 {
		t.Errorf("%d links are known within the month", n)
	}
	w.clock.Set(clock.MustDate("2026-12-31").At(0, 0))
	w.must(w.ForgetLinks(t.Context()))
	if n := scan[int](w, `select count(*) from date_link`); n != 0 {
		t.Errorf("%d links are kept after it", n)
	}
}

// What leaves by mail is read by people before it is sent to people, and what is no longer true is not sent.
func TestEveryNoticeSaysWhatItsFileSays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	poll := w.propose()
	notice := func(kind notify.Kind, to uuid.UUID) notify.Notice {
		return notify.Notice{Kind: kind, IDs: notify.IDs{"poll": poll.ID}, To: to}
	}
	notifytest.Golden(t, w.post, notice(dates.NoticeAsked, w.asc.PersonID), "dates_asked")
	notifytest.Golden(t, w.post, notice(dates.NoticeAsked, w.guest.PersonID), "dates_asked_guest")
	notifytest.Golden(t, w.post, notice(dates.NoticeReminder, w.nhs.PersonID), "dates_reminder")
	notifytest.NotSent(t, w.post, notice(dates.NoticeAsked, w.stranger.PersonID))
	notifytest.NotSent(t, w.post, notice(dates.NoticeClosed, w.clerk.PersonID))
	notifytest.NotSent(t, w.post, notice(dates.NoticeChosen, w.guest.PersonID))
	notifytest.NotSent(t, w.post, notice(dates.NoticeWithdrawn, w.guest.PersonID))
	w.answer(poll, w.asc, "yyi")
	w.answer(poll, w.nhs, "yii")
	w.answer(poll, w.education, "yyn")
	notifytest.Golden(t, w.post, notice(dates.NoticeAsked, w.asc.PersonID), "dates_answered")
	notifytest.NotSent(t, w.post, notice(dates.NoticeReminder, w.asc.PersonID))
	_, err := w.AddSlot(t.Context(), w.clerk, poll.ID, dates.NewSlot{StartsAt: clock.MustDate("2026-12-04").At(10, 0), Duration: time.Hour}, true)
	w.must(err)
	notifytest.Golden(t, w.post, notice(dates.NoticeAsked, w.asc.PersonID), "dates_added")
	if kept := scan[int](w, `select count(*) from date_link`); kept != 0 {
		t.Errorf("looking at a message kept %d links", kept)
	}
	w.pass(poll.ClosesAt)
	notifytest.Golden(t, w.post, notice(dates.NoticeClosed, w.clerk.PersonID), "dates_closed")
	notifytest.NotSent(t, w.post, notice(dates.NoticeReminder, w.nhsDeputy.PersonID))
	_, err = w.ChooseDate(t.Context(), w.clerk, dates.Choice{PollID: poll.ID, SlotID: w.slots(poll)[0], Version: w.show(w.clerk, poll.ID).Poll.Version})
	w.must(err)
	notifytest.NotSent(t, w.post, notice(dates.NoticeClosed, w.clerk.PersonID))
	notifytest.Golden(t, w.post, notice(dates.NoticeChosen, w.guest.PersonID), "dates_chosen")
	notifytest.Golden(t, w.post, notice(dates.NoticeChosen, w.nhsDeputy.PersonID), "dates_chosen_deputy")

	w.clock.Set(dbtest.Begin)
	wanted := w.wanted()
	wanted.ClashesKnown = true // with the meeting just made
	poll, err = w.Propose(t.Context(), w.clerk, wanted)
	w.must(err)
	w.must(w.Withdraw(t.Context(), w.clerk, poll.ID, poll.Version, "Canarywren wrote why"))
	notifytest.Golden(t, w.post, notice(dates.NoticeWithdrawn, w.guest.PersonID), "dates_withdrawn")
}

// A clerk who leaves in the middle of it must not be the only one who hears that the answers are in.
func TestAPollPassesOnWithTheSeatOfWhoeverAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	poll := w.propose()
	store := panels.Store{DB: w.DB, Keepers: []panels.Keeper{dates.Belongings{}}}
	var clerks []panels.Holder
	w.read(w.admin, func(tx db.Tx) (err error) { clerks, err = panels.Holdings(tx, w.seat("Clerk")); return err })
	end := func(to uuid.UUID) error {
		return store.VacateSeat(t.Context(), w.admin, clerks[0].HoldingID, clerks[0].Version, clock.MustDate("2026-11-26"), panels.Handing{To: to})
	}
	wantFault(t, end(uuid.Nil), fault.Invalid, panels.NobodyChosen)
	wantFault(t, end(w.asc.PersonID), fault.Invalid, "date_poll-"+poll.ID.String()) // schedules nothing
	w.must(end(w.chair.PersonID))
	if now := scan[string](w, `select proposed_by from date_poll where id = ?`, poll.ID); now != w.chair.PersonID.String() || w.audited("date_poll.passed_on") != 1 {
		t.Errorf("it is %s’s, with %d audited", now, w.audited("date_poll.passed_on"))
	}
	page := w.show(w.chair, poll.ID)
	w.must(w.Withdraw(t.Context(), w.chair, poll.ID, page.Poll.Version, "Not needed"))
	w.read(w.admin, func(tx db.Tx) error {
		left, err := (dates.Belongings{}).Owned(tx, w.chair.PersonID, uuid.Nil)
		if len(left) != 0 {
			t.Errorf("a withdrawn poll still passes on: %+v", left)
		}
		return err
	})
}
