package room

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Awaiting is a decision that one chair has confirmed and the other has still to confirm. It binds
// nobody and nothing follows from it yet.
//
// The two confirm for the two chairs, each a person of their own: whoever holds both chairs confirms
// once, and somebody else stands in for the other chair. A chair's named deputy, and the deputy chair,
// stand in when its holder is not here, has left for the item, or has confirmed for the other chair.
type Awaiting struct {
	ID          uuid.UUID // and of the decision it becomes
	MeetingID   uuid.UUID
	ItemID      uuid.UUID
	Content     ConfirmDecision `gorm:"serializer:json"`
	Standing    Standing
	Quorum      string
	Counted     string
	SeatID      uuid.UUID // the chair it was confirmed for
	ConfirmedBy uuid.UUID
	ConfirmedAt time.Time

	Names DecisionNames `gorm:"-"`
}

// TableName is decision_waiting.
func (Awaiting) TableName() string { return "decision_waiting" }

// mayStandFor reports whether a person may confirm for a chair, when first has confirmed for another
// one; first is uuid.Nil when nobody has.
func (t Table) mayStandFor(personID uuid.UUID, chair Place, itemID, first uuid.UUID) bool {
	if personID == first || t.Left(personID, itemID) {
		return false
	}
	var holder uuid.UUID
	named := false
	for _, sitter := range chair.Fills {
		if sitter.DeputyOrder == 0 {
			holder = sitter.PersonID
		}
		named = named || sitter.PersonID == personID
	}
	if holder == personID {
		return true
	}
	away := holder == uuid.Nil || holder == first || !t.Present(holder) || t.Left(holder, itemID)
	return away && (named || t.isDeputyChair(personID))
}

func (t Table) isDeputyChair(personID uuid.UUID) bool {
	return slices.ContainsFunc(t.Places, func(p Place) bool {
		return p.Seat.Office == access.DeputyChair && slices.ContainsFunc(p.Fills, func(s Sitter) bool { return s.PersonID == personID })
	})
}

// chairs lists the two chairs in their order at the table, those a person holds first.
func (t Table) chairs(personID uuid.UUID) []Place {
	var chairs []Place
	for _, place := range t.Places {
		if place.Seat.Office == access.Chair {
			chairs = append(chairs, place)
		}
	}
	rank := func(p Place) int {
		if slices.ContainsFunc(p.Fills, func(s Sitter) bool { return s.PersonID == personID && s.DeputyOrder == 0 }) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(chairs, func(a, b Place) int { return cmp.Compare(rank(a), rank(b)) })
	return chairs
}

// mayConfirmFirst is the chair for which a person may be the first to confirm, or why there is none.
func (t Table) mayConfirmFirst(personID, itemID uuid.UUID) (Place, error) {
	for _, chair := range t.chairs(personID) {
		if t.mayStandFor(personID, chair, itemID, uuid.Nil) {
			return chair, nil
		}
	}
	return Place{}, fault.New(fault.Denied, "The chairs are here and confirm this decision. A deputy does so only for a chair who is not here.")
}

// mayConfirmAlso says why a person may not be the second to confirm, or nil.
func (t Table) mayConfirmAlso(personID uuid.UUID, a Awaiting) error {
	if personID == a.ConfirmedBy {
		return fault.New(fault.Denied, "You have confirmed this already. The other chair, or their deputy, confirms it too.")
	}
	for _, chair := range t.chairs(personID) {
		if chair.Seat.ID != a.SeatID && t.mayStandFor(personID, chair, a.ItemID, a.ConfirmedBy) {
			return nil
		}
	}
	return fault.New(fault.Denied, "This waits for the other chair. A deputy confirms it only when that chair is not here.")
}

// maySendBack says why a person may not send a waiting decision back, or nil: either chair may, and
// whoever may confirm in the other's place.
func (t Table) maySendBack(personID uuid.UUID, a Awaiting) error {
	holds := slices.ContainsFunc(t.chairs(personID), func(chair Place) bool {
		return slices.ContainsFunc(chair.Fills, func(s Sitter) bool { return s.PersonID == personID && s.DeputyOrder == 0 })
	})
	switch {
	case t.Left(personID, a.ItemID):
		return fault.New(fault.Denied, "You have left for this item, so somebody else must send its decision back.")
	case holds || personID == a.ConfirmedBy:
		return nil
	}
	return t.mayConfirmAlso(personID, a)
}

// mayAnswer says what a person may do about a decision that waits. One whose first chair has left for
// the item meanwhile can only be sent back.
func (s State) mayAnswer(personID uuid.UUID, a Awaiting) (confirm, sendBack bool) {
	return !s.Table.Left(a.ConfirmedBy, a.ItemID) && s.Table.mayConfirmAlso(personID, a) == nil, s.Table.maySendBack(personID, a) == nil
}

// waitsFor names whoever the other chair is: "Ben Carr".
func (t Table) waitsFor(a Awaiting) string {
	for _, chair := range t.chairs(uuid.Nil) {
		if chair.Seat.ID == a.SeatID {
			continue
		}
		for _, sitter := range chair.Fills {
			if sitter.DeputyOrder == 0 && sitter.PersonID != a.ConfirmedBy {
				return sitter.Name
			}
		}
		return "whoever stands in as " + chair.Seat.Name
	}
	return "the other chair"
}

// awaitOther keeps a decision until the other chair has confirmed it, and tells them that it waits.
func (s *sitting) awaitOther(c ConfirmDecision, d Decision, item Item) (happened, error) {
	chair, err := s.table.mayConfirmFirst(s.Actor.PersonID, item.ID)
	if err != nil {
		return happened{}, err
	}
	waiting := Awaiting{
		ID: d.ID, MeetingID: s.meeting.ID, ItemID: item.ID, Content: c, Standing: d.Standing, Quorum: d.Quorum, Counted: d.Counted,
		SeatID: chair.Seat.ID, ConfirmedBy: s.Actor.PersonID, ConfirmedAt: s.Now,
	}
	waiting.Content.VoteID = d.VoteID
	if err := s.Create(&waiting).Error; err != nil {
		return happened{}, err
	}
	for _, other := range s.table.chairs(uuid.Nil) {
		if other.Seat.ID == chair.Seat.ID || len(other.Fills) == 0 {
			continue
		}
		for _, sitter := range other.Fills { // its holder; the first deputy where there is none or they confirmed already
			if sitter.PersonID == s.Actor.PersonID || s.table.Left(sitter.PersonID, item.ID) {
				continue
			}
			if err := notify.Send(s.Tx, notify.Notice{Kind: NoticeAwaiting, IDs: notify.IDs{"decision": d.ID}, To: sitter.PersonID}); err != nil {
				return happened{}, err
			}
			break
		}
	}
	return happened{itemID: &item.ID, says: "The decision on item " + item.Number + " waits for the other chair", kind: "decision", object: d.ID}, nil
}

// awaiting finds a decision of this meeting that still waits, with its item.
func (s *sitting) awaiting(id uuid.UUID) (Awaiting, Item, error) {
	list, err := awaitingWhere(s.Tx, `w.id = ? and w.meeting_id = ?`, id, s.meeting.ID)
	if err != nil {
		return Awaiting{}, Item{}, err
	}
	if len(list) == 0 {
		return Awaiting{}, Item{}, fault.New(fault.Conflict, "This decision does not wait any more. Look at how it stands now.")
	}
	item, err := s.itemOf(list[0].ItemID)
	if err != nil {
		return Awaiting{}, Item{}, err
	}
	return list[0], item, s.chairsItem(item)
}

// settle ends the waiting.
func (s *sitting) settle(a Awaiting, reason string) error {
	return db.RequireOne(s.Exec(`update decision_waiting set settled_at = ?, settled_by = ?, sent_back_reason = ? where id = ? and settled_at is null`,
		s.Now, s.Actor.PersonID, reason, a.ID))
}

func (s *State) loadAwaiting(tx db.Tx) (err error) {
	s.Awaiting = nil
	if s.Terms.BothChairsConfirm {
		s.Awaiting, err = awaitingWhere(tx, `w.meeting_id = ?`, s.Meeting.ID)
	}
	return err
}

// awaitingWhere reads decisions that wait, w, with what their ids are called, earliest first.
func awaitingWhere(tx db.Tx, where string, args ...any) ([]Awaiting, error) {
	var rows []struct {
		Awaiting
		Text                                           string
		ConfirmedByName, EndorsedByName, NextForumName string
		NextMeetingAt                                  *time.Time
	}
	err := tx.Raw(`
		select w.id, w.meeting_id, w.item_id, w.standing, w.quorum, w.counted, w.seat_id, w.confirmed_by, w.confirmed_at, w.content::text as text,
			p.name as confirmed_by_name, coalesce(e.name, '') as endorsed_by_name, coalesce(f.name, '') as next_forum_name, m.starts_at as next_meeting_at
		from decision_waiting w
		join person p on p.id = w.confirmed_by
		left join agency e on e.id = (w.content ->> 'endorsed_by_id')::uuid
		left join forum f on f.id = (w.content ->> 'next_forum_id')::uuid
		left join meeting m on m.id = (w.content ->> 'next_meeting_id')::uuid
		where w.settled_at is null and `+where+` order by w.confirmed_at, w.id`, args...).Scan(&rows).Error
	var list []Awaiting
	for _, row := range rows {
		a := row.Awaiting
		if err := json.Unmarshal([]byte(row.Text), &a.Content); err != nil {
			return nil, err
		}
		a.Names = DecisionNames{ConfirmedBy: row.ConfirmedByName, EndorsedBy: row.EndorsedByName, NextForum: row.NextForumName, NextMeetingAt: row.NextMeetingAt}
		list = append(list, a)
	}
	return list, err
}

func (s State) awaiting(itemID uuid.UUID) (Awaiting, bool) {
	for _, waiting := range s.Awaiting {
		if waiting.ItemID == itemID {
			return waiting, true
		}
	}
	return Awaiting{}, false
}

// AwaitingView shows a decision that waits, in the words that would bind.
func (s State) AwaitingView(a Awaiting) AwaitingView {
	c := a.Content
	d := Decision{
		ID: a.ID, ItemID: a.ItemID, VoteID: c.VoteID, Outcome: c.Outcome, Standing: a.Standing, EndorsedByID: c.EndorsedByID, Reasons: c.Reasons,
		StartOn: c.StartOn, EndOn: c.EndOn, ReviewOn: c.ReviewOn, WithoutPrejudice: c.withoutPrejudice(), Meanwhile: c.Meanwhile, Challenge: c.Challenge,
		Missing: c.Missing, NextForumID: c.NextForumID, WhatNext: c.WhatNext, CastingVote: c.CastingVote, AssessorPresent: c.AssessorPresent,
		Quorum: a.Quorum, Counted: a.Counted, WeeksThousandths: s.Terms.WeeksPerYearThousandths, ConfirmedBy: a.ConfirmedBy, ConfirmedAt: a.ConfirmedAt, Names: a.Names,
	}
	for _, share := range c.Split {
		d.Shares = append(d.Shares, DecisionShare{DecisionID: a.ID, AgencyID: share.AgencyID, WeeklyPence: share.WeeklyPence, OneOffPence: share.OneOffPence, WithoutPrejudice: share.WithoutPrejudice})
	}
	for i, condition := range c.Conditions {
		d.Conditions = append(d.Conditions, DecisionCondition{
			DecisionID: a.ID, Position: i + 1, Text: condition.Text, EvidenceDue: condition.EvidenceDue, OwnerID: condition.OwnerID, AskedByID: condition.AskedByID,
			Now: ConditionNow{Owner: textOf(s.Owners, condition.OwnerID), DueOn: condition.EvidenceDue, State: ConditionWaits},
		})
	}
	view := AwaitingView{DecisionView: s.DecisionView(d), WaitsFor: s.Table.waitsFor(a)}
	view.Standing = "Waits for the other chair, and binds nobody until then"
	if item, found := s.item(a.ItemID); found {
		for _, need := range s.needsOf(item, c.Outcome, c.EndorsedByID) {
			view.Facts = append(view.Facts, Fact{Name: "Then", Text: need})
		}
	}
	return view
}

// textOf is what a choice is called; "" when it is not among them.
func textOf(choices []Choice, id uuid.UUID) string {
	for _, choice := range choices {
		if choice.ID == id {
			return choice.Text
		}
	}
	return ""
}
