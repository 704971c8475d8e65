package demo

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/panels/escalations"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

//go:embed tracker.csv
var trackerFile []byte

// Tracker is the council's file as it would be exported, 385 people.
func Tracker() []byte { return bytes.Clone(trackerFile) }

// trackerAsAt is the day the file's dates were true of. They move by whole weeks to the demo's day, so
// that everybody keeps their age and weekdays stay weekdays.
var trackerAsAt = clock.MustDate("2026-11-01")

// The story's days, counted back from today.
const (
	panelMet    = 63 // MAPaC agreed one request and could not agree another
	localityMet = 56 // Central walked down its names and said what was stuck
	boardAsked  = 35 // the chair took the dispute to the board
	boardBegan  = 30 // the board directed what to do about housing, which had no effect by its date
	boardLooked = 14 // that date: the day after, it comes back to the board
	boardSpoke  = 12 // the board answered the dispute
	boardKept   = 11 // its clerk put what it directed in the register, and its plans on paper
	called      = 27 // today's meetings were called
	replied     = 5  // people said whether they come
)

// soon is how long after the demo starts its live meetings begin.
const soon = 10 * time.Minute

// tracker imports the council's file, as the clerk does, and links the presenter's cases.
func (t *teller) tracker(ctx context.Context) error {
	t.at(storyDays-1, 10)
	file, err := shiftDates(trackerFile, trackerAsAt.DaysUntil(t.today)/7)
	if err != nil {
		return err
	}
	clerk, err := t.as(ctx, "clerk")
	if err != nil {
		return err
	}
	if _, err := t.Tracker.RunImport(ctx, clerk, "tracker.csv", file, tracker.ImportOptions{}); err != nil {
		return err
	}
	t.cases, err = t.costliest(ctx, 19)
	if err != nil {
		return err
	}
	for _, c := range t.cases {
		if err := tracker.LinkPerson(ctx, t.DB, clerk, c.ID, t.people["presenter"].ID, tracker.Worker); err != nil {
			return err
		}
	}
	return nil
}

// costliest are young people of 16 and 17, the most expensive first.
func (t *teller) costliest(ctx context.Context, count int) (list []tracker.Case, err error) {
	err = t.DB.Read(ctx, t.admin, func(tx db.Tx) error {
		return tx.Raw(`
			select * from cases where date_of_birth > ? and date_of_birth <= ? and weekly_cost_pence > 0
			order by weekly_cost_pence desc, number limit ?`,
			t.today.AddMonths(-18*12).AddDays(30), t.today.AddMonths(-16*12), count).Scan(&list).Error
	})
	if err == nil && len(list) < count {
		err = fmt.Errorf("demo: the tracker has only %d young people to bring to a panel", len(list))
	}
	return list, err
}

// past is what happened before today: a panel, a locality meeting, what got stuck and what the board said.
func (t *teller) past(ctx context.Context) error {
	met := t.workingDay(panelMet)
	panel, asked, err := t.callPanel(ctx, storyDays-2, met.At(13, 30), t.cases[:2])
	if err != nil {
		return err
	}
	if err := t.publish(ctx, panel); err != nil {
		return err
	}
	t.time.Go(met.At(13, 30))
	if err := t.holdPanel(ctx, panel, asked); err != nil {
		return err
	}
	if err := t.heard(ctx, panel); err != nil {
		return err
	}
	dispute, err := t.raise(ctx, "chair", escalations.Raise{
		ItemID: &asked[1].item, Kind: escalations.FundingDispute, Theme: "Health’s share", OwnerID: t.people["adults"].ID,
		Needed: "Agree who pays the health share while the eligibility decision is appealed.", NeededBy: met.AddDays(42),
	})
	if err != nil {
		return err
	}
	housing, err := t.holdLocality(ctx)
	if err != nil {
		return err
	}
	return t.climb(ctx, dispute, housing)
}

// holdPanel has MAPaC agree the first request and not the second: health does not consent to its share.
func (t *teller) holdPanel(ctx context.Context, meeting panels.Meeting, asked []askedFor) error {
	present := []string{"chair", "clerk", "adults", "children", "education", "health", "commissioning", "brokerage"}
	if err := t.open(ctx, meeting, present); err != nil {
		return err
	}
	funders := []string{"adults", "children", "education", "health"}
	for i, request := range asked {
		vote, err := t.vote(ctx, meeting, request, funders, i == 1)
		if err != nil {
			return err
		}
		confirm := room.ConfirmDecision{
			ItemID: request.item, VoteID: &vote, Outcome: room.AgreedWithConditions, AssessorPresent: true,
			Reasons:    "Assessed needs cannot be met by the family alone, and no cheaper option keeps the college place.",
			Conditions: []room.Condition{{Text: "Provider’s staffing plan seen by commissioning", EvidenceDue: meeting.On().AddDays(28), OwnerID: t.people["commissioning"].ID}},
		}
		if i == 1 {
			confirm.Outcome, confirm.Conditions = room.NotAgreed, nil
			confirm.Reasons = "The NHS did not consent to its share: it reads the continuing care checklist differently."
			confirm.Meanwhile = "Children’s social care goes on paying for the present placement."
			confirm.Challenge = room.ChallengeCHC
		}
		if err := t.do(ctx, "chair", meeting, confirm); err != nil {
			return err
		}
	}
	return t.do(ctx, "chair", meeting, room.CloseMeeting{})
}

// vote opens an item and has each funder give its position. The chair then closes it.
func (t *teller) vote(ctx context.Context, meeting panels.Meeting, request askedFor, funders []string, healthRefuses bool) (uuid.UUID, error) {
	for _, change := range []room.Change{room.OpenItem{ItemID: request.item}, room.OpenVote{ItemID: request.item, Outcome: room.Agreed}} {
		if err := t.do(ctx, "chair", meeting, change); err != nil {
			return uuid.Nil, err
		}
	}
	var vote uuid.UUID
	var asked []struct{ AgencyID uuid.UUID }
	err := t.DB.Read(ctx, t.admin, func(tx db.Tx) error {
		if err := tx.Raw(`select id from vote where item_id = ? order by run desc limit 1`, request.item).Row().Scan(&vote); err != nil {
			return err
		}
		return tx.Raw(`select agency_id from request_share where request_id = ? and (weekly_pence > 0 or one_off_pence > 0)`, request.id).Scan(&asked).Error
	})
	if err != nil {
		return uuid.Nil, err
	}
	for _, key := range funders {
		member, err := t.as(ctx, key)
		if err != nil {
			return uuid.Nil, err
		}
		for _, seat := range member.SeatsOn(meeting.ForumID) {
			pays := false
			for _, a := range asked {
				pays = pays || a.AgencyID == seat.AgencyID
			}
			if seat.Standing != access.Deciding || !pays {
				continue
			}
			cast := room.CastBallot{VoteID: vote, SeatID: seat.SeatID, Position: room.Consent}
			if healthRefuses && key == "health" {
				cast.Position, cast.Reason = room.Refuse, "The needs on record are for social care, so the NHS does not agree to pay a share."
			}
			if err := t.do(ctx, key, meeting, cast); err != nil {
				return uuid.Nil, err
			}
		}
	}
	return vote, t.do(ctx, "chair", meeting, room.CloseVote{VoteID: vote})
}

// holdLocality walks down the first names of Central's list and raises what is stuck for many of them.
func (t *teller) holdLocality(ctx context.Context) (escalations.Blocker, error) {
	met := t.workingDay(localityMet)
	meeting, err := t.call(ctx, "locality", "central", storyDays-3, met.At(9, 30), "County Hall, room 4")
	if err != nil {
		return escalations.Blocker{}, err
	}
	if err := t.publish(ctx, meeting); err != nil {
		return escalations.Blocker{}, err
	}
	t.time.Go(met.At(9, 30))
	if err := t.open(ctx, meeting, []string{"locality", "clerk", "adults", "disability", "children", "education", "health"}); err != nil {
		return escalations.Blocker{}, err
	}
	items, err := t.caseItems(ctx, meeting)
	if err != nil {
		return escalations.Blocker{}, err
	}
	nextSteps := []string{"Book the Care Act assessment with the family.", "Ask the school for its review notes.", "Confirm the worker with the disability team."}
	for i, item := range items[:min(len(items), len(nextSteps))] {
		update := room.UpdateList{ItemID: item, NextStep: &nextSteps[i], Discussed: true}
		if i == 0 {
			update.Action = &room.RaiseAction{OwnerID: t.people["disability"].ID, DueOn: t.today.AddDays(-7), Text: "Send the completed referral to the adult team."}
		}
		if err := t.do(ctx, "clerk", meeting, update); err != nil {
			return escalations.Blocker{}, err
		}
	}
	weekly := int64(742_000)
	blocker, err := t.raise(ctx, "locality", escalations.Raise{
		ForumID: meeting.ForumID, Kind: escalations.Housing, Theme: "Supported living for wheelchair users", YoungPeople: 6, WeeklyPence: &weekly,
		Needed: "A commissioner to say which scheme will take tenants who use wheelchairs, and when.", OwnerID: t.people["commissioning"].ID, NeededBy: t.today.AddDays(14),
	})
	if err != nil {
		return blocker, err
	}
	return blocker, t.do(ctx, "locality", meeting, room.CloseMeeting{})
}

// climb lets the days pass: each morning the rules lift what has waited too long. The chair takes the
// dispute to the board, which answers it; the housing blocker reaches the board, is answered without effect,
// comes back by itself and waits there.
func (t *teller) climb(ctx context.Context, dispute, housing escalations.Blocker) error {
	for days := localityMet - 1; days >= 0; days-- {
		t.at(days, 6)
		if err := t.Escalations.EvaluateAll(ctx); err != nil {
			return err
		}
		var err error
		switch days {
		case boardAsked:
			if err = t.toBoard(ctx, "chair", dispute.ID, "Both agencies’ heads have met and cannot agree."); err == nil {
				err = t.toBoard(ctx, "locality", housing.ID, "Six young people turn 18 within the year and no scheme will take them.")
			}
		case boardBegan:
			err = t.answer(ctx, housing.ID, escalations.BoardAnswer{
				Agreed: true, Direction: "Commissioning finds two schemes that hold wheelchair places.", OwnerID: t.people["commissioning"].ID, ActBy: t.workingDay(boardLooked),
			})
		case boardSpoke:
			err = t.answer(ctx, dispute.ID, escalations.BoardAnswer{
				Agreed: true, Direction: "The NHS pays its share without prejudice until the appeal is decided.",
				OwnerID: t.people["director health"].ID, ActBy: t.today.AddDays(21),
			})
		case boardKept:
			err = t.keepBoard(ctx, dispute.ID)
		}
		if err == nil && days < 7 {
			t.at(days, 7)
			err = t.Escalations.SendDueDigests(ctx)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// toBoard takes a blocker to the board, unless the rules have lifted it there already: how fast they
// do depends on the weekends in between.
func (t *teller) toBoard(ctx context.Context, key string, blocker uuid.UUID, reason string) error {
	actor, err := t.as(ctx, key)
	if err != nil {
		return err
	}
	var version int
	var level escalations.LevelKey
	err = t.DB.Read(ctx, t.admin, func(tx db.Tx) error {
		return tx.Raw(`select version, level from blocker where id = ?`, blocker).Row().Scan(&version, &level)
	})
	if err != nil || level == escalations.BoardLevel {
		return err
	}
	return t.Escalations.MoveBlocker(ctx, actor, blocker, escalations.BoardLevel, reason, version)
}

// askedAbout is the last time a blocker stood before the board.
func (t *teller) askedAbout(ctx context.Context, blocker uuid.UUID) (escalation uuid.UUID, err error) {
	err = t.DB.Read(ctx, t.admin, func(tx db.Tx) error {
		return tx.Raw(`select id from escalation where blocker_id = ? order by id desc limit 1`, blocker).Row().Scan(&escalation)
	})
	return escalation, err
}

func (t *teller) answer(ctx context.Context, blocker uuid.UUID, given escalations.BoardAnswer) error {
	chair, err := t.as(ctx, "board")
	if err != nil {
		return err
	}
	escalation, err := t.askedAbout(ctx, blocker)
	if err != nil {
		return err
	}
	return t.Escalations.AnswerEscalation(ctx, chair, escalation, given)
}

// keepBoard has the board's clerk keep what was recommended, what comes when and what is to be delivered.
func (t *teller) keepBoard(ctx context.Context, dispute uuid.UUID) error {
	clerk, err := t.as(ctx, "clerk")
	if err != nil {
		return err
	}
	board := t.forums["board"].Slug
	escalation, err := t.askedAbout(ctx, dispute)
	if err != nil {
		return err
	}
	on := t.today.AddDays(-boardKept)
	if _, err := t.Escalations.AddRecommendation(ctx, clerk, board, escalations.NewRecommendation{
		EscalationID: &escalation, Text: "Pay a disputed share without prejudice while an appeal runs.", MadeTo: "The integrated care board",
		LeadID: t.people["director health"].ID, ResponseDue: t.today.AddDays(10),
	}); err != nil {
		return err
	}
	review, err := t.Escalations.AddRecommendation(ctx, clerk, board, escalations.NewRecommendation{
		Source: escalations.FromReview, SourceName: "Peer review of transitions", Text: "Ask each young person for their views before every panel.", MadeOn: on.AddDays(-20),
		MadeTo: "Every panel", LeadID: t.people["chair"].ID, ResponseDue: on.AddDays(7),
	})
	if err != nil {
		return err
	}
	if err := t.Escalations.RespondToRecommendation(ctx, clerk, review.ID, escalations.Accepted, "", t.today.AddDays(60), review.Version); err != nil {
		return err
	}
	if _, err := t.Escalations.AddRecommendation(ctx, clerk, board, escalations.NewRecommendation{
		Source: escalations.FromAudit, SourceName: "Internal audit of placements", Text: "Agree one list of providers for both services.", MadeOn: on.AddDays(-30),
		MadeTo: "Commissioning", LeadID: t.people["commissioning"].ID, ResponseDue: on.AddDays(4),
	}); err != nil {
		return err
	}
	for _, action := range []escalations.NewDelivery{
		{Title: "Open a second supported living scheme", Measure: "Tenants say that it suits them after three months", OwnerID: t.people["commissioning"].ID, DueOn: t.today.AddDays(150)},
		{Title: "Every referral by 16½", Measure: "Nine in ten referrals come by then, counted each quarter", OwnerID: t.people["adults"].ID, DueOn: t.today.AddDays(-3)},
	} {
		if err := t.Escalations.AddDelivery(ctx, clerk, board, action); err != nil {
			return err
		}
	}
	month := clock.NewDate(t.today.Year, t.today.Month, 1).AddMonths(2)
	leads := t.people["clerk"].ID
	return t.Escalations.AddPlanItem(ctx, clerk, board, "Visit from the peer review team", month, &leads)
}

// today makes the meetings that begin soon: a funding panel and a locality meeting, their agendas
// published in time.
func (t *teller) present(ctx context.Context) error {
	begins := t.time.Present().Add(soon).Truncate(time.Minute)
	panel, asked, err := t.callPanel(ctx, called, begins, t.cases[2:5])
	if err != nil {
		return err
	}
	if err := t.told(ctx, asked[0].item); err != nil {
		return err
	}
	locality, err := t.call(ctx, "locality", "central", called, begins, "County Hall, room 4")
	if err != nil {
		return err
	}
	for _, meeting := range []panels.Meeting{panel, locality} {
		if err := t.publish(ctx, meeting); err != nil {
			return err
		}
	}
	if err := t.replies(ctx, panel); err != nil {
		return err
	}
	if err := t.submit(ctx, t.cases[5], 1); err != nil {
		return err
	}
	return t.otherKinds(ctx)
}

// replies are what people said of the meetings of the next weeks. Of MAPaC's next one hardly anybody has
// said anything, so there is a meeting whose quorum is in doubt and somebody to chase.
func (t *teller) replies(ctx context.Context, live panels.Meeting) error {
	t.at(replied, 9)
	var coming []panels.Meeting
	asked := map[uuid.UUID][]panels.Attendee{}
	err := t.DB.Read(ctx, t.admin, func(tx db.Tx) (err error) {
		err = tx.Raw(`select * from meeting where status = 'scheduled' and starts_at > ? and starts_at < ? order by starts_at`,
			tx.Now, t.today.AddDays(29).Start()).Scan(&coming).Error
		if err == nil {
			asked, err = panels.AttendeesOf(tx, coming...)
		}
		return err
	})
	if err != nil {
		return err
	}
	said := map[uuid.UUID][]panels.NewReply{}
	for _, meeting := range coming {
		for _, a := range asked[meeting.ID] {
			inDoubt := meeting.ForumID == live.ForumID && meeting.ID != live.ID
			if inDoubt && a.PersonID != t.people["chair"].ID && a.PersonID != t.people["adults"].ID {
				continue
			}
			said[a.PersonID] = append(said[a.PersonID], panels.NewReply{MeetingID: meeting.ID, Answer: panels.Attending, Via: panels.ByPage, Sequence: meeting.Sequence})
		}
	}
	for _, key := range slices.Sorted(maps.Keys(t.people)) {
		actor, err := t.as(ctx, key)
		if err != nil {
			return err
		}
		if _, err := t.Panels.ReplyToMeetings(ctx, actor, said[actor.PersonID]); err != nil {
			return err
		}
	}
	return nil
}

// askedFor is a request as a meeting's agenda holds it.
type askedFor struct{ id, item uuid.UUID }

// callPanel calls a meeting of MAPaC and tables a request for each case, days before today.
func (t *teller) callPanel(ctx context.Context, days int, begins time.Time, cases []tracker.Case) (panels.Meeting, []askedFor, error) {
	meeting, err := t.call(ctx, "chair", "mapac", days, begins, "County Hall, committee room 2")
	if err != nil {
		return meeting, nil, err
	}
	clerk, err := t.as(ctx, "clerk")
	if err != nil {
		return meeting, nil, err
	}
	var asked []askedFor
	for _, c := range cases {
		request, err := t.request(ctx, c)
		if err != nil {
			return meeting, nil, err
		}
		if err := t.Agendas.TableRequest(ctx, clerk, request.ID, request.Version, meeting.ID, ""); err != nil {
			return meeting, nil, err
		}
		asked = append(asked, askedFor{id: request.ID})
	}
	err = t.DB.Read(ctx, t.admin, func(tx db.Tx) error {
		for i := range asked {
			if err := tx.Raw(`select id from agenda_item where meeting_id = ? and request_id = ?`, meeting.ID, asked[i].id).Row().Scan(&asked[i].item); err != nil {
				return err
			}
		}
		return nil
	})
	return meeting, asked, err
}

// submit leaves a request with the clerk, some days ago, for the newcomer to table.
func (t *teller) submit(ctx context.Context, c tracker.Case, days int) error {
	t.at(days, 15)
	_, err := t.request(ctx, c)
	return err
}

func (t *teller) call(ctx context.Context, key, forum string, days int, begins time.Time, venue string) (panels.Meeting, error) {
	t.at(days, 9)
	actor, err := t.as(ctx, key)
	if err != nil {
		return panels.Meeting{}, err
	}
	return t.Panels.CallExtraordinaryMeeting(ctx, actor, panels.NewMeeting{
		ForumID: t.forums[forum].ID, StartsAt: begins, Venue: venue, JoiningLink: "https://meet.example.org/" + forum,
	})
}

// publish builds and publishes a meeting's agenda on the day it has to be out.
func (t *teller) publish(ctx context.Context, meeting panels.Meeting) error {
	t.time.Go(meeting.AgendaOutOn.At(11, 0))
	clerk, err := t.as(ctx, "clerk")
	if err != nil {
		return err
	}
	if _, err := t.Agendas.BuildAgenda(ctx, clerk, meeting.ID); err != nil {
		return err
	}
	_, err = t.Agendas.PublishAgenda(ctx, clerk, meeting.ID)
	return err
}

// open starts a meeting with these people in the room.
func (t *teller) open(ctx context.Context, meeting panels.Meeting, present []string) error {
	for _, key := range present {
		if err := t.do(ctx, key, meeting, room.RecordAttendance{Present: true}); err != nil {
			return err
		}
	}
	return t.do(ctx, present[0], meeting, room.StartMeeting{})
}

func (t *teller) caseItems(ctx context.Context, meeting panels.Meeting) (items []uuid.UUID, err error) {
	err = t.DB.Read(ctx, t.admin, func(tx db.Tx) error {
		return tx.Raw(`select id from agenda_item where meeting_id = ? and kind = 'case' and state = 'listed' order by position`, meeting.ID).Scan(&items).Error
	})
	return items, err
}

func (t *teller) raise(ctx context.Context, key string, r escalations.Raise) (escalations.Blocker, error) {
	actor, err := t.as(ctx, key)
	if err != nil {
		return escalations.Blocker{}, err
	}
	return t.Escalations.RaiseBlocker(ctx, actor, r)
}

// do is one command in a meeting's room by a person of the story.
func (t *teller) do(ctx context.Context, key string, meeting panels.Meeting, change room.Change) error {
	actor, err := t.as(ctx, key)
	if err != nil {
		return err
	}
	_, err = t.Room.Do(ctx, actor, meeting.ID, room.Command{ID: uuid.Must(uuid.NewV7()), Change: change})
	if err != nil {
		return fmt.Errorf("demo: %s by %s: %w", change.Type(), key, err)
	}
	return nil
}

// at moves the story to an hour, some days before today.
func (t *teller) at(days, hour int) { t.time.Go(t.today.AddDays(-days).At(hour, 0)) }

// workingDay is the working day on or next after so many days before today.
func (t *teller) workingDay(days int) clock.Date {
	return calendar.NewWorkingDays().OnOrAfter(t.today.AddDays(-days))
}

// workedDay is the last working day that lies so many days before today, or more.
func (t *teller) workedDay(days int) clock.Date {
	day, work := t.today.AddDays(-days), calendar.NewWorkingDays()
	for !work.IsWorkingDay(day) {
		day = day.AddDays(-1)
	}
	return day
}
