package escalations

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// NewDispute is what an officer writes down when agencies do not agree.
type NewDispute struct {
	Kind        DisputeKind
	About       string // case content
	Agencies    []uuid.UUID
	PositionsBy clock.Date // until when they are asked to state theirs
	DecidesAt   LevelKey   // the level it stands at, or the next above
	Version     int        // of the blocker
}

const (
	longestPosition = 2000
	mostParties     = 8
	positionDays    = 10 // what a form offers
)

// OpenDispute records that agencies do not agree about what a blocker is about, and asks each for its position. The
// level that is to decide has the days of its kind: past them the blocker climbs by itself.
func (s *Store) OpenDispute(ctx context.Context, actor access.Actor, blockerID uuid.UUID, n NewDispute) (Dispute, error) {
	var d Dispute
	err := s.DB.Write(ctx, actor, func(tx db.Tx) error {
		b, err := lockBlocker(tx, blockerID)
		if err != nil {
			return err
		}
		if err := mayDispute(tx, b, n.Version); err != nil {
			return err
		}
		ladder, err := ladderOf(tx, b.ForumID)
		if err != nil {
			return err
		}
		level, err := n.check(tx, b, ladder, &d)
		if err != nil {
			return err
		}
		if err := tx.Create(&d).Error; err != nil {
			return err
		}
		for _, agency := range n.Agencies {
			if err := tx.Exec(`insert into dispute_party (dispute_id, agency_id) values (?, ?)`, d.ID, agency).Error; err != nil {
				return err
			}
		}
		words := fmt.Sprintf("Agencies do not agree: %s. %s has %s to decide, until %s.", d.Kind.Words(), level.Name, count(d.Days, "day"), tx.Today().AddDays(d.Days).Long())
		if level.Key == BoardLevel {
			words = fmt.Sprintf("Agencies do not agree: %s. %s is asked to decide.", d.Kind.Words(), level.Name)
		}
		if _, err := addStep(tx, b.ID, Step{Kind: StepDisputed, FromLevel: b.LevelName, ToLevel: level.Name, Words: words, BoardWords: words}); err != nil {
			return err
		}
		if level.Key != b.Level {
			words := fmt.Sprintf("Moved from %s to %s, which decides what the agencies do not agree about: %s.", b.LevelName, level.Name, d.Kind.Words())
			if _, err := enter(tx, &b, level, Step{Kind: StepMoved, Words: words, BoardWords: words}); err != nil {
				return err
			}
		}
		if err := askForPositions(tx, b, d, n.Agencies); err != nil {
			return err
		}
		return record(tx, "dispute.opened", d.ID, b.ForumID, nil, d)
	})
	return d, err
}

// mayDispute: the officers who may change an open blocker open its dispute, one at a time.
func mayDispute(tx db.Tx, b Blocker, version int) error {
	if err := mayChange(tx, b, version); err != nil {
		return err
	}
	open, err := inDispute(tx, b.ID)
	if err == nil && open {
		return fault.New(fault.Conflict, "This blocker is in dispute already. Record how that dispute ended first.")
	}
	return err
}

// check fills in a dispute from what was written, and gives the level that is to decide.
func (n NewDispute) check(tx db.Tx, b Blocker, ladder Ladder, d *Dispute) (Level, error) {
	*d = Dispute{
		ID: newID(), BlockerID: b.ID, Kind: n.Kind, About: strings.TrimSpace(n.About), PositionsBy: n.PositionsBy,
		OpenedOn: tx.Today(), OpenedAt: tx.Now, OpenedBy: tx.Actor.PersonID, Version: 1,
	}
	var form fault.Form
	form.Require(d.Kind.Words() != "", "kind", "Select how the dispute is settled")
	form.Require(d.About != "", "about", "Enter what the agencies do not agree about")
	form.Require(len([]rune(d.About)) <= longestPosition, "about", "What they do not agree about must be 2,000 characters or fewer")
	form.Require(len(n.Agencies) >= 2, "agencies", "Select the agencies that do not agree, two or more")
	form.Require(len(n.Agencies) <= mostParties, "agencies", fmt.Sprintf("Select up to %d agencies", mostParties))
	var known int
	if len(n.Agencies) > 0 {
		err := tx.Raw(`select count(*) from agency where id in ? and kind <> ?`, n.Agencies, panels.Families).Scan(&known).Error
		if err != nil {
			return Level{}, err
		}
	}
	form.Require(known == len(n.Agencies), "agencies", "Select each agency once, from the list")
	level, found := ladder.Level(n.DecidesAt)
	next, more := ladder.After(b.Level)
	form.Require(found && (level.Key == b.Level || more && level.Key == next.Key), "level", "Select who is to decide")
	if d.Kind.Words() != "" {
		if err := tx.Raw(`select days, source from dispute_period where kind = ?`, d.Kind).Row().Scan(&d.Days, &d.Source); err != nil {
			return Level{}, err
		}
	}
	switch {
	case d.PositionsBy.IsZero():
		form.Add("positions_by", "Enter the day by which the agencies state their positions")
	case d.PositionsBy.Before(tx.Today()):
		form.Add("positions_by", "The day must be today or later")
	case d.Days > 0 && d.PositionsBy.After(tx.Today().AddDays(d.Days)):
		form.Add("positions_by", "The day must be by %s, when this kind of dispute is to be decided", tx.Today().AddDays(d.Days).Long())
	}
	return level, form.Err()
}

// askForPositions asks each agency for what it says: those who hold its seats, or, where it has none at these
// forums, the clerk, who writes it down on its behalf.
func askForPositions(tx db.Tx, b Blocker, d Dispute, agencies []uuid.UUID) error {
	for _, agency := range agencies {
		people, err := speakers(tx, b, agency)
		if err != nil {
			return err
		}
		if len(people) == 0 {
			if people, err = officers(tx, b.ForumID, access.Clerk); err != nil {
				return err
			}
		}
		for _, person := range people {
			if person == tx.Actor.PersonID {
				continue
			}
			if err := notify.Send(tx, notify.Notice{Kind: NoticePosition, IDs: notify.IDs{"dispute": d.ID, "agency": agency}, To: person}); err != nil {
				return err
			}
		}
	}
	return nil
}

// DisputeForm is what the form that opens a dispute offers.
type DisputeForm struct {
	BlockerPage
	Periods     []DisputePeriod
	Agencies    []panels.Agency
	Levels      []Level    // that may decide: where it is, and the next above
	PositionsBy clock.Date // to begin with
}

// OfferDispute reads what the form needs.
func (s *Store) OfferDispute(ctx context.Context, actor access.Actor, blockerID uuid.UUID) (DisputeForm, error) {
	var form DisputeForm
	page, err := s.ShowBlocker(ctx, actor, blockerID)
	if err != nil {
		return form, err
	}
	form.BlockerPage = page
	err = s.DB.Read(ctx, actor, func(tx db.Tx) error {
		if err := mayDispute(tx, page.Blocker, page.Version); err != nil {
			return err
		}
		if here, found := page.Ladder.Level(page.Level); found {
			form.Levels = append(form.Levels, here)
		}
		if next, more := page.Ladder.After(page.Level); more {
			form.Levels = append(form.Levels, next)
		}
		form.PositionsBy = tx.Today().AddDays(positionDays)
		if form.Periods, err = periods(tx); err != nil {
			return err
		}
		return tx.Raw(`select * from agency where kind <> ? order by outside, name limit 200`, panels.Families).Scan(&form.Agencies).Error
	})
	return form, err
}
