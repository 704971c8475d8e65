package escalations

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// DisputePeriod is how many calendar days a level has to decide a kind of dispute, and where that comes from.
type DisputePeriod struct {
	Kind    DisputeKind `gorm:"primaryKey"`
	Days    int
	Source  string
	Version int
}

// TableName is dispute_period.
func (DisputePeriod) TableName() string { return "dispute_period" }

const longestSource = 300

func periods(tx db.Tx) (all []DisputePeriod, err error) {
	err = tx.Raw(`select kind, days, source, version from dispute_period order by position`).Scan(&all).Error
	return all, err
}

// DisputePeriods lists the partnership's periods, in the order of the form.
func (s *Store) DisputePeriods(ctx context.Context, actor access.Actor) (all []DisputePeriod, err error) {
	err = s.DB.Read(ctx, actor, func(tx db.Tx) error {
		if err := actor.Check(access.ReadForums, uuid.Nil); err != nil {
			return err
		}
		all, err = periods(tx)
		return err
	})
	return all, err
}

// SetDisputePeriods changes the periods of the partnership. A dispute that goes on keeps the period it began with.
func (s *Store) SetDisputePeriods(ctx context.Context, actor access.Actor, wanted []DisputePeriod) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if err := actor.Check(access.ChangeForums, uuid.Nil); err != nil {
			return err
		}
		before, err := periods(tx)
		if err != nil {
			return err
		}
		var form fault.Form
		for i := range wanted {
			w := &wanted[i]
			w.Source = strings.TrimSpace(w.Source)
			name := string(w.Kind)
			form.Require(w.Kind.Words() != "", name+"_days", "There is no such kind of dispute")
			form.Require(w.Days >= 1 && w.Days <= 365, name+"_days", "Enter the days for "+w.Kind.Words()+", from 1 to 365")
			form.Require(w.Source != "", name+"_source", "Enter where the days for "+w.Kind.Words()+" come from")
			form.Require(len([]rune(w.Source)) <= longestSource, name+"_source", "Where the days come from must be 300 characters or fewer")
		}
		if err := form.Err(); err != nil {
			return err
		}
		for _, w := range wanted {
			err := db.RequireOne(tx.Exec(`update dispute_period set days = ?, source = ?, version = version + 1 where kind = ? and version = ?`, w.Days, w.Source, w.Kind, w.Version))
			if err != nil {
				return err
			}
		}
		after, err := periods(tx)
		if err != nil {
			return err
		}
		return record(tx, "dispute_period.set", uuid.Nil, uuid.Nil, before, after)
	})
}
