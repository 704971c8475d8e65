package agendas

import (
	"time"

	"github.com/google/uuid"

	"quorate/agendas/requests"
	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Belongings are the items people are to present at meetings to come, for when they leave.
type Belongings struct{}

// Owned lists what a person is to present at meetings that are still to be held.
func (Belongings) Owned(tx db.Tx, person, forum uuid.UUID) ([]panels.Owned, error) {
	var rows []struct {
		ID, ForumID   uuid.UUID
		Forum, Number string
		StartsAt      time.Time
		CaseNumber    *int64
		Closed        bool
	}
	err := tx.Raw(`
		select i.id, m.forum_id, f.name as forum, i.number, m.starts_at, case when f.board then null else c.number end as case_number,
			exists (`+tracker.InterestIn("@me", "i.case_id")+`) as closed
		from agenda_item i join meeting m on m.id = i.meeting_id join forum f on f.id = m.forum_id left join cases c on c.id = i.case_id
		where i.presenter_id = @person and i.state = 'listed' and m.status in ('draft', 'scheduled', 'in_session', 'adjourned') and m.ends_at >= @now
			and (m.forum_id = @forum or @everywhere)
		order by m.starts_at, i.position`,
		map[string]any{"person": person, "forum": forum, "everywhere": forum == uuid.Nil, "now": tx.Now, "me": tx.Actor.PersonID}).Scan(&rows).Error
	things := make([]panels.Owned, len(rows))
	for i, row := range rows {
		what := "Presents an item of the draft agenda"
		if row.Number != "" {
			what = "Presents item " + row.Number
		}
		things[i] = panels.Owned{
			Kind: panels.OwnedItem, ID: row.ID, ForumID: row.ForumID, Forum: row.Forum, ForPresenters: true,
			What: what + " at the meeting of " + clock.DateOf(row.StartsAt).Long(),
		}
		if row.CaseNumber != nil && tx.Actor.May(access.ReadAgenda, row.ForumID) && !row.Closed {
			things[i].Details = "About " + tracker.CaseReference(*row.CaseNumber)
		}
	}
	return things, err
}

// PassOn names another presenter. Whoever brings a request brings its item too.
func (Belongings) PassOn(tx db.Tx, thing panels.Owned, from, to panels.Person) error {
	var item Item
	if err := tx.Raw(`select * from agenda_item where id = ? for update`, thing.ID).Take(&item).Error; err != nil {
		return err
	}
	var left bool
	err := tx.Raw(`select exists (`+tracker.InterestIn("@to", "@case")+`)`, map[string]any{"to": to.ID, "case": item.CaseID}).Scan(&left).Error
	if err != nil {
		return err
	}
	if left {
		return fault.New(fault.Invalid, "%s left for what this is about. Choose somebody else", to.Name)
	}
	err = db.RequireOne(tx.Model(&Item{}).Where("id = ? and presenter_id = ?", item.ID, from.ID).
		Updates(map[string]any{"presenter_id": to.ID, "version": item.Version + 1}))
	if err != nil || item.RequestID == nil {
		return err
	}
	request, err := requests.ByID(tx, *item.RequestID)
	if err != nil {
		return err
	}
	cases, err := requests.CasesOf(tx, request)
	if err != nil {
		return err
	}
	for _, caseID := range cases {
		if err := tracker.BringCase(tx, caseID, to.ID); err != nil {
			return err
		}
	}
	return tx.Exec(`update funding_request set submitted_by = ?, version = version + 1 where id = ? and submitted_by = ?`, to.ID, *item.RequestID, from.ID).Error
}
