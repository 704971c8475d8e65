package escalations

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Dealings are a blocker's dealings with its board, for the forum: what was asked and answered, what the
// board wants to know, and what became of its answer.
type Dealings struct {
	Blocker   Blocker
	ForumName string
	Asks      []BoardLine // the latest first
	MayReply  bool        // to the question that stands
	MayReport bool        // what became of the latest answer
}

// Latest is the last time the blocker stood before a board.
func (d Dealings) Latest() BoardLine { return d.Asks[0] }

// ShowDealings reads what a board and a forum said to one another about a blocker, for those who may read it.
func (s *Store) ShowDealings(ctx context.Context, actor access.Actor, blockerID uuid.UUID) (page Dealings, err error) {
	err = s.DB.Read(ctx, actor, func(tx db.Tx) error {
		if err := tx.Raw(`select * from blocker where id = ?`, blockerID).Take(&page.Blocker).Error; err != nil {
			return orNotFound(err, "There is no such blocker.")
		}
		readable, err := mayRead(tx, page.Blocker)
		if err != nil {
			return err
		}
		if !readable {
			return noBlocker()
		}
		forum, err := panels.ForumByID(tx, page.Blocker.ForumID)
		if err != nil {
			return err
		}
		page.ForumName = forum.Name
		if page.Asks, err = asksOf(tx, blockerID); err != nil {
			return err
		}
		if len(page.Asks) == 0 {
			return fault.New(fault.NotFound, "This blocker has not stood before a board.")
		}
		if page.Blocker.State != Open {
			return nil
		}
		tells := mayTellBoard(tx, page.Blocker) == nil
		latest := page.Latest()
		page.MayReply = tells && latest.State == Waiting && latest.Question != "" && latest.RepliedOn.IsZero()
		e := Escalation{ID: latest.EscalationID, BoardID: latest.BoardID}
		if latest.State == Answered || latest.State == NotAgreed {
			page.MayReport, err = mayReport(tx, e, page.Blocker)
		}
		return err
	})
	return page, err
}

// asksOf are all the times a blocker stood before a board, the latest first.
func asksOf(tx db.Tx, blockerID uuid.UUID) ([]BoardLine, error) {
	about := askedAbout(nil, nil, nil, tx.Today())
	about["blocker"] = blockerID
	asks, err := lines(tx, "escalations", about)
	slices.Reverse(asks)
	return asks, err
}
