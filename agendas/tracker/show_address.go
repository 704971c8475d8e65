package tracker

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// addressFields tell where a young person is to be found.
var addressFields = []Field{Placement, School}

// TellsAddress reports whether a field says where a young person lives or spends the day.
func (f Field) TellsAddress() bool { return slices.Contains(addressFields, f) }

// HidesAddress reports whether where the young person is to be found is kept back: from lists, packs
// and pages until somebody asks for it with a reason.
func (c Case) HidesAddress() bool { return c.ProtectedAddress != nil && *c.ProtectedAddress }

// WithoutAddress is the case with what tells where they are left out, when that is protected.
func (c Case) WithoutAddress() Case {
	if c.HidesAddress() {
		for _, field := range addressFields {
			*ruleOf[field].text(&c) = ""
		}
	}
	return c
}

// ShowAddress records that somebody asked to see a protected address, and why. Whoever sees the case may ask.
func ShowAddress(ctx context.Context, d *db.DB, actor access.Actor, caseID uuid.UUID, why string) error {
	why = strings.TrimSpace(why)
	return d.Write(ctx, actor, func(tx db.Tx) error {
		var seen bool
		if err := tx.Raw(`select exists (?)`, Visible(tx).Select("1").Where("cases.id = ?", caseID)).Scan(&seen).Error; err != nil {
			return err
		}
		if !seen {
			return fault.New(fault.NotFound, "There is no case with this number that you may see.")
		}
		var form fault.Form
		form.Require(why != "", "why", "Enter why you need to see it")
		form.Require(len([]rune(why)) <= 500, "why", "Shorten the reason to 500 characters or fewer")
		if err := form.Err(); err != nil {
			return err
		}
		return recordOfCase(tx, "case.address_shown", caseID, nil, map[string]string{"why": why})
	})
}
