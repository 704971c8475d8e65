package room

import (
	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// ForecastItems looks ahead to the quorum of each item of a meeting by the replies so far: the room's
// own rule, over those who said yes and over those who may yet. Funding items need every agency that
// is asked to pay; whoever left for an item does not count towards it. It is for those who build the
// agenda.
func ForecastItems(tx db.Tx, meetingID uuid.UUID) (map[uuid.UUID]panels.Forecast, error) {
	state := State{Now: tx.Now}
	var err error
	if state.Meeting, err = panels.MeetingByID(tx, meetingID); err != nil {
		return nil, err
	}
	if err := tx.Actor.Check(access.BuildAgenda, state.Meeting.ForumID); err != nil {
		return nil, err
	}
	if state.Forum, state.Terms, err = forumAndTerms(tx, state.Meeting); err != nil {
		return nil, err
	}
	if state.Table, err = loadTable(tx, state.Meeting, state.Terms); err != nil {
		return nil, err
	}
	if err := tx.Order("name, id").Find(&state.Agencies).Error; err != nil {
		return nil, err
	}
	if err := state.loadItems(tx); err != nil {
		return nil, err
	}
	meetings, err := panels.ForecastOf(tx, state.Meeting)
	if err != nil {
		return nil, err
	}
	forecasts := make(map[uuid.UUID]panels.Forecast, len(state.Items))
	for _, item := range state.Items {
		forecasts[item.ID] = ForecastItem(state.Table, state.Terms, item.ID, fundersOf(item.Shares, state.Agencies, state.Terms.ByLegalBody), meetings[meetingID].Expect)
	}
	return forecasts, nil
}

// ForecastItem looks ahead to one item's quorum. Who is here now does not matter to it.
func ForecastItem(table Table, terms panels.Terms, itemID uuid.UUID, funders []panels.Agency, expect panels.Expectations) panels.Forecast {
	var places []panels.Prospect
	for _, place := range table.deciding() {
		prospect := panels.Prospect{Agency: place.Agency.ID, Kind: place.Agency.Kind}
		for _, sitter := range place.Fills {
			if !table.Left(sitter.PersonID, itemID) {
				prospect.People = append(prospect.People, sitter.PersonID)
			}
		}
		places = append(places, prospect)
	}
	return panels.Foresee(places, expect, func(comes func(uuid.UUID) bool) panels.QuorumCount {
		ahead := table
		ahead.Here = map[uuid.UUID]Attendance{}
		for person := range expect {
			if comes(person) {
				ahead.Here[person] = Attendance{PersonID: person, Present: true}
			}
		}
		return countQuorum(ahead, terms, itemID, funders)
	})
}
