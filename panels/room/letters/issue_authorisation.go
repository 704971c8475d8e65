package letters

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// CodeAuthorisation keeps the cost codes typed on an authorisation and, when issue is set, issues it: every
// line then needs its code, and nothing on it changes any more.
func (s Store) CodeAuthorisation(ctx context.Context, actor access.Actor, id uuid.UUID, version int, codes []string, issue bool) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		var a Authorisation
		if err := tx.Raw(`select * from funding_authorisation where id = ? for update`, id).Take(&a).Error; err != nil {
			return orNotFound(err, "There is no such authorisation.")
		}
		if _, err := mayWrite(tx, a.DecisionID); err != nil {
			return err
		}
		switch {
		case a.IssuedAt != nil:
			return fault.New(fault.Conflict, "This authorisation is issued and stays as it is.")
		case a.Version != version:
			return fault.New(fault.Stale, "Somebody changed this authorisation while you had it open. Read it as it is now, then send yours again.")
		}
		var lines []AuthorisationLine
		if err := tx.Where("authorisation_id = ?", id).Order("position").Find(&lines).Error; err != nil {
			return err
		}
		before := slices.Clone(lines)
		var form fault.Form
		for i := range lines {
			field := fmt.Sprintf("code-%d", i+1)
			code := lines[i].CostCode
			if i < len(codes) {
				code = strings.TrimSpace(codes[i])
			}
			checkCode(&form, field, code)
			if issue {
				form.Require(code != "", field, "Enter the cost code of "+strings.ToLower(lines[i].SupportWords()))
			}
			lines[i].CostCode = code
		}
		if err := form.Err(); err != nil {
			return err
		}
		if issue {
			binds, err := stillBinds(tx, a.DecisionID)
			if err != nil {
				return err
			}
			if !binds {
				return fault.New(fault.Conflict, "This decision binds nobody, so nothing is authorised under it.")
			}
		}
		for _, line := range lines {
			if err := tx.Exec(`update authorisation_line set cost_code = ? where authorisation_id = ? and position = ?`, line.CostCode, id, line.Position).Error; err != nil {
				return err
			}
		}
		changes := map[string]any{"version": a.Version + 1}
		action := "funding_authorisation.coded"
		if issue {
			changes["issued_at"], changes["issued_by"] = tx.Now, actor.PersonID
			action = "funding_authorisation.issued"
		}
		if err := db.RequireOne(tx.Model(&Authorisation{}).Where("id = ? and version = ?", id, version).Updates(changes)); err != nil {
			return err
		}
		if err := record(tx, action, id, a.ForumID, before, lines); err != nil {
			return err
		}
		if !issue {
			return nil
		}
		return tellAuthorised(tx, a)
	})
}

func stillBinds(tx db.Tx, decisionID uuid.UUID) (binds bool, err error) {
	err = tx.Raw(`select exists (select from binding_decision where decision_id = ?)`, decisionID).Scan(&binds).Error
	return binds, err
}

func tellAuthorised(tx db.Tx, a Authorisation) error {
	var people []uuid.UUID
	err := tx.Raw(`
		select distinct h.person_id from seat s join seat_holding h on h.seat_id = s.id
		where s.forum_id = @forum and s.agency_id = @agency and s.office = 'member' and s.standing = 'deciding' and h.deputy_order = 0
			and h.from_date <= @today and (h.to_date is null or h.to_date >= @today)
			and not exists (select from decision d join left_item n on n.item_id = d.item_id where d.id = @decision and n.person_id = h.person_id)`,
		map[string]any{"forum": a.ForumID, "agency": a.AgencyID, "today": tx.Today(), "decision": a.DecisionID}).Scan(&people).Error
	if err != nil {
		return err
	}
	for _, person := range people {
		if err := notify.Send(tx, notify.Notice{Kind: NoticeAuthorised, IDs: notify.IDs{"authorisation": a.ID}, To: person}); err != nil {
			return err
		}
	}
	return nil
}

// PayingLead is which agency pays the provider of a package and is repaid by the others.
type PayingLead struct {
	ID         uuid.UUID
	DecisionID uuid.UUID
	AgencyID   uuid.UUID
	SetBy      *uuid.UUID // nil: assumed
	SetAt      time.Time
}

// TableName is paying_lead.
func (PayingLead) TableName() string { return "paying_lead" }

// SetPayingLead says which agency pays the provider. Months that were issued before are adjusted in the next.
func (s Store) SetPayingLead(ctx context.Context, actor access.Actor, decisionID, agencyID uuid.UUID) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		forumID, err := mayWrite(tx, decisionID)
		if err != nil {
			return err
		}
		var pays bool
		err = tx.Raw(`select exists (select from decision_share where decision_id = ? and agency_id = ? and weekly_pence + one_off_pence > 0)`, decisionID, agencyID).Scan(&pays).Error
		if err != nil {
			return err
		}
		var form fault.Form
		form.Require(pays, "agency", "Choose one of the agencies that pay under this decision")
		if err := form.Err(); err != nil {
			return err
		}
		lead := PayingLead{ID: newID(), DecisionID: decisionID, AgencyID: agencyID, SetBy: &actor.PersonID, SetAt: tx.Now}
		if err := tx.Create(&lead).Error; err != nil {
			return err
		}
		return record(tx, "paying_lead.set", lead.ID, forumID, nil, lead)
	})
}
