package room

import (
	"time"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// ActionLine is an action in a list.
type ActionLine struct {
	Action
	Forum       string
	ItemNumber  string
	CaseNumber  int64 // 0 without a case, and on a board
	StartsAt    time.Time
	MayComplete bool
}

// Reference is the case's number, "Q1042", or "".
func (a ActionLine) Reference() string {
	if a.CaseNumber == 0 {
		return ""
	}
	return tracker.CaseReference(a.CaseNumber)
}

// ListActions lists actions, earliest due first: a forum's, or with no forum the actor's own. Those on
// items the actor has left are not among them.
func ListActions(tx db.Tx, forumID uuid.UUID, done bool) ([]ActionLine, error) {
	whose, args := `a.owner_id = @me`, map[string]any{"me": tx.Actor.PersonID, "forum": forumID, "done": done}
	if forumID != uuid.Nil {
		if err := tx.Actor.Check(access.ReadDecisions, forumID); err != nil {
			return nil, err
		}
		whose = `a.forum_id = @forum`
	}
	var lines []ActionLine
	err := tx.Raw(`
		select a.*, p.name as owner, coalesce(g.name, '') as agency, f.name as forum, m.starts_at, coalesce(i.number, '') as item_number,
			case when f.board then 0 else coalesce(c.number, 0) end as case_number
		from action a
		join person p on p.id = a.owner_id
		join forum f on f.id = a.forum_id
		join meeting m on m.id = a.meeting_id
		left join agency g on g.id = a.agency_id
		left join agenda_item i on i.id = a.item_id
		left join cases c on c.id = a.case_id
		where `+whose+` and (a.done_at is not null) = @done
			and not exists (select from left_item n where n.item_id = a.item_id and n.person_id = @me)
			and not exists (`+tracker.InterestIn("@me", "a.case_id")+`)
		order by case when @done then a.done_at end desc, a.due_on, a.id limit 500`, args).Scan(&lines).Error
	for i := range lines {
		lines[i].MayComplete = lines[i].OwnerID == tx.Actor.PersonID || tx.Actor.May(access.RecordMeeting, lines[i].ForumID)
	}
	return lines, err
}
