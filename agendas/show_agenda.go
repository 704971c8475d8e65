package agendas

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/agendas/requests"
	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// CaseLine is the young person an item is about. There is none on a board's agenda.
type CaseLine struct {
	Reference string // "Q1042"
	Name      string
	Born      clock.Date
	Age       int      // on the meeting's day
	NotOurs   []string // another council or integrated care board that is responsible
	NoAccess  bool     // the reader, a guest, sees the item and not the case's own page
	NoViews   bool     // the young person's own views are not on record
	Gone      bool     // they have died or moved away by the meeting's day
	Forename  string
}

// RequestLine is the funding request an item is about.
type RequestLine struct {
	ID          uuid.UUID
	Number      int64
	WeeklyPence int64
	OneOffPence int64
}

// Reference is the request's number as people see it, "R2001".
func (r RequestLine) Reference() string { return requests.Reference(r.Number) }

// Line is one item with whom and what it is about.
type Line struct {
	Item
	Case      *CaseLine
	Request   *RequestLine
	Presenter string
	Tabling   *Tabling // who told the young person, as recorded now; nil while it is not
	// Of a published version: what was recorded when it went out, nil when nothing was, and whether Tabling
	// was recorded since.
	AsPublished *Tabling
	Since       bool
	Guests      []panels.GuestRow // who joins it from outside; for those who build the agenda
	Suggested   []string          // agencies from outside that the item concerns and nobody joins it for yet
	Withheld    string            // why this reader may not see it; then nothing else is filled in but the number
}

// Withheld answers which of a meeting's items the transaction's actor may not see, and why: an
// interest declared in one, say. It is passed in, because interests are the room's.
type Withheld func(tx db.Tx, meetingID uuid.UUID) (map[uuid.UUID]string, error)

// DraftPage is a meeting's agenda while it is being built.
type DraftPage struct {
	Meeting  panels.Meeting
	Forum    panels.Forum
	Terms    panels.Terms
	Listed   []Line          // and those taken off after publication, in their place
	PutOver  []Line          // there is no time for them
	Next     *panels.Meeting // where they come instead; nil when none is called
	Removed  []Line
	Fit      Fit
	Unjudged []Unjudged
	Versions []VersionRow
	Closed   string // why it cannot be changed now; "" when it can
}

// VersionRow is a published version in a list.
type VersionRow struct {
	Version     int
	PublishedAt time.Time
}

// ShowDraft is the agenda builder's page, for those who may build this forum's agendas.
func ShowDraft(tx db.Tx, meetingID uuid.UUID, withheld Withheld) (page DraftPage, err error) {
	if page.Meeting, err = panels.MeetingByID(tx, meetingID); err != nil {
		return page, err
	}
	if err := tx.Actor.Check(access.BuildAgenda, page.Meeting.ForumID); err != nil {
		return page, err
	}
	m, err := readForMeeting(tx, page.Meeting)
	if err != nil {
		return page, err
	}
	page.Forum, page.Terms = m.forum, m.terms
	if closed := fault.As(mayStillBuild(page.Meeting)); closed != nil {
		page.Closed = closed.Sentence
	}
	items, err := Items(tx, meetingID)
	if err != nil {
		return page, err
	}
	lines, err := linesOf(tx, m, items, withheld)
	if err != nil {
		return page, err
	}
	for _, line := range lines {
		switch line.State {
		case Removed:
			page.Removed = append(page.Removed, line)
		case PutOver:
			page.PutOver = append(page.PutOver, line)
		default:
			page.Listed = append(page.Listed, line)
		}
	}
	if page.Next, err = nextMeeting(tx, page.Meeting); err != nil {
		return page, err
	}
	if err := page.addGuests(tx); err != nil {
		return page, err
	}
	page.Fit = fit(items, int(page.Meeting.Duration().Minutes()))
	if !m.forum.Board {
		if _, page.Unjudged, err = selectionFor(tx, m); err != nil {
			return page, err
		}
	}
	page.Versions, err = versionRows(tx, meetingID)
	return page, err
}

func versionRows(tx db.Tx, meetingID uuid.UUID) ([]VersionRow, error) {
	var rows []VersionRow
	err := tx.Raw(`select version, published_at from agenda_version where meeting_id = ? order by version desc`, meetingID).Scan(&rows).Error
	return rows, err
}

// linesOf adds to items the people and requests they are about, in a handful of queries. A board's lines
// have neither: nothing here reads a name for one.
func linesOf(tx db.Tx, m forMeeting, items []Item, withheld Withheld) ([]Line, error) {
	var closed map[uuid.UUID]string
	var err error
	if withheld != nil {
		if closed, err = withheld(tx, m.ID); err != nil {
			return nil, err
		}
	}
	cases := map[uuid.UUID]tracker.Case{}
	asked := map[uuid.UUID]RequestLine{}
	presenters := map[uuid.UUID]string{}
	var heard map[uuid.UUID]clock.Date
	var told map[uuid.UUID]Tabling
	var ours panels.Partnership
	if !m.forum.Board {
		if ours, err = panels.OurPartnership(tx); err != nil {
			return nil, err
		}
		if cases, err = casesOf(tx, items); err != nil {
			return nil, err
		}
		if heard, err = tracker.LastHeard(tx, casesIn(items)); err != nil {
			return nil, err
		}
		if told, err = tablingsOf(tx, m.ID); err != nil {
			return nil, err
		}
		if asked, err = requestsOf(tx, items); err != nil {
			return nil, err
		}
		if presenters, err = presentersOf(tx, items); err != nil {
			return nil, err
		}
	}
	lines := make([]Line, len(items))
	for i, item := range items {
		if why, hidden := closed[item.ID]; hidden {
			lines[i] = Line{Item: Item{ID: item.ID, MeetingID: item.MeetingID, Number: item.Number, Position: item.Position, Minutes: item.Minutes, State: item.State, Version: item.Version}, Withheld: why}
			continue
		}
		lines[i] = Line{Item: item}
		if item.CaseID != nil && !m.forum.Board {
			c := cases[*item.CaseID]
			lines[i].Case = &CaseLine{
				Reference: c.Reference(), Name: c.Name(), Born: c.DateOfBirth, Age: calendar.Age(c.DateOfBirth, m.On()), NoViews: heard[c.ID].IsZero(),
				NotOurs: responsibleElsewhere(c, ours), Forename: c.Forename, Gone: Gone(c, m.On()),
			}
			if recorded, known := told[c.ID]; known {
				lines[i].Tabling = &recorded
			}
		}
		if item.RequestID != nil && !m.forum.Board {
			r := asked[*item.RequestID]
			lines[i].Request = &r
		}
		if item.PresenterID != nil {
			lines[i].Presenter = presenters[*item.PresenterID]
		}
	}
	return lines, nil
}

// responsibleElsewhere names the council and the board that are responsible for a case and are not ours.
func responsibleElsewhere(c tracker.Case, ours panels.Partnership) (names []string) {
	for _, body := range []panels.Body{panels.BodyOf(c.ResponsibleCouncil, ours.Council), panels.BodyOf(c.ResponsibleICB, ours.ICB)} {
		if body.NotOurs {
			names = append(names, body.Name)
		}
	}
	return names
}

func requestsOf(tx db.Tx, items []Item) (map[uuid.UUID]RequestLine, error) {
	ids := []uuid.UUID{uuid.Nil}
	for _, item := range items {
		if item.RequestID != nil {
			ids = append(ids, *item.RequestID)
		}
	}
	var rows []RequestLine
	err := tx.Raw(`select id, number, weekly_pence, one_off_pence from funding_request where id in ?`, ids).Scan(&rows).Error
	byID := make(map[uuid.UUID]RequestLine, len(rows))
	for _, row := range rows {
		byID[row.ID] = row
	}
	return byID, err
}

func presentersOf(tx db.Tx, items []Item) (map[uuid.UUID]string, error) {
	ids := []uuid.UUID{uuid.Nil}
	for _, item := range items {
		if item.PresenterID != nil {
			ids = append(ids, *item.PresenterID)
		}
	}
	var rows []struct {
		ID   uuid.UUID
		Name string
	}
	err := tx.Raw(`select id, name from person where id in ?`, ids).Scan(&rows).Error
	names := make(map[uuid.UUID]string, len(rows))
	for _, row := range rows {
		names[row.ID] = row.Name
	}
	return names, err
}

// PublishedPage is one version of an agenda, as one reader may see it.
type PublishedPage struct {
	Meeting     panels.Meeting
	Forum       panels.Forum
	Version     int
	Latest      int
	PublishedAt time.Time
	DueOn       clock.Date // the day by which the first version had to be out
	Late        bool       // it was not
	LateReason  string
	Content     Snapshot
	Lines       []Line
	Minutes     int
	Chair       string  // who chairs it
	OnlyOwn     bool    // the reader has no seat and sees the items they present or join as a guest
	Changes     Changes // from the version before this one
	NewSince    int     // the version the reader had opened before this one; 0 is none
	New         Changes // what is new to them since
	own         []uuid.UUID
}

var (
	notOut       = fault.New(fault.NotFound, "This agenda has not been published.")
	noSuchAgenda = fault.New(fault.NotFound, "There is no such agenda.")
)

// ShowPublished is a version of a meeting's agenda; version 0 is the latest. Members see all of it
// but what withheld keeps from them; a presenter or a guest, who has no seat, sees the items they present or
// join and nothing else; for others there is no such agenda. What has been taken off since is closed in every version.
func ShowPublished(tx db.Tx, meetingID uuid.UUID, version int, withheld Withheld) (page PublishedPage, err error) {
	if page.Meeting, err = panels.MeetingByID(tx, meetingID); err != nil {
		return page, err
	}
	page.Latest, page.Version = page.Meeting.AgendaVersion, version
	if version == 0 {
		page.Version = page.Latest
	}
	if !tx.Actor.May(access.ReadAgenda, page.Meeting.ForumID) {
		own, err := ownItems(tx, meetingID)
		if err != nil {
			return page, err
		}
		if len(own) == 0 {
			return PublishedPage{}, noSuchAgenda
		}
		page.OnlyOwn, page.own = true, own
	}
	m, err := readForMeeting(tx, page.Meeting)
	if err != nil {
		return page, err
	}
	page.Forum = m.forum
	var published Version
	err = tx.Where("meeting_id = ? and version = ?", meetingID, page.Version).Take(&published).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return page, notOut
	}
	if err != nil {
		return page, err
	}
	page.PublishedAt, page.Content = published.PublishedAt, published.Content

	now, err := Items(tx, meetingID)
	if err != nil {
		return page, err
	}
	items := published.Content.asOf(now, func(item SnapshotItem) bool {
		return !page.OnlyOwn || slices.Contains(page.own, item.ID)
	})
	if len(items) == 0 {
		return page, notOut
	}
	if page.Lines, err = linesOf(tx, m, items, withheld); err != nil {
		return page, err
	}
	for _, line := range page.Lines {
		if line.State == Listed {
			page.Minutes += line.Minutes
		}
		if line.Case != nil && page.OnlyOwn && (line.PresenterID == nil || *line.PresenterID != tx.Actor.PersonID) {
			line.Case.NoAccess = true
		}
	}
	if err := addTablings(tx, page.Lines, published.Content.Items); err != nil {
		return page, err
	}
	chaired, err := panels.ChairOf(tx, page.Meeting)
	if err != nil {
		return page, err
	}
	page.Chair = chaired.Names()
	if err := page.addChanges(tx); err != nil {
		return page, err
	}
	page.Content.Items = nil // what the reader may see is in Lines
	return page, nil
}

// addChanges says what this version changed, what of it is new to the reader, and whether the agenda was
// late. A version they opened before this one stays what they had read, however often they open this.
func (p *PublishedPage) addChanges(tx db.Tx) error {
	err := tx.Raw(`select coalesce(max(version), 0) from agenda_read where meeting_id = ? and person_id = ? and version < ?`,
		p.Meeting.ID, tx.Actor.PersonID, p.Version).Scan(&p.NewSince).Error
	if err != nil {
		return err
	}
	var before []Version
	if err := tx.Where("meeting_id = ? and version in ?", p.Meeting.ID, []int{1, p.Version - 1, p.NewSince}).Find(&before).Error; err != nil {
		return err
	}
	for _, earlier := range before {
		if earlier.Version == 1 {
			p.DueOn, p.Late, p.LateReason = earlier.DueOn, earlier.Late(), earlier.LateReason
		}
		if earlier.Version == p.Version-1 {
			p.Changes = Compare(earlier.Content, p.Content).readableBy(p.Lines)
		}
		if earlier.Version == p.NewSince {
			p.New = Compare(earlier.Content, p.Content).readableBy(p.Lines)
		}
	}
	return nil
}

// asOf is a snapshot's items, of which those taken off by now say only their number and why.
func (s Snapshot) asOf(now []Item, show func(SnapshotItem) bool) []Item {
	off := make(map[uuid.UUID]string)
	for _, item := range now {
		if item.State == TakenOff {
			off[item.ID] = item.RemovedReason
		}
	}
	var items []Item
	for i, line := range s.Items {
		if !show(line) {
			continue
		}
		why, pulled := off[line.ID]
		if pulled || line.State == TakenOff {
			if !pulled {
				why = line.RemovedReason
			}
			items = append(items, Item{ID: line.ID, Number: line.Number, Position: i + 1, State: TakenOff, RemovedReason: why})
			continue
		}
		items = append(items, Item{
			ID: line.ID, Number: line.Number, Position: i + 1, Kind: line.Kind, Title: line.Title, CaseID: line.CaseID, RequestID: line.RequestID,
			EscalationID: line.EscalationID, PresenterID: line.PresenterID, Minutes: line.Minutes, State: line.State,
			LateReason: line.LateReason, Reasons: line.Reasons,
		})
	}
	return items
}

// ownItems are the items of a meeting that the actor presents, or joins as a guest until each is over.
func ownItems(tx db.Tx, meetingID uuid.UUID) (ids []uuid.UUID, err error) {
	if !tx.Actor.IsPerson() {
		return nil, nil
	}
	err = tx.Raw(`
		select id from agenda_item where @presents and meeting_id = @meeting and presenter_id = @me and state in ('listed', 'taken_off')
		union select item_id from guest_item where meeting_id = @meeting and person_id = @me`,
		map[string]any{"presents": tx.Actor.Presenter, "meeting": meetingID, "me": tx.Actor.PersonID}).Scan(&ids).Error
	return ids, err
}

// RecordReading notes that the actor has opened a published agenda; the first time counts.
func (s Store) RecordReading(ctx context.Context, actor access.Actor, meetingID uuid.UUID, version int) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		return tx.Exec(`insert into agenda_read (meeting_id, version, person_id, read_at) values (?, ?, ?, ?) on conflict do nothing`,
			meetingID, version, actor.PersonID, tx.Now).Error
	})
}
