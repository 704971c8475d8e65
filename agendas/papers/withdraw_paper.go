package papers

import (
	"context"
	"errors"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Discard is the event that a paper's file may no longer be wanted.
type Discard struct {
	Paper uuid.UUID `json:"paper"`
}

// Kind names the event for good.
func (Discard) Kind() string { return "paper.discard" }

// Withdraw takes a paper back with a reason: a paper of the wrong young person must be gone at once. Its
// line stays, so that people can see that there was one and why it went; its file is deleted.
func (s Store) Withdraw(ctx context.Context, actor access.Actor, id uuid.UUID, version int, reason string) (p Paper, err error) {
	reason = strings.TrimSpace(reason)
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if p, err = byID(tx, id); err != nil {
			return err
		}
		forum, err := mayWithdraw(tx, p)
		if err != nil {
			return err
		}
		var form fault.Form
		form.Require(reason != "", "reason", "Enter why the paper is withdrawn")
		form.Require(len([]rune(reason)) <= 500, "reason", "Shorten the reason to 500 characters or fewer")
		if err := form.Err(); err != nil {
			return err
		}
		if version != p.Version {
			return fault.New(fault.Stale, "Somebody else changed this paper while you were looking at it. Look at it as it is now.")
		}
		p.State, p.WithdrawnBy, p.WithdrawnAt, p.WithdrawnReason = Withdrawn, &actor.PersonID, &tx.Now, reason
		if err := db.RequireOne(tx.Model(&Paper{}).Where("id = ? and version = ?", p.ID, p.Version).Updates(map[string]any{
			"state": p.State, "withdrawn_by": p.WithdrawnBy, "withdrawn_at": p.WithdrawnAt, "withdrawn_reason": reason, "version": p.Version + 1,
		})); err != nil {
			return err
		}
		if err := record(tx, "withdrawn", p, forum); err != nil {
			return err
		}
		return tx.Enqueue(db.Job{Args: Discard{p.ID}})
	})
	return p, err
}

// mayWithdraw lets whoever added a paper take it back, and whoever may attach one in its place.
func mayWithdraw(tx db.Tx, p Paper) (forum uuid.UUID, err error) {
	var forums []uuid.UUID
	err = tx.Raw(`
		select m.forum_id from agenda_item i join meeting m on m.id = i.meeting_id where i.id = ?
		union all select forum_id from funding_request where id = ?`, p.ItemID, p.RequestID).Scan(&forums).Error
	if err != nil || len(forums) == 0 {
		return uuid.Nil, errors.Join(err, notThere)
	}
	if p.AddedBy != tx.Actor.PersonID && !tx.Actor.May(access.BuildAgenda, forums[0]) {
		return forums[0], fault.New(fault.Denied, "Only whoever attached a paper, or the forum’s clerk or chair, may withdraw it.")
	}
	return forums[0], nil
}

// Discard deletes the file of a paper that was withdrawn, and all there is of one that never arrived.
func (s Store) Discard(ctx context.Context, event Discard) error {
	var p Paper
	system := access.System("papers")
	err := s.DB.Read(ctx, system, func(tx db.Tx) error { return tx.Where("id = ?", event.Paper).Take(&p).Error })
	if errors.Is(err, gorm.ErrRecordNotFound) || err == nil && (p.State == Kept || p.FileKey == "") {
		return nil
	}
	if err != nil {
		return err
	}
	change := `update paper set file_key = '' where id = ? and state = 'withdrawn'`
	if p.State == Arriving { // nothing may make it arrive any more
		change = `delete from paper where id = ? and state = 'arriving'`
	}
	return s.DB.Write(ctx, system, func(tx db.Tx) error {
		if err := db.RequireOne(tx.Exec(change, p.ID)); err != nil {
			return err
		}
		return s.Files.Delete(ctx, p.FileKey) // once more if this transaction fails, which does no harm
	})
}
