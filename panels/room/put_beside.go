package room

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// Settlement is what a dispute about a decision came to. It stands beside the decision, which stays as it was
// confirmed: to change it, the panel decides again.
type Settlement struct {
	ID         uuid.UUID
	DecisionID uuid.UUID
	SourceID   uuid.UUID // the dispute
	About      string    // "Ordinary residence, blocker B14"
	Ending     string    // "Decided by MARP"
	Words      string
	Payer      string // the agency that pays from now on; "" for none
	SettledOn  clock.Date
	RecordedBy uuid.UUID
	RecordedAt time.Time
	By         string `gorm:"->"` // who recorded it
}

// TableName is decision_settlement.
func (Settlement) TableName() string { return "decision_settlement" }

// Line is the settlement in one line.
func (s Settlement) Line() string {
	line := s.About + ". " + s.Ending + " on " + s.SettledOn.Long() + ": " + s.Words
	if !strings.HasSuffix(line, ".") {
		line += "."
	}
	if s.Payer != "" {
		line += " From now on " + s.Payer + " pays."
	}
	return line
}

// PutBeside puts what a dispute came to beside a decision, for those who read it.
func PutBeside(tx db.Tx, s Settlement) error {
	s.ID, s.RecordedBy, s.RecordedAt = newID(), tx.Actor.PersonID, tx.Now
	return tx.Omit("By").Create(&s).Error
}

// settlementsOf reads what stands beside decisions, the earliest first.
func settlementsOf(tx db.Tx, decisions []uuid.UUID) (map[uuid.UUID][]Settlement, error) {
	var rows []Settlement
	err := tx.Raw(`
		select s.*, p.name as by from decision_settlement s join person p on p.id = s.recorded_by
		where s.decision_id in ? order by s.id`, decisions).Scan(&rows).Error
	beside := map[uuid.UUID][]Settlement{}
	for _, s := range rows {
		beside[s.DecisionID] = append(beside[s.DecisionID], s)
	}
	return beside, err
}
