package escalations

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
	"quorate/server/base/money"
)

// Meanwhile is who pays while a dispute runs, without prejudice, as an officer writes it down.
type Meanwhile struct {
	AgencyID    uuid.UUID
	FromOn      clock.Date
	WeeklyPence *int64
	AgreedBy    uuid.UUID
}

// AgreeInterim records who pays meanwhile. Nobody is outvoted into paying: somebody who speaks for that very agency
// agreed to it, and is named. Money itself is committed by a decision of a panel.
func (s *Store) AgreeInterim(ctx context.Context, actor access.Actor, disputeID uuid.UUID, m Meanwhile) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		d, b, err := lockDispute(tx, disputeID)
		if err != nil {
			return err
		}
		if err := mayChange(tx, b, b.Version); err != nil {
			return err
		}
		agency, err := partyOf(tx, d, m.AgencyID)
		if err != nil {
			return err
		}
		interim, err := m.check(tx, b, d, agency)
		if err != nil {
			return err
		}
		if err := tx.Create(&interim).Error; err != nil {
			return err
		}
		words := fmt.Sprintf("%s pays %s a week from %s while the dispute runs, without prejudice.", agency.Name, money.Pounds(interim.WeeklyPence), interim.FromOn.Long())
		_, err = addStep(tx, b.ID, Step{Kind: StepInterim, FromLevel: b.LevelName, Words: words, BoardWords: agency.Name + " pays while the dispute runs, without prejudice."})
		if err != nil {
			return err
		}
		return record(tx, "dispute_interim.agreed", interim.ID, b.ForumID, nil, interim)
	})
}

func (m Meanwhile) check(tx db.Tx, b Blocker, d Dispute, agency panels.Agency) (Interim, error) {
	interim := Interim{ID: newID(), DisputeID: d.ID, AgencyID: agency.ID, FromOn: m.FromOn, AgreedBy: m.AgreedBy, RecordedBy: tx.Actor.PersonID, RecordedAt: tx.Now}
	var form fault.Form
	form.Require(!m.FromOn.IsZero(), "from", "Enter the day from which it pays")
	form.Require(m.FromOn.IsZero() || tx.Today().DaysUntil(m.FromOn) <= 365 && m.FromOn.DaysUntil(tx.Today()) <= 365, "from", "The day must be within a year of today")
	form.Require(m.WeeklyPence != nil && *m.WeeklyPence > 0, "weekly", "Enter how much it pays a week, like 1204.50")
	if m.WeeklyPence != nil {
		interim.WeeklyPence = *m.WeeklyPence
	}
	may, err := committers(tx, b, d, agency.ID)
	if err != nil {
		return interim, err
	}
	agreed := false
	for _, c := range may {
		agreed = agreed || c.PersonID == m.AgreedBy
	}
	form.Require(agreed, "agreed_by", "Select who agreed to it for "+agency.Name+": a deciding member, or its authorising officer")
	return interim, form.Err()
}

// Committer is somebody who may agree that their agency pays meanwhile.
type Committer struct {
	PersonID uuid.UUID
	Name     string
	AgencyID uuid.UUID
	Agency   string
}

// committers are those who may agree for the agencies of a dispute, or for one of them: who holds a deciding seat of
// it at the blocker's forums, its authorising officer, and, for an agency from outside, its people.
func committers(tx db.Tx, b Blocker, d Dispute, agency uuid.UUID) (people []Committer, err error) {
	err = tx.Raw(`
		select distinct p.id as person_id, p.name, a.id as agency_id, a.name as agency
		from dispute_party y join agency a on a.id = y.agency_id
		join person p on p.ended_on is null and (
			p.id = a.officer_id
			or a.outside and p.agency_id = a.id
			or exists (
				select from seat s join seat_holding h on h.seat_id = s.id
				where s.agency_id = a.id and s.forum_id in @forums and s.standing = 'deciding' and s.office <> 'clerk' and h.person_id = p.id
					and h.from_date <= @today and (h.to_date is null or h.to_date >= @today)))
		where y.dispute_id = @dispute and (cast(@agency as uuid) is null or a.id = @agency)
			and not exists (`+interestInBlocker("p.id", "@blocker")+`)
		order by a.name, p.name, p.id limit 200`,
		map[string]any{"forums": forumsOf(b), "today": tx.Today(), "dispute": d.ID, "agency": nilOr(agency), "blocker": b.ID}).Scan(&people).Error
	return people, err
}
