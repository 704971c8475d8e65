package escalations

import (
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/notify"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// disputeFacts are all a message may know of a dispute: none of the words anybody typed.
type disputeFacts struct {
	Dispute
	StandsAt  uuid.UUID
	Number    int64 // of the blocker
	ForumName string
	LevelName string

	Agency   string      `gorm:"-"` // asked for its position
	Speakers []uuid.UUID `gorm:"-"`
	Clerks   []uuid.UUID `gorm:"-"`
	Stated   bool        `gorm:"-"`
	Owns     bool        `gorm:"-"`
}

func (d disputeFacts) reference() string { return Reference(d.Number) }

// aboutDispute reads what a message about a dispute may know; one that is gone is not told of.
func aboutDispute(write func(disputeFacts, notify.Notice) (notify.Mail, bool)) notify.Compose {
	return func(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
		var d disputeFacts
		err := tx.Raw(`
			select d.*, b.id as stands_at, b.number, f.name as forum_name, b.level_name
			from dispute d join blocker b on b.id = standing_blocker(d.blocker_id) join forum f on f.id = b.forum_id
			where d.id = ?`, n.IDs["dispute"]).Take(&d).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return notify.Mail{}, false, nil
		}
		if err != nil {
			return notify.Mail{}, false, err
		}
		var b Blocker
		if err := tx.Raw(`select * from blocker where id = ?`, d.StandsAt).Take(&b).Error; err != nil {
			return notify.Mail{}, false, err
		}
		d.Owns = b.OwnerID == n.To
		if agency, asked := n.IDs["agency"]; asked {
			if err := tx.Raw(`select name from agency where id = ?`, agency).Scan(&d.Agency).Error; err != nil {
				return notify.Mail{}, false, err
			}
			err := tx.Raw(`select exists (select from dispute_position where dispute_id = ? and agency_id = ?)`, d.ID, agency).Scan(&d.Stated).Error
			if err != nil {
				return notify.Mail{}, false, err
			}
			if d.Speakers, err = speakers(tx, b, agency); err != nil {
				return notify.Mail{}, false, err
			}
			if d.Clerks, err = officers(tx, b.ForumID, access.Clerk); err != nil {
				return notify.Mail{}, false, err
			}
		}
		mail, send := write(d, n)
		return mail, send, nil
	}
}

func writePosition(d disputeFacts, n notify.Notice) (notify.Mail, bool) {
	mail := notify.Mail{
		Subject: fmt.Sprintf("State the position of %s by %s: blocker %s.", d.Agency, d.PositionsBy.Long(), d.reference()),
		Lines: []string{
			fmt.Sprintf("Agencies do not agree about blocker %s of %s. %s is asked what it says.", d.reference(), d.ForumName, d.Agency),
			fmt.Sprintf("It is with %s to decide. You can change what you stated until it has.", d.LevelName),
		},
		Facts: []notify.Fact{{Name: "State it by", Value: d.PositionsBy.LongWithWeekday()}},
		Link:  notify.Link{Text: "State the position", Path: "/disputes/" + d.ID.String() + "/position?agency=" + n.IDs["agency"].String()},
		Why:   fmt.Sprintf("You hold a seat of %s.", d.Agency),
	}
	speaks := slices.Contains(d.Speakers, n.To)
	if !speaks {
		mail.Lines[1] = fmt.Sprintf("Nobody holds a seat of %s here. Ask the agency, and write down what it says on its behalf.", d.Agency)
		mail.Link.Text = "Write down the position"
		mail.Why = fmt.Sprintf("You are the clerk of %s.", d.ForumName)
	}
	return mail, d.EndedAt == nil && !d.Stated && (speaks || len(d.Speakers) == 0 && slices.Contains(d.Clerks, n.To))
}

func writeSettled(d disputeFacts, _ notify.Notice) (notify.Mail, bool) {
	mail := notify.Mail{
		Subject: fmt.Sprintf("The dispute about blocker %s has ended.", d.reference()),
		Lines:   []string{fmt.Sprintf("What the agencies did not agree about on blocker %s of %s is settled. The result stands beside each decision it is about.", d.reference(), d.ForumName)},
		Link:    notify.Link{Text: "Read the result", Path: "/blockers/" + d.StandsAt.String() + "#dispute"},
		Why:     fmt.Sprintf("You have a part in blocker %s: for an agency, for %s, or for whoever holds it.", d.reference(), d.ForumName),
	}
	if d.Owns {
		mail.Why = fmt.Sprintf("You own blocker %s.", d.reference())
	}
	return mail, d.EndedAt != nil
}
