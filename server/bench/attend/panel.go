package attend

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// observer reads what a measure is about to use and checks.
var observer = access.System("measure")

// Panel is the demo's funding panel that is about to begin.
type Panel struct {
	Meeting panels.Meeting
	Item    uuid.UUID // the first funding request on its agenda
	Chair   Sitter
	Clerk   Sitter
	Voters  []Sitter // whose agencies are asked to pay for Item
	Others  []Sitter // everybody else with a place at the table, each once
}

// Sitter is a person in a seat.
type Sitter struct {
	Person, Seat uuid.UUID
	Name         string
}

// FindPanel reads the funding panel of a demo nobody has used yet.
func FindPanel(ctx context.Context, database *db.DB) (Panel, error) {
	var panel Panel
	err := database.Read(ctx, observer, func(tx db.Tx) error {
		var ids []uuid.UUID
		err := tx.Raw(`select m.id from meeting m join forum f on f.id = m.forum_id
			where f.slug = 'mapac' and m.status = 'scheduled' order by m.starts_at limit 1`).Scan(&ids).Error
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			return errors.New("the demo has no funding panel about to begin")
		}
		state, err := room.Load(tx, ids[0])
		if err != nil {
			return err
		}
		panel = panelOf(state)
		return nil
	})
	if err == nil && (panel.Item == uuid.Nil || len(panel.Voters) < 2) {
		err = fmt.Errorf("the demo's panel has no funding request that %d agencies vote on", len(panel.Voters))
	}
	return panel, err
}

func panelOf(state room.State) Panel {
	panel := Panel{Meeting: state.Meeting}
	asked := map[uuid.UUID]bool{}
	for _, item := range state.Items {
		if len(item.Shares) > 0 && panel.Item == uuid.Nil {
			panel.Item = item.ID
			for _, share := range item.Shares {
				asked[share.AgencyID] = share.WeeklyPence > 0 || share.OneOffPence > 0
			}
		}
	}
	seated := map[uuid.UUID]bool{}
	for _, office := range []access.Office{access.Chair, access.Clerk, access.Member, access.DeputyChair} {
		for _, place := range state.Table.Places {
			if place.Seat.Office != office {
				continue
			}
			for i, fill := range place.Fills {
				if seated[fill.PersonID] {
					continue
				}
				seated[fill.PersonID] = true
				sitter := Sitter{Person: fill.PersonID, Seat: place.Seat.ID, Name: fill.Name}
				switch {
				case office == access.Chair && i == 0:
					panel.Chair = sitter
				case office == access.Clerk && i == 0:
					panel.Clerk = sitter
				case i == 0 && place.Seat.Standing == access.Deciding && asked[place.Agency.ID]:
					panel.Voters = append(panel.Voters, sitter)
				default:
					panel.Others = append(panel.Others, sitter)
				}
			}
		}
	}
	return panel
}
