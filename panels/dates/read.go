package dates

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

func pollByID(tx db.Tx, id uuid.UUID) (Poll, error) {
	var poll Poll
	err := tx.Where("id = ?", id).Take(&poll).Error
	return poll, orNotFound(err, noPoll)
}

// Page is everything about a poll for those who run it, or one person's own form for those who are asked.
type Page struct {
	Poll      Poll
	Forum     panels.Forum
	MayRun    bool
	Mine      *Form // what the reader is asked; nil when they are not
	Slots     []Slot
	Prospects []Prospect                   // the best first
	People    []Asked                      // in the order of the table, then those who do not sit on the forum
	Clashes   map[uuid.UUID][]panels.Clash // by slot, worst first
	ChosenBy  string                       // who chose the date, or withdrew
	Meeting   *panels.Meeting
}

// Asked is somebody who is asked, with what they say.
type Asked struct {
	Invitee
	Name        string
	Agency      string
	Seat        string  // "Team manager", "Deputy for Team manager"; "" for those who do not sit on the forum
	Answers     Answers `gorm:"-"`
	HasAnswered bool    `gorm:"-"` // each date to come
	MayAskAgain bool    `gorm:"-"` // today
}

// ShowPoll gathers what a poll's page shows. For whoever neither runs it nor is asked there is none.
func ShowPoll(tx db.Tx, id uuid.UUID) (page Page, err error) {
	if page.Poll, err = pollByID(tx, id); err != nil {
		return page, err
	}
	if page.Forum, err = panels.ForumByID(tx, page.Poll.ForumID); err != nil {
		return page, err
	}
	page.MayRun = tx.Actor.May(access.Schedule, page.Poll.ForumID)
	invitee, err := inviteeOf(tx, id, tx.Actor.PersonID)
	switch missing := orNotFound(err, noPoll); {
	case err == nil:
		form, err := formFor(tx, page.Poll, invitee)
		if err != nil {
			return page, err
		}
		page.Mine = &form
	case !fault.Is(missing, fault.NotFound):
		return page, err
	case !page.MayRun:
		return Page{}, missing
	}
	if page.Poll.EndedBy != nil {
		person, err := panels.PersonByID(tx, *page.Poll.EndedBy)
		if err != nil {
			return page, err
		}
		page.ChosenBy = person.Name
	}
	if page.Poll.MeetingID != nil {
		meeting, err := panels.MeetingByID(tx, *page.Poll.MeetingID)
		if err != nil {
			return page, err
		}
		page.Meeting = &meeting
	}
	if !page.MayRun {
		return page, nil
	}
	return page, page.readForThoseWhoRunIt(tx)
}

func (page *Page) readForThoseWhoRunIt(tx db.Tx) error {
	judged, err := judge(tx, page.Poll)
	if err != nil {
		return err
	}
	page.Slots, page.Prospects = judged.slots, judged.prospects
	if page.People, err = askedPeople(tx, page.Poll, judged); err != nil {
		return err
	}
	if !page.Poll.IsUnsettled() {
		return nil
	}
	page.Clashes, err = clashesBySlot(tx, page.Forum.ID, page.Slots)
	return err
}

func clashesBySlot(tx db.Tx, forumID uuid.UUID, slots []Slot) (map[uuid.UUID][]panels.Clash, error) {
	clashes, err := clashesOf(tx, forumID, slots)
	bySlot := make(map[uuid.UUID][]panels.Clash, len(clashes))
	for at, ofSlot := range clashes {
		bySlot[slots[at].ID] = ofSlot
	}
	return bySlot, err
}

// judgement is a poll's dates with what the answers foretell of each.
type judgement struct {
	slots     []Slot
	tables    map[uuid.UUID][]panels.TableSeat // by slot
	answers   map[uuid.UUID]Answers            // by person
	prospects []Prospect
}

// judge reads a poll's dates and answers and ranks the dates, each by the terms and the seats of its day.
func judge(tx db.Tx, poll Poll) (j judgement, err error) {
	if j.slots, err = slotsOf(tx, poll.ID); err != nil {
		return j, err
	}
	if j.answers, err = answersOf(tx, poll.ID); err != nil {
		return j, err
	}
	meetings := make([]panels.Meeting, len(j.slots))
	for i, slot := range j.slots {
		meetings[i] = slot.meeting(poll.ForumID)
	}
	if j.tables, err = panels.SeatsAt(tx, meetings); err != nil {
		return j, err
	}
	terms, err := panels.TermsAt(tx, meetings)
	if err != nil {
		return j, err
	}
	var candidates []Candidate
	for _, slot := range j.slots {
		candidates = append(candidates, Candidate{Slot: slot, Terms: terms[slot.ID], Seats: j.tables[slot.ID]})
	}
	j.prospects = Rank(candidates, j.answers, tx.Now)
	return j, nil
}

// place is where somebody sits at the table, for the order of a list.
type place struct {
	order  int
	agency string
	seat   string
}

// placesOf finds each person's first seat on any of the days, holders before deputies.
func (j judgement) placesOf() map[uuid.UUID]place {
	places := map[uuid.UUID]place{}
	for _, slot := range j.slots {
		for at, seat := range j.tables[slot.ID] {
			for _, holder := range seat.Holders {
				p := place{order: at * 10, agency: seat.AgencyName, seat: seat.Name}
				if holder.DeputyOrder > 0 {
					p.order, p.seat = p.order+min(holder.DeputyOrder, 9), "Deputy for "+seat.Name
				}
				if known, ok := places[holder.PersonID]; !ok || holder.DeputyOrder == 0 && known.order%10 > 0 {
					places[holder.PersonID] = p
				}
			}
		}
	}
	return places
}

func askedPeople(tx db.Tx, poll Poll, j judgement) ([]Asked, error) {
	var people []Asked
	err := tx.Raw(`
		select i.*, p.name, coalesce(a.name, '') as agency
		from date_invitee i join person p on p.id = i.person_id left join agency a on a.id = p.agency_id
		where i.poll_id = ? and i.ended_at is null
		order by p.name, p.id`, poll.ID).Scan(&people).Error
	if err != nil {
		return nil, err
	}
	places := j.placesOf()
	for i := range people {
		person := &people[i]
		person.Answers = j.answers[person.PersonID]
		person.HasAnswered = person.Answers.complete(j.slots, tx.Now)
		person.MayAskAgain = poll.IsOpen(tx.Now) && !person.HasAnswered && clock.DateOf(person.AskedAt).Before(tx.Today())
		if at, ok := places[person.PersonID]; ok {
			person.Seat = at.seat
			if at.agency != "" {
				person.Agency = at.agency
			}
		}
	}
	slices.SortStableFunc(people, func(a, b Asked) int { return cmp.Compare(orderOf(places, a), orderOf(places, b)) })
	return people, nil
}

func orderOf(places map[uuid.UUID]place, a Asked) int {
	if at, ok := places[a.PersonID]; ok {
		return at.order
	}
	return 1 << 20
}

// complete reports whether somebody has answered each date to come.
func (a Answers) complete(slots []Slot, now time.Time) bool {
	for _, slot := range slots {
		if slot.StartsAt.After(now) && a[slot.ID] == "" {
			return false
		}
	}
	return true
}

// Row is a poll in a list.
type Row struct {
	Poll
	ForumName string
	ForumSlug string
	Slots     int
	People    int
	Answered  int // people who have answered at least once
	Asked     bool
}

// listLimit bounds every list of polls.
const listLimit = 200

// ListPolls lists the polls of forums the actor schedules for, and those in which they are asked, the
// newest first; onForum uuid.Nil means every forum.
func ListPolls(tx db.Tx, onForum uuid.UUID) ([]Row, error) {
	all, forums := runsFor(tx.Actor)
	var rows []Row
	err := tx.Raw(`
		select p.*, f.name as forum_name, f.slug as forum_slug, s.slots, i.people, i.answered, i.asked
		from date_poll p join forum f on f.id = p.forum_id
		left join lateral (select count(*) as slots from date_slot where poll_id = p.id) s on true
		left join lateral (
			select count(*) as people, count(answered_at) as answered, coalesce(bool_or(person_id = @me), false) as asked
			from date_invitee where poll_id = p.id and ended_at is null
		) i on true
		where (@all or p.forum_id in @forums or i.asked) and (@everywhere or p.forum_id = @forum)
		order by p.status in ('open', 'closed') desc, p.proposed_at desc, p.id
		limit @limit`, map[string]any{
		"me": tx.Actor.PersonID, "all": all, "forums": forums, "everywhere": onForum == uuid.Nil, "forum": onForum, "limit": listLimit,
	}).Scan(&rows).Error
	return rows, err
}

// runsFor says for which forums the actor schedules. The list is never empty, as SQL wants it.
func runsFor(actor access.Actor) (all bool, forums []uuid.UUID) {
	// uuid.Max is no forum: only a role that holds everywhere allows it there.
	if actor.May(access.Schedule, uuid.Max) {
		return true, []uuid.UUID{uuid.Nil}
	}
	forums = []uuid.UUID{uuid.Nil}
	for _, seat := range actor.Seats {
		if actor.May(access.Schedule, seat.ForumID) && !slices.Contains(forums, seat.ForumID) {
			forums = append(forums, seat.ForumID)
		}
	}
	return false, forums
}

// Waiting is a poll that waits for somebody.
type Waiting struct {
	PollID    uuid.UUID
	ForumName string
	ClosesAt  time.Time
	Slots     int  // dates that wait for an answer, or to choose from
	Open      bool // it could still be answered
}

// AnswersWaiting lists the polls whose dates wait for the actor's answer, the soonest to close first.
func AnswersWaiting(tx db.Tx) ([]Waiting, error) {
	var waiting []Waiting
	err := tx.Raw(`
		select p.id as poll_id, f.name as forum_name, p.closes_at, count(*) as slots, true as open
		from date_invitee i
		join date_poll p on p.id = i.poll_id and p.status = 'open' and p.closes_at > @now
		join forum f on f.id = p.forum_id
		join date_slot s on s.poll_id = p.id and s.starts_at > @now
		where i.person_id = @me and i.ended_at is null
			and not exists (select from date_answer a where a.invitee_id = i.id and a.slot_id = s.id)
		group by p.id, f.name order by p.closes_at, p.id`, map[string]any{"me": tx.Actor.PersonID, "now": tx.Now}).Scan(&waiting).Error
	return waiting, err
}

// ChoicesWaiting lists the polls from which the actor, as clerk of the forum or because they asked, is
// to choose a date: those that have closed, and those that everybody has answered.
func ChoicesWaiting(tx db.Tx) ([]Waiting, error) {
	clerkOf := []uuid.UUID{uuid.Nil}
	for _, seat := range tx.Actor.Seats {
		if seat.Office == access.Clerk && tx.Actor.May(access.Schedule, seat.ForumID) {
			clerkOf = append(clerkOf, seat.ForumID)
		}
	}
	all, forums := runsFor(tx.Actor)
	var waiting []Waiting
	err := tx.Raw(`
		select p.id as poll_id, f.name as forum_name, p.closes_at, s.slots, p.status = 'open' and p.closes_at > @now as open
		from date_poll p join forum f on f.id = p.forum_id
		join lateral (select count(*) as slots from date_slot where poll_id = p.id and starts_at > @now) s on true
		where p.status in ('open', 'closed')
			and (p.forum_id in @clerkOf or p.proposed_by = @me and (@all or p.forum_id in @forums))
			and (p.status = 'closed' or p.closes_at <= @now or not exists (
				select from date_invitee i join date_slot d on d.poll_id = i.poll_id and d.starts_at > @now
				where i.poll_id = p.id and i.ended_at is null
					and not exists (select from date_answer a where a.invitee_id = i.id and a.slot_id = d.id)))
		order by p.closes_at, p.id limit @limit`, map[string]any{
		"me": tx.Actor.PersonID, "now": tx.Now, "clerkOf": clerkOf, "all": all, "forums": forums, "limit": listLimit,
	}).Scan(&waiting).Error
	return waiting, err
}
