package history

import (
	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// DecisionLine is a decision from before Quorate, in a list.
type DecisionLine struct {
	Decision
	Forum      string
	On         clock.Date // of its meeting
	CaseNumber int64
	Payers     []Payer `gorm:"-"`
}

// Reference is the case's own number, "Q1042".
func (l DecisionLine) Reference() string { return tracker.CaseReference(l.CaseNumber) }

// Payer is what one agency agreed to pay.
type Payer struct {
	DecisionID  uuid.UUID
	Agency      string
	WeeklyPence int64
	OneOffPence int64
}

const selectLines = `
	select d.*, f.name as forum, (m.starts_at at time zone 'Europe/London')::date as on, c.number as case_number
	from brought_decision d
	join forum f on f.id = d.forum_id and not f.board
	join meeting m on m.id = d.meeting_id
	join cases c on c.id = d.case_id
	where d.forum_id in @forums and not exists (`

// forumsRead are the forums whose decisions the actor may read; never empty, as SQL wants it.
func forumsRead(actor access.Actor) []uuid.UUID {
	forums := []uuid.UUID{uuid.Nil}
	for _, seat := range actor.Seats {
		if actor.May(access.ReadDecisions, seat.ForumID) {
			forums = append(forums, seat.ForumID)
		}
	}
	return forums
}

// DecisionsOfCase lists what forums whose decisions the actor may read had decided about a young
// person before Quorate, the latest first. Nobody reads about a case they left because of an interest.
func DecisionsOfCase(tx db.Tx, caseID uuid.UUID) ([]DecisionLine, error) {
	return lines(tx, selectLines+tracker.InterestIn("@me", "d.case_id")+`) and d.case_id in (select id from same_case(@case)) order by m.starts_at desc, d.id desc limit 200`,
		map[string]any{"case": caseID})
}

// Register lists a forum's decisions from before Quorate, the latest first, for those who may read its
// decisions, with how many there are.
func Register(tx db.Tx, forumID uuid.UUID, offset, limit int) (list []DecisionLine, total int, err error) {
	if err := tx.Actor.Check(access.ReadDecisions, forumID); err != nil {
		return nil, 0, err
	}
	err = tx.Raw(`select count(*) from brought_decision d where d.forum_id = @forum and not exists (`+tracker.InterestIn("@me", "d.case_id")+`)`,
		map[string]any{"forum": forumID, "me": tx.Actor.PersonID}).Scan(&total).Error
	if err != nil {
		return nil, 0, err
	}
	list, err = lines(tx, selectLines+tracker.InterestIn("@me", "d.case_id")+`) and d.forum_id = @forum order by m.starts_at desc, d.id desc offset @offset limit @limit`,
		map[string]any{"forum": forumID, "offset": offset, "limit": limit})
	return list, total, err
}

// PaidBy adds up what each payer agreed to in a forum's decisions from before Quorate, counting of each
// young person the latest decision that agreed to pay: an earlier one it followed is no longer paid.
func PaidBy(tx db.Tx, forumID uuid.UUID) ([]Payer, error) {
	if err := tx.Actor.Check(access.ReadDecisions, forumID); err != nil {
		return nil, err
	}
	var payers []Payer
	err := tx.Raw(`
		select a.name as agency, sum(s.weekly_pence)::bigint as weekly_pence, sum(s.one_off_pence)::bigint as one_off_pence
		from (
			select distinct on (standing_case(d.case_id)) d.id
			from brought_decision d join meeting m on m.id = d.meeting_id
			where d.forum_id = @forum and d.outcome in ('agreed', 'agreed_with_conditions', 'agreed_in_part')
				and not exists (`+tracker.InterestIn("@me", "d.case_id")+`)
			order by standing_case(d.case_id), m.starts_at desc, d.id desc
		) latest
		join brought_share s on s.decision_id = latest.id join agency a on a.id = s.agency_id
		group by a.name order by a.name`, map[string]any{"forum": forumID, "me": tx.Actor.PersonID}).Scan(&payers).Error
	return payers, err
}

func lines(tx db.Tx, query string, values map[string]any) ([]DecisionLine, error) {
	values["forums"], values["me"] = forumsRead(tx.Actor), tx.Actor.PersonID
	var list []DecisionLine
	if err := tx.Raw(query, values).Scan(&list).Error; err != nil || len(list) == 0 {
		return nil, err
	}
	ids := make([]uuid.UUID, len(list))
	at := make(map[uuid.UUID]*DecisionLine, len(list))
	for i := range list {
		ids[i], at[list[i].ID] = list[i].ID, &list[i]
	}
	var payers []Payer
	err := tx.Raw(`
		select s.decision_id, a.name as agency, s.weekly_pence, s.one_off_pence
		from brought_share s join agency a on a.id = s.agency_id where s.decision_id in ? order by a.name`, ids).Scan(&payers).Error
	for _, payer := range payers {
		at[payer.DecisionID].Payers = append(at[payer.DecisionID].Payers, payer)
	}
	return list, err
}
