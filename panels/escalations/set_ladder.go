package escalations

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// LadderSetting is a forum's ladder as an administrator sets it: the forum first, the levels between in their
// order, the board last. Days are calendar days that a blocker may stay at a level; Answer is the working days in
// which whoever holds it acknowledges.
type LadderSetting struct {
	ForumDays, ForumAnswer int
	Between                []LevelSetting
	BoardDays, BoardAnswer int // until the board's answer is due
	Rules                  Rules
}

// LevelSetting is one level between the forum and the board. It is held by a forum or a person; one that nobody
// holds is skipped.
type LevelSetting struct {
	Key      LevelKey // "" for a new one
	Name     string   // "" for the name of the forum that holds it
	ForumID  *uuid.UUID
	PersonID *uuid.UUID
	Days     int
	Answer   int
}

// mostLevels is how many levels a ladder has between the forum and the board.
const mostLevels = 8

// LadderPage is a forum's ladder with what its form offers.
type LadderPage struct {
	Forum     panels.Forum
	Ladder    Ladder // as it is climbed today
	Rules     Rules  // in force
	Setting   LadderSetting
	Forums    []panels.Forum // that may hold a level
	People    []panels.Person
	MayChange bool
}

// ShowLadder reads the levels a forum's blockers climb.
func (s *Store) ShowLadder(ctx context.Context, actor access.Actor, slug string) (LadderPage, error) {
	var page LadderPage
	err := s.DB.Read(ctx, actor, func(tx db.Tx) (err error) {
		if err := actor.Check(access.ReadForums, uuid.Nil); err != nil {
			return err
		}
		if page.Forum, err = panels.ForumBySlug(tx, slug); err != nil {
			return err
		}
		if page.Ladder, err = ladderOf(tx, page.Forum.ID); err != nil {
			return err
		}
		book, err := rulesOfAll(tx)
		if err != nil {
			return err
		}
		page.Rules = book.of(page.Forum.ID)
		if page.Setting, err = settingOf(tx, page.Forum, page.Ladder); err != nil {
			return err
		}
		page.Setting.Rules = page.Rules
		page.MayChange = actor.May(access.ChangeForums, page.Forum.ID)
		all, err := panels.Forums(tx)
		if err != nil {
			return err
		}
		for _, f := range all {
			if !f.Board && f.ID != page.Forum.ID {
				page.Forums = append(page.Forums, f)
			}
		}
		page.People, err = panels.People(tx)
		return err
	})
	return page, err
}

// settingOf is the form's content for the ladder as it stands, levels that nobody holds among them.
func settingOf(tx db.Tx, forum panels.Forum, ladder Ladder) (LadderSetting, error) {
	set := LadderSetting{ForumDays: ladder[0].Days, ForumAnswer: ladder[0].Answer, BoardDays: ladder[0].Days, BoardAnswer: ladder[0].Answer}
	rows, err := ladderRows(tx, forum.ID)
	if err != nil {
		return set, err
	}
	for _, row := range rows {
		level, held := ladder.Level(row.Key)
		days := ladder[0].Days
		if row.AfterDays != nil {
			days = *row.AfterDays
		}
		switch row.Key {
		case ForumLevel:
		case BoardLevel:
			set.BoardDays, set.BoardAnswer = days, row.AnswerDays
		default:
			between := LevelSetting{Key: row.Key, Name: row.Name, PersonID: row.PersonID, Days: days, Answer: row.AnswerDays}
			if held && level.ForumID != uuid.Nil {
				between.ForumID = &level.ForumID
			}
			set.Between = append(set.Between, between)
		}
	}
	return set, nil
}

// SetLadder gives a forum levels and rules of its own. What stands at a level that changes follows at once, by the
// event: its days, who holds it, and what rises for it. Its clock goes on.
func (s *Store) SetLadder(ctx context.Context, actor access.Actor, slug string, wanted LadderSetting) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		forum, err := wanted.checked(tx, slug)
		if err != nil {
			return err
		}
		if err := tx.Exec(`select from forum where id = ? for update`, forum.ID).Error; err != nil {
			return err
		}
		before, err := settingNow(tx, forum)
		if err != nil {
			return err
		}
		for _, table := range []string{"ladder_level", "ladder_rule"} {
			if err := tx.Exec(`delete from `+table+` where forum_id = ?`, forum.ID).Error; err != nil {
				return err
			}
		}
		for _, row := range wanted.rows(forum.ID) {
			if err := tx.Create(&row).Error; err != nil {
				return err
			}
		}
		for _, row := range wanted.Rules.rows(forum.ID) {
			err := tx.Exec(`insert into ladder_rule (forum_id, key, threshold, enabled) values (?, ?, ?, ?)`, row.ForumID, row.Key, row.Threshold, row.Enabled).Error
			if err != nil {
				return err
			}
		}
		after, err := settingNow(tx, forum)
		if err != nil {
			return err
		}
		if err := tx.Enqueue(db.Job{Args: LadderChanged{Forum: forum.ID}}); err != nil {
			return err
		}
		return record(tx, "forum.ladder_set", forum.ID, forum.ID, before, after)
	})
}

// settingNow is a forum's ladder and rules, for the audit trail.
func settingNow(tx db.Tx, forum panels.Forum) (LadderSetting, error) {
	ladder, err := ladderOf(tx, forum.ID)
	if err != nil {
		return LadderSetting{}, err
	}
	set, err := settingOf(tx, forum, ladder)
	if err != nil {
		return set, err
	}
	book, err := rulesOfAll(tx)
	set.Rules = book.of(forum.ID)
	return set, err
}

// LadderPreview is what a change of a ladder would do at once.
type LadderPreview struct {
	On      clock.Date // the working day on which it would act: today or the next
	Open    int        // blockers open at the forum
	Rise    int        // of these, how many would go up, or be raised again
	Follow  int        // that stay, with other days or in other hands
	OffRung int        // that stand at a level taken away
}

// PreviewLadder says what SetLadder would do to the forum's open blockers, and changes nothing.
func (s *Store) PreviewLadder(ctx context.Context, actor access.Actor, slug string, wanted LadderSetting) (LadderPreview, error) {
	var preview LadderPreview
	err := s.DB.Read(ctx, actor, func(tx db.Tx) error {
		forum, err := wanted.checked(tx, slug)
		if err != nil {
			return err
		}
		all, err := panels.Forums(tx)
		if err != nil {
			return err
		}
		days, err := escalateAfterDays(tx, forum.ID)
		if err != nil {
			return err
		}
		ladder := buildLadder(wanted.rows(forum.ID), forum, all, days)
		work, err := panels.WorkingDays(tx)
		if err != nil {
			return err
		}
		preview.On = work.OnOrAfter(tx.Today())
		var open []Blocker
		if err := tx.Raw(`select * from blocker where forum_id = ? and state = 'open' order by number`, forum.ID).Scan(&open).Error; err != nil {
			return err
		}
		preview.Open = len(open)
		facts, err := factsOf(tx, open...)
		if err != nil {
			return err
		}
		for _, b := range open {
			level, found := ladder.Level(b.Level)
			if !found {
				preview.OffRung++
				continue
			}
			was := b
			b.holdAt(level)
			f := facts[b.ID]
			f.Days = level.Days
			_, _, moves := nextRung(ladder, b.Level)
			if _, rises := Judge(f, wanted.Rules, preview.On, work); rises && moves {
				preview.Rise++
			} else if was.LevelDays != b.LevelDays || !sameID(was.LevelForumID, b.LevelForumID) || !sameID(was.LevelPersonID, b.LevelPersonID) {
				preview.Follow++
			}
		}
		return nil
	})
	return preview, err
}

// checked finds the forum and says what is wrong with a ladder wanted for it.
func (w *LadderSetting) checked(tx db.Tx, slug string) (panels.Forum, error) {
	forum, err := panels.ForumBySlug(tx, slug)
	if err != nil {
		return forum, err
	}
	if err := tx.Actor.Check(access.ChangeForums, forum.ID); err != nil {
		return forum, err
	}
	var form fault.Form
	days := func(field string, n int) {
		form.Require(n >= 1 && n <= 365, field, "Enter a number of days from 1 to 365")
	}
	answer := func(field string, n int) {
		form.Require(n >= 1 && n <= 60, field, "Enter a number of working days from 1 to 60")
	}
	days("forum_days", w.ForumDays)
	answer("forum_answer", w.ForumAnswer)
	days("board_days", w.BoardDays)
	answer("board_answer", w.BoardAnswer)
	form.Require(len(w.Between) <= mostLevels, "level_1_name", fmt.Sprintf("A ladder has up to %d levels between the forum and the board", mostLevels))
	known, err := ladderRows(tx, forum.ID)
	if err != nil {
		return forum, err
	}
	keys := map[LevelKey]bool{}
	for _, row := range known {
		keys[row.Key] = true
	}
	for i := range w.Between {
		level := &w.Between[i]
		field := fmt.Sprintf("level_%d_", i+1)
		level.Name = strings.TrimSpace(level.Name)
		if level.Key != "" && (!keys[level.Key] || level.Key == ForumLevel || level.Key == BoardLevel) {
			return forum, fault.New(fault.Stale, "Somebody else changed this ladder while you were working on it. Look at what is there now, then make your change again.")
		}
		days(field+"days", level.Days)
		answer(field+"answer", level.Answer)
		form.Require(len([]rune(level.Name)) <= longestTheme, field+"name", "The name must be 80 characters or fewer")
		form.Require(level.ForumID != nil || level.Name != "", field+"name", "Enter what the level is called")
		if level.ForumID != nil {
			holder, err := panels.ForumByID(tx, *level.ForumID)
			if err != nil && !fault.Is(err, fault.NotFound) {
				return forum, err
			}
			form.Require(err == nil && !holder.Board && holder.ID != forum.ID, field+"holder", "Select another forum that is not a board")
		}
		if level.PersonID != nil {
			_, err := panels.PersonByID(tx, *level.PersonID)
			if err != nil && !fault.Is(err, fault.NotFound) {
				return forum, err
			}
			form.Require(err == nil, field+"holder", "Select a person from the list")
		}
	}
	for _, rule := range w.Rules.rows(forum.ID) {
		form.Require(rule.Threshold >= 1 && rule.Threshold <= 730, string(rule.Key), "Enter a number from 1 to 730, or 0 to switch it off")
	}
	return forum, form.Err()
}

func (w LadderSetting) rows(forumID uuid.UUID) []LadderLevel {
	rows := []LadderLevel{{Key: ForumLevel, AfterDays: &w.ForumDays, AnswerDays: w.ForumAnswer}}
	for _, level := range w.Between {
		row := LadderLevel{Key: level.Key, Name: level.Name, HeldBy: level.ForumID, PersonID: level.PersonID, AfterDays: &level.Days, AnswerDays: level.Answer}
		if row.Key == "" {
			row.Key = LevelKey("level-" + newID().String()[24:])
		}
		rows = append(rows, row)
	}
	rows = append(rows, LadderLevel{Key: BoardLevel, AfterDays: &w.BoardDays, AnswerDays: w.BoardAnswer})
	for i := range rows {
		rows[i].ID, rows[i].ForumID, rows[i].Position, rows[i].Version = newID(), &forumID, i+1, 1
	}
	return rows
}

// rows are the thresholds as a forum's own; one that is 0 is off, and keeps what ships for the day it is wanted.
func (r Rules) rows(forumID uuid.UUID) []ruleRow {
	rows := []ruleRow{
		{Key: DeferredRule, Threshold: r.Deferrals}, {Key: BirthdayRule, Threshold: r.BirthdayDays}, {Key: FundersRule, Threshold: r.Disagreements},
	}
	shipped := map[Rule]int{DeferredRule: 2, BirthdayRule: 56, FundersRule: 1}
	for i := range rows {
		rows[i].ForumID, rows[i].Enabled = &forumID, rows[i].Threshold != 0
		if rows[i].Threshold == 0 {
			rows[i].Threshold = shipped[rows[i].Key]
		}
	}
	return rows
}
