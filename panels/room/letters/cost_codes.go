package letters

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"quorate/agendas/requests"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// CostCodes are what an agency books to, by kind of support; "" is for all others.
type CostCodes map[requests.LineKind]string

// For is the code of a kind of support: its own, or the one for all others, or "".
func (c CostCodes) For(kind requests.LineKind) string {
	if code := c[kind]; code != "" {
		return code
	}
	return c[""]
}

func costCodes(tx db.Tx, agencyID uuid.UUID) (CostCodes, error) {
	var rows []struct {
		Support requests.LineKind
		Code    string
	}
	err := tx.Raw(`select support, code from cost_code where agency_id = ?`, agencyID).Scan(&rows).Error
	codes := CostCodes{}
	for _, row := range rows {
		codes[row.Support] = row.Code
	}
	return codes, err
}

// CostCodesOf are an agency's codes, for who may set them.
func CostCodesOf(tx db.Tx, agencyID uuid.UUID) (CostCodes, error) {
	if err := tx.Actor.Check(access.ManagePeople, anyForum); err != nil {
		return nil, err
	}
	return costCodes(tx, agencyID)
}

// codeLimit is the longest a cost code may be.
const codeLimit = 60

func checkCode(form *fault.Form, field, code string) {
	form.Require(len([]rune(code)) <= codeLimit, field, "Shorten the cost code to 60 characters or fewer")
	form.Require(!strings.ContainsAny(code, "\n\r\t"), field, "Write the cost code on one line")
}

// SetCostCodes keeps an agency's codes. Authorisations raised from then on carry them; those raised before
// are coded on their own page.
func (s Store) SetCostCodes(ctx context.Context, actor access.Actor, agencyID uuid.UUID, codes CostCodes) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		before, err := CostCodesOf(tx, agencyID)
		if err != nil {
			return err
		}
		if _, err := panels.AgencyByID(tx, agencyID); err != nil {
			return err
		}
		var form fault.Form
		kept := CostCodes{}
		for kind, code := range codes {
			code = strings.TrimSpace(code)
			form.Require(kind == "" || slices.Contains(requests.LineKinds, kind), "cost_code", "Choose a kind of support from the list")
			checkCode(&form, "code_"+string(kind), code)
			if code != "" {
				kept[kind] = code
			}
		}
		if err := form.Err(); err != nil {
			return err
		}
		if err := tx.Exec(`delete from cost_code where agency_id = ?`, agencyID).Error; err != nil {
			return err
		}
		for kind, code := range kept {
			if err := tx.Exec(`insert into cost_code (agency_id, support, code) values (?, ?, ?)`, agencyID, kind, code).Error; err != nil {
				return err
			}
		}
		return record(tx, "cost_code.set", agencyID, anyForum, before, kept)
	})
}
