package escalations

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// SendDigest sends a board its digest now, because its clerk or an administrator asks: once a day.
func (s *Store) SendDigest(ctx context.Context, actor access.Actor, slug string) (Digest, error) {
	var digest Digest
	err := s.DB.Write(ctx, actor, func(tx db.Tx) error {
		board, err := panels.ForumBySlug(tx, slug)
		if err != nil {
			return err
		}
		if !board.Board {
			return fault.New(fault.NotFound, "There is no such board.")
		}
		if err := actor.Check(access.SendDigest, board.ID); err != nil {
			return err
		}
		digest, err = s.sendDigest(tx, board, "asked:"+tx.Today().String(), true)
		if errors.Is(err, errSent) {
			return fault.New(fault.Conflict, "A digest was already sent today because somebody asked. The next can be sent tomorrow.")
		}
		return err
	})
	return digest, err
}

// SendDueDigests sends the digests that are due today: one before each meeting of a board, on the day
// its agenda is due out, and one at the start of each week in which something is new or overdue. It runs
// each morning, bears running again, and catches up after mornings that were missed.
func (s *Store) SendDueDigests(ctx context.Context) error {
	type due struct {
		board  panels.Forum
		period string
		always bool
	}
	var list []due
	err := s.DB.Read(ctx, system, func(tx db.Tx) error {
		work, err := panels.WorkingDays(tx)
		if err != nil || !work.IsWorkingDay(tx.Today()) {
			return err
		}
		forums, err := panels.Forums(tx)
		if err != nil {
			return err
		}
		for _, board := range forums {
			if !board.Board {
				continue
			}
			meetings, err := meetingsToBrief(tx, board.ID)
			if err != nil {
				return err
			}
			for _, id := range meetings {
				list = append(list, due{board, "meeting:" + id.String(), true})
			}
			list = append(list, due{board, "week:" + monday(tx.Today()).String(), false})
		}
		return nil
	})
	if err != nil {
		return err
	}
	var failed []error
	for _, d := range list {
		err := s.DB.Write(ctx, system, func(tx db.Tx) error {
			// The first to look decides, and nobody looks again: a quiet Monday stays quiet.
			look := tx.Exec(`insert into digest_look (board_id, period, looked_at) values (?, ?, ?) on conflict do nothing`, d.board.ID, d.period, tx.Now)
			if look.Error != nil || look.RowsAffected == 0 {
				return look.Error
			}
			_, err := s.sendDigest(tx, d.board, d.period, d.always)
			return err
		})
		if err != nil && !errors.Is(err, errSent) {
			failed = append(failed, fmt.Errorf("digest of board %s: %w", d.board.ID, err))
		}
	}
	return errors.Join(failed...)
}

// meetingsToBrief are the board's meetings ahead whose agenda is due out by today.
func meetingsToBrief(tx db.Tx, boardID uuid.UUID) ([]uuid.UUID, error) {
	var meetings []uuid.UUID
	err := tx.Raw(`
		select id from meeting
		where forum_id = @board and status = 'scheduled' and starts_at > @now and agenda_out_on <= @today
		order by starts_at`, map[string]any{"board": boardID, "now": tx.Now, "today": tx.Today()}).Scan(&meetings).Error
	return meetings, err
}

// monday is the first day of the week that holds d.
func monday(d clock.Date) clock.Date {
	return d.AddDays(-((int(d.Weekday()) - int(time.Monday) + 7) % 7))
}

// errSent says that the digest of a period is sent already.
var errSent = errors.New("escalations: the digest of this period is sent")

// sendDigest writes a digest, keeps it and tells the members of the board; unless always, only when
// something is new or overdue. The zero Digest is one that was not needed.
func (s *Store) sendDigest(tx db.Tx, board panels.Forum, period string, always bool) (Digest, error) {
	before, err := lastDigest(tx, board.ID)
	if err != nil {
		return Digest{}, err
	}
	lines, err := boardLines(tx, board.ID, uuid.Nil)
	if err != nil {
		return Digest{}, err
	}
	content := writeDigest(lines, before, tx.Today())
	if !always && !content.worthSending() {
		return Digest{}, nil
	}
	forums, err := panels.Forums(tx)
	if err != nil {
		return Digest{}, err
	}
	told, err := boardMeasures(tx, tx.Today(), forumsBelow(forums, board.ID))
	if err != nil {
		return Digest{}, err
	}
	content.Measures = since(told, before)
	members, err := officers(tx, board.ID, access.Chair, access.DeputyChair, access.Member)
	if err != nil {
		return Digest{}, err
	}
	d := Digest{ID: newID(), BoardID: board.ID, Period: period, AsAt: tx.Today(), Content: content, SentAt: tx.Now, SentTo: len(members)}
	if tx.Actor.IsPerson() {
		d.SentBy = &tx.Actor.PersonID
	}
	err = tx.Create(&d).Error
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return Digest{}, errSent
	}
	if err != nil {
		return Digest{}, err
	}
	if s.Draw == nil {
		err = tellDigest(tx, d.ID, members, nil, "")
	} else {
		err = tx.Enqueue(db.Job{Args: DigestKept{Digest: d.ID}})
	}
	if err != nil {
		return Digest{}, err
	}
	return d, record(tx, "digest.sent", d.ID, board.ID, nil, map[string]any{"period": period, "sent_to": d.SentTo})
}

// DigestKept is the event that a digest was written and its members are to be told.
type DigestKept struct {
	Digest uuid.UUID `json:"digest"`
}

// Kind names the event.
func (DigestKept) Kind() string { return "escalations.digest_kept" }

// drawWait is how long a digest waits for its chart.
const drawWait = 30 * time.Second

// TellDigest draws the chart of a digest and tells the board's members. A chart that cannot be drawn keeps
// nothing back: the message has the same figures in a table.
func (s *Store) TellDigest(ctx context.Context, kept DigestKept) error {
	var d Digest
	if err := s.DB.Read(ctx, system, func(tx db.Tx) error { return tx.Where("id = ?", kept.Digest).Take(&d).Error }); err != nil {
		return err
	}
	var picture []byte
	chart, drawn := d.Content.KindChart(true)
	if drawn && s.Draw != nil {
		within, cancel := context.WithTimeout(ctx, drawWait)
		defer cancel()
		var err error
		if picture, err = s.Draw(within, chart.SVG, pictureWidth); err != nil {
			s.DB.Log().Warn("a digest goes out without its chart", "digest", d.ID, "error", err)
			picture = nil
		}
	}
	return s.DB.Write(ctx, system, func(tx db.Tx) error {
		members, err := officers(tx, d.BoardID, access.Chair, access.DeputyChair, access.Member)
		if err != nil {
			return err
		}
		return tellDigest(tx, d.ID, members, picture, chart.Title)
	})
}

// tellDigest tells a board's members of a digest, once.
func tellDigest(tx db.Tx, id uuid.UUID, members []uuid.UUID, picture []byte, alt string) error {
	told := tx.Exec(`insert into digest_telling (digest_id, picture, alt, told_at) values (?, ?, ?, ?) on conflict do nothing`, id, picture, alt, tx.Now)
	if told.Error != nil || told.RowsAffected == 0 {
		return told.Error
	}
	var notices []notify.Notice
	for _, person := range members {
		notices = append(notices, notify.Notice{Kind: NoticeDigest, IDs: notify.IDs{"digest": id}, To: person})
	}
	return notify.Send(tx, notices...)
}

// lastDigest is the board's last digest, nil before the first.
func lastDigest(tx db.Tx, boardID uuid.UUID) (*Digest, error) {
	var sent []Digest
	err := tx.Where("board_id = ?", boardID).Order("sent_at desc").Limit(1).Find(&sent).Error
	if err != nil || len(sent) == 0 {
		return nil, err
	}
	return &sent[0], nil
}

// ShowDigest is a digest as it was sent, for those who may read the board's page.
func (s *Store) ShowDigest(ctx context.Context, actor access.Actor, id uuid.UUID) (Digest, panels.Forum, error) {
	var d Digest
	var board panels.Forum
	err := s.DB.Read(ctx, actor, func(tx db.Tx) error {
		if err := tx.Where("id = ?", id).Take(&d).Error; err != nil {
			return orNotFound(err, "There is no such digest.")
		}
		if !actor.May(access.ReadBoard, d.BoardID) {
			return fault.New(fault.NotFound, "There is no such digest.")
		}
		var err error
		board, err = panels.ForumByID(tx, d.BoardID)
		return err
	})
	if err != nil {
		return Digest{}, panels.Forum{}, err
	}
	return d, board, nil
}

func digestRows(tx db.Tx, boardID uuid.UUID) ([]DigestRow, error) {
	var rows []DigestRow
	err := tx.Raw(`select id, as_at, sent_at, sent_to from digest where board_id = ? order by sent_at desc limit 50`, boardID).Scan(&rows).Error
	return rows, err
}
