package letters

import (
	"errors"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Store carries out what is asked of letters, authorisations and recharges. Each method is one use case.
type Store struct{ DB *db.DB }

// drafter is the actor of what follows from a decision by itself.
var drafter = access.System("letters")

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

func orNotFound(err error, sentence string) error {
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return fault.New(fault.NotFound, "%s", sentence)
	}
	return err
}

// record writes the audit row of one change. The kind of thing changed is the action's first word.
func record(tx db.Tx, action string, id, forumID uuid.UUID, before, after any) error {
	kind, _, _ := strings.Cut(action, ".")
	return audit.Record(tx, audit.Entry{Action: action, ObjectKind: kind, ObjectID: id.String(), ForumID: forumID, Before: before, After: after})
}

// forumsWhere are the forums on which the actor may do something.
func forumsWhere(actor access.Actor, action access.Action) []uuid.UUID {
	forums := []uuid.UUID{uuid.Nil} // "in ()" is no SQL
	for _, seat := range actor.Seats {
		if !seat.Board && actor.May(action, seat.ForumID) {
			forums = append(forums, seat.ForumID)
		}
	}
	return forums
}

// left asks in SQL whether @me left for the item of decision d: then nothing about it is theirs to see.
const left = `exists (select from left_item n where n.item_id = d.item_id and n.person_id = @me)`

// mayWrite lets the clerk and the chair of the decision's forum through, unless they left for its item.
func mayWrite(tx db.Tx, decisionID uuid.UUID) (forumID uuid.UUID, err error) {
	var found struct {
		ForumID uuid.UUID
		Away    bool
	}
	err = tx.Raw(`select d.forum_id, `+left+` as away from decision d where d.id = @decision`, map[string]any{"decision": decisionID, "me": tx.Actor.PersonID}).Take(&found).Error
	switch {
	case err != nil:
		return uuid.Nil, orNotFound(err, "There is no such decision.")
	case !tx.Actor.May(access.WriteLetters, found.ForumID):
		return uuid.Nil, fault.New(fault.NotFound, "There is no such decision.")
	case found.Away:
		return uuid.Nil, fault.New(fault.Denied, "You left for this item: you declared an interest in it. What was decided and who is told of it is not shown to you.")
	}
	return found.ForumID, nil
}
