package letters_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/notify/notifytest"
	"quorate/panels/room"
	"quorate/panels/room/letters"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Whoever is owed a letter has a draft within the hour, due by the forum's own days; twice told is drafted once.
func TestADecisionThatBindsDraftsEachLetterOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	decision := w.agreed()
	w.must(w.DecisionBound(t.Context(), room.DecisionBound{DecisionID: decision}))
	if n := w.count(`select count(*) from letter where decision_id = ?`, decision); n != 5 { // young person, referrer, two funders, brokerage
		t.Fatalf("%d letters", n)
	}
	young := w.letter(decision, letters.ToYoungPerson)
	if young.DueOn != clock.MustDate("2026-12-03") || young.Recipient != "Noor Canary" || !strings.Contains(young.Body, "starts on 7 December 2026") || strings.Contains(young.Body, "£") || strings.Contains(young.Body, "conditions") {
		t.Errorf("due %s, to %s:\n%s", young.DueOn, young.Recipient, young.Body)
	}
	if brokers := w.letter(decision, letters.ToBrokerage); !strings.Contains(brokers.Body, "£1,200 a week and £300 once") {
		t.Errorf("brokerage is told:\n%s", brokers.Body)
	}
	if referrer := w.letter(decision, letters.ToReferrer); referrer.Recipient != "Pia Moss" || referrer.PersonID == nil {
		t.Errorf("the referrer is %+v", referrer.Letter)
	}
}

// A letter about what binds nobody tells a young person they have support that they have not.
func TestNothingIsWrittenOfWhatDoesNotBind(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, standing := range []room.Standing{room.StandsIfEndorsed, room.Recommended} {
		outcome := room.Agreed
		if standing == room.StandsIfEndorsed {
			outcome = room.Provisional
		}
		w.decide(decided{outcome: outcome, standing: standing, start: "2026-12-07", shares: map[uuid.UUID][2]int64{w.asc.ID: {70000, 0}}})
	}
	if n := w.count(`select (select count(*) from letter) + (select count(*) from funding_authorisation)`); n != 0 {
		t.Errorf("%d letters and authorisations", n)
	}
}

func TestARefusalSaysWhyWhatMeanwhileAndHowToChallenge(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	decision := w.decide(decided{outcome: room.NotAgreed, columns: map[string]any{"reasons": "The flat is too far", "meanwhile": "Respite goes on", "challenge": "care_act"}})
	young := w.letter(decision, letters.ToYoungPerson)
	for _, want := range []string{"The flat is too far", "Respite goes on", "Ombudsman", "does not stop"} {
		if !strings.Contains(young.Body, want) {
			t.Errorf("it does not say %q:\n%s", want, young.Body)
		}
	}
	if n := w.count(`select count(*) from funding_authorisation`); n != 0 {
		t.Error("money was authorised")
	}
}

// A young person who reads easy read in Polish can do nothing with a page of English.
func TestALetterIsInTheFormatAndLanguageWishedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.exec(`update cases set interpreter = 'Polish' where id = ?`, w.kase)
	decision := w.agreed()
	young := w.letter(decision, letters.ToYoungPerson)
	if young.Language != "Polish" || young.Format != letters.Plain {
		t.Errorf("%s in %q", young.Format, young.Language)
	}
	w.refused(w.RecordWish(t.Context(), w.clerk, decision, letters.Wish{Format: "loud"}), fault.Invalid, "Choose how they wish")
	w.must(w.RecordWish(t.Context(), w.clerk, decision, letters.Wish{Format: letters.EasyRead}))
	w.must(w.DraftAgain(t.Context(), w.clerk, young.ID, young.Version))
	young = w.letter(decision, letters.ToYoungPerson)
	if young.Language != "" || young.Format != letters.EasyRead || !strings.Contains(young.Body, "The answer is yes.") || len(young.Revisions) != 2 {
		t.Errorf("%s in %q, %d revisions:\n%s", young.Format, young.Language, len(young.Revisions), young.Body)
	}
}

// What a clerk wrote is lost to nobody, and what was approved is what goes out.
func TestALetterIsEditedApprovedAndSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.letter(w.agreed(), letters.ToYoungPerson)
	ctx := t.Context()
	w.refused(w.EditLetter(ctx, w.clerk, p.ID, p.Version, letters.Wording{Recipient: "Noor"}), fault.Invalid, "Enter what the letter is about")
	w.must(w.EditLetter(ctx, w.clerk, p.ID, p.Version, letters.Wording{Recipient: "Noor Canary", Subject: "Your support", Body: "Dear Noor,\n\n{start} is when."}))
	w.refused(w.EditLetter(ctx, w.clerk, p.ID, p.Version, letters.Wording{Recipient: "Noor", Subject: "s", Body: "b"}), fault.Stale, "Somebody changed this letter")
	p, _ = w.show(w.clerk, p.ID)
	w.refused(w.ApproveLetter(ctx, w.clerk, p.ID, p.Version), fault.Invalid, "{start} is still in the letter")
	w.must(w.EditLetter(ctx, w.clerk, p.ID, p.Version, letters.Wording{Recipient: "Noor Canary", Subject: "Your support", Body: "Dear Noor, it begins."}))
	p, _ = w.show(w.clerk, p.ID)
	if len(p.Revisions) != 3 {
		t.Errorf("%d revisions are kept, want 3", len(p.Revisions))
	}
	w.refused(w.MarkSent(ctx, w.clerk, p.ID, p.Version, letters.Sending{}), fault.Conflict, "Approve the letter")
	p = w.approve(p)
	w.refused(w.EditLetter(ctx, w.clerk, p.ID, p.Version, letters.Wording{Recipient: "N", Subject: "s", Body: "b"}), fault.Conflict, "Take the approval back")
	w.refused(w.MarkSent(ctx, w.clerk, p.ID, p.Version, letters.Sending{On: clock.MustDate("2026-11-27"), How: letters.ByHand}), fault.Invalid, "today or earlier")
	w.must(w.MarkSent(ctx, w.clerk, p.ID, p.Version, letters.Sending{On: clock.MustDate("2026-11-26"), How: letters.ByHand, Note: "Read with Noor"}))
	p, _ = w.show(w.clerk, p.ID)
	if p.State != letters.Sent || p.Sender != "Clem Clerk" || p.Standing != "Sent 26 November 2026, given by hand" {
		t.Errorf("%s by %s: %s", p.State, p.Sender, p.Standing)
	}
	w.refused(w.SetLetterAside(ctx, w.clerk, p.ID, p.Version, "No"), fault.Conflict, "stays as it is")
	if err := w.DB.Write(ctx, access.System("test"), func(tx db.Tx) error {
		return tx.Exec(`update letter set recipient = 'x' where id = ?`, p.ID).Error
	}); err == nil {
		t.Error("a sent letter was changed behind everybody's back")
	}
}

func TestWhereTheChairApprovesTheClerkDoesNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.owner(`update terms_of_reference set letter_approval = 'chair'`)
	p := w.letter(w.agreed(), letters.ToReferrer)
	w.refused(w.ApproveLetter(t.Context(), w.clerk, p.ID, p.Version), fault.Denied, "approved by its chair")
	w.must(w.ApproveLetter(t.Context(), w.chair, p.ID, p.Version))
}

// Under 16 somebody with parental responsibility is handed the letter, by name: an envelope addressed to a child
// alone may be opened by anybody.
func TestUnder16SomebodyIsHandedTheLetter(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.exec(`update cases set date_of_birth = '2011-03-04' where id = ?`, w.kase)
	decision := w.agreed()
	p := w.letter(decision, letters.ToYoungPerson)
	w.refused(w.ApproveLetter(t.Context(), w.clerk, p.ID, p.Version), fault.Invalid, "Noor is under 16")
	w.must(w.EditLetter(t.Context(), w.clerk, p.ID, p.Version, letters.Wording{Recipient: p.Recipient, CareOf: "Rosa Canary, mother", Subject: p.Subject, Body: p.Body}))
	p, _ = w.show(w.clerk, p.ID)
	w.must(w.ApproveLetter(t.Context(), w.clerk, p.ID, p.Version))
	_, err := w.AddParentLetter(t.Context(), w.clerk, decision, letters.ForParent{Name: "Rosa Canary", Basis: letters.ByAgreement, Reason: "Said so"})
	w.refused(err, fault.Invalid, "under 16")
}

// From 16 the letter is theirs. A parent who gets one without a right to it has been told somebody's secrets.
func TestAParentGetsALetterOnlyWithARightToIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	decision := w.agreed()
	if n := w.count(`select count(*) from letter where audience = 'parent'`); n != 0 {
		t.Fatal("a parent got one by itself")
	}
	_, err := w.AddParentLetter(t.Context(), w.clerk, decision, letters.ForParent{Name: "Rosa Canary", Basis: letters.ParentalResponsibility, Reason: "Mother"})
	w.refused(err, fault.Invalid, "16 or older, so the letter is theirs")
	_, err = w.AddParentLetter(t.Context(), w.clerk, decision, letters.ForParent{Name: "Rosa Canary", Basis: letters.BestInterests})
	w.refused(err, fault.Invalid, "Enter what was agreed, decided or ordered")
	l, err := w.AddParentLetter(t.Context(), w.clerk, decision, letters.ForParent{Name: "Rosa Canary", Basis: letters.ByAgreement, Reason: "Noor said so on 20 November"})
	w.must(err)
	p, err := w.show(w.clerk, l.ID)
	w.must(err)
	if p.Recipient != "Rosa Canary" || p.Basis != letters.ByAgreement || !strings.Contains(p.Body, "Noor Canary") {
		t.Errorf("%+v\n%s", p.Letter, p.Body)
	}
}

// A letter that goes to a protected address by itself may lead somebody dangerous there.
func TestALetterIsHeldUntilAClerkDecides(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.exec(`update cases set protected_address = true where id = ?`, w.kase)
	decision := w.agreed()
	p := w.approve(w.letter(decision, letters.ToYoungPerson))
	if !slices.Equal(p.StillHolds, []letters.Hold{letters.AddressProtected}) {
		t.Fatalf("held for %v", p.StillHolds)
	}
	today := clock.DateOf(w.clock.Now())
	w.refused(w.MarkSent(t.Context(), w.clerk, p.ID, p.Version, letters.Sending{On: today, How: letters.ByPost}), fault.Conflict, "address is protected")
	w.refused(w.ReleaseLetter(t.Context(), w.clerk, p.ID, p.Version, " ", false), fault.Invalid, "Enter why")
	w.must(w.ReleaseLetter(t.Context(), w.clerk, p.ID, p.Version, "Handed over at school by the worker", true))
	p, _ = w.show(w.clerk, p.ID)
	if len(p.StillHolds) != 0 || w.count(`select count(*) from letter where released_at is null`) != 0 {
		t.Fatalf("still held for %v", p.StillHolds)
	}
	// What comes afterwards is another reason, and is decided about anew.
	w.exec(`update cases set died_on = '2026-11-25' where id = ?`, w.kase)
	p, _ = w.show(w.clerk, p.ID)
	w.refused(w.MarkSent(t.Context(), w.clerk, p.ID, p.Version, letters.Sending{On: today, How: letters.ByPost}), fault.Conflict, "has died")
	if held := w.list(w.clerk, letters.Filter{Held: true}); held.Total != 5 {
		t.Errorf("the list shows %d held of 5", held.Total)
	}
}

func (w *world) list(actor access.Actor, filter letters.Filter) (list letters.Listing) {
	w.t.Helper()
	w.must(w.DB.Read(w.t.Context(), actor, func(tx db.Tx) (err error) {
		list, err = letters.ListLetters(tx, filter)
		return err
	}))
	return list
}

func TestBarredContactHoldsLettersThatWereFree(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	decision := w.agreed()
	p := w.letter(decision, letters.ToYoungPerson)
	if len(p.StillHolds) != 0 || w.list(w.clerk, letters.Filter{Held: true}).Total != 0 {
		t.Fatal("held for nothing")
	}
	w.must(w.RecordWish(t.Context(), w.clerk, decision, letters.Wish{Format: letters.Plain, Barred: "Father, by court order of 3 May"}))
	p, _ = w.show(w.clerk, p.ID)
	if !slices.Equal(p.StillHolds, []letters.Hold{letters.ContactBarred}) || w.list(w.clerk, letters.Filter{Held: true}).Total != 5 {
		t.Errorf("held for %v", p.StillHolds)
	}
}

// Who holds a letter that was wrong must be told, and be able to see which letter it was.
func TestACorrectionAsksForACorrectedLetterOfEachThatWentOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	decision := w.agreed()
	sent := w.sent(w.letter(decision, letters.ToYoungPerson))
	correction := id()
	w.exec(w.correction(), correction, decision, "It starts on 14 December.", "The day was wrong.", w.chair.PersonID, w.clock.Now())
	for range 2 {
		w.must(w.DecisionCorrected(t.Context(), room.DecisionCorrected{DecisionID: decision, CorrectionID: correction}))
	}
	p := w.letter(decision, letters.ToYoungPerson)
	for _, want := range []string{"takes the place of the one of 26 November 2026", "The day", "It starts on 14 December.", sent.Body} {
		if !strings.Contains(p.Body, want) {
			t.Errorf("it does not say %q:\n%s", want, p.Body)
		}
	}
	if p.Number != 2 || p.Corrects == nil || w.count(`select count(*) from letter where corrects_id is not null`) != 1 {
		t.Errorf("number %d", p.Number)
	}
	if draft := w.letter(decision, letters.ToReferrer); draft.Corrections != 1 {
		t.Errorf("the draft does not say that the record was mended")
	}
	w.sent(p)
	second := id()
	w.exec(w.correction(), second, decision, "On 15 December.", "Wrong again.", w.chair.PersonID, w.clock.Now())
	w.must(w.DecisionCorrected(t.Context(), room.DecisionCorrected{DecisionID: decision, CorrectionID: second}))
	if p := w.letter(decision, letters.ToYoungPerson); p.Number != 3 {
		t.Errorf("a second correction brought number %d", p.Number)
	}
}

// What nobody may see stays unseen: other forums, members of other agencies, presenters, those who left.
func TestWhoSeesALetter(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	decision := w.agreed()
	young := w.approve(w.letter(decision, letters.ToYoungPerson))
	var own uuid.UUID
	w.must(w.DB.Read(t.Context(), w.clerk, func(tx db.Tx) error {
		return tx.Raw(`select id from letter where audience = 'funder' and agency_id = ?`, w.asc.ID).Row().Scan(&own)
	}))
	for _, actor := range []access.Actor{w.ann, w.hal, w.ola, w.pia, w.away, w.admin, access.SignedOut} {
		if _, err := w.show(actor, young.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s reads the young person's letter: %v", actor.Name, err)
		}
	}
	if _, err := w.show(w.ann, own); !fault.Is(err, fault.NotFound) {
		t.Errorf("a draft is read by the funder: %v", err)
	}
	p, err := w.show(w.clerk, own)
	w.must(err)
	w.approve(p)
	if _, err := w.show(w.ann, own); err != nil {
		t.Error(err)
	}
	if _, err := w.show(w.hal, own); !fault.Is(err, fault.NotFound) {
		t.Errorf("another agency reads it: %v", err)
	}
	item := w.itemOf(decision)
	w.exec(`insert into interest (id, meeting_id, item_id, person_id, kind, reason, declared_at, declared_by) values (?, ?, ?, ?, 'family', 'Uncle', ?, ?)`, id(), w.meeting, item, w.clerk.PersonID, w.clock.Now(), w.clerk.PersonID)
	if _, err := w.show(w.clerk, young.ID); !fault.Is(err, fault.Denied) {
		t.Errorf("a clerk who left reads it: %v", err)
	}
	if n := len(w.list(w.clerk, letters.Filter{All: true}).Lines); n != 0 {
		t.Errorf("their list has %d letters", n)
	}
	w.refused(w.EditLetter(t.Context(), w.ann, own, 2, letters.Wording{}), fault.NotFound, "no such decision")
}

func (w *world) itemOf(decision uuid.UUID) (item uuid.UUID) {
	w.t.Helper()
	w.must(w.DB.Read(w.t.Context(), w.clerk, func(tx db.Tx) error {
		return tx.Raw(`select item_id from decision where id = ?`, decision).Row().Scan(&item)
	}))
	return item
}

func TestATemplateIsWrittenByAnAdministratorAndChecked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	_, err := w.ChangeTemplate(ctx, w.clerk, "referrer.agreed", 0, "s", "b")
	w.refused(err, fault.Denied, "permission")
	_, err = w.ChangeTemplate(ctx, w.admin, "referrer.agreed", 0, "{case_number}", "Dear {nobody}")
	w.refused(err, fault.Invalid, "{nobody} cannot be put")
	_, err = w.ChangeTemplate(ctx, w.admin, "nothing.such", 0, "s", "b")
	w.refused(err, fault.NotFound, "no such template")
	_, err = w.ChangeTemplate(ctx, w.admin, "referrer.agreed", 0, "{case_number}: yes", "Dear {recipient},\r\n\r\nYes.")
	w.must(err)
	_, err = w.ChangeTemplate(ctx, w.admin, "referrer.agreed", 0, "{case_number}: yes", "Later")
	w.refused(err, fault.Stale, "changed while you were writing")
	p := w.letter(w.agreed(), letters.ToReferrer)
	if p.Subject != "Q1042: yes" || p.Body != "Dear Pia Moss,\n\nYes." || p.TemplateNumber != 1 {
		t.Errorf("%s\n%s", p.Subject, p.Body)
	}
}

// A letter nobody sends is a young person who does not know; the clerk hears before, clerk and chair after, once each.
func TestLateLettersAreChased(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.agreed() // due Thursday 3 December
	chase := func(on string, want int) {
		t.Helper()
		w.clock.Set(clock.MustDate(on).At(7, 20))
		for i, expected := range []int{want, 0} {
			if sent, err := w.ChaseLetters(t.Context()); err != nil || sent != expected {
				t.Errorf("%s, time %d: %d sent, %v", on, i+1, sent, err)
			}
		}
	}
	chase("2026-12-01", 0)
	chase("2026-12-02", 1)
	notifytest.Golden(t, w.post(), notify.Notice{Kind: letters.NoticeSoon, IDs: notify.IDs{"forum": w.forum.ID}, To: w.clerk.PersonID}, "letters_soon")
	chase("2026-12-04", 2)
	chase("2026-12-05", 0) // a Saturday
	late := notify.Notice{Kind: letters.NoticeLate, IDs: notify.IDs{"forum": w.forum.ID}, To: w.chair.PersonID}
	notifytest.Golden(t, w.post(), late, "letters_late")
	if told := w.told(letters.NoticeLate); !slices.Contains(told, w.chair.PersonID) || !slices.Contains(told, w.clerk.PersonID) {
		t.Errorf("told %v", told)
	}
	list := w.list(w.clerk, letters.Filter{Late: true})
	if list.Total != 5 || list.Lines[0].Standing != "1 working day late" || list.Late != 5 {
		t.Errorf("%d late, %+v", list.Total, list.Lines[:1])
	}
	w.exec(`update letter set state = 'set_aside', set_aside_reason = 'x', settled_at = now()`)
	notifytest.NotSent(t, w.post(), late)
}

// An email is read by anybody who walks past the screen: it says that a letter is ready and nothing of whom.
func TestAReadyLetterIsToldWithoutTheCase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	decision := w.agreed()
	funder, referrer := w.approve(w.letter(decision, letters.ToFunder)), w.approve(w.letter(decision, letters.ToReferrer))
	told := w.told(letters.NoticeReady)
	if len(told) != 2 || !slices.Contains(told, w.pia.PersonID) {
		t.Fatalf("told %v", told)
	}
	notice := notify.Notice{Kind: letters.NoticeReady, IDs: notify.IDs{"letter": funder.ID}, To: w.ann.PersonID}
	notifytest.Golden(t, w.post(), notice, "letter_ready_funder")
	notifytest.Golden(t, w.post(), notify.Notice{Kind: letters.NoticeReady, IDs: notify.IDs{"letter": referrer.ID}, To: w.pia.PersonID}, "letter_ready_referrer")
	w.exec(`update cases set died_on = '2026-11-25' where id = ?`, w.kase)
	notifytest.NotSent(t, w.post(), notice)
}

func TestHomeCountsWhatWaitsForTheClerk(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approve(w.letter(w.agreed(), letters.ToReferrer))
	count := func(actor access.Actor) (counts []letters.Count) {
		w.must(w.DB.Read(t.Context(), actor, func(tx db.Tx) (err error) {
			counts, err = letters.LettersWaiting(tx)
			return err
		}))
		return counts
	}
	if c := count(w.clerk); len(c) != 1 || c[0].Approve != 4 || c[0].Send != 1 || c[0].Late != 0 || c[0].Issue != 2 {
		t.Errorf("%+v", c)
	}
	if c := count(w.chair); len(c) != 0 {
		t.Errorf("the chair, who need not approve, is shown %+v", c)
	}
	w.owner(`update terms_of_reference set letter_approval = 'chair'`)
	if c := count(w.chair); len(c) != 1 || c[0].Approve != 4 || c[0].Issue != 0 {
		t.Errorf("%+v", c)
	}
	if c := count(w.away); len(c) != 0 {
		t.Errorf("another forum's clerk is shown %+v", c)
	}
}
