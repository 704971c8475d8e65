package panels

import (
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// ForumByID finds a forum.
func ForumByID(tx db.Tx, id uuid.UUID) (Forum, error) {
	var forum Forum
	err := tx.Where("id = ?", id).Take(&forum).Error
	return forum, orNotFound(err, "There is no such forum.")
}

// ForumBySlug finds a forum by the name it has in addresses.
func ForumBySlug(tx db.Tx, slug string) (Forum, error) {
	var forum Forum
	err := tx.Where("slug = ?", slug).Take(&forum).Error
	return forum, orNotFound(err, "There is no such forum.")
}

// Forums lists every forum by name.
func Forums(tx db.Tx) ([]Forum, error) {
	var forums []Forum
	err := tx.Order("board, name").Find(&forums).Error
	return forums, err
}

// TermsInForce are the terms of reference by which a meeting on that day is judged. A day before
// the first version is judged by the first.
func TermsInForce(tx db.Tx, forumID uuid.UUID, on clock.Date) (Terms, error) {
	var terms Terms
	err := tx.Raw(`
		select * from terms_of_reference
		where forum_id = @forum
		order by in_force_on > @on,                                  -- those in force come first …
			case when in_force_on <= @on then in_force_on end desc,  -- … the latest of them before the others;
			case when in_force_on <= @on then -number else number end -- of one day the newest, of none the oldest
		limit 1`, map[string]any{"forum": forumID, "on": on}).Take(&terms).Error
	return terms, orNotFound(err, "This forum has no terms of reference.")
}

// TermsAt are, for each of several meetings, the terms by which it is judged. It asks once however many
// meetings there are.
func TermsAt(tx db.Tx, meetings []Meeting) (map[uuid.UUID]Terms, error) {
	if len(meetings) == 0 {
		return nil, nil
	}
	forums := make([]uuid.UUID, len(meetings))
	for i, m := range meetings {
		forums[i] = m.ForumID
	}
	var versions []Terms
	if err := tx.Where("forum_id in ?", forums).Order("number desc").Find(&versions).Error; err != nil {
		return nil, err
	}
	ofForum := map[uuid.UUID][]Terms{}
	for _, version := range versions {
		ofForum[version.ForumID] = append(ofForum[version.ForumID], version)
	}
	terms := make(map[uuid.UUID]Terms, len(meetings))
	for _, m := range meetings {
		if len(ofForum[m.ForumID]) == 0 {
			return nil, fault.New(fault.NotFound, "This forum has no terms of reference.")
		}
		terms[m.ID] = termsOn(ofForum[m.ForumID], m.On())
	}
	return terms, nil
}

// TermsVersions lists a forum's terms of reference, newest first.
func TermsVersions(tx db.Tx, forumID uuid.UUID) ([]Terms, error) {
	var versions []Terms
	err := tx.Where("forum_id = ?", forumID).Order("number desc").Find(&versions).Error
	return versions, err
}

// SeriesOf lists the series a forum has on or after a day, earliest first; drafts for those who may see
// them.
func SeriesOf(tx db.Tx, forumID uuid.UUID, from clock.Date) ([]Series, error) {
	var list []Series
	err := tx.Where("forum_id = ? and (ends_on is null or ends_on >= ?) and (not draft or ?)", forumID, from, seesDrafts(tx.Actor, forumID)).
		Order("starts_on, id").Find(&list).Error
	return list, err
}

// ForumRow is a forum in a list, as it stands on a day.
type ForumRow struct {
	Forum
	Cadence string // the RRULE of the terms in force
	Chairs  string // who holds the chair: "Ada Byron", "Ada Byron and Ben Carr", or ""
	NextID  *uuid.UUID
	NextAt  *time.Time // when the next meeting starts; nil when none is scheduled
}

// ListForums lists the forums for whoever may read about them, in one query.
func ListForums(tx db.Tx) ([]ForumRow, error) {
	if err := tx.Actor.Check(access.ReadForums, uuid.Nil); err != nil {
		return nil, err
	}
	var rows []ForumRow
	err := tx.Raw(`
		select f.*, coalesce(t.cadence, '') as cadence, coalesce(c.chairs, '') as chairs, m.id as next_id, m.starts_at as next_at
		from forum f
		left join lateral (
			select cadence from terms_of_reference where forum_id = f.id and in_force_on <= @today
			order by in_force_on desc, number desc limit 1
		) t on true
		left join lateral (
			select string_agg(p.name, ' and ' order by s.position) as chairs
			from seat s join seat_holding h on h.seat_id = s.id join person p on p.id = h.person_id
			where s.forum_id = f.id and s.office = 'chair' and h.deputy_order = 0
				and h.from_date <= @today and (h.to_date is null or h.to_date >= @today)
		) c on true
		left join lateral (
			select id, starts_at from meeting where forum_id = f.id and starts_at >= @now and status = 'scheduled'
			order by starts_at limit 1
		) m on true
		order by f.board, f.name`, map[string]any{"today": tx.Today(), "now": tx.Now}).Scan(&rows).Error
	return rows, err
}

// ForumPage is everything about a forum on a day.
type ForumPage struct {
	Forum       Forum
	Escalates   *Forum // where what is stuck goes; nil when nowhere
	Terms       Terms  // in force
	Versions    []Terms
	Seats       []TableSeat
	Series      []Series
	Meetings    []MeetingRow // the next few
	MayChange   bool         // this actor may change the terms of reference
	MayFill     bool         // … fill seats
	MaySchedule bool         // … schedule, move and cancel meetings
	MayOpen     bool         // … let other systems read its meetings
	Brought     bool         // this actor may read decisions from before Quorate, and there are some

	MayKnowMeetings bool // … know when it meets, and who is away
	MayReadRecord   bool // … read what it decided
}

// ShowForum gathers what the forum's page shows to whoever may read about forums.
func ShowForum(tx db.Tx, slug string) (page ForumPage, err error) {
	if err = tx.Actor.Check(access.ReadForums, uuid.Nil); err != nil {
		return page, err
	}
	if page.Forum, err = ForumBySlug(tx, slug); err != nil {
		return page, err
	}
	today := tx.Today()
	if page.Terms, err = TermsInForce(tx, page.Forum.ID, today); err != nil {
		return page, err
	}
	if page.Versions, err = TermsVersions(tx, page.Forum.ID); err != nil {
		return page, err
	}
	if page.Seats, err = SeatsOn(tx, page.Forum.ID, today); err != nil {
		return page, err
	}
	if page.Series, err = SeriesOf(tx, page.Forum.ID, today); err != nil {
		return page, err
	}
	if page.Forum.EscalatesTo != nil {
		above, err := ForumByID(tx, *page.Forum.EscalatesTo)
		if err != nil {
			return page, err
		}
		page.Escalates = &above
	}
	page.MayChange = tx.Actor.May(access.ChangeForums, page.Forum.ID)
	page.MayFill = tx.Actor.May(access.FillSeats, page.Forum.ID)
	page.MaySchedule = tx.Actor.May(access.Schedule, page.Forum.ID)
	if tx.Actor.May(access.ReadDecisions, page.Forum.ID) {
		err := tx.Raw(`select exists (select from meeting where forum_id = ? and brought)`, page.Forum.ID).Scan(&page.Brought).Error
		if err != nil {
			return page, err
		}
	}
	page.MayKnowMeetings = tx.Actor.May(access.ReadMeeting, page.Forum.ID)
	page.MayReadRecord = tx.Actor.May(access.ReadDecisions, page.Forum.ID)
	page.MayOpen = tx.Actor.May(access.MakeTokens, page.Forum.ID)
	if page.MayKnowMeetings {
		page.Meetings, err = NextMeetings(tx, page.Forum.ID, 6)
	}
	return page, err
}

// orNotFound turns "no row" into a sentence and leaves every other error alone.
func orNotFound(err error, sentence string) error {
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return fault.New(fault.NotFound, "%s", sentence)
	}
	return err
}
