package auth

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
	"quorate/server/base/token"
)

// NewAPIToken is what somebody enters to let a machine in.
type NewAPIToken struct {
	Name        string
	Forums      []uuid.UUID // none for one that sends case records
	MayReply    bool
	WritesCases bool
	ExpiresOn   clock.Date
}

// MakeToken makes a token for forums the actor runs, or one that sends case records. The secret is told here and never again: only
// its digest is kept.
func (s *Store) MakeToken(ctx context.Context, actor access.Actor, asked NewAPIToken) (secret string, made APIToken, err error) {
	if err := actor.Check(access.MakeTokens, uuid.Nil); err != nil {
		return "", made, err
	}
	text, _ := token.New()
	secret = tokenPrefix + text
	made = APIToken{ID: uuid.Must(uuid.NewV7()), Name: strings.TrimSpace(asked.Name), Digest: token.Digest(secret), MayReply: asked.MayReply, WritesCases: asked.WritesCases, CreatedBy: actor.PersonID, ExpiresOn: asked.ExpiresOn, Version: 1}
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		// Of two clicks at once the second must find the name taken.
		if err := tx.Exec(`select pg_advisory_xact_lock(hashtextextended('api token', 0))`).Error; err != nil {
			return err
		}
		if err := asked.check(tx, made.Name); err != nil {
			return err
		}
		made.CreatedAt = tx.Now
		if err := tx.Create(&made).Error; err != nil {
			return err
		}
		for _, forum := range asked.Forums {
			err := tx.Exec(`insert into api_token_forum (token_id, forum_id) values (?, ?) on conflict do nothing`, made.ID, forum).Error
			if err != nil {
				return err
			}
		}
		return audit.Record(tx, audit.Entry{Action: "api_token.made", ObjectKind: "api_token", ObjectID: made.ID.String(), ForumID: alone(asked.Forums), After: map[string]any{
			"name": made.Name, "forums": asked.Forums, "may_reply": made.MayReply, "writes_cases": made.WritesCases, "expires_on": made.ExpiresOn,
		}})
	})
	if err != nil {
		return "", APIToken{}, err
	}
	return secret, made, nil
}

func (n NewAPIToken) check(tx db.Tx, name string) error {
	var form fault.Form
	switch {
	case name == "":
		form.Add("name", "Enter what will use the token, like Rota system")
	case utf8.RuneCountInString(name) > 100:
		form.Add("name", "Enter a name of 100 characters or fewer")
	default:
		// Pressed twice, or sent again by going back, the form must not leave a second token about.
		var taken bool
		err := tx.Raw(`select exists (select from api_token where lower(name) = lower(?) and revoked_at is null and expires_on >= ?)`, name, tx.Today()).Row().Scan(&taken)
		if err != nil {
			return err
		}
		form.Require(!taken, "name", "There is a token of that name already. Revoke it first, or enter another name")
	}
	if n.WritesCases {
		if err := tx.Actor.Check(access.MakeCaseTokens, uuid.Nil); err != nil {
			return err
		}
		form.Require(len(n.Forums) == 0 && !n.MayReply, "forums", "A token that sends case records reaches no forum and does not reply")
	} else {
		form.Require(len(n.Forums) > 0, "forums", "Choose at least one forum")
	}
	var known int
	if len(n.Forums) > 0 {
		if err := tx.Raw(`select count(*) from forum where id in ?`, n.Forums).Row().Scan(&known); err != nil {
			return err
		}
		form.Require(known == len(n.Forums), "forums", "Choose forums from the list")
		for _, forum := range n.Forums {
			if err := tx.Actor.Check(access.MakeTokens, forum); err != nil {
				return err
			}
		}
	}
	today := tx.Today()
	switch {
	case n.ExpiresOn.IsZero():
		form.Add("expires_on", "Enter the last day it is good")
	case n.ExpiresOn.Before(today):
		form.Add("expires_on", "Enter a day that is today or later")
	case n.ExpiresOn.After(today.AddMonths(longestToken)):
		form.Add("expires_on", "Enter a day no later than %s: a token is good for a year at most", today.AddMonths(longestToken).Long())
	}
	return form.Err()
}

// alone is the forum when there is one, and uuid.Nil when there are several.
func alone(forums []uuid.UUID) uuid.UUID {
	if len(forums) == 1 {
		return forums[0]
	}
	return uuid.Nil
}
