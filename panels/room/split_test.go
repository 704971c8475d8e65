package room_test

import (
	"strconv"
	"strings"
	"testing"

	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// What the funders read before they consent must be what the decision costs them: who pays without
// prejudice, until when, and what it adds to what they are committed to already.
func TestTheSplitIsReckonedBeforeTheVote(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann, h.hal)
	h.do(h.chair, room.OpenItem{ItemID: h.request.ID})
	shares := func(without bool) []room.Share {
		return []room.Share{{AgencyID: h.asc.ID, WeeklyPence: 60225, OneOffPence: 30000, WithoutPrejudice: without}, {AgencyID: h.health.ID, WeeklyPence: 60225}}
	}
	h.refused(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed, EndOn: clock.MustDate("2026-12-01")}, fault.Invalid, "The end must come after the start")
	h.refused(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed, Split: append(shares(true), room.Share{AgencyID: h.edu.ID, WithoutPrejudice: true})}, fault.Invalid,
		"Education has no share, so it pays nothing without prejudice. Give it one, or choose another agency")
	h.do(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed, EndOn: clock.MustDate("2028-01-02"), Split: shares(true)})
	vote := h.sees(h.ann).Vote
	if vote.Proposal != "Agreed: £1,204.50 a week and £300 once from 4 January 2027 to 2 January 2028" || vote.Exposure != "£62,634 a year, £62,934 to 2 January 2028" {
		t.Errorf("the proposal: %q, %q", vote.Proposal, vote.Exposure)
	}
	mine := h.sees(h.ann).Me.Positions[0]
	if mine.Share.Words != "£602.25 a week and £300 once, without prejudice" || !strings.HasSuffix(mine.Effect, "Decisions of all panels commit nothing else in it") {
		t.Errorf("what Ann reads: %q, %q", mine.Share.Words, mine.Effect)
	}
	h.consent(vote.ID)
	h.do(h.chair, room.CloseVote{VoteID: vote.ID})
	h.refused(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Agreed, Reasons: "x", EndOn: clock.MustDate("2028-01-03")}, fault.Invalid,
		"The funders were asked to pay until 2 January 2028. Put a later end to the vote again")
	h.do(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Agreed, Reasons: "x"})
	if n := h.count(`select count(*) from decision where end_on = '2028-01-02' and without_prejudice`); n != 1 {
		t.Error("the decision ends on another day, or with prejudice")
	}
	if n := h.count(`select count(*) from decision_share where without_prejudice and agency_id = ?`, h.asc.ID); n != 1 {
		t.Error("who pays without prejudice is not on the record")
	}
	first, last := h.sees(h.chair).Item.Request.Year.FirstOn, h.sees(h.chair).Item.Request.Year.LastOn
	days := int64(clock.MustDate("2027-01-04").DaysUntil(last) + 1)
	for _, c := range h.sees(h.ann).Item.Request.Year.Commitments {
		want := map[string]int64{h.asc.ID.String(): (2*60225*days+7)/14 + 30000, h.health.ID.String(): (2*60225*days + 7) / 14}[c.AgencyID.String()]
		if c.Pence != want || c.OwnPence != want {
			t.Errorf("committed from %s to %s: %+v, want %d", first, last, c, want)
		}
	}
	if year := h.sees(h.pia).Item.Request.Year; len(year.Commitments) != 0 {
		t.Errorf("a presenter reads agencies’ books: %+v", year)
	}
}

// A usual split that comes to a penny more or less than what is asked for cannot be put to the vote.
func TestPresetsAddUp(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.owner(`update funding_request set previous = '{"weekly_pence": 90000, "shares": [{"agency_id": "` + h.asc.ID.String() + `", "weekly_pence": 30000}, {"agency_id": "` + h.edu.ID.String() + `", "weekly_pence": 60000}]}'`)
	h.inSession(h.ann)
	h.do(h.chair, room.OpenItem{ItemID: h.request.ID})
	want := map[string]map[string]int64{
		"asked": {"Adult social care": 60225, "Health": 60225}, "health": {"Health": 120450}, "equal": {"Adult social care": 60225, "Health": 60225},
		"now": {"Adult social care": 40150, "Education": 80300},
	}
	presets := h.sees(h.chair).Item.Request.Presets
	if len(presets) != len(want) {
		t.Fatalf("presets: %+v", presets)
	}
	names := map[string]string{h.asc.ID.String(): "Adult social care", h.health.ID.String(): "Health", h.edu.ID.String(): "Education"}
	for _, preset := range presets {
		var weekly, once int64
		for _, share := range preset.Split {
			weekly, once = weekly+share.WeeklyPence, once+share.OneOffPence
			if got := want[preset.Name][names[share.AgencyID.String()]]; got != share.WeeklyPence {
				t.Errorf("%s: %s pays %d, want %d", preset.Text, names[share.AgencyID.String()], share.WeeklyPence, got)
			}
		}
		if weekly != 120450 || once != 30000 {
			t.Errorf("%s comes to %d a week and %d once", preset.Text, weekly, once)
		}
	}
	if member := h.sees(h.ann).Item.Request.Presets; len(member) != 0 {
		t.Error("a member is offered what only the chair puts to the vote")
	}
}

// A later end is other money: whoever consented to less is asked again.
func TestAnotherEndIsAskedOfEverybody(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann, h.hal)
	split := func(asc int64) []room.Share {
		return []room.Share{{AgencyID: h.asc.ID, WeeklyPence: asc, OneOffPence: 30000}, {AgencyID: h.health.ID, WeeklyPence: 120450 - asc}}
	}
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed, Split: split(60000), EndOn: clock.MustDate("2028-01-02")})
	h.consent(vote)
	h.do(h.chair, room.CloseVote{VoteID: vote})
	h.do(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed, Split: split(50000), EndOn: clock.MustDate("2029-01-02")})
	if voted := h.sees(h.chair).Vote.Voted; voted != 0 {
		t.Errorf("%d positions were carried over to a longer package", voted)
	}
}

// Where the terms of reference count by legal body, a council with three budgets speaks once, and one of them
// there is enough; where they count by agency each budget speaks for itself.
func TestCountedByLegalBody(t *testing.T) {
	t.Parallel()
	for name, byBody := range map[string]bool{"by agency": false, "by legal body": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := setup(t, func(terms *panels.Terms) { terms.ByLegalBody = byBody })
			h.owner(`update agency set legal_body = case when id = $1 then 'NHS Marlshire' else 'Marlshire Council' end`, h.health.ID)
			split := []room.Share{{AgencyID: h.edu.ID, WeeklyPence: 20450}, {AgencyID: h.asc.ID, WeeklyPence: 40000, OneOffPence: 30000}, {AgencyID: h.health.ID, WeeklyPence: 60000}}
			h.inSession(h.ann, h.hal)
			h.do(h.chair, room.OpenItem{ItemID: h.request.ID})
			open := room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed, Split: split}
			if !byBody {
				h.refused(h.chair, open, fault.Conflict, "This item cannot be voted on yet: Education is asked to pay and is not here.")
				return
			}
			h.do(h.chair, open)
			vote := h.sees(h.ann).Vote
			if vote.Of != 2 || vote.Voters[0].For != "Marlshire Council" || vote.Voters[0].Name != "Ann Bell" {
				t.Fatalf("asked: %+v", vote.Voters)
			}
			if mine := h.sees(h.ann).Me.Positions; len(mine) != 1 || mine[0].For != "Marlshire Council" || mine[0].Share.WeeklyPence != 60450 {
				t.Fatalf("what Ann gives: %+v", mine)
			}
			h.do(h.eve, room.RecordAttendance{Present: true})
			h.consent(vote.ID)
			h.refused(h.eve, room.CastBallot{VoteID: vote.ID, SeatID: h.seat["Eve Lane"], Position: room.Refuse, Reason: "x"}, fault.Conflict,
				"Marlshire Council’s position was already given by Ann Bell. Only they can change it before voting closes.")
			h.do(h.chair, room.CloseVote{VoteID: vote.ID})
			h.do(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Agreed, Reasons: "x"})
			if got := h.sees(h.chair).Decision; got.Standing != "Decided" || len(got.Split) != 3 {
				t.Errorf("the decision: %+v", got)
			}
			h.verify()
		})
	}
}

// Another budget of the council growing is the council's own money, so it is asked again; the NHS is not.
func TestLegalBodiesAreAskedAgainTogether(t *testing.T) {
	t.Parallel()
	h := setup(t, func(terms *panels.Terms) { terms.ByLegalBody = true })
	h.owner(`update agency set legal_body = case when id = $1 then 'NHS Marlshire' else 'Marlshire Council' end`, h.health.ID)
	h.inSession(h.ann, h.hal)
	split := func(asc, edu int64) []room.Share {
		return []room.Share{{AgencyID: h.asc.ID, WeeklyPence: asc, OneOffPence: 30000}, {AgencyID: h.edu.ID, WeeklyPence: edu}, {AgencyID: h.health.ID, WeeklyPence: 120450 - asc - edu}}
	}
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed, Split: split(40000, 20000)})
	h.consent(vote)
	h.do(h.chair, room.CloseVote{VoteID: vote})
	h.do(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed, Split: split(30000, 30000)})
	for _, voter := range h.sees(h.chair).Vote.Voters {
		if want := voter.For == "NHS Marlshire"; voter.Voted != want {
			t.Errorf("%s: carried over %v, want %v", voter.For, voter.Voted, want)
		}
	}
}

// A share cut to nil leaves the quorum: nobody waits for an agency that is not asked for anything.
func TestAShareCutToNilLeavesTheQuorum(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann, h.eve)
	h.do(h.chair, room.OpenItem{ItemID: h.request.ID})
	if q := h.sees(h.ann).Quorum; q.Quorate {
		t.Fatal("quorate without a funder that is asked to pay")
	}
	h.do(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed, Split: []room.Share{{AgencyID: h.asc.ID, WeeklyPence: 120450, OneOffPence: 30000}, {AgencyID: h.health.ID}}})
	vote := h.sees(h.ann).Vote
	if vote.Of != 1 || !h.sees(h.ann).Quorum.Quorate {
		t.Errorf("asked: %+v", vote.Voters)
	}
	h.do(h.ann, room.CastBallot{VoteID: vote.ID, SeatID: h.seat["Ann Bell"], Position: room.Consent})
	h.do(h.chair, room.CloseVote{VoteID: vote.ID})
	h.do(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Agreed, Reasons: "x"})
}

// One person in the seats of two funders gives a position for each, and is one person in the quorum.
func TestOnePersonInTwoSeats(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.owner(`insert into seat_holding (id, seat_id, person_id, from_date, deputy_order) values ($1, $2, $3, '2026-01-01', 2)`, id(), h.seat["Hal Hart"], h.ann.PersonID)
	h.inSession(h.ann)
	h.do(h.chair, room.OpenItem{ItemID: h.request.ID})
	if q := h.sees(h.ann).Quorum; q.Counted != 1 || q.Quorate {
		t.Fatalf("one person counted as %d", q.Counted)
	}
	h.do(h.eve, room.RecordAttendance{Present: true})
	h.do(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed})
	vote := h.sees(h.ann).Vote.ID
	if mine := h.sees(h.ann).Me.Positions; len(mine) != 2 {
		t.Fatalf("Ann gives %d positions, want one for each funder", len(mine))
	}
	h.do(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Consent})
	h.do(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Hal Hart"], Position: room.Consent})
	h.do(h.chair, room.CloseVote{VoteID: vote})
	if !h.sees(h.chair).Vote.Carried {
		t.Error("both funders consented and it did not carry")
	}
}

// An agency that is shown the half of what it has promised promises it twice. What every panel decided counts,
// and of another panel's decisions nobody is told more than what all of them come to.
func TestCommitmentsCountWhatEveryPanelDecided(t *testing.T) {
	t.Parallel()
	h := setup(t)
	position := 10
	elsewhere := func(outcome room.Outcome, standing room.Standing, start, end string) {
		position++
		h.must(h.store.DB.Write(t.Context(), access.System("test"), func(tx db.Tx) error {
			item, decision := id(), id()
			err := tx.Exec(`insert into agenda_item (id, meeting_id, number, position, kind, title, minutes, created_at) values (?, ?, ?, ?, 'standing', 'x', 10, ?)`,
				item, h.next.ID, strconv.Itoa(position), position, tx.Now).Error
			if err == nil {
				err = tx.Exec(`
					insert into decision (id, meeting_id, forum_id, item_id, case_id, outcome, standing, reasons, start_on, end_on, quorum, weeks_thousandths, confirmed_by, confirmed_at)
					values (?, ?, ?, ?, ?, ?, ?, 'x', ?, nullif(?, '')::date, '2 of 2', 52000, ?, ?)`,
					decision, h.next.ID, h.other.ID, item, h.caseID, outcome, standing, start, end, h.chair.PersonID, tx.Now).Error
			}
			if err == nil {
				err = tx.Exec(`insert into decision_share (decision_id, agency_id, weekly_pence, one_off_pence) values (?, ?, 7000, 500)`, decision, h.asc.ID).Error
			}
			return err
		}))
	}
	elsewhere(room.Agreed, room.Decided, "2025-04-01", "")               // all this year; what was paid once, last year
	elsewhere(room.Agreed, room.Decided, "2026-04-08", "2026-04-14")     // a week and once
	elsewhere(room.Agreed, room.Decided, "2025-04-01", "2026-03-31")     // over
	elsewhere(room.Provisional, room.StandsIfEndorsed, "2026-04-01", "") // binds nobody
	elsewhere(room.Agreed, room.Recommended, "2026-04-01", "")           // nor does this
	elsewhere(room.AgreedInPrinciple, room.Decided, "2026-04-01", "")    // commits no money yet
	elsewhere(room.AgreedWithConditions, room.Decided, "2027-04-01", "") // next year
	h.inSession(h.ann, h.hal)
	h.do(h.chair, room.OpenItem{ItemID: h.request.ID})
	const want = 365*1000 + 7000 + 500
	for _, c := range h.sees(h.ann).Item.Request.Year.Commitments {
		if c.AgencyID == h.asc.ID && (c.Pence != want || c.OwnPence != 0) || c.AgencyID != h.asc.ID && c.Pence != 0 {
			t.Errorf("commitments: %+v, want %d in all and nothing by this panel", c, want)
		}
	}
	if text := h.shows(h.ann); strings.Contains(text, h.other.Name) {
		t.Error("a member reads which other panel decided")
	}
}

// Whoever left for an item must not learn what was agreed on it from what an agency's books gained.
func TestCommitmentsLeaveOutWhatSomebodyLeftFor(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann, h.hal)
	h.do(h.hal, room.DeclareInterest{ItemID: h.standing.ID, Kind: room.Professional, Reason: "I assessed it"})
	h.must(h.store.DB.Write(t.Context(), access.System("test"), func(tx db.Tx) error {
		decision := id()
		err := tx.Exec(`
			insert into decision (id, meeting_id, forum_id, item_id, case_id, outcome, standing, reasons, start_on, quorum, weeks_thousandths, confirmed_by, confirmed_at)
			select ?, m.id, m.forum_id, ?, ?, 'agreed', 'decided', 'x', '2025-04-01', '2 of 2', 52000, ?, ? from meeting m where m.id = ?`,
			decision, h.standing.ID, h.caseID, h.chair.PersonID, tx.Now, h.meeting.ID).Error
		if err == nil {
			err = tx.Exec(`insert into decision_share (decision_id, agency_id, weekly_pence, one_off_pence) values (?, ?, 7000, 0)`, decision, h.asc.ID).Error
		}
		return err
	}))
	h.do(h.chair, room.OpenItem{ItemID: h.request.ID})
	for who, want := range map[*access.Actor]int64{&h.ann: 365 * 1000, &h.hal: 0} {
		for _, c := range h.sees(*who).Item.Request.Year.Commitments {
			if c.AgencyID == h.asc.ID && c.Pence != want {
				t.Errorf("%s reads that adult social care is committed to %d, want %d", who.Name, c.Pence, want)
			}
		}
	}
}
