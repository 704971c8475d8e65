package escalations

import (
	"github.com/google/uuid"

	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Belongings are the open blockers people own and what boards directed them to do, for when they leave.
type Belongings struct{}

// Owned lists a person's open blockers and the directions of boards that are still to be carried out.
// On a forum that is a board, what it directed is its own.
func (Belongings) Owned(tx db.Tx, person, forum uuid.UUID) ([]panels.Owned, error) {
	var rows []struct {
		Kind        panels.OwnedKind
		ID, ForumID uuid.UUID
		Forum       string
		Number      int64
		Theme       string
		ActBy       clock.Date
		Closed      bool
	}
	err := tx.Raw(`
		select 'blocker' as kind, b.id, b.forum_id, f.name as forum, b.number, b.theme, b.needed_by as act_by,
			exists (`+interestInBlocker("@me", "b.id")+`) as closed
		from blocker b join forum f on f.id = b.forum_id
		where b.owner_id = @person and b.state = 'open' and (b.forum_id = @forum or @everywhere)
		union all
		select 'direction', a.id, b.forum_id, f.name, b.number, '', a.act_by, true
		from board_answer a join direction_owner o on o.answer_id = a.id
		join escalation e on e.id = a.escalation_id join blocker b on b.id = e.blocker_id join forum f on f.id = b.forum_id
		where o.owner_id = @person and b.state = 'open' and (@forum in (b.forum_id, e.board_id) or @everywhere)
		order by 1, 5`,
		map[string]any{"person": person, "forum": forum, "everywhere": forum == uuid.Nil, "me": tx.Actor.PersonID}).Scan(&rows).Error
	things := make([]panels.Owned, len(rows))
	for i, row := range rows {
		things[i] = panels.Owned{Kind: row.Kind, ID: row.ID, ForumID: row.ForumID, Forum: row.Forum, What: "Owns blocker " + Reference(row.Number)}
		if row.Kind == panels.OwnedDirection {
			things[i].What = "Carries out what the board directed about blocker " + Reference(row.Number) + " by " + row.ActBy.Long()
		}
		if tx.Actor.May(access.ReadBlockers, row.ForumID) && !row.Closed {
			things[i].Details = row.Theme
		}
	}
	return things, err
}

// PassOn names another owner. Its story says so; the board's answer stays as it was given.
func (Belongings) PassOn(tx db.Tx, thing panels.Owned, from, to panels.Person) error {
	if thing.Kind == panels.OwnedDirection {
		var escalation uuid.UUID
		if err := tx.Raw(`select escalation_id from board_answer where id = ?`, thing.ID).Row().Scan(&escalation); err != nil {
			return err
		}
		_, b, err := lockEscalation(tx, escalation)
		if err != nil {
			return err
		}
		if err := passedOn(tx, b, "What the board directed is now for "+to.Name+" to carry out, in place of "+from.Name+".", "Somebody else now carries out what the board directed."); err != nil {
			return err
		}
		return notify.Send(tx, notify.Notice{Kind: NoticeDirected, IDs: notify.IDs{"escalation": escalation}, To: to.ID})
	}
	b, err := lockBlocker(tx, thing.ID)
	if err != nil {
		return err
	}
	var left bool
	err = tx.Raw(`select exists (`+interestInBlocker("@to", "@blocker")+`)`, map[string]any{"to": to.ID, "blocker": b.ID}).Scan(&left).Error
	if err != nil {
		return err
	}
	if left {
		return fault.New(fault.Invalid, "%s left for what this is about. Choose somebody else", to.Name)
	}
	err = db.RequireOne(tx.Exec(`update blocker set owner_id = ?, version = version + 1 where id = ? and owner_id = ? and state = 'open'`, to.ID, b.ID, from.ID))
	if err != nil {
		return err
	}
	if err := passedOn(tx, b, to.Name+" now owns it, in place of "+from.Name+".", "It has a new owner."); err != nil {
		return err
	}
	return notify.Send(tx, notify.Notice{Kind: NoticeOwner, IDs: notify.IDs{"blocker": b.ID}, To: to.ID})
}

func passedOn(tx db.Tx, b Blocker, words, boardWords string) error {
	_, err := addStep(tx, b.ID, Step{Kind: StepPassedOn, FromLevel: b.LevelName, Words: words, BoardWords: boardWords})
	return err
}
