package escalations

import (
	"context"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// RecommendationFilter narrows a register; empty fields let everything through.
type RecommendationFilter struct {
	State  RecommendationState
	Source Source
	LeadID *uuid.UUID
}

// RecommendationRow is a recommendation in a list.
type RecommendationRow struct {
	Recommendation
	Lead     string
	LeadLeft bool // whoever leads on it has left the partnership
	State    RecommendationState
	Latest   string // what was last said of how far it is
}

// Register is a board's register of recommendations.
type Register struct {
	Board    panels.Forum
	Today    clock.Date
	Rows     []RecommendationRow
	Counts   RecommendationCounts
	Leads    []panels.Person // who lead on any of them
	MayKeep  bool
	Complete bool // false: there are more than are shown
}

// mostRecommendations bounds a register on one page: more than any board keeps.
const mostRecommendations = 500

const selectRecommendations = `
	select r.*, p.name as lead, p.ended_on is not null and p.ended_on <= @today as lead_left, ` + recommendationState + ` as state, coalesce(l.words, '') as latest
	from recommendation r join person p on p.id = r.lead_id
	left join lateral (select s.words from recommendation_step s where s.recommendation_id = r.id and s.kind = 'progress' order by s.id desc limit 1) l on true `

// ListRecommendations reads a board's register: what is overdue first, then by the day something is due.
func (s *Store) ListRecommendations(ctx context.Context, actor access.Actor, slug string, filter RecommendationFilter) (list Register, err error) {
	err = s.DB.Read(ctx, actor, func(tx db.Tx) error {
		if list.Board, err = boardToRead(tx, slug); err != nil {
			return err
		}
		list.Today, list.MayKeep = tx.Today(), actor.May(access.KeepBoard, list.Board.ID)
		if list.Counts, err = CountRecommendations(tx, []uuid.UUID{list.Board.ID}, tx.Today()); err != nil {
			return err
		}
		err = tx.Raw(`
			select distinct p.* from recommendation r join person p on p.id = r.lead_id where r.board_id = ? order by p.name, p.id`, list.Board.ID).Scan(&list.Leads).Error
		if err != nil {
			return err
		}
		err = tx.Raw(`select * from (`+selectRecommendations+`where r.board_id = @board and (@source = '' or r.source = @source) and (cast(@lead as uuid) is null or r.lead_id = @lead)) x
			where @state = '' or x.state = @state
			order by array_position(array['response_late', 'late', 'response_due', 'to_do', 'not_accepted', 'done'], x.state),
				case when x.response = '' then x.response_due else x.due_on end, x.number
			limit @most`, map[string]any{
			"board": list.Board.ID, "today": tx.Today(), "state": string(filter.State), "source": string(filter.Source), "lead": filter.LeadID, "most": mostRecommendations + 1,
		}).Scan(&list.Rows).Error
		if list.Complete = len(list.Rows) <= mostRecommendations; !list.Complete {
			list.Rows = list.Rows[:mostRecommendations]
		}
		return err
	})
	return list, err
}

// RecommendationPage is one recommendation with its story.
type RecommendationPage struct {
	RecommendationRow
	Board        panels.Forum
	Today        clock.Date
	EscalationID *uuid.UUID // whose answer it comes from
	Story        []RecommendationStepRow
	People       []panels.Person // to whom it may be passed
	MayFollow    bool            // respond, say how far it is, say that it is done
	MayKeep      bool
	ReadsBoard   bool
}

// RecommendationStepRow is a step with the name of whoever took it.
type RecommendationStepRow struct {
	RecommendationStep
	ByName string // "" when it was done by schedule
}

// ShowRecommendation is one recommendation's page, for those who read its board and for whoever leads on it.
func (s *Store) ShowRecommendation(ctx context.Context, actor access.Actor, id uuid.UUID) (page RecommendationPage, err error) {
	err = s.DB.Read(ctx, actor, func(tx db.Tx) error {
		page.Today = tx.Today()
		err := tx.Raw(selectRecommendations+`where r.id = @id`, map[string]any{"id": id, "today": tx.Today()}).Take(&page.RecommendationRow).Error
		if err != nil {
			return orNotFound(err, "There is no such recommendation.")
		}
		page.ReadsBoard, page.MayKeep = actor.May(access.ReadBoard, page.BoardID), actor.May(access.KeepBoard, page.BoardID)
		if page.MayFollow = page.MayKeep || page.LeadID == actor.PersonID; !page.ReadsBoard && !page.MayFollow {
			return noRecommendation()
		}
		if page.Board, err = panels.ForumByID(tx, page.BoardID); err != nil {
			return err
		}
		if page.AnswerID != nil && page.ReadsBoard {
			if err := tx.Raw(`select escalation_id from board_answer where id = ?`, page.AnswerID).Row().Scan(&page.EscalationID); err != nil {
				return err
			}
		}
		if page.MayKeep {
			if page.People, err = panels.People(tx); err != nil {
				return err
			}
		}
		return tx.Raw(`
			select s.*, coalesce(p.name, '') as by_name from recommendation_step s left join person p on p.id = s.by_person
			where s.recommendation_id = ? order by s.id`, id).Scan(&page.Story).Error
	})
	return page, err
}

// OfferRecommendation is what the form that enters a recommendation offers.
type OfferRecommendation struct {
	Board  panels.Forum
	Today  clock.Date
	People []panels.Person
	From   *BoardLine // the answer it comes from; nil: entered by hand
	LeadID uuid.UUID  // who carries that answer out
}

// OfferRecommendation reads what the form needs, for an answer of the board when an escalation is named.
func (s *Store) OfferRecommendation(ctx context.Context, actor access.Actor, slug string, escalationID *uuid.UUID) (offer OfferRecommendation, err error) {
	err = s.DB.Read(ctx, actor, func(tx db.Tx) error {
		if offer.Board, err = boardToKeep(tx, slug); err != nil {
			return err
		}
		offer.Today = tx.Today()
		if offer.People, err = panels.People(tx); err != nil || escalationID == nil {
			return err
		}
		lines, err := boardLines(tx, offer.Board.ID, *escalationID)
		if err != nil {
			return err
		}
		if len(lines) != 1 || !lines[0].Agreed {
			return noEscalation()
		}
		offer.From = &lines[0]
		return tx.Raw(`select owner_id from direction_owner where escalation_id = ?`, escalationID).Row().Scan(&offer.LeadID)
	})
	return offer, err
}

// RecommendationToMove is a recommendation that waits for its reader, for their home page.
type RecommendationToMove struct {
	ID     uuid.UUID
	Number int64
	Board  string
	Due    clock.Date
	Asked  bool // a response is due; else it is to be done
}

// Reference is the recommendation's number as people see it.
func (r RecommendationToMove) Reference() string { return Recommendation{Number: r.Number}.Reference() }

// RecommendationsLed lists what the actor leads on and what is due of it, the most pressing first.
func RecommendationsLed(tx db.Tx) (waiting []RecommendationToMove, err error) {
	err = tx.Raw(`
		select r.id, r.number, f.name as board, case when r.response = '' then r.response_due else r.due_on end as due, r.response = '' as asked
		from recommendation r join forum f on f.id = r.board_id
		where r.lead_id = ? and r.done_on is null and r.response <> 'not_accepted'
		order by 4, r.number limit 20`, tx.Actor.PersonID).Scan(&waiting).Error
	return waiting, err
}
