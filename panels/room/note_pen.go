package room

import (
	"time"

	"github.com/google/uuid"

	"quorate/server/base/db"
)

// A Pen says who writes the notes of an item. One person writes at a time; whoever else records asks
// for it. It rests where it was put down until somebody else takes it.
type Pen struct {
	ItemID    uuid.UUID
	HolderID  uuid.UUID
	Holder    string
	HeldAt    time.Time  // when it was taken
	WroteAt   *time.Time // when the holder's words were last saved
	AskedByID *uuid.UUID
	AskedBy   string
	AskedAt   *time.Time
}

const (
	penRests  = 2 * time.Minute  // of silence, after which anybody who records takes it
	penPasses = 30 * time.Second // of silence after somebody asked, after which they take it
)

// lastUsed is the last sign of its holder.
func (p Pen) lastUsed() time.Time {
	if p.WroteAt != nil && p.WroteAt.After(p.HeldAt) {
		return *p.WroteAt
	}
	return p.HeldAt
}

// passesAt is when a person may take the pen without its holder.
func (p Pen) passesAt(personID uuid.UUID) time.Time {
	rests := p.lastUsed().Add(penRests)
	if p.AskedByID == nil || *p.AskedByID != personID {
		return rests
	}
	silent := p.lastUsed()
	if p.AskedAt.After(silent) {
		silent = *p.AskedAt
	}
	if passes := silent.Add(penPasses); passes.Before(rests) {
		return passes
	}
	return rests
}

// mayTake reports whether a person may take the pen now: it is theirs, or its holder has fallen silent.
func (p Pen) mayTake(personID uuid.UUID, now time.Time) bool {
	return p.HolderID == personID || !now.Before(p.passesAt(personID))
}

const pensWhere = `
	select w.item_id, w.holder_id, h.name as holder, w.held_at, v.at as wrote_at, w.asked_by_id, coalesce(a.name, '') as asked_by, w.asked_at
	from note_pen w
	join person h on h.id = w.holder_id
	left join person a on a.id = w.asked_by_id
	left join note n on n.item_id = w.item_id
	left join note_version v on v.note_id = n.id and v.version = n.version and v.author = w.holder_id
	where `

// pen is who writes an item's notes, or nil: nobody has, or who had it has left for the item.
func (s *sitting) pen(itemID uuid.UUID) (*Pen, error) {
	var pens []Pen
	if err := s.Raw(pensWhere+`w.item_id = ?`, itemID).Scan(&pens).Error; err != nil || len(pens) == 0 {
		return nil, err
	}
	if s.table.Left(pens[0].HolderID, itemID) {
		return nil, nil
	}
	return &pens[0], nil
}

// givePen puts the pen of an item into somebody's hand.
func (s *sitting) givePen(itemID, personID uuid.UUID) error {
	return s.Exec(`
		insert into note_pen (item_id, meeting_id, holder_id, held_at) values (?, ?, ?, ?)
		on conflict (item_id) do update set holder_id = excluded.holder_id, held_at = excluded.held_at, asked_by_id = null, asked_at = null`,
		itemID, s.meeting.ID, personID, s.Now).Error
}

// notesOfItem finds an item for somebody who records and has not left for it.
func (s *sitting) notesOfItem(itemID uuid.UUID) (Item, error) {
	if err := s.records(); err != nil {
		return Item{}, err
	}
	item, err := s.itemOf(itemID)
	if err != nil {
		return Item{}, err
	}
	if s.table.Left(s.Actor.PersonID, item.ID) {
		return Item{}, leftNotes(item)
	}
	return item, nil
}

func (s *State) loadPens(tx db.Tx) error {
	s.Pens = nil
	return tx.Raw(pensWhere+`w.meeting_id = ? order by w.item_id`, s.Meeting.ID).Scan(&s.Pens).Error
}
