package agendas

import (
	"slices"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/db"
)

// addGuests puts beside each line who joins it from outside, and which agencies from outside it concerns
// and nobody joins it for yet: those its request asks to pay, and the council or board responsible.
func (page *DraftPage) addGuests(tx db.Tx) error {
	guests, err := panels.GuestsOf(tx, page.Meeting.ID)
	if err != nil {
		return err
	}
	var outside []panels.Agency
	if err := tx.Raw(`select * from agency where outside order by name`).Scan(&outside).Error; err != nil {
		return err
	}
	var asked []struct{ ItemID, AgencyID uuid.UUID }
	if len(outside) > 0 {
		err = tx.Raw(`
			select i.id as item_id, s.agency_id
			from agenda_item i join request_share s on s.request_id = i.request_id join agency a on a.id = s.agency_id and a.outside
			where i.meeting_id = ? and s.weekly_pence + s.one_off_pence > 0`, page.Meeting.ID).Scan(&asked).Error
		if err != nil {
			return err
		}
	}
	for i := range page.Listed {
		line := &page.Listed[i]
		if line.Withheld != "" {
			continue
		}
		for _, guest := range guests {
			if guest.ItemID == line.ID {
				line.Guests = append(line.Guests, guest)
			}
		}
		for _, agency := range outside {
			concerned := slices.Contains(asked, struct{ ItemID, AgencyID uuid.UUID }{line.ID, agency.ID})
			if line.Case != nil {
				concerned = concerned || slices.ContainsFunc(line.Case.NotOurs, agency.IsCalled)
			}
			joined := slices.ContainsFunc(line.Guests, func(g panels.GuestRow) bool { return g.AgencyID == agency.ID })
			if concerned && !joined {
				line.Suggested = append(line.Suggested, agency.Name)
			}
		}
	}
	return nil
}

// TakesGuests reports whether somebody from outside may be asked to join the line's item.
func (l Line) TakesGuests() bool { return l.Case != nil && l.State == Listed && l.Withheld == "" }
