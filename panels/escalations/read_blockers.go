package escalations

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// BlockerRow is a blocker in a list of the forums that work on it.
type BlockerRow struct {
	Blocker
	ForumName string
	ForumSlug string
	CaseNo    *int64 // the product's own number; nil for a theme
	OwnerName string
	InDispute bool       // agencies do not agree about it
	DecideBy  clock.Date // the last day for its level to decide that; Not known without a dispute, and at a board
	AgeDays   int        `gorm:"-"` // since it was raised
	RisesOn   clock.Date `gorm:"-"` // Not known at the board's level, and once resolved
}

// CaseReference is the case's number as people see it, or "".
func (r BlockerRow) CaseReference() string {
	if r.CaseNo == nil {
		return ""
	}
	return tracker.CaseReference(*r.CaseNo)
}

const selectBlockers = openDisputes + `
	select b.*, f.name as forum_name, f.slug as forum_slug, c.number as case_no, p.name as owner_name,
		b.state = 'open' and b.id in (select stands_at from open_dispute) as in_dispute, ` + decideBy + ` as decide_by
	from blocker b join forum f on f.id = b.forum_id left join cases c on c.id = b.case_id join person p on p.id = b.owner_id `

// BlockerFilter is what somebody asks of the list of blockers.
type BlockerFilter struct {
	Forum    string // a slug; "" for all of the reader's
	Level    string // by its name
	Kind     Kind
	Theme    string
	Owner    *uuid.UUID
	Overdue  bool // needed by a day that has passed
	Snoozed  bool
	Disputed bool
	Resolved bool
	Offset   int
	Limit    int
}

// BlockerList is what somebody may see of what is stuck.
type BlockerList struct {
	Blockers []BlockerRow
	Total    int            // on all pages
	Forums   []panels.Forum // whose blockers they may see, for the filter
	Forum    *panels.Forum  // the one chosen
	Levels   []string       // for the filters: what there is among what they may see
	Themes   []string
	Owners   []BlockerOwner
	MayRaise bool // on the chosen forum
}

// BlockerOwner is somebody who owns a blocker in a list.
type BlockerOwner struct {
	ID   uuid.UUID
	Name string
}

// ListBlockers lists the blockers of one forum, or of all forums the actor sits on: those raised there, those that
// have climbed there and those that joined one. Blockers about somebody whose item the actor left because of an
// interest are left out. What a board holds comes first, then what has climbed, then the forums' own, the oldest
// first.
func (s *Store) ListBlockers(ctx context.Context, actor access.Actor, asked BlockerFilter) (BlockerList, error) {
	var list BlockerList
	err := s.DB.Read(ctx, actor, func(tx db.Tx) error {
		all, err := panels.Forums(tx)
		if err != nil {
			return err
		}
		ids := []uuid.UUID{}
		for _, f := range all {
			if f.Board || !actor.May(access.ReadBlockers, f.ID) {
				continue
			}
			list.Forums = append(list.Forums, f)
			if asked.Forum == "" || f.Slug == asked.Forum {
				ids = append(ids, f.ID)
			}
			if f.Slug == asked.Forum {
				chosen := f
				list.Forum, list.MayRaise = &chosen, actor.May(access.RaiseBlocker, f.ID)
			}
		}
		if asked.Forum != "" && list.Forum == nil {
			return fault.New(fault.NotFound, "There is no such forum.")
		}
		about := asked.about(tx, idsOrNone(ids))
		if err := tx.Raw(`select count(*) from blocker b where `+seenBlockers+askedBlockers, about).Scan(&list.Total).Error; err != nil {
			return err
		}
		err = tx.Raw(selectBlockers+`where `+seenBlockers+askedBlockers+`
			order by case b.level when 'board' then 1 when 'forum' then 3 else 2 end, case b.level when 'forum' then '' else b.level_name end, b.raised_at, b.number
			limit @limit offset @offset`, about).Scan(&list.Blockers).Error
		if err != nil {
			return err
		}
		if err := list.readChoices(tx, about); err != nil {
			return err
		}
		work, err := panels.WorkingDays(tx)
		for i := range list.Blockers {
			list.Blockers[i].fill(tx.Today(), work)
		}
		return err
	})
	return list, err
}

// seenBlockers is which blockers of a state the actor may see at the forums they look at.
var seenBlockers = `
	b.state = @state and (b.forum_id in @forums or b.level_forum_id in @forums and b.level <> 'board' or b.owner_id = @mine or b.level_person_id = @mine
		or exists (select from blocker j where j.joined_into = b.id and j.forum_id in @forums))
	and not exists (` + interestInBlocker("@me", "b.id") + `)`

// askedBlockers are the other filters.
const askedBlockers = `
	and (@level = '' or b.level_name = @level) and (@kind = '' or b.kind = @kind) and (@theme = '' or b.theme = @theme)
	and (cast(@owner as uuid) is null or b.owner_id = @owner)
	and (not @overdue or b.needed_by < @today) and (not @snoozed or b.snoozed_until is not null)
	and (not @disputed or b.id in (select stands_at from dispute_now))`

func (asked BlockerFilter) about(tx db.Tx, forums []uuid.UUID) map[string]any {
	state := Open
	if asked.Resolved {
		state = Resolved
	}
	mine := uuid.Nil // what is theirs themselves stands among all, not under one forum
	if asked.Forum == "" {
		mine = tx.Actor.PersonID
	}
	return map[string]any{
		"state": state, "forums": forums, "mine": mine, "me": tx.Actor.PersonID, "level": asked.Level, "kind": asked.Kind, "theme": asked.Theme,
		"owner": asked.Owner, "overdue": asked.Overdue, "snoozed": asked.Snoozed, "disputed": asked.Disputed, "today": tx.Today(), "limit": asked.Limit, "offset": asked.Offset,
	}
}

// readChoices reads the levels, themes and owners there are to filter by.
func (list *BlockerList) readChoices(tx db.Tx, about map[string]any) error {
	for column, into := range map[string]*[]string{"level_name": &list.Levels, "theme": &list.Themes} {
		if err := tx.Raw(`select distinct b.`+column+` from blocker b where `+seenBlockers+` order by 1 limit 200`, about).Scan(into).Error; err != nil {
			return err
		}
	}
	return tx.Raw(`select distinct p.id, p.name from blocker b join person p on p.id = b.owner_id where `+seenBlockers+` order by p.name, p.id limit 200`, about).Scan(&list.Owners).Error
}

// idsOrNone is never empty: "in ()" is no SQL.
func idsOrNone(ids []uuid.UUID) []uuid.UUID {
	if len(ids) == 0 {
		return []uuid.UUID{uuid.Nil}
	}
	return ids
}

// risesOn is the day a blocker below the board rises unless it is resolved: when its time is up, or when its dispute
// was not decided by its day.
func risesOn(b Blocker, decideBy clock.Date, work calendar.WorkingDays) clock.Date {
	on := LeavesOn(b.LevelSince, b.LevelDays, work)
	if decideBy.IsZero() {
		return on
	}
	return earlier(on, UndecidedOn(decideBy, work))
}

func (r *BlockerRow) fill(today clock.Date, work calendar.WorkingDays) {
	r.AgeDays = clock.DateOf(r.RaisedAt).DaysUntil(today)
	if r.State == Open && r.Level != BoardLevel {
		r.RisesOn = risesOn(r.Blocker, r.DecideBy, work)
	}
}

// BlockerPage is a blocker's whole story.
type BlockerPage struct {
	BlockerRow
	Cases       []CaseLine // that it names and the reader may see
	NamedCases  int        // all that it names
	Decisions   []LinkedDecision
	Joined      []Relative // blockers of the same cause that joined it
	Into        *Relative  // the one that goes on in its place
	SplitFrom   *Relative  // the one it was part of
	SplitOff    []Relative // blockers that were part of it
	Ladder      Ladder
	Story       []StepRow
	Asked       *Escalation // the last time it stood before its board
	Answer      *Answer
	AnswerOwner string
	LinkedForum string
	Disputes    []DisputePart // of it and of those that joined it, the latest first
	MayChange   bool
	MayDispute  bool

	AcknowledgedName string
	MayAcknowledge   bool
}

// StepRow is a step with the name of whoever took it.
type StepRow struct {
	Step
	ByName string // "" when a rule did
	Of     int64  // the number of the blocker it happened to, where that is another
}

// Relative is a blocker that another was joined with or split from.
type Relative struct {
	ID       uuid.UUID
	Number   int64
	Readable bool `gorm:"-"`
}

// Reference is its number as people see it.
func (r Relative) Reference() string { return Reference(r.Number) }

// ShowBlocker is a blocker's page.
func (s *Store) ShowBlocker(ctx context.Context, actor access.Actor, id uuid.UUID) (BlockerPage, error) {
	var page BlockerPage
	err := s.DB.Read(ctx, actor, func(tx db.Tx) error {
		if err := tx.Raw(selectBlockers+`where b.id = ?`, id).Take(&page.BlockerRow).Error; err != nil {
			return orNotFound(err, "There is no such blocker.")
		}
		readable, err := mayRead(tx, page.Blocker)
		if err != nil {
			return err
		}
		if !readable {
			return noBlocker()
		}
		work, err := panels.WorkingDays(tx)
		if err != nil {
			return err
		}
		page.fill(tx.Today(), work)
		page.MayChange = page.State == Open && (actor.May(access.RaiseBlocker, page.ForumID) || heldAndMay(actor, page.Blocker, access.RaiseBlocker))
		if page.Ladder, err = ladderOf(tx, page.ForumID); err != nil {
			return err
		}
		if !readsDetails(actor, page.Blocker) {
			page.Details = ""
		}
		if page.Cases, page.NamedCases, err = casesSeen(tx, id); err != nil {
			return err
		}
		if page.Decisions, err = decisionsOf(tx, id); err != nil {
			return err
		}
		if err := page.readRelatives(tx); err != nil {
			return err
		}
		if err := page.readStory(tx); err != nil {
			return err
		}
		page.MayAcknowledge = page.State == Open && page.AcknowledgedAt == nil && mayAcknowledge(actor, page.Blocker)
		if page.AcknowledgedBy != nil {
			person, err := panels.PersonByID(tx, *page.AcknowledgedBy)
			if err != nil {
				return err
			}
			page.AcknowledgedName = person.Name
		}
		if page.LinkedForumID != nil {
			linked, err := panels.ForumByID(tx, *page.LinkedForumID)
			if err != nil {
				return err
			}
			page.LinkedForum = linked.Name
		}
		if err := page.readDisputes(tx); err != nil {
			return err
		}
		return page.readAnswer(tx)
	})
	return page, err
}

// readRelatives finds the blockers this one was joined with and split from.
func (p *BlockerPage) readRelatives(tx db.Tx) error {
	var others []Blocker
	err := tx.Raw(`
		select * from blocker
		where joined_into = @id or split_from = @id or id = @into or id = @from
		order by number limit 100`, map[string]any{"id": p.ID, "into": p.JoinedInto, "from": p.Blocker.SplitFrom}).Scan(&others).Error
	if err != nil {
		return err
	}
	for _, other := range others {
		relative := Relative{ID: other.ID, Number: other.Number}
		if relative.Readable, err = mayRead(tx, other); err != nil {
			return err
		}
		if other.JoinedInto != nil && *other.JoinedInto == p.ID {
			p.Joined = append(p.Joined, relative)
		}
		if other.SplitFrom != nil && *other.SplitFrom == p.ID {
			p.SplitOff = append(p.SplitOff, relative)
		}
		if p.JoinedInto != nil && other.ID == *p.JoinedInto {
			into := relative
			p.Into = &into
		}
		if p.Blocker.SplitFrom != nil && other.ID == *p.Blocker.SplitFrom {
			from := relative
			p.SplitFrom = &from
		}
	}
	return nil
}

// readStory reads what happened, oldest first: to the blocker, to those that joined it, and, until it was split
// off, to the one it was part of. What the reader may not read of the others stays theirs.
func (p *BlockerPage) readStory(tx db.Tx) error {
	from := []uuid.UUID{uuid.Nil}
	for _, joined := range p.Joined {
		if joined.Readable {
			from = append(from, joined.ID)
		}
	}
	whole := uuid.Nil
	if p.SplitFrom != nil && p.SplitFrom.Readable {
		whole = p.SplitFrom.ID
	}
	return tx.Raw(`
		select s.*, coalesce(p.name, '') as by_name, case when s.blocker_id <> @id then b.number else 0 end as of
		from blocker_step s join blocker b on b.id = s.blocker_id left join person p on p.id = s.by_person
		where s.blocker_id = @id or s.blocker_id in @joined
			or s.blocker_id = @whole and s.at < (select min(first.at) from blocker_step first where first.blocker_id = @id)
		order by s.at, s.blocker_id <> @id desc, s.number limit 500`,
		map[string]any{"id": p.ID, "joined": from, "whole": whole}).Scan(&p.Story).Error
}

func (p *BlockerPage) readAnswer(tx db.Tx) error {
	var asked []Escalation
	if err := tx.Raw(`select * from escalation where blocker_id = ? order by stay desc limit 1`, p.ID).Scan(&asked).Error; err != nil || len(asked) == 0 {
		return err
	}
	p.Asked = &asked[0]
	var answers []Answer
	if err := tx.Where("escalation_id = ?", p.Asked.ID).Find(&answers).Error; err != nil || len(answers) == 0 {
		return err
	}
	p.Answer = &answers[0]
	if p.Answer.OwnerID == nil {
		return nil
	}
	owner, err := panels.PersonByID(tx, *p.Answer.OwnerID)
	p.AnswerOwner = owner.Name
	return err
}

// mayRead: those who may read blockers on the forum that raised it, or on the forum (never a board)
// that holds it now, and its owner; but nobody who left an item about its case because of an interest.
func mayRead(tx db.Tx, b Blocker) (bool, error) {
	part, err := hasPart(tx, b)
	if err != nil || !part {
		return false, err
	}
	var left bool
	err = tx.Raw(`select exists (`+interestInBlocker("@person", "@blocker")+`)`, map[string]any{"person": tx.Actor.PersonID, "blocker": b.ID}).Scan(&left).Error
	return !left, err
}

// hasPart: see mayRead. The forum of a blocker that joined it reads what goes on in its place.
func hasPart(tx db.Tx, b Blocker) (bool, error) {
	if readsDetails(tx.Actor, b) {
		return true, nil
	}
	joined, err := forumsJoined(tx, b.ID)
	return slices.ContainsFunc(joined, func(forum uuid.UUID) bool { return tx.Actor.May(access.ReadBlockers, forum) }), err
}

// readsDetails: the forum that raised it, the forum or person that holds it and its owner read what is for them
// alone.
func readsDetails(actor access.Actor, b Blocker) bool {
	return actor.May(access.ReadBlockers, b.ForumID) || heldAndMay(actor, b, access.ReadBlockers) || b.OwnerID == actor.PersonID ||
		b.LevelPersonID != nil && *b.LevelPersonID == actor.PersonID
}

// forumsJoined are the forums of the blockers that joined one, and of those that joined them.
func forumsJoined(tx db.Tx, id uuid.UUID) (forums []uuid.UUID, err error) {
	err = tx.Raw(`
		with recursive joined as (
			select b.id, b.forum_id from blocker b where b.joined_into = @id
			union
			select b.id, b.forum_id from blocker b join joined j on b.joined_into = j.id
		)
		select distinct forum_id from joined`, map[string]any{"id": id}).Scan(&forums).Error
	return forums, err
}

// heldAndMay reports whether the actor may do action on the forum that holds the blocker now. A board
// never reads a blocker's own page: it has its pages, without identities.
func heldAndMay(actor access.Actor, b Blocker, action access.Action) bool {
	return b.Level != BoardLevel && b.LevelForumID != nil && actor.May(action, *b.LevelForumID)
}

// RaiseForm is what the form for raising a blocker offers.
type RaiseForm struct {
	Forum     panels.Forum
	MeetingID uuid.UUID // of the item; uuid.Nil without one
	ItemNo    string
	CaseID    *uuid.UUID
	CaseNo    *int64
	Decisions []LinkedDecision // of the forum about the item or the case, the latest first
	People    []panels.Person
	Forums    []panels.Forum
}

// CaseReference is the case's number as people see it, or "" for a theme.
func (f RaiseForm) CaseReference() string { return BlockerRow{CaseNo: f.CaseNo}.CaseReference() }

// OfferRaise reads what the form needs: for an agenda item, for a case at a forum, or for a theme of a
// forum when both are nil.
func (s *Store) OfferRaise(ctx context.Context, actor access.Actor, forumSlug string, itemID *uuid.UUID, caseNo int64) (RaiseForm, error) {
	var form RaiseForm
	err := s.DB.Read(ctx, actor, func(tx db.Tx) (err error) {
		b := Blocker{ItemID: itemID}
		if itemID != nil {
			if err := takeFromItem(tx, &b); err != nil {
				return err
			}
			form.MeetingID = *b.MeetingID
			if err := tx.Raw(`select number from agenda_item where id = ?`, itemID).Scan(&form.ItemNo).Error; err != nil {
				return err
			}
			form.Forum, err = panels.ForumByID(tx, b.ForumID)
		} else {
			form.Forum, err = panels.ForumBySlug(tx, forumSlug)
		}
		if err != nil {
			return err
		}
		if err := actor.Check(access.RaiseBlocker, form.Forum.ID); err != nil {
			return err
		}
		if caseNo != 0 {
			found := []uuid.UUID{}
			if err := tx.Raw(`select standing_case(id) from cases where number = ?`, caseNo).Scan(&found).Error; err != nil {
				return err
			}
			if len(found) == 0 {
				return fault.New(fault.NotFound, "There is no such case on this forum’s agendas.")
			}
			b.CaseID = &found[0]
		}
		if err := checkMaySeeCase(tx, form.Forum.ID, b.CaseID); err != nil {
			return err
		}
		form.CaseID = b.CaseID
		if b.CaseID != nil {
			if err := tx.Raw(`select number from cases where id = ?`, b.CaseID).Scan(&form.CaseNo).Error; err != nil {
				return err
			}
		}
		if form.Decisions, err = decisionsToLink(tx, form.Forum.ID, b.CaseID, itemID); err != nil {
			return err
		}
		if form.People, err = panels.People(tx); err != nil {
			return err
		}
		form.Forums, err = panels.Forums(tx)
		return err
	})
	return form, err
}

// RaisedOn is the day the blocker was raised.
func (b Blocker) RaisedOn() clock.Date { return clock.DateOf(b.RaisedAt) }

// ResolvedOn is the day the blocker was resolved, Not known while it is open.
func (b Blocker) ResolvedOn() clock.Date {
	if b.ResolvedAt == nil {
		return clock.Date{}
	}
	return clock.DateOf(*b.ResolvedAt)
}
