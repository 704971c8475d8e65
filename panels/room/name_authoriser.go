package room

import (
	"slices"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// perform names the independent authoriser of a funder whose own members, deputies too, have all left for an
// item. They join that item as a guest does, see nothing else of the meeting, and give the funder's position.
func (c NameAuthoriser) perform(s *sitting) (happened, error) {
	if err := s.notClosed(); err != nil {
		return happened{}, err
	}
	item, err := s.itemOf(c.ItemID)
	if err != nil {
		return happened{}, err
	}
	agencies, err := s.allAgencies()
	if err != nil {
		return happened{}, err
	}
	agency, known := agencyIn(agencies, c.AgencyID)
	if err := mayNameAuthoriser(s.Actor, s.forum.ID, s.table, item.ID, agency); err != nil {
		return happened{}, err
	}
	if err := s.undecided(item, ", so nobody is named for it."); err != nil {
		return happened{}, err
	}
	state := State{Table: s.table, Terms: s.terms, Agencies: agencies, Items: []Item{item}}
	if state.Votes, err = votesWhere(s.Tx, `item_id = ?`, item.ID); err != nil {
		return happened{}, err
	}
	needed := slices.ContainsFunc(state.conflicted(item), func(f panels.Agency) bool { return f.ID == c.AgencyID })
	if !known || !needed {
		return happened{}, fault.New(fault.Conflict, "An independent authoriser is named only for an agency that is asked to pay for item %s, whose members have all left for it, and that has none yet.", item.Number)
	}
	var form fault.Form
	form.Require(!s.table.Left(c.PersonID, item.ID), "person_id", "They have an interest in this young person themselves. Choose somebody else")
	form.Require(item.PresenterID == nil || *item.PresenterID != c.PersonID, "person_id", "They bring this item to the panel. Choose somebody else")
	if err := form.Err(); err != nil {
		return happened{}, err
	}
	guest, err := panels.PutAuthoriser(s.Tx, s.meeting, item.ID, agency, c.PersonID)
	if err != nil {
		return happened{}, err
	}
	err = notify.Send(s.Tx, notify.Notice{Kind: agendas.NoticeGuest, IDs: notify.IDs{"guest": guest.ID}, To: c.PersonID, Urgent: true})
	return happened{itemID: &item.ID, says: "An independent authoriser is named for " + agency.Name + " on item " + item.Number, kind: "guest", object: guest.ID}, err
}

// mayNameAuthoriser: the agency's authorising officer, the clerk or the chair, unless they have left for the
// item themselves.
func mayNameAuthoriser(actor access.Actor, forumID uuid.UUID, table Table, itemID uuid.UUID, agency panels.Agency) error {
	officer := agency.OfficerID != nil && *agency.OfficerID == actor.PersonID
	if !officer {
		if err := actor.Check(access.RecordMeeting, forumID); err != nil {
			return err
		}
	}
	if table.Left(actor.PersonID, itemID) {
		return fault.New(fault.Denied, "You have left for this item, so somebody else must name the authoriser.")
	}
	return nil
}

// conflicted lists the funders of the partnership that an item asks to pay, whose own members have all left
// for it and for whom nobody is named to speak.
func (s State) conflicted(item Item) []panels.Agency {
	var list []panels.Agency
	for _, funder := range s.funders(item) {
		named := slices.ContainsFunc(s.Table.Guests, func(g Guest) bool { return g.ItemID == item.ID && s.Table.speaksFor(g.place(), funder) })
		if !funder.Outside && !named && s.Table.conflicted(funder, item.ID) {
			list = append(list, funder)
		}
	}
	return list
}

// Authorisers is what somebody needs to name independent authorisers for an item; nothing of the item itself.
type Authorisers struct {
	MeetingID uuid.UUID
	Forum     panels.Forum
	Meeting   panels.Meeting
	ItemID    uuid.UUID
	Number    string
	Needed    []AuthoriserNeeded
	Named     []panels.GuestRow
}

// AuthoriserNeeded is a funder that needs one, and who could be named.
type AuthoriserNeeded struct {
	Agency panels.Agency
	People []panels.OutsidePerson
}

// ShowAuthorisers lists the funders of an item that need an independent authoriser: to the clerk and the chair
// all of them, to an authorising officer their own.
func ShowAuthorisers(tx db.Tx, itemID uuid.UUID) (page Authorisers, err error) {
	var meetings []uuid.UUID
	if err := tx.Raw(`select meeting_id from agenda_item where id = ? and state = 'listed' and number <> ''`, itemID).Scan(&meetings).Error; err != nil {
		return page, err
	}
	if len(meetings) == 0 {
		return page, fault.New(fault.NotFound, "There is no such item.")
	}
	state, err := Load(tx, meetings[0])
	if err != nil {
		return page, err
	}
	item, found := state.item(itemID)
	page = Authorisers{MeetingID: state.Meeting.ID, Forum: state.Forum, Meeting: state.Meeting, ItemID: itemID, Number: item.Number}
	records := tx.Actor.May(access.RecordMeeting, state.Forum.ID)
	officer := slices.ContainsFunc(state.funders(item), func(f panels.Agency) bool { return f.OfficerID != nil && *f.OfficerID == tx.Actor.PersonID })
	switch {
	case !found || !records && !officer:
		return page, fault.New(fault.NotFound, "There is no such item.")
	case state.Table.Left(tx.Actor.PersonID, itemID):
		return page, fault.New(fault.Denied, "You have left for this item, so somebody else must name the authoriser.")
	}
	mine := func(agency panels.Agency) bool {
		return records || agency.OfficerID != nil && *agency.OfficerID == tx.Actor.PersonID
	}
	for _, funder := range state.conflicted(item) {
		if !mine(funder) {
			continue
		}
		people, err := panels.PeopleUnseated(tx, state.Meeting, funder)
		if err != nil {
			return page, err
		}
		people = slices.DeleteFunc(people, func(p panels.OutsidePerson) bool {
			return state.Table.Left(p.PersonID, itemID) || item.PresenterID != nil && *item.PresenterID == p.PersonID
		})
		page.Needed = append(page.Needed, AuthoriserNeeded{Agency: funder, People: people})
	}
	for _, guest := range state.Table.Guests {
		if guest.ItemID == itemID && guest.Authoriser && mine(state.agency(guest.Agency.ID)) {
			page.Named = append(page.Named, panels.GuestRow{Guest: panels.Guest{ID: guest.ID, PersonID: guest.PersonID}, Name: guest.Name, Agency: guest.Agency.Name})
		}
	}
	return page, nil
}
