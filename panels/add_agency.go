package panels

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// AddAgency adds an agency to the partnership. Its id and version are given here.
func (s Store) AddAgency(ctx context.Context, actor access.Actor, agency Agency) (Agency, error) {
	agency.ID, agency.Version = newID(), 1
	err := s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if err := agency.checkFor(tx); err != nil {
			return err
		}
		if err := tx.Create(&agency).Error; err != nil {
			return err
		}
		return record(tx, "agency.added", agency.ID, uuid.Nil, nil, agency)
	})
	return agency, err
}

// checkFor says who may add or change agencies and what is wrong with this one.
func (a *Agency) checkFor(tx db.Tx) error {
	if err := tx.Actor.Check(access.ManagePeople, uuid.Nil); err != nil {
		return err
	}
	a.Name, a.ShortName, a.LegalBody = strings.TrimSpace(a.Name), strings.TrimSpace(a.ShortName), strings.TrimSpace(a.LegalBody)
	agencies, err := Agencies(tx)
	if err != nil {
		return err
	}
	var form fault.Form
	form.Require(a.Name != "", "name", "Enter the agency’s name")
	form.Require(len(a.Name) <= 200, "name", "Shorten the name to 200 characters or fewer")
	form.Require(a.ShortName != "" && len(a.ShortName) <= 20, "short_name", "Enter a short name for tables, like ASC, of 20 characters or fewer")
	form.Require(a.Kind.Words() != "", "kind", "Choose what part the agency plays")
	form.Require(a.Kind != Families || a.Outside && !a.Funder, "kind", "Young people and families are from outside and pay nothing: tick that the agency is outside, and not that it may pay")
	form.Require(!a.Funder || a.LegalBody != "", "legal_body", "Enter the legal body that pays, like Marlshire Council")
	form.Require(len(a.LegalBody) <= 200, "legal_body", "Shorten the legal body to 200 characters or fewer")
	for _, other := range agencies {
		same := other.ID != a.ID && strings.EqualFold(other.Name, a.Name)
		form.Require(!same, "name", "There is already an agency called "+other.Name)
	}
	if a.OfficerID != nil {
		var here bool
		err := tx.Raw(`select exists (select from person where id = ? and (ended_on is null or ended_on > ?))`, *a.OfficerID, tx.Today()).Scan(&here).Error
		if err != nil {
			return err
		}
		form.Require(here, "officer", "Choose somebody who uses Quorate")
	}
	return form.Err()
}

// OfficerNamed is the event that an agency’s authorising officer is another person: what waits for the
// agency waits for them.
type OfficerNamed struct {
	AgencyID uuid.UUID `json:"agency_id"`
}

// Kind names the event for good.
func (OfficerNamed) Kind() string { return "agency.officer_named" }
