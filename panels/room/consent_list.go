package room

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// A consent list is the items nobody contests: the chair puts them on it, anyone who may vote takes one off by
// objecting, and the rest are decided together. Each funder gives one position for the whole list, and each
// item then has its own vote and its own decision on the record.
type consentItem struct {
	ItemID         uuid.UUID
	MeetingID      uuid.UUID
	Reasons        string // why it is agreed; where nobody is asked to pay, what is
	PutBy          uuid.UUID
	PutAt          time.Time
	TakenOffAt     *time.Time
	TakenOffBy     *uuid.UUID
	TakenOffReason string
	DecidedAt      *time.Time

	TakenOffName string `gorm:"->;-:migration"`
}

// consentPosition is a funder's agreement to its share of everything on the list. It is set aside when an item
// is put on afterwards, or by who gave it.
type consentPosition struct {
	ID         uuid.UUID
	MeetingID  uuid.UUID
	VotesFor   uuid.UUID
	SeatID     uuid.UUID // or the guest's place
	PersonID   uuid.UUID
	Deputy     bool
	GivenAt    time.Time
	RecordedBy uuid.UUID
}

// consentList is a meeting's.
type consentList struct {
	Items     []consentItem
	Positions []consentPosition // those that stand
}

func loadConsentList(tx db.Tx, meetingID uuid.UUID) (list consentList, err error) {
	err = tx.Raw(`
		select c.*, coalesce(p.name, '') as taken_off_name from consent_item c join agenda_item i on i.id = c.item_id left join person p on p.id = c.taken_off_by
		where c.meeting_id = ? order by i.position, i.id`, meetingID).Scan(&list.Items).Error
	if err != nil || len(list.Items) == 0 {
		return list, err
	}
	err = tx.Raw(`
		select id, meeting_id, votes_for, seat_id, person_id, deputy, given_at, recorded_by
		from consent_position where meeting_id = ? and set_aside_at is null order by id`, meetingID).Scan(&list.Positions).Error
	return list, err
}

func (s *State) loadConsent(tx db.Tx) (err error) {
	s.Consent, err = loadConsentList(tx, s.Meeting.ID)
	return err
}

// on lists the items that are on the list and still to be decided.
func (l consentList) on() []uuid.UUID {
	var ids []uuid.UUID
	for _, item := range l.Items {
		if item.TakenOffAt == nil && item.DecidedAt == nil {
			ids = append(ids, item.ItemID)
		}
	}
	return ids
}

func (l consentList) position(votesFor uuid.UUID) (consentPosition, bool) {
	at := slices.IndexFunc(l.Positions, func(p consentPosition) bool { return p.VotesFor == votesFor })
	if at < 0 {
		return consentPosition{}, false
	}
	return l.Positions[at], true
}

// consentItems are the items on the list, in the order of the agenda.
func (s State) consentItems() []Item {
	var items []Item
	on := s.Consent.on()
	for _, item := range s.Items {
		if slices.Contains(on, item.ID) && item.State == agendas.Listed {
			items = append(items, item)
		}
	}
	return items
}

// consentFunders are who is asked to pay for anything on the list.
func (s State) consentFunders() []panels.Agency {
	var all []Share
	for _, item := range s.consentItems() {
		for _, share := range item.Shares {
			at := slices.IndexFunc(all, func(other Share) bool { return other.AgencyID == share.AgencyID })
			if at < 0 {
				all = append(all, share)
				continue
			}
			all[at].WeeklyPence, all[at].OneOffPence = all[at].WeeklyPence+share.WeeklyPence, all[at].OneOffPence+share.OneOffPence
		}
	}
	return fundersOf(inOrder(all, s.Agencies), s.Agencies, s.Terms.ByLegalBody)
}

// consentVoters lists the positions the list asks for, with who can give each now: as for one item that none
// of them has left, because whoever has left for an item keeps it off the list.
func (s State) consentVoters() []Voter {
	if len(s.consentFunders()) == 0 {
		return nil
	}
	return Voters(s.Table, uuid.Nil, s.consentFunders())
}

// barsConsent says why an item cannot be decided on the list, or "". Money is in order, nobody has an interest
// in it, nobody from outside is asked to pay, and it was not voted on: what is any less plain is for the panel.
func (s State) barsConsent(item Item) string {
	if _, decided := s.decision(item.ID); decided {
		return "is decided"
	}
	split := item.Shares
	weekly, oneOff := totals(split)
	switch {
	case item.State != agendas.Listed || item.Number == "":
		return "is not on the agenda that is out"
	case item.Kind != agendas.RequestItem && item.Kind != agendas.CaseItem:
		return "is not about a young person"
	case item.Progress == Open:
		return "is open now"
	case len(s.runs(item.ID)) > 0:
		return "was voted on already"
	case slices.ContainsFunc(s.Table.Absences, func(a Absence) bool { return a.ItemID == item.ID }) || slices.ContainsFunc(s.Table.Voteless, func(a Absence) bool { return a.ItemID == item.ID }):
		return "has somebody with an interest in it"
	case slices.ContainsFunc(s.Table.Guests, func(g Guest) bool { return g.ItemID == item.ID }):
		return "has a guest"
	case item.RequestID != nil && item.StartsOn.IsZero():
		return "does not say when it starts"
	case weekly != item.WeeklyPence || oneOff != item.OneOffPence:
		return "is not shared to the penny"
	case checkLaw(item.law(item.StartsOn, s.Terms.WeeksPerYearThousandths), split, "", s.Agencies) != nil:
		return "has a share that the law stops"
	}
	return ""
}

// consentState is what a change to the list needs to know of the meeting.
func (s *sitting) consentState() (State, error) {
	state := State{Now: s.Now, Meeting: s.meeting, Forum: s.forum, Terms: s.terms, Table: s.table}
	agencies, err := s.allAgencies()
	if err != nil {
		return state, err
	}
	state.Agencies = agencies
	return state, errors.Join(state.loadItems(s.Tx), state.loadVotes(s.Tx), state.loadDecisions(s.Tx), state.loadConsent(s.Tx))
}

// perform puts an item on the list, or puts it back with other words. Positions given before are set aside:
// consent is to what was on the list.
func (c PutOnConsentList) perform(s *sitting) (happened, error) {
	if err := s.chairs(); err != nil {
		return happened{}, err
	}
	if err := s.notClosed(); err != nil {
		return happened{}, err
	}
	state, err := s.consentState()
	if err != nil {
		return happened{}, err
	}
	item, err := s.itemOf(c.ItemID)
	if err != nil {
		return happened{}, err
	}
	if err := s.chairsItem(item); err != nil {
		return happened{}, err
	}
	item, _ = state.item(item.ID)
	if barred := state.barsConsent(item); barred != "" {
		return happened{}, fault.New(fault.Conflict, "Item %s cannot be on the consent list: it %s.", item.Number, barred)
	}
	if slices.Contains(state.Consent.on(), item.ID) {
		return happened{}, fault.New(fault.Conflict, "Item %s is on the consent list already.", item.Number)
	}
	reasons := strings.TrimSpace(c.Reasons)
	var form fault.Form
	if len(item.Shares) == 0 {
		form.Require(reasons != "", "reasons", "Enter what is agreed, and why")
	} else {
		form.Require(reasons != "", "reasons", "Enter the reasons for agreeing")
	}
	form.Require(len([]rune(reasons)) <= longestNote, "reasons", "Shorten the reasons to 20,000 characters or fewer")
	if err := form.Err(); err != nil {
		return happened{}, err
	}
	err = errors.Join(
		s.Exec(`insert into consent_item (item_id, meeting_id, reasons, put_by, put_at) values (@item, @meeting, @reasons, @me, @now)
			on conflict (item_id) do update set reasons = @reasons, put_by = @me, put_at = @now, taken_off_at = null, taken_off_by = null, taken_off_reason = ''`,
			map[string]any{"item": item.ID, "meeting": s.meeting.ID, "reasons": reasons, "me": s.Actor.PersonID, "now": s.Now}).Error,
		s.Exec(`update consent_position set set_aside_at = ? where meeting_id = ? and set_aside_at is null`, s.Now, s.meeting.ID).Error,
	)
	return happened{itemID: &item.ID, says: "Item " + item.Number + " is on the consent list", kind: "agenda_item", object: item.ID}, err
}

// perform takes an item off the list by objecting: it is then taken like any other.
func (c ObjectToConsent) perform(s *sitting) (happened, error) {
	if !s.Actor.May(access.Vote, s.forum.ID) {
		if err := s.chairs(); err != nil {
			return happened{}, fault.New(fault.Denied, "Whoever votes here, and the chair, takes an item off the consent list.")
		}
	}
	if err := s.notClosed(); err != nil {
		return happened{}, err
	}
	item, err := s.itemOf(c.ItemID)
	if err != nil {
		return happened{}, err
	}
	if s.table.Left(s.Actor.PersonID, item.ID) {
		return happened{}, fault.New(fault.Denied, "You have left for item %s.", item.Number)
	}
	reason := strings.TrimSpace(c.Reason)
	var form fault.Form
	form.Require(len([]rune(reason)) <= longestReason, "reason", "Shorten the reason to 1,000 characters or fewer")
	if err := form.Err(); err != nil {
		return happened{}, err
	}
	taken, err := s.offConsentList(item.ID, reason)
	if err != nil {
		return happened{}, err
	}
	if !taken {
		return happened{}, fault.New(fault.Conflict, "Item %s is not on the consent list any more.", item.Number)
	}
	return happened{itemID: &item.ID, says: "Item " + item.Number + " is off the consent list", kind: "agenda_item", object: item.ID}, nil
}

// offConsentList takes an item off the list; false when it was not on it.
func (s *sitting) offConsentList(itemID uuid.UUID, reason string) (bool, error) {
	done := s.Exec(`update consent_item set taken_off_at = ?, taken_off_by = ?, taken_off_reason = ? where item_id = ? and taken_off_at is null and decided_at is null`,
		s.Now, s.Actor.PersonID, reason, itemID)
	return done.RowsAffected == 1, done.Error
}
