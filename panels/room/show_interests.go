package room

import (
	"github.com/google/uuid"

	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// ItemInterests is an item of a meeting with the interests declared in it that a reader may know of.
type ItemInterests struct {
	Line      ItemLine
	Interests []InterestView
}

// ShowInterests lists the items of a meeting that the actor is told of, each with its interests. An item
// that is closed to them has no content: of its interests they see their own.
func ShowInterests(tx db.Tx, meetingID uuid.UUID) (View, []ItemInterests, error) {
	p, err := project(tx, meetingID)
	if err != nil {
		return View{}, nil, err
	}
	if v := p.viewer; len(v.Family) > 0 && !v.AtTable && !v.Observer && len(v.Presents)+len(v.Guest) == 0 {
		return View{}, nil, fault.New(fault.Denied, "Interests are for those who take part for an agency. You are here for your own item.")
	}
	items := []ItemInterests{}
	for _, item := range p.Items {
		if p.viewer.omits(item) || item.Number == "" {
			continue
		}
		shown := ItemInterests{Line: p.line(item)}
		if shown.Line.Hidden == "" {
			shown.Interests = p.interestsIn(item)
		} else {
			for _, interest := range p.Table.Interests {
				if interest.ItemID == item.ID && interest.PersonID == p.viewer.PersonID {
					shown.Interests = append(shown.Interests, interest.view(p.viewer.Name))
				}
			}
		}
		items = append(items, shown)
	}
	return Project(p.State, p.viewer), items, nil
}
