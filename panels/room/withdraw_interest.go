package room

import (
	"strings"

	"quorate/server/base/fault"
)

// perform puts right a declaration made in error. The chair does it, with a reason, never the person
// who declared.
func (c WithdrawInterest) perform(s *sitting) (happened, error) {
	if err := s.chairs(); err != nil {
		return happened{}, err
	}
	if strings.TrimSpace(c.Reason) == "" {
		var form fault.Form
		form.Add("reason", "Enter why the declaration was made in error")
		return happened{}, form.Err()
	}
	for _, interest := range s.table.Interests {
		if interest.ID != c.InterestID {
			continue
		}
		if interest.PersonID == s.Actor.PersonID {
			return happened{}, fault.New(fault.Denied, "You cannot take back your own declaration. Ask the deputy chair.")
		}
		if s.table.Left(s.Actor.PersonID, interest.ItemID) {
			return happened{}, fault.New(fault.Denied, "You have left for this item too, so somebody else must take the declaration back.")
		}
		var number string // of an item that may have been taken off since
		if err := s.Raw(`select number from agenda_item where id = ?`, interest.ItemID).Scan(&number).Error; err != nil {
			return happened{}, err
		}
		name, _ := s.table.name(interest.PersonID)
		err := s.Exec(`update interest set withdrawn_at = ?, withdrawn_by = ?, withdrawn_reason = ? where id = ?`,
			s.Now, s.Actor.PersonID, strings.TrimSpace(c.Reason), interest.ID).Error
		return happened{itemID: &interest.ItemID, says: name + " is back for item " + number, kind: "interest", object: interest.ID, before: interest.Kind}, err
	}
	return happened{}, fault.New(fault.NotFound, "That declaration does not stand in this meeting.")
}
