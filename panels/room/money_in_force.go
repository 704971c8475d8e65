package room

import (
	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// InForce is what an agency pays for a young person by the decisions in force.
type InForce struct {
	Agency      string
	Kind        panels.AgencyKind
	WeeklyPence int64
	AnnualPence int64 // as each deciding forum counts a year
}

// MoneyInForce adds up, by agency, what the decisions in force today commit to a young person: agreed
// and binding, begun, not ended, and not replaced by a later one that binds. Only decisions that
// DecisionsOfCase shows the actor are counted.
func MoneyInForce(tx db.Tx, caseID uuid.UUID) (paid []InForce, err error) {
	var rows []struct {
		InForce
		ForumID uuid.UUID
		Left    bool
		Own     bool
	}
	err = tx.Raw(`
		select a.name as agency, a.kind, s.weekly_pence, round(s.weekly_pence * d.weeks_thousandths / 1000.0)::bigint as annual_pence, d.forum_id,
			coalesce(i.presenter_id = @me, false) as own, exists (select from left_item n where n.item_id = d.item_id and n.person_id = @me) as left
		from decision d
		join binding_decision b on b.decision_id = d.id
		join agenda_item i on i.id = d.item_id
		join decision_share s on s.decision_id = d.id and s.weekly_pence > 0
		join agency a on a.id = s.agency_id
		where d.case_id in (select id from same_case(@case)) and b.outcome in ('agreed', 'agreed_with_conditions', 'agreed_in_part')
			and (d.start_on is null or d.start_on <= @today) and (d.end_on is null or d.end_on >= @today)
			and not exists (select from decision later join binding_decision since on since.decision_id = later.id where later.replaces_id = d.id)
		order by a.name`, map[string]any{"case": caseID, "me": tx.Actor.PersonID, "today": tx.Today()}).Scan(&rows).Error
	for _, row := range rows {
		switch {
		case row.Left || !row.Own && !tx.Actor.May(access.ReadDecisions, row.ForumID):
			continue
		case len(paid) > 0 && paid[len(paid)-1].Agency == row.Agency:
			paid[len(paid)-1].WeeklyPence += row.WeeklyPence
			paid[len(paid)-1].AnnualPence += row.AnnualPence
		default:
			paid = append(paid, row.InForce)
		}
	}
	return paid, err
}
