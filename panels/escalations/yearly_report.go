package escalations

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// ReportYear is a financial year, 1 April to 31 March.
type ReportYear struct{ FromOn, UntilOn clock.Date }

// yearOf is the financial year that holds a day.
func yearOf(d clock.Date) ReportYear {
	from := clock.NewDate(d.Year, time.April, 1)
	if d.Before(from) {
		from = from.AddMonths(-12)
	}
	return ReportYear{FromOn: from, UntilOn: from.AddMonths(12).AddDays(-1)}
}

// Words is the year as people say it: "2026 to 2027".
func (y ReportYear) Words() string {
	return fmt.Sprintf("%d to %d", y.FromOn.Year, y.UntilOn.Year)
}

// Slug is the year as an address has it: "2026".
func (y ReportYear) Slug() string { return fmt.Sprint(y.FromOn.Year) }

// Figure is a measure in a report: what it says, its words and the day it was read.
type Figure struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Target string `json:"target"` // "" where there is none
	Means  string `json:"means"`  // the definition
}

// ReportContent is what a yearly report says. It names no young person; a count of young people or of
// decisions about them under five, or that could be worked out from the others, is held back.
type ReportContent struct {
	AsAt      clock.Date       `json:"as_at"`
	Headlines []Figure         `json:"headlines"`
	Measures  []Figure         `json:"measures"`
	Outcomes  []ReportOutcome  `json:"outcomes"`
	Themes    []ReportTheme    `json:"themes"`
	Delivery  []ReportDelivery `json:"delivery"`
}

// ReportOutcome is how many decisions of a forum had one outcome in the year.
type ReportOutcome struct {
	Forum   string `json:"forum"`
	Outcome string `json:"outcome"`
	Count   string `json:"count"`
}

// ReportTheme is what was stuck of one kind in the year.
type ReportTheme struct {
	Kind     string `json:"kind"`
	Raised   string `json:"raised"`
	Resolved string `json:"resolved"`
	Open     string `json:"open"`
	Board    string `json:"board"` // reached the board
}

// ReportDelivery is an action of the delivery plan as it stood.
type ReportDelivery struct {
	Title   string     `json:"title"`
	Measure string     `json:"measure"`
	Owner   string     `json:"owner"`
	DueOn   clock.Date `json:"due_on"`
	State   string     `json:"state"`
	StateOn clock.Date `json:"state_on"`
	Overdue bool       `json:"overdue"`
	Latest  string     `json:"latest"`
}

// YearlyReport is a board's report of a year, as it was issued or as it would be today.
type YearlyReport struct {
	Board    panels.Forum
	Year     ReportYear
	Content  ReportContent
	IssuedAt *time.Time // nil: not issued
	IssuedBy string
	MayIssue bool // it is over and not issued, and the reader keeps the board's papers
	Over     bool
}

// issuedReport is a row of yearly_report, kept as it was issued.
type issuedReport struct {
	ID       uuid.UUID
	BoardID  uuid.UUID
	FromOn   clock.Date
	UntilOn  clock.Date
	Content  ReportContent `gorm:"serializer:json"`
	IssuedAt time.Time
	IssuedBy uuid.UUID
}

// TableName is yearly_report.
func (issuedReport) TableName() string { return "yearly_report" }

// ReportRow is a year in the list of reports.
type ReportRow struct {
	Year     ReportYear
	IssuedAt *time.Time
}

// Reports is a board's list of yearly reports, the latest first.
type Reports struct {
	Board panels.Forum
	Rows  []ReportRow
}

// ListReports lists a board's yearly reports: those issued, the year that runs and the one before it.
func (s *Store) ListReports(ctx context.Context, actor access.Actor, slug string) (list Reports, err error) {
	err = s.DB.Read(ctx, actor, func(tx db.Tx) error {
		if list.Board, err = boardToRead(tx, slug); err != nil {
			return err
		}
		var issued []struct {
			FromOn   clock.Date
			IssuedAt time.Time
		}
		if err := tx.Raw(`select from_on, issued_at from yearly_report where board_id = ? order by from_on desc limit 50`, list.Board.ID).Scan(&issued).Error; err != nil {
			return err
		}
		this := yearOf(tx.Today())
		for _, year := range []ReportYear{this, yearOf(this.FromOn.AddDays(-1))} {
			list.Rows = append(list.Rows, ReportRow{Year: year})
		}
		for _, one := range issued {
			year := yearOf(one.FromOn)
			i := slices.IndexFunc(list.Rows, func(r ReportRow) bool { return r.Year == year })
			if i < 0 {
				list.Rows = append(list.Rows, ReportRow{Year: year})
				i = len(list.Rows) - 1
			}
			list.Rows[i].IssuedAt = &one.IssuedAt
		}
		return nil
	})
	return list, err
}

// ShowReport is a board's report of the financial year that begins in a year: as it was issued, or as it
// would be today.
func (s *Store) ShowReport(ctx context.Context, actor access.Actor, slug string, begins int) (report YearlyReport, err error) {
	err = s.DB.Read(ctx, actor, func(tx db.Tx) error {
		if report.Board, err = boardToRead(tx, slug); err != nil {
			return err
		}
		if report.Year, err = reportYear(tx, begins); err != nil {
			return err
		}
		report.Over = report.Year.UntilOn.Before(tx.Today())
		var kept issuedReport
		err := tx.Where("board_id = ? and from_on = ?", report.Board.ID, report.Year.FromOn).Take(&kept).Error
		switch {
		case err == nil:
			by, err := panels.PersonByID(tx, kept.IssuedBy)
			report.Content, report.IssuedAt, report.IssuedBy = kept.Content, &kept.IssuedAt, by.Name
			return err
		case !errors.Is(err, gorm.ErrRecordNotFound):
			return err
		}
		report.MayIssue = report.Over && actor.May(access.KeepBoard, report.Board.ID)
		report.Content, err = writeReport(tx, report.Board, report.Year)
		return err
	})
	return report, err
}

func reportYear(tx db.Tx, begins int) (ReportYear, error) {
	this := yearOf(tx.Today())
	if begins < 2000 || begins > this.FromOn.Year {
		return ReportYear{}, fault.New(fault.NotFound, "There is no report of that year.")
	}
	return yearOf(clock.NewDate(begins, time.April, 1)), nil
}

// IssueReport keeps a year's report as it is now, for good, once the year is over. The board's clerk.
func (s *Store) IssueReport(ctx context.Context, actor access.Actor, slug string, begins int) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		board, err := boardToKeep(tx, slug)
		if err != nil {
			return err
		}
		year, err := reportYear(tx, begins)
		if err != nil {
			return err
		}
		if !year.UntilOn.Before(tx.Today()) {
			return fault.New(fault.Conflict, "The year runs until %s. Its report can be issued after that.", year.UntilOn.Long())
		}
		content, err := writeReport(tx, board, year)
		if err != nil {
			return err
		}
		kept := issuedReport{ID: newID(), BoardID: board.ID, FromOn: year.FromOn, UntilOn: year.UntilOn, Content: content, IssuedAt: tx.Now, IssuedBy: actor.PersonID}
		err = tx.Create(&kept).Error
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return fault.New(fault.Conflict, "The report of %s is issued already.", year.Words())
		}
		if err != nil {
			return err
		}
		return record(tx, "yearly_report.issued", kept.ID, board.ID, nil, map[string]any{"from_on": year.FromOn})
	})
}

// writeReport counts what happened in a year at a board and the forums that lead to it: one query a part.
func writeReport(tx db.Tx, board panels.Forum, year ReportYear) (content ReportContent, err error) {
	forums, err := panels.Forums(tx)
	if err != nil {
		return content, err
	}
	below := idsOrNone(forumsBelow(forums, board.ID))
	content.AsAt = tx.Today()
	if year.UntilOn.Before(content.AsAt) {
		content.AsAt = year.UntilOn
	}
	about := map[string]any{
		"board": board.ID, "forums": below, "from": year.FromOn.Start(), "until": year.UntilOn.AddDays(1).Start(), "from_day": year.FromOn, "until_day": year.UntilOn,
	}
	if content.Headlines, err = reportHeadlines(tx, board, content.AsAt, about); err != nil {
		return content, err
	}
	if content.Outcomes, err = reportOutcomes(tx, about); err != nil {
		return content, err
	}
	if content.Themes, err = reportThemes(tx, about); err != nil {
		return content, err
	}
	rows, err := deliveryRows(tx, board.ID)
	if err != nil {
		return content, err
	}
	for _, row := range rows {
		content.Delivery = append(content.Delivery, ReportDelivery{
			Title: row.Title, Measure: row.Measure, Owner: row.Owner, DueOn: row.DueOn, State: row.State.Words(), StateOn: row.StateOn, Overdue: row.Overdue(tx.Today()), Latest: row.Latest,
		})
	}
	told, err := boardMeasures(tx, content.AsAt, below)
	content.Measures = asFigures(told)
	return content, err
}

// reportHeadlines are what the board itself was asked, said and recommended.
func reportHeadlines(tx db.Tx, board panels.Forum, asAt clock.Date, about map[string]any) ([]Figure, error) {
	var n struct{ Meetings, Asked, Directed, NotAgreed, InTime, Returned, Resolved int }
	err := tx.Raw(`
		select (select count(*) from meeting m where m.forum_id = @board and m.kind = 'held' and m.status = 'closed' and m.starts_at >= @from and m.starts_at < @until) as meetings,
			count(*) as asked, count(*) filter (where a.agreed) as directed, count(*) filter (where not a.agreed) as not_agreed,
			count(*) filter (where cast(a.answered_at at time zone 'Europe/London' as date) <= e.answer_due_on) as in_time,
			count(*) filter (where e.follows_id is not null) as returned,
			count(*) filter (where a.agreed and b.state = 'resolved' and b.resolved_at < @until) as resolved
		from escalation e join blocker b on b.id = e.blocker_id left join board_answer a on a.escalation_id = e.id and a.answered_at < @until
		where e.board_id = @board and e.reached_on between @from_day and @until_day`, about).Scan(&n).Error
	if err != nil {
		return nil, err
	}
	counts, err := CountRecommendations(tx, []uuid.UUID{board.ID}, asAt)
	if err != nil {
		return nil, err
	}
	list := []Figure{{Name: "Meetings of the board", Value: fmt.Sprint(n.Meetings), Means: "Meetings held and closed in the year"}}
	// Small counts that are told beside their whole could be worked out from it: then only the whole is told.
	whole := Figure{Name: "Asked of the board", Value: notFew(n.Asked), Means: "Blockers that reached it in the year, those that came back too"}
	list = append(list, whole)
	parts := []struct {
		name, means string
		n           int
	}{
		{"Answered with a direction", "Of what was asked in the year", n.Directed},
		{"Not agreed", "Of what was asked in the year", n.NotAgreed},
		{"Answered by its date", "Of what was asked in the year", n.InTime},
		{"Came back to the board", "Still blocked after the date of an answer", n.Returned},
		{"Resolved after a direction", "The forum resolved the blocker by the end of the year", n.Resolved},
	}
	for _, part := range parts {
		value := notFew(part.n)
		if small(part.n, n.Asked) {
			value = "held back"
		}
		list = append(list, Figure{Name: part.name, Value: value, Means: part.means})
	}
	return append(list,
		Figure{Name: "Recommendations made", Value: fmt.Sprint(counts.Made), Means: "All in the register"},
		Figure{Name: "Recommendations accepted, in whole or in part", Value: fmt.Sprint(counts.Accepted + counts.Partly), Means: "Of those made"},
		Figure{Name: "Recommendations done", Value: fmt.Sprint(counts.Done), Means: "Of those accepted"},
		Figure{Name: "Recommendations overdue", Value: fmt.Sprint(counts.Late + counts.ResponseLate), Means: "A response or the work is past its date"},
	), nil
}

// small reports whether a part of a whole, or what is left of it, is so small that it might say who.
func small(part, whole int) bool {
	rest := whole - part
	return part > 0 && part < fewest || rest > 0 && rest < fewest
}

// reportOutcomes are the binding decisions of the year by forum and outcome.
func reportOutcomes(tx db.Tx, about map[string]any) ([]ReportOutcome, error) {
	var rows []struct {
		Forum   string
		Outcome room.Outcome
		Count   int
	}
	err := tx.Raw(`
		select f.name as forum, v.outcome, count(*) as count
		from decision d join binding_decision v on v.decision_id = d.id join forum f on f.id = d.forum_id
		where d.forum_id in @forums and v.bound_at >= @from and v.bound_at < @until
		group by f.name, v.outcome order by f.name, v.outcome`, about).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	var list []ReportOutcome
	for start := 0; start < len(rows); {
		end := start
		var total int
		var counts []int
		for ; end < len(rows) && rows[end].Forum == rows[start].Forum; end++ {
			total += rows[end].Count
			counts = append(counts, rows[end].Count)
		}
		for i, told := range holdBack(counts) {
			list = append(list, ReportOutcome{Forum: rows[start].Forum, Outcome: rows[start+i].Outcome.Words(), Count: told})
		}
		list = append(list, ReportOutcome{Forum: rows[start].Forum, Outcome: "All decisions", Count: notFew(total)})
		start = end
	}
	return list, nil
}

// holdBack writes counts that stand beside their total: one under five is held back, and when it is the only
// one, the next smallest with it, so that it cannot be worked out.
func holdBack(counts []int) []string {
	told := make([]string, len(counts))
	var held int
	for i, n := range counts {
		told[i] = fmt.Sprint(n)
		if n > 0 && n < fewest {
			told[i] = "held back"
			held++
		}
	}
	if held != 1 {
		return told
	}
	next := -1
	for i, n := range counts {
		if n >= fewest && (next < 0 || n < counts[next]) {
			next = i
		}
	}
	if next >= 0 {
		told[next] = "held back"
	}
	return told
}

// reportThemes are what was stuck, by kind.
func reportThemes(tx db.Tx, about map[string]any) ([]ReportTheme, error) {
	var rows []struct {
		Kind                          Kind
		Raised, Resolved, Open, Board int
	}
	err := tx.Raw(`
		select b.kind, count(*) filter (where b.raised_at >= @from) as raised, count(*) filter (where b.resolved_at >= @from and b.resolved_at < @until) as resolved,
			count(*) filter (where b.resolved_at is null or b.resolved_at >= @until) as open,
			count(*) filter (where exists (select from escalation e where e.blocker_id = b.id and e.board_id = @board and e.reached_on between @from_day and @until_day)) as board
		from blocker b
		where b.forum_id in @forums and b.raised_at < @until and (b.resolved_at is null or b.resolved_at >= @from)
		group by b.kind order by count(*) desc, b.kind`, about).Scan(&rows).Error
	var list []ReportTheme
	for _, r := range rows {
		list = append(list, ReportTheme{Kind: r.Kind.Words(), Raised: notFew(r.Raised), Resolved: notFew(r.Resolved), Open: notFew(r.Open), Board: notFew(r.Board)})
	}
	return list, err
}

// Words is how an action stood, with the day: "Under way since 4 March 2027, overdue".
func (d ReportDelivery) Words() string {
	words := d.State + " since " + d.StateOn.Long()
	if d.Overdue {
		words += ", overdue"
	}
	return words
}
