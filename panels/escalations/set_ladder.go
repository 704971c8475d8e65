package escalations

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// LadderSetting is a forum's ladder as an administrator sets it. Days are calendar days that a blocker
// may stay at a level.
type LadderSetting struct {
	ForumDays   int
	Dispute     *uuid.UUID // the forum that resolves its disputes; nil: none
	DisputeDays int
	Heads       *uuid.UUID // the person told for the heads of service; nil: none
	HeadsName   string
	HeadsDays   int
	BoardDays   int // until its answer is due
}

// LadderPage is a forum's ladder with what its form offers.
type LadderPage struct {
	Forum     panels.Forum
	Ladder    Ladder // as it is climbed today
	Setting   LadderSetting
	Forums    []panels.Forum // that may resolve its disputes
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
		page.Setting = page.Ladder.setting()
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

// setting is the form's content for the ladder as it stands. Levels nobody holds offer what the first has.
func (l Ladder) setting() LadderSetting {
	first := l[0].Days
	set := LadderSetting{ForumDays: first, DisputeDays: first, HeadsName: "Heads of service", HeadsDays: first, BoardDays: first}
	for _, level := range l {
		switch level.Key {
		case DisputeLevel:
			set.Dispute, set.DisputeDays = &level.ForumID, level.Days
		case HeadsLevel:
			set.Heads, set.HeadsName, set.HeadsDays = &level.PersonID, level.Name, level.Days
		case BoardLevel:
			set.BoardDays = level.Days
		}
	}
	return set
}

// SetLadder gives a forum levels of its own. Blockers that stand at a level already keep the days they
// were given when they came to it.
func (s *Store) SetLadder(ctx context.Context, actor access.Actor, slug string, wanted LadderSetting) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		forum, err := panels.ForumBySlug(tx, slug)
		if err != nil {
			return err
		}
		if err := actor.Check(access.ChangeForums, forum.ID); err != nil {
			return err
		}
		wanted.HeadsName = strings.TrimSpace(wanted.HeadsName)
		if err := wanted.check(tx, forum); err != nil {
			return err
		}
		if err := tx.Exec(`select from forum where id = ? for update`, forum.ID).Error; err != nil {
			return err
		}
		before, err := ladderOf(tx, forum.ID)
		if err != nil {
			return err
		}
		if err := tx.Exec(`delete from ladder_level where forum_id = ?`, forum.ID).Error; err != nil {
			return err
		}
		for _, row := range wanted.rows(forum.ID) {
			if err := tx.Create(&row).Error; err != nil {
				return err
			}
		}
		after, err := ladderOf(tx, forum.ID)
		if err != nil {
			return err
		}
		return record(tx, "forum.ladder_set", forum.ID, forum.ID, before, after)
	})
}

func (w LadderSetting) check(tx db.Tx, forum panels.Forum) error {
	var form fault.Form
	for _, days := range []struct {
		field string
		n     int
		held  bool
	}{{"forum_days", w.ForumDays, true}, {"dispute_days", w.DisputeDays, w.Dispute != nil}, {"heads_days", w.HeadsDays, w.Heads != nil}, {"board_days", w.BoardDays, true}} {
		form.Require(!days.held || days.n >= 1 && days.n <= 365, days.field, "Enter a number of days from 1 to 365")
	}
	if w.Dispute != nil {
		holder, err := panels.ForumByID(tx, *w.Dispute)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		form.Require(err == nil && !holder.Board && holder.ID != forum.ID, "dispute", "Select another forum that is not a board")
	}
	if w.Heads != nil {
		_, err := panels.PersonByID(tx, *w.Heads)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		form.Require(err == nil, "heads", "Select a person from the list")
		form.Require(w.HeadsName != "", "heads_name", "Enter what the level is called")
	}
	return form.Err()
}

func (w LadderSetting) rows(forumID uuid.UUID) []LadderLevel {
	rows := []LadderLevel{{Key: ForumLevel, AfterDays: &w.ForumDays}}
	if w.Dispute != nil {
		rows = append(rows, LadderLevel{Key: DisputeLevel, HeldBy: w.Dispute, AfterDays: &w.DisputeDays})
	}
	if w.Heads != nil {
		rows = append(rows, LadderLevel{Key: HeadsLevel, Name: w.HeadsName, PersonID: w.Heads, AfterDays: &w.HeadsDays})
	}
	rows = append(rows, LadderLevel{Key: BoardLevel, AfterDays: &w.BoardDays})
	for i := range rows {
		rows[i].ID, rows[i].ForumID, rows[i].Position, rows[i].Version = newID(), &forumID, i+1, 1
	}
	return rows
}
