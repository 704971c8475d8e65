package letters

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Wish is how somebody wishes to be written to, and with whom contact is barred.
type Wish struct {
	ID         uuid.UUID
	CaseID     uuid.UUID
	Format     Format
	Language   string // "" is English
	Barred     string // with whom, and by what order or plan; "" for nobody
	RecordedBy uuid.UUID
	RecordedAt time.Time

	By string `gorm:"->;-:migration"` // who recorded it
}

// TableName is letter_wish.
func (Wish) TableName() string { return "letter_wish" }

// Recorded reports whether anybody has asked them.
func (w Wish) Recorded() bool { return w.ID != uuid.Nil }

// wishOf is the wish that stands, also one recorded under a number the case had before.
func wishOf(tx db.Tx, caseID uuid.UUID) (Wish, error) {
	w := Wish{}
	err := tx.Raw(`select w.*, p.name as by from letter_wish w join person p on p.id = w.recorded_by where w.case_id in (select id from same_case(?)) order by w.id desc limit 1`, caseID).Scan(&w).Error
	if w.Format == "" {
		w.Format = Plain
	}
	return w, err
}

// RecordWish records how the young person of a decision wishes to be written to. Letters that were drafted
// before keep their words until they are drafted again; what is barred holds them at once.
func (s Store) RecordWish(ctx context.Context, actor access.Actor, decisionID uuid.UUID, wish Wish) error {
	wish.Language, wish.Barred = strings.TrimSpace(wish.Language), strings.TrimSpace(wish.Barred)
	var form fault.Form
	form.Require(slices.Contains(Formats, wish.Format), "format", "Choose how they wish to be written to")
	form.Require(len([]rune(wish.Language)) <= 100, "language", "Shorten the language to 100 characters or fewer")
	form.Require(len([]rune(wish.Barred)) <= 1000, "barred", "Shorten with whom contact is barred to 1,000 characters or fewer")
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		forumID, err := mayWrite(tx, decisionID)
		if err != nil {
			return err
		}
		if err := form.Err(); err != nil {
			return err
		}
		f, found, err := readFacts(tx, decisionID)
		if err != nil {
			return err
		}
		if !found || f.CaseID == nil {
			return fault.New(fault.Conflict, "This decision is about no young person.")
		}
		before := f.Wish
		wish.ID, wish.CaseID, wish.RecordedBy, wish.RecordedAt = newID(), *f.CaseID, actor.PersonID, tx.Now
		if err := tx.Create(&wish).Error; err != nil {
			return err
		}
		return record(tx, "letter_wish.recorded", wish.ID, forumID, before, wish)
	})
}
