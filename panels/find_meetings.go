package panels

import (
	"slices"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// MeetingFilter narrows a list of meetings.
type MeetingFilter struct {
	From, To clock.Date // both included
	Forum    uuid.UUID  // uuid.Nil: every forum
	Person   uuid.UUID  // only meetings this person is asked to come to; uuid.Nil: anybody's
	Between  bool       // what is decided between meetings too
	Limit    int        // 0 is listLimit
}

// listLimit bounds every list of meetings: a busy month of a large partnership has some sixty.
const listLimit = 500

const selectMeetingRows = `
	select m.*, f.name as forum_name, f.slug as forum_slug, f.board
	from meeting m join forum f on f.id = m.forum_id `

// askedToCome is whether @person is asked to come to meeting m: they hold a seat on its day, or are
// the first deputy of one nobody holds, or a reply sends them, or they come for an item. It says in
// SQL, for many meetings at once, what Attendees says of one.
const askedToCome = `(
	exists (
		select from seat s join seat_holding h on h.seat_id = s.id
		where s.forum_id = m.forum_id and h.person_id = @person
			and h.from_date <= (m.starts_at at time zone 'Europe/London')::date
			and (h.to_date is null or h.to_date >= (m.starts_at at time zone 'Europe/London')::date)
			and not exists (
				select from seat_holding o
				where o.seat_id = h.seat_id and o.deputy_order < h.deputy_order
					and o.from_date <= (m.starts_at at time zone 'Europe/London')::date
					and (o.to_date is null or o.to_date >= (m.starts_at at time zone 'Europe/London')::date)))
	or exists (select from reply r where r.meeting_id = m.id and r.deputy_id = @person and r.current and r.sequence >= m.timed_at_sequence)
	or exists (select from meeting_guest g where g.meeting_id = m.id and g.person_id = @person and g.ended_at is null))`

// FindMeetings lists the meetings the actor may know of, earliest first, and whether there are more
// than the limit. Drafts are listed to those who schedule the forum. It asks once however many
// there are.
func FindMeetings(tx db.Tx, filter MeetingFilter) (rows []MeetingRow, more bool, err error) {
	if !tx.Actor.IsKnown() {
		return nil, false, tx.Actor.Check(access.ReadMeeting, uuid.Nil)
	}
	all, forums := forumsOfMeetings(tx.Actor)
	if filter.Forum != uuid.Nil {
		if !all && !slices.Contains(forums, filter.Forum) {
			return nil, false, nil
		}
		all, forums = false, []uuid.UUID{filter.Forum}
	}
	if !all && len(forums) == 0 {
		return nil, false, nil
	}
	if filter.Limit == 0 {
		filter.Limit = listLimit
	}
	where := `where m.starts_at >= @from and m.starts_at < @to and ` + NotDraft
	if !all {
		where += ` and m.forum_id in @forums`
	}
	if !filter.Between {
		where += ` and m.kind = 'held'`
	}
	if filter.Person != uuid.Nil {
		where += ` and ` + askedToCome
	}
	err = tx.Raw(selectMeetingRows+where+` order by m.starts_at, f.name, m.id limit @limit`, DraftsSeen(tx.Actor, map[string]any{
		"from": filter.From.Start(), "to": filter.To.AddDays(1).Start(), "forums": forums, "person": filter.Person, "limit": filter.Limit + 1,
	})).Scan(&rows).Error
	if len(rows) > filter.Limit {
		return rows[:filter.Limit], true, err
	}
	return rows, false, err
}

// ListMeetings is FindMeetings from one day to another, both included; onForum uuid.Nil means every
// forum.
func ListMeetings(tx db.Tx, from, to clock.Date, onForum uuid.UUID) ([]MeetingRow, error) {
	rows, _, err := FindMeetings(tx, MeetingFilter{From: from, To: to, Forum: onForum})
	return rows, err
}

// ForumsWithMeetings lists the forums of whose meetings the actor may know, by name.
func ForumsWithMeetings(tx db.Tx) ([]Forum, error) {
	all, ids := forumsOfMeetings(tx.Actor)
	forums, err := Forums(tx)
	if all || err != nil {
		return forums, err
	}
	return slices.DeleteFunc(forums, func(f Forum) bool { return !slices.Contains(ids, f.ID) }), nil
}

// SeatedPerson is somebody whose meetings can be listed.
type SeatedPerson struct {
	ID         uuid.UUID
	Name       string
	AgencyName string
}

// PeopleWithMeetings lists, by name, those who sit between two days on a forum of whose meetings
// the actor may know: whoever may see a forum's meetings may see who sits there. also is somebody
// who is listed too if they sat there at any time; uuid.Nil is nobody.
func PeopleWithMeetings(tx db.Tx, from, to clock.Date, also uuid.UUID) (people []SeatedPerson, err error) {
	all, forums := forumsOfMeetings(tx.Actor)
	if !all && len(forums) == 0 {
		return nil, nil
	}
	where := ``
	if !all {
		where = ` and s.forum_id in @forums`
	}
	err = tx.Raw(`
		select p.id, p.name, coalesce(a.short_name, '') as agency_name
		from person p left join agency a on a.id = p.agency_id
		where p.id in (
			select h.person_id from seat s join seat_holding h on h.seat_id = s.id
			where (h.from_date <= @to and (h.to_date is null or h.to_date >= @from) or h.person_id = @also)`+where+`)
		order by p.name, p.id limit 2000`, map[string]any{"from": from, "to": to, "also": also, "forums": forums}).Scan(&people).Error
	return people, err
}

// forumsOfMeetings says on which forums the actor may know of meetings.
func forumsOfMeetings(actor access.Actor) (all bool, forums []uuid.UUID) {
	if actor.System != "" {
		return true, nil
	}
	// uuid.Max is no forum: only a role that holds everywhere allows it there.
	if actor.May(access.ReadMeeting, uuid.Max) {
		return true, nil
	}
	for _, forum := range seatForums(actor) {
		if actor.May(access.ReadMeeting, forum) {
			forums = append(forums, forum)
		}
	}
	return false, forums
}

func seatForums(actor access.Actor) []uuid.UUID {
	var forums []uuid.UUID
	for _, seat := range actor.Seats {
		if !slices.Contains(forums, seat.ForumID) {
			forums = append(forums, seat.ForumID)
		}
	}
	return forums
}
