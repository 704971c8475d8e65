package room_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/fault"
)

func (h *house) consent(vote uuid.UUID) {
	h.t.Helper()
	h.do(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Consent})
	h.do(h.hal, room.CastBallot{VoteID: vote, SeatID: h.seat["Hal Hart"], Position: room.Consent})
}

// A package is paid for only because both funders said yes to their own share, and then it must come
// back for review and never stay "tabled".
func TestFundingVoteOK(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann, h.hal)
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
	h.consent(vote)
	h.do(h.chair, room.CloseVote{VoteID: vote})
	h.do(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Agreed, Reasons: "Assessed need"})
	view := h.sees(h.ann)
	if view.Decision == nil || view.Decision.Words != "Agreed" || view.Decision.Standing != "Decided" || len(view.Decision.Split) != 2 {
		t.Fatalf("decision: %+v", view.Decision)
	}
	if got := view.Decision.Split[0]; got.Agency != "Adult social care" || got.Words != "£602.25 a week and £300 once" || got.AnnualPence != 3131700 {
		t.Errorf("adult social care’s share: %+v", got)
	}
	if got := view.Decision.ReviewOn.String(); got != "2027-04-04" {
		t.Errorf("the review is on %s, want three months after the start", got)
	}
	if n := h.count(`select count(*) from due where kind = 'review' and forum_id = ? and due_on = '2027-04-04'`, h.forum.ID); n != 1 {
		t.Errorf("%d reviews come back to the panel, want 1", n)
	}
	if n := h.count(`select count(*) from funding_request where state = 'decided'`); n != 1 {
		t.Errorf("the request is not decided")
	}
}

// A vote without a funder at the table would bind an agency that never spoke.
func TestOpenVoteNotQuorate(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann, h.eve)
	h.do(h.chair, room.OpenItem{ItemID: h.request.ID})
	h.refused(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed}, fault.Conflict,
		"This item cannot be voted on yet: Health is asked to pay and is not here.")
	h.do(h.hal, room.RecordAttendance{Present: true, Remote: true})
	h.do(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed})
}

// A penny nobody pays is a package nobody can buy.
func TestOpenVoteSplitAPennyOut(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann, h.hal)
	h.do(h.chair, room.OpenItem{ItemID: h.request.ID})
	split := func(asc, health int64) []room.Share {
		return []room.Share{{AgencyID: h.asc.ID, WeeklyPence: asc, OneOffPence: 30000}, {AgencyID: h.health.ID, WeeklyPence: health}}
	}
	h.refused(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed, Split: split(60225, 60224)}, fault.Invalid,
		"The shares come to £1,204.49 a week. They must come to £1,204.50: 1p is left to share")
	h.refused(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed, Split: split(60226, 60225)}, fault.Invalid,
		"The shares come to £1,204.51 a week. They must come to £1,204.50: 1p too much is shared")
	h.refused(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed, Split: []room.Share{{AgencyID: h.housing.ID, WeeklyPence: 120450, OneOffPence: 30000}}}, fault.Invalid,
		"Housing does not pay for packages, so it cannot have a share")
	h.do(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed, Split: split(100000, 20450)})
}

// Each way of voting that must not count, with the sentence the person reads.
func TestCastBallotRefused(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann, h.hal, h.eve, h.ola)
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
	cast := func(seat string, position room.Position) room.CastBallot {
		return room.CastBallot{VoteID: vote, SeatID: h.seat[seat], Position: position}
	}
	h.refused(h.clerk, cast("Clem Clerk", room.Consent), fault.Denied,
		"You do not have permission to vote for an agency here. Ask the forum’s clerk or your administrator.")
	h.refused(h.stranger, cast("Ann Bell", room.Consent), fault.NotFound, "There is no such meeting.")
	h.refused(h.ann, cast("Hal Hart", room.Consent), fault.Denied, "You neither hold that seat nor deputise for it.")
	h.refused(h.eve, cast("Eve Lane", room.Consent), fault.Denied, "Education is not asked to pay a share, so it gives no position.")
	h.refused(h.sam, cast("Hal Hart", room.Consent), fault.Denied, "You are not recorded as here. Say “I am here” first, then vote.")
	h.refused(h.ann, cast("Ann Bell", room.For), fault.Invalid, "Select a position")
	h.refused(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Refuse, Condition: "Only if"}, fault.Invalid, "A condition can only come with agreement")

	h.do(h.sam, room.RecordAttendance{Present: true})
	h.refused(h.sam, cast("Hal Hart", room.Consent), fault.Denied,
		"Hal Hart is here and gives Health’s position. A deputy votes only when the holder is absent.")

	h.do(h.hal, room.DeclareInterest{ItemID: h.request.ID, Kind: room.Family, Reason: "My sister works for the provider"})
	h.refused(h.hal, cast("Hal Hart", room.Consent), fault.Denied, "You have left for item 3, so you cannot vote on it.")

	h.do(h.sam, cast("Hal Hart", room.Consent)) // the holder has left for the item, so the deputy gives it
	h.do(h.chair, room.CloseVote{VoteID: vote})
	h.refused(h.ann, cast("Ann Bell", room.Consent), fault.Conflict, "Voting on item 3 has closed. Your position was not recorded.")
}

// A deputy who voted while the holder was late must not be voted over by the holder: one position a funder.
func TestCastBallotDeputyThenHolder(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann, h.sam)
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
	cast := room.CastBallot{VoteID: vote, SeatID: h.seat["Hal Hart"], Position: room.Consent}
	h.do(h.sam, cast)
	h.do(h.hal, room.RecordAttendance{Present: true})
	h.refused(h.hal, cast, fault.Conflict, "Health’s position was already given by Sam Reed. Only they can change it before voting closes.")
	cast.Position, cast.Reason = room.Refuse, "x"
	h.do(h.sam, cast) // a change of mind before the close
	if n := h.count(`select count(*) from ballot where vote_id = ?`, vote); n != 2 {
		t.Errorf("%d ballots are kept, want both: the first is superseded, never deleted", n)
	}
	h.do(h.clerk, room.RecordAttendance{PersonID: h.sam.PersonID, Present: false})
	cast.Position = room.Consent
	h.do(h.hal, cast) // the deputy has gone, so the holder speaks
	h.do(h.chair, room.CloseVote{VoteID: vote})
	for _, voter := range h.sees(h.ann).Vote.Voters {
		if voter.For == "Health" && (voter.Position != room.Consent || voter.Name != "Hal Hart" || voter.Deputy) {
			t.Errorf("Health’s position on the record: %+v", voter)
		}
	}
}

// A position given before an interest was declared must not decide the item.
func TestDeclareInterestTakesBackTheBallot(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann, h.hal)
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
	h.consent(vote)
	h.do(h.hal, room.DeclareInterest{ItemID: h.request.ID, Kind: room.Financial, Reason: "Shares in the provider"})
	h.do(h.chair, room.CloseVote{VoteID: vote})
	view := h.sees(h.chair)
	if view.Vote.Carried {
		t.Fatal("the vote carried on the position of somebody who had left")
	}
	if view.Vote.Result != "Not every funder consents: no consent was given for Health" {
		t.Errorf("result: %q", view.Vote.Result)
	}
	h.refused(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Agreed, Reasons: "x"}, fault.Invalid,
		"“Agreed” cannot be confirmed. There was no quorum, so it can only be concluded provisionally")
}

// Abstaining is not consent: nobody may be made to pay by keeping quiet.
func TestAbstainingIsNotConsent(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann, h.hal)
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
	h.do(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Consent})
	h.do(h.hal, room.CastBallot{VoteID: vote, SeatID: h.seat["Hal Hart"], Position: room.Abstain, Reason: "x"})
	h.do(h.chair, room.CloseVote{VoteID: vote})
	h.refused(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Agreed, Reasons: "x"}, fault.Invalid,
		"“Agreed” cannot be confirmed. Not every funder consents: no consent was given for Health")
	for _, choice := range h.sees(h.chair).Item.Outcomes {
		if barred := choice.Barred != ""; barred != (choice.Outcome == room.Agreed || choice.Outcome == room.AgreedWithConditions || choice.Outcome == room.AgreedInPart || choice.Outcome == room.AgreedInPrinciple) {
			t.Errorf("%s barred: %q", choice.Words, choice.Barred)
		}
	}
}

// A re-run keeps the first run: what was said the first time is still on the record.
func TestRerunKeepsTheFirst(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann, h.hal)
	first := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
	h.do(h.ann, room.CastBallot{VoteID: first, SeatID: h.seat["Ann Bell"], Position: room.Refuse, Reason: "x"})
	h.refused(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed}, fault.Conflict, "Voting on item 3 is open. Close it first.")
	h.do(h.chair, room.CloseVote{VoteID: first})
	h.do(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed})
	vote := h.sees(h.ann).Vote
	if vote.Run != 2 || len(vote.Earlier) != 1 || vote.Earlier[0].Result != "Not every funder consents: Adult social care does not consent and no consent was given for Health" {
		t.Fatalf("vote: %+v", vote)
	}
	h.refused(h.chair, room.ConfirmDecision{ItemID: h.request.ID, VoteID: &first, Outcome: room.Deferred, Missing: "x"}, fault.Conflict, "Voting on item 3 is open. Close it first.")
}

// A share above what its voter may commit must not be read as authorised.
func TestAboveTheDelegatedLimit(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.owner(`update seat set delegated_limit_pence = 2000000 where id = $1`, h.seat["Hal Hart"])
	h.inSession(h.ann, h.hal)
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
	me := h.sees(h.hal).Me.Positions
	if len(me) != 1 || !me[0].Recommendation || me[0].LimitWords != "You may commit £20,000 a year. This share comes to £31,317 in its first year, so your position is a recommendation until Health’s named officer authorises it" {
		t.Fatalf("my position: %+v", me)
	}
	h.consent(vote)
	h.do(h.chair, room.CloseVote{VoteID: vote})
	h.do(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Agreed, Reasons: "Assessed need"})
	if got := h.sees(h.chair).Decision.Standing; got != "Recommended: needs authorisation by Health, and binds nobody until then" {
		t.Errorf("standing: %q", got)
	}
}

// Somebody with two seats of one agency must not commit more than the seat they speak from allows, by
// naming the other.
func TestTheLimitIsThatOfTheSpeakingSeat(t *testing.T) {
	t.Parallel()
	h := setup(t)
	advisory := id()
	h.owner(`update seat set delegated_limit_pence = 2000000 where id = $1`, h.seat["Hal Hart"])
	h.owner(`insert into seat (id, forum_id, agency_id, name, office, standing, position) values ($1, $2, $3, 'Health adviser', 'member', 'advisory', 9)`, advisory, h.forum.ID, h.health.ID)
	h.owner(`insert into seat_holding (id, seat_id, person_id, from_date) values ($1, $2, $3, '2026-01-01')`, id(), advisory, h.hal.PersonID)
	h.inSession(h.ann, h.hal)
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
	h.do(h.hal, room.CastBallot{VoteID: vote, SeatID: advisory, Position: room.Consent})
	if my := h.sees(h.hal).Me.Positions[0]; !my.Recommendation {
		t.Error("a position above the seat’s limit stands as authorised")
	}
}

// A seat whose holder voted and went home must not vote again through its deputy.
func TestASeatVotesOnce(t *testing.T) {
	t.Parallel()
	h := setup(t, func(terms *panels.Terms) { terms.VotingRule = panels.SimpleMajority })
	h.inSession(h.ann, h.hal, h.eve)
	vote := h.voteOn(h.name, room.OpenVote{Outcome: room.Agreed, Text: "Short breaks"})
	h.do(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.For})
	h.do(h.hal, room.CastBallot{VoteID: vote, SeatID: h.seat["Hal Hart"], Position: room.Against, Reason: "x"})
	h.do(h.ann, room.RecordAttendance{Present: false})
	h.do(h.ben, room.RecordAttendance{Present: true})
	h.refused(h.ben, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.For}, fault.Conflict, "Ann Bell already voted in this seat before leaving. A seat votes once.")
	if view := h.sees(h.chair).Vote; view.Voted != 2 || view.Of != 3 {
		t.Errorf("%d of %d have voted, want 2 of 3", view.Voted, view.Of)
	}
}

// Two positions given at the same instant must both be there, once.
func TestConcurrentBallots(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann, h.hal)
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
	var group sync.WaitGroup
	for range 4 {
		for _, cast := range []struct {
			actor int
			seat  string
		}{{0, "Ann Bell"}, {1, "Hal Hart"}} {
			group.Go(func() {
				actor := h.ann
				if cast.actor == 1 {
					actor = h.hal
				}
				if _, err := h.try(actor, room.CastBallot{VoteID: vote, SeatID: h.seat[cast.seat], Position: room.Consent}); err != nil {
					t.Error(err)
				}
			})
		}
	}
	group.Wait()
	if standing, all := h.count(`select count(*) from ballot where superseded_at is null`), h.count(`select count(*) from ballot`); standing != 2 || all != 8 {
		t.Errorf("%d ballots stand of %d, want 2 of 8", standing, all)
	}
	h.verify()
}

// A chair with an interest in an item must not steer it: not its stages, its vote or its outcome.
func TestAChairWhoLeftDoesNotChairTheItem(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann, h.hal)
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
	h.do(h.chair, room.DeclareInterest{ItemID: h.request.ID, Kind: room.Personal, Reason: "A friend of the family"})
	for _, change := range []room.Change{
		room.MoveStage{ItemID: h.request.ID, Stage: room.Questions}, room.CloseVote{VoteID: vote},
		room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.WithdrawnByReferrer},
	} {
		h.refused(h.chair, change, fault.Denied, "You have left for item 3, so somebody else must chair it.")
	}
	deputy := h.ben
	deputy.Seats = append(slices.Clone(deputy.Seats), access.Seat{ForumID: h.forum.ID, Office: access.DeputyChair, Standing: access.InAttendance})
	h.do(deputy, room.TakeChair{})
	h.do(deputy, room.CloseVote{VoteID: vote})
	h.do(h.chair, room.TakeChair{})
	h.refused(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed}, fault.Denied, "You have left for item 3, so somebody else must chair it.")
	h.do(h.chair, room.OpenItem{ItemID: h.name.ID}) // they come back for the next item
}

// One person in the seats of two funders speaks for each in turn, and counts once by number.
func TestOnePersonForTwoFunders(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.owner(`insert into seat_holding (id, seat_id, person_id, deputy_order, from_date) values (gen_random_uuid(), $1, $2, 2, '2026-01-01')`, h.seat["Hal Hart"], h.ann.PersonID)
	h.inSession(h.ann)
	h.do(h.chair, room.OpenItem{ItemID: h.request.ID})
	h.refused(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed}, fault.Conflict, "This item cannot be voted on yet: 1 more member is needed.")
	h.do(h.eve, room.RecordAttendance{Present: true})
	h.do(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed})
	vote := h.sees(h.chair).Vote.ID
	if mine := h.sees(h.ann).Me.Positions; len(mine) != 2 {
		t.Fatalf("positions of Ann’s to give: %+v", mine)
	}
	h.do(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Consent})
	h.do(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Hal Hart"], Position: room.Refuse, Reason: "x"})
	h.do(h.chair, room.CloseVote{VoteID: vote})
	if got := h.sees(h.chair).Vote.Result; got != "Not every funder consents: Health does not consent" {
		t.Errorf("result: %q", got)
	}
}
