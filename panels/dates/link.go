package dates

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
	"quorate/server/base/token"
)

// link is what is kept of a link in an email: never the link itself.
type link struct {
	Digest    []byte
	InviteeID uuid.UUID
	MadeAt    time.Time
	ExpiresAt time.Time
	EndedAt   *time.Time
}

func (link) TableName() string { return "date_link" }

// makeLink makes the path of a page on which one person answers one poll without signing in. It is
// meant for the email being written in tx, and works for as long as the poll is open.
func makeLink(tx db.Tx, poll Poll, invitee Invitee) (path string, err error) {
	text, digest := token.New()
	err = tx.Create(&link{Digest: digest, InviteeID: invitee.ID, MadeAt: tx.Now, ExpiresAt: earliest(poll.ClosesAt, tx.Now.Add(LongestOpen))}).Error
	return "/when/" + text, err
}

// endLinks ends every link of a poll.
func endLinks(tx db.Tx, poll Poll) error {
	return tx.Exec(`
		update date_link set ended_at = ? where ended_at is null and invitee_id in (select id from date_invitee where poll_id = ?)`,
		tx.Now, poll.ID).Error
}

// lockLinked is linkedTo with its poll, as they stand while nothing else changes them.
func lockLinked(tx db.Tx, text string) (held link, poll Poll, invitee Invitee, err error) {
	if _, invitee, err = linkedTo(tx, text); err != nil {
		return held, poll, invitee, err
	}
	if poll, err = lockPoll(tx, invitee.PollID); err != nil {
		return held, poll, invitee, err
	}
	held, invitee, err = linkedTo(tx, text)
	return held, poll, invitee, err
}

// linkedTo finds whose link it is and to which poll, however either stands. With an account every link
// of its person ends.
func linkedTo(tx db.Tx, text string) (held link, invitee Invitee, err error) {
	err = tx.Where("digest = ?", token.Digest(text)).Take(&held).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return held, invitee, fault.New(fault.NotFound, "This link is not complete, or it is too old to be known. Copy the whole link from your email, or sign in and answer from Home.")
	}
	if err != nil {
		return held, invitee, err
	}
	if err = tx.Where("id = ?", held.InviteeID).Take(&invitee).Error; err != nil {
		return held, invitee, err
	}
	person, err := panels.PersonByID(tx, invitee.PersonID)
	if err == nil && person.HasLeft(tx.Today()) {
		err = fault.New(fault.Conflict, "You are no longer asked about these dates, so there is nothing to answer.")
	}
	return held, invitee, err
}

// Dead says why a link does not work, and how to go on.
type Dead struct {
	Fault  *fault.Fault
	Resend bool // its reader can have a new link sent
}

// works says why the link cannot be used to answer; nil when it can.
func (l link) works(poll Poll, invitee Invitee, now time.Time) *Dead {
	if problem := fault.As(poll.takesAnswers(now)); problem != nil {
		return &Dead{Fault: problem}
	}
	switch {
	case invitee.EndedAt != nil:
		return &Dead{Fault: fault.New(fault.Conflict, "You are no longer asked about these dates, so there is nothing to answer. If that is wrong, tell the forum’s clerk.")}
	case l.EndedAt != nil:
		return &Dead{Resend: true, Fault: fault.New(fault.Conflict, "This link stopped working when answers first closed. People have since been given more time. Use the link in a newer email, or have a new one sent.")}
	case !now.Before(l.ExpiresAt):
		return &Dead{Resend: true, Fault: fault.New(fault.Conflict, "This link has expired: links in emails work for 7 days. Use the link in a newer email, or have a new one sent.")}
	}
	return nil
}

// ByLink is what whoever opens a link is shown.
type ByLink struct {
	Forum panels.Forum
	Dead  *Dead // the link does not work; Form is then empty
	Form  Form
}

// FollowLink finds what a link asks. Reading changes nothing: mail programs open every link.
func FollowLink(tx db.Tx, text string) (page ByLink, err error) {
	held, invitee, err := linkedTo(tx, text)
	if err != nil {
		return page, err
	}
	poll, err := pollByID(tx, invitee.PollID)
	if err != nil {
		return page, err
	}
	if page.Forum, err = panels.ForumByID(tx, poll.ForumID); err != nil {
		return page, err
	}
	if page.Dead = held.works(poll, invitee, tx.Now); page.Dead != nil {
		return page, nil
	}
	page.Form, err = formFor(tx, poll, invitee)
	return page, err
}

// SendNewLink sends the reader of a link that has run out another one, to their own address; not when
// one that works was made for them today.
func (s Store) SendNewLink(ctx context.Context, text string) error {
	return s.DB.Write(ctx, byLink, func(tx db.Tx) error {
		held, poll, invitee, err := lockLinked(tx, text)
		if err != nil {
			return err
		}
		if dead := held.works(poll, invitee, tx.Now); dead == nil || !dead.Resend {
			if dead == nil {
				return nil // it works: its page is shown
			}
			return dead.Fault
		}
		var newer bool
		err = tx.Raw(`select exists(select from date_link where invitee_id = ? and ended_at is null and expires_at > ? and made_at >= ?)`,
			invitee.ID, tx.Now, tx.Today().Start()).Scan(&newer).Error
		if err != nil {
			return err
		}
		if newer {
			return fault.New(fault.TooMany, "You were sent a new link today, %s. Look for the newest email from Quorate, or ask the forum’s clerk.", clock.DateOf(tx.Now).Long())
		}
		if err := record(tx, "date_poll.link_renewed", poll, nil, map[string]any{"person": invitee.PersonID}); err != nil {
			return err
		}
		return tell(tx, NoticeAsked, poll, invitee.PersonID)
	})
}

// ForgetLinks deletes what is kept of links a month past their use: until then whoever opens one is
// told what became of it.
func (s Store) ForgetLinks(ctx context.Context) error {
	return s.DB.Write(ctx, byLink, func(tx db.Tx) error {
		return tx.Exec(`delete from date_link where expires_at < ?`, tx.Now.AddDate(0, -1, 0)).Error
	})
}
