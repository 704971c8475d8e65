package escalations

import (
	"context"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// DisputePart is a dispute on a blocker's page, with what each agency says side by side.
type DisputePart struct {
	Dispute
	Of           int64         `gorm:"-"` // the number of the blocker it began with, where that is another
	BlockerNo    int64         // of the blocker it began with
	OpenedByName string        // who opened it
	DecideBy     clock.Date    `gorm:"-"` // the last day for the level to decide; Not known once it has ended, and at a board
	Parties      []Party       `gorm:"-"`
	Interims     []InterimLine `gorm:"-"`
	Result       *ResultLine   `gorm:"-"`
	Closed       bool          `gorm:"-"` // the reader sees that there is a dispute, and nothing of what is said in it
	MayInterim   bool          `gorm:"-"`
	MaySettle    bool          `gorm:"-"`
}

// Party is an agency in a dispute.
type Party struct {
	AgencyID uuid.UUID
	Agency   string
	Says     *PositionLine  `gorm:"-"` // the position that stands; nil: it has not stated one
	Earlier  []PositionLine `gorm:"-"` // the latest first
	MayState bool           `gorm:"-"` // the reader, for it
	OnBehalf bool           `gorm:"-"` // as the clerk
}

// PositionLine is a position with the name of whoever stated it or wrote it down.
type PositionLine struct {
	Position
	ByName string
}

// InterimLine is who pays meanwhile, with names.
type InterimLine struct {
	Interim
	Agency       string
	AgreedByName string
	RecordedName string
}

// ResultLine is what a dispute came to, with names.
type ResultLine struct {
	Settled
	Payer        string
	RecordedName string
}

// mostDisputes bounds the disputes on one page.
const mostDisputes = 20

// readDisputes reads the disputes of a blocker and of those that joined it, the latest first.
func (p *BlockerPage) readDisputes(tx db.Tx) error {
	err := tx.Raw(`
		with recursive joined as (
			select b.id, b.number from blocker b where b.id = @id
			union
			select b.id, b.number from blocker b join joined j on b.joined_into = j.id
		)
		select d.*, j.number as blocker_no, o.name as opened_by_name
		from dispute d join joined j on j.id = d.blocker_id join person o on o.id = d.opened_by
		order by d.ended_at is null desc, d.id desc limit @most`, map[string]any{"id": p.ID, "most": mostDisputes}).Scan(&p.Disputes).Error
	if err != nil {
		return err
	}
	p.MayDispute = p.MayChange
	for i := range p.Disputes {
		if p.Disputes[i].EndedAt == nil {
			p.MayDispute = false
		}
		if err := p.Disputes[i].read(tx, p.Blocker); err != nil {
			return err
		}
	}
	return nil
}

// read fills in a dispute on the page of the blocker that shows it.
func (d *DisputePart) read(tx db.Tx, b Blocker) error {
	if d.BlockerID != b.ID {
		d.Of = d.BlockerNo
	}
	open := d.EndedAt == nil && b.State == Open
	if open && b.Level != BoardLevel {
		d.DecideBy = d.clockAt(b.LevelSince).By()
	}
	d.Closed = !readsDetails(tx.Actor, b)
	if err := d.readParties(tx, b, open); err != nil || d.Closed {
		d.About = ""
		return err
	}
	d.MayInterim = open && (tx.Actor.May(access.RaiseBlocker, b.ForumID) || heldAndMay(tx.Actor, b, access.RaiseBlocker))
	d.MaySettle = open && maySettle(tx.Actor, b)
	err := tx.Raw(`
		select i.*, a.name as agency, p.name as agreed_by_name, r.name as recorded_name
		from dispute_interim i join agency a on a.id = i.agency_id join person p on p.id = i.agreed_by join person r on r.id = i.recorded_by
		where i.dispute_id = ? order by i.id desc limit 50`, d.ID).Scan(&d.Interims).Error
	if err != nil {
		return err
	}
	var results []ResultLine
	err = tx.Raw(`
		select s.*, coalesce(a.name, '') as payer, r.name as recorded_name
		from dispute_result s join person r on r.id = s.recorded_by left join agency a on a.id = s.payer_id
		where s.dispute_id = ?`, d.ID).Scan(&results).Error
	if len(results) > 0 {
		d.Result = &results[0]
	}
	return err
}

// readParties reads the agencies of a dispute in their order, and what each says.
func (d *DisputePart) readParties(tx db.Tx, b Blocker, open bool) error {
	err := tx.Raw(`select p.agency_id, a.name as agency from dispute_party p join agency a on a.id = p.agency_id where p.dispute_id = ? order by a.name, a.id`, d.ID).Scan(&d.Parties).Error
	if err != nil || d.Closed {
		return err
	}
	var said []PositionLine
	err = tx.Raw(`
		select s.*, p.name as by_name from dispute_position s join person p on p.id = s.stated_by
		where s.dispute_id = ? order by s.id desc limit 200`, d.ID).Scan(&said).Error
	for i := range d.Parties {
		party := &d.Parties[i]
		party.OnBehalf = !speaks(tx.Actor, b, party.AgencyID)
		party.MayState = open && (!party.OnBehalf || writesFor(tx.Actor, b))
		for _, line := range said {
			switch {
			case line.AgencyID != party.AgencyID:
			case party.Says == nil:
				says := line
				party.Says = &says
			default:
				party.Earlier = append(party.Earlier, line)
			}
		}
	}
	return err
}

// DisputePage is a dispute that goes on, for one of its forms.
type DisputePage struct {
	Blocker    BlockerRow
	Dispute    DisputePart
	Committers []Committer // who may agree that their agency pays meanwhile
	Paid       []PaidShare // what a decision about it has an agency pay meanwhile
}

// PaidShare is a share that a binding decision has an agency pay without prejudice.
type PaidShare struct {
	DecisionID  uuid.UUID
	AgencyID    uuid.UUID
	Agency      string
	WeeklyPence int64
	StartOn     clock.Date
}

// ShowDispute reads a dispute that goes on, for those who may read what is said in it.
func (s *Store) ShowDispute(ctx context.Context, actor access.Actor, id uuid.UUID) (DisputePage, error) {
	var page DisputePage
	err := s.DB.Read(ctx, actor, func(tx db.Tx) error {
		err := tx.Raw(`
			select d.*, b.number as blocker_no, o.name as opened_by_name
			from dispute d join blocker b on b.id = d.blocker_id join person o on o.id = d.opened_by where d.id = ?`, id).Take(&page.Dispute).Error
		if err != nil {
			return orNotFound(err, "There is no such dispute.")
		}
		if err := tx.Raw(selectBlockers+`where b.id = standing_blocker(?)`, page.Dispute.BlockerID).Take(&page.Blocker).Error; err != nil {
			return orNotFound(err, "There is no such dispute.")
		}
		b := page.Blocker.Blocker
		readable, err := readsDispute(tx, b)
		if err != nil {
			return err
		}
		if !readable {
			return noDispute()
		}
		if page.Dispute.EndedAt != nil {
			return fault.New(fault.Conflict, "This dispute has ended already.")
		}
		if err := page.Dispute.read(tx, b); err != nil {
			return err
		}
		if page.Committers, err = committers(tx, b, page.Dispute.Dispute, uuid.Nil); err != nil {
			return err
		}
		return tx.Raw(`
			select d.id as decision_id, a.id as agency_id, a.name as agency, h.weekly_pence, d.start_on
			from blocker_decision k join decision d on d.id = k.decision_id join binding_decision n on n.decision_id = d.id
			join decision_share h on h.decision_id = d.id and h.without_prejudice join agency a on a.id = h.agency_id
			where k.blocker_id = ? order by d.confirmed_at desc, a.name limit 20`, b.ID).Scan(&page.Paid).Error
	})
	return page, err
}
