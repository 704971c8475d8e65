package notify

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Told is a notice as it stands in its person's inbox: what it said when it came.
type Told struct {
	NoticeID uuid.UUID
	PersonID uuid.UUID
	Kind     Kind
	Subject  string
	Line     string
	LinkText string
	LinkPath string // "": there is nothing to do
	Why      string
	ToldAt   time.Time
	ReadAt   *time.Time
}

// TableName is inbox.
func (Told) TableName() string { return "inbox" }

// standAtOnce is how many notices are put into an inbox in one transaction.
const standAtOnce = 50

// stand puts what is due to a person into their inbox, whatever becomes of the mail.
func (s *Store) stand(ctx context.Context, person uuid.UUID) error {
	for after := int64(0); ; {
		found, last := 0, after
		err := s.DB.Write(ctx, sender, func(tx db.Tx) error {
			if err := lockRecipient(tx, person); err != nil {
				return err
			}
			var rows []outboxRow
			err := tx.Raw(`
				select * from outbox where recipient = ? and state = 'waiting' and stood_at is null and stands_at <= ? and seq > ?
				order by seq limit ? for update`, person, tx.Now, after, standAtOnce).Scan(&rows).Error
			if found = len(rows); err != nil || found == 0 {
				return err
			}
			email, err := s.address(tx, person)
			if err != nil {
				return err
			}
			for _, row := range rows {
				last = row.Seq
				if email == "" {
					err = drop(tx, hasLeft, row)
				} else {
					err = s.standOne(tx, row)
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || found < standAtOnce {
			return err
		}
		after = last
	}
}

// standOne writes a notice into the inbox. Writing it may keep things for the email it is meant for, such
// as a link made for its reader; that is taken back. One that cannot be written waits for the repair.
func (s *Store) standOne(tx db.Tx, row outboxRow) error {
	if err := tx.Exec("savepoint inbox").Error; err != nil {
		return err
	}
	mail, send, failed := s.compose(tx, row.notice())
	if err := tx.Exec("rollback to savepoint inbox").Error; err != nil {
		return err
	}
	switch {
	case failed != nil:
		s.DB.Log().Warn("a notice cannot be written", "outbox", row.ID, "kind", row.Kind, "error", failed)
		return nil
	case !send:
		return drop(tx, noLongerTrue, row)
	}
	told := Told{
		NoticeID: row.ID, PersonID: row.Recipient, Kind: row.Kind, Subject: mail.Subject, Line: mail.firstLine(), LinkText: mail.Link.Text, LinkPath: mail.Link.inside(), Why: mail.Why, ToldAt: tx.Now,
	}
	return errors.Join(
		tx.Exec(`
			insert into inbox (notice_id, person_id, kind, subject, line, link_text, link_path, why, told_at)
			values (@notice, @person, @kind, @subject, @line, @text, @path, @why, @now)
			on conflict (notice_id) do update set subject = excluded.subject, line = excluded.line, link_text = excluded.link_text,
				link_path = excluded.link_path, why = excluded.why, told_at = excluded.told_at, read_at = null`,
			map[string]any{
				"notice": told.NoticeID, "person": told.PersonID, "kind": told.Kind, "subject": told.Subject, "line": told.Line,
				"text": told.LinkText, "path": told.LinkPath, "why": told.Why, "now": told.ToldAt,
			}).Error,
		tx.Exec(`update outbox set stood_at = ? where id = ?`, tx.Now, row.ID).Error)
}

// unreadMost is where counting unread notices stops.
const unreadMost = 100

// UnreadSQL is how many notices a person has not read, a hundred at most, in a query about person p.
const UnreadSQL = `(select count(*) from (select from inbox where person_id = p.id and read_at is null limit 100) unread)`

// Unread says how many there are: "3", "99+", or "" for none.
func Unread(count int) string {
	switch {
	case count == 0:
		return ""
	case count >= unreadMost:
		return "99+"
	default:
		return strconv.Itoa(count)
	}
}

// Inbox is a page of what the actor was told, the latest first.
func Inbox(tx db.Tx, unreadOnly bool, page, perPage int) (list []Told, total int64, err error) {
	err = tx.Raw(`select count(*) from inbox where person_id = @me and (read_at is null or not @unread)`,
		map[string]any{"me": tx.Actor.PersonID, "unread": unreadOnly}).Scan(&total).Error
	if err != nil {
		return nil, 0, err
	}
	err = tx.Raw(`
		select * from inbox where person_id = @me and (read_at is null or not @unread)
		order by told_at desc, notice_id desc limit @most offset @before`,
		map[string]any{"me": tx.Actor.PersonID, "unread": unreadOnly, "most": perPage, "before": (page - 1) * perPage}).Scan(&list).Error
	return list, total, err
}

// MarkRead notes that the actor has read one of their notices, and says where it leads.
func (s *Store) MarkRead(ctx context.Context, actor access.Actor, notice uuid.UUID) (path string, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		var told Told
		err := tx.Raw(`select * from inbox where notice_id = ? and person_id = ? for update`, notice, actor.PersonID).Take(&told).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return fault.New(fault.NotFound, "This notice is no longer in your inbox. What it told of has been settled since.")
		}
		if path = told.LinkPath; err != nil || told.ReadAt != nil {
			return err
		}
		if err := db.RequireOne(tx.Exec(`update inbox set read_at = ? where notice_id = ?`, tx.Now, notice)); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "notice.read", ObjectKind: "notice", ObjectID: notice.String()})
	})
	return path, err
}

// MarkAllRead notes that the actor has read what had come by a moment: what came while they looked at the
// page stays new. It says how many they were.
func (s *Store) MarkAllRead(ctx context.Context, actor access.Actor, by time.Time) (count int64, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		done := tx.Exec(`update inbox set read_at = ? where person_id = ? and read_at is null and told_at <= ?`, tx.Now, actor.PersonID, by)
		if count = done.RowsAffected; done.Error != nil || count == 0 {
			return done.Error
		}
		return audit.Record(tx, audit.Entry{Action: "notice.all_read", ObjectKind: "person", ObjectID: actor.PersonID.String(), After: map[string]any{"notices": count}})
	})
	return count, err
}
