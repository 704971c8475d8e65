package requests

import (
	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Belongings are the requests people are still writing or have submitted, for when they leave.
type Belongings struct{}

// Owned lists a person's requests that no meeting has yet taken up. Their number says nothing about
// the young person; the case's own number is for those who table the forum's requests.
func (Belongings) Owned(tx db.Tx, person, forum uuid.UUID) ([]panels.Owned, error) {
	var rows []struct {
		ID, ForumID uuid.UUID
		Forum       string
		Number      int64
		CaseNumber  *int64 // of an uplift none
		State       State
		Closed      bool
	}
	err := tx.Raw(`
		select r.id, r.forum_id, f.name as forum, r.number, c.number as case_number, r.state, exists (`+tracker.InterestIn("@me", "r.case_id")+`) as closed
		from funding_request r join forum f on f.id = r.forum_id left join cases c on c.id = r.case_id
		where r.submitted_by = @person and r.state in ('draft', 'returned', 'submitted') and (r.forum_id = @forum or @everywhere)
		order by r.number`,
		map[string]any{"person": person, "forum": forum, "everywhere": forum == uuid.Nil, "me": tx.Actor.PersonID}).Scan(&rows).Error
	things := make([]panels.Owned, len(rows))
	for i, row := range rows {
		things[i] = panels.Owned{
			Kind: panels.OwnedRequest, ID: row.ID, ForumID: row.ForumID, Forum: row.Forum, ForPresenters: true,
			What: "Funding request " + Reference(row.Number) + ": " + row.State.Words(),
		}
		if row.CaseNumber != nil && row.State != Draft && tx.Actor.May(access.TableRequest, row.ForumID) && !row.Closed {
			things[i].Details = "About " + tracker.CaseReference(*row.CaseNumber)
		}
	}
	return things, err
}

// PassOn lets another presenter bring the request, and see the case it is about.
func (Belongings) PassOn(tx db.Tx, thing panels.Owned, from, to panels.Person) error {
	r, err := Lock(tx, thing.ID)
	if err != nil {
		return err
	}
	if r.SubmittedBy != from.ID {
		return fault.New(fault.Stale, "Somebody else changed this request while you were working. Look at what is there now, then try again.")
	}
	cases, err := CasesOf(tx, r)
	if err != nil {
		return err
	}
	var left bool
	err = tx.Raw(`select exists (select from cases c where c.id in @cases and exists (`+tracker.InterestIn("@to", "c.id")+`))`,
		map[string]any{"to": to.ID, "cases": append(cases, uuid.Nil)}).Scan(&left).Error
	if err != nil {
		return err
	}
	if left {
		return fault.New(fault.Invalid, "%s left for what this is about. Choose somebody else", to.Name)
	}
	for _, caseID := range cases {
		if err := tracker.BringCase(tx, caseID, to.ID); err != nil {
			return err
		}
	}
	return r.change(tx, 0, map[string]any{"submitted_by": to.ID})
}
