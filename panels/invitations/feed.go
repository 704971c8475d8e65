package invitations

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
	"quorate/server/base/token"
)

// A feed reaches from three months back to thirteen ahead, and asks to be fetched each hour. Nobody
// is asked to a thousand meetings; whoever clerks every forum of a region sees the first thousand.
const (
	feedBack  = 3
	feedAhead = 13
	feedMost  = 1000
	feedEvery = time.Hour
)

// A calendar that comes more often than this is told to wait: some are set to each second by mistake.
const (
	burstLasts = 5 * time.Minute
	burstMost  = 60
)

// Feed is a secret address that somebody's calendar comes to: for their own meetings, or for a forum's.
// The address is told once; what is kept cannot be used.
type Feed struct {
	ID        uuid.UUID
	PersonID  uuid.UUID
	ForumID   *uuid.UUID // nil: the person's own meetings
	Digest    []byte
	MadeAt    time.Time
	RevokedAt *time.Time
	FetchedAt *time.Time // nil: never
	Content   []byte     // the digest of what was fetched last
	ChangedAt *time.Time // since when it is that
	BurstAt   *time.Time // fetches are counted from here
	Burst     int
}

// TableName is calendar_feed.
func (Feed) TableName() string { return "calendar_feed" }

// Fetched is a feed as it is answered.
type Fetched struct {
	Text      []byte
	ETag      string    // strong: the same for the same bytes
	ChangedAt time.Time // since when the bytes are these, to the second
}

// MakeFeed makes the actor's address for their own meetings, or for a forum's when forum is not
// uuid.Nil, and answers its secret part, which nobody can be told again. One they had before is revoked.
func (s Store) MakeFeed(ctx context.Context, actor access.Actor, forum uuid.UUID) (secret string, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if err := actor.Check(access.UseProduct, uuid.Nil); err != nil {
			return err
		}
		if forum != uuid.Nil && len(actor.SeatsOn(forum)) == 0 {
			return fault.New(fault.NotFound, "There is no such forum, or you have no seat on it.")
		}
		// Two clicks at once must leave one address.
		if err := tx.Exec(`select pg_advisory_xact_lock(hashtextextended('calendar feed ' || ?::text, 0))`, actor.PersonID).Error; err != nil {
			return err
		}
		var before []Feed
		err := tx.Raw(`select * from calendar_feed where person_id = ? and coalesce(forum_id, ?) = ? and revoked_at is null`, actor.PersonID, uuid.Nil, forum).Scan(&before).Error
		if err != nil {
			return err
		}
		for _, feed := range before {
			if err := revoke(tx, feed); err != nil {
				return err
			}
		}
		feed := Feed{ID: uuid.Must(uuid.NewV7()), PersonID: actor.PersonID, MadeAt: tx.Now}
		if forum != uuid.Nil {
			feed.ForumID = &forum
		}
		secret, feed.Digest = token.New()
		if err := tx.Create(&feed).Error; err != nil {
			return err
		}
		return recordFeed(tx, "calendar_feed.made", feed)
	})
	return secret, err
}

// RevokeFeed ends one of the actor's addresses at once. What it showed before stays in the calendars
// that fetched it until they ask again.
func (s Store) RevokeFeed(ctx context.Context, actor access.Actor, id uuid.UUID) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		var feed Feed
		err := tx.Raw(`select * from calendar_feed where id = ? and person_id = ? and revoked_at is null for update`, id, actor.PersonID).Take(&feed).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return fault.New(fault.NotFound, "There is no such calendar address. It may be revoked already.")
		}
		if err != nil {
			return err
		}
		return revoke(tx, feed)
	})
}

func revoke(tx db.Tx, feed Feed) error {
	if err := db.RequireOne(tx.Exec(`update calendar_feed set revoked_at = ? where id = ? and revoked_at is null`, tx.Now, feed.ID)); err != nil {
		return err
	}
	return recordFeed(tx, "calendar_feed.revoked", feed)
}

func recordFeed(tx db.Tx, action string, feed Feed) error {
	entry := audit.Entry{Action: action, ObjectKind: "calendar_feed", ObjectID: feed.ID.String()}
	if feed.ForumID != nil {
		entry.ForumID = *feed.ForumID
	}
	return audit.Record(tx, entry)
}

// FeedsOf lists the actor's addresses that work.
func FeedsOf(tx db.Tx) (feeds []Feed, err error) {
	err = tx.Raw(`select * from calendar_feed where person_id = ? and revoked_at is null order by made_at, id`, tx.Actor.PersonID).Scan(&feeds).Error
	return feeds, err
}

var fetcher = access.System("calendar feed")

// Fetch is the calendar at a secret address. One that is unknown or revoked, whose person has left, or
// who no longer has a seat on its forum, is not found, and nothing tells these apart.
func (s Store) Fetch(ctx context.Context, secret string) (fetched Fetched, err error) {
	gone := fault.New(fault.NotFound, "There is nothing here.")
	err = s.DB.Write(ctx, fetcher, func(tx db.Tx) error {
		var feed Feed
		err := tx.Raw(`
			select c.* from calendar_feed c join person p on p.id = c.person_id
			where c.digest = ? and c.revoked_at is null and (p.ended_on is null or p.ended_on > ?)
			for update of c`, token.Digest(secret), tx.Today()).Take(&feed).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return gone
		}
		if err != nil {
			return err
		}
		if feed.BurstAt == nil || tx.Now.Sub(*feed.BurstAt) >= burstLasts {
			feed.BurstAt, feed.Burst = &tx.Now, 0
		}
		if feed.Burst >= burstMost {
			return fault.New(fault.TooMany, "This calendar comes too often. Once an hour is enough; try again in five minutes.")
		}
		if feed.ForumID != nil {
			var seated bool
			err := tx.Raw(`
				select exists (select from seat_holding h join seat s on s.id = h.seat_id
					where h.person_id = @person and s.forum_id = @forum and h.from_date <= @today and (h.to_date is null or h.to_date >= @today))`,
				map[string]any{"person": feed.PersonID, "forum": *feed.ForumID, "today": tx.Today()}).Row().Scan(&seated)
			if err != nil {
				return err
			}
			if !seated {
				return gone
			}
		}
		name, entries, err := s.entries(tx, feed)
		if err != nil {
			return err
		}
		if fetched.Text, err = calendar.Feed(name, feedEvery, entries...); err != nil {
			return err
		}
		return feed.fetched(tx, &fetched)
	})
	return fetched, err
}

// fetched notes that a calendar came, and since when what it got is that.
func (f Feed) fetched(tx db.Tx, got *Fetched) error {
	sum := sha256.Sum256(got.Text)
	if f.ChangedAt == nil || !slices.Equal(f.Content, sum[:]) {
		changed := tx.Now.Truncate(time.Second)
		if f.ChangedAt != nil && !changed.After(*f.ChangedAt) {
			changed = f.ChangedAt.Add(time.Second) // twice in a second: by its date alone the second would look like the first
		}
		f.ChangedAt = &changed
	}
	got.ETag, got.ChangedAt = `"`+hex.EncodeToString(sum[:16])+`"`, *f.ChangedAt
	return tx.Exec(`update calendar_feed set fetched_at = ?, content = ?, changed_at = ?, burst_at = ?, burst = ? where id = ?`,
		tx.Now, sum[:], *f.ChangedAt, *f.BurstAt, f.Burst+1, f.ID).Error
}

// entries are the meetings of a feed, in order of time. It asks a fixed number of times.
func (s Store) entries(tx db.Tx, feed Feed) (name string, entries []calendar.Entry, err error) {
	from, to := tx.Today().AddMonths(-feedBack).Start(), tx.Today().AddMonths(feedAhead).Start()
	var meetings []panels.MeetingRow
	if feed.ForumID != nil {
		meetings, err = forumMeetings(tx, *feed.ForumID, from, to)
	} else {
		meetings, err = ownMeetings(tx, feed.PersonID, from, to)
	}
	if err != nil {
		return "", nil, err
	}
	name = "Quorate: my meetings"
	if feed.ForumID != nil {
		forum, err := panels.ForumByID(tx, *feed.ForumID)
		if err != nil {
			return "", nil, err
		}
		name = "Quorate: " + forum.Name
	}
	seated, err := seatedOn(tx, feed.PersonID)
	if err != nil {
		return "", nil, err
	}
	for _, m := range meetings {
		entry := calendar.Entry{
			UID: UID(m.ID), Sequence: m.Sequence, Stamp: m.ChangedAt, Start: m.StartsAt, End: m.EndsAt,
			Title: m.ForumName, Place: Place(m.Meeting), Cancelled: m.Status == panels.Cancelled,
		}
		if entry.Cancelled {
			entry.Title = "Cancelled: " + entry.Title // not every program shows the status
		}
		if slices.Contains(seated, m.ForumID) {
			entry.Link = s.BaseURL + meetingPath(m.Meeting)
		}
		entries = append(entries, entry)
	}
	return name, entries, nil
}

const selectMeetings = `
	select m.*, f.name as forum_name from meeting m join forum f on f.id = m.forum_id
	where m.status <> 'draft' and m.kind = 'held' and m.starts_at >= @from and m.starts_at < @to `

func forumMeetings(tx db.Tx, forum uuid.UUID, from, to time.Time) (rows []panels.MeetingRow, err error) {
	err = tx.Raw(selectMeetings+`and m.forum_id = @forum order by m.starts_at, m.id limit @most`,
		map[string]any{"forum": forum, "from": from, "to": to, "most": feedMost}).Scan(&rows).Error
	return rows, err
}

// ownMeetings are those that a person is asked to, and those where they present an item.
func ownMeetings(tx db.Tx, person uuid.UUID, from, to time.Time) ([]panels.MeetingRow, error) {
	var rows []panels.MeetingRow
	err := tx.Raw(selectMeetings+`
		and (m.forum_id in (select s.forum_id from seat s join seat_holding h on h.seat_id = s.id where h.person_id = @person)
			or m.id in (select meeting_id from meeting_guest where person_id = @person and ended_at is null)
			or m.id in (select meeting_id from agenda_item where presenter_id = @person and state = 'listed'))
		order by m.starts_at, m.id limit @most`, map[string]any{"person": person, "from": from, "to": to, "most": feedMost}).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	meetings, ids := make([]panels.Meeting, len(rows)), make([]uuid.UUID, len(rows))
	for i, row := range rows {
		meetings[i], ids[i] = row.Meeting, row.ID
	}
	asked, err := panels.AttendeesOf(tx, meetings...)
	if err != nil {
		return nil, err
	}
	var presents []uuid.UUID
	err = tx.Raw(`select distinct meeting_id from agenda_item where presenter_id = ? and meeting_id in ? and state = 'listed'`, person, ids).Scan(&presents).Error
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(rows, func(row panels.MeetingRow) bool {
		comes := slices.ContainsFunc(asked[row.ID], func(a panels.Attendee) bool { return a.PersonID == person })
		return !comes && !slices.Contains(presents, row.ID)
	}), nil
}

// seatedOn are the forums on which a person has a seat today: they may open those meetings' pages.
func seatedOn(tx db.Tx, person uuid.UUID) (forums []uuid.UUID, err error) {
	err = tx.Raw(`
		select distinct s.forum_id from seat s join seat_holding h on h.seat_id = s.id
		where h.person_id = @person and h.from_date <= @today and (h.to_date is null or h.to_date >= @today)`,
		map[string]any{"person": person, "today": tx.Today()}).Scan(&forums).Error
	return forums, err
}
