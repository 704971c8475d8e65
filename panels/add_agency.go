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
	agency.Name, agency.ShortName = strings.TrimSpace(agency.Name), strings.TrimSpace(agency.ShortName)
	agency.LegalBody = strings.TrimSpace(agency.LegalBody)
	err := s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if err := actor.Check(access.ManagePeople, uuid.Nil); err != nil {
			return err
		}
		agencies, err := Agencies(tx)
		if err != nil {
			return err
		}
		var form fault.Form
		form.Require(agency.Name != "", "name", "Enter the agency’s name")
		form.Require(len(agency.Name) <= 200, "name", "Shorten the name to 200 characters or fewer")
		form.Require(agency.ShortName != "" && len(agency.ShortName) <= 20, "short_name", "Enter a short name for tables, like ASC, of 20 characters or fewer")
		form.Require(agency.Kind.Words() != "", "kind", "Choose what part the agency plays")
		form.Require(!agency.Funder || agency.LegalBody != "", "legal_body", "Enter the legal body that pays, like Marlshire Council")
		for _, other := range agencies {
			form.Require(!strings.EqualFold(other.Name, agency.Name), "name", "There is already an agency called "+other.Name)
		}
		if err := form.Err(); err != nil {
			return err
		}
		if err := tx.Create(&agency).Error; err != nil {
			return err
		}
		return record(tx, "agency.added", agency.ID, uuid.Nil, nil, agency)
	})
	return agency, err
}
