package escalations

import (
	"context"
	"embed"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// A board reads through these queries alone. None of them selects a name, a reference or a case number
// of a young person, so no page or message for a board can show one.
//
//go:embed board/*.sql
var boardSQL embed.FS

func boardQuery(name string) string {
	text, err := boardSQL.ReadFile("board/" + name + ".sql")
	if err != nil {
		panic(err) // impossible: the files are in the program
	}
	return string(text)
}

// BoardLine is a blocker as a board sees it.
type BoardLine struct {
	EscalationID uuid.UUID // uuid.Nil for what has not reached the board
	BoardID      uuid.UUID
	BoardName    string
	Blocker      string // the blocker's own number: "B14"
	Forum        string // that raised it
	Alias        string // the board-only alias; "" for a theme
	AgeBand      string // "16–17"; "" for a theme
	Kind         Kind
	Theme        string
	Needed       string
	WeeklyPence  *int64
	YoungPeople  int
	AgeDays      int // since it was raised
	Level        string
	Resolved     bool // by the forum, since
	ResolvedOn   clock.Date

	AskedAt     time.Time
	ReachedOn   clock.Date // the board
	AnswerDueOn clock.Date
	State       AskState
	Overdue     bool // no answer by its date, and nothing the board itself waits for
	Returned    bool // an earlier answer about it had no effect by its date

	Question   string     // the last that the board asked of the forum before answering; "" when it asked nothing
	QuestionOn clock.Date // when it was asked
	ReplyBy    clock.Date
	Reply      string
	RepliedOn  clock.Date // Not known: the board waits for the reply

	Agreed     bool
	Direction  string
	Owner      string // who is to do it
	ActBy      clock.Date
	Reason     string
	AnsweredOn clock.Date
	AnsweredBy string     // "Ann Bell", or "Ann Bell for Ben Carr"
	LookOn     clock.Date // without effect by then, it comes back to the board
	Undone     bool       // directed, its date passed, still blocked, and the board has said nothing else since

	ReportDone     bool   // those who carry it out say that it is done
	ReportWords    string // what they last said; "" for nothing
	ReportedOn     clock.Date
	DecidedOutcome string // what the forum last decided about the young person since, "" for nothing
	DecidedOn      clock.Date
	ReturnedOn     clock.Date // to the board, without effect

	RisesOn clock.Date // below the board: the day its time at its level is up
}

// boardRow is what the board's queries give. The age goes no further than this package.
type boardRow struct {
	ID            uuid.UUID
	BoardID       uuid.UUID
	BoardName     string
	FollowsID     *uuid.UUID
	BlockerID     uuid.UUID
	BlockerNumber int64
	Kind          Kind
	Theme         string
	Needed        string
	WeeklyPence   *int64
	YoungPeople   int
	RaisedAt      time.Time
	BlockerState  State
	LevelName     string
	LevelSince    clock.Date
	LevelDays     int
	DecideBy      clock.Date // of a dispute
	ForumName     string
	Alias         string
	Age           *int
	AskedAt       time.Time
	ReachedOn     clock.Date
	AnswerDueOn   clock.Date
	State         AskState
	Agreed        bool
	Direction     string
	Reason        string
	ActBy         clock.Date
	AnsweredAt    *time.Time
	Owner         string
	ResolvedAt    *time.Time
	LookOn        clock.Date
	AnsweredBy    string
	AnsweredFor   string

	ReportDone     bool
	ReportWords    string
	ReportedAt     *time.Time
	DecidedOutcome string
	DecidedAt      *time.Time
	ReturnedOn     clock.Date
	AnsweredAnew   bool
	Question       string
	ReplyBy        clock.Date
	QuestionAt     *time.Time
	Reply          string
	RepliedAt      *time.Time
}

func (r boardRow) line(today clock.Date, work calendar.WorkingDays) BoardLine {
	line := BoardLine{
		EscalationID: r.ID, BoardID: r.BoardID, BoardName: r.BoardName, Blocker: Reference(r.BlockerNumber), Forum: r.ForumName, Alias: r.Alias,
		Kind: r.Kind, Theme: r.Theme, Needed: r.Needed, WeeklyPence: r.WeeklyPence, YoungPeople: r.YoungPeople,
		AgeDays: clock.DateOf(r.RaisedAt).DaysUntil(today), Level: r.LevelName, Resolved: r.BlockerState == Resolved,
		AskedAt: r.AskedAt, ReachedOn: r.ReachedOn, AnswerDueOn: r.AnswerDueOn, State: r.State,
		Agreed: r.Agreed, Direction: r.Direction, Owner: r.Owner, ActBy: r.ActBy, Reason: r.Reason,
		Returned: r.FollowsID != nil, LookOn: r.LookOn, AnsweredBy: r.AnsweredBy, ReportDone: r.ReportDone, ReportWords: r.ReportWords, DecidedOutcome: r.DecidedOutcome,
		ReturnedOn: r.ReturnedOn, Question: r.Question, ReplyBy: r.ReplyBy, Reply: r.Reply,
		ResolvedOn: dayOf(r.ResolvedAt), ReportedOn: dayOf(r.ReportedAt), DecidedOn: dayOf(r.DecidedAt), QuestionOn: dayOf(r.QuestionAt), RepliedOn: dayOf(r.RepliedAt),
		AnsweredOn: dayOf(r.AnsweredAt),
	}
	if r.AnsweredFor != "" {
		line.AnsweredBy += " for " + r.AnsweredFor
	}
	if r.Age != nil {
		line.AgeBand = calendar.AgeBand(*r.Age)
	}
	line.Overdue = r.State == Waiting && r.AnswerDueOn.Before(today)
	line.Undone = r.Agreed && r.ActBy.Before(today) && !line.Resolved && !r.AnsweredAnew
	if r.ID == uuid.Nil {
		line.RisesOn = risesOn(Blocker{LevelSince: r.LevelSince, LevelDays: r.LevelDays}, r.DecideBy, work)
	}
	return line
}

func dayOf(at *time.Time) clock.Date {
	if at == nil {
		return clock.Date{}
	}
	return clock.DateOf(*at)
}

// Board is everything a board sees on its page.
type Board struct {
	Forum    panels.Forum
	AsAt     clock.Date
	Waiting  []BoardLine // for the board to answer, oldest first
	Answered []BoardLine // answered or not agreed, still blocked or not, newest first
	Coming   []BoardLine // stuck below, at the forums that lead here
	Themes   []ThemeTotal
	Digests  []DigestRow

	MayAnswer bool
	MaySend   bool
	For       []access.Delegation // in whose names the reader may answer
}

// ThemeTotal is what stands before a board about one kind of blocker.
type ThemeTotal struct {
	Kind        Kind
	Escalations int
	YoungPeople int
	WeeklyPence int64
}

// DigestRow is a digest in a list.
type DigestRow struct {
	ID     uuid.UUID
	AsAt   clock.Date
	SentAt time.Time
	SentTo int
}

// Boards lists the boards whose page the actor may open.
func (s *Store) Boards(ctx context.Context, actor access.Actor) ([]panels.Forum, error) {
	var boards []panels.Forum
	err := s.DB.Read(ctx, actor, func(tx db.Tx) error {
		forums, err := panels.Forums(tx)
		for _, f := range forums {
			if f.Board && (actor.May(access.ReadBoard, f.ID) || actor.May(access.SendDigest, f.ID)) {
				boards = append(boards, f)
			}
		}
		return err
	})
	return boards, err
}

// ShowBoard is a board's page. Somebody who may only send the digest sees that a digest was sent, and
// nothing of what it says.
func (s *Store) ShowBoard(ctx context.Context, actor access.Actor, slug string) (Board, error) {
	var board Board
	err := s.DB.Read(ctx, actor, func(tx db.Tx) error {
		forum, err := panels.ForumBySlug(tx, slug)
		if err != nil {
			return err
		}
		reads, sends := actor.May(access.ReadBoard, forum.ID), actor.May(access.SendDigest, forum.ID)
		if !forum.Board || !reads && !sends {
			return noBoard()
		}
		board = Board{Forum: forum, AsAt: tx.Today(), MaySend: sends, MayAnswer: actor.May(access.AnswerBoard, forum.ID), For: actor.DelegationsOn(forum.ID)}
		if board.Digests, err = digestRows(tx, forum.ID); err != nil || !reads {
			return err
		}
		lines, err := boardLines(tx, forum.ID, uuid.Nil)
		if err != nil {
			return err
		}
		for _, line := range lines {
			switch line.State {
			case Waiting:
				board.Waiting = append(board.Waiting, line)
			case Answered, NotAgreed:
				board.Answered = append(board.Answered, line)
			}
		}
		slices.SortStableFunc(board.Answered, func(a, b BoardLine) int { return b.AnsweredOn.DaysUntil(a.AnsweredOn) })
		board.Themes = themeTotals(board.Waiting)
		board.Coming, err = comingLines(tx, forum.ID)
		return err
	})
	return board, err
}

// BoardCase is one escalation as a board sees it, with its story.
type BoardCase struct {
	BoardLine
	Board     panels.Forum
	Story     []BoardStep
	MayAnswer bool
	MayReport bool                // what became of the answer
	MayKeep   bool                // it in the register of recommendations
	Kept      *uuid.UUID          // the recommendation it is kept as; nil: none
	Member    bool                // the reader answers in their own name
	For       []access.Delegation // in whose names the reader may answer
	People    []panels.Person     // who may be directed

	MayAcknowledge bool
	AcknowledgedOn clock.Date // by the board's chair; Not known when they have not
}

// BoardStep is a line of a blocker's story as a board reads it.
type BoardStep struct {
	Kind       StepKind
	BoardWords string
	HappenedOn clock.Date
}

// ShowEscalation is one escalation's page, for its board and for whoever the board directed to act.
func (s *Store) ShowEscalation(ctx context.Context, actor access.Actor, id uuid.UUID) (BoardCase, error) {
	var page BoardCase
	err := s.DB.Read(ctx, actor, func(tx db.Tx) error {
		var e Escalation
		if err := tx.Where("id = ?", id).Take(&e).Error; err != nil {
			return orNotFound(err, "There is no such escalation.")
		}
		if !actor.May(access.ReadBoard, e.BoardID) {
			var directed bool
			err := tx.Raw(`select exists (select from direction_owner where escalation_id = ? and owner_id = ?)`, id, actor.PersonID).Scan(&directed).Error
			if err != nil || !directed {
				return errors.Join(err, noEscalation())
			}
		}
		lines, err := boardLines(tx, e.BoardID, id)
		if err != nil {
			return err
		}
		if len(lines) != 1 {
			return noEscalation()
		}
		page.BoardLine = lines[0]
		if page.Board, err = panels.ForumByID(tx, e.BoardID); err != nil {
			return err
		}
		if err := tx.Raw(boardQuery("story"), map[string]any{"blocker": e.BlockerID}).Scan(&page.Story).Error; err != nil {
			return err
		}
		page.MayAnswer = e.State == Waiting && actor.May(access.AnswerBoard, e.BoardID)
		if err := page.readAcknowledged(tx, e); err != nil {
			return err
		}
		if page.MayAnswer {
			page.Member, page.For = actor.Holds(e.BoardID, access.Chair, access.DeputyChair, access.Member), actor.DelegationsOn(e.BoardID)
			page.People, err = panels.People(tx)
			return err
		}
		if e.State != Answered && e.State != NotAgreed {
			return nil
		}
		b := Blocker{}
		if err := tx.Raw(`select * from blocker where id = ?`, e.BlockerID).Take(&b).Error; err != nil {
			return err
		}
		if b.State == Open {
			if page.MayReport, err = mayReport(tx, e, b); err != nil {
				return err
			}
		}
		page.MayKeep = actor.May(access.KeepBoard, e.BoardID)
		var kept []uuid.UUID
		err = tx.Raw(`select r.id from recommendation r join board_answer a on a.id = r.answer_id where a.escalation_id = ?`, e.ID).Scan(&kept).Error
		if len(kept) == 1 {
			page.Kept = &kept[0]
		}
		return err
	})
	return page, err
}

// readAcknowledged says whether the board's chair has said that the board has it.
func (p *BoardCase) readAcknowledged(tx db.Tx, e Escalation) error {
	if e.State != Waiting {
		return nil
	}
	var b Blocker
	if err := tx.Raw(`select level, level_forum_id, level_person_id, acknowledged_at from blocker where id = ?`, e.BlockerID).Take(&b).Error; err != nil {
		return err
	}
	if b.AcknowledgedAt != nil {
		p.AcknowledgedOn = clock.DateOf(*b.AcknowledgedAt)
	}
	p.MayAcknowledge = b.AcknowledgedAt == nil && mayAcknowledge(tx.Actor, b)
	return nil
}

// boardLines are the escalations of a board: one of them, or with uuid.Nil all.
func boardLines(tx db.Tx, boardID, escalationID uuid.UUID) ([]BoardLine, error) {
	return lines(tx, "escalations", askedAbout(nilOr(boardID), nilOr(escalationID), nil, tx.Today()))
}

// askedAbout narrows what boards were asked: to a board, to one escalation, to what is about one case.
func askedAbout(board, escalation, aboutCase *uuid.UUID, today clock.Date) map[string]any {
	return map[string]any{"board": board, "escalation": escalation, "case": aboutCase, "blocker": nil, "today": today}
}

// comingLines are what is stuck at the forums whose ladder leads to the board.
func comingLines(tx db.Tx, boardID uuid.UUID) ([]BoardLine, error) {
	forums, err := panels.Forums(tx)
	if err != nil {
		return nil, err
	}
	below := forumsBelow(forums, boardID)
	if len(below) == 0 {
		return nil, nil
	}
	return lines(tx, "coming", map[string]any{"forums": below, "today": tx.Today()})
}

func lines(tx db.Tx, query string, about map[string]any) ([]BoardLine, error) {
	work, err := panels.WorkingDays(tx)
	if err != nil {
		return nil, err
	}
	var rows []boardRow
	if err := tx.Raw(boardQuery(query), about).Scan(&rows).Error; err != nil {
		return nil, err
	}
	var list []BoardLine
	for _, row := range rows {
		list = append(list, row.line(tx.Today(), work))
	}
	return list, nil
}

// themeTotals adds up what waits, by kind, the most first.
func themeTotals(waiting []BoardLine) []ThemeTotal {
	var totals []ThemeTotal
	for _, line := range waiting {
		i := slices.IndexFunc(totals, func(t ThemeTotal) bool { return t.Kind == line.Kind })
		if i < 0 {
			totals = append(totals, ThemeTotal{Kind: line.Kind})
			i = len(totals) - 1
		}
		totals[i].Escalations++
		totals[i].YoungPeople += line.YoungPeople
		if line.WeeklyPence != nil {
			totals[i].WeeklyPence += *line.WeeklyPence
		}
	}
	slices.SortStableFunc(totals, func(a, b ThemeTotal) int { return b.YoungPeople - a.YoungPeople })
	return totals
}
