package escalations

import (
	"time"

	"github.com/google/uuid"

	"quorate/panels/calendar"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// DisputeKind is by which agreement agencies settle what they do not agree about.
type DisputeKind string

// The kinds of dispute.
const (
	CHCDispute          DisputeKind = "chc"
	CommissionerDispute DisputeKind = "responsible_commissioner"
	ResidenceDispute    DisputeKind = "ordinary_residence"
	SafeguardingDispute DisputeKind = "safeguarding"
	PanelDispute        DisputeKind = "panel" // a dispute-resolution forum: MARP or its like
)

var disputeWords = map[DisputeKind]string{
	CHCDispute: "NHS continuing health care disputes protocol", CommissionerDispute: "Responsible commissioner",
	ResidenceDispute: "Ordinary residence", SafeguardingDispute: "Safeguarding escalation", PanelDispute: "Dispute-resolution panel",
}

// Words is the kind as people say it, "" for one that does not exist.
func (k DisputeKind) Words() string { return disputeWords[k] }

// Dispute is what agencies do not agree about, on a blocker. Whichever blocker that one joins, it goes on there.
type Dispute struct {
	ID          uuid.UUID
	BlockerID   uuid.UUID
	Kind        DisputeKind
	About       string // case content
	Days        int    // calendar days that a level has to decide, as they were when it began
	Source      string // where they come from
	PositionsBy clock.Date
	OpenedOn    clock.Date
	OpenedAt    time.Time
	OpenedBy    uuid.UUID
	EndedAt     *time.Time
	Version     int
}

// TableName is dispute.
func (Dispute) TableName() string { return "dispute" }

// Position is what an agency says in a dispute. The latest stands.
type Position struct {
	ID          uuid.UUID
	DisputeID   uuid.UUID
	AgencyID    uuid.UUID
	Words       string // case content
	WeeklyPence *int64 // the share it accepts; nil: it says nothing of money
	SaidBy      string // who said it, where somebody else wrote it down on the agency's behalf
	StatedBy    uuid.UUID
	StatedAt    time.Time
}

// TableName is dispute_position.
func (Position) TableName() string { return "dispute_position" }

// Interim is who pays while a dispute runs, without prejudice. The latest stands.
type Interim struct {
	ID          uuid.UUID
	DisputeID   uuid.UUID
	AgencyID    uuid.UUID
	FromOn      clock.Date
	WeeklyPence int64
	AgreedBy    uuid.UUID // who speaks for the agency
	RecordedBy  uuid.UUID
	RecordedAt  time.Time
}

// TableName is dispute_interim.
func (Interim) TableName() string { return "dispute_interim" }

// Ending is how a dispute ended.
type Ending string

// The ways a dispute ends.
const (
	EndedDecided   Ending = "decided" // by the level it stood at
	EndedAgreed    Ending = "agreed"  // the agencies agreed after all
	EndedWithdrawn Ending = "withdrawn"
)

// Words is the ending as people say it: "Decided by MARP".
func (e Ending) Words(level string) string {
	switch e {
	case EndedDecided:
		return "Decided by " + level
	case EndedAgreed:
		return "Agreed between the agencies"
	default:
		return "Withdrawn"
	}
}

// Settled is what a dispute came to.
type Settled struct {
	DisputeID  uuid.UUID `gorm:"primaryKey"`
	Ending     Ending
	Words      string     // case content
	PayerID    *uuid.UUID // who pays from now on
	LevelName  string     // where it stood
	SettledOn  clock.Date
	RecordedBy uuid.UUID
	RecordedAt time.Time
}

// TableName is dispute_result.
func (Settled) TableName() string { return "dispute_result" }

// DisputeClock is how long a blocker's level has to decide a dispute.
type DisputeClock struct {
	ID    uuid.UUID
	Kind  DisputeKind
	Since clock.Date // the level has had it since then
	Days  int
}

// By is the last day for the level to decide.
func (c DisputeClock) By() clock.Date { return c.Since.AddDays(c.Days) }

// clockAt is how long the level at which a blocker has stood since a day has to decide a dispute: its period begins
// anew at each level.
func (d Dispute) clockAt(levelSince clock.Date) DisputeClock {
	c := DisputeClock{ID: d.ID, Kind: d.Kind, Since: d.OpenedOn, Days: d.Days}
	if levelSince.After(c.Since) {
		c.Since = levelSince
	}
	return c
}

// UndecidedOn is the day on which a blocker rises because a dispute was not decided by a day: the next working day.
func UndecidedOn(by clock.Date, work calendar.WorkingDays) clock.Date { return work.NextWorkingDay(by) }

func noDispute() error { return fault.New(fault.NotFound, "There is no such dispute.") }

// openDisputes prefixes a query that asks of many blockers by when their disputes are to be decided.
const openDisputes = `with open_dispute as materialized (select stands_at, opened_on, days from dispute_now) `

// decideBy is the earliest day by which the level of a blocker b decides a dispute; null without one, and at a board,
// whose answer has its own day.
const decideBy = `(select min(greatest(o.opened_on, b.level_since) + o.days) from open_dispute o where o.stands_at = b.id and b.level <> 'board' and b.state = 'open')`

// lockDispute finds a dispute that goes on with the blocker that stands for it, and keeps every other change to both
// waiting. For whoever may not read the blocker there is no such dispute.
func lockDispute(tx db.Tx, id uuid.UUID) (d Dispute, b Blocker, err error) {
	var stands []uuid.UUID
	if err := tx.Raw(`select standing_blocker(blocker_id) from dispute where id = ?`, id).Scan(&stands).Error; err != nil {
		return d, b, err
	}
	if len(stands) == 0 {
		return d, b, noDispute()
	}
	if b, err = lockBlocker(tx, stands[0]); err != nil {
		return d, b, err
	}
	readable, err := readsDispute(tx, b)
	if err != nil {
		return d, b, err
	}
	if !readable {
		return d, b, noDispute()
	}
	err = tx.Raw(`select * from dispute where id = ? for update`, id).Take(&d).Error
	switch {
	case err != nil:
		return d, b, orNotFound(err, "There is no such dispute.")
	case d.EndedAt != nil:
		return d, b, fault.New(fault.Conflict, "This dispute has ended already.")
	}
	return d, b, nil
}

// readsDispute: what agencies say in a dispute is case content. It is for those who read the blocker's details: the
// forum that raised it, whoever holds it below a board, and its owner.
func readsDispute(tx db.Tx, b Blocker) (bool, error) {
	readable, err := mayRead(tx, b)
	return readable && readsDetails(tx.Actor, b), err
}

// speaks says whether the actor states the position of an agency: they hold a seat of it, other than the clerk's, at
// the forum of the blocker or at the one that holds it.
func speaks(actor access.Actor, b Blocker, agency uuid.UUID) bool {
	for _, seat := range actor.Seats {
		if actor.May(access.StatePosition, seat.ForumID) && seat.AgencyID == agency && seat.Office != access.Clerk && !seat.Board && concernsForum(b, seat.ForumID) {
			return true
		}
	}
	return false
}

// writesFor says whether the actor writes down what an agency says on its behalf: the clerk of one of those forums.
func writesFor(actor access.Actor, b Blocker) bool {
	for _, seat := range actor.Seats {
		if actor.May(access.StatePosition, seat.ForumID) && seat.Office == access.Clerk && !seat.Board && concernsForum(b, seat.ForumID) {
			return true
		}
	}
	return false
}

func concernsForum(b Blocker, forum uuid.UUID) bool {
	return forum == b.ForumID || b.Level != BoardLevel && b.LevelForumID != nil && forum == *b.LevelForumID
}

// forumsOf are the forums whose people take part in a blocker's dispute.
func forumsOf(b Blocker) []uuid.UUID {
	forums := []uuid.UUID{b.ForumID}
	if b.Level != BoardLevel && b.LevelForumID != nil {
		forums = append(forums, *b.LevelForumID)
	}
	return forums
}

// speakers are those who hold a seat of an agency at a blocker's forums today, without those who left for what it is
// about.
func speakers(tx db.Tx, b Blocker, agency uuid.UUID) (people []uuid.UUID, err error) {
	err = tx.Raw(`
		select distinct h.person_id
		from seat s join seat_holding h on h.seat_id = s.id
		where s.forum_id in @forums and s.agency_id = @agency and s.office <> 'clerk' and h.deputy_order = 0
			and h.from_date <= @today and (h.to_date is null or h.to_date >= @today)
			and not exists (`+interestInBlocker("h.person_id", "@blocker")+`)
		order by h.person_id`,
		map[string]any{"forums": forumsOf(b), "agency": agency, "today": tx.Today(), "blocker": b.ID}).Scan(&people).Error
	return people, err
}

// maySettle: the officers who may change a blocker run its dispute, and whoever holds its level.
func maySettle(actor access.Actor, b Blocker) bool {
	return b.State == Open && (actor.May(access.RaiseBlocker, b.ForumID) || heldAndMay(actor, b, access.RaiseBlocker) ||
		b.LevelPersonID != nil && *b.LevelPersonID == actor.PersonID)
}

// inDispute says whether a dispute of a blocker goes on.
func inDispute(tx db.Tx, blockerID uuid.UUID) (open bool, err error) {
	err = tx.Raw(`select exists (select from dispute_now where stands_at = ?)`, blockerID).Scan(&open).Error
	return open, err
}
