package notify

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
	"quorate/server/base/token"
)

// dailyDigest is the daily digest as a subscription: ending it has all its kinds read in the product.
const dailyDigest Kind = "daily_digest"

// A link works for as long as anybody would keep the email: the law asks for thirty days.
const unsubscribeLasts = 180 * 24 * time.Hour

// Whoever follows links that there are not is stopped after so many.
const (
	wrongLinkWindow = 15 * time.Minute
	wrongLinkMost   = 20
)

var byUnsubscribeLink = access.System("unsubscribe link")

// unsubscribeLink is what is kept of a link: never the link itself.
type unsubscribeLink struct {
	Digest   []byte
	PersonID uuid.UUID
	Kind     Kind
	MadeAt   time.Time
	UsedAt   *time.Time
	EndedAt  *time.Time
}

func (unsubscribeLink) TableName() string { return "unsubscribe_link" }

// makeUnsubscribeLink makes the path by which one person ends one subscription without signing in. It is
// meant for the email being written in tx.
func makeUnsubscribeLink(tx db.Tx, person uuid.UUID, kind Kind) (path string, err error) {
	text, digest := token.New()
	err = tx.Create(&unsubscribeLink{Digest: digest, PersonID: person, Kind: kind, MadeAt: tx.Now}).Error
	return "/unsubscribe/" + text, err
}

// Subscription is what a link would end.
type Subscription struct {
	Words string // "The digest of a board you sit on"
	Ended bool   // it comes by email no more
}

// ReadUnsubscribeLink finds what a link would end. Reading changes nothing: mail programs open every link.
func (s *Store) ReadUnsubscribeLink(tx db.Tx, text string) (sub Subscription, err error) {
	link, err := s.unsubscribeLinkFor(tx, text)
	if err != nil {
		return sub, err
	}
	chosen, err := choicesOf(tx, link.PersonID)
	if link.Kind == dailyDigest {
		sub.Words, sub.Ended = "The daily digest", true
		for _, door := range chosen {
			sub.Ended = sub.Ended && door != InDigest
		}
		return sub, err
	}
	known := s.kinds[link.Kind].nature
	sub.Words, sub.Ended = known.Words, known.door(chosen[link.Kind]) == InProductOnly
	return sub, err
}

// unsubscribeLinkFor is the link, when it can still be used.
func (s *Store) unsubscribeLinkFor(tx db.Tx, text string) (link unsubscribeLink, err error) {
	err = tx.Raw(`
		select l.* from unsubscribe_link l join person p on p.id = l.person_id
		where l.digest = ? and l.made_at > ? and (p.ended_on is null or p.ended_on > ?)`,
		token.Digest(text), tx.Now.Add(-unsubscribeLasts), tx.Today()).Take(&link).Error
	_, known := s.kinds[link.Kind]
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound) || err == nil && !known && link.Kind != dailyDigest:
		return link, fault.New(fault.NotFound, "This link is not complete, or it is too old to be known. Copy the whole link from your email, or sign in and choose under “What you are told”.")
	case err == nil && link.EndedAt != nil:
		return link, fault.New(fault.Conflict, "You have chosen to get these emails since this one was sent, so its link no longer works. Use the link in a newer email, or sign in and choose under “What you are told”.")
	}
	return link, err
}

// Unsubscribe ends the subscription that a link was made for: it is read in the product from now on. Doing
// it again does nothing. from is the network address it comes from: whoever tries links that there are not
// is stopped.
func (s *Store) Unsubscribe(ctx context.Context, text, from string) error {
	var wrong *fault.Fault
	err := s.DB.Write(ctx, byUnsubscribeLink, func(tx db.Tx) error {
		wrong = nil
		if err := countWrongLinks(tx, from); err != nil {
			return err
		}
		link, err := s.unsubscribeLinkFor(tx, text)
		if fault.Is(err, fault.NotFound) {
			wrong = fault.As(err) // the count is kept
			return tx.Exec(`insert into unsubscribe_guess (address, at) values (?, ?)`, from, tx.Now).Error
		}
		if err != nil {
			return err
		}
		wanted := map[Kind]Door{link.Kind: InProductOnly}
		if link.Kind == dailyDigest {
			delete(wanted, dailyDigest)
			chosen, err := choicesOf(tx, link.PersonID)
			if err != nil {
				return err
			}
			for kind, door := range chosen {
				if known, there := s.kinds[kind]; there && door == InDigest && known.nature.Fixed == "" {
					wanted[kind] = InProductOnly
				}
			}
		}
		if err := s.choose(tx, link.PersonID, wanted); err != nil {
			return err
		}
		if link.UsedAt != nil {
			return nil
		}
		if err := tx.Exec(`update unsubscribe_link set used_at = ? where digest = ?`, tx.Now, link.Digest).Error; err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "notice_choice.unsubscribed", ObjectKind: "person", ObjectID: link.PersonID.String(), After: map[string]any{"kind": link.Kind}})
	})
	if err == nil && wrong != nil {
		return wrong
	}
	return err
}

// countWrongLinks stops an address that has tried too many links that there are not.
func countWrongLinks(tx db.Tx, from string) error {
	var count int
	err := tx.Raw(`select count(*) from unsubscribe_guess where address = ? and at > ?`, from, tx.Now.Add(-wrongLinkWindow)).Scan(&count).Error
	if err == nil && count >= wrongLinkMost {
		return fault.New(fault.TooMany, "Too many links that do not work were tried from here. Wait 15 minutes, then copy the whole link from your email.")
	}
	return err
}

// ForgetUnsubscribeLinks deletes what is kept of links that are too old to be used.
func (s *Store) ForgetUnsubscribeLinks(ctx context.Context) error {
	return s.DB.Write(ctx, byUnsubscribeLink, func(tx db.Tx) error {
		return errors.Join(
			tx.Exec(`delete from unsubscribe_link where made_at <= ?`, tx.Now.Add(-unsubscribeLasts)).Error,
			tx.Exec(`delete from unsubscribe_guess where at <= ?`, tx.Now.Add(-wrongLinkWindow)).Error)
	})
}
