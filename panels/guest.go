package panels

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Guest is somebody from outside the forum who joins one item of a meeting and speaks for an agency in it: one
// from outside the partnership, or a funder of it whose own members have all left for the item.
type Guest struct {
	ID         uuid.UUID
	MeetingID  uuid.UUID
	ItemID     uuid.UUID
	PersonID   uuid.UUID
	AgencyID   uuid.UUID
	Authoriser bool // the agency's independent authoriser
	AddedBy    uuid.UUID
	AddedAt    time.Time
	EndedAt    *time.Time
	Leads      bool // a young person, or who supports them, who chairs their own item
	Version    int
}

// TableName is meeting_guest.
func (Guest) TableName() string { return "meeting_guest" }

// PutGuest asks a person to join one item of a meeting for the outside agency they work for. Whoever
// keeps calendars right is told, once the change is committed. Whether the item takes guests, and
// whether the actor may ask, is for the caller.
func PutGuest(tx db.Tx, meeting Meeting, itemID, personID uuid.UUID, leads bool) (Guest, error) {
	var form fault.Form
	var found []struct {
		AgencyID               uuid.UUID
		Name                   string
		Kind                   AgencyKind
		Outside, Seated, Asked bool
	}
	err := tx.Raw(`
		select a.id as agency_id, p.name, a.kind, a.outside,
			exists (select from seat s join seat_holding h on h.seat_id = s.id where s.forum_id = @forum and h.person_id = p.id
				and h.from_date <= @on and (h.to_date is null or h.to_date >= @on)) as seated,
			exists (select from meeting_guest g where g.item_id = @item and g.person_id = p.id and g.ended_at is null) as asked
		from person p join agency a on a.id = p.agency_id
		where p.id = @person and (p.ended_on is null or p.ended_on > @on)`,
		map[string]any{"forum": meeting.ForumID, "on": meeting.On(), "item": itemID, "person": personID}).Scan(&found).Error
	switch {
	case err != nil:
		return Guest{}, err
	case len(found) == 0 || !found[0].Outside:
		form.Add("person", "Choose somebody who works for an agency from outside")
	case found[0].Seated:
		form.Add("person", "%s has a seat at this meeting, so they join it all", found[0].Name)
	case found[0].Asked:
		form.Add("person", "%s is a guest of this item already", found[0].Name)
	case leads && found[0].Kind != Families:
		form.Add("leads", "Only a young person, or who supports them, chairs their own item")
	}
	if err := form.Err(); err != nil {
		return Guest{}, err
	}
	guest := Guest{
		ID: newID(), MeetingID: meeting.ID, ItemID: itemID, PersonID: personID, AgencyID: found[0].AgencyID,
		AddedBy: tx.Actor.PersonID, AddedAt: tx.Now, Leads: leads, Version: 1,
	}
	if err := tx.Create(&guest).Error; err != nil {
		return guest, err
	}
	if err := record(tx, "guest.asked", guest.ID, meeting.ForumID, nil, guest); err != nil {
		return guest, err
	}
	return guest, announce(tx, meeting.ID)
}

// PutAuthoriser gives a person the place of an agency's independent authoriser in one item. They have no
// seat on the forum. Whether the agency needs one, and whether the actor may name them, is for the caller.
func PutAuthoriser(tx db.Tx, meeting Meeting, itemID uuid.UUID, agency Agency, personID uuid.UUID) (Guest, error) {
	people, err := PeopleUnseated(tx, meeting, agency)
	if err != nil {
		return Guest{}, err
	}
	var form fault.Form
	form.Require(slices.ContainsFunc(people, func(p OutsidePerson) bool { return p.PersonID == personID }), "person_id",
		"Choose somebody who works for "+agency.Name+" or its legal body and has no seat at this meeting")
	var asked bool
	if err := tx.Raw(`select exists (select from meeting_guest where item_id = ? and person_id = ? and ended_at is null)`, itemID, personID).Scan(&asked).Error; err != nil {
		return Guest{}, err
	}
	form.Require(!asked, "person_id", "They join this item already")
	if err := form.Err(); err != nil {
		return Guest{}, err
	}
	guest := Guest{
		ID: newID(), MeetingID: meeting.ID, ItemID: itemID, PersonID: personID, AgencyID: agency.ID, Authoriser: true,
		AddedBy: tx.Actor.PersonID, AddedAt: tx.Now, Version: 1,
	}
	if err := tx.Create(&guest).Error; err != nil {
		return guest, err
	}
	if err := record(tx, "guest.asked", guest.ID, meeting.ForumID, nil, guest); err != nil {
		return guest, err
	}
	return guest, announce(tx, meeting.ID)
}

// PeopleUnseated lists who works for an agency, or for another of its legal body, and has no seat on a
// meeting's forum that day.
func PeopleUnseated(tx db.Tx, meeting Meeting, agency Agency) (people []OutsidePerson, err error) {
	err = tx.Raw(`
		select p.id as person_id, a.id as agency_id, p.name, a.name as agency, a.legal_body
		from person p join agency a on a.id = p.agency_id
		where (a.id = @agency or @body <> '' and a.legal_body = @body) and (p.ended_on is null or p.ended_on > @on)
			and not exists (select from seat s join seat_holding h on h.seat_id = s.id where s.forum_id = @forum and h.person_id = p.id
				and h.from_date <= @on and (h.to_date is null or h.to_date >= @on))
		order by a.id <> @agency, a.name, p.name, p.id limit 500`,
		map[string]any{"agency": agency.ID, "body": agency.LegalBody, "on": meeting.On(), "forum": meeting.ForumID}).Scan(&people).Error
	return people, err
}

// EndGuest takes a guest's place back: from then on the item is closed to them.
func EndGuest(tx db.Tx, guest Guest, forumID uuid.UUID) error {
	err := db.RequireOne(tx.Model(&Guest{}).Where("id = ? and version = ? and ended_at is null", guest.ID, guest.Version).
		Updates(map[string]any{"ended_at": tx.Now, "version": guest.Version + 1}))
	if err != nil {
		return err
	}
	if err := record(tx, "guest.withdrawn", guest.ID, forumID, guest, nil); err != nil {
		return err
	}
	return announce(tx, guest.MeetingID)
}

// GuestRow is a guest with what their ids are called.
type GuestRow struct {
	Guest
	Name   string
	Agency string
}

// GuestsOf lists the guests of a meeting's items, in the order they were asked.
func GuestsOf(tx db.Tx, meetingID uuid.UUID) (rows []GuestRow, err error) {
	err = tx.Raw(`
		select g.*, p.name, a.name as agency
		from meeting_guest g join person p on p.id = g.person_id join agency a on a.id = g.agency_id
		where g.meeting_id = ? and g.ended_at is null order by g.added_at, g.id`, meetingID).Scan(&rows).Error
	return rows, err
}

// OutsidePerson is somebody who could be asked to join one item.
type OutsidePerson struct {
	PersonID  uuid.UUID
	AgencyID  uuid.UUID
	Name      string
	Agency    string
	LegalBody string
}

// PeopleOutside lists everybody who works for an agency from outside, by agency and name.
func PeopleOutside(tx db.Tx) (people []OutsidePerson, err error) {
	err = tx.Raw(`
		select p.id as person_id, a.id as agency_id, p.name, a.name as agency, a.legal_body
		from person p join agency a on a.id = p.agency_id and a.outside
		where p.ended_on is null or p.ended_on > ? order by a.name, p.name, p.id limit 500`, tx.Today()).Scan(&people).Error
	return people, err
}
