package escalations

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/notify"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// TellJoined tells the owners of both when one blocker joined another; who owns both hears once, of the one
// that goes on.
func (s *Store) TellJoined(ctx context.Context, joined tracker.BlockersJoined) error {
	return s.DB.Write(ctx, access.System("escalation"), func(tx db.Tx) error {
		var pairs []struct{ EndedID, EndedOwner, StaysID, StaysOwner uuid.UUID }
		err := tx.Raw(`
			select e.id as ended_id, e.owner_id as ended_owner, s.id as stays_id, s.owner_id as stays_owner
			from blocker e join blocker s on s.id = e.joined_into
			where e.id in ? and e.state = 'resolved' order by e.id`, joined.Ended).Scan(&pairs).Error
		if err != nil {
			return err
		}
		var notices []notify.Notice
		for _, pair := range pairs {
			notices = append(notices, notify.Notice{Kind: NoticeJoined, IDs: notify.IDs{"blocker": pair.StaysID, "other": pair.EndedID}, To: pair.StaysOwner})
			if pair.EndedOwner != pair.StaysOwner {
				notices = append(notices, notify.Notice{Kind: NoticeJoined, IDs: notify.IDs{"blocker": pair.EndedID, "other": pair.StaysID}, To: pair.EndedOwner})
			}
		}
		return notify.Send(tx, notices...)
	})
}

// writeJoined tells an owner, or an officer of its forum, that a blocker goes on for two, or has ended in another.
func writeJoined(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	var numbers []int64
	if err := tx.Raw(`select number from blocker where id = ?`, n.IDs["other"]).Scan(&numbers).Error; err != nil || len(numbers) == 0 {
		return notify.Mail{}, false, err
	}
	other := Reference(numbers[0])
	var forums []uuid.UUID
	if err := tx.Raw(`select forum_id from blocker where id = ?`, n.IDs["blocker"]).Scan(&forums).Error; err != nil || len(forums) == 0 {
		return notify.Mail{}, false, err
	}
	forum, err := officers(tx, forums[0], access.Chair, access.Clerk)
	if err != nil {
		return notify.Mail{}, false, err
	}
	return aboutBlocker(func(b blockerFacts, n notify.Notice) (notify.Mail, bool) {
		mail := notify.Mail{
			Subject: fmt.Sprintf("Blocker %s joined %s: %s.", other, b.reference(), b.ForumName),
			Lines:   []string{fmt.Sprintf("Blocker %s joined blocker %s, because they were about the same matter. %s goes on, and is yours to free.", other, b.reference(), b.reference())},
			Link:    b.link("Read the blocker"),
			Why:     fmt.Sprintf("You own blocker %s.", b.reference()),
		}
		owns := b.OwnerID == n.To
		if !owns {
			mail.Lines = []string{fmt.Sprintf("Blocker %s joined blocker %s, because they were about the same matter. %s goes on for both.", other, b.reference(), b.reference())}
			mail.Why = fmt.Sprintf("You are the chair or clerk of %s.", b.ForumName)
		}
		if b.State == Resolved {
			mail.Subject = fmt.Sprintf("Blocker %s joined %s: %s.", b.reference(), other, b.ForumName)
			mail.Lines = []string{fmt.Sprintf("Your blocker %s joined blocker %s, because they were about the same matter. %s goes on in its place. There is nothing more for you to do.", b.reference(), other, other)}
			if !owns {
				mail.Lines = []string{fmt.Sprintf("Blocker %s joined blocker %s, because they were about the same matter. %s goes on in its place.", b.reference(), other, other)}
			}
		}
		return mail, owns || slices.Contains(forum, n.To)
	})(tx, n)
}
