package escalations

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// PlanKind is what sort of thing a line of the forward plan is.
type PlanKind string

// The kinds of line in a forward plan, as its page calls them.
const (
	PlanMeeting        PlanKind = "Board meeting"
	PlanAnswer         PlanKind = "Answer due"
	PlanEffect         PlanKind = "Direction due"
	PlanResponse       PlanKind = "Response to a recommendation due"
	PlanRecommendation PlanKind = "Recommendation due"
	PlanDelivery       PlanKind = "Delivery plan"
	PlanReviews        PlanKind = "Reviews of decisions"
	PlanReport         PlanKind = "Report due"
	PlanTerms          PlanKind = "Terms of reference due for review"
	PlanItem           PlanKind = "Planned"
)

// PlanLine is one line of a board's forward plan.
type PlanLine struct {
	Kind  PlanKind
	On    clock.Date // the day, or the first of its month where WholeMonth
	Text  string
	Who   string       // leads on it; "" where nobody does
	Href  string       // where to read it; "" where there is nothing more
	Whole bool         // some time in the month
	Late  bool         // its day has passed
	Item  *PlanItemRow `gorm:"-"`
}

// PlanMonth is a month of the forward plan.
type PlanMonth struct {
	First clock.Date
	Lines []PlanLine
}

// Words is the month as people say it: "March 2027".
func (m PlanMonth) Words() string {
	_, words, _ := strings.Cut(m.First.Long(), " ")
	return words
}

// ForwardPlan is what comes to a board, and to the forums that lead to it, when.
type ForwardPlan struct {
	Board   panels.Forum
	Today   clock.Date
	Overdue []PlanLine // what should have happened before this month
	Months  []PlanMonth
	People  []panels.Person
	MayKeep bool
}

// planMonths is how far ahead a forward plan looks.
const planMonths = 12

// fewest is the smallest count that is told of what happened to young people.
const fewest = 5

// ShowForwardPlan gathers what comes in the next twelve months. It names no young person, and reviews of
// decisions are counted by forum, never under five.
func (s *Store) ShowForwardPlan(ctx context.Context, actor access.Actor, slug string) (plan ForwardPlan, err error) {
	err = s.DB.Read(ctx, actor, func(tx db.Tx) error {
		if plan.Board, err = boardToRead(tx, slug); err != nil {
			return err
		}
		plan.Today, plan.MayKeep = tx.Today(), actor.May(access.KeepBoard, plan.Board.ID)
		if plan.MayKeep {
			if plan.People, err = panels.People(tx); err != nil {
				return err
			}
		}
		first := firstOfMonth(tx.Today())
		lines, err := planLines(tx, plan.Board, first, first.AddMonths(planMonths))
		if err != nil {
			return err
		}
		plan.arrange(lines, first)
		return nil
	})
	return plan, err
}

func firstOfMonth(d clock.Date) clock.Date {
	return clock.NewDate(d.Year, d.Month, 1)
}

// arrange puts lines under their months, and what is late before them all.
func (p *ForwardPlan) arrange(lines []PlanLine, first clock.Date) {
	slices.SortStableFunc(lines, func(a, b PlanLine) int {
		return cmp.Or(-a.On.DaysUntil(b.On), -cmp.Compare(boolInt(a.Whole), boolInt(b.Whole)), cmp.Compare(a.Text, b.Text))
	})
	for i := range planMonths {
		p.Months = append(p.Months, PlanMonth{First: first.AddMonths(i)})
	}
	for _, line := range lines {
		line.Late = line.On.Before(p.Today) && !line.Whole && line.Kind != PlanMeeting
		if line.On.Before(first) {
			p.Overdue = append(p.Overdue, line)
			continue
		}
		for i := range p.Months {
			if p.Months[i].First == firstOfMonth(line.On) {
				p.Months[i].Lines = append(p.Months[i].Lines, line)
			}
		}
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// planLines reads everything that has a day up to, and not including, until: in one query for each kind.
func planLines(tx db.Tx, board panels.Forum, first, until clock.Date) ([]PlanLine, error) {
	forums, err := panels.Forums(tx)
	if err != nil {
		return nil, err
	}
	concerned := append(forumsBelow(forums, board.ID), board.ID)
	args := map[string]any{"board": board.ID, "forums": concerned, "first": first, "until": until, "start": first.Start(), "end": until.Start(), "today": tx.Today()}
	var lines []PlanLine
	for _, part := range []struct {
		kind  PlanKind
		query string
	}{
		{PlanMeeting, `select cast(m.starts_at at time zone 'Europe/London' as date) as "on", to_char(m.starts_at at time zone 'Europe/London', 'FMHH12:MIam') as text, '' as who, '/meetings/' || m.id as href
			from meeting m where m.forum_id = @board and m.kind = 'held' and m.status not in ('draft', 'cancelled') and m.starts_at >= @start and m.starts_at < @end limit 200`},
		{PlanAnswer, `select e.answer_due_on as "on", 'B' || b.number || ', ' || b.theme as text, '' as who, '/board/escalations/' || e.id as href
			from escalation e join blocker b on b.id = e.blocker_id where e.board_id = @board and e.state = 'waiting' and e.answer_due_on < @until order by 1 limit 200`},
		{PlanEffect, `select a.act_by as "on", 'B' || b.number || ', ' || b.theme as text, p.name as who, '/board/escalations/' || e.id as href
			from board_answer a join escalation e on e.id = a.escalation_id join blocker b on b.id = e.blocker_id join direction_owner o on o.answer_id = a.id join person p on p.id = o.owner_id
			where e.board_id = @board and a.agreed and b.state = 'open' and a.act_by < @until
				and not exists (select from escalation n where n.follows_id = e.id) order by 1 limit 200`},
		{PlanResponse, `select r.response_due as "on", 'R' || r.number || ', ' || r.source_name as text, p.name as who, '/board/recommendations/' || r.id as href
			from recommendation r join person p on p.id = r.lead_id where r.board_id = @board and r.response = '' and r.response_due < @until order by 1 limit 200`},
		{PlanRecommendation, `select r.due_on as "on", 'R' || r.number || ', ' || r.source_name as text, p.name as who, '/board/recommendations/' || r.id as href
			from recommendation r join person p on p.id = r.lead_id
			where r.board_id = @board and r.response in ('accepted', 'partly') and r.done_on is null and r.due_on < @until order by 1 limit 200`},
		{PlanDelivery, `select d.due_on as "on", d.title as text, p.name as who, '/board/' || f.slug || '/delivery-plan' as href
			from delivery_action d join forum f on f.id = d.board_id join person p on p.id = d.owner_id
			where d.board_id = @board and d.state in ('not_started', 'under_way') and d.due_on < @until order by 1 limit 200`},
		{PlanTerms, `select t.review_date as "on", f.name as text, '' as who, '/forums/' || f.slug as href
			from forum f join lateral (
				select review_date from terms_of_reference where forum_id = f.id and in_force_on <= @today order by in_force_on desc, number desc limit 1) t on true
			where f.id in @forums and t.review_date < @until order by 1 limit 200`},
	} {
		var found []PlanLine
		if err := tx.Raw(part.query, args).Scan(&found).Error; err != nil {
			return nil, fmt.Errorf("forward plan, %s: %w", part.kind, err)
		}
		for _, line := range found {
			line.Kind = part.kind
			lines = append(lines, line)
		}
	}
	more, err := monthLines(tx, board, args)
	return append(lines, more...), err
}

// monthLines are what comes some time in a month: reviews of decisions, yearly reports, what was planned.
func monthLines(tx db.Tx, board panels.Forum, args map[string]any) ([]PlanLine, error) {
	var reviews []struct {
		Month clock.Date
		Forum string
		Count int
	}
	err := tx.Raw(`
		select cast(date_trunc('month', d.due_on) as date) as month, f.name as forum, count(*) as count
		from due d join forum f on f.id = d.forum_id
		where d.kind = 'review' and d.done_at is null and d.forum_id in @forums and d.due_on >= @first and d.due_on < @until
		group by 1, 2 order by 1, 2`, args).Scan(&reviews).Error
	if err != nil {
		return nil, err
	}
	var lines []PlanLine
	for _, r := range reviews {
		lines = append(lines, PlanLine{Kind: PlanReviews, On: r.Month, Whole: true, Text: r.Forum + ": " + notFew(r.Count)})
	}
	var planned []PlanItemRow
	err = tx.Raw(`
		select i.*, coalesce(p.name, '') as lead from board_plan_item i left join person p on p.id = i.lead_id
		where i.board_id = @board and i.ended_at is null and i.month < @until order by i.month, i.title limit 500`, args).Scan(&planned).Error
	if err != nil {
		return nil, err
	}
	for _, item := range planned {
		lines = append(lines, PlanLine{Kind: PlanItem, On: item.Month, Whole: true, Text: item.Title, Who: item.Lead, Item: &item})
	}
	year := yearOf(tx.Today()) // the one that runs
	var issued bool
	if err := tx.Raw(`select exists (select from yearly_report where board_id = ? and from_on = ?)`, board.ID, year.FromOn).Scan(&issued).Error; err != nil {
		return nil, err
	}
	if !issued {
		lines = append(lines, PlanLine{Kind: PlanReport, On: year.UntilOn.AddDays(1), Whole: true, Text: "Yearly report, " + year.Words(), Href: "/board/" + board.Slug + "/reports"})
	}
	return lines, nil
}

// notFew is a count, held back where it is so small that it might say who.
func notFew(n int) string {
	if n > 0 && n < fewest {
		return "fewer than 5"
	}
	return fmt.Sprint(n)
}

// PlanItemEntry is something a board's clerk plans for a month.
type PlanItemEntry struct {
	ID      uuid.UUID
	BoardID uuid.UUID
	Title   string // no names, no references
	Month   clock.Date
	LeadID  *uuid.UUID
	AddedBy uuid.UUID
	AddedAt time.Time
	EndedAt *time.Time
	Version int
}

// TableName is board_plan_item.
func (PlanItemEntry) TableName() string { return "board_plan_item" }

// PlanItemRow is a planned item with the name of whoever leads on it.
type PlanItemRow struct {
	PlanItemEntry
	Lead string
}

// AddPlanItem puts something on a board's forward plan for a month. The board's clerk.
func (s *Store) AddPlanItem(ctx context.Context, actor access.Actor, slug, title string, month clock.Date, lead *uuid.UUID) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		board, err := boardToKeep(tx, slug)
		if err != nil {
			return err
		}
		item := PlanItemEntry{ID: newID(), BoardID: board.ID, Title: strings.TrimSpace(title), Month: month, LeadID: lead, AddedBy: actor.PersonID, AddedAt: tx.Now, Version: 1}
		var form fault.Form
		form.Require(item.Title != "", "title", "Enter what comes to the board")
		form.Require(len([]rune(item.Title)) <= 200, "title", "Shorten it to 200 characters or fewer")
		this := firstOfMonth(tx.Today())
		form.Require(month == firstOfMonth(month) && !month.Before(this) && month.Before(this.AddMonths(planMonths)), "month", "Select one of the next twelve months")
		if lead != nil {
			if err := requireHere(tx, &form, "lead", *lead, "Select who leads on it from the list"); err != nil {
				return err
			}
		}
		if err := checkBoardSafe(tx, &form, nil, map[string]string{"title": item.Title}); err != nil {
			return err
		}
		if err := form.Err(); err != nil {
			return err
		}
		if err := tx.Create(&item).Error; err != nil {
			return err
		}
		return record(tx, "plan_item.added", item.ID, board.ID, nil, item)
	})
}

// EndPlanItem takes something off a board's forward plan. The board's clerk.
func (s *Store) EndPlanItem(ctx context.Context, actor access.Actor, slug string, id uuid.UUID) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		board, err := boardToKeep(tx, slug)
		if err != nil {
			return err
		}
		var item PlanItemEntry
		if err := tx.Raw(`select * from board_plan_item where id = ? and board_id = ? and ended_at is null for update`, id, board.ID).Take(&item).Error; err != nil {
			return orNotFound(err, "There is no such planned item.")
		}
		after := item
		after.EndedAt, after.Version = &tx.Now, item.Version+1
		err = db.RequireOne(tx.Exec(`update board_plan_item set ended_at = ?, version = ? where id = ? and version = ?`, after.EndedAt, after.Version, item.ID, item.Version))
		if err != nil {
			return err
		}
		return record(tx, "plan_item.ended", item.ID, board.ID, item, after)
	})
}

// forumsBelow are the forums whose ladder leads to a board.
func forumsBelow(forums []panels.Forum, boardID uuid.UUID) []uuid.UUID {
	var below []uuid.UUID
	for _, f := range forums {
		if board, ok := boardOf(f, forums); ok && board.ID == boardID {
			below = append(below, f.ID)
		}
	}
	return below
}
