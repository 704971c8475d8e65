package demo

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"quorate/agendas/requests"
	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/panels/room"
	"quorate/server/base/db"
)

// Days of what happened lately, counted back from today.
const (
	northMet       = 3 // North walked down its names and spoke about one
	putInWriting   = 8 // MAPaC was asked in writing about one request …
	decidedWriting = 6 // … and recommended it
	chairActed     = 4 // the chair decided what could not wait
	asksInWriting  = 1 // MAPaC is asked in writing about another
)

// ahead has the transitions panel meet in some days, with two requests that nobody contests on its consent list.
func (t *teller) ahead(ctx context.Context) error {
	work := calendar.NewWorkingDays()
	begins := work.AddWorkingDays(work.OnOrAfter(t.today), 3).At(10, 0)
	meeting, err := t.call(ctx, "chair", "transitions", called, begins, "County Hall, room 4")
	if err != nil {
		return err
	}
	clerk, err := t.as(ctx, "clerk")
	if err != nil {
		return err
	}
	asked := t.cases[17:19]
	for _, c := range asked {
		request, err := t.requestOf(ctx, "transitions", c)
		if err == nil {
			err = t.Agendas.TableRequest(ctx, clerk, request.ID, request.Version, meeting.ID, "")
		}
		if err != nil {
			return err
		}
	}
	if err := t.publish(ctx, meeting); err != nil {
		return err
	}
	var items []uuid.UUID
	err = t.DB.Read(ctx, t.admin, func(tx db.Tx) error {
		return tx.Raw(`select id from agenda_item where meeting_id = ? and kind = 'request' and state = 'listed' order by position`, meeting.ID).Scan(&items).Error
	})
	if err != nil {
		return err
	}
	t.time.Go(meeting.AgendaOutOn.At(15, 0))
	for _, item := range items {
		err := t.do(ctx, "chair", meeting, room.PutOnConsentList{ItemID: item, Reasons: "The assessment is complete, the split is as it was last year, and every funder has said that it agrees."})
		if err != nil {
			return err
		}
	}
	return nil
}

// lately is what waits for somebody now: positions that were spoken, votes in writing, a decision that only its
// officer can make binding, and what the next meeting is asked to ratify.
func (t *teller) lately(ctx context.Context) error {
	for _, scene := range []func(context.Context) error{t.spokenInNorth, t.recommendedInWriting, t.chairsAction, t.openInWriting} {
		if err := scene(ctx); err != nil {
			return err
		}
	}
	return nil
}

// spokenInNorth has North speak about one name: the clerk writes down what each says. One confirms it, one
// disputes it, and the others have still to say.
func (t *teller) spokenInNorth(ctx context.Context) error {
	met := t.workedDay(northMet)
	meeting, err := t.call(ctx, "locality", "north", called, met.At(9, 30), "County Hall, room 4")
	if err != nil {
		return err
	}
	if err := t.publish(ctx, meeting); err != nil {
		return err
	}
	t.time.Go(met.At(9, 30))
	if err := t.open(ctx, meeting, []string{"locality", "clerk", "adults", "disability", "leaving care", "sen"}); err != nil {
		return err
	}
	items, err := t.caseItems(ctx, meeting)
	if err != nil {
		return err
	}
	if len(items) == 0 {
		return fmt.Errorf("demo: North has nobody to speak about")
	}
	for _, change := range []room.Change{room.OpenItem{ItemID: items[0]}, room.OpenVote{ItemID: items[0], Outcome: room.Agreed, Text: "Ask the transitions panel for a place at the college from September."}} {
		if err := t.do(ctx, "locality", meeting, change); err != nil {
			return err
		}
	}
	vote, err := t.voteOn(ctx, items[0])
	if err != nil {
		return err
	}
	ballots, panel := map[string]uuid.UUID{}, t.forums["transitions"].ID
	for _, key := range []string{"locality", "adults", "disability", "leaving care", "sen"} {
		member, err := t.as(ctx, key)
		if err != nil {
			return err
		}
		said := room.RecordPosition{VoteID: vote, SeatID: member.SeatsOn(meeting.ForumID)[0].SeatID, Position: room.For}
		if err := t.do(ctx, "clerk", meeting, said); err != nil {
			return err
		}
		err = t.DB.Read(ctx, t.admin, func(tx db.Tx) error {
			var ballot uuid.UUID
			err := tx.Raw(`select id from ballot where vote_id = ? and person_id = ? and superseded_at is null`, vote, member.PersonID).Row().Scan(&ballot)
			ballots[key] = ballot
			return err
		})
		if err != nil {
			return err
		}
	}
	for _, step := range []struct {
		by     string
		change room.Change
	}{
		{"locality", room.CloseVote{VoteID: vote}},
		{"locality", room.ConfirmDecision{ItemID: items[0], VoteID: &vote, Outcome: room.Referred, NextForumID: &panel, Reasons: "The college can meet the needs in the plan. The panel decides on the travel."}},
		{"locality", room.CloseMeeting{}},
		{"sen", room.ConfirmPosition{BallotID: ballots["sen"]}},
		{"disability", room.ConfirmPosition{BallotID: ballots["disability"], Disputed: true, Text: "I agreed only if the travel is arranged before the place is offered."}},
	} {
		if err := t.do(ctx, step.by, meeting, step.change); err != nil {
			return err
		}
	}
	return nil
}

// recommendedInWriting has MAPaC decide a request in writing whose NHS share is above what the NHS’s member may
// commit alone: the NHS’s officer is asked to authorise it.
func (t *teller) recommendedInWriting(ctx context.Context) error {
	if err := t.limitHealth(ctx, putInWriting, 1_000_000); err != nil {
		return err
	}
	meeting, err := t.askInWriting(ctx, putInWriting, t.cases[15], 2, "The provider holds the place until the end of the week.")
	if err != nil {
		return err
	}
	t.at(decidedWriting, 10)
	item, vote, err := t.between(ctx, meeting)
	if err != nil {
		return err
	}
	for _, key := range []string{"adults", "education", "health"} {
		if err := t.consent(ctx, key, meeting, vote); err != nil {
			return err
		}
	}
	if err := t.do(ctx, "children", meeting, room.RecordAttendance{Present: true, Remote: true}); err != nil {
		return err
	}
	for _, change := range []room.Change{
		room.CloseVote{VoteID: vote},
		room.ConfirmDecision{ItemID: item, VoteID: &vote, Outcome: room.Agreed, AssessorPresent: true, Reasons: "Assessed needs that no cheaper option meets."},
	} {
		if err := t.do(ctx, "chair", meeting, change); err != nil {
			return err
		}
	}
	return t.limitHealth(ctx, decidedWriting-2, 0)
}

// chairsAction has the chair decide what could not wait even for a vote in writing. Two funders have endorsed
// their shares since; the NHS has not.
func (t *teller) chairsAction(ctx context.Context) error {
	request, err := t.submitted(ctx, t.cases[14], chairActed+2)
	if err != nil {
		return err
	}
	t.at(chairActed, 16)
	chair, err := t.as(ctx, "chair")
	if err != nil {
		return err
	}
	action := room.ChairsAction{ID: uuid.Must(uuid.NewV7()), RequestID: request.ID, Why: "The placement gave notice for tonight, and there is nowhere else to sleep."}
	if err := t.Room.TakeChairsAction(ctx, chair, action); err != nil {
		return err
	}
	meeting := panels.Meeting{ID: action.ID, ForumID: t.forums["mapac"].ID}
	item, _, err := t.between(ctx, meeting)
	if err != nil {
		return err
	}
	err = t.do(ctx, "chair", meeting, room.ConfirmDecision{ItemID: item, Outcome: room.Provisional, Reasons: "Nobody may be left without a home tonight.", AssessorPresent: true})
	if err != nil {
		return err
	}
	var decision uuid.UUID
	err = t.DB.Read(ctx, t.admin, func(tx db.Tx) error {
		return tx.Raw(`select id from decision where item_id = ?`, item).Row().Scan(&decision)
	})
	if err != nil {
		return err
	}
	for key, kind := range map[string]panels.AgencyKind{"adults": panels.AdultSocialCare, "education": panels.Education} {
		if err := t.do(ctx, key, meeting, room.EndorseDecision{DecisionID: decision, AgencyID: t.agencies[kind].ID, Agreed: true}); err != nil {
			return err
		}
	}
	return nil
}

// openInWriting asks MAPaC in writing about a request, for a newcomer to answer.
func (t *teller) openInWriting(ctx context.Context) error {
	_, err := t.askInWriting(ctx, asksInWriting, t.cases[16], 9, "The present staff leave in two weeks, before the panel meets again.")
	return err
}

// askInWriting has the clerk put a case’s request to a vote by correspondence, days before today; it closes on
// the first working day so many days after today.
func (t *teller) askInWriting(ctx context.Context, days int, c tracker.Case, closes int, why string) (panels.Meeting, error) {
	request, err := t.submitted(ctx, c, days+1)
	if err != nil {
		return panels.Meeting{}, err
	}
	t.at(days, 11)
	clerk, err := t.as(ctx, "clerk")
	if err != nil {
		return panels.Meeting{}, err
	}
	asked := room.Correspondence{ID: uuid.Must(uuid.NewV7()), RequestID: request.ID, Why: why, ClosesOn: t.workingDay(-closes)}
	err = t.Room.AskByCorrespondence(ctx, clerk, asked)
	return panels.Meeting{ID: asked.ID, ForumID: t.forums["mapac"].ID}, err
}

// between finds the one item of what is decided between meetings, and its vote if there is one.
func (t *teller) between(ctx context.Context, meeting panels.Meeting) (item, vote uuid.UUID, err error) {
	err = t.DB.Read(ctx, t.admin, func(tx db.Tx) error {
		if err := tx.Raw(`select id from agenda_item where meeting_id = ?`, meeting.ID).Row().Scan(&item); err != nil {
			return err
		}
		var votes []uuid.UUID
		err := tx.Raw(`select id from vote where item_id = ?`, item).Scan(&votes).Error
		if len(votes) > 0 {
			vote = votes[0]
		}
		return err
	})
	return item, vote, err
}

// consent gives a member’s agreement to what they are asked to pay.
func (t *teller) consent(ctx context.Context, key string, meeting panels.Meeting, vote uuid.UUID) error {
	member, err := t.as(ctx, key)
	if err != nil {
		return err
	}
	for _, seat := range member.SeatsOn(meeting.ForumID) {
		err = t.do(ctx, key, meeting, room.CastBallot{VoteID: vote, SeatID: seat.SeatID, Position: room.Consent})
	}
	return err
}

// limitHealth sets what the NHS’s seat at MAPaC may commit a year alone; 0 is without a limit.
func (t *teller) limitHealth(ctx context.Context, days int, pence int64) error {
	t.at(days, 9)
	var seats []panels.Seat
	err := t.DB.Read(ctx, t.admin, func(tx db.Tx) error {
		return tx.Where("forum_id = ? and agency_id = ? and standing = 'deciding'", t.forums["mapac"].ID, t.agencies[panels.HealthContinuing].ID).Find(&seats).Error
	})
	if err != nil {
		return err
	}
	for _, seat := range seats {
		seat.DelegatedLimitPence = pence
		if _, err := t.Panels.ArrangeSeat(ctx, t.admin, seat); err != nil {
			return err
		}
	}
	return nil
}

// submitted is a request that waits for MAPaC since some days before today.
func (t *teller) submitted(ctx context.Context, c tracker.Case, days int) (requests.Request, error) {
	t.at(days, 15)
	return t.request(ctx, c)
}

// voteOn is the vote that is open on an item.
func (t *teller) voteOn(ctx context.Context, item uuid.UUID) (vote uuid.UUID, err error) {
	err = t.DB.Read(ctx, t.admin, func(tx db.Tx) error {
		return tx.Raw(`select id from vote where item_id = ? and closed_at is null`, item).Row().Scan(&vote)
	})
	return vote, err
}
