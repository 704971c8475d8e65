package room_test

import (
	"testing"

	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// decideOn opens an item and confirms an outcome without a vote.
func (h *house) decideOn(decision room.ConfirmDecision) {
	h.t.Helper()
	h.do(h.chair, room.OpenItem{ItemID: decision.ItemID})
	h.do(h.chair, decision)
}

// Not agreed is only said with the reasons, how the need is met meanwhile and how to challenge it.
func TestNotAgreedSaysWhatIsOwed(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann)
	h.do(h.chair, room.OpenItem{ItemID: h.request.ID})
	_, err := h.try(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.NotAgreed})
	refusal := fault.As(err)
	if refusal == nil || len(refusal.Fields) != 3 || refusal.Fields[0].Name != "reasons" || refusal.Fields[1].Name != "meanwhile" || refusal.Fields[2].Name != "challenge" {
		t.Fatalf("got %v", err)
	}
	h.do(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.NotAgreed, Reasons: "Need is met by the present package", Meanwhile: "It goes on", Challenge: room.ChallengeEHCP})
	facts := h.sees(h.ann).Decision.Facts
	if facts[0].Text != "It goes on" || facts[1].Text != "Education, health and care plan: mediation, then the SEND Tribunal" {
		t.Errorf("facts: %+v", facts)
	}
}

// A deferred case that is on no later agenda is a case that is lost.
func TestDeferredComesBack(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann)
	h.do(h.chair, room.OpenItem{ItemID: h.request.ID})
	h.refused(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Deferred, Missing: "The school’s report"}, fault.Invalid, "Select the meeting it is deferred to")
	h.refused(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Deferred, Missing: "The school’s report", NextMeetingID: &h.meeting.ID}, fault.Invalid, "Select a later meeting that is still to happen")
	h.do(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Deferred, Missing: "The school’s report", NextMeetingID: &h.next.ID})
	if n := h.count(`select count(*) from due where kind = 'deferred' and forum_id = ? and due_on = ? and request_id = ? and text = 'Deferred on 26 November 2026: The school’s report'`,
		h.forum.ID, h.next.On(), h.requestID); n != 1 {
		t.Error("the deferral does not come back to the next meeting")
	}
	if n := h.count(`select count(*) from funding_request where state = 'submitted' and meeting_id is null`); n != 1 {
		t.Error("the request cannot be tabled again")
	}
	h.refused(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.WithdrawnByReferrer}, fault.Conflict,
		"Item 3 already has its decision. Put a correction beside it, or decide again at a later meeting.")
}

// What a decision settles must not come back by itself.
func TestDecisionSettlesWhatWasDue(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.owner(`insert into due (id, forum_id, kind, source_id, case_id, request_id, due_on, text) values (gen_random_uuid(), $1, 'request', $2, $3, $2, '2026-11-01', 'x'),
		(gen_random_uuid(), $1, 'review', gen_random_uuid(), $3, null, '2027-11-01', 'later')`, h.forum.ID, h.requestID, h.caseID)
	h.inSession(h.ann)
	h.decideOn(room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.WithdrawnByReferrer})
	if open := h.count(`select count(*) from due where done_at is null`); open != 1 {
		t.Errorf("%d still due, want only what is due after this meeting", open)
	}
}

// A referral lands on the other forum's agenda with its reason.
func TestReferredGoesToTheOtherForum(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann)
	h.do(h.chair, room.OpenItem{ItemID: h.name.ID})
	h.refused(h.chair, room.ConfirmDecision{ItemID: h.name.ID, Outcome: room.Referred, Reasons: "x", NextForumID: &h.forum.ID}, fault.Invalid, "Select the forum it is referred to")
	h.do(h.chair, room.ConfirmDecision{ItemID: h.name.ID, Outcome: room.Referred, Reasons: "Complex health needs", NextForumID: &h.other.ID})
	if n := h.count(`select count(*) from due where kind = 'referred' and forum_id = ? and case_id = ?`, h.other.ID, h.caseID); n != 1 {
		t.Error("the other forum does not hear of it")
	}
}

// A condition a funder made binds the decision: it cannot be confirmed without one.
func TestAConditionBinds(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann, h.hal)
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
	h.do(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Consent})
	h.do(h.hal, room.CastBallot{VoteID: vote, SeatID: h.seat["Hal Hart"], Position: room.Consent, Condition: "Registration confirmed", Reason: "x"})
	h.do(h.chair, room.CloseVote{VoteID: vote})
	h.refused(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Agreed, Reasons: "x"}, fault.Invalid,
		"“Agreed” cannot be confirmed. A funder consented on a condition, so the decision must carry it")
	h.refused(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.AgreedWithConditions, Reasons: "x"}, fault.Invalid,
		"Enter each condition and when its evidence is due")
	h.do(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.AgreedWithConditions, Reasons: "x",
		Conditions: []room.Condition{{Text: "Registration confirmed", EvidenceDue: clock.MustDate("2026-12-10"), OwnerID: h.hal.PersonID}}})
}

// Shares other than those voted on were consented to by nobody.
func TestConfirmingOtherSharesIsRefused(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann, h.hal)
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
	h.consent(vote)
	h.do(h.chair, room.CloseVote{VoteID: vote})
	h.refused(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Agreed, Reasons: "x",
		Split: []room.Share{{AgencyID: h.asc.ID, WeeklyPence: 20450, OneOffPence: 30000}, {AgencyID: h.health.ID, WeeklyPence: 100000}}}, fault.Conflict,
		"These shares are not the ones the funders voted on. Put them to the vote again.")
}

// Money is never agreed without a vote, whatever the chair says.
func TestMoneyNeedsAVote(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann, h.hal)
	h.do(h.chair, room.OpenItem{ItemID: h.request.ID})
	h.refused(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Agreed, Reasons: "x"}, fault.Invalid,
		"“Agreed” cannot be confirmed. Put it to the vote first: each funder must consent to its own share")
	h.do(h.chair, room.OpenItem{ItemID: h.name.ID})
	h.refused(h.chair, room.ConfirmDecision{ItemID: h.name.ID, Outcome: room.Agreed, Reasons: "x", Split: []room.Share{{AgencyID: h.asc.ID, WeeklyPence: 100}}}, fault.Conflict,
		"Put these shares to the vote first: each funder must consent to its own.")
	h.do(h.chair, room.ConfirmDecision{ItemID: h.name.ID, Outcome: room.Agreed, Reasons: "Nothing to pay for"})
}

// Without a funder the panel may only conclude provisionally, and that chases the one who is missing.
func TestProvisional(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann, h.eve)
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed, Provisional: true})
	h.do(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Consent})
	h.do(h.chair, room.CloseVote{VoteID: vote})
	h.refused(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Agreed, Reasons: "x"}, fault.Invalid,
		"“Agreed” cannot be confirmed. There was no quorum, so it can only be concluded provisionally")
	h.do(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Provisional, Reasons: "x", EndorsedByID: &h.health.ID})
	if got := h.sees(h.chair).Decision.Standing; got != "Provisional: needs endorsement by Health, and binds nobody until then" {
		t.Errorf("standing: %q", got)
	}
	if n := h.count(`select count(*) from due where kind = 'ratify' and text like '%needs endorsement by Health'`); n != 1 {
		t.Error("nobody is chased")
	}
}

// The chair breaks a tie only where the terms allow it, and never over money.
func TestCastingVote(t *testing.T) {
	t.Parallel()
	for _, allowed := range []bool{true, false} {
		h := setup(t, func(terms *panels.Terms) {
			terms.VotingRule, terms.CastingVote, terms.QuorumAgencies = panels.SimpleMajority, allowed, []panels.AgencyKind{}
		})
		h.inSession(h.ann, h.hal)
		vote := h.voteOn(h.name, room.OpenVote{Outcome: room.Agreed, Text: "Refer to housing"})
		h.do(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.For})
		h.do(h.hal, room.CastBallot{VoteID: vote, SeatID: h.seat["Hal Hart"], Position: room.Against, Reason: "x"})
		h.do(h.chair, room.CloseVote{VoteID: vote})
		h.refused(h.chair, room.ConfirmDecision{ItemID: h.name.ID, Outcome: room.Agreed, Reasons: "x"}, fault.Invalid, "“Agreed” cannot be confirmed. The vote was tied")
		confirm := room.ConfirmDecision{ItemID: h.name.ID, Outcome: room.Agreed, Reasons: "x", CastingVote: room.For}
		if allowed {
			h.do(h.chair, confirm)
		} else {
			h.refused(h.chair, confirm, fault.Invalid, "This forum’s terms of reference give the chair no casting vote")
		}
	}
}

// Funders consented to their shares from one day: another start or a later end is other money.
func TestDecisionIsWhatWasVotedOn(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.owner(`update funding_request set ends_on = '2027-06-30' where id = $1`, h.requestID)
	h.inSession(h.ann, h.hal)
	h.consent(h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed}))
	h.do(h.chair, room.CloseVote{VoteID: h.sees(h.chair).Vote.ID})
	decision := room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Agreed, Reasons: "Assessed need", StartOn: clock.MustDate("2026-12-01")}
	h.refused(h.chair, decision, fault.Invalid, "The funders voted on a start on 4 January 2027. Put another day to the vote again")
	decision.StartOn, decision.EndOn = clock.MustDate("2027-01-04"), clock.MustDate("2030-01-04")
	h.refused(h.chair, decision, fault.Invalid, "The funders were asked to pay until 30 June 2027. Put a later end to the vote again")
	decision.EndOn = clock.Date{}
	h.do(h.chair, decision)
}

// On a board a case would stand with what was typed about it, for people who must not know who it is.
func TestDecisionLeadsToNoBoard(t *testing.T) {
	t.Parallel()
	h := setup(t)
	sitting := panels.Meeting{ID: id(), ForumID: h.board.ID, StartsAt: h.clock.Now().AddDate(0, 0, 30), EndsAt: h.clock.Now().AddDate(0, 0, 31), Status: panels.Scheduled, CreatedAt: h.clock.Now(), Version: 1}
	h.must(h.store.DB.Write(t.Context(), h.chair, func(tx db.Tx) error { return tx.Create(&sitting).Error }))
	h.inSession(h.ann, h.hal)
	h.refused(h.chair, room.ConfirmDecision{ItemID: h.name.ID, Outcome: room.Referred, Reasons: "Noor Canary needs them", NextForumID: &h.board.ID}, fault.Invalid, "Select the forum from the list")
	h.refused(h.chair, room.ConfirmDecision{ItemID: h.name.ID, Outcome: room.Deferred, Missing: "Noor’s plan", NextMeetingID: &sitting.ID}, fault.Invalid, "Select a later meeting that is still to happen")
	nowhere := id()
	h.refused(h.chair, room.ConfirmDecision{ItemID: h.name.ID, Outcome: room.EscalatedOn, Reasons: "x", ReplacesID: &nowhere}, fault.Invalid, "Select an earlier decision about the same young person")
}

// What was voted on and decided stays as it was, even for somebody with the server's own hands.
func TestTheRecordNeverChanges(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.do(h.eve, room.DeclareInterest{ItemID: h.request.ID, Kind: room.Family, Reason: "x"})
	h.inSession(h.ann, h.hal)
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
	h.consent(vote)
	hands := func(statement string) {
		t.Helper()
		if h.store.DB.Write(t.Context(), h.chair, func(tx db.Tx) error {
			done := tx.Exec(statement)
			if done.Error == nil && done.RowsAffected == 0 {
				t.Errorf("%q touches nothing, so it shows nothing", statement)
			}
			return done.Error
		}) == nil {
			t.Errorf("%q was let through", statement)
		}
	}
	hands(`update vote set start_on = '2026-12-01'`)
	hands(`insert into vote_share (vote_id, agency_id, weekly_pence, one_off_pence) select v.id, a.id, 1, 0 from vote v, agency a where a.short_name = 'EDU'`)
	h.do(h.chair, room.CloseVote{VoteID: vote})
	h.do(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Agreed, Reasons: "Assessed need"})
	for _, statement := range []string{
		`update vote set carried = false`, `delete from vote`, `update vote_share set weekly_pence = 1`,
		`update ballot set position = 'refuse'`, `update ballot set recommendation = not recommendation`, `delete from ballot`,
		`insert into decision_share (decision_id, agency_id, weekly_pence, one_off_pence) select d.id, a.id, 1, 0 from decision d, agency a where a.short_name = 'EDU'`,
		`insert into decision_condition (id, decision_id, position, text, evidence_due, owner_id) select gen_random_uuid(), id, 9, 'x', '2027-01-01', confirmed_by from decision`,
		`update decision_share set weekly_pence = 1`, `delete from decision_share`,
		`update interest set person_id = declared_by, reason = 'y'`, `delete from interest`, `update attendance set present = false`, `delete from attendance`,
		`update room_event set type = 'x'`, `delete from room_event`, `update room_event_content set says = 'x'`,
	} {
		hands(statement)
	}
}

// A confirmed decision stays as it was confirmed, even for somebody with the server's own hands.
func TestDecisionNeverChanges(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann)
	h.decideOn(room.ConfirmDecision{ItemID: h.name.ID, Outcome: room.EscalatedOn, Reasons: "No provider"})
	for _, statement := range []string{`update decision set reasons = 'other'`, `delete from decision`} {
		if h.store.DB.Write(t.Context(), h.chair, func(tx db.Tx) error { return tx.Exec(statement).Error }) == nil {
			t.Errorf("%q was let through", statement)
		}
	}
	decision := h.sees(h.chair).Decision
	h.do(h.chair, room.CorrectDecision{DecisionID: decision.ID, Wrong: "No provider", Right: "No provider in the county", Reason: "A word was left out"})
	corrected := h.sees(h.ann).Decision
	if corrected.Reasons != "No provider" || len(corrected.Corrections) != 1 || corrected.Corrections[0].By != "Cleo Chair" {
		t.Errorf("corrected: %+v", corrected)
	}
}
