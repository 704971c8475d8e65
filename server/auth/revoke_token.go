package auth

import (
	"context"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// RevokeToken ends a token at once. Whoever revokes it runs every forum it reaches, or may make one that
// sends case records; revoking it again changes nothing.
func (s *Store) RevokeToken(ctx context.Context, actor access.Actor, id uuid.UUID) error {
	if err := actor.Check(access.MakeTokens, uuid.Nil); err != nil {
		return err
	}
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		held, forums, err := lockToken(tx, id)
		if err != nil {
			return err
		}
		if held.RevokedAt != nil {
			return nil
		}
		err = db.RequireOne(tx.Exec(`
			update api_token set revoked_at = @now, revoked_by = @by, version = version + 1 where id = @id and revoked_at is null`,
			map[string]any{"now": tx.Now, "by": actor.PersonID, "id": id}))
		if err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "api_token.revoked", ObjectKind: "api_token", ObjectID: id.String(), ForumID: alone(forums)})
	})
}

// TokenToRevoke is a token for someone who may revoke it.
func (s *Store) TokenToRevoke(ctx context.Context, actor access.Actor, id uuid.UUID) (held APIToken, err error) {
	if err := actor.Check(access.MakeTokens, uuid.Nil); err != nil {
		return held, err
	}
	err = s.DB.Read(ctx, actor, func(tx db.Tx) error {
		if err := tx.Raw(`select * from api_token where id = ?`, id).Take(&held).Error; err != nil {
			return fault.New(fault.NotFound, "There is no such token.").Because(err)
		}
		_, err := runsForumsOf(tx, held)
		return err
	})
	return held, err
}

func lockToken(tx db.Tx, id uuid.UUID) (held APIToken, forums []uuid.UUID, err error) {
	if err = tx.Raw(`select * from api_token where id = ? for update`, id).Take(&held).Error; err != nil {
		return held, nil, fault.New(fault.NotFound, "There is no such token.").Because(err)
	}
	forums, err = runsForumsOf(tx, held)
	return held, forums, err
}

// runsForumsOf lists a token's forums. For whoever runs none of them, or may not make one that sends case
// records, there is no such token.
func runsForumsOf(tx db.Tx, held APIToken) (forums []uuid.UUID, err error) {
	if held.WritesCases {
		if !tx.Actor.May(access.MakeCaseTokens, uuid.Nil) {
			return nil, fault.New(fault.NotFound, "There is no such token.")
		}
		return nil, nil
	}
	if err := tx.Raw(`select forum_id from api_token_forum where token_id = ? order by forum_id`, held.ID).Scan(&forums).Error; err != nil {
		return nil, err
	}
	runs := 0
	for _, forum := range forums {
		if tx.Actor.May(access.MakeTokens, forum) {
			runs++
		}
	}
	switch runs {
	case len(forums):
		return forums, nil
	case 0:
		return nil, fault.New(fault.NotFound, "There is no such token.")
	default:
		return nil, fault.New(fault.Denied, "This token also reaches forums you do not run. Ask an administrator to revoke it.")
	}
}
