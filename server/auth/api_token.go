package auth

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
	"quorate/server/base/token"
)

// tokenPrefix lets those who look for lost secrets know one of ours.
const tokenPrefix = "quorate_"

// longestToken is for how many months a token is good at most.
const longestToken = 12

// APIToken is a machine's right to read the meetings of some forums and, if it may reply, to record
// replies there; or its right to send case records, which reads nothing and reaches no forum.
type APIToken struct {
	ID          uuid.UUID
	Name        string // what uses it: "Rota system"
	Digest      []byte
	MayReply    bool
	WritesCases bool
	CreatedBy   uuid.UUID
	CreatedAt   time.Time
	ExpiresOn   clock.Date // the last day it is good
	LastUsedAt  *time.Time // to the minute
	RevokedAt   *time.Time
	RevokedBy   *uuid.UUID
	Version     int
}

// TableName is api_token.
func (APIToken) TableName() string { return "api_token" }

// Live reports whether the token is good on a day.
func (a APIToken) Live(on clock.Date) bool { return a.RevokedAt == nil && !a.ExpiresOn.Before(on) }

// Caller is a machine as a request shows it: a token, and the forums it reaches. Nothing else of the
// product is open to it.
type Caller struct {
	TokenID     uuid.UUID
	Name        string // of the token: what uses it
	Forums      []uuid.UUID
	MayReply    bool
	WritesCases bool
}

// Actor is the token as the trail names it.
func (c Caller) Actor() access.Actor { return access.System("api token " + c.TokenID.String()) }

// Reaches reports whether the token is for a forum.
func (c Caller) Reaches(forum uuid.UUID) bool { return slices.Contains(c.Forums, forum) }

// WhoCalls reads whose request it is by the token it shows. One that is unknown, expired or revoked
// is fault.SignedOut, and which of these is not said.
func (s *Store) WhoCalls(ctx context.Context, secret string) (Caller, error) {
	refused := fault.New(fault.SignedOut, "Send a token that is good: Authorization: Bearer, then the token. It may have expired or been revoked.")
	if !strings.HasPrefix(secret, tokenPrefix) || len(secret) > 100 {
		return Caller{}, refused
	}
	var rows []struct {
		APIToken
		ForumID *uuid.UUID
	}
	stale := false
	err := s.DB.Read(ctx, system, func(tx db.Tx) error {
		err := tx.Raw(`
			select t.*, f.forum_id from api_token t left join api_token_forum f on f.token_id = t.id
			where t.digest = @digest and t.revoked_at is null and t.expires_on >= @today
			order by f.forum_id`, map[string]any{"digest": token.Digest(secret), "today": tx.Today()}).Scan(&rows).Error
		stale = len(rows) > 0 && (rows[0].LastUsedAt == nil || tx.Now.Sub(*rows[0].LastUsedAt) >= time.Minute)
		return err
	})
	if err != nil {
		return Caller{}, err
	}
	if len(rows) == 0 {
		return Caller{}, refused
	}
	caller := Caller{TokenID: rows[0].ID, Name: rows[0].Name, MayReply: rows[0].MayReply, WritesCases: rows[0].WritesCases}
	for _, row := range rows {
		if row.ForumID != nil {
			caller.Forums = append(caller.Forums, *row.ForumID)
		}
	}
	if stale {
		err = s.noteUse(ctx, caller)
	}
	return caller, err
}

// noteUse keeps when a token was last used, to the minute: a busy machine must not write a row with
// each reading. It is no change that anybody made, so the trail does not hold it.
func (s *Store) noteUse(ctx context.Context, caller Caller) error {
	return s.DB.Write(ctx, caller.Actor(), func(tx db.Tx) error {
		return tx.Exec(`
			update api_token set last_used_at = @now where id = @token and (last_used_at is null or last_used_at <= @before)`,
			map[string]any{"now": tx.Now, "token": caller.TokenID, "before": tx.Now.Add(-time.Minute)}).Error
	})
}

// TokenRow is a token as lists show it.
type TokenRow struct {
	APIToken
	CreatedByName string
	RevokedByName string
	Forums        []panels.Forum `gorm:"-"`
	MayRevoke     bool           `gorm:"-"` // the reader runs every forum it reaches
}

// Tokens lists the tokens that reach a forum the actor runs, and those that send case records for whoever
// may make such, those in use first, newest first; and the forums for which the actor may make one. An
// administrator sees them all.
func (s *Store) Tokens(ctx context.Context, actor access.Actor) (rows []TokenRow, mine []panels.Forum, err error) {
	if err := actor.Check(access.MakeTokens, uuid.Nil); err != nil {
		return nil, nil, err
	}
	err = s.DB.Read(ctx, actor, func(tx db.Tx) error {
		forums, err := panels.Forums(tx)
		if err != nil {
			return err
		}
		ids := []uuid.UUID{uuid.Nil}
		for _, forum := range forums {
			if actor.May(access.MakeTokens, forum.ID) {
				mine, ids = append(mine, forum), append(ids, forum.ID)
			}
		}
		err = tx.Raw(`
			select t.*, p.name as created_by_name, coalesce(r.name, '') as revoked_by_name
			from api_token t join person p on p.id = t.created_by left join person r on r.id = t.revoked_by
			where t.id in (select token_id from api_token_forum where forum_id in @mine) or t.writes_cases and @cases
			order by t.revoked_at is not null or t.expires_on < @today, t.created_at desc, t.id limit 500`,
			map[string]any{"mine": ids, "cases": actor.May(access.MakeCaseTokens, uuid.Nil), "today": tx.Today()}).Scan(&rows).Error
		if err != nil {
			return err
		}
		tokens := []uuid.UUID{uuid.Nil}
		for _, row := range rows {
			tokens = append(tokens, row.ID)
		}
		var reached []struct{ TokenID, ForumID uuid.UUID }
		if err := tx.Raw(`select token_id, forum_id from api_token_forum where token_id in ?`, tokens).Scan(&reached).Error; err != nil {
			return err
		}
		of := map[uuid.UUID]map[uuid.UUID]bool{}
		for _, r := range reached {
			if of[r.TokenID] == nil {
				of[r.TokenID] = map[uuid.UUID]bool{}
			}
			of[r.TokenID][r.ForumID] = true
		}
		for i := range rows {
			rows[i].MayRevoke = true
			for _, forum := range forums {
				if of[rows[i].ID][forum.ID] {
					rows[i].Forums = append(rows[i].Forums, forum)
					rows[i].MayRevoke = rows[i].MayRevoke && actor.May(access.MakeTokens, forum.ID)
				}
			}
		}
		return nil
	})
	return rows, mine, err
}
